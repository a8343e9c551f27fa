"""Bytes that are unpacked or read as a stream: counted on the way, and refused before they take too much memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from typing import IO

from grnet.schema.errors import InputError
from grnet.schema.sizes import show_size
from grnet.storage.read_limits import check_memory

UNPACKED_FREELY = 256 << 20
"""Bytes up to which no file is asked how well it was packed."""
MOST_TIMES = 200
"""Times its own size that a larger file may unpack to; tables are packed to a fifth or so, a bomb to a thousandth."""
_BUFFER, _STEP = 1 << 17, 8 << 20
Check = Callable[[int, int], None]
"""Takes the bytes and the ends of lines that were read so far; raises where these are too many."""


def count_stream(source: IO[bytes], check: Check) -> IO[bytes]:
    """Return a stream that is checked every few megabytes, and where a line does not end."""
    return io.BufferedReader(_CountedStream(source, check), _BUFFER)


def check_unpacked(path: Path, n_bytes: int, *, packed: int) -> None:
    """Make sure that a file may unpack to so many bytes.

    Parameters
    ----------
    path : Path
    n_bytes : int
        Unpacked, so far.
    packed : int
        The size of what they are unpacked from.

    Raises
    ------
    InputError
        They are far more than packed tables hold.
    TooLittleMemoryError
        They would take more memory than there is.
    """
    if n_bytes > max(UNPACKED_FREELY, MOST_TIMES * packed):
        raise InputError(
            f"{path}: unpacks to more than {MOST_TIMES} times its size of {show_size(packed)}; check that the file is "
            "what you think, and unpack it yourself"
        )
    check_memory(path, n_bytes, f"{show_size(n_bytes)} and more that it unpacks to")


class _CountedStream(io.RawIOBase):
    def __init__(self, source: IO[bytes], check: Check) -> None:
        self._source, self._check = source, check
        self._context = copy_context()  # Arrow reads in threads of its own, which do not know the limit of memory
        self._n_bytes = self._n_lines = 0
        self._next = _STEP

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with the next bytes; return how many, 0 at the end."""
        block = self._source.read(len(buffer))
        size = len(block)
        buffer[:size] = block
        self._n_bytes += size
        self._n_lines += block.count(b"\n")
        if self._n_bytes >= self._next:
            self._context.run(self._check, self._n_bytes, self._n_lines)
            self._next = self._n_bytes + _STEP
        return size

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()
