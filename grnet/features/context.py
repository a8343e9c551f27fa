"""Co-expression context: how two genes vary together, seen through several transforms and against their backgrounds.

Enters: one matrix of measurements, genes × samples (or genes × pixels). Leaves: `schema.features.Profiles`, from which
the correlation of any two genes, in any transform, is a dot product. So the context of a block of pairs is a few
matrix products, and a list of pairs costs one dot product each.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from grnet.schema.arrays import Bools, Float32
from grnet.schema.features import Profiles, rows_of
from grnet.schema.training_config import Modality

COMPONENTS_REMOVED = (1, 3, 5, 10)
"""Principal components of the samples that are removed before correlating: shared gradients, batches, cell number."""
IMAGE_COMPONENTS_REMOVED = (1, 3)
LEADING_COMPONENTS = 16
"""Principal coordinates of a gene's expression that are part of what is known of the gene alone."""
REFERENCE_GENES = 4096
"""Most genes that a gene's background is measured against."""
BLOCK_GENES = 1024
LARGEST_SVD = 2e9
"""Genes × samples² up to which principal axes are found by singular values."""
SMALLEST = 1e-12


def expression_profiles(expression: Float32, present: Bools) -> Profiles:
    """Return the profiles of an expression matrix: Pearson and Spearman, each after removing components.

    Parameters
    ----------
    expression : float32 array [G, S]
        Log expression; rows of genes that are not `present` are ignored.
    present : bool array [G]
    """
    raw = expression[present].astype(np.float64)
    ranks = pd.DataFrame(raw).rank(axis=1).to_numpy()
    names, matrices = [], []
    for kind, matrix in (("pearson", raw), ("spearman", ranks)):
        for removed, unit in _without_components(matrix, COMPONENTS_REMOVED):
            names.append(kind if removed == 0 else f"{kind}, {removed} components removed")
            matrices.append(unit.astype(np.float32))
    own = np.hstack([_moments(raw), _principal_coordinates(_unit_rows(raw))])
    return _assemble(("expression", "rna"), names, matrices, own, present)


def image_profiles(view: str, maps: Float32, present: Bools) -> Profiles:
    """Return the profiles of the images of one view: spatial correlation, raw and after removing components.

    Parameters
    ----------
    view : str
    maps : float32 array [P, H, W]
        Of the genes that are present, in their order.
    present : bool array [G]
    """
    names = ["spatial", *(f"spatial, {removed} components removed" for removed in IMAGE_COMPONENTS_REMOVED)]
    matrices = list(ImageTransforms(maps).rows_of(maps))
    return _assemble((view, "image"), names, matrices, image_moments(maps), present)


class ImageTransforms:
    """The transforms of the images of a view, also for images that are not among those they were fitted on.

    Parameters
    ----------
    maps : float32 array [P, H, W]
        Images whose principal components are removed.
    """

    def __init__(self, maps: Float32) -> None:
        raw = _as_rows(maps)
        self._bases = _leading_axes(_unit_rows(raw), IMAGE_COMPONENTS_REMOVED)

    def rows_of(self, maps: Float32) -> Float32:
        """Return images [N, H, W] as rows of length 1 in every transform, float32 [M, N, H W]."""
        unit = _unit_rows(_as_rows(maps))
        rows: Float32 = np.stack([unit, *(_remove(unit, basis) for basis in self._bases)]).astype(np.float32)
        return rows


def image_moments(maps: Float32) -> np.ndarray:
    """Return mean and standard deviation over the pixels of images [N, H, W], float64 [N, 2]."""
    return _moments(_as_rows(maps))


def measure_background(unit: Float32) -> Float32:
    """Return mean and standard deviation of each gene's correlations r, and of |r|, with all genes.

    This is the background of the context likelihood of relatedness (CLR), Faith et al. 2007,
    doi:10.1371/journal.pbio.0050008. It is gathered block by block; with more than REFERENCE_GENES genes it is
    measured against that many of them, evenly spaced, so that the cost stays linear in the genes. The gene itself is
    among them.

    Parameters
    ----------
    unit : float32 array [M, P, S]
        Rows of length 1.

    Returns
    -------
    float32 array [4, M, P]
    """
    n_genes = unit.shape[1]
    result = np.zeros((4, *unit.shape[:2]), dtype=np.float32)
    for transform, rows in enumerate(unit):
        columns = rows[:: max(-(-n_genes // REFERENCE_GENES), 1)].T  # [S, R]
        for start in range(0, n_genes, BLOCK_GENES):
            block = slice(start, start + BLOCK_GENES)
            r = rows[block] @ columns  # [B, R]
            size = np.abs(r)
            result[:, transform, block] = r.mean(axis=1), r.std(axis=1), size.mean(axis=1), size.std(axis=1)
    return result


def _without_components(matrix: np.ndarray, removed: tuple[int, ...]) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (0, unit rows) and, for each count of `removed`, unit rows without that many leading components."""
    unit = _unit_rows(matrix)
    yield 0, unit
    for count, basis in zip(removed, _leading_axes(unit, removed), strict=True):
        yield count, _remove(unit, basis)


def _leading_axes(unit: np.ndarray, counts: tuple[int, ...]) -> list[np.ndarray]:
    """Return, for each count, that many leading principal axes of rows [P, S]; fewer where the rows have no more."""
    rank = min(unit.shape) - 1
    axes = _principal_axes(unit)
    return [axes[: max(min(count, rank - 2), 0)] for count in counts]


def _remove(unit: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Return rows without what lies along the axes of a basis, again of length 1."""
    return _unit_rows(unit - (unit @ basis.T) @ basis)


def _as_rows(maps: Float32) -> np.ndarray:
    """Return images [N, H, W] as rows, float64 [N, H W]."""
    return maps.reshape(len(maps), maps.shape[1] * maps.shape[2]).astype(np.float64)


def _principal_axes(rows: np.ndarray) -> np.ndarray:
    """Return the principal axes of rows [P, S], the leading ones first."""
    centred = rows - rows.mean(axis=0) if len(rows) else rows
    if centred.size * centred.shape[1] < LARGEST_SVD:
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
    else:  # of many genes, the axes of their scatter matrix: the same, and its size is that of the samples
        axes = np.linalg.eigh(centred.T @ centred)[1].T[::-1]
    result: np.ndarray = axes
    return result


def _principal_coordinates(unit: np.ndarray) -> np.ndarray:
    """Return where each gene's pattern of expression lies on the leading principal axes, [P, up to 16].

    In units of the standard deviation of the gene's own expression; the sign of an axis is such that its largest
    entry is positive.
    """
    z = unit * np.sqrt(unit.shape[1])
    leading = _principal_axes(z)[: min(LEADING_COMPONENTS, *unit.shape, max(len(z) - 1, 0))]
    signs = np.sign(leading[np.arange(len(leading)), np.abs(leading).argmax(axis=1)])
    coordinates: np.ndarray = (z - (z.mean(axis=0) if len(z) else 0.0)) @ (leading * signs[:, None]).T
    return coordinates


def _moments(raw: np.ndarray) -> np.ndarray:
    """Return mean and standard deviation of the raw measurement of each gene, [G, 2]."""
    return np.column_stack([raw.mean(axis=1), raw.std(axis=1)])


def _unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Centre every row and scale it to length 1; constant rows become 0."""
    centred = matrix - matrix.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    floor = 1e-9 * np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-3)
    unit: np.ndarray = np.where(length > floor, centred / np.maximum(length, SMALLEST), 0.0)
    return unit


def _assemble(
    name: tuple[str, Modality], names: list[str], matrices: list[Float32], own: np.ndarray, present: Bools
) -> Profiles:
    """Add backgrounds to unit rows [P, S] of the genes that are present; with `own` [P, ...] they are their levels."""
    unit = np.zeros((len(matrices), len(own) + 1, matrices[0].shape[1]), dtype=np.float32)
    for place, matrix in zip(unit, matrices, strict=True):
        place[:-1] = matrix
    background = np.zeros((4, len(matrices), len(present)), dtype=np.float32)
    background[:, :, present] = measure_background(unit[:, :-1])
    level = np.zeros((len(present), 4 * len(matrices) + own.shape[1]), dtype=np.float32)
    level[present] = np.hstack([*(part[:, present].T for part in background), own])
    return Profiles(
        name=name[0],
        modality=name[1],
        transforms=tuple(names),
        unit=unit,
        row=rows_of(present),
        background=background,
        level=level,
        present=present,
    )
