"""Which pairs a model is trained on and tested on: the known edges it can look at, and sampled negatives if need be."""

from __future__ import annotations

import numpy as np

from grnet.architectures.visible_pairs import VisiblePairs
from grnet.dataset.directory import Dataset
from grnet.dataset.labelled_rows import restore_rows
from grnet.division.given_negatives import GivenNegatives, describe_negatives
from grnet.division.hold_outs import HoldOut, hold_out
from grnet.division.random_streams import derive_seed
from grnet.division.splits import Division, Split, contiguous_folds, divide_pairs
from grnet.division.training_pairs import TrainingPairs
from grnet.schema.arrays import NO_FOLD, Bools, Int8
from grnet.schema.errors import ConfigError, InputError
from grnet.schema.genes import PairIndex
from grnet.schema.tables import LABEL
from grnet.schema.training_config import SPLITS, SplitName, TrainConfig
from grnet.training.sampled_negatives import add_negatives

FEWEST_OF_A_CLASS = 10
FEWEST_TO_STOP_BY = 50
"""Pairs of new TFs and new targets that decide when training stops; where there would be fewer, new TFs alone do."""
LARGEST_PART_HELD_OUT = 0.25
"""Of the TFs and of the targets, for that."""


def choose_pairs(
    dataset: Dataset, visible: VisiblePairs, config: TrainConfig, *, split: SplitName = "pair"
) -> TrainingPairs:
    """Return the labelled pairs that a model of the configured modality can see, divided into folds.

    Parameters
    ----------
    dataset : Dataset
    visible : VisiblePairs
        What the models can look at.
    config : TrainConfig
    split : {"pair", "tf", "target", "both", "paper"}
        What stays in one fold, see :func:`grnet.division.splits.divide_pairs`. "paper" takes the rows of the label
        file as they are, with repeats and self pairs, cuts them into contiguous blocks, and stops by the last tenth of
        the training rows.

    Raises
    ------
    InputError
        There are too few known edges, or too few with the modality.
    """
    if split not in SPLITS:
        raise ConfigError(f"--split is one of {', '.join(SPLITS)}, got {split!r}")
    return _cut_file(dataset, visible, config) if split == "paper" else _assign(dataset, visible, config, split)


def _assign(dataset: Dataset, visible: VisiblePairs, config: TrainConfig, split: Split) -> TrainingPairs:
    """Divide the distinct known edges, and sampled negatives where there are none, into even folds."""
    n_genes = len(dataset.genes)
    pairs = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    labels = dataset.labelled_pairs[LABEL].to_numpy(np.int8)
    usable = visible.usable(pairs.tf, pairs.target)
    notes = _note_left_out(usable, visible, "labelled pairs")
    given_negatives = int((labels == 0).sum())
    pairs, labels = pairs.take(usable), labels[usable]
    _check_positives(dataset, visible, positives=int((labels == 1).sum()))
    given = None
    if (labels == 0).any():
        _check_negatives(dataset, labels, config)
        given = _describe_negatives(dataset, visible, pairs, labels)
        if given.differ:
            notes.append(given.text.rstrip("."))
        if config.negatives != "random":
            notes.append(f"--negatives {config.negatives} was ignored: the labelled pairs include negatives")
        seed = derive_seed(config.seed, "folds")
        division = divide_pairs(pairs, labels, n_genes=n_genes, n_folds=config.folds, seed=seed, split=split)
    else:
        sampled = add_negatives(dataset, visible, config, pairs, split)
        pairs, labels, division = sampled.pairs, sampled.labels, sampled.division
        notes.append(f"{_why_sampled(given_negatives, visible)}: {sampled.note}")
    notes += _note_division(division)
    fits, stops = _hold_out(pairs, labels, division, config, split=split, n_genes=n_genes)
    return TrainingPairs(pairs, labels, division.folds, division.allowed, fits, stops, tuple(notes), given)


def _hold_out(
    pairs: PairIndex,
    labels: Int8,
    division: Division,
    config: TrainConfig,
    *,
    split: Split,
    n_genes: int,
) -> tuple[Bools, Bools]:
    """Choose what each model is fitted on and what it stops by: two masks [S, K, P]."""
    fits = np.zeros((config.seeds, config.folds, len(pairs)), dtype=bool)
    stops = np.zeros_like(fits)
    for member in range(config.seeds):
        for fold, allowed in enumerate(division.allowed):
            rows = np.flatnonzero(allowed)
            seed = derive_seed(config.seed, "validation", fold=fold, member=member)
            held = _hold_out_of(pairs.take(rows), labels[rows], config, split=split, n_genes=n_genes, seed=seed)
            fits[member, fold, rows], stops[member, fold, rows] = held.fit, held.stop
    return fits, stops


def _hold_out_of(
    pairs: PairIndex, labels: Int8, config: TrainConfig, *, split: Split, n_genes: int, seed: int
) -> HoldOut:
    """Hold out what is as new as test pairs are: at least one TF or target; with "both" new TFs alone where few are."""

    def hold(by: Split, part: float) -> HoldOut:
        return hold_out(pairs, labels, n_genes=n_genes, fraction=part, seed=seed, split=by)

    fraction = config.validation_fraction
    if split == "pair":
        return hold("pair", fraction)
    if split == "both":
        part = max(fraction, float(np.sqrt(FEWEST_TO_STOP_BY / max(len(pairs), 1))))
        if part <= LARGEST_PART_HELD_OUT:
            held = hold("both", part)
            if len(np.unique(labels[held.stop])) == len(np.unique(labels[held.fit])) == 2:
                return held
    genes = pairs.target if split == "target" else pairs.tf
    return hold("target" if split == "target" else "tf", max(fraction, 1 / len(np.unique(genes))))


def _cut_file(dataset: Dataset, visible: VisiblePairs, config: TrainConfig) -> TrainingPairs:
    """Divide the rows of the label file as the paper does, and only then leave out what the model cannot see."""
    rows = restore_rows(dataset.labelled_pairs, dataset.rejected, self_pairs=True)
    n_folds = config.folds
    pairs, labels = PairIndex.from_frame(rows, dataset.genes), rows[LABEL].to_numpy(np.int8)
    folds = contiguous_folds(len(rows), n_folds)
    stops = np.zeros((n_folds, len(rows)), dtype=bool)
    for fold in range(n_folds):
        training = np.flatnonzero(folds != fold)
        stops[fold, training[int(len(training) * 9 / 10) :]] = True
    usable = visible.usable(pairs.tf, pairs.target)
    pairs, labels, folds, stops = pairs.take(usable), labels[usable], folds[usable], stops[:, usable]
    division = Division(folds, folds != np.arange(n_folds)[:, None])
    _check_positives(dataset, visible, positives=int((labels == 1).sum()))
    _check_negatives(dataset, labels, config)
    notes = [*_note_left_out(usable, visible, "labelled rows"), *_note_repeats(pairs, folds, len(dataset.genes))]
    cut = TrainingPairs.divide(pairs, labels, division, stops, tuple(notes), seeds=config.seeds)
    for fold in range(n_folds):
        own = cut.rows_of(fold)
        if len(np.unique(labels[own.fit])) < 2 or not len(own.stop) or not (folds == fold).any():
            raise InputError(
                f"{dataset.path}: the split 'paper' leaves fold {fold} without training, validation or test rows of "
                "both labels; give more known edges, or choose --split pair"
            )
    return cut


def _note_left_out(usable: Bools, visible: VisiblePairs, noun: str) -> list[str]:
    if usable.all():
        return []
    return [f"{(~usable).sum():,} of {len(usable):,} {noun} left out: {visible.describe_lack()}"]


def _note_repeats(pairs: PairIndex, folds: Int8, n_genes: int) -> list[str]:
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


def _check_negatives(dataset: Dataset, labels: Int8, config: TrainConfig) -> None:
    negatives = int((labels == 0).sum())
    if negatives < config.folds:
        raise InputError(
            f"{dataset.path}: the model can use {negatives} negatives, and training needs at least one for each of "
            f"{config.folds} folds. Give more negatives, give none (then they are sampled: --negatives-per-positive), "
            "or use fewer --folds"
        )


def _describe_negatives(dataset: Dataset, visible: VisiblePairs, pairs: PairIndex, labels: Int8) -> GivenNegatives:
    """Compare the given negatives with the candidates that the model can see."""
    genes = np.flatnonzero(visible.genes())
    return describe_negatives(pairs, labels, tfs=np.intersect1d(dataset.genes.tfs, genes), targets=genes)


def _why_sampled(given_negatives: int, visible: VisiblePairs) -> str:
    if given_negatives:
        return f"none of the {given_negatives:,} given negatives has {visible.describe_need()}"
    return "the known edges hold positives only"


def _check_positives(dataset: Dataset, visible: VisiblePairs, *, positives: int) -> None:
    if positives < FEWEST_OF_A_CLASS:
        remedy = visible.describe_remedy()
        raise InputError(
            f"{dataset.path}: {positives} positive known edges between genes with {visible.describe_need()}; training "
            f"needs at least {FEWEST_OF_A_CLASS}. Give more with: grnet prepare --known-edges FILE"
            f"{f', or {remedy}' if remedy else ''}"
        )


def _note_division(division: Division) -> list[str]:
    """Say which pairs no model is tested on, or which are left out of a training beside the tested ones."""
    n_folds, n_pairs = division.allowed.shape
    tested = division.folds != NO_FOLD
    if not tested.all():
        learnt = division.allowed.sum(axis=1).mean()
        return [
            f"{int(tested.sum()):,} of {n_pairs:,} pairs are tested: those whose TF and target are in the same of "
            f"{n_folds} groups of genes. The model for a group is trained on pairs without genes of that group, "
            f"{learnt:,.0f} on average"
        ]
    number = np.arange(n_folds)[:, None]
    twins = int(((division.folds != number) & ~division.allowed).any(axis=0).sum())
    if not twins:
        return []
    return [f"{twins:,} pairs were left out of training in the fold that tests their reverse"]
