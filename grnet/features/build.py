"""A dataset → the arrays for each gene that models take."""

from __future__ import annotations

import numpy as np

from grnet.dataset.directory import Dataset
from grnet.features.context import expression_profiles, image_profiles
from grnet.schema.features import Bools, Float32, GeneFeatures

LARGEST_MAP = (24, 48)
"""Mean images are averaged down to at most this many (rows, columns): patterns stay, noise and cost shrink."""


def build_features(dataset: Dataset) -> GeneFeatures:
    """Return the features of every gene: expression profiles, and for each view image profiles and a mean image."""
    profiles = []
    has_expression = dataset.has_expression
    if has_expression.any():
        profiles.append(expression_profiles(dataset.expression, has_expression))
    maps, has_map = mean_images(dataset)
    for index, view in enumerate(dataset.views):
        profiles.append(image_profiles(view, maps[:, index], has_map[:, index]))
    return GeneFeatures(profiles=tuple(profiles), maps=maps, has_map=has_map, views=dataset.views)


def mean_images(dataset: Dataset) -> tuple[Float32, Bools]:
    """Average the images of each gene in each view.

    Returns
    -------
    maps : float32 array [G, V, H, W]
        0..1, at most LARGEST_MAP; 0 where a gene has no image.
    has_map : bool array [G, V]
    """
    height, width = dataset.image_size
    rows, columns = _factor(height, LARGEST_MAP[0]), _factor(width, LARGEST_MAP[1])
    shape = (len(dataset.genes), len(dataset.views), height // rows, width // columns)
    total = np.zeros(shape, dtype=np.float64)
    count = np.zeros(shape[:2], dtype=np.int64)
    view_of = {view: index for index, view in enumerate(dataset.views)}
    genes = dataset.image_gene
    for gene, view, row in zip(genes, dataset.image_table["view"], dataset.image_table["row"], strict=True):
        place = (gene, view_of[view])
        total[place] += _average_down(dataset.images[row], rows, columns)
        count[place] += 1
    maps = total / np.maximum(count, 1)[:, :, None, None] / 255.0
    return maps.astype(np.float32), count > 0


def _factor(size: int, largest: int) -> int:
    """Return by how much a side is divided so that at most `largest` remain; 1 where there are no images (side 0)."""
    return max(-(-size // largest), 1)


def _average_down(image: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Average blocks of rows × columns pixels; what does not fill a block at the far edges is left out."""
    height, width = image.shape[0] // rows, image.shape[1] // columns
    blocks = image[: height * rows, : width * columns].reshape(height, rows, width, columns)
    mean: np.ndarray = blocks.mean(axis=(1, 3))
    return mean
