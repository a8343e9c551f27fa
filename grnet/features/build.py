"""A dataset → the arrays for each gene that models take."""

from __future__ import annotations

import numpy as np

from grnet.dataset.directory import Dataset
from grnet.features.context import expression_profiles, image_profiles
from grnet.schema.arrays import Bools, Float32, Indices
from grnet.schema.features import GeneFeatures, rows_of
from grnet.schema.training_config import Modality

LARGEST_MAP = (24, 48)
"""Mean images are averaged down to at most this many (rows, columns): patterns stay, noise and cost shrink."""


def build_features(dataset: Dataset, modality: Modality = "fused") -> GeneFeatures:
    """Return the features of every gene: expression profiles, and for each view image profiles and a mean image.

    With `modality` "rna" images are as if there were none, so that nothing is worked out in vain.
    """
    profiles = []
    has_expression = dataset.has_expression
    if has_expression.any():
        profiles.append(expression_profiles(dataset.expression, has_expression))
    if modality == "rna":
        nothing = np.zeros((1, 0, 1, 1), dtype=np.float32), np.zeros(len(dataset.genes), dtype=np.int64)
        return GeneFeatures(tuple(profiles), *nothing, np.zeros((len(dataset.genes), 0), dtype=bool), ())
    maps, map_row, has_map = mean_images(dataset)
    for index, view in enumerate(dataset.views):
        present = has_map[:, index]
        profiles.append(image_profiles(view, maps[map_row[present], index], present))
    return GeneFeatures(tuple(profiles), maps, map_row, has_map, dataset.views)


def mean_images(dataset: Dataset) -> tuple[Float32, Indices, Bools]:
    """Average the images of each gene in each view.

    Returns
    -------
    maps : float32 array [R, V, H, W]
        0..1, at most LARGEST_MAP; 0 where a gene has no image. The last row is 0.
    map_row : int64 array [G]
        Which row of `maps` is a gene's; the last for all genes without images.
    has_map : bool array [G, V]
    """
    height, width = dataset.image_size
    rows, columns = _factor(height, LARGEST_MAP[0]), _factor(width, LARGEST_MAP[1])
    views = {view: index for index, view in enumerate(dataset.views)}
    view_of = dataset.image_table["view"].map(views).to_numpy(np.int64)
    place = dataset.image_gene * len(views) + view_of
    count = np.bincount(place, minlength=len(dataset.genes) * len(views)).reshape(len(dataset.genes), len(views))
    has_map = count > 0
    has_any: Bools = np.asarray(has_map.any(axis=1))
    map_row = rows_of(has_any)
    maps = np.zeros((int(has_any.sum()) + 1, len(views), height // rows, width // columns), dtype=np.float32)
    order = np.argsort(place, kind="stable")
    image_rows = dataset.image_table["row"].to_numpy(np.int64)[order]
    for own in np.split(np.arange(len(order)), np.flatnonzero(np.diff(place[order])) + 1):
        if not len(own):
            continue
        gene, view = divmod(int(place[order[own[0]]]), len(views))
        total = sum(_average_down(dataset.images[row], rows, columns) for row in image_rows[own])
        maps[map_row[gene], view] = total / len(own) / 255.0
    return maps, map_row, has_map


def _factor(size: int, largest: int) -> int:
    """Return by how much a side is divided so that at most `largest` remain; 1 where there are no images (side 0)."""
    return max(-(-size // largest), 1)


def _average_down(image: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Average blocks of rows × columns pixels; what does not fill a block at the far edges is left out."""
    height, width = image.shape[0] // rows, image.shape[1] // columns
    blocks = image[: height * rows, : width * columns].reshape(height, rows, width, columns)
    mean: np.ndarray = blocks.mean(axis=(1, 3))
    return mean
