"""`grnet prepare` and `grnet inspect`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grnet.cli.console import console, make_progress
from grnet.cli.options import parse_aliases, parse_size
from grnet.cli.tables import printable

if TYPE_CHECKING:
    from grnet.schema.configs import Normalisation
    from grnet.workflow.inspect import DatasetSummary

FILE = click.Path(path_type=Path)
SHOWN_SUGGESTIONS = 10


@click.command("prepare")
@click.argument("out", type=FILE)
@click.option(
    "--expression",
    type=FILE,
    multiple=True,
    required=True,
    help="Table of genes × samples: text, XLSX or Parquet, compressed or not. May be repeated.",
)
@click.option("--tfs", type=FILE, help="Transcription factors: a list of names, or a table with a column of names.")
@click.option(
    "--known-edges",
    type=FILE,
    help="Table of TF, target and optionally a label or sign; SIF, GMT or a matrix of 0 and 1.",
)
@click.option("--images", type=FILE, help="Images: a manifest (gene, path, …) or a folder of GENE/VIEW/*.png.")
@click.option(
    "--alias",
    "alias",
    multiple=True,
    metavar="NAME=SYMBOL",
    help="Read the name NAME as the gene SYMBOL. May be repeated.",
)
@click.option("--aliases", "aliases_file", type=FILE, help="Table of aliases with two columns, name and symbol.")
@click.option(
    "--genes",
    type=click.Choice(["expression", "all"]),
    default="expression",
    show_default=True,
    help="Keep genes that have expression, or all genes that have expression or images.",
)
@click.option(
    "--image-size", metavar="HEIGHTxWIDTH", help="Resample all images to this size.  [default: the most common size]"
)
@click.option("--name", default="", help="Name of the dataset.  [default: the name of the folder]")
@click.option("--organism", default="", help="Organism, as free text.")
@click.option("--units", default="", help="Units of the expression values, as free text.")
@click.option(
    "--transpose",
    is_flag=True,
    help="Read genes from the columns of the expression tables. Use it if grnet does not detect this itself.",
)
@click.option(
    "--columns",
    multiple=True,
    metavar="[FILE:]ROLE=COLUMN,…",
    help="Set what columns hold, such as symbol=gene_name,samples=S* or edges.csv:label=known. May be repeated.",
)
@click.option(
    "--normalise",
    type=click.Choice(["auto", "log-cpm", "log", "none"]),
    default="auto",
    show_default=True,
    help="Log-transform the expression. auto: raw counts become log2(CPM + 1), other values stay as they are.",
)
@click.option("--overwrite", is_flag=True, help="Replace an existing OUT.")
def prepare_command(
    out: Path,
    expression: tuple[Path, ...],
    tfs: Path | None,
    known_edges: Path | None,
    images: Path | None,
    alias: tuple[str, ...],
    aliases_file: Path | None,
    genes: str,
    image_size: str | None,
    name: str,
    organism: str,
    units: str,
    transpose: bool,
    columns: tuple[str, ...],
    normalise: Normalisation,
    overwrite: bool,
) -> None:
    """Read your files into a dataset directory, OUT. Report how each file was read and which genes were joined."""
    aliases = parse_aliases(alias)
    size = parse_size(image_size, flag="--image-size") if image_size else None
    from grnet.workflow.prepare import prepare

    summary = prepare(
        out,
        expression=expression,
        tfs=tfs,
        known_edges=known_edges,
        images=images,
        aliases=aliases,
        aliases_file=aliases_file,
        genes="all" if genes == "all" else "expression",
        image_size=size,
        name=name,
        organism=organism,
        units=units,
        transpose=transpose,
        columns=columns,
        normalise=normalise,
        overwrite=overwrite,
        progress=make_progress(),
    )
    show_summary(summary, out)
    if summary.n_rejected_by_reason:
        _print_plain(f"refused rows, each with its reason: {out / 'rejected.parquet'}")


@click.command("inspect")
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
        _print_plain(f"contact sheet: {contact_sheet}")


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
        _print_plain(line)
    for note in summary.notes:
        _print_plain(f"note: {note}")
    if summary.alias_suggestions:
        _print_plain("names that almost match; check each, similar names may be different genes:")
    for name, symbol in summary.alias_suggestions[:SHOWN_SUGGESTIONS]:
        _print_plain(f"did you mean: --alias {shlex.quote(f'{name}={symbol}')}")
    more = len(summary.alias_suggestions) - SHOWN_SUGGESTIONS
    if more > 0:
        _print_plain(f"… and {more} more names that almost match, in dataset.toml")


def _print_plain(text: str) -> None:
    console().print(printable(text), markup=False, highlight=False, emoji=False)
