"""What scores the candidates of a run: its architecture makes it, from its trained models."""

from __future__ import annotations

import torch

from grnet.architectures.pair_scorer import PairScorer
from grnet.architectures.registry import find_architecture
from grnet.architectures.run_folder import Run
from grnet.dataset.directory import Dataset
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import ScoringPrecision

SHARDS, LARGEST_SHARD = 48, 4
"""Shards of many candidates, until each is this many times as large as those of few."""


def make_scorer(
    run: Run, dataset: Dataset, features: GeneFeatures, device: torch.device, *, precision: ScoringPrecision = "fp32"
) -> PairScorer:
    """Return what scores the pairs of `dataset` with the models of `run`.

    Raises
    ------
    FormatError
        The dataset gives other features than those of the training, or weights cannot be loaded.
    """
    run.check_features(features)
    architecture = find_architecture(run.architecture)
    return architecture.make_scorer(run.load_models(device), dataset, features, device, precision=precision)


def default_batch_pairs(run: Run, n_tfs: int, n_genes: int) -> int:
    """Return how many pairs of a run a shard has at most where nobody asks for a number.

    Of many candidates shards are larger, since larger ones take less time for each pair.
    """
    costs = find_architecture(run.architecture).costs
    share = min(n_tfs * n_genes // SHARDS, LARGEST_SHARD * costs.batch_pairs)
    return max(costs.batch_pairs, share, costs.fewest_targets * n_tfs)
