"""What baselines are made from: labelled pairs with folds, and what each rule may look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import NO_FOLD, Bools, Float32, Float64, Indices, Int8, check_labels
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex

Similarity = Float32 | Callable[[Indices, Indices], Float32]
RANDOM, PEARSON, SPEARMAN = "random", "|Pearson|", "|Spearman|"
DEGREE, NEIGHBOUR = "degree only", "expression neighbour"
KNOWN_DEGREES, KNOWN_NETWORK = "known degrees", "known network"
BOOSTING = "gradient boosting on context"
RNA, IMAGES = "RNA", "images"
"""What kernel ridge looks at."""


def name_kernel(*modalities: str) -> str:
    """Return the name of kernel ridge on RNA, images, or both."""
    return f"kernel ridge ({' and '.join(modalities)})"


BASELINES = (
    PEARSON,
    SPEARMAN,
    DEGREE,
    KNOWN_DEGREES,
    KNOWN_NETWORK,
    NEIGHBOUR,
    BOOSTING,
    name_kernel(RNA),
    name_kernel(IMAGES),
    name_kernel(RNA, IMAGES),
    RANDOM,
)
"""All of them, in their order in a table."""
GraphTable = Callable[[Bools, Bools], Float32]
"""Takes which pairs [P] are known and of which [P] to tell, and returns their numbers, float32 [pairs to tell, F]."""
FoldScores = Callable[[Bools], Float64]
"""Takes which pairs [P] to learn from, and returns a score of every pair, float64 [P]."""
INNER_FOLDS = 5
"""Parts of the training pairs, for what has to be worked out of training pairs as of tested ones."""
_STREAM = 2_000


class FoldPart(NamedTuple):
    """Pairs to learn from and pairs to predict, masks [P]."""

    train: Bools
    test: Bools


@dataclass(frozen=True)
class BaselineInputs:
    """Labelled pairs and what the baselines may look at.

    Attributes
    ----------
    pairs : PairIndex of P pairs
    labels : int8 array [P]
    folds : int8 array [P]
        A pair is predicted from the pairs of all other folds; -1 for a pair that is never tested.
    pearson, spearman : float arrays [P]
        Correlation of the pair's expression, -1..1; NaN where a gene lacks expression.
    n_genes : int
    seed : int
    similarity : float32 array [G, G], a function, or None
        Similarity of genes by expression, -1..1 (say Pearson's r), NaN where unknown; a function takes two index
        arrays [A] and [B] and returns the block [A, B]. Without it there is no "expression neighbour".
    context : float32 array [P, F] or None
        Co-expression context features, NaN where unknown. Without it there is no "gradient boosting on context".
    known_network : callable or None
        See GraphTable: numbers of the graph of known pairs. Without it there is no "known network".
    kernels : mapping of RNA or IMAGES to a callable
        See FoldScores: pairwise kernel ridge on the measurements of a modality. Without it there is no "kernel ridge".
    train : bool array [K, P] or None
        Which pairs the baselines of fold k may learn from; None is all pairs of the other folds.
    groups : int64 array [P] or None
        What the split keeps together; None is the pair with its reverse.
    """

    pairs: PairIndex
    labels: Int8
    folds: Int8
    pearson: npt.NDArray[np.floating]
    spearman: npt.NDArray[np.floating]
    n_genes: int
    seed: int
    similarity: Similarity | None = None
    context: Float32 | None = None
    known_network: GraphTable | None = None
    kernels: Mapping[str, FoldScores] = field(default_factory=dict)
    train: Bools | None = None
    groups: Indices | None = None

    def __post_init__(self) -> None:
        n = len(self.pairs)
        check_labels(self.labels, n)
        for name in ("folds", "pearson", "spearman"):
            shape = getattr(self, name).shape
            if shape != (n,):
                raise InputError(f"{name}: expected a value for each of {n} pairs, got shape {shape}")
        if self.context is not None and (self.context.ndim != 2 or len(self.context) != n):
            raise InputError(f"context: expected features of each of {n} pairs, got shape {self.context.shape}")
        tested = self.tested_folds()
        if self.train is None and len(tested) < 2:
            raise InputError("out-of-fold baselines need two or more folds")
        if self.train is not None:
            self._check_train(self.train, tested)

    def _check_train(self, train: Bools, tested: list[int]) -> None:
        if train.ndim != 2 or train.shape[1] != len(self.pairs) or len(train) <= max(tested, default=-1):
            raise InputError(
                f"train: expected a row for each of {len(tested)} folds and a column for each of {len(self.pairs)} "
                f"pairs, got shape {train.shape}"
            )
        for fold in tested:
            if np.any(train[fold] & (self.folds == fold)):
                raise InputError(f"train: fold {fold} would learn from pairs that it is tested on")
            if not train[fold].any():
                raise InputError(f"train: fold {fold} has no pairs to learn from")

    def tested_folds(self) -> list[int]:
        """Return the folds that have tested pairs, ascending."""
        return [int(fold) for fold in np.unique(self.folds) if fold != NO_FOLD]

    def part(self, fold: int) -> FoldPart:
        """Return which pairs a fold learns from and which it is tested on."""
        test = self.folds == fold
        return FoldPart(~test if self.train is None else self.train[fold], test)

    @cached_property
    def inner_folds(self) -> Indices:
        """A random part, 0..INNER_FOLDS - 1, of each pair [P]; pairs of one group are in one part, whatever the labels.

        Training pairs of one part are as new to those of the others as tested pairs are to all of them.
        """
        groups = self.pairs.unordered_keys(self.n_genes) if self.groups is None else self.groups
        distinct, member = np.unique(groups, return_inverse=True)
        order = np.random.default_rng([self.seed, _STREAM]).permutation(len(distinct))
        parts: Indices = (order % INNER_FOLDS)[member]
        return parts

    def training_rate(self, part: FoldPart) -> float:
        """Return which part of a fold's training pairs is positive."""
        return float(np.mean(self.labels[part.train]))
