"""Which pairs a model is trained on: the known edges it can look at, and sampled negatives where there are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.dataset.directory import Dataset
from grnet.evaluation.splits import assign_folds, sample_negatives
from grnet.schema.errors import InputError
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex
from grnet.schema.model_configs import TrainConfig
from grnet.schema.tables import LABEL

FEWEST_OF_A_CLASS = 10


@dataclass(frozen=True)
class TrainingPairs:
    """Labelled pairs with their fold.

    Attributes
    ----------
    pairs : PairIndex
    labels, folds : int8 arrays [P]
    notes : tuple of str
        What was left out or sampled, in sentences.
    """

    pairs: PairIndex
    labels: npt.NDArray[np.int8]
    folds: npt.NDArray[np.int8]
    notes: tuple[str, ...]


def choose_pairs(dataset: Dataset, features: GeneFeatures, config: TrainConfig) -> TrainingPairs:
    """Return the labelled pairs that a model of the configured modality can see, divided into folds.

    Raises
    ------
    InputError
        There are too few known edges, or too few with the modality.
    """
    modality = config.model.modality
    pairs = PairIndex.from_frame(dataset.known_edges, dataset.genes)
    labels = dataset.known_edges[LABEL].to_numpy(np.int8)
    usable = features.scorable(modality, pairs.tf, pairs.target)
    notes = []
    if not usable.all():
        notes.append(f"{(~usable).sum():,} of {len(pairs):,} known edges left out: a gene has no {_lacks(modality)}")
    given_negatives = int((labels == 0).sum())
    pairs, labels = pairs.take(usable), labels[usable]
    _check_positives(dataset, modality, positives=int((labels == 1).sum()))
    if not (labels == 0).any():
        sampled = _sample(dataset, features, pairs, config)
        notes.append(
            f"{_why_sampled(given_negatives, modality)}: {len(sampled):,} negatives sampled uniformly from TF × gene "
            f"pairs that are not known edges (seed {config.seed}); some may be true edges not yet known"
        )
        pairs = PairIndex(np.r_[pairs.tf, sampled.tf], np.r_[pairs.target, sampled.target])
        labels = np.r_[labels, np.zeros(len(sampled), np.int8)]
    negatives = int((labels == 0).sum())
    if negatives < config.folds:
        raise InputError(
            f"{dataset.path}: {negatives} negatives that the model can see; training needs one for each of "
            f"{config.folds} folds; give more, or none at all and they are sampled (--negatives-per-positive), or "
            "fewer --folds"
        )
    folds = assign_folds(pairs, labels, n_genes=len(dataset.genes), n_folds=config.folds, seed=config.seed)
    return TrainingPairs(pairs, labels, folds, tuple(notes))


def _why_sampled(given_negatives: int, modality: str) -> str:
    if given_negatives:
        return f"none of the {given_negatives:,} given negatives has {_has(modality)}"
    return "the known edges hold positives only"


def _check_positives(dataset: Dataset, modality: str, *, positives: int) -> None:
    if positives < FEWEST_OF_A_CLASS:
        raise InputError(
            f"{dataset.path}: {positives} positive known edges whose genes have {_has(modality)}; training needs at "
            f"least {FEWEST_OF_A_CLASS}; give more with: grnet prepare --known-edges, or choose another --modality"
        )


def _sample(dataset: Dataset, features: GeneFeatures, known: PairIndex, config: TrainConfig) -> PairIndex:
    """Sample negatives among the genes that the modality can see; never a known edge of the dataset.

    A sampled pair whose genes share no measurement (one has expression only, the other images only) is left out.
    """
    present = features.present(config.model.modality)
    tfs = dataset.genes.tfs[present[dataset.genes.tfs]]
    targets = np.flatnonzero(present).astype(np.int64)
    wanted = round(len(known) * config.negatives_per_positive)
    everything = PairIndex.from_frame(dataset.known_edges, dataset.genes)
    drawn = sample_negatives(everything, tfs, targets, n=wanted, n_genes=len(dataset.genes), seed=config.seed)
    return drawn.take(features.scorable(config.model.modality, drawn.tf, drawn.target))


def _has(modality: str) -> str:
    return {"rna": "expression", "image": "images of one view", "fused": "expression or images"}[modality]


def _lacks(modality: str) -> str:
    return {"rna": "expression", "image": "images", "fused": "expression and images in common"}[modality]
