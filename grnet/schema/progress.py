"""The interface by which long work reports progress, whatever shows it: a terminal, a log file or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Progress:
    """Says nothing; the command line passes one that draws bars or plain lines."""

    def say(self, text: str) -> None:
        """Show one line."""

    @contextmanager
    def track(self, title: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Yield a function to call with the number of `unit` done since the last call.

        Parameters
        ----------
        title : str
            What is being done, such as "training fold 2 of 5".
        total : int
            How many units there are in all.
        unit : str
            Plural noun, such as "epochs" or "pairs".
        """
        yield lambda done: None


SILENT = Progress()
