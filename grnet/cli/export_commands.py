"""`grnet export` and `grnet compare`."""

from __future__ import annotations

from pathlib import Path

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress
from grnet.cli.options import limit_options, memory_option
from grnet.schema.network_formats import EXPORT_FORMATS

FOLDER = click.Path(path_type=Path)


@click.command("export", cls=GrnetCommand)
@click.argument("network", type=FOLDER)
@click.option(
    "--to",
    multiple=True,
    type=click.Choice(EXPORT_FORMATS),
    metavar="NAME",
    help=f"Format to write: {', '.join(EXPORT_FORMATS)}. May be repeated.",
)
@click.option(
    "-o",
    "--out",
    type=FOLDER,
    help="Folder to write into, or the file to write with one --to.  [default: the current folder]",
)
@limit_options
@click.option(
    "--into",
    type=FOLDER,
    help="Add the network to a copy of this AnnData file (h5ad); with decoupler installed, also TF activities.",
)
@click.option(
    "--layer",
    metavar="NAME",
    help="Compute TF activities from X, raw or this layer of --into.  [default: the first that is not scaled]",
)
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
def export_command(
    network: Path,
    to: tuple[str, ...],
    out: Path | None,
    probability: float | None,
    expected_precision: float | None,
    top: int | None,
    top_per_target: int | None,
    with_known: bool,
    into: Path | None,
    layer: str | None,
    overwrite: bool,
) -> None:
    """Write NETWORK for other tools. Formats are those of Cytoscape, decoupler, pySCENIC, BEELINE, scanpy and others.

    Without a limit, the files hold the edges of the folder. With limits, edges are chosen again from its scores.
    """
    from grnet.workflow.export import export
    from grnet.workflow.network_lines import describe_network

    progress = make_progress()
    result = export(
        network,
        to,
        out=out,
        probability=probability,
        expected_precision=expected_precision,
        top=top,
        top_per_target=top_per_target,
        with_known=with_known,
        into=into,
        layer=layer,
        overwrite=overwrite,
        progress=progress,
    )
    if not len(result.network.edges):
        for line in describe_network(result.network.summary, folder=network):
            console().print(line, markup=False)
    if result.placed is not None:
        placed = result.placed
        progress.say(
            f"{placed.genes:,} of {placed.n_genes:,} genes of the network are in {into}, and {placed.edges:,} of "
            f"{placed.n_edges:,} edges with both ends; all edges are in .uns['grnet']"
        )
        for line in placed.activities.describe() if placed.activities is not None else ():
            progress.say(line)


@click.command("compare", cls=GrnetCommand)
@click.argument("networks", nargs=-1, required=True, type=FOLDER)
@click.option(
    "--known", type=FOLDER, help="Evaluate each network against this table of known edges, on the same pairs."
)
@click.option("--names", help="Names of the networks, separated by commas.  [default: the names of the files]")
@click.option("-o", "--out", type=FOLDER, help="Write comparison.json, report.html and edges.parquet to this folder.")
@click.option(
    "--top", type=int, help="Compare this many of the best edges of each.  [default: the size of the smallest network]"
)
@click.option(
    "--page",
    is_flag=True,
    help="Also write network.html to --out: the edges of two networks of grnet in one drawing, coloured by which "
    "network keeps them.",
)
@click.option(
    "--alias",
    "alias",
    multiple=True,
    metavar="NAME=SYMBOL",
    help="Read the name NAME as the gene SYMBOL. May be repeated.",
)
@click.option("--aliases", "aliases_file", type=FOLDER, help="Table of aliases with two columns, name and symbol.")
@click.option(
    "--columns",
    multiple=True,
    metavar="[FILE:]ROLE=COLUMN,…",
    help="Set what columns hold, such as links.csv:score=coef_abs or known.csv:label=is_edge. May be repeated.",
)
@memory_option
@click.option("--overwrite", is_flag=True, help="Replace an existing output folder.")
def compare_command(
    networks: tuple[Path, ...],
    known: Path | None,
    names: str | None,
    out: Path | None,
    top: int | None,
    page: bool,
    alias: tuple[str, ...],
    aliases_file: Path | None,
    columns: tuple[str, ...],
    memory: str | None,
    overwrite: bool,
) -> None:
    """Compare networks of grnet and other tools.

    NETWORKS are folders of grnet and edge lists (CSV, TSV, Parquet, GraphML, SIF).
    """
    from grnet.cli.comparison_tables import show_comparison
    from grnet.cli.options import parse_aliases
    from grnet.workflow.compare import compare

    result = compare(
        networks,
        known=known,
        names=[name.strip() for name in names.split(",")] if names is not None else (),
        out=out,
        top=top,
        page=page,
        aliases=parse_aliases(alias),
        aliases_file=aliases_file,
        columns=columns,
        memory=memory,
        overwrite=overwrite,
        progress=make_progress(),
    )
    show_comparison(result)
    if out is not None:
        drawn = f"   page: {out / 'network.html'}" if page else ""
        console().print(f"report: {out / 'report.html'}{drawn}", markup=False)
