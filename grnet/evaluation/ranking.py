"""One sort of the scores, from which every figure and curve of the ranking follows.

Enter: labels and scores. Leave: how many pairs, and how many positives, lie at or above each distinct score. Counts are
whole numbers, so no figure depends on the order of the rows, and an evaluation of millions of candidates sorts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Indices, check_numbers

_CHUNK = 1 << 20


@dataclass(frozen=True)
class RankedCounts:
    """Counts at each distinct score, from the best down; the first entry is 0: nothing called.

    Attributes
    ----------
    called, positives : int64 arrays [T + 1]
        Pairs, and positives among them, with at least the score.
    """

    called: Indices
    positives: Indices

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
    def negatives(self) -> Indices:
        """Negatives with at least the score, int64 [T + 1]."""
        return self.called - self.positives

    def auroc(self) -> float:
        """Return the area under the ROC curve; ties count one half; NaN with one class only."""
        if not self.has_both:
            return float("nan")
        doubled = 0
        for start in range(1, len(self.called), _CHUNK):
            now, before = slice(start, start + _CHUNK), slice(start - 1, min(start + _CHUNK, len(self.called)) - 1)
            passed = self.called[now] - self.positives[now] - (self.called[before] - self.positives[before])
            doubled += int(np.sum(passed * (self.positives[now] + self.positives[before])))
        return float(doubled / (2 * self.n_positives * (self.n - self.n_positives)))

    def auprc(self) -> float:
        """Return the average precision, the step-wise area under precision and recall; NaN with one class only."""
        if not self.has_both:
            return float("nan")
        precision = self.positives[1:] / self.called[1:]
        precision *= np.diff(self.positives)
        return float(np.sum(precision) / self.n_positives)

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
        Float32 stays what it is, which takes half the memory.

    Raises
    ------
    InputError
        Lengths differ, a label is not 0 or 1, or a score is not finite.
    """
    values = np.asarray(scores)
    y, s = check_numbers(labels, values if values.dtype == np.float32 else values.astype(np.float64))
    own = np.sort(s[y == 1])
    del y  # these arrays may be of hundreds of megabytes each
    ranked = np.sort(s)
    # First places of the distinct scores, from the best down: what is not before a score is called with it.
    first = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))[::-1] if len(s) else np.empty(0, dtype=np.int64)
    called = np.append(0, len(s) - first)
    positives = np.append(0, len(own) - np.searchsorted(own, ranked[first], side="left"))
    return RankedCounts(called.astype(np.int64, copy=False), positives.astype(np.int64, copy=False))
