"""What is to be known of a stream of scored candidates: small consumers that each keep what they need of it.

Enter: blocks of :class:`~grnet.scores.pair_scores.PairScores`, every candidate once. Leave: counts, the best pairs,
ranks. How the candidates are cut into blocks, and in which order they come, changes no result.

Candidates have one total order: probability, then score (both descending), then the names of TF and target. What is
kept is a beginning of that order, of all candidates or of one target's, so that the rest can be dropped as it passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from grnet.schema.arrays import UNLABELLED, Indices, Int32
from grnet.scores.pair_scores import GeneNames, PairScores

FRESH_ROWS = 262_144
"""Pairs that may gather before the pool is sorted and pruned again."""
_WORST = np.uint64(2**64 - 1)

Result = TypeVar("Result", covariant=True)


class Consumer(Protocol[Result]):
    """Sees every candidate once, and then says what it found."""

    def consume(self, pairs: PairScores) -> None:
        """Take the next candidates, any number of them."""

    def result(self) -> Result:
        """Return what was found among all candidates so far."""


def feed(blocks: Iterable[PairScores], consumers: Sequence[Consumer[Any]]) -> None:
    """Show every block to every consumer, in the order of both: one pass."""
    for pairs in blocks:
        for consumer in consumers:
            consumer.consume(pairs)


@dataclass(frozen=True)
class Counts:
    """Counts of all candidates.

    Attributes
    ----------
    candidates : int
    known : int
        Those that were labelled as edges in the training.
    highest : float or None
        Highest probability; None where there are no candidates.
    highest_unlabelled : float or None
        Highest probability of one without a label; None where all carry one.
    """

    candidates: int
    known: int
    highest: float | None
    highest_unlabelled: float | None


class CandidateCounts:
    """Counts the candidates."""

    def __init__(self) -> None:
        self._candidates, self._known, self._highest, self._highest_unlabelled = 0, 0, -np.inf, -np.inf

    def consume(self, pairs: PairScores) -> None:
        """Count."""
        self._candidates += len(pairs)
        self._known += int((pairs.label == 1).sum())
        self._highest = max(self._highest, float(pairs.probability.max(initial=-np.inf)))
        unlabelled = pairs.probability[pairs.label == UNLABELLED]
        self._highest_unlabelled = max(self._highest_unlabelled, float(unlabelled.max(initial=-np.inf)))

    def result(self) -> Counts:
        """Return the counts."""
        highest, unlabelled = (
            value if value > -np.inf else None for value in (self._highest, self._highest_unlabelled)
        )
        return Counts(self._candidates, self._known, highest, unlabelled)


class KnownPairs:
    """Keeps the candidates that were labelled as edges in the training; memory is that of their number."""

    def __init__(self, names: GeneNames) -> None:
        self._parts = [PairScores.empty(names)]

    def consume(self, pairs: PairScores) -> None:
        """Keep those among the next candidates."""
        known = pairs.label == 1
        if known.any():
            self._parts.append(pairs.take(known))

    def result(self) -> PairScores:
        """Return the pairs, the best first."""
        pairs = PairScores.join(self._parts)
        return pairs.take(pairs.order())


class BestPairs:
    """Keeps the pairs that pass every limit given: of a probability, the best of all, the best of each target.

    Memory is that of what passes, of each limit among the pairs seen so far, and of as many fresh ones or `FRESH_ROWS`.
    With both `top` and `top_per_target` the result still holds pairs beyond the `top` of all candidates: it is the
    `top` of those that are among the best of their target.

    Parameters
    ----------
    names : GeneNames
    probability : float or None
        Least probability; compared as float32, as it is stored.
    top, top_per_target : int or None
        Most pairs in all, and of one target.
    """

    def __init__(
        self,
        names: GeneNames,
        *,
        probability: float | None = None,
        top: int | None = None,
        top_per_target: int | None = None,
    ) -> None:
        self._top, self._top_per_target = top, top_per_target
        self._floor = np.float32(-np.inf if probability is None else probability)
        self._worst = _WORST
        self._worst_of = np.empty(0, dtype=np.uint64)  # of each target
        self._names, self._pool, self._fresh, self._n_fresh = names, PairScores.empty(names), list[PairScores](), 0

    def raise_floor(self, probability: float) -> None:
        """From now on keep no pair below `probability`."""
        self._floor = max(self._floor, np.float32(probability))

    def consume(self, pairs: PairScores) -> None:
        """Keep those that may be in the result."""
        passing = pairs.probability >= self._floor
        if self._worst < _WORST:
            passing &= pairs.key <= self._worst
        if len(self._worst_of):
            worst = np.full(len(self._names), _WORST)
            worst[: len(self._worst_of)] = self._worst_of
            passing &= pairs.key <= worst[pairs.target]
        kept = pairs if passing.all() else pairs.take(passing)
        if len(kept):
            self._fresh.append(kept)
            self._n_fresh += len(kept)
        if self._n_fresh >= max(len(self._pool), FRESH_ROWS):
            self._prune()

    def result(self) -> PairScores:
        """Return the pairs, the best first."""
        self._prune()
        return self._pool.take(self._pool.order())

    def _prune(self) -> None:
        """Drop what cannot be in the result whatever is still to come."""
        pool = PairScores.join([self._pool, *self._fresh])
        self._fresh, self._n_fresh = [], 0
        pool = pool.take(pool.probability >= self._floor)
        if self._top is not None or self._top_per_target is not None:
            pool = pool.take(pool.order())
        if self._top_per_target is not None:
            place = _count_places(pool.target)
            last = np.flatnonzero(place == self._top_per_target - 1)
            self._worst_of = np.full(len(self._names), _WORST)
            self._worst_of[pool.target[last]] = pool.key[last]
            pool = pool.take(place < self._top_per_target)
        if self._top is not None and len(pool) >= self._top:
            pool = pool.take(np.arange(self._top))
            self._worst = pool.key[-1]
        self._pool = pool


class RankCounts:
    """Finds the rank of some pairs among all candidates, which it is shown.

    Parameters
    ----------
    best : PairScores
        Sorted, the best first; they are among the candidates.
    """

    def __init__(self, best: PairScores) -> None:
        self._keys, self._first = np.unique(best.key, return_index=True)
        self._names = best.names
        self._scale = np.int64(len(best.names)) ** 2
        group = np.searchsorted(self._keys, best.key)
        self._places = group * self._scale + best.name_key()
        # Candidates whose place is just before (or at) each pair; the last: after all of them.
        self._arrivals = np.zeros(len(best) + 1, dtype=np.int64)
        self._first = np.append(self._first, len(best))

    def consume(self, pairs: PairScores) -> None:
        """Count the candidates between the pairs."""
        if not len(self._keys):
            return
        better = np.flatnonzero(pairs.key <= self._keys[-1])
        rows = better[np.argsort(pairs.key[better])]  # sorted keys are found in a fraction of the time
        keys = pairs.key[rows]
        group = np.searchsorted(self._keys, keys)  # the first key that is not better than the candidate's own
        tied = self._keys[group] == keys
        self._arrivals += np.bincount(self._first[group[~tied]], minlength=len(self._arrivals))
        if tied.any():
            places = group[tied] * self._scale + pairs.take(rows[tied]).name_key()
            self._arrivals += np.bincount(np.searchsorted(self._places, places), minlength=len(self._arrivals))

    def result(self) -> Indices:
        """Return the rank of each pair, int64 [E], 1 for the best candidate."""
        ranks: Indices = np.cumsum(self._arrivals[:-1])
        return ranks


def _count_places(target: Int32) -> Indices:
    """Return how many rows with the same target come before each row, int64 [P]."""
    rows = np.arange(len(target), dtype=np.int64)
    # A target's rows side by side and in their order; faster than a stable sort.
    grouped = np.sort(target.astype(np.int64) << 32 | rows)
    owner = grouped >> 32
    starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1])) if len(target) else rows
    place = np.empty(len(target), dtype=np.int64)
    place[grouped & 0xFFFFFFFF] = rows - np.repeat(starts, np.diff(np.append(starts, len(target))))
    return place
