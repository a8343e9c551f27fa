"""Temporary folders with an owner: what a killed command leaves behind is swept by the next one.

.NAME.0123456789abcdef.grnet/    beside NAME, on its file system
    lock                         held by its owner; the system lets go of it however the process ends
    new, new.csv, …              what is written
    old                          what was at NAME, while it is being replaced
    placing.json                 how to go back, see :mod:`grnet.storage.placing`
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from grnet.storage.file_locks import take_lock
from grnet.storage.placing import go_back

LOCK = "lock"
TEMPORARY_SUFFIX = ".grnet"
_NAME = re.compile(r"\..{1,40}\.[0-9a-f]{16}\.grnet", re.DOTALL)


@contextmanager
def temporary_folder(path: Path) -> Iterator[Path]:
    """Yield a folder beside `path`, whose folder must exist, that holds nothing but its lock; it is deleted in the end.

    Its permissions are those that the process gives to new folders (umask), as for all that is made in it.
    """
    folder, lock = _make(path)
    try:
        yield folder
    finally:
        _delete(folder)
        lock.release()


def _make(path: Path) -> tuple[Path, FileLock]:
    """Return a new folder beside `path`, and its lock, held unless the file system has no locks."""
    while True:
        folder = path.with_name(f".{path.name[:40]}.{secrets.token_hex(8)}{TEMPORARY_SUFFIX}")
        folder.mkdir()
        with suppress(FileNotFoundError):  # somebody has just swept it, without a lock as it was
            return folder, take_lock(folder / LOCK)


def sweep_temporaries(folder: Path) -> None:
    """Delete the temporary folders in `folder` whose owners are gone; a replacement that was broken off is undone."""
    with suppress(OSError):  # a folder that cannot be listed
        for entry in list(folder.iterdir()):
            if _NAME.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink():
                _sweep(entry)


def _sweep(folder: Path) -> None:
    """Delete a temporary folder, unless its owner is alive."""
    with suppress(OSError):
        if not (folder / LOCK).exists():
            folder.rmdir()  # fails where it has contents: then it is not of grnet
            return
        lock = FileLock(folder / LOCK, timeout=0)
        with suppress(Timeout):
            lock.acquire()
            try:
                go_back(folder)
                _delete(folder)
            finally:
                lock.release()


def _delete(folder: Path) -> None:
    """Delete a temporary folder, and its lock last: without it, contents are taken for somebody else's."""
    for entry in list(folder.iterdir()) if folder.is_dir() else []:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name != LOCK:
            with suppress(OSError):
                entry.unlink()
    shutil.rmtree(folder, ignore_errors=True)
