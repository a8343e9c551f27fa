"""How probable a candidate has to be so that the kept ones are expected to hold a given part of true edges.

Enter: scored candidates. Leaves: one probability. The expected precision of some candidates is their mean probability;
it falls as less probable ones join. Candidates that were labelled in the training do not count: of them it is known.

Exact, in two passes with two histograms: the first finds the coarse bin in which the mean falls below what is wanted,
the second tells all numbers of that bin apart. Float64 are float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import UNLABELLED, Float64, Indices
from grnet.scores.consumers import feed
from grnet.scores.pair_scores import GeneNames, PairScores, Shards, read_pairs

_LARGEST = 0x3F800000
"""The bits of 1.0 as float32; those of smaller numbers, down to 0, are smaller and in their order."""
_FINE_BITS = 14
_FINE = 1 << _FINE_BITS
_COARSE = (_LARGEST >> _FINE_BITS) + 2
_SLACK = 1e-7
"""Relative; far above the rounding of sums of 10^8 probabilities."""


@dataclass(frozen=True)
class Crossing:
    """Where the mean of the best candidates falls below what is wanted.

    Attributes
    ----------
    bin : int or None
        The coarse bin; None where the mean never falls that low.
    n_above, total_above : int, float
        Number and sum of the probabilities in better bins.
    lowest : float or None
        Least probability of all candidates without a label; None where there are none.
    """

    bin: int | None
    n_above: int
    total_above: float
    lowest: float | None

    @property
    def floor(self) -> float:
        """No candidate below this probability passes; above 1 where none passes."""
        if self.lowest is None:
            return float("inf")
        return self.lowest if self.bin is None else _to_probability(self.bin << _FINE_BITS)


class CoarseMeans:
    """First pass: finds the coarse bin in which the mean falls below `wanted` (0..1; compared as float32)."""

    def __init__(self, wanted: float) -> None:
        self.wanted = wanted
        self._count, self._total = np.zeros(_COARSE, dtype=np.int64), np.zeros(_COARSE)
        self._lowest = _LARGEST + 1

    def consume(self, pairs: PairScores) -> None:
        """Count."""
        codes, values = _unlabelled(pairs)
        bins = _coarse_bins(codes, self.wanted)
        self._count += np.bincount(bins, minlength=_COARSE)
        self._total += np.bincount(bins, weights=values, minlength=_COARSE)
        self._lowest = min(self._lowest, int(codes.min(initial=self._lowest)))

    def result(self) -> Crossing:
        """Return the bin and what is above it."""
        found = _find_crossing(self._count, self._total, _as_stored(self.wanted))
        above = slice(len(self._count) if found is None else found + 1, None)
        lowest = _to_probability(self._lowest) if self._lowest <= _LARGEST else None
        return Crossing(found, int(self._count[above].sum()), float(self._total[above].sum()), lowest)


class FineMeans:
    """Second pass: finds the lowest probability down to which the mean is `wanted` or more."""

    def __init__(self, wanted: float, crossing: Crossing) -> None:
        self._wanted, self._crossing = wanted, crossing
        self._count, self._total = np.zeros(_FINE, dtype=np.int64), np.zeros(_FINE)
        self._lowest_above = _LARGEST + 1
        self.floor = crossing.floor
        """No candidate below this probability passes; it rises as more are seen."""

    def consume(self, pairs: PairScores) -> None:
        """Count, and raise the floor."""
        if self._crossing.bin is None:
            return
        codes, values = _unlabelled(pairs)
        bins = _coarse_bins(codes, self._wanted)
        above = codes[bins > self._crossing.bin]
        self._lowest_above = min(self._lowest_above, int(above.min(initial=self._lowest_above)))
        inside = bins == self._crossing.bin
        fine = codes[inside] & (_FINE - 1)
        self._count += np.bincount(fine, minlength=_FINE)
        self._total += np.bincount(fine, weights=values[inside], minlength=_FINE)
        # All of the bin are less than wanted: whoever comes later only lowers the mean down to each of them.
        slack = _SLACK * (1 + self._crossing.total_above)
        below = self._find(self._crossing.total_above + slack)
        if below is not None:
            self.floor = max(self.floor, self._to_value(below + 1))

    def result(self) -> float | None:
        """Return the probability; None where even the most probable candidates fall short, or all are labelled."""
        if self._crossing.bin is None:
            return self._crossing.lowest
        below = self._find(self._crossing.total_above)
        first = 0 if below is None else below + 1  # None where two sums differ in their last bit
        kept = np.flatnonzero(self._count[first:])
        if len(kept):
            return self._to_value(first + int(kept[0]))
        return _to_probability(self._lowest_above) if self._crossing.n_above else None

    def _find(self, total_above: float) -> int | None:
        above = self._crossing.n_above, total_above
        return _find_crossing(self._count, self._total, _as_stored(self._wanted), above=above)

    def _to_value(self, fine: int) -> float:
        """Return the probability of a number of the bin."""
        assert self._crossing.bin is not None
        return _to_probability((self._crossing.bin << _FINE_BITS) + fine)


def find_probability(shards: Shards, expected_precision: float) -> float | None:
    """Return the lowest probability down to which candidates have a mean probability of `expected_precision` or more.

    Parameters
    ----------
    shards : callable
        Returns a new iterator over tables of `SCORES` each time; read twice.
    expected_precision : float
        0..1; compared as float32, as probabilities are stored.

    Returns
    -------
    float or None
        That of the last of the best candidates without a label, as many as have a mean that is high enough; equal ones
        stay together. None where even the most probable ones fall short, or all candidates are labelled.

    Raises
    ------
    FormatError
        A shard lacks a column, or a candidate has no probability or score.
    """
    coarse = CoarseMeans(expected_precision)
    feed(read_pairs(shards(), GeneNames()), [coarse])
    fine = FineMeans(expected_precision, coarse.result())
    feed(read_pairs(shards(), GeneNames()), [fine])
    return fine.result()


def _unlabelled(pairs: PairScores) -> tuple[Indices, Float64]:
    """Return the bits of the probabilities of candidates without a label, int64 [P], and the probabilities."""
    values = pairs.probability[pairs.label == UNLABELLED]
    values = np.clip(values, np.float32(0.0), np.float32(1.0)) + np.float32(0.0)  # + 0 joins -0.0 to 0.0
    return values.view(np.uint32).astype(np.int64), values.astype(np.float64)


def _coarse_bins(codes: Indices, wanted: float) -> Indices:
    """Return the bin of each number: its high bits, and one more from `wanted` on, so that no bin lies on both sides.

    What is `wanted` or more never lowers a mean below it, so the bin of a crossing is the high bits of its numbers.
    """
    wanted_code = int(np.float32(wanted).view(np.uint32))
    return (codes >> _FINE_BITS) + (codes >= wanted_code)


def _as_stored(wanted: float) -> float:
    return min(wanted, float(np.float32(wanted)))


def _find_crossing(count: Indices, total: Float64, wanted: float, *, above: tuple[int, float] = (0, 0.0)) -> int | None:
    """Return the highest bin down to which the mean falls below `wanted`; None where it never does.

    `above` are number and sum of the values beyond the highest bin.
    """
    n, sums = above[0] + np.cumsum(count[::-1]), above[1] + np.cumsum(total[::-1])
    below = np.flatnonzero((count[::-1] > 0) & (sums < wanted * n))
    return len(count) - 1 - int(below[0]) if len(below) else None


def _to_probability(code: int) -> float:
    return float(np.array(code, dtype=np.uint32).view(np.float32))
