"""Views: the pictures of a gene as they are shown, one by one; a measurement as a whole, or each of its sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Bools, Bytes, Float32, Indices
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
    mask : bool array [h, w] or None
        Which pixels of images show the specimen, perhaps coarser than the images. None where nobody knows.
    """

    name: str
    measurement: str
    place: str
    units: str
    grid: PictureGrid | None = None
    section: Section | None = None
    mask: Bools | None = None

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
            that are shown as a whole; of images with a mask, with 0 in the patches that lie outside of it.
        """
        if self.grid is None:
            return values if self.mask is None else np.where(_touch(self.mask, values.shape), values, np.float32(0))
        if self.section is None and self.filled is None:
            return values
        shown = self.section or Section("", 0, 0, self.grid.height, self.grid.width)
        rows = _find_parts(shown.top, shown.height, self.grid.height, values.shape[0])
        columns = _find_parts(shown.left, shown.width, self.grid.width, values.shape[1])
        part: Float32 = values[np.ix_(rows, columns)]
        return part if self.filled is None else np.where(self.filled, part, np.float32(0))

    @property
    def _window(self) -> tuple[slice, slice]:
        if self.section is None:
            return slice(None), slice(None)
        first, left = self.section.top, self.section.left
        return slice(first, first + self.section.height), slice(left, left + self.section.width)


def _find_parts(first: int, count: int, whole: int, parts: int) -> Indices:
    """Return in which of the even parts of a side of `whole` pixels some of its pixels lie, int64 [count]."""
    return ((np.arange(first, first + count) + 0.5) * parts / whole).astype(np.int64)


def _touch(mask: Bools, shape: tuple[int, ...]) -> Bools:
    """Return which patches of a map hold a pixel of the mask, bool [h, w]."""
    touched = np.zeros(shape, dtype=bool)
    rows, columns = (_find_parts(0, side, side, parts) for side, parts in zip(mask.shape, shape, strict=True))
    np.logical_or.at(touched, np.ix_(rows, columns), mask)
    return touched


def list_views(
    measurement: str, place: str, units: str, grid: PictureGrid | None, *, mask: Bools | None = None
) -> Iterator[View]:
    """Yield the views of one measurement: its sections where it has several, else the whole, with its mask."""
    if grid is None or len(grid.sections) < 2:
        yield View(measurement, measurement, place, units, grid, mask=mask)
        return
    for section in grid.sections:
        name = f"section {section.name}" if section.name[:1].isdigit() else section.name
        yield View(f"{measurement}, {name}", measurement, place, units, grid, section)
