"""Measurements in processes of their own, held to some cores: one leaves nothing behind for the next.

Enters: a command. Leaves: the seconds from its start to its end, and the figures that it prints as JSON in its last
line. The cores are distinct ones where the machine says which share one, since two threads of a core are not two cores.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORES = 2
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Timed:
    """A command that came to its end.

    Attributes
    ----------
    seconds : float
        From the start of its process to the end.
    figures : dict
        What its last line says, where that is JSON.
    """

    seconds: float
    figures: dict[str, Any]


def run_held(
    command: Sequence[str | Path],
    *,
    cores: int = CORES,
    limit: float | None = None,
    folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Timed:
    """Run a command on some cores and time it; `folder` is where it works, `variables` join its environment.

    Raises
    ------
    SystemExit
        It failed, or took more than `limit` seconds; the text holds the end of what it said.
    """
    words = [str(word) for word in command]
    with held_to(choose_cores(cores)) as held:
        environment = {**os.environ, **dict.fromkeys(THREADS, str(held)), **(variables or {})}
        start = time.perf_counter()
        try:
            done = subprocess.run(
                words, capture_output=True, text=True, env=environment, check=False, timeout=limit, cwd=folder
            )
        except subprocess.TimeoutExpired:
            raise SystemExit(f"{' '.join(words)}\nnot ended after {limit:.0f} s") from None
        seconds = time.perf_counter() - start
    if done.returncode:
        said = "\n".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-15:])
        raise SystemExit(f"{' '.join(words)}\nended with code {done.returncode}:\n{said}")
    lines = done.stdout.strip().splitlines() or [""]
    figures = json.loads(lines[-1]) if lines[-1].startswith("{") else {}
    return Timed(round(seconds, 3), figures)


def run_script(name: str, *arguments: str | Path, cores: int = CORES, limit: float | None = None) -> Timed:
    """Run a script of this folder by this Python, held to some cores."""
    return run_held([sys.executable, HERE / name, *arguments], cores=cores, limit=limit)


def run_grnet(*arguments: str | Path, cores: int = CORES) -> Timed:
    """Run the command line of grnet, held to some cores."""
    return run_held([sys.executable, "-m", "grnet", *arguments], cores=cores)


@contextmanager
def held_to(cores: Sequence[int]) -> Iterator[int]:
    """Let processes that are started meanwhile run on some cores only; yields how many these are."""
    if not cores:
        yield CORES
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield len(cores)
    finally:
        os.sched_setaffinity(0, before)


def choose_cores(n: int) -> list[int]:
    """Return up to `n` processors that this process may use, each of another core; none where they cannot be chosen."""
    if not hasattr(os, "sched_getaffinity"):
        return []
    chosen: dict[int, int] = {}
    allowed = sorted(os.sched_getaffinity(0))
    for processor in allowed:
        chosen.setdefault(_first_of_core(processor), processor)
    rest = [processor for processor in allowed if processor not in chosen.values()]
    return [*chosen.values(), *rest][:n]


def _first_of_core(processor: int) -> int:
    file = Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list")
    found = re.match(r"\d+", file.read_text()) if file.is_file() else None
    return int(found[0]) if found else processor


def peak_mib() -> float | None:
    """Return the most memory that this process has had at once, MiB; None where the system does not tell.

    It is VmHWM of Linux, which counts this program alone. `resource.getrusage` starts from what the process held
    before it became this program: the memory of whoever started it.
    """
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    return round(int(found[1]) / 1024, 1) if found else None
