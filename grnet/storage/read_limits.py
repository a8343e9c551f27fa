"""How a file is entered: what may be opened at all, how much memory it may take, and one line for whatever goes wrong.

Every reader checks a file with :func:`check_regular_file` before it opens it, compares the memory that the contents
will take with :func:`check_memory` before it reads them, and reads inside :func:`reading`.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from grnet.schema.errors import GrnetError, InputError, MissingInputError, TooLittleMemoryError
from grnet.schema.sizes import show_size
from grnet.schema.sources import Source
from grnet.storage.free_memory import free_main_memory

SHARE_OF_FREE = 0.8
"""Part of the free memory that one file may take where nobody says how much."""
LONGEST_REASON = 160
"""Characters of a library's message that are quoted."""
_KERNEL_FILES = tuple(map(Path, ("/proc", "/sys", "/dev")))
"""Where the kernel answers instead of a disk: a read may never end."""
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What is wrong with a disk, not with a file that is copied or changed within :func:`reading`."""
NOTICED = 1 << 23
"""Bytes below which nobody asks how much memory is free: for each of thousands of images that takes long."""
_limit: ContextVar[int | None] = ContextVar("memory limit", default=None)


@contextmanager
def memory_limit(n_bytes: int | None) -> Iterator[None]:
    """Let each file that is read inside take at most `n_bytes` of memory; None: most of what is free then."""
    token = _limit.set(n_bytes)
    try:
        yield
    finally:
        _limit.reset(token)


def memory_for_reading() -> int:
    """Return the bytes of memory that the contents of one file may take."""
    limit = _limit.get()
    return int(SHARE_OF_FREE * free_main_memory()) if limit is None else limit


def check_memory(path: Source, n_bytes: float, what: str) -> None:
    """Make sure that there is memory for the contents of a file.

    Parameters
    ----------
    path : Path, or what was given in its place
    n_bytes : float
        What they are expected to take.
    what : str
        What takes it, such as "2,000,000 rows × 40 columns".

    Raises
    ------
    TooLittleMemoryError
        They would take more than :func:`memory_for_reading`.
    """
    if n_bytes < NOTICED and _limit.get() is None:
        return
    most = memory_for_reading()
    if n_bytes > most:
        raise TooLittleMemoryError(
            f"{path}: {what} would take about {show_size(n_bytes)} of memory, and {show_size(most)} may be taken; "
            "check that the file is what you think, or raise --memory"
        )


def check_regular_file(path: Path, expected: str, error: type[GrnetError] = MissingInputError) -> None:
    """Make sure that a path names a regular file, on a disk: no folder, pipe, socket, device or file of the kernel.

    Parameters
    ----------
    path : Path
    expected : str
        What should be there, such as "a table".
    error : type of GrnetError
        What to raise.

    Raises
    ------
    GrnetError
        Of class `error`: it is something else, or nothing is there.
    """
    try:
        mode = path.stat().st_mode
        real = path.resolve()
    except (FileNotFoundError, NotADirectoryError):
        raise error(f"{path}: no such file; expected {expected}") from None
    except (ValueError, RuntimeError) as flaw:  # a NUL in the name, links in a circle
        raise error(f"{path}: not the name of a file ({flaw}); expected {expected}") from None
    if stat.S_ISDIR(mode):
        raise error(f"{path}: is a folder; expected {expected}")
    if not stat.S_ISREG(mode) or any(real.is_relative_to(folder) for folder in _KERNEL_FILES):
        raise error(f"{path}: is a pipe or a device, not a file; expected {expected}")


@contextmanager
def reading(path: Source, kind: str, *, mend: str, error: type[GrnetError] = InputError) -> Iterator[None]:
    """Turn whatever a library raises on the contents of a file into one line that names the file.

    This is the one place that catches all exceptions: damaged bytes make libraries raise nearly any of them.

    Parameters
    ----------
    path : Path, or what was given in its place
    kind : str
        What the file should be, with its article: "a Parquet file".
    mend : str
        How to mend it.
    error : type of GrnetError
        What to raise.

    Raises
    ------
    GrnetError
        Of class `error`, for any exception but those of grnet and of lack of memory or of space on a disk.
    TooLittleMemoryError
        Memory ran out.
    """
    try:
        yield
    except GrnetError:
        raise
    except MemoryError as lack:
        raise TooLittleMemoryError(
            f"{path}: there is not enough free memory to read it; check that the file is what you think, "
            "or end other programs"
        ) from lack
    except Exception as flaw:
        if isinstance(flaw, OSError) and flaw.errno in _NO_SPACE:
            raise
        raise error(f"{path}: not readable as {kind} ({reason_of(flaw)}); {mend}") from flaw


def reason_of(flaw: BaseException) -> str:
    """Return what an exception says, on one line and not at length."""
    said = flaw.strerror if isinstance(flaw, OSError) and flaw.strerror else str(flaw)
    return " ".join(said.split())[:LONGEST_REASON].strip() or type(flaw).__name__
