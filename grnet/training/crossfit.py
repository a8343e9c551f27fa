"""Cross-fitting with any architecture: models for each of K folds, blind to it, and the score of every tested pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from grnet.architectures.base import FitJob, TrainingData
from grnet.architectures.cross_fit import CrossFit
from grnet.architectures.registry import find_architecture
from grnet.schema.errors import InputError
from grnet.schema.progress import SILENT, Progress
from grnet.schema.training_config import TrainConfig


def fit_folds(
    data: TrainingData,
    config: TrainConfig,
    folder: Path | None,
    *,
    device: torch.device,
    title: str = "training",
    progress: Progress = SILENT,
) -> CrossFit:
    """Fit the models of each fold, one for each seed, blind to that fold, and write them into `folder`.

    Parameters
    ----------
    data : TrainingData
    config : TrainConfig
    folder : Path or None
        None keeps nothing.
    device : torch.device
    title : str
        Of the progress.
    progress : Progress

    Raises
    ------
    InputError
        The training diverged.
    """
    members = f" × {config.seeds} seeds" if config.seeds > 1 else ""
    job = FitJob(data, config, folder, device, f"{title} {config.folds} folds{members}", progress)
    crossfit = find_architecture(config.architecture).fit_folds(job)
    lost = int((~np.isfinite(crossfit.scores[data.training.tested])).sum())
    if lost:
        raise InputError(
            f"the training diverged, {lost:,} of {len(crossfit.scores):,} scores are not finite; choose a "
            f"--learning-rate below {config.learning_rate:g}"
        )
    return crossfit
