"""Files that tell of the call that made a folder: they are written into it just before it is closed.

Enters: a function that describes the call, entered by :func:`describing_calls` around the work. Leaves: the files of
:mod:`grnet.schema.provenance` in each folder that the work closes. Code that fills folders need not know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from grnet.storage.files import replace_file

DescribeCall = Callable[[Path], Mapping[str, str]]
"""Takes a folder that is about to be closed; returns the text of each file by its name."""
_describe: ContextVar[DescribeCall | None] = ContextVar("describe_call", default=None)


@contextmanager
def describing_calls(describe: DescribeCall) -> Iterator[None]:
    """Let each folder that is closed inside hold what `describe` says of it; the innermost one counts."""
    token = _describe.set(describe)
    try:
        yield
    finally:
        _describe.reset(token)


def write_call_files(folder: Path) -> None:
    """Write the files that tell of the call into a folder that is about to be closed; none outside of a call."""
    describe = _describe.get()
    if describe is None:
        return
    for name, text in describe(folder).items():
        with replace_file(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
