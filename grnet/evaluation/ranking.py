"""One sort of the scores, from which every figure and curve of the ranking follows.

Enter: labels and scores. Leave: how many pairs, and how many positives, lie at or above each distinct score. Counts are
whole numbers, so no figure depends on the order of the rows, and an evaluation of millions of candidates sorts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.evaluation.splits import check_labels
from grnet.schema.errors import InputError

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RankedCounts:
    """Counts at each distinct score, from the best down; the first entry is 0: nothing called.

    Attributes
    ----------
    called, positives : int64 arrays [T + 1]
        Pairs, and positives among them, with at least the score.
    """

    called: npt.NDArray[np.int64]
    positives: npt.NDArray[np.int64]

    @property
    def n(self) -> int:
        """Number of pairs."""
        return int(self.called[-1])

    @property
    def n_positives(self) -> int:
        """Number of positives."""
        return int(self.positives[-1])

    @property
    def has_both(self) -> bool:
        """Whether there are positives and negatives."""
        return 0 < self.n_positives < self.n

    @property
    def negatives(self) -> npt.NDArray[np.int64]:
        """Negatives with at least the score, int64 [T + 1]."""
        return self.called - self.positives

    def auroc(self) -> float:
        """Return the area under the ROC curve; ties count one half; NaN with one class only."""
        if not self.has_both:
            return float("nan")
        doubled = np.sum(np.diff(self.negatives) * (self.positives[1:] + self.positives[:-1]))
        return float(doubled / (2 * self.n_positives * (self.n - self.n_positives)))

    def auprc(self) -> float:
        """Return the average precision, the step-wise area under precision and recall; NaN with one class only."""
        if not self.has_both:
            return float("nan")
        precision = self.positives[1:] / self.called[1:]
        return float(np.sum(np.diff(self.positives) * precision) / self.n_positives)

    def precision_at(self, ks: Sequence[int]) -> list[float]:
        """Return for each k the expected precision among the k best; NaN where k is below 1 or above the pairs.

        Of the pairs that share the score at the cut, as many positives count as random order gives on average.
        """
        inside = [k if 1 <= k <= self.n else np.nan for k in ks]
        hits = np.interp(inside, self.called, self.positives)
        return [float(hit / k) if k else float("nan") for hit, k in zip(hits, ks, strict=True)]


def rank_pairs(labels: npt.ArrayLike, scores: npt.ArrayLike) -> RankedCounts:
    """Sort the pairs and count.

    Parameters
    ----------
    labels : int array [P]
    scores : float array [P]

    Raises
    ------
    InputError
        Lengths differ, a label is not 0 or 1, or a score is not finite.
    """
    y, s = check_scores(labels, scores)
    order = np.argsort(s)[::-1]
    ranked = s[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if len(s) else np.empty(0, dtype=np.int64)
    hits = np.cumsum(y[order])
    called = np.concatenate([[0], ends + 1]).astype(np.int64)
    return RankedCounts(called, np.concatenate([[0], hits[ends]]).astype(np.int64))


def check_scores(labels: npt.ArrayLike, scores: npt.ArrayLike) -> tuple[Labels, Floats]:
    """Return labels as int64 [P] and scores as float64 [P].

    Raises
    ------
    InputError
        Lengths differ, a label is not 0 or 1, or a score is not finite.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1:
        raise InputError(f"expected one score for each pair, got an array of shape {values.shape}")
    y = check_labels(labels, len(values))
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        raise InputError(f"scores are finite, got {values[wrong[0]]} in row {wrong[0]} ({len(wrong)} such rows)")
    return y, values
