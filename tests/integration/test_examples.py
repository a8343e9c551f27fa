"""The example scripts run as a user runs them, and print what they promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from grnet import load_network
from grnet.evaluation.baselines import BASELINES

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
FIGURES = r"accuracy (\d\.\d+)  AUROC (\d\.\d+)"


def run_example(name: str, *arguments: str | Path) -> list[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, EXAMPLES / name, "--quick", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def read_figures(lines: list[str]) -> dict[str, tuple[float, float]]:
    found = (re.fullmatch(rf"(?:out of fold:|pair  ) (.+?) +{FIGURES}", line) for line in lines)
    return {match[1]: (float(match[2]), float(match[3])) for match in found if match}


def test_synthetic_embryo_from_raw_files_to_a_checked_network(tmp_path):
    lines = run_example("synthetic_embryo.py", "--out", tmp_path / "embryo")

    assert re.fullmatch(r"72 genes, 12 TFs, \d+ images, \d+ known pairs", lines[0])
    assert list(read_figures(lines)) == ["grnet (fused)", *BASELINES]
    assert any(line.startswith("grnet (fused) ") and "beyond correlation" in line for line in lines)
    network = load_network(tmp_path / "embryo/network")
    novel = int((~network.edges["known"]).sum())
    kept = f"200 most probable of 852 candidates: {200 - novel} known and {novel} novel"
    assert sum(kept in line for line in lines) == 1
    rankings = [line.split("AUROC")[0].strip() for line in lines if line.startswith("novel candidates:")]
    assert rankings == [f"novel candidates: {name}" for name in ("model", "|correlation|", "TF degree", "random")]
    best = network.edges[~network.edges["known"]].iloc[0]
    why = re.fullmatch(
        r"(.+): score (\S+) = baseline (\S+) \+ RNA (\S+) \+ images (\S+) \+ known network (\S+); "
        r"(\d+) of 12 regulators",
        lines[-2],
    )
    assert why[1] == f"{best['tf']} -> {best['target']}"
    assert float(why[2]) == pytest.approx(sum(float(why[part]) for part in (3, 4, 5, 6)), abs=0.025)
    assert float(why[2]) == pytest.approx(best["score"], abs=0.006)
    assert len(pd.read_csv(tmp_path / "embryo/exported/edges.decoupler.csv")) == 500
    assert lines[-1] == f"open {tmp_path / 'embryo/network/network.html'} and {tmp_path / 'embryo/best.html'}"
    for page in ("network/network.html", "best.html", "best.png"):
        assert (tmp_path / "embryo" / page).is_file()


@pytest.mark.realdata
def test_fly_eye_adds_to_plain_correlation(tmp_path, real_data):
    lines = run_example("fly_eye.py", "--out", tmp_path / "fly", "--data", real_data)

    assert lines[:4] == [
        "1246 genes, 96 TFs, 683 images, 5365 known pairs",
        "refused: gene without expression, 957 rows",
        "refused: self pair, 47 rows",
        "refused: repeated pair, 154 rows",
    ]
    figures = read_figures(lines)
    assert figures["|Pearson|"][1] == pytest.approx(0.950, abs=0.005)
    assert figures["grnet (RNA)"][1] > figures["|Pearson|"][1] + 0.005
    novel = [line for line in lines if line.startswith("novel: ")]
    assert len(novel) == 5
    assert all(re.fullmatch(r"novel: \S+ -> \S+  rank \d+  r [+-]0\.\d\d", line) for line in novel)
