"""What models say that are trained without one of the measurements: the same labelled pairs, the same folds.

Enters: the data of a training. Leave: out-of-fold scores by the name of the measurement that was left out. Each of them
is a full training: a model that is not shown what it was trained with can do worse than one that never had it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from grnet.architectures.base import TrainingData
from grnet.architectures.registry import find_architecture
from grnet.architectures.workers import Hire
from grnet.dataset.directory import Dataset
from grnet.division.training_pairs import TrainingPairs
from grnet.features.kept_measurements import leave_out
from grnet.schema.arrays import NO_FOLD, Bools, Float64
from grnet.schema.features import GeneFeatures
from grnet.schema.progress import SILENT, Progress
from grnet.schema.training_config import Modality, TrainConfig
from grnet.training.crossfit import fit_folds
from grnet.training.training_data import find_visible


def list_ablated(features: GeneFeatures, modality: Modality) -> tuple[str, ...]:
    """Return the measurements of a model that share their modality with another.

    The others are a modality by themselves: the model of the other modality is the one without them.
    """
    looked_at = features.of_modality(modality)
    modalities = [profiles.modality for profiles in looked_at]
    return tuple(profiles.name for profiles in looked_at if modalities.count(profiles.modality) > 1)


def fit_without_each(
    data: TrainingData,
    dataset: Dataset,
    config: TrainConfig,
    *,
    device: torch.device,
    hire: Hire | None = None,
    title: str = "training",
    progress: Progress = SILENT,
) -> Iterator[tuple[str, Float64]]:
    """Fit the models of each fold without each measurement that shares its modality with another; keep no models.

    Parameters
    ----------
    data : TrainingData
    dataset : Dataset
        Which `data` was built from.
    config : TrainConfig
    device : torch.device
    hire : callable, optional
        See :func:`grnet.training.crossfit.fit_folds`.
    title : str
        Of the progress.
    progress : Progress

    Yields
    ------
    str
        The measurement that the models were trained without.
    float64 array [P]
        Out-of-fold logits; NaN where the two genes share no other measurement, or a pair is in no test. A measurement
        without which a fold has no pairs of both labels to fit on or to stop by is left out.

    Raises
    ------
    InputError
        A training diverged.
    """
    for name in list_ablated(data.features, config.model.modality):
        without = (*config.without, name)
        narrowed = _narrow(data, leave_out(dataset, without, config.model.modality), config, name, device)
        if _can_fit(narrowed.training):
            settings = replace(config, without=without)
            heading = f"{title} without {name},"
            fitted = fit_folds(narrowed, settings, None, device=device, hire=hire, title=heading, progress=progress)
            yield name, fitted.scores


def _narrow(data: TrainingData, dataset: Dataset, config: TrainConfig, name: str, device: torch.device) -> TrainingData:
    """Return what a training sees without a measurement; pairs that it cannot see are neither trained on nor tested."""
    features = replace(data.features, profiles=tuple(p for p in data.features.profiles if p.name != name))
    inputs = find_architecture(config.architecture).gather_inputs(dataset, config.model, device)
    training = data.training
    visible = find_visible(features, config, inputs).usable(training.pairs.tf, training.pairs.target)
    return replace(data, features=features, inputs=inputs, training=_keep(training, visible))


def _keep(training: TrainingPairs, visible: Bools) -> TrainingPairs:
    """Return the same pairs in the same folds, of which only the visible ones are used."""
    return replace(
        training,
        folds=np.where(visible, training.folds, NO_FOLD).astype(training.folds.dtype),
        allowed=training.allowed & visible,
        fits=training.fits & visible,
        stops=training.stops & visible,
    )


def _can_fit(training: TrainingPairs) -> bool:
    """Whether each model has pairs of both labels to fit on and to stop by, and each fold pairs to test."""
    used = np.concatenate([training.fits, training.stops]).reshape(-1, len(training.labels))
    both = all((used & (training.labels == label)).any(axis=1).all() for label in (0, 1))
    n_folds = training.allowed.shape[0]
    return both and all((training.folds == fold).any() for fold in range(n_folds))
