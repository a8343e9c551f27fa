"""`grnet simulate`: options → the workflow → a summary on screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress
from grnet.schema.configs import SIMULATED_FORMS, SimulateConfig

if TYPE_CHECKING:
    from grnet.workflow.simulate import LabSummary

_DEFAULTS = SimulateConfig()


@click.command("simulate", cls=GrnetCommand)
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--seed", type=int, default=_DEFAULTS.seed, show_default=True, help="Seed. The same seed gives the same files."
)
@click.option("--tfs", type=int, default=_DEFAULTS.n_tfs, show_default=True, help="Number of transcription factors.")
@click.option("--targets", type=int, default=_DEFAULTS.n_targets, show_default=True, help="Number of target genes.")
@click.option(
    "--samples", type=int, default=_DEFAULTS.n_samples, show_default=True, help="Number of bulk RNA-seq samples."
)
@click.option(
    "--as",
    "also",
    type=click.Choice(SIMULATED_FORMS),
    multiple=True,
    help="Also write the embryo as an .h5ad of spots.",
)
@click.option("--overwrite", is_flag=True, help="Replace an existing OUT.")
def simulate_command(
    out: Path, seed: int, tfs: int, targets: int, samples: int, also: tuple[str, ...], overwrite: bool
) -> None:
    """Simulate an embryo with a known network. OUT is the new folder for its raw files.

    OUT gets expression tables, images, a TF list, known edges, truth.parquet with every true edge, and a README.txt.
    Use it to try grnet and to check novel edges against the truth.
    """
    from grnet.workflow.simulate import simulate

    summary = simulate(
        out,
        seed=seed,
        n_tfs=tfs,
        n_targets=targets,
        n_samples=samples,
        also=also,
        overwrite=overwrite,
        progress=make_progress(),
    )
    _show(summary)


def _show(summary: LabSummary) -> None:
    from rich.markup import escape

    screen = console()
    screen.print(f"[bold]{escape(str(summary.folder))}[/bold]: a synthetic embryo, seed {summary.seed}")
    genes = f"{summary.n_genes:,} genes, {summary.n_tfs:,} of them transcription factors"
    screen.print(f"  {genes}, in {summary.n_samples:,} samples")
    screen.print(f"  {summary.n_images:,} images of {summary.n_genes_with_images:,} genes")
    if summary.n_spots:
        screen.print(f"  {summary.n_spots:,} spots: {escape(str(summary.spots))}")
    screen.print(
        f"  {summary.n_true_edges:,} true edges; known: {summary.n_known_positive:,} edges and "
        f"{summary.n_known_negative:,} non-edges"
    )
    screen.print(f"  AUROC of |Pearson r| over the known pairs: {summary.abs_pearson_auroc:.3f}")
    screen.print(f"  what each file is: {escape(str(summary.folder / 'README.txt'))}")
