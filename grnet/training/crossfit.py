"""Cross-fitting with any architecture: models for each of K folds, blind to it, and the score of every tested pair."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from grnet.architectures.base import FitJob, TrainingData
from grnet.architectures.cross_fit import CrossFit
from grnet.architectures.registry import find_architecture
from grnet.architectures.workers import Hire, Workers, open_workers
from grnet.schema.errors import InputError
from grnet.schema.progress import SILENT, Progress
from grnet.schema.training_config import TrainConfig


def fit_folds(
    data: TrainingData,
    config: TrainConfig,
    folder: Path | None,
    *,
    device: torch.device,
    hire: Hire | None = None,
    title: str = "training",
    progress: Progress = SILENT,
) -> CrossFit:
    """Fit the models of each fold, one for each seed, blind to that fold, and write them into `folder`.

    On a processor several models are fitted at a time, see :func:`grnet.architectures.workers.open_workers`.

    Parameters
    ----------
    data : TrainingData
    config : TrainConfig
    folder : Path or None
        None keeps nothing.
    device : torch.device
    hire : callable, optional
        Who fits the models, if not processes of this machine.
    title : str
        Of the progress.
    progress : Progress

    Raises
    ------
    InputError
        The training diverged.
    """
    n_tasks = config.seeds * config.folds
    chosen = hire(data.features, n_tasks) if hire else open_workers(data.features, device, n_tasks=n_tasks)
    with chosen as workers:
        return start_folds(data, config, folder, device=device, title=title, progress=progress, workers=workers)()


def start_folds(
    data: TrainingData,
    config: TrainConfig,
    folder: Path | None,
    *,
    device: torch.device,
    workers: Workers,
    title: str = "training",
    progress: Progress = SILENT,
) -> Callable[[], CrossFit]:
    """Give the work of :func:`fit_folds` to workers; what is returned waits for it, and raises what that raises."""
    members = f" × {config.seeds} seeds" if config.seeds > 1 else ""
    job = FitJob(data, config, folder, device, f"{title} {config.folds} folds{members}", progress, workers)
    wait = find_architecture(config.architecture).start_folds(job)
    return lambda: _check(wait(), data, config)


def _check(crossfit: CrossFit, data: TrainingData, config: TrainConfig) -> CrossFit:
    """Make sure that every tested pair has a score."""
    lost = int((~np.isfinite(crossfit.scores[data.training.tested])).sum())
    if lost:
        raise InputError(
            f"the training diverged, {lost:,} of {len(crossfit.scores):,} scores are not finite; choose a "
            f"--learning-rate below {config.learning_rate:g}"
        )
    return crossfit
