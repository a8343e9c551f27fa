"""Negatives that resemble the positives, so that what remains between them is not what they were matched on.

Enter: labels, folds and coordinates of the pairs (|r|, degrees), with the widest difference allowed in each. Leave:
positives with one negative each. Greedy nearest-neighbour matching without replacement within a caliper (Stuart 2010,
doi:10.1214/09-STS313): the closest couple is joined first, so the order of the rows does not matter.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Float64, Indices
from grnet.schema.genes import PairIndex

_NEIGHBOURS = 16
_MOST_CELLS = 4_000_000
_NEAR_ONE = 1 + 1e-9


class Couples(NamedTuple):
    """Rows of matched positives and of their negatives, int64 [M] each."""

    positives: Indices
    negatives: Indices


def match_negatives(
    labels: npt.NDArray[np.integer[Any]],
    folds: npt.NDArray[np.integer[Any]],
    coordinates: Float64,
    *,
    calipers: tuple[float, ...],
    keys: Indices,
) -> Couples:
    """Join positives with unused negatives of the same fold that differ by at most a caliper in each coordinate.

    Parameters
    ----------
    labels, folds : int arrays [P]
    coordinates : float64 array [P, D]
        A pair with NaN is never matched.
    calipers : tuple of D floats
        Largest difference in each coordinate; also its unit, as the distance is the largest of the differences.
    keys : int64 array [P]
        Names the pairs: decides between equal distances.

    Returns
    -------
    Couples
        By fold, then by distance.
    """
    scaled = coordinates / np.asarray(calipers)
    usable = np.isfinite(scaled).all(axis=1)
    canonical = np.lexsort((*scaled.T, keys))
    parts = []
    for fold in np.unique(folds):
        rows = canonical[(usable & (folds == fold))[canonical]]
        positives, negatives = rows[labels[rows] == 1], rows[labels[rows] == 0]
        couples = _join_nearest(scaled[positives], scaled[negatives])
        parts.append((positives[couples[:, 0]], negatives[couples[:, 1]]))
    if not parts:
        return Couples(np.empty(0, np.int64), np.empty(0, np.int64))
    return Couples(*(np.concatenate(side).astype(np.int64) for side in zip(*parts, strict=True)))


def training_degrees(
    pairs: PairIndex, labels: npt.NDArray[np.integer[Any]], folds: npt.NDArray[np.integer[Any]], *, n_genes: int
) -> tuple[Indices, Indices]:
    """Return how many positives of the other folds have the TF, and how many the target, of each pair: int64 [P]."""
    degrees = []
    for genes in (pairs.tf, pairs.target):
        total = np.bincount(genes[labels == 1], minlength=n_genes)[genes]
        for fold in np.unique(folds):
            own = folds == fold
            total[own] -= np.bincount(genes[own & (labels == 1)], minlength=n_genes)[genes[own]]
        degrees.append(total.astype(np.int64))
    return degrees[0], degrees[1]


def _join_nearest(positives: Float64, negatives: Float64) -> Indices:
    """Return places (positive, negative) [M, 2] of couples at a distance of at most 1, the closest joined first.

    Candidates are the nearest few of each positive; who finds them all taken asks again among those that are left.
    """
    from scipy.spatial import cKDTree

    free, left = np.arange(len(positives)), np.arange(len(negatives))
    joined: list[tuple[int, int]] = []
    n_neighbours = _NEIGHBOURS
    while len(free) and len(left):
        k = min(len(left), n_neighbours, max(_NEIGHBOURS, _MOST_CELLS // len(free)))
        tree = cKDTree(negatives[left])
        distance, place = tree.query(positives[free], k=np.arange(1, k + 1), p=np.inf, distance_upper_bound=_NEAR_ONE)
        asker, column = np.nonzero(np.isfinite(distance))
        found = left[place[asker, column]]
        order = np.lexsort((found, free[asker], distance[asker, column]))
        taken = _take_first(free[asker][order], found[order])
        if not taken:
            break
        joined += taken
        used = np.asarray(taken)
        free, left = np.setdiff1d(free, used[:, 0]), np.setdiff1d(left, used[:, 1])
        n_neighbours *= 2
    return np.asarray(joined, dtype=np.int64).reshape(-1, 2)


def _take_first(positives: Indices, negatives: Indices) -> list[tuple[int, int]]:
    """Walk over candidate couples and keep those of which neither side is taken."""
    taken: list[tuple[int, int]] = []
    seen_positives: set[int] = set()
    seen_negatives: set[int] = set()
    for positive, negative in zip(positives.tolist(), negatives.tolist(), strict=True):
        if positive not in seen_positives and negative not in seen_negatives:
            seen_positives.add(positive)
            seen_negatives.add(negative)
            taken.append((positive, negative))
    return taken
