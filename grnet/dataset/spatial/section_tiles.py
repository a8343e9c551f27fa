"""Spots → pixels: every section is a tile of one picture, with about one spot in a pixel.

Spots of three dimensions are seen from three sides: each section then has three tiles, its projections onto the planes
xy, xz and yz.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from grnet.dataset.spatial.spot_places import SECTION, are_flat, find_spacing, points_of, split_sections
from grnet.schema.arrays import Float64, Indices
from grnet.schema.measurements import PictureGrid, Section

LARGEST_SIDE = 32
"""Pixels that a section has along its longer side, at most."""
LARGEST_PICTURE = 48 * 48
"""Pixels of a picture, at most, however many sections there are: models keep maps of this size for every gene."""
GAP = 1
"""Empty pixels between tiles, so that a model which looks at neighbouring pixels sees one section at a time."""
MOST_HOLES = 0.1
"""Empty pixels between two that hold spots, as a part of those that hold spots, at most."""
COARSER = 1.1
FLAT, DEEP = {"": (0, 1)}, {"xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}
"""Axes that run across and down a tile, for each of its planes."""


@dataclass(frozen=True)
class _Tiling:
    """How tiles of one size are arranged: pixels of a tile, and tiles in a line of the picture."""

    height: int
    width: int
    across: int
    down: int

    @property
    def picture(self) -> tuple[int, int]:
        """Height and width of the picture."""
        return self.down * (self.height + GAP) - GAP, self.across * (self.width + GAP) - GAP

    def corner_of(self, tile: int) -> tuple[int, int]:
        """Return the first row and column of a tile; tiles run line by line."""
        line, place = divmod(tile, self.across)
        return line * (self.height + GAP), place * (self.width + GAP)


def lay_out_spots(places: pd.DataFrame) -> PictureGrid:
    """Return the pixel of each spot.

    Parameters
    ----------
    places : DataFrame
        Of P spots, at least one; columns of `spot_places.PLACES`.

    Returns
    -------
    PictureGrid
        With one projection, or three where sections are not flat. A pixel is as large as the spots are far apart;
        larger, if the picture would have many holes, or exceed LARGEST_SIDE or LARGEST_PICTURE. y runs down, as in
        images.
    """
    points, sections = points_of(places), split_sections(places)
    planes = FLAT if are_flat(places) else DEEP
    side = find_spacing(places)
    tiling = _arrange(points, sections, planes, side)
    while tiling.height * tiling.width > 1 and not (_fits(tiling) and _is_dense(points, sections, planes, side)):
        side *= COARSER
        tiling = _arrange(points, sections, planes, side)
    height, width = tiling.picture
    pixel = np.empty((len(planes), len(points)), dtype=np.int64)
    shown = []
    for number, rows in enumerate(sections):
        name = str(places[SECTION].iloc[rows[0]])
        for view, (plane, axes) in enumerate(planes.items()):
            top, left = tiling.corner_of(number * len(planes) + view)
            column, row = _steps(points[rows][:, list(axes)], side).T
            pixel[view, rows] = (top + row) * width + left + column
            size = int(row.max()) + 1, int(column.max()) + 1
            shown.append(Section(f"{name} {plane}".strip(), top, left, *size))
    return PictureGrid(height, width, pixel, tuple(shown))


def _arrange(points: Float64, sections: list[Indices], planes: Mapping[str, tuple[int, int]], side: float) -> _Tiling:
    """Return the arrangement of all tiles, for pixels of some side, that makes the picture as square as possible."""
    reach = [_steps(points[rows], side).max(axis=0) + 1 for rows in sections]  # [3] each
    width = max(int(size[across]) for size in reach for across, _ in planes.values())
    height = max(int(size[down]) for size in reach for _, down in planes.values())
    n_tiles = len(sections) * len(planes)
    tilings = [_Tiling(height, width, across, -(-n_tiles // across)) for across in range(1, n_tiles + 1)]
    return min(tilings, key=lambda tiling: abs(math.log(tiling.picture[0] / tiling.picture[1])))


def _fits(tiling: _Tiling) -> bool:
    within = max(tiling.height, tiling.width) <= LARGEST_SIDE
    return within and tiling.picture[0] * tiling.picture[1] <= LARGEST_PICTURE


def _is_dense(points: Float64, sections: list[Indices], planes: Mapping[str, tuple[int, int]], side: float) -> bool:
    """Tell whether few pixels inside the tiles are empty; grids that are not square have more of them."""
    n_holes = n_filled = 0
    for rows in sections:
        for axes in planes.values():
            column, row = _steps(points[rows][:, list(axes)], side).T
            filled = np.zeros((row.max() + 3, column.max() + 3), dtype=bool)  # with an empty margin
            filled[row + 1, column + 1] = True
            across, down = filled[:, :-2] & filled[:, 2:], filled[:-2] & filled[2:]
            n_holes += int((~filled[1:-1, 1:-1] & (across[1:-1] | down[:, 1:-1])).sum())
            n_filled += int(filled.sum())
    return n_holes <= MOST_HOLES * n_filled


def _steps(points: Float64, side: float) -> Indices:
    """Return how many pixels each point lies from the least of its section along each axis, int64 [N, D].

    The least coordinates lie in the middle of their pixel, so that a regular grid of spots has one in each.
    """
    steps: Indices = np.floor((points - points.min(axis=0)) / side + 0.5).astype(np.int64)
    return steps
