"""The commands of the tutorial on anatomy terms are run, on a small simulated lab and on the real tables of the fly."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from readme_commands import read_commands

import grnet
from grnet.cli import main
from grnet.dataset.directory import Dataset, load_dataset
from grnet.schema.measurements import Measurement

pytestmark = pytest.mark.slow

TUTORIAL = Path(__file__).parents[2] / "docs/tutorials/terms.md"
WRITTEN = ["fly/dataset.toml", "figures/report.html", "run/run.toml", "network/network.html"]
STAGES = ("2", "4-6", "13-16")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory) -> Path:
    """A working folder with the tutorial's files: a simulated embryo, whose genes have terms where they are high."""
    folder = tmp_path_factory.mktemp("terms")
    lab = grnet.simulate(folder / "lab", n_tfs=10, n_targets=50, n_samples=16)
    tables = [pd.read_csv(file, sep=None, engine="python").set_index("symbol") for file in lab.expression]
    values = pd.concat(tables).select_dtypes("number")
    values = values[~values.index.duplicated()]
    values.to_csv(folder / "expression.tsv.gz", sep="\t", index_label="gene")
    high = values.to_numpy() > np.median(values.to_numpy(), axis=0)
    rows = [
        (gene, STAGES[sample % 3], f"part {sample // 3}")
        for gene, own in zip(values.index, high, strict=True)
        for sample in np.flatnonzero(own)
    ]
    pd.DataFrame(rows, columns=["gene", "stage", "term"]).to_csv(folder / "terms.csv.gz", index=False)
    known = pd.read_csv(lab.known_edges)
    known[["tf", "target", "label"]].to_csv(folder / "known.csv.gz", index=False)
    (folder / "tfs.txt").write_text("\n".join(dict.fromkeys(known["tf"])) + "\n")
    return folder


@pytest.fixture
def quick_models(monkeypatch):
    """Models that learn little, in a fraction of the time."""
    monkeypatch.setattr("grnet.architectures.late.teacher_trees.MOST_ROUNDS", 10)
    monkeypatch.setattr("grnet.architectures.late.distillation.PASS_STEPS", 4)


def run_tutorial(folder: Path, monkeypatch, capsys) -> None:
    commands = read_commands(TUTORIAL, "grnet")
    assert [words[0] for words in commands] == ["prepare", "crossval", "train", "infer-network"]
    monkeypatch.chdir(folder)
    for words in commands:
        with contextlib.suppress(SystemExit):
            main(["--quiet", *words])
            continue
        pytest.fail(f"grnet {' '.join(words)}: {capsys.readouterr().err}")
    assert [file for file in WRITTEN if not Path(file).is_file()] == []


def find_alike(dataset: Dataset, terms: Measurement) -> tuple[tuple[str, str], tuple[str, int]]:
    """Return a labelled pair whose genes share terms, and the term among these that the fewest genes have."""
    counts = np.count_nonzero(terms.values, axis=0)
    for tf, target in zip(dataset.labelled_pairs["tf"], dataset.labelled_pairs["target"], strict=True):
        own = [terms.of_gene(dataset.genes.position[name]) for name in (tf, target)]
        shared = np.flatnonzero(own[0] * own[1]) if all(values is not None for values in own) else []
        if len(shared):
            rarest = min(shared, key=lambda place: (counts[place], terms.place_names[place]))
            return (tf, target), (terms.place_names[rarest], int(counts[rarest]))
    raise AssertionError("no labelled pair shares a term")


def read_page(file: Path) -> dict:
    found = re.search(r"<script[^>]*application/json[^>]*>(.*?)</script>", file.read_text(encoding="utf-8"), re.S)
    assert found is not None
    return json.loads(found.group(1))


def test_the_tutorial_runs_on_a_simulated_lab(made_up, quick_models, monkeypatch, capsys):
    run_tutorial(made_up, monkeypatch, capsys)
    dataset = load_dataset(made_up / "fly")
    (terms,) = dataset.of_modality("image")
    assert (terms.kind.name, terms.name) == ("terms", "terms")
    given = pd.read_csv(made_up / "terms.csv.gz")
    assert terms.values.sum() == len(given)
    assert list(terms.place_names[:2]) == ["part 0, stage 2", "part 1, stage 2"]
    row = given.iloc[0]
    gene = dataset.genes.position[row["gene"]]
    place = terms.place_names.index(f"{row['term']}, stage {row['stage']}")
    assert terms.of_gene(gene)[place] == 1
    assert "terms" in read_page(made_up / "network/network.html").get("evidence", {})
    capsys.readouterr()
    (tf, target), (rarest, n_genes) = find_alike(dataset, terms)
    main(["--quiet", "explain", str(made_up / "run"), tf, target, "-o", str(made_up / "pair")])
    said = " ".join(capsys.readouterr().out.split())
    assert f"terms both: {rarest} ({n_genes} genes)" in said


def test_the_tutorial_runs_on_the_fly(real_data, tmp_path, quick_models, monkeypatch, capsys):
    source = real_data / "fly-terms"
    if not source.is_dir():
        pytest.skip(f"no {source}")
    for name in ("expression.tsv.gz", "terms.csv.gz", "tfs.txt"):
        (tmp_path / name).symlink_to(source / name)
    pd.read_csv(source / "known.csv.gz").iloc[::20].to_csv(tmp_path / "known.csv.gz", index=False)
    run_tutorial(tmp_path, monkeypatch, capsys)
    (terms,) = load_dataset(tmp_path / "fly").of_modality("image")
    assert terms.values.shape == (4319, 251)
    assert terms.values.sum() == 52_197


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("gene,term\nnone1,brain\nnone2,gut\n", "terms.csv: none of its 2 genes has expression; they are such as"),
        ("score,term\n1,brain\n2,gut\n", "terms.csv: no column names genes"),
        ("gene,stage\nnone1,5\nnone2,6\n", "terms.csv: no column holds anatomy terms"),
        ("", "terms.csv: the file is empty"),
    ],
)
def test_tables_that_do_not_fit_are_refused_in_a_line(made_up, table, said, monkeypatch, capsys):
    monkeypatch.chdir(made_up)
    Path("terms.csv").write_text(table)
    given = ["--expression", "expression.tsv.gz", "--annotations", "terms.csv", "--tfs", "tfs.txt"]
    with pytest.raises(SystemExit) as left:
        main(["--quiet", "prepare", "refused", *given])
    error = capsys.readouterr().err
    assert left.value.code == 2
    assert said in error
    assert error.count("\n") == 1
    assert not Path("refused").exists()


def test_a_view_of_images_may_be_called_terms(made_up, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (16, 16), dtype=np.uint8)
    genes = pd.read_csv(made_up / "terms.csv.gz")["gene"].unique()[:3]
    grnet.prepare(
        tmp_path / "both",
        expression=made_up / "expression.tsv.gz",
        annotations=made_up / "terms.csv.gz",
        tfs=made_up / "tfs.txt",
        images={gene: {"terms": pixels} for gene in genes},
    )
    assert [entry.name for entry in load_dataset(tmp_path / "both").measurements] == ["expression", "terms 2", "terms"]
