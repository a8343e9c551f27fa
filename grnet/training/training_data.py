"""A dataset as training sees it, the settings as they are used, and what decides the bytes of what is fitted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from grnet.dataset.directory import Dataset
from grnet.features.build import build_features
from grnet.features.pair_samples import PairSamples
from grnet.models.device import choose_device
from grnet.models.sdinet.classifier import check_compiler, choose_precision
from grnet.schema.configs import to_plain
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import Indices
from grnet.schema.model_configs import SdinetConfig, SplitName, TrainConfig
from grnet.training.labelled import TrainingPairs, choose_pairs


@dataclass(frozen=True)
class TrainingData:
    """A dataset as training sees it.

    Attributes
    ----------
    features : GeneFeatures
    samples : PairSamples or None
        What the networks of the paper read; None for late interaction.
    training : TrainingPairs
    n_genes : int
    tfs : int64 array
        Genes that can be the TF of a candidate.
    """

    features: GeneFeatures
    samples: PairSamples | None
    training: TrainingPairs
    n_genes: int
    tfs: Indices

    @classmethod
    def build(
        cls, dataset: Dataset, config: TrainConfig, device: torch.device, *, split: SplitName = "pair"
    ) -> TrainingData:
        """Compute features, and choose and divide the labelled pairs.

        Raises
        ------
        InputError
            Too few known edges that the modality can see.
        """
        features = build_features(dataset)
        model = config.model
        samples = PairSamples.build(dataset, model, device) if isinstance(model, SdinetConfig) else None
        training = choose_pairs(dataset, features, config, split=split, samples=samples)
        return cls(features, samples, training, len(dataset.genes), dataset.genes.tfs)

    def divided(self, dataset: Dataset, config: TrainConfig, split: SplitName) -> TrainingData:
        """Return the same features with the labelled pairs divided in another way.

        Raises
        ------
        InputError
            They cannot be divided so.
        """
        return replace(self, training=choose_pairs(dataset, self.features, config, split=split, samples=self.samples))


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
    model = config.model
    if isinstance(model, SdinetConfig):
        check_compiler(model, device)
        model = replace(model, precision=choose_precision(model.precision, device))
    resolved = replace(config, model=model, device=str(device))
    return resolved, TrainingData.build(dataset, resolved, device, split=split), device


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
