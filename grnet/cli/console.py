"""What the commands show: the console for results, errors in one line, and progress unless --quiet is given."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from grnet.cli.log_file import LogFile, LoggedProgress, note_prints
from grnet.cli.suggestions import ask_whether, suggest_options
from grnet.schema.progress import SILENT, Progress
from grnet.workflow.progress import resolve_progress

if TYPE_CHECKING:
    from rich.console import Console


LONGEST_FAULT = 200
"""Characters of the text of an unforeseen exception that are shown."""


@dataclass
class Verbosity:
    """The options that every command takes."""

    quiet: bool = False
    debug: bool = False
    log: LogFile | None = None


def console() -> Console:
    """Return the console for results: standard output, as wide as the terminal, 120 columns elsewhere."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 120
    screen = Console(file=sys.stdout, width=width, highlight=False, soft_wrap=not sys.stdout.isatty())
    log = _find_verbosity().log
    return screen if log is None else note_prints(screen, log)


def make_progress() -> Progress:
    """Return what fits: nothing with --quiet, bars on a terminal, plain lines elsewhere (both on standard error)."""
    verbosity = _find_verbosity()
    shown = SILENT if verbosity.quiet else resolve_progress(True)
    return shown if verbosity.log is None else LoggedProgress(shown, verbosity.log)


def _find_verbosity() -> Verbosity:
    """Return the options that every command takes, of the command that runs."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Verbosity) if context else None
    return found or Verbosity()


def error_line(error: BaseException) -> str:
    """Return one line for an error: what is wrong, without control characters."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename or 'file system'}: {error.strerror}; check the path, its permissions and free space"
    if isinstance(error, MemoryError) and not text:
        text = "there is not enough free memory; end other programs, or give --memory where the command has it"
    return _one_line(text or type(error).__name__)


def fault_line(error: BaseException) -> str:
    """Return one line for an exception that nobody has foreseen."""
    said = " ".join(str(error).split())[:LONGEST_FAULT]
    return _one_line(
        f"a fault of grnet itself ({type(error).__name__}{': ' if said else ''}{said}); "
        "please report it with the traceback that the same command shows with --debug"
    )


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
