"""Figures of one predictor under many weightings of the same pairs, from one sort.

Enter: labels and probabilities of the pairs, then weights (how often each pair counts). Leave: the figures of each
weighting. A bootstrap draw is such a weighting, so a thousand draws cost a thousand sums and no further sort.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Float64, Indices, check_scores
from grnet.schema.errors import InputError

FOLD_FIGURES = ("accuracy", "f1", "auroc", "auprc", "auprc_ratio", "early_precision_ratio", "brier")
THRESHOLD = 0.5


class WeightedFigures:
    """Pairs sorted once by probability; their figures under any weights.

    Parameters
    ----------
    labels : int array [P]
        1 or 0.
    probabilities : float array [P]
        0..1; from 0.5 on a pair is called positive.

    Raises
    ------
    InputError
        Lengths differ, a label is not 0 or 1, or a probability is not in 0..1.
    """

    def __init__(self, labels: npt.ArrayLike, probabilities: npt.ArrayLike) -> None:
        y, p = check_scores(labels, probabilities)
        if np.any((p < 0) | (p > 1)):
            raise InputError(f"probabilities lie in 0..1, got {p.min():.3g} to {p.max():.3g}")
        self._order: Indices = np.argsort(-p, kind="stable").astype(np.int64)
        ranked = p[self._order]
        self._starts: Indices = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])[: len(p)]).astype(np.int64)
        self._ranked_labels = y[self._order].astype(np.float64)
        called = p >= THRESHOLD
        self._sums = np.column_stack([called & (y == 1), called & (y == 0), ~called & (y == 1), (p - y) ** 2])  # [P, 4]

    def under(self, weights: Float64) -> Float64:
        """Return the figures of each weighting.

        Parameters
        ----------
        weights : float64 array [B, P]
            0 or more; whole numbers in a bootstrap.

        Returns
        -------
        float64 array [B, 7]
            In the order of :data:`FOLD_FIGURES`. Areas, their ratio and the early precision ratio are NaN where one
            class has no weight; ties are treated as by scikit-learn: one half in the AUROC, one step in the AUPRC.
        """
        total = weights.sum(axis=1)
        tp, fp, fn, squares = (weights @ self._sums).T
        wrong = fp + fn
        with np.errstate(invalid="ignore", divide="ignore"):
            f1 = np.where(tp + wrong > 0, 2 * tp / (2 * tp + wrong), 0.0)
            ranking = self._rank(weights)
            return np.column_stack([1 - wrong / total, f1, *ranking, squares / total])

    def _rank(self, weights: Float64) -> tuple[Float64, Float64, Float64, Float64]:
        """Return AUROC, AUPRC, AUPRC ratio and early precision ratio, each [B]."""
        scored = weights[:, self._order]  # [B, P]
        steps = scored * self._ranked_labels
        if len(self._starts) < scored.shape[1]:
            scored, steps = (np.add.reduceat(part, self._starts, axis=1) for part in (scored, steps))  # [B, T]
        called, positives = np.cumsum(scored, axis=1), np.cumsum(steps, axis=1)
        n_positives, n = positives[:, -1], called[:, -1]
        n_negatives = n - n_positives
        auroc = np.einsum("bt,bt->b", scored - steps, 2 * positives - steps) / (2 * n_positives * n_negatives)
        precision = np.divide(positives, called, where=called > 0, out=np.zeros_like(called))
        auprc = np.einsum("bt,bt->b", steps, precision)
        auprc /= n_positives
        auprc[n_negatives <= 0] = np.nan
        early = _hits_at(positives, called, n_positives) / n_positives
        early[n_negatives <= 0] = np.nan
        rate = n_positives / n
        return auroc, auprc, auprc / rate, early / rate


def _hits_at(positives: Float64, called: Float64, k: Float64) -> Float64:
    """Return the positives expected among the k [B] best; of the pairs tied at the cut, a proportional part."""
    rows = np.arange(len(k))
    place = np.minimum(np.sum(called < k[:, None], axis=1), called.shape[1] - 1)
    before = np.maximum(place - 1, 0)
    first = place == 0
    called_before = np.where(first, 0.0, called[rows, before])
    hits_before = np.where(first, 0.0, positives[rows, before])
    part = (k - called_before) / (called[rows, place] - called_before)
    hits: Float64 = hits_before + part * (positives[rows, place] - hits_before)
    return hits
