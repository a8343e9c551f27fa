"""`grnet export` and `grnet compare`."""

from __future__ import annotations

from pathlib import Path

import click

from grnet.cli.console import console, make_progress
from grnet.cli.options import limit_options
from grnet.schema.network_formats import EXPORT_FORMATS

FOLDER = click.Path(path_type=Path)


@click.command("export")
@click.argument("network", type=FOLDER)
@click.option(
    "--to",
    multiple=True,
    type=click.Choice(EXPORT_FORMATS),
    metavar="NAME",
    help=f"{', '.join(EXPORT_FORMATS)}. May be repeated.",
)
@click.option("-o", "--out", type=FOLDER, help="Folder, or with one --to the file.  [default: the working folder]")
@limit_options
@click.option("--into", type=FOLDER, help="AnnData file (h5ad): --to anndata writes a copy that has the network too.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
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
    overwrite: bool,
) -> None:
    """Write NETWORK for Cytoscape, decoupler, pySCENIC, BEELINE, scanpy and others, without scoring again.

    Without a limit these are the edges of the folder; with limits they are chosen again from its scores.
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


@click.command("compare")
@click.argument("networks", nargs=-1, required=True, type=FOLDER)
@click.option("--known", type=FOLDER, help="Known edges: evaluate each network on the same pairs.")
@click.option("--names", help="A name for each network, with commas between them.  [default: those of the files]")
@click.option("-o", "--out", type=FOLDER, help="Folder for comparison.json, report.html and edges.parquet.")
@click.option("--top", type=int, help="Best edges of each to compare.  [default: as many as the smallest has]")
@click.option("--alias", "alias", multiple=True, metavar="NAME=SYMBOL", help="Use SYMBOL for NAME. May be repeated.")
@click.option("--aliases", "aliases_file", type=FOLDER, help="Table of two columns, name and symbol.")
@click.option(
    "--columns",
    multiple=True,
    metavar="[FILE:]ROLE=COLUMN,…",
    help="Say what columns are: links.csv:score=coef_abs or known.csv:label=is_edge. May be repeated.",
)
@click.option("--overwrite", is_flag=True, help="Replace the output folder where it is there.")
def compare_command(
    networks: tuple[Path, ...],
    known: Path | None,
    names: str | None,
    out: Path | None,
    top: int | None,
    alias: tuple[str, ...],
    aliases_file: Path | None,
    columns: tuple[str, ...],
    overwrite: bool,
) -> None:
    """Set NETWORKS side by side: folders of grnet, and edge lists of other tools (CSV, TSV, Parquet, GraphML, SIF)."""
    from grnet.cli.comparison_tables import show_comparison
    from grnet.cli.options import parse_aliases
    from grnet.workflow.compare import compare

    result = compare(
        networks,
        known=known,
        names=[name.strip() for name in names.split(",")] if names is not None else (),
        out=out,
        top=top,
        aliases=parse_aliases(alias),
        aliases_file=aliases_file,
        columns=columns,
        overwrite=overwrite,
        progress=make_progress(),
    )
    show_comparison(result)
    if out is not None:
        console().print(f"report: {out / 'report.html'}", markup=False)
