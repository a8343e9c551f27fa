"""A coarse grid of patches over an image, in which it is told where a model looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Float32

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

    def cover(self, images: Float32) -> Float32:
        """Return each image as it is, and with each of its patches at the mean level of the image.

        Parameters
        ----------
        images : float32 array [N, H, W]

        Returns
        -------
        float32 array [N, 1 + patches, H, W]
        """
        down, across = self.shape
        covered = np.repeat(images[:, None], 1 + down * across, axis=1)
        level = images.mean(axis=(1, 2), dtype=np.float64).astype(np.float32)[:, None, None]
        for patch in range(down * across):
            row, column = divmod(patch, across)
            place = slice(self.rows[row], self.rows[row + 1]), slice(self.columns[column], self.columns[column + 1])
            covered[:, 1 + patch, place[0], place[1]] = level
        return covered

    def add_up(self, values: Float32) -> Float32:
        """Return the sum over the pixels of each patch, [..., h, w] of [..., H, W]."""
        of_rows = np.add.reduceat(values, self.rows[:-1], axis=-2)
        sums: Float32 = np.add.reduceat(of_rows, self.columns[:-1], axis=-1)
        return sums
