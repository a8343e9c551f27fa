"""Curves for the report: ROC, precision-recall and calibration, thinned to what a picture can show.

Enter: labels with a score each. Leave: a few hundred points at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.evaluation.metrics import CALIBRATION_BINS, equal_mass_bins
from grnet.evaluation.ranking import RankedCounts, rank_pairs
from grnet.schema.arrays import Float64, Indices, check_scores

MAX_POINTS = 300


@dataclass(frozen=True)
class Curve:
    """Points of a line, float64 [N] each, both in 0..1."""

    x: Float64
    y: Float64


@dataclass(frozen=True)
class CalibrationCurve:
    """Observed against stated probability in bins of about equal count.

    Attributes
    ----------
    mean : float64 [B]
        Mean probability of the bin's pairs.
    observed : float64 [B]
        Part of them that is positive.
    count : int64 [B]
    low, high : float64 [B]
        Wilson 95 % interval of `observed`.
    """

    mean: Float64
    observed: Float64
    count: Indices
    low: Float64
    high: Float64


def roc_curve(labels: npt.ArrayLike, scores: npt.ArrayLike) -> Curve:
    """Return false-positive rate (x) and true-positive rate (y); no points with one class only."""
    return trace_roc(rank_pairs(labels, scores))


def precision_recall_curve(labels: npt.ArrayLike, scores: npt.ArrayLike) -> Curve:
    """Return recall (x, rising from 0) and precision (y); no points with one class only."""
    return trace_precision_recall(rank_pairs(labels, scores))


def trace_roc(counts: RankedCounts) -> Curve:
    """Return the ROC curve of pairs that are ranked already, at most 300 points."""
    if not counts.has_both:
        return Curve(np.empty(0), np.empty(0))
    n_negatives = counts.n - counts.n_positives
    return _thin_curve(counts.negatives / n_negatives, counts.positives / counts.n_positives)


def trace_precision_recall(counts: RankedCounts) -> Curve:
    """Return the precision-recall curve of pairs that are ranked already, at most 300 points.

    It starts at recall 0 with the precision of the best-scored pairs.
    """
    if not counts.has_both:
        return Curve(np.empty(0), np.empty(0))
    precision = counts.positives[1:] / counts.called[1:]
    return _thin_curve(counts.positives / counts.n_positives, np.concatenate([precision[:1], precision]))


def calibration_curve(
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, *, n_bins: int = CALIBRATION_BINS
) -> CalibrationCurve:
    """Return mean probability, observed rate, count and interval of each of at most `n_bins` bins."""
    y, p = check_scores(labels, probabilities)
    if not len(y):
        empty = np.empty(0)
        return CalibrationCurve(empty, empty, np.empty(0, dtype=np.int64), empty, empty)
    bins = equal_mass_bins(p, n_bins)
    count = np.bincount(bins)
    positives = np.bincount(bins, weights=y)
    low, high = wilson_interval(positives, count)
    return CalibrationCurve(np.bincount(bins, weights=p) / count, positives / count, count, low, high)


def wilson_interval(
    positives: npt.ArrayLike, n: npt.ArrayLike, *, z: float = 1.959963984540054
) -> tuple[Float64, Float64]:
    """Return the score interval of a rate, 95 % by default (Wilson 1927, doi:10.2307/2276774); n is 1 or more."""
    total = np.asarray(n, dtype=np.float64)
    rate = np.asarray(positives, dtype=np.float64) / total
    scale = 1 + z**2 / total
    centre = (rate + z**2 / (2 * total)) / scale
    half = z / scale * np.sqrt(rate * (1 - rate) / total + z**2 / (4 * total**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def _thin_curve(x: Float64, y: Float64) -> Curve:
    """Keep both ends and points at even steps along the line."""
    if len(x) > MAX_POINTS:
        steps = _absolute_steps(x)
        steps += _absolute_steps(y)
        length = np.zeros(len(x))
        np.cumsum(steps, out=length[1:])
        kept = np.unique(np.searchsorted(length, np.linspace(0, length[-1], MAX_POINTS)))
        x, y = x[kept], y[kept]
    return Curve(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))


def _absolute_steps(values: Float64) -> Float64:
    steps = np.diff(values)
    return np.abs(steps, out=steps)
