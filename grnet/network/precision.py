"""How probable a candidate has to be so that the kept ones are expected to hold a given part of true edges.

Enter: score tables. Leaves: one probability. The expected precision of some candidates is their mean probability; it
falls as less probable ones join. Candidates that were labelled in the training do not count: of them it is known.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.network.score_tables import Shards, check_table
from grnet.schema.tables import LABEL, PROBABILITY

_LARGEST = 0x3F800000
"""The bits of 1.0 as float32; those of smaller numbers, down to 0, are smaller and in their order."""
_FINE_BITS = 14
_FINE = 1 << _FINE_BITS
_COARSE = (_LARGEST >> _FINE_BITS) + 1

Counts = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]


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

    Notes
    -----
    Exact, in two passes with two histograms: the first finds the coarse bin in which the mean falls below, the second
    tells all numbers of that bin apart. Sums are float64.

    Raises
    ------
    FormatError
        A shard lacks a column, or a candidate has no probability or score.
    """
    wanted = min(expected_precision, float(np.float32(expected_precision)))
    count, total = np.zeros(_COARSE, dtype=np.int64), np.zeros(_COARSE)
    lowest = np.full(_COARSE, _LARGEST, dtype=np.int64)
    for codes, values in _read(shards()):
        bins = codes >> _FINE_BITS
        count += np.bincount(bins, minlength=_COARSE)
        total += np.bincount(bins, weights=values, minlength=_COARSE)
        np.minimum.at(lowest, bins, codes)
    coarse = _find_crossing(count, total, wanted)
    if coarse is None:
        return _to_probability(lowest.min()) if count.any() else None
    above = int(count[coarse + 1 :].sum()), float(total[coarse + 1 :].sum())
    count, total = np.zeros(_FINE, dtype=np.int64), np.zeros(_FINE)
    for codes, values in _read(shards()):
        inside = codes >> _FINE_BITS == coarse
        count += np.bincount(codes[inside] & (_FINE - 1), minlength=_FINE)
        total += np.bincount(codes[inside] & (_FINE - 1), weights=values[inside], minlength=_FINE)
    fine = _find_crossing(count, total, wanted, above=above)
    kept = np.flatnonzero(count[0 if fine is None else fine + 1 :])  # None where two sums differ in their last bit
    if len(kept):
        return _to_probability((coarse << _FINE_BITS) + (0 if fine is None else fine + 1) + int(kept[0]))
    return _to_probability(lowest[coarse + 1 :].min()) if above[0] else None


def _read(shards: Iterable[pd.DataFrame]) -> Iterable[tuple[Counts, Sums]]:
    """Yield the bits of the probabilities of candidates without a label, int64 [P], and the probabilities."""
    for shard in shards:
        checked = check_table(shard)
        values = checked[PROBABILITY].to_numpy(np.float32)[checked[LABEL].isna().to_numpy()]
        values = np.clip(values, np.float32(0.0), np.float32(1.0)) + np.float32(0.0)  # + 0 joins -0.0 to 0.0
        yield values.view(np.uint32).astype(np.int64), values.astype(np.float64)


def _find_crossing(count: Counts, total: Sums, wanted: float, *, above: tuple[int, float] = (0, 0.0)) -> int | None:
    """Return the highest bin down to which the mean falls below `wanted`; None where it never does.

    `above` are number and sum of the values beyond the highest bin.
    """
    n, sums = above[0] + np.cumsum(count[::-1]), above[1] + np.cumsum(total[::-1])
    below = np.flatnonzero((count[::-1] > 0) & (sums < wanted * n))
    return len(count) - 1 - int(below[0]) if len(below) else None


def _to_probability(code: int) -> float:
    return float(np.array(code, dtype=np.uint32).view(np.float32))
