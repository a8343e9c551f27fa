"""A dataset as training sees it, the settings as they are used, and what decides the bytes of what is fitted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from grnet.architectures.base import TrainingData
from grnet.architectures.device import choose_device
from grnet.architectures.registry import find_architecture
from grnet.architectures.visible_pairs import VisiblePairs
from grnet.dataset.directory import Dataset
from grnet.division.training_pairs import TrainingPairs
from grnet.features.build import build_features
from grnet.features.kept_measurements import leave_out
from grnet.schema.configs import to_plain
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import SplitName, TrainConfig
from grnet.training.labelled_pairs import choose_pairs


def build_training_data(
    dataset: Dataset, config: TrainConfig, device: torch.device, *, split: SplitName = "pair"
) -> TrainingData:
    """Compute features, and choose and divide the labelled pairs.

    Raises
    ------
    InputError
        Too few known edges that the modality can see, or a measurement to leave out is not there or the last one.
    """
    kept = leave_out(dataset, config.without, config.model.modality)
    features = build_features(kept)
    inputs = find_architecture(config.architecture).gather_inputs(kept, config.model, device)
    training = choose_pairs(dataset, find_visible(features, config, inputs), config, split=split)
    return TrainingData(features, inputs, training, len(dataset.genes), dataset.genes.tfs)


def divide_training_data(data: TrainingData, dataset: Dataset, config: TrainConfig, split: SplitName) -> TrainingData:
    """Return the same features with the labelled pairs divided in another way.

    Raises
    ------
    InputError
        They cannot be divided so.
    """
    visible = find_visible(data.features, config, data.inputs)
    return replace(data, training=choose_pairs(dataset, visible, config, split=split))


def find_visible(features: GeneFeatures, config: TrainConfig, inputs: Any) -> VisiblePairs:
    """Return which pairs the models of a training can look at."""
    return find_architecture(config.architecture).find_visible(features, config.model, inputs)


def prepare_training(
    dataset: Dataset, config: TrainConfig, *, split: SplitName = "pair"
) -> tuple[TrainConfig, TrainingData, torch.device]:
    """Settle what "auto" stands for, and build what training sees.

    Returns
    -------
    TrainConfig
        With the device and the precision that are used, as a run folder is to record them.
    TrainingData
    torch.device

    Raises
    ------
    ConfigError
        The device is not here, or cannot compile.
    InputError
        Too few known edges that the modality can see.
    """
    device = choose_device(config.device)
    model = find_architecture(config.architecture).settle(config.model, device)
    resolved = replace(config, model=model, device=str(device))
    return resolved, build_training_data(dataset, resolved, device, split=split), device


def describe_plan(
    dataset_mark: str, config: TrainConfig, data: Mapping[SplitName, TrainingData], *, version: str
) -> dict[str, Any]:
    """Return all that decides the bytes of a fitted fold: what unfinished work has to share to be gone on with."""
    return {
        "grnet": version,
        "torch": torch.__version__,
        "dataset": dataset_mark,
        "labelled pairs": {split: _digest(divided.training) for split, divided in data.items()},
        "train": to_plain(config),
    }


def _digest(training: TrainingPairs) -> str:
    digest, pairs = hashlib.sha256(), training.pairs
    for array in (pairs.tf, pairs.target, training.labels, training.folds, training.fits, training.stops):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
