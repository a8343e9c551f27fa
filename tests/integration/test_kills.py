"""Commands that a signal ends: the old state or the new one, and the same command then ends with the same bytes.

`make fuzz` tries more points, of all commands.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SUPPORT = Path(__file__).parents[1] / "support"
COMMANDS = ("prepare", "infer-network", "evaluate", "export", "view", "explain", "fetch")


def test_a_command_is_done_or_not_done_whatever_ends_it(tmp_path):
    command = [sys.executable, str(SUPPORT / "killed_commands.py"), str(tmp_path), "--points", "4"]
    environment = os.environ | {"PYTHONPATH": str(SUPPORT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, "--signals", "KILL", "TERM", "--commands", *COMMANDS],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        f"{name} {kind}" for name in COMMANDS for kind in ("KILL", "TERM")
    ]
    assert all(line.endswith("nothing else") and "old 0" not in line for line in lines), lines
