"""`grnet export` and `grnet compare`."""

from __future__ import annotations

from pathlib import Path

import click

from grnet.cli.console import make_progress
from grnet.cli.options import limit_options
from grnet.schema.configs import EXPORT_FORMATS

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
    into: Path | None,
    overwrite: bool,
) -> None:
    """Write NETWORK for Cytoscape, decoupler, pySCENIC, BEELINE, scanpy and others, without scoring again.

    Without a limit these are the edges of the folder; with limits they are chosen again from its scores.
    """
    from grnet.workflow.export import export

    progress = make_progress()
    result = export(
        network,
        to,
        out=out,
        probability=probability,
        expected_precision=expected_precision,
        top=top,
        top_per_target=top_per_target,
        into=into,
        overwrite=overwrite,
        progress=progress,
    )
    if result.placed is not None:
        placed = result.placed
        progress.say(
            f"{placed.genes:,} of {placed.n_genes:,} genes of the network are in {into}, and {placed.edges:,} of "
            f"{placed.n_edges:,} edges with both ends; all edges are in .uns['grnet']"
        )
