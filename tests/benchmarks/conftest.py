"""The benchmarks' modules can be imported, and their processes run inside the test's, where nothing is loaded anew."""

from __future__ import annotations

import contextlib
import io
import json
import runpy
import sys
import time
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from synthetic_dataset import RunSize  # noqa: E402 - found in the folder that was just added
from synthetic_run import write_synthetic_run  # noqa: E402
from two_cores import Timed  # noqa: E402

TINY = RunSize(genes=60, tfs=4, samples=12, views=2, labelled=60, folds=3, share_with_images=0.5)


@pytest.fixture(scope="session")
def tiny_size() -> RunSize:
    """A size that is made and scored in a second."""
    return TINY


@pytest.fixture(scope="session")
def synthetic_folder(tmp_path_factory) -> Path:
    """A synthetic dataset and run of that size."""
    folder = tmp_path_factory.mktemp("synthetic")
    write_synthetic_run(folder, TINY)
    return folder


def run_here(name: str, *arguments: str | Path, cores: int = 2, limit: float | None = None) -> Timed:
    """Run a script of the benchmarks in this process, as `two_cores.run_script` does in one of its own."""
    start, said, before = time.perf_counter(), io.StringIO(), sys.argv
    sys.argv = [name, *map(str, arguments)]
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(str(BENCHMARKS / name), run_name="__main__")
    finally:
        sys.argv = before
    last = said.getvalue().strip().splitlines()[-1]
    return Timed(time.perf_counter() - start, json.loads(last) if last.startswith("{") else {})


def call_main(module, monkeypatch, *arguments: str | Path) -> None:
    """Run a benchmark with some options."""
    monkeypatch.setattr(sys, "argv", [f"{module.__name__}.py", *map(str, arguments)])
    module.main()


@pytest.fixture
def here(monkeypatch):
    """Let the processes that a benchmark starts run in this one; returns what runs it with options."""

    def run(module, *arguments: str | Path) -> None:
        monkeypatch.setattr(module, "run_script", run_here)
        call_main(module, monkeypatch, *arguments)

    return run
