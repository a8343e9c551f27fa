"""The commands of the tutorial on spots are run, on the spots of a simulated embryo and on sections of a tumour.

The whole page is run by tests/docs/test_tutorials.py.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pandas as pd
import pytest
from tutorial_pages import read_shell_commands

import grnet
from grnet.cli import main
from grnet.dataset.directory import load_dataset
from grnet.schema.errors import InputError

pytestmark = pytest.mark.slow

TUTORIAL = Path(__file__).parents[2] / "docs/tutorials/spots.md"
COMMANDS = ["prepare", "train", "crossval", "infer-network", "train"]
QUICK = ("--epochs", "1", "--folds", "2")
WRITTEN = ["tissue/dataset.toml", "figures/report.html", "run/run.toml", "network/network.html", "paper/run.toml"]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory) -> Path:
    """A working folder with the tutorial's files, of a simulated embryo."""
    pytest.importorskip("anndata")
    folder = tmp_path_factory.mktemp("spots")
    lab = grnet.simulate(folder / "lab", n_tfs=10, n_targets=50, n_samples=16, also=["spots"])
    tables = [pd.read_csv(file, sep=None, engine="python").set_index("symbol") for file in lab.expression]
    pd.concat(tables).to_csv(folder / "expression.tsv.gz", sep="\t", index_label="symbol")
    lab.spots.rename(folder / "spots.h5ad")
    lab.tfs.rename(folder / "tfs.txt")
    lab.known_edges.rename(folder / "known.csv")
    return folder


@pytest.fixture
def quick_models(monkeypatch):
    """Models that learn little, in a fraction of the time."""
    monkeypatch.setattr("grnet.architectures.late.teacher_trees.MOST_ROUNDS", 10)
    monkeypatch.setattr("grnet.architectures.late.distillation.PASS_STEPS", 4)


def run_tutorial(folder: Path, monkeypatch, capsys, *, sdinet: bool = True) -> None:
    """Run the commands of the tutorial in a folder; the networks of the paper, which take long, only on a small lab."""
    commands = [words for words in read_shell_commands(TUTORIAL, "grnet") if words[0] in COMMANDS]
    assert [words[0] for words in commands] == COMMANDS
    commands = [words for words in commands if sdinet or "sdinet" not in words]
    monkeypatch.chdir(folder)
    for words in commands:
        with contextlib.suppress(SystemExit):
            main(["--quiet", *words, *(QUICK if "sdinet" in words else ())])
            continue
        pytest.fail(f"grnet {' '.join(words)}: {capsys.readouterr().err}")
    written = [file for file in WRITTEN if sdinet or not file.startswith("paper")]
    assert [file for file in written if not Path(file).is_file()] == []


def test_the_tutorial_runs_on_a_simulated_embryo(made_up, quick_models, monkeypatch, capsys):
    run_tutorial(made_up, monkeypatch, capsys)
    (spots,) = load_dataset(made_up / "tissue").of_modality("image")
    assert (spots.kind.name, spots.name, len(spots.places)) == ("spots", "spots", 1008)
    assert [section.name for section in spots.grid.sections] == ["embryo 1", "embryo 2"]
    tf, target = load_dataset(made_up / "tissue").labelled_pairs.iloc[0][["tf", "target"]]
    capsys.readouterr()
    for run in ("run", "paper"):
        main(["--quiet", "explain", str(made_up / run), tf, target, "-o", str(made_up / f"pair-{run}")])
        assert f"{tf}" in capsys.readouterr().out


def test_the_tutorial_runs_on_sections_of_a_tumour(real_data, tmp_path, quick_models, monkeypatch, capsys):
    source = real_data / "breast-st"
    if not source.is_dir():
        pytest.skip(f"no {source}")
    for name in ("expression.tsv.gz", "spots.h5ad", "tfs.txt"):
        (tmp_path / name).symlink_to(source / name)
    pd.read_csv(source / "known.csv").iloc[::20].to_csv(tmp_path / "known.csv", index=False)
    run_tutorial(tmp_path, monkeypatch, capsys, sdinet=False)
    (spots,) = load_dataset(tmp_path / "tissue").of_modality("image")
    assert spots.values.shape == (6168, 1031)
    assert [section.name for section in spots.grid.sections] == ["1", "2", "3", "4"]
    assert len(set(spots.grid.pixel.ravel())) == 1031, "one spot in a pixel"


def test_both_halves_of_coordinates_are_not_guessed(real_data, tmp_path):
    source = real_data / "fly-bdtnp"
    if not source.is_dir():
        pytest.skip(f"no {source}")
    spots = {"expression": source / "dge.txt", "spatial": source / "dge.txt", "transpose": True}
    (tmp_path / "known.csv").write_text("tf,target,label\nKr,eve,1\nhb,eve,1\nkni,eve,0\n")
    with pytest.raises(InputError, match=r"6,078 rows of coordinates for the 3,039 spots of .*dge\.txt, and no col"):
        grnet.prepare(
            tmp_path / "data", **spots, coordinates=source / "geometry.txt", known_edges=tmp_path / "known.csv"
        )
    first = pd.read_csv(source / "geometry.txt", sep=" ").iloc[:3039]
    grnet.prepare(tmp_path / "data", **spots, coordinates=first, known_edges=tmp_path / "known.csv")
    of_text = load_dataset(tmp_path / "data").measurements
    assert [entry.kind.name for entry in of_text] == ["samples", "spots"]
    assert [section.name for section in of_text[1].grid.sections] == ["xy", "xz", "yz"]
    path = source / "bdtnp.h5ad"
    grnet.prepare(tmp_path / "h5ad", expression=path, spatial=path, known_edges=tmp_path / "known.csv")
    of_h5ad = load_dataset(tmp_path / "h5ad").measurements
    assert of_h5ad[1].values == pytest.approx(of_text[1].values, abs=1e-6)
    assert of_h5ad[1].places[["x", "y", "z"]].to_numpy() == pytest.approx(
        of_text[1].places[["x", "y", "z"]].to_numpy(), abs=1e-3
    )
