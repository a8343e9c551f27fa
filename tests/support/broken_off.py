"""Scoring that is broken off: what is left in a folder, and processes that are stopped at a chosen point."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from grnet.schema.provenance import CALL_FILES

OPTIONS = ["--top", "60", "--format", "beeline", "--batch-pairs", "72", "--device", "cpu"]
"""Of `grnet infer-network`: 12 TFs × 72 genes in 12 shards."""


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by its path; without those that tell of the call."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in CALL_FILES
    }


def wait_for(file: Path, process) -> None:
    """Wait until a process has written a file."""
    for _ in range(2000):
        if file.exists():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise TimeoutError(file)


def hear_interrupts() -> None:
    """Let a process that is started next be interrupted, also where a shell in the background had switched that off."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
