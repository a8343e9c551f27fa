"""The commands of docs/your_own_files.md are run in their order, on a simulated lab with files of the same names."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pandas as pd
import pytest
from readme_commands import read_whole_commands

import grnet
from grnet.cli import main

PAGE = Path(__file__).parents[2] / "docs/your_own_files.md"
COMMANDS = read_whole_commands(PAGE, "grnet")
WRITTEN = {
    "prepare": ["fly/dataset.toml", "fly/rejected.parquet"],
    "inspect": ["images.png"],
    "train": ["run/report.html"],
    "crossval": ["figures/report.html", "figures/metrics.json"],
    "infer-network": ["network/network.html", "network/network.cx2", "network/summary.json"],
    "evaluate": ["evaluation/evaluation.json", "evaluation/report.html"],
    "explain": ["srp-Glt.png", "srp-Glt.html"],
    "view": ["strongest.html"],
    "export": ["exported/edges.decoupler.csv", "exported/network.sif"],
    "compare": [],
    "check": [],
}
"""Command → files that the page says it writes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A working folder with the files that the page names, for 10 TFs and 50 targets."""
    place = tmp_path_factory.mktemp("your-own-files")
    write_lab(place, grnet.simulate(place / "lab", n_tfs=10, n_targets=50, n_samples=16))
    return place


def write_lab(folder: Path, lab: grnet.workflow.simulate.LabSummary) -> None:
    """Write the tables of a simulated lab as the fly's: names of files and genes, spreadsheets without a header."""
    tfs, genes = (pd.read_csv(file, sep=None, engine="python") for file in lab.expression)
    known, truth = pd.read_csv(lab.known_edges), pd.read_parquet(lab.truth)
    tf, target = known[(known["label"] == 1) & known["target"].isin(genes["symbol"])].iloc[0][["tf", "target"]]
    other = next(name for name in known["target"] if name not in {tf, target})
    names = {tf: "srp", target: "Glt", other: "Dp2"}
    for table, file in ((tfs, "tf_dataset.xlsx"), (genes, "gene_dataset.xlsx")):
        table.replace({"symbol": names}).to_excel(folder / file, index=False, header=False)
    labels = known.replace({"tf": names, "target": names}).replace({"target": {"Dp2": "Dp"}, "tf": {"Dp2": "Dp"}})
    labels.to_excel(folder / "new_benchmark_dataset.xlsx", index=False, header=False)
    pictures = sorted(lab.images.glob("*/lateral/*.png"))
    manifest = pd.DataFrame({"gene": [picture.parents[1].name for picture in pictures]}).replace({"gene": names})
    manifest = manifest.assign(view="lateral", stage="5", path=[str(p.relative_to(folder)) for p in pictures])
    manifest.to_csv(folder / "images.csv", index=False)
    found = truth.replace({"tf": names, "target": names}).assign(importance=range(len(truth)))
    found[["tf", "target", "importance"]].to_csv(folder / "grnboost2.tsv", sep="\t", index=False, header=False)


def test_every_command_of_the_page_runs(folder, monkeypatch, capsys):
    assert [words[0] for words in COMMANDS] == list(WRITTEN)
    # Models that learn little, in a third of the time; options and settings are those of the page.
    monkeypatch.setattr("grnet.architectures.late.teacher_trees.MOST_ROUNDS", 10)
    monkeypatch.setattr("grnet.architectures.late.distillation.PASS_STEPS", 4)
    monkeypatch.chdir(folder)
    for words in COMMANDS:
        with contextlib.suppress(SystemExit):
            main(["--quiet", *words])
            continue
        pytest.fail(f"grnet {' '.join(words)}: {capsys.readouterr().err}")
    missing = [file for files in WRITTEN.values() for file in files if not Path(file).is_file()]
    assert missing == []
