"""`grnet prepare` and `grnet inspect`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress
from grnet.cli.options import settings_options
from grnet.cli.tables import print_plain, printable
from grnet.schema.prepare_config import PrepareConfig

if TYPE_CHECKING:
    from grnet.workflow.inspect import DatasetSummary

FILE = click.Path(path_type=Path)
SHOWN_SUGGESTIONS = 10


@click.command("prepare", cls=GrnetCommand)
@click.argument("out", type=FILE)
@settings_options(PrepareConfig)
@click.option(
    "--per",
    metavar="COLUMN",
    help="Write a dataset into OUT for each value of this column of the cells, such as cell_type.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Read many large files on a Dask cluster, each on one worker. Give the address of its scheduler, or local:N "
    "for N processes on this machine.",
)
@click.option("--overwrite", is_flag=True, help="Replace an existing OUT.")
def prepare_command(out: Path, per: str | None, overwrite: bool, **given: Any) -> None:
    """Read your files into a dataset directory, OUT. Report how each file was read and which genes were joined."""
    from grnet.workflow.prepare import prepare

    options = {name: value for name, value in given.items() if value is not None}
    if per is not None:
        _prepare_each(out, per, options, overwrite=overwrite)
        return
    summary = prepare(out, **options, overwrite=overwrite, progress=make_progress())
    show_summary(summary, out)
    if summary.n_rejected_by_reason:
        print_plain(f"refused rows, each with its reason: {out / 'rejected.parquet'}")


def _prepare_each(out: Path, per: str, options: dict[str, Any], *, overwrite: bool) -> None:
    """Prepare a dataset for each value of a column, and say what to do with them."""
    from grnet.workflow.prepare_each import FEWEST_CELLS, prepare_each

    done = prepare_each(out, per=per, **options, overwrite=overwrite, progress=make_progress())
    for folder, summary in done.summaries.items():
        show_summary(summary, folder)
    if done.left_out:
        named = ", ".join(f"{value} ({count})" for value, count in done.left_out.items())
        print_plain(f"left out, fewer than {FEWEST_CELLS} cells: {named}")
    first = shlex.quote(str(next(iter(done.summaries))))
    print_plain(f"next, for each of the {len(done.summaries)} datasets: grnet train {first} --out RUN --modality rna")
    print_plain("then grnet infer-network RUN --out NETWORK, and grnet compare NETWORK NETWORK … of all")


@click.command("inspect", cls=GrnetCommand)
@click.argument("dataset", type=FILE)
@click.option("--contact-sheet", type=FILE, metavar="PNG", help="Write thumbnails of the images to this file.")
@click.option(
    "--max-images", type=click.IntRange(min=1), default=96, show_default=True, help="Draw at most this many thumbnails."
)
@click.option("--overwrite", is_flag=True, help="Replace an existing PNG.")
def inspect_command(dataset: Path, contact_sheet: Path | None, max_images: int, overwrite: bool) -> None:
    """Show the contents of a dataset directory. Optionally draw a contact sheet of its images."""
    from grnet.workflow.inspect import inspect_dataset

    summary = inspect_dataset(dataset, contact_sheet=contact_sheet, max_images=max_images, overwrite=overwrite)
    show_summary(summary, dataset)
    if contact_sheet is not None:
        print_plain(f"contact sheet: {contact_sheet}")


def show_summary(summary: DatasetSummary, path: Path) -> None:
    """Print the counts as a table, then notes and suggestions, all as plain text: names are data, never markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_header=False, title=Text(printable(str(path))), title_justify="left")
    table.add_column()
    table.add_column(justify="left")
    for what, value in summary.rows():
        table.add_row(Text(printable(what)), Text(printable(value)))
    console().print(table)
    for line in summary.reading:
        print_plain(line)
    for note in summary.notes:
        print_plain(f"note: {note}")
    if summary.alias_suggestions:
        print_plain("names that almost match; check each, similar names may be different genes:")
    for name, symbol in summary.alias_suggestions[:SHOWN_SUGGESTIONS]:
        print_plain(f"did you mean: --alias {shlex.quote(f'{name}={symbol}')}")
    more = len(summary.alias_suggestions) - SHOWN_SUGGESTIONS
    if more > 0:
        print_plain(f"… and {more} more names that almost match, in dataset.toml")
