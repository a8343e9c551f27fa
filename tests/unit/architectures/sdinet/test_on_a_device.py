"""The networks of the paper on a device that is not the CPU: the same numbers, all on the right side, few copies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "support/sdinet_device_checks.py"


def test_they_fit_score_and_explain_there_as_on_the_cpu(embryo_dataset):
    command = [sys.executable, str(SCRIPT), str(embryo_dataset)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "held\n", done.stderr[-3000:]
