"""How progress is shown: bars on a terminal or in a notebook, plain lines elsewhere, or not at all.

Enters: what a caller says of progress. Leaves: the Progress that the work reports to. All is shown on standard error,
but for the bars of a notebook.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grnet.schema.notebook import in_notebook
from grnet.schema.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_INTERVAL = 10.0
"""Seconds between two plain lines of one task."""


def resolve_progress(progress: bool | Progress) -> Progress:
    """Return who is told how far work is.

    Parameters
    ----------
    progress : bool or Progress
        True takes what fits: bars on a terminal, and in a notebook that has ipywidgets; else plain lines. False is
        silent. A Progress is returned as it is.
    """
    if isinstance(progress, Progress):
        return progress
    if not progress:
        return SILENT
    bars = importlib.util.find_spec("ipywidgets") is not None if in_notebook() else sys.stderr.isatty()
    return BarProgress() if bars else PlainProgress()


class PlainProgress(Progress):
    """Lines for logs: one now and then with rate and time left, and one at the end of a task."""

    def say(self, text: str) -> None:
        """Show one line on standard error."""
        _write_line(text)

    @contextmanager
    def track(self, title: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Show how far a task of `total` units is, at most every PLAIN_INTERVAL seconds."""
        start = time.monotonic()
        done, shown = 0, start

        def advance(count: int) -> None:
            nonlocal done, shown
            done += count
            now = time.monotonic()
            if now - shown >= PLAIN_INTERVAL and done < total:
                shown = now
                rate = done / (now - start)
                left = (total - done) / rate
                self.say(f"{title}: {done:,} of {total:,} {unit}, {rate:,.1f} {unit}/s, {left:,.0f} s left")

        yield advance
        seconds = time.monotonic() - start
        self.say(f"{title}: {done:,} {unit} in {seconds:.1f} s")


class BarProgress(Progress):
    """Bars with rate and time left, for a terminal or a notebook."""

    def say(self, text: str) -> None:
        """Show one line on standard error."""
        _write_line(text)

    @contextmanager
    def track(self, title: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Show a bar of `total` units."""
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichBars

        columns = [
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(f"{unit}  {{task.fields[rate]}}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        ]
        start, done = time.monotonic(), 0
        with RichBars(*columns, console=_console()) as bars:
            task = bars.add_task(title, total=total, rate="")

            def advance(count: int) -> None:
                nonlocal done
                done += count
                rate = done / max(time.monotonic() - start, 1e-9)
                bars.update(task, advance=count, rate=f"{rate:,.1f} {unit}/s")

            yield advance


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def _write_line(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
