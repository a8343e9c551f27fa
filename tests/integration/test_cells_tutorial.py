"""The commands of the tutorial on single cells are run, on made-up cells and on real blood cells.

Its Python cells are run by tests/docs/test_tutorials.py.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import anndata
import annotated_files as files
import numpy as np
import pandas as pd
import pytest
from tutorial_pages import read_shell_commands

from grnet.cli import main
from grnet.dataset.directory import load_dataset

pytestmark = pytest.mark.slow

TUTORIAL = Path(__file__).parents[2] / "docs/tutorials/cells.md"
WRITTEN = [
    "blood/dataset.toml",
    "network/network.html",
    "edges.csv",
    "types/Dendritic/dataset.toml",
    "monocyte-network/network.html",
]


@pytest.fixture
def quick_models(monkeypatch):
    """Models that learn little, in a fraction of the time."""
    monkeypatch.setattr("grnet.architectures.late.teacher_trees.MOST_ROUNDS", 10)
    monkeypatch.setattr("grnet.architectures.late.distillation.PASS_STEPS", 4)


def write_blood(folder: Path) -> None:
    """Write 130 made-up cells of two types and 40 genes, whose first eight are TFs with known edges."""
    rng = np.random.default_rng(5)
    kind = np.repeat([0, 1], [70, 60])
    factors = rng.gamma(2, size=(130, 8)) * (1 + np.outer(kind, np.arange(8) % 2))
    means = np.hstack([factors, factors[:, np.arange(32) % 8] * rng.uniform(0.5, 2, 32)])
    genes = [f"G{number}" for number in range(40)]
    cells = anndata.AnnData(np.log1p(rng.poisson(means)).astype(np.float32))
    cells.obs_names, cells.var_names = (
        files.plain(f"{letter}{n}" for n in range(size)) for letter, size in (("c", 130), ("G", 40))
    )
    cells.obs["bulk_labels"] = files.categories(np.array(["CD14+ Monocyte", "Dendritic"])[kind])
    cells.write_h5ad(folder / "cells.h5ad")
    (folder / "tfs.txt").write_text("\n".join(genes[:8]) + "\n")
    edges = [(genes[number % 8], genes[8 + number]) for number in range(32)]
    pd.DataFrame(edges).to_csv(folder / "known.tsv", sep="\t", header=False, index=False)


def run_tutorial(folder: Path, monkeypatch, capsys) -> str:
    commands = read_shell_commands(TUTORIAL, "grnet")
    assert [words[0] for words in commands].count("prepare") == 2
    monkeypatch.chdir(folder)
    for words in commands:
        with contextlib.suppress(SystemExit):
            main(["--quiet", *words])
            continue
        pytest.fail(f"grnet {' '.join(words)}: {capsys.readouterr().err}")
    assert [file for file in WRITTEN if not Path(file).is_file()] == []
    return capsys.readouterr().out


def test_the_tutorial_runs_on_made_up_cells(tmp_path, quick_models, monkeypatch, capsys):
    write_blood(tmp_path)
    run_tutorial(tmp_path, monkeypatch, capsys)
    (cells,) = load_dataset(tmp_path / "blood").measurements
    assert sorted(cells.derive(cells.values)) == ["within groups"]
    (dendritic,) = load_dataset(tmp_path / "types/Dendritic").measurements
    assert dendritic.values.shape[1] == 60


def test_the_tutorial_runs_on_blood(real_data, tmp_path, quick_models, monkeypatch, capsys):
    source = real_data / "pbmc"
    if not source.is_dir():
        pytest.skip(f"no {source}")
    for name, given in (
        ("cells.h5ad", "pbmc68k_reduced.h5ad"),
        ("tfs.txt", "tfs_human.txt"),
        ("known.tsv", "trrust_human.tsv"),
    ):
        (tmp_path / name).symlink_to(source / given)
    run_tutorial(tmp_path, monkeypatch, capsys)
    (cells,) = load_dataset(tmp_path / "blood").measurements
    assert cells.values.shape == (765, 700)
    assert sorted(path.name for path in (tmp_path / "types").iterdir()) == [
        "CD14+_Monocyte",
        "CD19+_B",
        "CD4+_CD25_T_Reg",
        "CD8+_Cytotoxic_T",
        "Dendritic",
    ]
