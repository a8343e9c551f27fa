"""Labelled pairs with their folds: which of them the model of each fold is fitted on, and which it stops by."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from grnet.division.given_negatives import GivenNegatives
from grnet.division.splits import Division
from grnet.schema.arrays import NO_FOLD, Bools, Indices, Int8
from grnet.schema.genes import PairIndex


@dataclass(frozen=True)
class FoldRows:
    """Positions of the labelled pairs that a model may learn from, int64; the three are disjoint.

    Attributes
    ----------
    fit, stop : int64 arrays
        To fit on, and to stop by.
    rest : int64 array
        Neither, since they share a gene with those to stop by, which have to be new to those to fit on.
    """

    fit: Indices
    stop: Indices
    rest: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def allowed(self) -> Indices:
        """All of them, ascending: for what is fitted without stopping."""
        rows: Indices = np.sort(np.concatenate([self.fit, self.stop, self.rest]))
        return rows


@dataclass(frozen=True)
class TrainingPairs:
    """Labelled pairs with their fold, and what the model of each fold may see.

    Attributes
    ----------
    pairs : PairIndex
        P pairs; distinct, but for the split "paper".
    labels : int8 array [P]
    folds : int8 array [P]
        NO_FOLD where no model is tested on the pair.
    allowed : bool array [K, P]
        Pairs that the model of a fold may learn from; what baselines learn from.
    fits, stops : bool arrays [S, K, P]
        For each of S seeds and K folds: pairs that the model is fitted on, and pairs by which its training stops; both
        are allowed ones, and disjoint.
    notes : tuple of str
        What was left out or sampled, in sentences.
    negatives : GivenNegatives or None
        How the negatives were chosen; None where they were sampled.
    """

    pairs: PairIndex
    labels: Int8
    folds: Int8
    allowed: Bools
    fits: Bools
    stops: Bools
    notes: tuple[str, ...]
    negatives: GivenNegatives | None = None

    @classmethod
    def divide(
        cls,
        pairs: PairIndex,
        labels: Int8,
        division: Division,
        stops: Bools,
        notes: tuple[str, ...] = (),
        *,
        seeds: int = 1,
    ) -> TrainingPairs:
        """Fit the models of every seed on all that they may learn from but the pairs `stops` [K, P]."""
        allowed = division.allowed
        fits, stopped = (np.repeat(mask[None], seeds, axis=0) for mask in (allowed & ~stops, allowed & stops))
        return cls(pairs, labels, division.folds, allowed, fits, stopped, notes)

    @property
    def tested(self) -> Bools:
        """Which pairs [P] a model is tested on."""
        mask: Bools = self.folds != NO_FOLD
        return mask

    def rows_of(self, fold: int, member: int = 0) -> FoldRows:
        """Return the pairs that a model is fitted on, those that it stops by, and those left out of both."""
        fit, stop = self.fits[member, fold], self.stops[member, fold]
        return FoldRows(*(np.flatnonzero(mask) for mask in (fit, stop, self.allowed[fold] & ~fit & ~stop)))
