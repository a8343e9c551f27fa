"""Cells → where they lie on the leading principal axes of the genes that vary most, and pools of cells that lie close.

All is read by blocks of rows: what is held is a few tens of numbers for each cell.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from grnet.dataset.annotated.chosen_cells import ChosenCells
from grnet.schema.arrays import Float64, Indices

_MOST_VARIABLE, _AXES = 1000, 30
_DEPTH = 1e4
"""Counts of a cell are scaled to this sum before their logarithm, as single-cell tools do to compare cells."""


def locate_cells(cells: ChosenCells) -> Float64:
    """Return principal coordinates of cells, float64 [n, at most 30]."""
    chosen = _find_variable_genes(cells)
    n, width = len(cells), len(chosen)
    mean, products = np.zeros(width), np.zeros((width, width))
    parts = []
    for place, block in cells.blocks():
        part = _to_common_depth(cells, place, block)[:, chosen]
        parts.append(part)
        plain = part.toarray().astype(np.float64)
        mean += plain.sum(axis=0) / n
        products += plain.T @ plain
    _, vectors = np.linalg.eigh(products / n - np.outer(mean, mean))
    axes = _with_signs(vectors[:, ::-1][:, :_AXES])
    return np.vstack([part @ axes for part in parts]) - mean @ axes


def divide_evenly(coordinates: Float64, weights: Float64, n_pools: int) -> Indices:
    """Return the pool of each cell, int64 [n]: cells that lie close share one, and pools weigh about the same.

    Cells are cut in two along the principal axis along which they differ most, at the point at which both sides weigh
    as much as their share of the pools, again and again.

    Parameters
    ----------
    coordinates : float64 array [n, k]
    weights : float64 array [n]
        Sizes of libraries, positive.
    n_pools : int
        1..n.
    """
    pool = np.zeros(len(weights), dtype=np.int64)
    open_parts = [(np.arange(len(weights)), n_pools, 0)]
    while open_parts:
        cells, count, first = open_parts.pop()
        if count == 1:
            pool[cells] = first
            continue
        low = count // 2
        ordered = cells[_order_along_axis(coordinates[cells])]
        reached = np.cumsum(weights[ordered])
        cut = int(np.searchsorted(reached, reached[-1] * low / count)) + 1
        cut = min(max(cut, low), len(cells) - (count - low))
        open_parts.append((ordered[:cut], low, first))
        open_parts.append((ordered[cut:], count - low, first + low))
    return pool


def _find_variable_genes(cells: ChosenCells) -> Indices:
    """Return the kept genes that vary most for how high they are expressed."""
    n_genes, n = len(cells.kept), len(cells)
    total, squares = np.zeros(n_genes), np.zeros(n_genes)
    for place, block in cells.blocks():
        part = _to_common_depth(cells, place, block)
        total += np.bincount(part.indices, weights=part.data, minlength=n_genes)
        squares += np.bincount(part.indices, weights=part.data.astype(np.float64) ** 2, minlength=n_genes)
    mean = total / n
    variance = squares / n - mean**2
    able = np.flatnonzero(cells.kept & (variance > 0))
    if len(able) <= _MOST_VARIABLE:
        return able.astype(np.int64)
    level = np.log(np.abs(mean[able]) + 1e-9)
    expected = np.polyval(np.polyfit(level, np.log(variance[able]), 2), level)
    excess = np.log(variance[able]) - expected
    return np.sort(able[np.argsort(-excess, kind="stable")[:_MOST_VARIABLE]]).astype(np.int64)


def _to_common_depth(cells: ChosenCells, place: slice, block: sp.csr_matrix) -> sp.csr_matrix:
    """Return counts as ln(1 + counts per 10,000), and other values as they are."""
    return cells.scale(place, block, _DEPTH).log1p() if cells.holds_counts else block


def _order_along_axis(coordinates: Float64) -> Indices:
    """Return the order of cells along their leading principal axis."""
    centred = coordinates - coordinates.mean(axis=0)
    axis = _with_signs(np.linalg.eigh(centred.T @ centred)[1][:, -1:])
    return np.argsort((centred @ axis)[:, 0], kind="stable").astype(np.int64)


def _with_signs(vectors: Float64) -> Float64:
    """Return vectors [n, k] whose largest entry is positive: their sign is arbitrary otherwise."""
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return vectors * np.where(largest < 0, -1.0, 1.0)
