"""In-situ images of one view: genes × pixels of their mean image, averaged down to the size at which models look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.schema.arrays import Bytes, Float32, Indices
from grnet.schema.genes import GeneCatalogue
from grnet.schema.measurements import Kind, Measurement, PictureGrid, Recipe
from grnet.schema.tables import ROW, SYMBOL, VIEW

if TYPE_CHECKING:
    from grnet.dataset.directory import Dataset

LARGEST_MAP = (24, 48)
"""Mean images are averaged down to at most this many (rows, columns): patterns stay, noise and cost shrink."""
Y, X = "y", "x"


def show_mean_image(dataset: Dataset, measurement: Measurement, gene: int) -> tuple[Bytes, int] | None:
    """Return the mean image of a gene in a view, uint8 [H, W], and of how many images; None without any.

    It is as large as the dataset holds images, so it shows more than models see.
    """
    of_gene = np.flatnonzero(dataset.image_gene == gene)
    table = dataset.image_table.iloc[of_gene]
    rows = table[ROW].to_numpy(np.int64)[(table[VIEW] == measurement.name).to_numpy(bool)]
    if not len(rows):
        return None
    total = sum(dataset.images[row].astype(np.float64) for row in rows)
    mean: Bytes = np.rint(total / len(rows)).astype(np.uint8)
    return mean, len(rows)


def lay_out_pixels(places: pd.DataFrame) -> PictureGrid:
    """Return the grid that pixels are of: their places say row and column."""
    y, x = (places[name].to_numpy(np.int64) for name in (Y, X))
    height, width = int(y.max()) + 1, int(x.max()) + 1
    return PictureGrid(height, width, (y * width + x)[None])


IMAGES = Kind(
    name="images",
    modality="image",
    places=pa.schema([(Y, pa.int32()), (X, pa.int32())]),
    recipe=Recipe(components=(1, 3), coordinates=8),
    display="picture",
    lay_out=lay_out_pixels,
    place="pixel",
    show=show_mean_image,
)


def measure_images(images: Bytes, table: pd.DataFrame, genes: GeneCatalogue) -> Iterator[Measurement]:
    """Yield a measurement for each view, in the order of their names: the mean image of each gene, 0..1.

    Parameters
    ----------
    images : uint8 array [N, H, W]
    table : DataFrame
        Columns of `schema.tables.IMAGES`; line n describes `images[n]`.
    genes : GeneCatalogue
    """
    gene_of = genes.indices_of(table[SYMBOL])
    for view in sorted(set(table[VIEW])):
        own = np.flatnonzero(table[VIEW] == view)
        yield _measure_view(view, images, table[ROW].to_numpy(np.int64)[own], gene_of[own])


def _measure_view(view: str, images: Bytes, rows: Indices, gene_of: Indices) -> Measurement:
    height, width = images.shape[1:]
    down, across = _factor(height, LARGEST_MAP[0]), _factor(width, LARGEST_MAP[1])
    shape = height // down, width // across
    order = np.argsort(gene_of, kind="stable")
    genes, starts = np.unique(gene_of[order], return_index=True)
    maps = np.zeros((len(genes), *shape), dtype=np.float32)
    for place, own in enumerate(np.split(rows[order], starts[1:])):
        total = sum(_average_down(images[row], down, across) for row in own)
        maps[place] = total / len(own) / 255.0
    y, x = np.divmod(np.arange(shape[0] * shape[1], dtype=np.int32), np.int32(shape[1]))
    return Measurement(view, IMAGES, maps.reshape(len(genes), -1), genes.astype(np.int64), pd.DataFrame({Y: y, X: x}))


def _factor(size: int, largest: int) -> int:
    """Return by how much a side is divided so that at most `largest` remain."""
    return max(-(-size // largest), 1)


def _average_down(image: Bytes, rows: int, columns: int) -> Float32:
    """Average blocks of rows × columns pixels; what does not fill a block at the far edges is left out."""
    height, width = image.shape[0] // rows, image.shape[1] // columns
    blocks = image[: height * rows, : width * columns].reshape(height, rows, width, columns)
    mean: Float32 = blocks.mean(axis=(1, 3))
    return mean
