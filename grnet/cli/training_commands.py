"""`grnet train` and `grnet crossval`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress
from grnet.cli.options import as_option
from grnet.schema.training_config import ALL, MODALITIES, REPORT_SCOPES, SPLITS, ReportScope, SplitName
from grnet.workflow.training_settings import (
    DEFAULT_ARCHITECTURE,
    configure_training,
    list_training_settings,
    names_of_architectures,
)

if TYPE_CHECKING:
    from grnet.workflow.cross_validation import CrossvalResult
    from grnet.workflow.training_report import TrainingResult

FOLDER = click.Path(path_type=Path)


def _common_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what train and crossval share: the dataset, the model, how it is trained."""
    options = [
        click.argument("dataset", type=FOLDER),
        click.option("-o", "--out", type=FOLDER, required=True, help="Folder to write."),
        click.option(
            "--modality",
            type=click.Choice(MODALITIES),
            default="fused",
            show_default=True,
            help="Train on RNA, on images, or on both (fused).",
        ),
        click.option(
            "--architecture",
            type=click.Choice(names_of_architectures()),
            default=DEFAULT_ARCHITECTURE,
            show_default=True,
            help="Kind of model: late interaction, or the networks of the SDINet paper.",
        ),
        *(as_option(name, setting) for name, setting in list_training_settings().items()),
        click.option(
            "--dask",
            metavar="ADDRESS",
            help="Fit the folds on a Dask cluster. Give the address of its scheduler, or local:N for N processes on "
            "this machine.  [default: as many processes as there are cores]",
        ),
        click.option("--overwrite", is_flag=True, help="Replace an existing folder."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _show_result(result: TrainingResult | CrossvalResult) -> None:
    """Print the report card of each split, and the notes."""
    from grnet.cli.tables import show_cards

    show_cards(result.cards.values())
    for note in result.notes:
        console().print(f"note: {note}", markup=False)


@click.command("train", cls=GrnetCommand)
@_common_options
@click.option(
    "--report",
    type=click.Choice(REPORT_SCOPES),
    help="Report on new pairs only (pair), or also on new TFs, new targets and both (all). all takes longer: it "
    "trains further models.  [default: all; sdinet: pair]",
)
def train_command(
    dataset: Path, out: Path, report: ReportScope | None, dask: str | None, overwrite: bool, **settings: Any
) -> None:
    """Train models on the labelled pairs of DATASET. Print out-of-fold figures beside baselines."""
    from grnet.workflow.train import train

    config = configure_training(**settings)
    result = train(dataset, out, report=report, config=config, overwrite=overwrite, dask=dask, progress=make_progress())
    _show_result(result)
    console().print(f"run: {out}   report: {out / 'report.html'}", markup=False)


@click.command("crossval", cls=GrnetCommand)
@_common_options
@click.option(
    "--split",
    type=click.Choice([*SPLITS, ALL]),
    default="pair",
    show_default=True,
    help="What to hold out. pair: pairs with their reverse. tf, target: all pairs of a TF or target. both: pairs whose "
    "TF and target are both new. paper: contiguous blocks of the label file. all: the first four splits.",
)
def crossval_command(
    dataset: Path, out: Path, split: SplitName | Literal["all"], dask: str | None, overwrite: bool, **settings: Any
) -> None:
    """Cross-validate a model on a split of DATASET. Print its figures on labelled pairs beside the baselines."""
    from grnet.cli.tables import show_folds
    from grnet.workflow.crossval import crossval

    config = configure_training(**settings)
    result = crossval(
        dataset, out, split=split, config=config, overwrite=overwrite, dask=dask, progress=make_progress()
    )
    for name, table in result.folds.get("paper", {}).items():
        show_folds(name, table, paper=result.paper)
    _show_result(result)
    console().print(f"figures: {out / 'metrics.json'}   report: {out / 'report.html'}", markup=False)
