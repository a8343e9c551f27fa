"""`grnet view`."""

from __future__ import annotations

from pathlib import Path

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress
from grnet.cli.options import gene_sets_option, limit_options
from grnet.cli.quick_imports import import_igraph_without_drawing

FOLDER = click.Path(path_type=Path)


@click.command("view", cls=GrnetCommand)
@click.argument("network", type=FOLDER)
@click.option("-o", "--out", type=FOLDER, help="Page to write.  [default: NETWORK.html, next to the folder]")
@limit_options
@gene_sets_option
@click.option("--run", type=FOLDER, help="Run folder that scored the network, if it moved.")
@click.option("--dataset", type=FOLDER, help="Dataset directory of the run, if it moved.")
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option("--overwrite", is_flag=True, help="Replace an existing page.")
def view_command(
    network: Path,
    out: Path | None,
    probability: float | None,
    expected_precision: float | None,
    top: int | None,
    top_per_target: int | None,
    with_known: bool,
    gene_sets: tuple[Path, ...],
    run: Path | None,
    dataset: Path | None,
    opens: bool,
    overwrite: bool,
) -> None:
    """Write the network page with other limits. Scores are reused. Without limits, it shows the edges of NETWORK."""
    from grnet.workflow.network_lines import describe_network
    from grnet.workflow.view import view

    import_igraph_without_drawing()
    page, shown = view(
        network,
        out,
        probability=probability,
        expected_precision=expected_precision,
        top=top,
        top_per_target=top_per_target,
        with_known=with_known,
        gene_sets=gene_sets,
        run=run,
        dataset=dataset,
        overwrite=overwrite,
        progress=make_progress(),
    )
    for line in describe_network(shown.summary, folder=network, page=page):
        console().print(line, markup=False)
    if opens and len(shown.edges):
        click.launch(str(page))
