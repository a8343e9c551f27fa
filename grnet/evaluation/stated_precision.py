"""What probabilities promise beside what is observed: of the edges of a network, above thresholds, and by tenths.

Enter: the labels and probabilities of the counted pairs. Leave: expected and observed precision, and how to read them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.evaluation.candidate_stream import Floats
from grnet.evaluation.counted_pairs import CountedPairs
from grnet.evaluation.curves import CalibrationCurve, wilson_interval
from grnet.probability.prior import state_percent
from grnet.schema.arrays import Bools, Int8

_CHUNK = 1 << 20


@dataclass(frozen=True)
class StatedPrecision:
    """Pairs of at least a probability: how many, their mean probability, and which part of them is positive."""

    threshold: float
    n: int
    expected: float
    observed: float


def compare_by_tenths(labels: Int8, probability: Floats) -> CalibrationCurve:
    """Return the observed rate in each tenth of the probabilities: few candidates are probable, and those matter."""
    count, sums = np.zeros(10, dtype=np.int64), np.zeros((2, 10))
    for start in range(0, len(labels), _CHUNK):
        values = probability[start : start + _CHUNK].astype(np.float64)
        tenth = np.minimum((values * 10).astype(np.int64), 9)
        count += np.bincount(tenth, minlength=10)
        np.add.at(sums[0], tenth, values)  # one after the other, as if all were in one chunk
        np.add.at(sums[1], tenth, labels[start : start + _CHUNK])
    filled = count > 0
    low, high = wilson_interval(sums[1][filled], count[filled])
    return CalibrationCurve(sums[0][filled] / count[filled], sums[1][filled] / count[filled], count[filled], low, high)


def state_precision(labels: Int8, probability: Floats, threshold: float) -> StatedPrecision:
    """Compare the pairs of at least a probability."""
    above = probability >= np.float64(threshold)
    if not above.any():
        return StatedPrecision(threshold, 0, float("nan"), float("nan"))
    return _compare(labels, probability, above, threshold)


def state_kept(labels: Int8, probability: Floats, kept: Bools) -> StatedPrecision:
    """Compare the pairs that are edges of the network."""
    if not kept.any():
        return StatedPrecision(float("nan"), 0, float("nan"), float("nan"))
    return _compare(labels, probability, kept, float(probability[kept].min()))


def _compare(labels: Int8, probability: Floats, rows: Bools, threshold: float) -> StatedPrecision:
    """Return the mean probability of some pairs, one or more, and the part of them that is positive."""
    expected = float(probability[rows].astype(np.float64).mean())
    return StatedPrecision(threshold, int(rows.sum()), expected, float(labels[rows].mean()))


def explain_precision(chosen: CountedPairs, prior: float | None, rate: float) -> tuple[str, ...]:
    """Say how expected and observed precision are to be read."""
    notes = []
    if prior is not None and chosen.name == "labelled":
        notes.append(
            f"Probabilities assume that {state_percent(prior)} of the candidates are edges. Of the counted pairs "
            f"{state_percent(rate)} are. Probabilities are adjusted to that (Bayes' rule) before the comparison."
        )
    elif prior is not None:
        notes.append(
            f"Probabilities assume that {state_percent(prior)} of the candidates without a label are edges. Of the "
            f"counted pairs {state_percent(rate)} are listed as edges."
        )
    if chosen.name != "labelled":
        notes.append(
            "Pairs that are not listed count as negatives: unless every true edge is listed, the observed precision is "
            "a lower bound."
        )
        if chosen.n_trained:
            notes.append(
                "Training pairs are counted, too, and more of them are edges than of other candidates. Use "
                "--novel-only to leave them out."
            )
    return tuple(notes)
