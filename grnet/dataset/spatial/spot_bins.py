"""Very many spots, or cells with coordinates → bins of a grid, in which they are added up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from grnet.dataset.annotated.pooling import Pools
from grnet.dataset.spatial.spot_places import AXES, SECTION, SPOT, find_spacing, points_of
from grnet.schema.arrays import Float64, Indices

MOST_SPOTS = 5_000
"""Spots that are taken one by one, at most."""
MOST_BINS = 2_500
_LARGER = 1.05


def bin_spots(places: pd.DataFrame, n_bins: int = MOST_BINS) -> tuple[Pools, pd.DataFrame, float]:
    """Return the bins that spots lie in.

    Parameters
    ----------
    places : DataFrame
        Of P spots.
    n_bins : int
        Most bins.

    Returns
    -------
    pools : Pools
        The bin of each spot, and how many spots each bin has.
    places : DataFrame
        Of the bins; each lies where its spots do on average.
    side : float
        Of a bin, in units of the coordinates.
    """
    codes, _ = pd.factorize(places[SECTION])
    points = points_of(places)
    side = find_spacing(places) * max(len(places) / n_bins, 1) ** (1 / 3)  # in fewer dimensions it is larger
    cells = _divide(codes, points, side)
    while len(np.unique(cells, axis=0)) > n_bins:
        side *= _LARGER
        cells = _divide(codes, points, side)
    _, first, bin_of, count = np.unique(cells, axis=0, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(np.argsort(first))  # bins in the order of their first spots
    bin_of, count = order[bin_of.ravel()].astype(np.int64), count[np.argsort(first)].astype(np.int64)
    binned = places.iloc[np.sort(first)].reset_index(drop=True)
    binned[SPOT] = [f"bin {number}" for number in range(1, len(binned) + 1)]
    for axis, name in enumerate(AXES):
        binned[name] = np.bincount(bin_of, points[:, axis]) / count
    return Pools(bin_of, np.zeros(len(count), dtype=np.int64), count), binned, side


def _divide(codes: Indices, points: Float64, side: float) -> Indices:
    """Return section and bin along each axis of every spot, int64 [P, 4]."""
    steps = np.floor((points - points.min(axis=0)) / side).astype(np.int64)
    return np.column_stack([codes, steps])
