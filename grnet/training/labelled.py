"""Which pairs a model is trained on: the known edges it can look at, and sampled negatives where there are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from grnet.dataset.directory import Dataset
from grnet.dataset.labelled_rows import restore_rows
from grnet.evaluation.splits import assign_folds, contiguous_folds, sample_negatives, validation_mask
from grnet.features.pair_samples import PairSamples
from grnet.schema.errors import ConfigError, InputError
from grnet.schema.features import Bools, GeneFeatures
from grnet.schema.genes import Indices, PairIndex
from grnet.schema.model_configs import SPLITS, SplitName, TrainConfig
from grnet.schema.tables import LABEL
from grnet.training.fitted import FoldRows

FEWEST_OF_A_CLASS = 10


@dataclass(frozen=True)
class TrainingPairs:
    """Labelled pairs with their fold.

    Attributes
    ----------
    pairs : PairIndex
        P pairs; distinct, but for the split "paper".
    labels, folds : int8 arrays [P]
    stops : bool array [K, P]
        Pairs by which the training of each fold model stops; never pairs of that fold.
    notes : tuple of str
        What was left out or sampled, in sentences.
    """

    pairs: PairIndex
    labels: npt.NDArray[np.int8]
    folds: npt.NDArray[np.int8]
    stops: Bools
    notes: tuple[str, ...]

    def rows_of(self, fold: int) -> FoldRows:
        """Divide the pairs outside `fold` into those to fit on and those to stop by."""
        stop = self.stops[fold]
        return FoldRows(np.flatnonzero((self.folds != fold) & ~stop), np.flatnonzero(stop))


@dataclass(frozen=True)
class PairFilter:
    """Which pairs a model can see.

    Attributes
    ----------
    features : GeneFeatures
    config : TrainConfig
    samples : PairSamples or None
        What a network of the paper reads; None for late interaction.
    """

    features: GeneFeatures
    config: TrainConfig
    samples: PairSamples | None = None

    def usable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs [P] the model can see."""
        if self.samples is None:
            return self.features.scorable(self.config.model.modality, tf, target)
        counts = self.samples.count(*(torch.from_numpy(index).to(self.samples.device) for index in (tf, target)))
        mask: Bools = counts.cpu().numpy() > 0
        return mask

    def genes(self) -> Bools:
        """Return which genes [G] can be part of such a pair."""
        modality = self.config.model.modality
        if self.samples is None or modality != "fused":
            return self.features.present(modality)
        return self.features.present("rna") & self.features.present("image")

    def describe_lack(self) -> str:
        """Say what a gene of a pair lacks that the model cannot see."""
        if self.samples is None or self.config.model.modality == "rna":
            return f"a gene has no {_lacks(self.config.model.modality)}"
        expression = (
            "a gene has no expression, or there are " if self.config.model.modality == "fused" else "there are "
        )
        if self.samples.fewest == 1:
            return f"{expression}no images of one view of both genes"
        return f"{expression}fewer than {self.samples.fewest} combinations of a TF image and a target image of one view"

    def describe_need(self) -> str:
        """Say what both genes of a pair have that the model can see."""
        modality = self.config.model.modality
        if self.samples is None or modality == "rna":
            return _has(modality)
        images = "images of one view"
        if self.samples.fewest > 1:
            images = f"at least {self.samples.fewest} combinations of a TF image and a target image of one view"
        return f"expression and {images}" if modality == "fused" else images


def choose_pairs(
    dataset: Dataset,
    features: GeneFeatures,
    config: TrainConfig,
    *,
    split: SplitName = "pair",
    samples: PairSamples | None = None,
) -> TrainingPairs:
    """Return the labelled pairs that a model of the configured modality can see, divided into folds.

    Parameters
    ----------
    dataset : Dataset
    features : GeneFeatures
    config : TrainConfig
    split : {"pair", "tf", "target", "paper"}
        What stays in one fold. "paper" takes the rows of the label file as they are, with repeats and self pairs, cuts
        them into contiguous blocks, and stops by the last tenth of the training rows.
    samples : PairSamples, optional
        What a network of the paper reads.

    Raises
    ------
    InputError
        There are too few known edges, or too few with the modality.
    """
    if split not in SPLITS:
        raise ConfigError(f"--split is one of {', '.join(SPLITS)}, got {split!r}")
    chooser = PairFilter(features, config, samples)
    return _cut_file(dataset, chooser) if split == "paper" else _assign(dataset, chooser, split)


def _assign(dataset: Dataset, chooser: PairFilter, split: SplitName) -> TrainingPairs:
    """Divide the distinct known edges, and sampled negatives where there are none, into even folds."""
    assert split != "paper"
    config, n_genes = chooser.config, len(dataset.genes)
    pairs = PairIndex.from_frame(dataset.known_edges, dataset.genes)
    labels = dataset.known_edges[LABEL].to_numpy(np.int8)
    usable = chooser.usable(pairs.tf, pairs.target)
    notes = _note_left_out(usable, chooser, "known edges")
    given_negatives = int((labels == 0).sum())
    pairs, labels = pairs.take(usable), labels[usable]
    _check_positives(dataset, chooser, positives=int((labels == 1).sum()))
    if not (labels == 0).any():
        sampled = _sample(dataset, chooser, pairs)
        wanted = round(len(pairs) * config.negatives_per_positive)
        fewer = f" (of {wanted:,} drawn; the model cannot see the others)" if len(sampled) < wanted else ""
        notes.append(
            f"{_why_sampled(given_negatives, chooser)}: {len(sampled):,} negatives{fewer} sampled uniformly from TF × "
            f"gene pairs that are not known edges (seed {config.seed}); some may be true edges not yet known"
        )
        pairs = PairIndex(np.r_[pairs.tf, sampled.tf], np.r_[pairs.target, sampled.target])
        labels = np.r_[labels, np.zeros(len(sampled), np.int8)]
    _check_negatives(dataset, labels, config)
    folds = assign_folds(pairs, labels, n_genes=n_genes, n_folds=config.folds, seed=config.seed, split=split)
    stops = np.zeros((config.folds, len(pairs)), dtype=bool)
    for fold in range(config.folds):
        rows = np.flatnonzero(folds != fold)
        stops[fold, rows] = validation_mask(
            pairs.take(rows),
            labels[rows],
            n_genes=n_genes,
            fraction=_fraction_to_stop_by(pairs.take(rows), config, split),
            seed=config.seed + fold,
            split=split,
        )
    return TrainingPairs(pairs, labels, folds, stops, tuple(notes))


def _fraction_to_stop_by(pairs: PairIndex, config: TrainConfig, split: SplitName) -> float:
    """Return which part of the training pairs to stop by: that of the settings, and at least one TF or target."""
    if split == "pair":
        return config.validation_fraction
    return max(config.validation_fraction, 1 / len(np.unique(pairs.tf if split == "tf" else pairs.target)))


def _cut_file(dataset: Dataset, chooser: PairFilter) -> TrainingPairs:
    """Divide the rows of the label file as the paper does, and only then leave out what the model cannot see."""
    rows = restore_rows(dataset.known_edges, dataset.rejected, self_pairs=True)
    n_folds = chooser.config.folds
    pairs, labels = PairIndex.from_frame(rows, dataset.genes), rows[LABEL].to_numpy(np.int8)
    folds = contiguous_folds(len(rows), n_folds)
    stops = np.zeros((n_folds, len(rows)), dtype=bool)
    for fold in range(n_folds):
        training = np.flatnonzero(folds != fold)
        stops[fold, training[int(len(training) * 9 / 10) :]] = True
    usable = chooser.usable(pairs.tf, pairs.target)
    pairs, labels, folds, stops = pairs.take(usable), labels[usable], folds[usable], stops[:, usable]
    _check_positives(dataset, chooser, positives=int((labels == 1).sum()))
    _check_negatives(dataset, labels, chooser.config)
    notes = [*_note_left_out(usable, chooser, "labelled rows"), *_note_repeats(pairs, folds, len(dataset.genes))]
    training_pairs = TrainingPairs(pairs, labels, folds, stops, tuple(notes))
    for fold in range(n_folds):
        division = training_pairs.rows_of(fold)
        if len(np.unique(labels[division.fit])) < 2 or not len(division.stop) or not (folds == fold).any():
            raise InputError(
                f"{dataset.path}: the split 'paper' leaves fold {fold} no rows of both labels to fit on, none to stop "
                "by or none to test on; give more known edges, or choose --split pair"
            )
    return training_pairs


def _note_left_out(usable: Bools, chooser: PairFilter, noun: str) -> list[str]:
    if usable.all():
        return []
    return [f"{(~usable).sum():,} of {len(usable):,} {noun} left out: {chooser.describe_lack()}"]


def _note_repeats(pairs: PairIndex, folds: npt.NDArray[np.int8], n_genes: int) -> list[str]:
    """Say how many rows have a repeat or a reversed twin in another fold, where a model was trained on it."""
    keys = pairs.unordered_keys(n_genes)
    _, member = np.unique(keys, return_inverse=True)
    first, last = np.full(member.max() + 1, 127), np.full(member.max() + 1, -1)
    np.minimum.at(first, member, folds)
    np.maximum.at(last, member, folds)
    leaked = int((first != last)[member].sum())
    if not leaked:
        return []
    return [
        f"{leaked:,} of {len(pairs):,} rows have a repeat or their reverse in another fold, so they are easier than "
        "new pairs; --split pair keeps such rows together"
    ]


def _check_negatives(dataset: Dataset, labels: npt.NDArray[np.int8], config: TrainConfig) -> None:
    negatives = int((labels == 0).sum())
    if negatives < config.folds:
        raise InputError(
            f"{dataset.path}: {negatives} negatives that the model can see; training needs one for each of "
            f"{config.folds} folds; give more, or none at all and they are sampled (--negatives-per-positive), or "
            "fewer --folds"
        )


def _why_sampled(given_negatives: int, chooser: PairFilter) -> str:
    if given_negatives:
        return f"none of the {given_negatives:,} given negatives has {chooser.describe_need()}"
    return "the known edges hold positives only"


def _check_positives(dataset: Dataset, chooser: PairFilter, *, positives: int) -> None:
    if positives < FEWEST_OF_A_CLASS:
        fewer = chooser.samples is not None and chooser.samples.fewest > 1
        raise InputError(
            f"{dataset.path}: {positives} positive known edges whose genes have {chooser.describe_need()}; training "
            f"needs at least {FEWEST_OF_A_CLASS}; give more with: grnet prepare --known-edges, or choose another "
            f"--modality{' or a lower --min-image-pairs' if fewer else ''}"
        )


def _sample(dataset: Dataset, chooser: PairFilter, known: PairIndex) -> PairIndex:
    """Sample negatives among the genes that the model can see; never a known edge of the dataset.

    A sampled pair that the model cannot see (one gene has expression only, the other images only) is left out.
    """
    config, present = chooser.config, chooser.genes()
    tfs = dataset.genes.tfs[present[dataset.genes.tfs]]
    targets = np.flatnonzero(present).astype(np.int64)
    wanted = round(len(known) * config.negatives_per_positive)
    everything = PairIndex.from_frame(dataset.known_edges, dataset.genes)
    drawn = sample_negatives(everything, tfs, targets, n=wanted, n_genes=len(dataset.genes), seed=config.seed)
    return drawn.take(chooser.usable(drawn.tf, drawn.target))


def _has(modality: str) -> str:
    return {"rna": "expression", "image": "images of one view", "fused": "expression or images"}[modality]


def _lacks(modality: str) -> str:
    return {"rna": "expression", "image": "images", "fused": "expression and images in common"}[modality]
