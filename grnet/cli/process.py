"""What the process around a command does: signals that end it, streams that are closed, settings of libraries."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end; what it was writing is cleaned up first, as for Ctrl-C."""


class TerminatedError(BaseException):
    """A signal has asked the process to end.

    Attributes
    ----------
    number : int
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def hear_signals() -> Iterator[None]:
    """Let signals that ask the process to end raise TerminatedError, unless they are ignored, as nohup does."""
    if threading.current_thread() is not threading.main_thread():  # the only one that is told of signals
        yield
        return
    heard = [number for number in ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in heard:
        signal.signal(number, _terminate)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL)


def open_streams() -> None:
    """Give the process a standard output and error where it was started without, and let any name be written there."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started the process
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  for the whole process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter of a name is no error


def drop_unwritable_output() -> None:
    """Lead standard output to nowhere where it takes nothing any longer, so that nothing fails as the process ends."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def set_libraries() -> None:
    """Set what libraries read from the environment as they start, unless the user has."""
    # OpenMP threads that spin for long slow everything down as soon as another program runs; without any spinning,
    # waking them costs a training run half its speed.
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    # Without a workspace of its own, matrix products on a GPU may add up in another order from run to run.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def _terminate(number: int, frame: FrameType | None) -> None:
    raise TerminatedError(number)
