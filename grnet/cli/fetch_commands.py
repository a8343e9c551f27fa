"""`grnet fetch`: options → the workflow → what was fetched and how to use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress
from grnet.cli.tables import print_plain, printable

if TYPE_CHECKING:
    from grnet.workflow.fetch import CachedResource, ListedResource

_OPTIONS = {"tfs": "--tfs", "edges": "--known-edges"}


@click.command("fetch", cls=GrnetCommand)
@click.argument("what", type=click.Choice(["list", "edges", "tfs"]), default="list")
@click.option("--organism", metavar="NAME", help="Organism, such as human, mouse or fly.")
@click.option(
    "--source", metavar="NAME", help="Database, such as collectri or trrust.  [default: the first of the list]"
)
@click.option("--levels", help="Keep these levels of confidence of DoRothEA.  [default: ABC]", metavar="LETTERS")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="Read the download from this file. Use it where there is no network.",
)
@click.option("--refresh", is_flag=True, help="Fetch it again even if it was fetched before.")
def fetch_command(
    what: str, organism: str | None, source: str | None, levels: str | None, file: Path | None, refresh: bool
) -> None:
    """Fetch known edges or TF lists of public databases. WHAT is edges, tfs, or list to show what there is.

    \b
    grnet fetch edges --source collectri --organism human
    grnet fetch tfs --organism fly
    grnet prepare DATA --expression counts.csv --known-edges collectri:human
    """  # noqa: D301 (\b keeps click from wrapping the lines)
    if what == "list":
        _show_list()
        return
    from grnet.workflow.fetch import fetch

    fetched = fetch(
        what,  # type: ignore[arg-type]  # one of the two that are left
        organism=organism or "",
        source=source,
        levels=levels,
        file=file,
        refresh=refresh,
        progress=make_progress(),
    )
    _show(fetched, what)


def _show(fetched: CachedResource, what: str) -> None:
    """Print what was fetched, where it lies, its terms, and how to use it."""
    edges = f"{fetched.n_edges:,} known edges of " if fetched.n_edges else ""
    file = fetched.file_of("tfs" if what == "tfs" else "edges")
    lines = [
        f"{fetched.name}: {edges}{fetched.n_tfs:,} TFs; {fetched.title}, fetched {fetched.fetched}",
        f"  file: {file}",
        f"  licence: {fetched.licence}",
        f"  cite: {fetched.citation}",
        f"  address: {fetched.address}",
        f"  SHA-256 of the download: {fetched.sha256[fetched.download.name]}",
        *(f"  note: {note}" for note in fetched.notes),
        f"  use it: grnet prepare DATA --expression FILE {_OPTIONS[what]} {fetched.name}",
    ]
    for line in lines:
        print_plain(line)


def _show_list() -> None:
    """Print what can be fetched, a row for each source, and what is in the cache."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from grnet.workflow.fetch import cache_folder, list_fetchable

    entries = list(list_fetchable())
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for title in ("--source", "--organism", "holds", "what it is", "licence"):
        table.add_column(title, overflow="fold")
    for source in dict.fromkeys(entry.resource.source for entry in entries):
        own = [entry.resource for entry in entries if entry.resource.source == source]
        organisms = ", ".join(resource.organism for resource in own)
        holds = "edges, tfs" if own[0].holds == "edges" else "tfs"
        cells = (source, organisms, holds, own[0].title, own[0].licence)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console().print(table)
    print_plain(f"in the cache, {cache_folder()}:")
    there = [_describe(entry) for entry in entries if entry.cached is not None or entry.damage]
    for line in there or ["nothing; fetch known edges with: grnet fetch edges --source collectri --organism human"]:
        print_plain(f"  {line}")


def _describe(entry: ListedResource) -> str:
    """Return a line on what the cache has of a resource."""
    cached = entry.cached
    if cached is None:
        return f"{entry.resource.name}: damaged: {entry.damage}"
    edges = f"{cached.n_edges:,} known edges of " if cached.n_edges else ""
    return f"{cached.name}: {edges}{cached.n_tfs:,} TFs, fetched {cached.fetched}; {cached.licence}"
