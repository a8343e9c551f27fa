"""Every image that the paper's networks may look at: those of the dataset, and pictures drawn of other measurements.

Enters: a dataset. Leaves: :class:`ViewImages`, one stack of grey images. A measurement whose values have places in a
picture, but of which there are no images, gives one image for each of its genes; it counts as a view of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from grnet.dataset.directory import Dataset
from grnet.schema.arrays import Bytes, Float32, Indices
from grnet.schema.measurements import Measurement
from grnet.schema.tables import ROW, VIEW

_GENES_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class ViewImages:
    """Grey images of genes, each of one view.

    Attributes
    ----------
    images : uint8 array [N, H, W]
    gene, view : int64 arrays [N]
        Of each image: the gene of the catalogue, and the place of the view in `views`.
    views : tuple of str
        The views of the dataset's images, then measurements that are drawn.
    """

    images: Bytes
    gene: Indices
    view: Indices
    views: tuple[str, ...]

    @classmethod
    def gather(cls, dataset: Dataset) -> ViewImages:
        """Return the images of a dataset, and pictures of its measurements that have no images.

        All are as large as the images of the dataset; without any, as the largest picture.
        """
        drawn = [entry for entry in dataset.measurements if entry.grid and entry.name not in dataset.views]
        views = (*dataset.views, *(entry.name for entry in drawn))
        place = {view: index for index, view in enumerate(views)}
        rows = dataset.image_table[ROW].to_numpy(np.int64)
        images = [np.asarray(dataset.images)[rows]]
        of_view = [np.array([place[view] for view in dataset.image_table[VIEW]], dtype=np.int64)]
        size = dataset.image_size if len(rows) else _largest(drawn)
        images = images if len(rows) or not drawn else []
        for entry in drawn:
            images.append(_draw(entry, size))
            of_view.append(np.full(len(entry.gene), place[entry.name], dtype=np.int64))
        gene = np.concatenate([dataset.image_gene, *(entry.gene for entry in drawn)])
        stack = images[0] if len(images) == 1 else np.concatenate(images)
        return cls(stack, gene, np.concatenate(of_view), views)


def resample(images: Tensor, size: tuple[int, int]) -> Tensor:
    """Return images [B, C, H, W] of 0..1 at another size by bilinear interpolation.

    Where an image shrinks, what falls together is averaged.
    """
    height, width = images.shape[2:]
    if (height, width) == size:
        return images
    shrinks = size[0] < height or size[1] < width
    resampled = functional.interpolate(images, size, mode="bilinear", align_corners=False, antialias=shrinks)
    return resampled.clamp_(0, 1)  # weights add up to 1 but for rounding


def _largest(drawn: list[Measurement]) -> tuple[int, int]:
    """Return the most rows and columns that the pictures of any measurement have; 0 without any."""
    grids = [entry.grid for entry in drawn if entry.grid is not None]
    return max((grid.height for grid in grids), default=0), max((grid.width for grid in grids), default=0)


def _draw(measurement: Measurement, size: tuple[int, int]) -> Bytes:
    """Return the pictures of all genes of a measurement, uint8 [R, H, W]."""
    assert measurement.grid is not None
    images = np.empty((len(measurement.gene), *size), dtype=np.uint8)
    for start in range(0, len(images), _GENES_AT_ONCE):
        block = slice(start, start + _GENES_AT_ONCE)
        pictures = _scale(measurement.grid.draw(measurement.values[block]))
        resampled = resample(torch.from_numpy(pictures)[:, None], size)[:, 0]
        images[block] = (resampled * 255).round_().to(torch.uint8).numpy()
    return images


def _scale(pictures: Float32) -> Float32:
    """Return pictures [R, H, W] of 0..1, as stained images are: 1 where a gene is highest.

    0, or the least value of the gene where that is negative, becomes 0. Genes that are the same everywhere become 0.
    """
    low = np.minimum(pictures.min(axis=(1, 2), keepdims=True), 0)
    high = pictures.max(axis=(1, 2), keepdims=True)
    scaled: Float32 = (pictures - low) / np.where(high > low, high - low, 1)
    return scaled
