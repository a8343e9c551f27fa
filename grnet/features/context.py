"""Co-expression context: how two genes vary together, seen through several transforms and against their backgrounds.

Enters: one matrix of measurements, genes × samples (or genes × pixels). Leaves: `schema.features.Profiles`, from which
the correlation of any two genes, in any transform, is a dot product. So the context of a block of pairs is a few
matrix products, and a list of pairs costs one dot product each.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from grnet.schema.features import Bools, Float32, Profiles
from grnet.schema.model_configs import Modality

COMPONENTS_REMOVED = (1, 3, 5, 10)
"""Principal components of the samples that are removed before correlating: shared gradients, batches, cell number."""
LEADING_COMPONENTS = 16
"""Principal coordinates of a gene's expression that are part of what is known of the gene alone."""
REFERENCE_GENES = 4096
"""Most genes that a gene's background is measured against."""
BLOCK_GENES = 1024
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
    place = _principal_coordinates(matrices[0], present)
    return _assemble("expression", "rna", names, np.stack(matrices), np.hstack([_moments(raw), place]), present)


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
    return _assemble(view, "image", names, np.stack(matrices), _moments(raw), present)


def measure_background(unit: Float32, present: Bools) -> Float32:
    """Return mean and standard deviation of each gene's correlations r, and of |r|, with all measured genes.

    This is the background of the context likelihood of relatedness (CLR), Faith et al. 2007,
    doi:10.1371/journal.pbio.0050008. It is gathered block by block; with more than REFERENCE_GENES genes it is
    measured against that many of them, evenly spaced, so that the cost stays linear in the genes. The gene itself is
    among them.

    Parameters
    ----------
    unit : float32 array [M, G, S]
        Rows of length 1, 0 where a gene is not `present`.
    present : bool array [G]

    Returns
    -------
    float32 array [4, M, G]
    """
    known = np.flatnonzero(present)
    reference = known[:: max(-(-len(known) // REFERENCE_GENES), 1)]
    result = np.zeros((4, *unit.shape[:2]), dtype=np.float32)
    for transform, rows in enumerate(unit):
        columns = rows[reference].T  # [S, R]
        for start in range(0, len(rows), BLOCK_GENES):
            block = slice(start, start + BLOCK_GENES)
            r = rows[block] @ columns  # [B, R]
            size = np.abs(r)
            moments = (r.mean(axis=1), r.std(axis=1), size.mean(axis=1), size.std(axis=1)) if len(reference) else 0.0
            result[:, transform, block] = moments
    return result


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


def _principal_coordinates(unit: np.ndarray, present: Bools) -> np.ndarray:
    """Return where each gene's pattern of expression lies on the leading principal axes, [G, up to 16].

    In units of the standard deviation of the gene's own expression; the sign of an axis is such that its largest
    entry is positive.
    """
    z = unit * np.sqrt(unit.shape[1])
    mean = z[present].mean(axis=0) if present.any() else 0.0
    _, _, axes = np.linalg.svd(z[present] - mean, full_matrices=False)
    leading = axes[: min(LEADING_COMPONENTS, max(int(present.sum()) - 1, 0))]
    signs = np.sign(leading[np.arange(len(leading)), np.abs(leading).argmax(axis=1)])
    coordinates: np.ndarray = (z - mean) @ (leading * signs[:, None]).T
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
    name: str, modality: Modality, names: list[str], unit: np.ndarray, own: np.ndarray, present: Bools
) -> Profiles:
    """Add backgrounds to unit rows [M, G, S]; with `own` [G, ...] they are what is known of a gene alone."""
    unit = (unit * present[None, :, None]).astype(np.float32)
    background = measure_background(unit, present)
    level = np.hstack([*(part.T for part in background), own])  # [G, 4 M + 2, and more for expression]
    return Profiles(
        name=name,
        modality=modality,
        transforms=tuple(names),
        unit=unit,
        background=background,
        level=(level * present[:, None]).astype(np.float32),
        present=present,
    )
