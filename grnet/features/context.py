"""Co-expression context: how two genes vary together, seen through several transforms and against their backgrounds.

Enters: one matrix of measurements, genes × samples (or genes × pixels). Leaves: `schema.features.Profiles`, from which
the correlation of any two genes, in any transform, is a dot product. So the context of a block of pairs is a few
matrix products, and a list of pairs costs one dot product each.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from grnet.schema.configs import Modality
from grnet.schema.features import Bools, Float32, Profiles

COMPONENTS_REMOVED = (1, 3, 5, 10)
"""Principal components of the samples that are removed before correlating: shared gradients, batches, cell number."""
SMALLEST = 1e-12


def expression_profiles(expression: Float32, present: Bools) -> Profiles:
    """Return the profiles of an expression matrix: Pearson and Spearman, each after removing components.

    Parameters
    ----------
    expression : float32 array [G, S]
        Log expression; rows of genes that are not `present` are ignored.
    present : bool array [G]
    """
    raw = np.where(present[:, None], expression, 0.0).astype(np.float64)
    ranks = rankdata(raw, axis=1)
    names, matrices = [], []
    for kind, matrix in (("pearson", raw), ("spearman", ranks)):
        for removed, unit in _without_components(matrix, present, COMPONENTS_REMOVED):
            names.append(kind if removed == 0 else f"{kind}, {removed} components removed")
            matrices.append(unit)
    return _assemble("expression", "rna", names, np.stack(matrices), raw, present)


def image_profiles(view: str, maps: Float32, present: Bools) -> Profiles:
    """Return the profiles of the images of one view: spatial correlation, raw and after removing components.

    Parameters
    ----------
    view : str
    maps : float32 array [G, H, W]
    present : bool array [G]
    """
    raw = maps.reshape(len(maps), -1).astype(np.float64) * present[:, None]
    names, matrices = [], []
    for removed, unit in _without_components(raw, present, (1, 3)):
        names.append("spatial" if removed == 0 else f"spatial, {removed} components removed")
        matrices.append(unit)
    return _assemble(view, "image", names, np.stack(matrices), raw, present)


def background(unit: Float32, present: Bools) -> tuple[Float32, Float32]:
    """Return mean and standard deviation of each gene's correlations with all present genes.

    With unit rows z the mean over genes h of z_g·z_h is z_g·m, m the mean row; the mean square is z_gᵀ C z_g with
    C = ZᵀZ / G. So no matrix of genes × genes is formed. This is the background of the context likelihood of
    relatedness (CLR), Faith et al. 2007, doi:10.1371/journal.pbio.0050008.

    Parameters
    ----------
    unit : float array [M, G, S]
    present : bool array [G]

    Returns
    -------
    mean, deviation : float32 arrays [M, G]
    """
    n = max(int(present.sum()), 1)
    mean_row = unit.sum(axis=1, keepdims=True) / n  # [M, 1, S]
    second = np.matmul(unit.transpose(0, 2, 1), unit) / n  # [M, S, S]
    mean = (unit * mean_row).sum(axis=2)
    square = (np.matmul(unit, second) * unit).sum(axis=2)
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    return mean.astype(np.float32), deviation.astype(np.float32)


def _without_components(matrix: np.ndarray, present: Bools, removed: tuple[int, ...]) -> list[tuple[int, np.ndarray]]:
    """Return (0, unit rows) and, for each count of `removed`, unit rows without that many leading components."""
    unit = _unit_rows(matrix)
    rank = min(int(present.sum()), matrix.shape[1]) - 1
    centred = unit[present] - unit[present].mean(axis=0) if present.any() else unit[present]
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    results = [(0, unit)]
    for count in removed:
        basis = axes[: max(min(count, rank - 2), 0)]
        results.append((count, _unit_rows(unit - (unit @ basis.T) @ basis)))
    return results


def _unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Centre every row and scale it to length 1; constant rows become 0."""
    centred = matrix - matrix.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    floor = 1e-9 * np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-3)
    unit: np.ndarray = np.where(length > floor, centred / np.maximum(length, SMALLEST), 0.0)
    return unit


def _assemble(
    name: str, modality: Modality, names: list[str], unit: np.ndarray, raw: np.ndarray, present: Bools
) -> Profiles:
    """Add backgrounds and per-gene levels to unit rows [M, G, S] of measurements `raw` [G, S]."""
    unit = unit * present[None, :, None]
    mean, deviation = background(unit, present)
    level = np.concatenate([mean.T, deviation.T, raw.mean(axis=1)[:, None], raw.std(axis=1)[:, None]], axis=1)
    return Profiles(
        name=name,
        modality=modality,
        transforms=tuple(names),
        unit=unit.astype(np.float32),
        mean=mean,
        deviation=deviation,
        level=(level * present[:, None]).astype(np.float32),
        present=present,
    )
