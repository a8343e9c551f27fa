"""What survives a loss of power: contents reach the disk before the rename that gives them their name."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def flush_file(path: Path) -> None:
    """Wait until the contents of a file, or the names in a folder, are on the disk, where the file system can tell."""
    with suppress(OSError):  # some file systems cannot flush a folder, or one that is open for reading only
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def flush_tree(folder: Path) -> None:
    """Wait until the names in a folder, and in all folders below, are on the disk; files flush as they are written."""
    for place in (folder, *(entry for entry in folder.rglob("*") if entry.is_dir())):
        flush_file(place)
