"""The command that is running, for what is written beside its results; nothing where Python called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class CommandLine:
    """A command as it was typed.

    Attributes
    ----------
    words : str
        As it can be typed again.
    config : str
        Its options, in the form that `--config` reads.
    """

    words: str
    config: str


_current: ContextVar[CommandLine | None] = ContextVar("command_line", default=None)


@contextmanager
def command_line(words: str, config: str) -> Iterator[None]:
    """Let folders that are written inside hold the command."""
    token = _current.set(CommandLine(words, config))
    try:
        yield
    finally:
        _current.reset(token)


def current_command() -> CommandLine | None:
    """Return the command that is running; None where a function was called from Python."""
    return _current.get()
