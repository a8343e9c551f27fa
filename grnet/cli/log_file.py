"""`--log FILE`: what a command shows, with the time of each line, at the end of a file."""

from __future__ import annotations

import io
import logging
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grnet.schema.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 120
FORM = "%(asctime)s %(levelname)s %(message)s"


class LogFile:
    """A log file that is open.

    Parameters
    ----------
    path : Path
        Lines are added at its end.

    Raises
    ------
    click.BadParameter
        It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._handler = logging.FileHandler(path, encoding="utf-8")
        except OSError as error:
            raise click.BadParameter(f"{path}: cannot be written ({error.strerror})", param_hint="--log") from error
        self._handler.setFormatter(logging.Formatter(FORM))
        self._logger = logging.Logger("grnet.command", logging.INFO)
        self._logger.addHandler(self._handler)
        logging.getLogger().addHandler(self._handler)  # warnings of grnet and of libraries

    def start(self, command: str) -> None:
        """Note which command begins, of which versions."""
        self.note(f"start: {command} (grnet {version('grnet')}, Python {platform.python_version()})")

    def note(self, text: str) -> None:
        """Add the lines of a text, each with the time."""
        for line in text.splitlines():
            if line.strip():
                self._logger.info(line.rstrip())

    def note_error(self, text: str, error: BaseException | None = None) -> None:
        """Add an error, with its traceback where it is given."""
        self._logger.error(text, exc_info=error)

    def close(self, code: int) -> None:
        """Note the exit code and close the file."""
        self.note(f"end: exit code {code}")
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()


class LoggedProgress(Progress):
    """Shows progress as another Progress does, and notes its lines and the begin and end of each task in a log."""

    def __init__(self, shown: Progress, log: LogFile) -> None:
        self._shown, self._log = shown, log

    def say(self, text: str) -> None:
        """Show and note one line."""
        self._log.note(text)
        self._shown.say(text)

    @contextmanager
    def track(self, title: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Show a task of `total` units, and note when it begins and ends."""
        self._log.note(f"{title}: {total:,} {unit}")
        with self._shown.track(title, total, unit) as advance:
            yield advance
        self._log.note(f"{title}: done")


def note_prints(screen: Console, log: LogFile) -> Console:
    """Return a console that prints as `screen` does, and notes what is printed, as plain text, in a log."""
    from rich.console import Console

    class NotingConsole(Console):
        def print(self, *objects: Any, **options: Any) -> None:
            screen.print(*objects, **options)
            plain = Console(file=io.StringIO(), width=WIDTH, color_system=None, highlight=False)
            plain.print(*objects, **options)
            log.note(plain.file.getvalue())  # type: ignore[attr-defined]  # the text that was written

    return NotingConsole(file=screen.file)
