"""A virtual environment for a tool that grnet is timed beside: peers need other versions of packages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from two_cores import run_held


def find_environment(
    arguments: argparse.Namespace, folder: Path, *, tool: str, requirements: Sequence[str]
) -> Path | None:
    """Return the Python of the environment of a tool, made where it is not there; None with --quick alone.

    Parameters
    ----------
    arguments : Namespace
        With `environment`, a folder or None, and `quick`.
    folder : Path
        Where the environment is made, unless `environment` names a place.
    tool : str
    requirements : sequence of str
        What pip installs.
    """
    place = arguments.environment or folder / tool.lower()
    python: Path = place / "bin/python"
    if python.is_file():
        return python
    if arguments.quick:
        return None
    print(f"making an environment for {tool} in {place}", flush=True)
    run_held([sys.executable, "-m", "venv", place])
    run_held([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements])
    return python
