"""Whether labels are balanced by a gene: each TF, or each target, has positives and negatives in the same ratio."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Indices

EVEN = 0.05
"""Part of the pairs that would have to change their label for each gene to have the ratio of all."""
BY_DESIGN = 0.25
"""Variance of the positives of a gene over that of labels drawn at random, up to which the balance is no chance."""


def is_balanced(genes: Indices, labels: npt.NDArray[np.integer]) -> bool:
    """Return whether each gene has about the same part of positives.

    It is where 5 % of the pairs or fewer depart from that, or where the numbers of positives vary much less between
    genes than they would by chance, as with two positives and two negatives of each.

    Parameters
    ----------
    genes : int64 array [P]
        The TF, or the target, of each pair.
    labels : int array [P]
        1 or 0.
    """
    rate = float(labels.mean()) if len(labels) else 0.0
    if not 0 < rate < 1:
        return False
    n = np.unique(genes, return_counts=True)[1]
    positives = np.bincount(np.unique(genes, return_inverse=True)[1], weights=labels)
    surplus = positives - rate * n
    spread = np.mean(np.square(surplus) / (n * rate * (1 - rate)))
    return bool(np.abs(surplus).sum() <= EVEN * n.sum() or spread <= BY_DESIGN)
