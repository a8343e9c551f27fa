"""`grnet train` and `grnet crossval`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from grnet.cli.console import console, make_progress
from grnet.cli.options import parse_size
from grnet.schema.errors import ConfigError
from grnet.schema.model_configs import (
    ALL,
    ARCHITECTURES,
    MODALITIES,
    NEGATIVES,
    PRECISIONS,
    REPORT_SCOPES,
    SPLITS,
    ReportScope,
    SplitName,
    TrainConfig,
    configure_training,
)

if TYPE_CHECKING:
    from grnet.training.crossval import CrossvalResult
    from grnet.training.reports import TrainingResult

FOLDER = click.Path(path_type=Path)
_SETTINGS = (
    click.option("--epochs", type=int, help="Most passes over the training pairs."),
    click.option("--patience", type=int, help="Passes without a better validation loss before stopping."),
    click.option("--batch-size", type=int, help="Pairs (sdinet: samples) in one step."),
    click.option("--learning-rate", type=float, help="Rate of Adam (late: the highest of its cycle)."),
    click.option(
        "--negatives",
        type=click.Choice(NEGATIVES),
        help="How negatives are sampled where all known edges are positive: uniformly, with the degrees of the "
        "positives, or with their |r|.  [default: random]",
    ),
    click.option("--negatives-per-positive", type=float, help="How many of them.  [default: 1]"),
    click.option("--min-image-pairs", type=int, help="sdinet: leave out pairs with fewer image pairs. [default: 1]"),
    click.option("--max-image-pairs", type=int, help="sdinet: most of a pair in one pass. [default: all]"),
    click.option(
        "--network-image-size",
        "image_size",
        metavar="HEIGHTxWIDTH",
        callback=lambda ctx, parameter, text: None if text is None else parse_size(text, flag="--network-image-size"),
        help="sdinet: what images are resampled to. [default: 128x320]",
    ),
    click.option("--paper-normalisation", is_flag=True, help="sdinet: scale every sample to 0..1, as the paper does."),
    click.option("--precision", type=click.Choice(PRECISIONS), help="sdinet: of the convolutions. [default: auto]"),
    click.option("--compile", "compile", is_flag=True, help="sdinet: let torch.compile fuse operations when scoring."),
    click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N."),
)
"""Options that end in the training settings, by the names that these have."""


IMAGE_FLAGS = {
    "min_image_pairs": "--min-image-pairs",
    "max_image_pairs": "--max-image-pairs",
    "image_size": "--network-image-size",
}


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
            help="What the model looks at.",
        ),
        click.option(
            "--architecture",
            type=click.Choice(ARCHITECTURES),
            default="late",
            show_default=True,
            help="Late interaction, or the networks of the SDINet paper.",
        ),
        click.option("--seed", type=int, default=0, show_default=True, help="Of folds, negatives, weights and order."),
        click.option("--folds", type=int, default=5, show_default=True, help="Folds of the cross-fitting."),
        click.option("--seeds", type=int, default=1, show_default=True, help="Models of each fold; their mean scores."),
        *_SETTINGS,
        click.option("--overwrite", is_flag=True, help="Replace the folder where it is there."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _configure(settings: dict[str, Any]) -> TrainConfig:
    """Return the training settings of the options; options of images are refused where none are looked at."""
    given = [flag for name, flag in IMAGE_FLAGS.items() if settings[name] is not None]
    if settings["modality"] == "rna" and given:
        raise ConfigError(f"{', '.join(given)}: --modality rna looks at no images; leave it out")
    return configure_training(**settings)


def _show_result(result: TrainingResult | CrossvalResult) -> None:
    """Print the report card of each split, and the notes."""
    from grnet.cli.tables import show_cards

    show_cards(result.cards.values())
    for note in result.notes:
        console().print(f"note: {note}", markup=False)


@click.command("train")
@_common_options
@click.option(
    "--report",
    type=click.Choice(REPORT_SCOPES),
    help="pair: judge the run's models on new pairs; all: also judge models that are fitted for this only on new TFs, "
    "new targets and both.  [default: all; sdinet: pair]",
)
def train_command(dataset: Path, out: Path, report: ReportScope | None, overwrite: bool, **settings: Any) -> None:
    """Train on the known edges of DATASET, cross-fitted, and print out-of-fold figures beside their baselines."""
    from grnet.workflow.train import train

    config = _configure(settings)
    _show_result(train(dataset, out, report=report, config=config, overwrite=overwrite, progress=make_progress()))
    console().print(f"run: {out}   report: {out / 'report.html'}", markup=False)


@click.command("crossval")
@_common_options
@click.option(
    "--split",
    type=click.Choice([*SPLITS, ALL]),
    default="pair",
    show_default=True,
    help="What stays in one fold: a pair with its reverse, all pairs of a TF, all pairs of a target; both: TF and "
    "target are new to the model; paper: contiguous blocks of the label file; all: the first four.",
)
def crossval_command(
    dataset: Path, out: Path, split: SplitName | Literal["all"], overwrite: bool, **settings: Any
) -> None:
    """Say how good a model is on a split of the known edges of DATASET, fold by fold, beside the baselines."""
    from grnet.cli.tables import show_folds
    from grnet.workflow.crossval import crossval

    config = _configure(settings)
    result = crossval(dataset, out, split=split, config=config, overwrite=overwrite, progress=make_progress())
    for name, table in result.folds.get("paper", {}).items():
        show_folds(name, table, paper=result.paper)
    _show_result(result)
    console().print(f"figures: {out / 'metrics.json'}   report: {out / 'report.html'}", markup=False)
