"""Locks of files, also where the file system has none."""

from __future__ import annotations

import errno
from pathlib import Path

from filelock import FileLock

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What a file system answers that has no locks; then nothing keeps two processes apart."""


def take_lock(file: Path, *, seconds: float = 0.0) -> FileLock:
    """Return the lock of a file, held unless the file system has no locks.

    Parameters
    ----------
    file : Path
    seconds : float
        How long to ask for it.

    Raises
    ------
    filelock.Timeout
        Another process has it.
    FileNotFoundError
        Its folder is gone.
    """
    lock = FileLock(file, timeout=seconds)
    try:
        lock.acquire()
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return lock
