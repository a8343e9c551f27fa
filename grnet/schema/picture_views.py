"""Views: the pictures of a gene as they are shown, one by one; a measurement as a whole, or each of its sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Bools, Bytes, Float32
from grnet.schema.measurements import PictureGrid, Section


@dataclass(frozen=True, eq=False)
class View:
    """One picture that is shown of a gene.

    Attributes
    ----------
    name : str
        The measurement, and the section where there are several.
    measurement : str
    place : str
        What one place is called: "spot".
    units : str
        Perhaps empty.
    grid : PictureGrid or None
        Where the places lie in the pictures of the measurement. None where they are images, as large as the dataset
        holds them.
    section : Section or None
        What is shown of it; None: all.
    """

    name: str
    measurement: str
    place: str
    units: str
    grid: PictureGrid | None = None
    section: Section | None = None

    @property
    def filled(self) -> Bools | None:
        """Pixels in which at least one place lies, bool [H, W]; None where all are or nobody knows."""
        if self.grid is None or self.grid.filled.all():
            return None
        mask: Bools = self.grid.filled[self._window]
        return mask

    @property
    def is_drawn(self) -> bool:
        """Whether the pictures are drawn from values, one scale for all sections; else they are images."""
        return self.grid is not None

    def crop(self, picture: Bytes) -> Bytes:
        """Return what is shown of a picture [H, W] of the measurement."""
        part: Bytes = picture[self._window]
        return part

    def crop_map(self, values: Float32) -> Float32:
        """Return what lies over the view of a map [h, w] whose rows and columns divide the picture evenly.

        Returns
        -------
        float32 array
            A value for each pixel of what is shown, 0 where no place lies. The map itself of pictures without holes
            that are shown as a whole.
        """
        if self.grid is None or (self.section is None and self.filled is None):
            return values
        shown = self.section or Section("", 0, 0, self.grid.height, self.grid.width)
        rows, columns = (
            ((np.arange(first, first + count) + 0.5) * length / whole).astype(np.int64)
            for first, count, length, whole in (
                (shown.top, shown.height, values.shape[0], self.grid.height),
                (shown.left, shown.width, values.shape[1], self.grid.width),
            )
        )
        part: Float32 = values[np.ix_(rows, columns)]
        return part if self.filled is None else np.where(self.filled, part, np.float32(0))

    @property
    def _window(self) -> tuple[slice, slice]:
        if self.section is None:
            return slice(None), slice(None)
        first, left = self.section.top, self.section.left
        return slice(first, first + self.section.height), slice(left, left + self.section.width)


def list_views(measurement: str, place: str, units: str, grid: PictureGrid | None) -> Iterator[View]:
    """Yield the views of one measurement: its sections where it has several, else the whole."""
    if grid is None or len(grid.sections) < 2:
        yield View(measurement, measurement, place, units, grid)
        return
    for section in grid.sections:
        name = f"section {section.name}" if section.name[:1].isdigit() else section.name
        yield View(f"{measurement}, {name}", measurement, place, units, grid, section)
