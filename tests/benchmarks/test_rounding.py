"""How far bfloat16 moves ranks, on a run that was trained shortly."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks/rounding.py"


def test_moves_of_ranks_are_small_and_told(fused_run):
    done = subprocess.run([sys.executable, SCRIPT, fused_run], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "'candidates': 852" in done.stdout
    found = {name: float(value) for name, value in re.findall(r"'([\w ,]+)': ([\d.e-]+)", done.stdout)}
    assert 0 < found["largest change of a logit"] < 0.1
    assert found["median move of a rank"] <= found["largest move of a rank"] < 0.05
    assert found["best 100 that stay"] > 0.9
