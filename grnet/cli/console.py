"""What the commands show: the console for results, and progress as bars on a terminal or plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from grnet.cli.suggestions import ask_whether, suggest_options
from grnet.schema.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_INTERVAL = 10.0
"""Seconds between two plain lines of one task."""


@dataclass
class Verbosity:
    """The options that every command takes."""

    quiet: bool = False
    debug: bool = False


def console() -> Console:
    """Return the console for results: standard output, as wide as the terminal, 120 columns elsewhere."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 120
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=not sys.stdout.isatty())


def make_progress() -> Progress:
    """Return what fits: nothing with --quiet, bars on a terminal, plain lines elsewhere (both on standard error)."""
    context = click.get_current_context(silent=True)
    verbosity = context.find_object(Verbosity) if context else None
    if verbosity and verbosity.quiet:
        return SILENT
    return BarProgress() if sys.stderr.isatty() else PlainProgress()


def error_line(error: BaseException) -> str:
    """Return one line for an error: what is wrong, without control characters."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename or 'file system'}: {error.strerror}; check the path, its permissions and free space"
    return _one_line(text or type(error).__name__)


def usage_line(error: click.ClickException) -> str:
    """Return one line for options that are wrong: what is wrong, what may be meant, and where the right ones are."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "grnet"
    said = error.format_message()
    if isinstance(error, click.NoSuchOption):
        said = _name_options(error, context)
    mark = "" if said.endswith("?") else ";"
    return _one_line(f"{said.rstrip('.')}{mark} see {command} --help")


def _name_options(error: click.NoSuchOption, context: click.Context | None) -> str:
    """Say that an option does not exist, and which ones may have been meant."""
    options = [name for parameter in context.command.params for name in parameter.opts] if context else []
    return f"no such option {error.option_name}" + ask_whether(suggest_options(error.option_name, options))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return "grnet: error: " + "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)


class PlainProgress(Progress):
    """Lines for logs: one at the start of a task, one now and then with rate and time left, one at its end."""

    def say(self, text: str) -> None:
        """Show one line on standard error."""
        click.echo(text, err=True)

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
    """Bars with rate and time left, for a terminal."""

    def say(self, text: str) -> None:
        """Show one line on standard error."""
        click.echo(text, err=True)

    @contextmanager
    def track(self, title: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Show a bar of `total` units."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichBars

        columns = [
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(f"{unit}  {{task.fields[rate]}}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        ]
        start, done = time.monotonic(), 0
        with RichBars(*columns, console=Console(stderr=True)) as bars:
            task = bars.add_task(title, total=total, rate="")

            def advance(count: int) -> None:
                nonlocal done
                done += count
                rate = done / max(time.monotonic() - start, 1e-9)
                bars.update(task, advance=count, rate=f"{rate:,.1f} {unit}/s")

            yield advance
