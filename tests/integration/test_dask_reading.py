"""Files read on a Dask cluster: the bytes of reading them in this process; faults are told in one line."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
from broken_off import contents

import grnet
from grnet.cli import main
from grnet.schema.errors import ConfigError, InputError

pytest.importorskip("distributed")
anndata = pytest.importorskip("anndata")

GENES = [f"gene{number}" for number in range(12)]


@pytest.fixture
def lab(tmp_path):
    """Tables of two experiments, cells, and spots of the same genes."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "lab"
    folder.mkdir()
    for name, n_samples in (("first", 5), ("second", 4)):
        columns = [f"{name}{number}" for number in range(n_samples)]
        table = pd.DataFrame(rng.normal(5, 2, (12, n_samples)).round(3), index=GENES, columns=columns)
        table.loc[np.nan] = 1.0  # a row without a name
        table.to_csv(folder / f"{name}.csv", index_label="gene")
    for name, n_places in (("cells", 40), ("spots", 30)):
        counts = rng.poisson(4, (n_places, 12)).astype(np.float32)
        names = [f"{name}{number}" for number in range(n_places)], GENES
        of_places, of_genes = (pd.DataFrame(index=pd.Index(own, dtype=object)) for own in names)
        data = anndata.AnnData(counts, obs=of_places, var=of_genes)
        if name == "spots":
            data.obsm["spatial"] = rng.uniform(0, 10, (n_places, 2))
        data.write_h5ad(folder / f"{name}.h5ad")
    (folder / "known.csv").write_text("tf,target\n" + "".join(f"gene{t},gene{g}\n" for t in (0, 1) for g in (4, 5, 6)))
    return folder


def arguments_of(lab, *expression):
    return {
        "expression": [lab / name for name in expression or ("first.csv", "second.csv", "cells.h5ad")],
        "spatial": lab / "spots.h5ad",
        "known_edges": lab / "known.csv",
    }


def test_a_cluster_reads_the_same_bytes(lab, tmp_path):
    for name, dask in (("here", None), ("there", "local:2")):
        grnet.prepare(tmp_path / name / "data", **arguments_of(lab), dask=dask)
    here, there = (contents(tmp_path / name / "data") for name in ("here", "there"))
    assert here == there
    rejected = pd.read_parquet(tmp_path / "there/data/rejected.parquet")
    assert [(row.file, row.reason) for row in rejected.itertuples()] == [
        ("first.csv", "no gene name"),
        ("second.csv", "no gene name"),
    ]


def test_objects_are_read_here_and_files_there(lab, tmp_path):
    table = pd.read_csv(lab / "first.csv", index_col=0).dropna()
    given = arguments_of(lab) | {"expression": [table[table.index.notna()], lab / "cells.h5ad"]}
    summary = grnet.prepare(tmp_path / "data", **given, dask="local:1")
    assert summary.n_genes == 12


def test_what_cannot_be_read_is_told_in_the_words_of_reading_it_here(lab, tmp_path):
    (lab / "second.csv").write_text("gene,a,b,c\n" + "".join(f"{gene},1,,2\n" for gene in GENES))
    texts = []
    for dask in (None, "local:1"):
        with pytest.raises(InputError) as raised:
            grnet.prepare(tmp_path / "data", **arguments_of(lab, "second.csv"), dask=dask)
        texts.append(str(raised.value))
    assert texts[0] == texts[1]
    assert not (tmp_path / "data").exists()


def test_names_that_only_this_process_understands_are_refused(lab, tmp_path, monkeypatch):
    monkeypatch.chdir(lab)
    given = {"expression": lab / "first.csv", "known_edges": "known.csv"}  # which this process reads itself
    with pytest.raises(ConfigError, match="'nowhere' is no address"):
        grnet.prepare(tmp_path / "data", **given, dask="nowhere")
    with pytest.raises(ConfigError, match=r"--dask: first\.csv: workers of a cluster look for files from another fol"):
        grnet.prepare(tmp_path / "data", expression="first.csv", known_edges="known.csv", dask="tcp://127.0.0.1:1")


def test_the_command_reads_on_a_cluster(lab, tmp_path, capsys):
    options = ["--expression", lab / "first.csv", "--known-edges", lab / "known.csv", "--dask", "local:1"]
    main(["prepare", str(tmp_path / "data"), *map(str, options)])
    assert "genes 12, of which 2 TFs" in " ".join(capsys.readouterr().out.split())
    shutil.rmtree(tmp_path / "data")
    with pytest.raises(SystemExit) as ended:
        main(["prepare", str(tmp_path / "data"), *map(str, options[:-1]), "nowhere"])
    assert ended.value.code == 2
    assert "--dask: 'nowhere' is no address" in capsys.readouterr().err
