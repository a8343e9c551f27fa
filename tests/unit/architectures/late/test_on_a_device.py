"""Late interaction on a device that is not the CPU: the same numbers, nothing on the wrong side, few copies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "support/device_checks.py"


@pytest.mark.parametrize("check", ["fit", "fp32", "bf16", "explain"])
def test_it_computes_there_what_it_does_on_the_cpu(embryo_dataset, check):
    command = [sys.executable, str(SCRIPT), str(embryo_dataset), check]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "held\n", done.stderr[-3000:]
