"""Profiles: how two genes vary together by one measurement, seen through several transforms and against backgrounds.

Enters: a measurement, genes × places. Leaves: `schema.features.Profiles`, from which the correlation of any two genes,
in any transform, is a dot product. So the context of a block of pairs is a few matrix products, and a list of pairs
costs one dot product each.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from grnet.schema.arrays import Bools, Float32, Float64, Indices
from grnet.schema.features import Profiles
from grnet.schema.measurements import Measurement

REFERENCE_GENES = 4096
"""Most genes that a gene's background is measured against."""
BLOCK_GENES = 64
"""Genes whose correlations are held at a time: few enough for a processor's cache."""
LARGEST_SVD = 2e9
"""Genes × places² up to which principal axes are found by singular values."""
SMALLEST = 1e-12


def make_profiles(measurement: Measurement, n_genes: int) -> Profiles:
    """Return the profiles of a measurement: the correlations of its kind, each also after removing components.

    Parameters
    ----------
    measurement : Measurement
        Of one gene or more.
    n_genes : int
        G, of the catalogue.
    """
    transforms = Transforms(measurement)
    units = transforms.units_of(measurement.values)
    maps, grid = None, measurement.grid
    if grid is not None:
        maps = np.zeros((len(measurement.gene) + 1, grid.height, grid.width), dtype=np.float32)
        maps[:-1] = measurement.draw(measurement.values)
    present = measurement.present(n_genes)
    unit = np.zeros((len(transforms.names), len(measurement.gene) + 1, measurement.values.shape[1]), dtype=np.float32)
    unit[:, :-1] = transforms.rows_of(units)
    background = np.zeros((4, len(unit), n_genes), dtype=np.float32)
    background[:, :, present] = measure_background(unit[:, :-1])
    own = transforms.level_of(measurement.values, units)
    level = np.zeros((n_genes, 4 * len(unit) + own.shape[1]), dtype=np.float32)
    level[present] = np.hstack([*(part[:, present].T for part in background), own])
    return Profiles(
        name=measurement.name,
        modality=measurement.kind.modality,
        transforms=transforms.names,
        unit=unit,
        row=rows_of(present),
        background=background,
        level=level,
        present=present,
        measurement=measurement,
        maps=maps,
    )


class Transforms:
    """The transforms of a measurement, also for values that are not among those they were fitted on.

    Parameters
    ----------
    measurement : Measurement
        The principal components of its genes are removed.
    """

    def __init__(self, measurement: Measurement) -> None:
        self.measurement, recipe = measurement, measurement.kind.recipe
        units = self.units_of(measurement.values)
        axes = {kind: _principal_axes(units[kind]) for kind in recipe.correlations}
        self._bases = {kind: _leading_axes(units[kind], axes[kind], recipe.components) for kind in recipe.correlations}
        self._mean, self._axes = _coordinate_axes(units["pearson"], axes["pearson"], recipe.coordinates)
        self._derived = tuple(name for name in units if name not in recipe.correlations)
        self.names = (
            *(
                kind if removed == 0 else f"{kind}, {removed} components removed"
                for kind in recipe.correlations
                for removed in (0, *recipe.components)
            ),
            *self._derived,
        )

    def units_of(self, values: Float32) -> dict[str, Float64]:
        """Return values [N, P], their ranks in each row, and what the measurement derives from them.

        All are centred and of length 1, by name. Ranks are left out where the recipe does not correlate them.
        """
        derived = {name: _unit_rows(own.astype(np.float64)) for name, own in self.measurement.derive(values).items()}
        kinds = self.measurement.kind.recipe.correlations
        return {kind: _unit_rows(_as_kind(values, kind)) for kind in kinds} | derived

    def rows_of(self, units: dict[str, Float64]) -> Float32:
        """Return rows of length 1 [N, P] in every transform, float32 [M, N, P].

        Parameters
        ----------
        units : dict of str to float64 array [N, P]
            See :meth:`units_of`.
        """
        rows = np.empty((len(self.names), *units["pearson"].shape), dtype=np.float32)
        place = 0
        for kind, bases in self._bases.items():
            unit = units[kind]
            rows[place] = unit
            for number, basis in enumerate(bases, start=place + 1):
                rows[number] = _remove(unit, basis)
            place += 1 + len(bases)
        for number, name in enumerate(self._derived, start=place):
            rows[number] = units[name]
        return rows

    def level_of(self, values: Float32, units: dict[str, Float64]) -> Float64:
        """Return what is known of each gene alone, float64 [N, 2 + coordinates].

        Mean and standard deviation over its places, then where its pattern lies on the leading principal axes, in units
        of its own standard deviation.
        """
        z = units["pearson"] * np.sqrt(values.shape[1])
        return np.hstack([_moments(values.astype(np.float64)), (z - self._mean) @ self._axes.T])


def rows_of(present: Bools) -> Indices:
    """Return the row of each gene [G] among those that are `present`; the one after the last for all others."""
    rows: Indices = np.where(present, np.cumsum(present) - 1, int(present.sum())).astype(np.int64)
    return rows


def measure_background(unit: Float32) -> Float32:
    """Return mean and standard deviation of each gene's correlations r, and of |r|, with all genes.

    This is the background of the context likelihood of relatedness (CLR), Faith et al. 2007,
    doi:10.1371/journal.pbio.0050008. It is gathered block by block; with more than REFERENCE_GENES genes it is
    measured against that many of them, evenly spaced, so that the cost stays linear in the genes. The gene itself is
    among them.

    Parameters
    ----------
    unit : float32 array [M, R, P]
        Rows of length 1.

    Returns
    -------
    float32 array [4, M, R]
    """
    n_genes = unit.shape[1]
    result = np.zeros((4, *unit.shape[:2]), dtype=np.float32)
    for transform, rows in enumerate(unit):
        columns = rows[:: max(-(-n_genes // REFERENCE_GENES), 1)].T  # [P, references]
        for start in range(0, n_genes, BLOCK_GENES):
            block = slice(start, start + BLOCK_GENES)
            r = rows[block] @ columns  # [B, references]
            size = np.abs(r)
            result[:, transform, block] = r.mean(axis=1), r.std(axis=1), size.mean(axis=1), size.std(axis=1)
    return result


def _as_kind(values: Float32, kind: str) -> Float64:
    """Return values, or for "spearman" their ranks in each row, float64 [R, P]."""
    raw = values.astype(np.float64)
    return raw if kind == "pearson" else pd.DataFrame(raw).rank(axis=1).to_numpy()


def _leading_axes(unit: Float64, axes: Float64, counts: tuple[int, ...]) -> list[Float64]:
    """Return, for each count, that many leading principal axes of rows [R, P]; fewer where the rows have no more."""
    rank = min(unit.shape) - 1
    return [axes[: max(min(count, rank - 2), 0)] for count in counts]


def _remove(unit: Float64, basis: Float64) -> Float64:
    """Return rows without what lies along the axes of a basis, again of length 1."""
    return _unit_rows(unit - (unit @ basis.T) @ basis)


def _principal_axes(rows: Float64) -> Float64:
    """Return the principal axes of rows [R, P], the leading ones first."""
    centred = rows - rows.mean(axis=0) if len(rows) else rows
    if centred.size * centred.shape[1] < LARGEST_SVD:
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
    else:  # of many genes, the axes of their scatter matrix: the same, and its size is that of the places
        axes = np.linalg.eigh(centred.T @ centred)[1].T[::-1]
    result: Float64 = axes
    return result


def _coordinate_axes(unit: Float64, axes: Float64, coordinates: int) -> tuple[Float64, Float64]:
    """Return the mean pattern and the leading principal axes of rows, in units of a gene's own standard deviation.

    The sign of an axis is such that its largest entry is positive.
    """
    z = unit * np.sqrt(unit.shape[1])
    leading = axes[: min(coordinates, *unit.shape, max(len(z) - 1, 0))]
    signs = np.sign(leading[np.arange(len(leading)), np.abs(leading).argmax(axis=1)])
    mean = z.mean(axis=0) if len(z) else np.zeros(z.shape[1])
    return mean, leading * signs[:, None]


def _moments(raw: Float64) -> Float64:
    """Return mean and standard deviation of each row, [R, 2]."""
    return np.column_stack([raw.mean(axis=1), raw.std(axis=1)])


def _unit_rows(matrix: Float64) -> Float64:
    """Centre every row and scale it to length 1; constant rows become 0."""
    centred = matrix - matrix.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    floor = 1e-9 * np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-3)
    unit: Float64 = np.where(length > floor, centred / np.maximum(length, SMALLEST), 0.0)
    return unit
