"""Values of spots → values that neighbouring spots of the section share, or that have no differences of sections."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from grnet.dataset.spatial.spot_places import find_spacing, points_of, split_sections
from grnet.schema.arrays import Float32

WIDTH = 2.0
"""Standard deviation of the Gaussian kernel, in spacings of the spots."""
CUT_OFF = 2.5
"""Distance, in standard deviations, beyond which spots do not count as neighbours."""


def smooth(values: Float32, places: pd.DataFrame, *, width: float = WIDTH) -> Float32:
    """Return the mean of each spot and its neighbours in the section, weighted by a Gaussian of their distance.

    Parameters
    ----------
    values : float32 array [R, P]
    places : DataFrame
        Of the P spots.
    width : float
        Standard deviation of the Gaussian, in spacings of the spots.

    Returns
    -------
    float32 array [R, P]
    """
    smoothed: Float32 = np.ascontiguousarray((weigh_neighbours(places, width=width) @ values.T).T)
    return smoothed


def weigh_neighbours(places: pd.DataFrame, *, width: float = WIDTH) -> sparse.csr_matrix:
    """Return the weights of each spot and its neighbours, float32 [P, P]; each row sums to 1."""
    from scipy.spatial import cKDTree  # takes a fifth of a second, also for commands that read no spots

    points, sigma = points_of(places), width * find_spacing(places)
    row, column, weight = [], [], []
    for own in split_sections(places):
        pairs = cKDTree(points[own]).query_pairs(CUT_OFF * sigma, output_type="ndarray")
        one, other = own[pairs[:, 0]], own[pairs[:, 1]]
        near = np.exp(-0.5 * np.square(points[one] - points[other]).sum(axis=1) / sigma**2)
        row += [own, one, other]
        column += [own, other, one]
        weight += [np.ones(len(own)), near, near]
    rows = np.concatenate(row)
    total = np.bincount(rows, np.concatenate(weight), len(places))
    scaled = (np.concatenate(weight) / total[rows]).astype(np.float32)
    return sparse.csr_matrix((scaled, (rows, np.concatenate(column))), shape=(len(places), len(places)))


def remove_section_means(values: Float32, places: pd.DataFrame) -> Float32:
    """Return values less the mean of their section, float32 [R, P]."""
    centred = values.copy()
    for rows in split_sections(places):
        centred[:, rows] -= values[:, rows].mean(axis=1, keepdims=True)
    return centred
