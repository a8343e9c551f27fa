"""Negatives for known edges that hold positives only: drawn so that what is held out shapes nothing that is learned.

Enter: the positives that a model can see. Leave: positives and negatives, divided into folds. Uniform negatives know
nothing of the positives but which pairs these are, so they are drawn first and divided with them. Negatives that
resemble the positives are drawn for each part of the division apart, from its own genes and like its own positives:
those that a model is fitted on would otherwise tell of the positives of held-out genes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grnet.architectures.visible_pairs import VisiblePairs
from grnet.dataset.directory import Dataset
from grnet.division.negatives import Measure, Pool, draw_correlation_matched, draw_degree_matched, sample_negatives
from grnet.division.random_streams import derive_seed
from grnet.division.splits import Division, Split, balance_genes, balance_pairs, check_division, divide_pairs
from grnet.features.pairs import expression_similarity
from grnet.schema.arrays import Bools, Indices, Int8
from grnet.schema.errors import InputError
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import NegativeScheme, TrainConfig

_HOW: dict[NegativeScheme, str] = {
    "random": "sampled uniformly from TF × gene pairs that are not known edges",
    "degree-matched": "sampled from pairs that are not known edges, with each TF and each target as often as among the "
    "positives of its fold",
    "correlation-matched": "sampled from pairs that are not known edges, with |r| distributed as among the positives "
    "of their fold",
}


@dataclass(frozen=True)
class LabelledDivision:
    """Positives, then sampled negatives.

    Attributes
    ----------
    pairs : PairIndex of P pairs
    labels : int8 array [P]
    division : Division
    note : str
        What was sampled, and how.
    """

    pairs: PairIndex
    labels: Int8
    division: Division
    note: str


@dataclass(frozen=True)
class _Part:
    """A part of the division, whose pairs are in the training of a model all together or not at all."""

    positives: Bools
    tfs: Indices
    targets: Indices


def add_negatives(
    dataset: Dataset, visible: VisiblePairs, config: TrainConfig, positives: PairIndex, split: Split
) -> LabelledDivision:
    """Sample negatives by the scheme, ratio and seed of the settings, and divide them with the positives.

    Parameters
    ----------
    dataset : Dataset
        None of its known edges is ever sampled.
    visible : VisiblePairs
        Only these are sampled.
    config : TrainConfig
        Its scheme, ratio and seed.
    positives : PairIndex
    split : {"pair", "tf", "target", "both"}

    Raises
    ------
    InputError
        Too few pairs are left to sample, the scheme needs expression that is not there, or the pairs cannot be divided.
    """
    n_genes = len(dataset.genes)
    wanted = round(len(positives) * config.negatives_per_positive)
    if config.negatives == "random":
        sampled, lack = _sample_uniformly(dataset, visible, config, wanted), "the model cannot see the others"
        pairs = _join(positives, sampled)
        labels = _label(len(positives), len(sampled))
        _check_sampled(dataset, len(sampled), config)
        seed = derive_seed(config.seed, "folds")
        division = divide_pairs(pairs, labels, n_genes=n_genes, n_folds=config.folds, seed=seed, split=split)
    else:
        lack = "there are no more such pairs"
        pairs, division = _sample_by_part(dataset, visible, config, positives, split)
        labels = _label(len(positives), len(pairs) - len(positives))
        _check_sampled(dataset, len(pairs) - len(positives), config)
        check_division(division, labels, split)
    n_sampled = len(pairs) - len(positives)
    fewer = f" (of {wanted:,} wanted; {lack})" if n_sampled < wanted else ""
    note = (
        f"{n_sampled:,} negatives{fewer} {_HOW[config.negatives]} (--negatives {config.negatives}, "
        f"{config.negatives_per_positive:g} per positive, seed {config.seed}); some may be true edges not yet "
        "known"
    )
    return LabelledDivision(pairs, labels, division, note)


def _sample_uniformly(dataset: Dataset, visible: VisiblePairs, config: TrainConfig, wanted: int) -> PairIndex:
    """Sample among the genes that the model can see.

    A sampled pair that the model cannot see (one gene has expression only, the other images only) is left out.
    """
    tfs, targets = _find_genes(dataset, visible)
    known = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    seed = derive_seed(config.seed, "negatives")
    drawn = sample_negatives(known, tfs, targets, n=wanted, n_genes=len(dataset.genes), seed=seed)
    return drawn.take(visible.usable(drawn.tf, drawn.target))


def _sample_by_part(
    dataset: Dataset, visible: VisiblePairs, config: TrainConfig, positives: PairIndex, split: Split
) -> tuple[PairIndex, Division]:
    """Divide the positives, and sample for each part like its own positives, among its own genes."""
    n_genes = len(dataset.genes)
    measure = _correlate(dataset, visible.features) if config.negatives == "correlation-matched" else None
    tfs, targets = _find_genes(dataset, visible)
    known = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    pool = Pool(tfs, targets, known, n_genes, visible.usable)
    labels, seed = np.ones(len(positives), dtype=np.int64), derive_seed(config.seed, "folds")
    if split == "pair":
        folds = balance_pairs(positives, labels, n_genes=n_genes, n_folds=config.folds, seed=seed)
        parts = [_Part(folds == fold, tfs, targets) for fold in range(config.folds)]
    else:
        owner = balance_genes(positives, labels, n_genes=n_genes, n_folds=config.folds, seed=seed, split=split)
        parts = _part_genes(positives, owner, pool, split, config.folds)
    drawn: list[PairIndex] = []
    sizes = np.cumsum([0, *(part.positives.sum() for part in parts)]) * config.negatives_per_positive
    for number, (part, n) in enumerate(zip(parts, np.diff(np.round(sizes)).astype(int), strict=True)):
        own = replace(pool, tfs=part.tfs, targets=part.targets)
        if split == "pair":
            own = replace(own, forbidden=_forbid_twins(known, positives.take(~part.positives), drawn))
        like, stream = positives.take(part.positives), derive_seed(config.seed, "negatives", fold=number)
        if measure is None:
            drawn.append(draw_degree_matched(own, like, n=int(n), seed=stream))
        else:
            drawn.append(draw_correlation_matched(own, like, measure, n=int(n), seed=stream))
    pairs = _join(positives, *drawn)
    if split != "pair":
        return pairs, Division.of_genes(pairs, owner, split=split, n_folds=config.folds)
    of_drawn = np.repeat(np.arange(config.folds), [len(part) for part in drawn])
    every = np.concatenate([folds, of_drawn])
    return pairs, Division.of_pairs(pairs, every, n_genes=n_genes, n_folds=config.folds)


def _part_genes(positives: PairIndex, owner: Indices, pool: Pool, split: Split, n_folds: int) -> list[_Part]:
    """Return the parts of a division by genes: the TFs of a fold, its targets, or with "both" each block of the two."""
    tf_folds = range(n_folds) if split in ("tf", "both") else [None]
    target_folds = range(n_folds) if split in ("target", "both") else [None]
    parts = []
    for row in tf_folds:
        for column in target_folds:
            inside = np.ones(len(positives), dtype=bool)
            tfs, targets = pool.tfs, pool.targets
            if row is not None:
                inside &= owner[positives.tf] == row
                tfs = tfs[owner[tfs] == row]
            if column is not None:
                inside &= owner[positives.target] == column
                targets = targets[owner[targets] == column]
            parts.append(_Part(inside, tfs, targets))
    return parts


def _forbid_twins(known: PairIndex, others: PairIndex, drawn: list[PairIndex]) -> PairIndex:
    """Return what a fold of pairs may not hold: known pairs, pairs of other folds, and the reverse of these."""
    outside = _join(others, *drawn)
    return _join(known, outside, PairIndex(outside.target, outside.tf))


def _find_genes(dataset: Dataset, visible: VisiblePairs) -> tuple[Indices, Indices]:
    """Return the TFs and the targets that can be part of a pair that the model can see."""
    present = visible.genes()
    return dataset.genes.tfs[present[dataset.genes.tfs]], np.flatnonzero(present).astype(np.int64)


def _correlate(dataset: Dataset, features: GeneFeatures) -> Measure:
    similarity, present = expression_similarity(features), features.present("rna")
    if similarity is None:
        raise InputError(
            f"{dataset.path}: --negatives correlation-matched needs expression, and the dataset has none; choose "
            "--negatives degree-matched or random"
        )

    def measure(a: Indices, b: Indices) -> npt.NDArray[np.floating]:
        known = present[a][:, None] & present[b]
        return np.where(known, similarity(a, b), np.nan)

    return measure


def _check_sampled(dataset: Dataset, n_sampled: int, config: TrainConfig) -> None:
    if n_sampled < config.folds:
        raise InputError(
            f"{dataset.path}: {n_sampled} negatives could be sampled (--negatives {config.negatives}); training needs "
            f"one for each of {config.folds} folds; choose --negatives random, or a higher --negatives-per-positive"
        )


def _label(n_positives: int, n_negatives: int) -> Int8:
    return np.repeat(np.array([1, 0], dtype=np.int8), [n_positives, n_negatives])


def _join(*parts: PairIndex) -> PairIndex:
    return PairIndex(np.concatenate([p.tf for p in parts]), np.concatenate([p.target for p in parts]))
