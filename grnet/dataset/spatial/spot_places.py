"""The table of places of spots: what it holds, and how dense the spots lie."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.schema.arrays import Float64, Indices

SPOT, SECTION, X, Y, Z = "spot", "section", "x", "y", "z"
AXES = (X, Y, Z)
PLACES = pa.schema(
    [(SPOT, pa.string()), (SECTION, pa.string()), (X, pa.float64()), (Y, pa.float64()), (Z, pa.float64())]
)
NEIGHBOURS = 4
"""Neighbours at the spacing of the grid that a spot has, at least, inside a square or hexagonal one."""


def points_of(places: pd.DataFrame) -> Float64:
    """Return where spots lie, float64 [P, 3]."""
    return places[list(AXES)].to_numpy(np.float64)


def split_sections(places: pd.DataFrame) -> list[Indices]:
    """Return the rows of each section, in the order in which sections first occur."""
    codes, names = pd.factorize(places[SECTION])
    return [np.flatnonzero(codes == code).astype(np.int64) for code in range(len(names))]


def are_flat(places: pd.DataFrame) -> bool:
    """Tell whether each section lies in one plane of constant z."""
    return all(float(np.ptp(places[Z].to_numpy(np.float64)[rows])) == 0 for rows in split_sections(places))


def find_spacing(places: pd.DataFrame) -> float:
    """Return the typical distance of spots that are next to each other in a section, above 0.

    It is the median distance to the NEIGHBOURS nearest spots: on a square or hexagonal grid, the spacing of the grid.
    Where no section has two spots apart, it is 1.
    """
    from scipy.spatial import cKDTree  # takes a fifth of a second, also for commands that read no spots

    points = points_of(places)
    found = []
    for rows in split_sections(places):
        own = np.unique(points[rows], axis=0)
        if len(own) > 1:
            distances, _ = cKDTree(own).query(own, min(NEIGHBOURS, len(own) - 1) + 1)
            found.append(distances[:, 1:].ravel())
    return float(np.median(np.concatenate(found))) if found else 1.0
