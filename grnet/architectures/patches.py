"""A coarse grid of patches over an image, in which it is told where a model looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Float32, Indices
from grnet.schema.measurements import PictureGrid

PATCHES = 32
"""About as many patches as an image has: 4 × 8 of one that is twice as wide as high."""


@dataclass(frozen=True)
class PatchGrid:
    """Patches of about equal size, as square as the image allows.

    Attributes
    ----------
    rows, columns : tuple of int
        Where patches begin and, last, where the image ends, in pixels.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @classmethod
    def of(cls, height: int, width: int) -> PatchGrid:
        """Return the grid for images of some size, pixels."""
        across = min(max(round((PATCHES * width / height) ** 0.5), 1), width)
        down = min(max(round((PATCHES * height / width) ** 0.5), 1), height)
        return cls(
            *(
                tuple(np.linspace(0, side, n + 1).round().astype(int).tolist())
                for side, n in ((height, down), (width, across))
            )
        )

    @property
    def shape(self) -> tuple[int, int]:
        """How many patches there are down and across."""
        return len(self.rows) - 1, len(self.columns) - 1

    def patch_of(self, pixel: Indices) -> Indices:
        """Return the row-major number of the patch in which pixels, numbered row by row, lie."""
        row, column = np.divmod(pixel, self.columns[-1])
        down = np.searchsorted(self.rows, row, side="right") - 1
        across = np.searchsorted(self.columns, column, side="right") - 1
        patch: Indices = down * self.shape[1] + across
        return patch

    def cover(self, values: Float32, grid: PictureGrid) -> Float32:
        """Return the values of genes as they are, and with those in each patch at the mean level of the gene.

        Parameters
        ----------
        values : float32 array [N, P]
        grid : PictureGrid
            Where the P places lie in the picture that the patches divide.

        Returns
        -------
        float32 array [N, 1 + patches, P]
        """
        n_patches = self.shape[0] * self.shape[1]
        inside = (self.patch_of(grid.pixel) == np.arange(n_patches)[:, None, None]).any(axis=1)  # [patches, P]
        covered = np.repeat(values[:, None], 1 + n_patches, axis=1)
        level = values.mean(axis=1, dtype=np.float64).astype(np.float32)
        np.copyto(covered[:, 1:], level[:, None, None], where=inside)
        return covered

    def add_up(self, values: Float32) -> Float32:
        """Return the sum over the pixels of each patch, [..., h, w] of [..., H, W]."""
        of_rows = np.add.reduceat(values, self.rows[:-1], axis=-2)
        sums: Float32 = np.add.reduceat(of_rows, self.columns[:-1], axis=-1)
        return sums
