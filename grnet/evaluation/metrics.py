"""Figures of merit: how well scores rank, and how well probabilities match what is observed.

Enter: labels 1 / 0 with a score or probability each. Leave: numbers. Where a figure has no meaning (one class only,
more asked than there is) it is NaN, never an exception. Pairs of equal score count as if in random order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.evaluation.ranking import rank_pairs
from grnet.schema.arrays import Float64, Indices, check_scores
from grnet.schema.errors import InputError

CALIBRATION_BINS = 10


@dataclass(frozen=True)
class ClassificationMetrics:
    """Figures of one set of pairs.

    Attributes
    ----------
    n : int
        Pairs.
    base_rate : float
        Part of the pairs that is positive.
    accuracy, f1 : float
        At the threshold.
    auroc, auprc : float
        Areas under the ROC curve and (average precision) the precision-recall curve; NaN with one class only.
    brier : float
        Mean squared difference of probability and label.
    calibration_error : float
        Expected calibration error over ten bins of equal count (Guo et al. 2017, arXiv:1706.04599).
    tp, fp, tn, fn : int
        Counts at the threshold.
    """

    n: int
    base_rate: float
    accuracy: float
    f1: float
    auroc: float
    auprc: float
    brier: float
    calibration_error: float
    tp: int
    fp: int
    tn: int
    fn: int

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary of all figures."""
        return asdict(self)


def classification_metrics(
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, *, threshold: float = 0.5
) -> ClassificationMetrics:
    """Return the figures of `probabilities` [P] (0..1; positive from `threshold` on) against `labels` [P].

    Raises
    ------
    InputError
        Lengths differ, a label is not 0 or 1, or a probability is not in 0..1.
    """
    y, p = check_scores(labels, probabilities)
    if np.any((p < 0) | (p > 1)):
        raise InputError(f"probabilities lie in 0..1, got {p.min():.3g} to {p.max():.3g}")
    called = p >= threshold
    tp, fp = int(np.sum(called & (y == 1))), int(np.sum(called & (y == 0)))
    fn, tn = int(np.sum(~called & (y == 1))), int(np.sum(~called & (y == 0)))
    n, counts = len(y), rank_pairs(y, p)
    return ClassificationMetrics(
        n=n,
        base_rate=base_rate(y),
        accuracy=(tp + tn) / n if n else np.nan,
        f1=2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0.0,
        auroc=counts.auroc(),
        auprc=counts.auprc(),
        brier=float(np.mean((p - y) ** 2)) if n else np.nan,
        calibration_error=calibration_error(y, p),
        tp=tp,
        fp=fp,
        tn=tn,
        fn=fn,
    )


def base_rate(labels: npt.ArrayLike) -> float:
    """Return the part of `labels` [P] that is 1; NaN without any."""
    y = np.asarray(labels)
    return float(np.mean(y)) if len(y) else float("nan")


def auroc(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Return the area under the ROC curve; ties count one half; NaN with one class only."""
    return rank_pairs(labels, scores).auroc()


def auprc(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Return the average precision; NaN with one class only."""
    return rank_pairs(labels, scores).auprc()


def auprc_ratio(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Return the average precision over the base rate, which is what random order has; NaN with one class only."""
    area = auprc(labels, scores)
    return area / base_rate(labels) if np.isfinite(area) else float("nan")


def early_precision(labels: npt.ArrayLike, scores: npt.ArrayLike, k: int | None = None) -> float:
    """Return the precision among the `k` best, by default as many as there are positives.

    The early precision of BEELINE (Pratapa et al. 2020, doi:10.1038/s41592-019-0690-6); of the pairs that share the
    score at the cut, the expected number of positives under random order counts. NaN for k = 0 or k > P.
    """
    counts = rank_pairs(labels, scores)
    return counts.precision_at([counts.n_positives if k is None else k])[0]


def early_precision_ratio(labels: npt.ArrayLike, scores: npt.ArrayLike, k: int | None = None) -> float:
    """Return the early precision over the base rate: how many times better than random order."""
    precision = early_precision(labels, scores, k)
    return precision / base_rate(labels) if np.isfinite(precision) and np.any(labels) else float("nan")


def precision_at(labels: npt.ArrayLike, scores: npt.ArrayLike, ks: Sequence[int]) -> list[float]:
    """Return for each k the expected precision among the k best scores; NaN where k is 0 or above P."""
    return rank_pairs(labels, scores).precision_at(ks)


def calibration_error(labels: npt.ArrayLike, probabilities: npt.ArrayLike) -> float:
    """Return the mean distance of probability and observed rate over ten bins of equal count; NaN without pairs."""
    y, p = check_scores(labels, probabilities)
    if not len(y):
        return float("nan")
    bins = equal_mass_bins(p, CALIBRATION_BINS)
    gaps = np.bincount(bins, weights=p - y)
    return float(np.abs(gaps).sum() / len(y))


def equal_mass_bins(values: Float64, n_bins: int) -> Indices:
    """Return the bin of each value, 0.. without gaps; about equal counts, equal values always in one bin."""
    inner = np.arange(1, n_bins) / n_bins
    edges = np.unique(np.quantile(values, inner, method="inverted_cdf"))
    bins = np.unique(np.searchsorted(edges, values, side="left"), return_inverse=True)[1]
    return bins.astype(np.int64)
