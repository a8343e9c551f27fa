"""Single cells from a file to a dataset, by the command line and by Python."""

from __future__ import annotations

import os
from pathlib import Path

import anndata
import annotated_files as files
import numpy as np
import pandas as pd
import pytest

import grnet
from grnet.cli import main
from grnet.dataset.directory import load_dataset
from grnet.schema.errors import ConfigError, InputError

REAL = Path(os.environ.get("GRNET_REAL_DATA", Path(__file__).parents[3] / "shared/data"))
PBMC = REAL / "pbmc/pbmc68k_reduced.h5ad"


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """A folder with cells of 12 genes, a table of samples of the same genes, TFs and known edges."""
    monkeypatch.chdir(tmp_path)
    files.write_h5ad(tmp_path)
    samples = pd.DataFrame(np.random.default_rng(1).random((12, 6)), index=list(files.SYMBOLS), columns=list("abcdef"))
    samples.to_csv("bulk.csv")
    Path("tfs.txt").write_text("eve\nftz\nKr\n")
    return tmp_path


def run(*arguments: str) -> int:
    """Return the exit code of `grnet prepare`."""
    try:
        main(["prepare", *arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_cells_and_a_table_of_samples_are_two_measurements(lab, capfd):
    assert (
        run(
            "out", "--expression", "bulk.csv", "--expression", "cells.h5ad", "--tfs", "tfs.txt", "--within", "cell_type"
        )
        == 0
    )
    said = capfd.readouterr()
    assert (
        "cells cells.h5ad: counts of X; symbol = var_names; id = gene_ids; 40 cells; groups: cell_type (3)" in said.out
    )
    bulk, cells = load_dataset(Path("out")).measurements
    assert (bulk.kind.name, cells.kind.name) == ("samples", "cells")
    assert (bulk.values.shape, cells.values.shape) == ((12, 6), (12, 40))
    assert sorted(set(cells.places["group"])) == ["B cell", "Monocyte", "T cell"]
    assert sorted(cells.derive(cells.values)) == ["within groups"]


def test_the_object_gives_what_the_file_gives(lab):
    given = {"tfs": ["eve", "Kr"], "pool": 8, "within": "cell_type", "normalise": "log"}
    grnet.prepare("file", expression="cells.h5ad", **given)
    grnet.prepare("object", expression=files.make_cells(), **given)
    backed = anndata.read_h5ad("cells.h5ad", backed="r")
    grnet.prepare("backed", expression=backed, **given)
    expected = Path("file/expression.parquet").read_bytes()
    assert Path("object/expression.parquet").read_bytes() == expected
    assert Path("backed/expression.parquet").read_bytes() == expected
    (cells,) = load_dataset(Path("file")).measurements
    assert cells.places["n_cells"].sum() == 40


def test_a_dataset_for_each_cell_type(lab, capfd):
    done = grnet.prepare_each("types", per="cell_type", fewest_cells=15, expression="cells.h5ad", tfs="tfs.txt")
    assert [folder.name for folder in done.summaries] == ["B_cell"]
    assert dict(done.left_out) == {"Monocyte": 10, "T cell": 10}
    (cells,) = load_dataset(Path("types/B_cell")).measurements
    assert cells.values.shape == (12, 20)
    assert run("types", "--expression", "cells.h5ad", "--tfs", "tfs.txt", "--per", "cell_type") == 2
    assert "--per cell_type: no value has 50 cells; the most is 20; prepare them together" in capfd.readouterr().err
    with pytest.raises(ConfigError, match=r"--expression names 0 files of cells"):
        grnet.prepare_each("types", per="cell_type", expression="bulk.csv", tfs="tfs.txt")
    with pytest.raises(InputError, match=r"--per celltype: no such column of obs; did you mean 'cell_type'\?"):
        grnet.prepare_each("types", per="celltype", expression="cells.h5ad", tfs="tfs.txt")


def test_what_cannot_be_used_is_refused_in_one_line_and_nothing_is_written(lab, capfd):
    Path("torn.h5ad").write_bytes(Path("cells.h5ad").read_bytes()[:900])
    for arguments, expected in (
        (("--expression", "torn.h5ad"), "torn.h5ad: not readable as HDF5"),
        (("--expression", "bulk.csv", "--pool", "5"), "--pool is about cells or spots, such as an .h5ad"),
        (("--expression", "cells.h5ad", "--only", "cell_type=B cel"), "did you mean 'B cell' or 'T cell'?"),
        (("--expression", "cells.h5ad", "--layer", "raw"), "cells.h5ad: --layer raw: no such matrix; it holds 'X'"),
        (("--expression", "cells.h5ad", "--known-edges", "cells.h5ad"), "which is not read as a table"),
        (("--expression", "gone.h5ad"), "gone.h5ad: no such file"),
    ):
        assert run("out", "--tfs", "tfs.txt", *arguments) == 2
        said = capfd.readouterr().err
        assert expected in said
        assert said.count("\n") == 1
        assert not Path("out").exists()


def test_without_anndata_the_line_to_install_it_is_said(lab, capfd, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "anndata", None)
    assert run("out", "--expression", "cells.h5ad", "--tfs", "tfs.txt") == 2
    assert 'cells.h5ad: needs the packages anndata and h5py: pip install "grnet[anndata]"' in capfd.readouterr().err


@pytest.mark.realdata
@pytest.mark.skipif(not PBMC.is_file(), reason="needs the real data in GRNET_REAL_DATA")
def test_real_blood_cells_are_read_from_raw_because_x_is_scaled(lab):
    tfs = PBMC.with_name("tfs_human.txt")
    summary = grnet.prepare("out", expression=PBMC, tfs=tfs, known_edges=PBMC.with_name("trrust_human.tsv"))
    assert (summary.n_genes, summary.n_tfs, summary.n_samples, summary.n_positive) == (765, 59, 700, 45)
    assert summary.reading[0] == (
        "cells pbmc68k_reduced.h5ad: log-normalised values of raw; symbol = var_names; 700 cells"
    )
    (cells,) = load_dataset(Path("out")).measurements
    assert (cells.values.min(), round(float(cells.values.max()), 3)) == (0.0, 6.489)


def test_coordinates_that_are_not_used_are_told(lab, capfd):
    cells = files.make_cells()
    y, x = np.divmod(np.arange(len(cells)), 8)
    cells.obsm["spatial"] = np.column_stack([x, y]).astype(float)
    cells.write_h5ad(lab / "spots.h5ad")
    given = ["--expression", "spots.h5ad", "--tfs", "tfs.txt"]
    told = "spots.h5ad: its cells have coordinates; --spatial spots.h5ad also takes them as pictures"
    assert run("without", *given) == 0
    assert told in " ".join(capfd.readouterr().out.split())
    assert run("with", *given, "--spatial", "spots.h5ad") == 0
    assert told not in " ".join(capfd.readouterr().out.split())
    assert [entry.kind.name for entry in load_dataset(lab / "with").measurements] == ["cells", "spots"]
