"""How far images may move a score that RNA gives: one number, fitted on out-of-fold scores.

A tower that saw few images can be worse than none. So fused scores are rna + trust · (image + joint), and `trust` is
chosen where neither part has seen the labels: it is stacking (Wolpert 1992, doi:10.1016/S0893-6080(05)80023-1) with one
coefficient, and the one-standard-error rule (Breiman et al. 1984) in favour of RNA alone; the error is that of paired
differences over pairs, which are taken as independent.
"""

from __future__ import annotations

import numpy as np

from grnet.probability.calibration_fit import fit_calibration
from grnet.schema.arrays import Float64, Int8

TRUSTS = np.linspace(0.0, 1.0, 11)
FEWEST_PAIRS = 30


def choose_trust(rna: Float64, added: Float64, labels: Int8) -> float:
    """Return the smallest trust whose loss is within one standard error of the best one.

    Parameters
    ----------
    rna, added : float64 arrays [P]
        Out-of-fold logits of RNA, and what images add to them, of pairs that have both.
    labels : int8 array [P]

    Returns
    -------
    float
        0..1; 0 where there are fewer than FEWEST_PAIRS pairs to tell.
    """
    if len(labels) < FEWEST_PAIRS:
        return 0.0
    losses = np.stack([_calibrated_losses(rna + trust * added, labels) for trust in TRUSTS])  # [trusts, P]
    excess = losses - losses[losses.mean(axis=1).argmin()]
    error = excess.std(axis=1, ddof=1) / np.sqrt(len(labels))
    return float(TRUSTS[np.flatnonzero(excess.mean(axis=1) <= error)[0]])


def _calibrated_losses(scores: Float64, labels: Int8) -> Float64:
    """Return the cross-entropy of each pair after Platt scaling, so that order counts and overconfidence does not."""
    probability = fit_calibration(scores, labels, method="platt").apply(scores)
    losses: Float64 = -np.log(np.where(labels == 1, probability, 1.0 - probability))
    return losses


def nested_trust(rna: Float64, added: Float64, labels: Int8, folds: Int8, *, n_folds: int) -> list[float]:
    """Return a trust for each fold, chosen on the pairs of the other folds."""
    return [choose_trust(rna[folds != k], added[folds != k], labels[folds != k]) for k in range(n_folds)]
