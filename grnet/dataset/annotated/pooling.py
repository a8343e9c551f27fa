"""Many cells → fewer pools of similar cells, whose counts are added up or whose log-normalised values are averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from grnet.dataset.annotated.cell_choice import CellGroups
from grnet.dataset.annotated.chosen_cells import ChosenCells
from grnet.dataset.annotated.normalising import LOG_CPM, PER_MILLION, take_logarithms
from grnet.dataset.annotated.similar_cells import divide_evenly, locate_cells
from grnet.schema.arrays import Float32, Indices

MOST_CELLS, USUAL_POOLS = 5000, 2000
"""More cells than this are pooled to this many, where the user says nothing."""


@dataclass(frozen=True, eq=False)
class Pools:
    """Cells in pools.

    Attributes
    ----------
    of_cell : int64 array [n]
        The pool of each cell.
    group : int64 array [pools]
        The group of each pool.
    n_cells : int64 array [pools]
    """

    of_cell: Indices
    group: Indices
    n_cells: Indices


def count_pools(n_cells: int, wanted: int | None) -> int:
    """Return how many pools cells are added up to; 0 where they stay as they are."""
    if wanted is None:
        return USUAL_POOLS if n_cells > MOST_CELLS else 0
    return wanted if wanted < n_cells else 0


def make_pools(cells: ChosenCells, groups: CellGroups, n_pools: int) -> Pools:
    """Put similar cells of a group into pools whose libraries are about as large.

    Parameters
    ----------
    cells : ChosenCells
        Of positive totals.
    groups : CellGroups
        Each has at least one pool.
    n_pools : int
        How many there are in all, about.
    """
    weights = cells.totals if cells.holds_counts else np.ones(len(cells))
    coordinates = locate_cells(cells)
    of_cell, group_of_pool, first = np.zeros(len(cells), dtype=np.int64), [], 0
    for number in range(len(groups.names)):
        own = np.flatnonzero(groups.group == number)
        share = n_pools * weights[own].sum() / weights.sum()
        count = min(max(1, round(float(share))), len(own))
        of_cell[own] = first + divide_evenly(coordinates[own], weights[own], count)
        group_of_pool += [number] * count
        first += count
    return Pools(of_cell, np.array(group_of_pool, dtype=np.int64), np.bincount(of_cell, minlength=first))


def read_pools(cells: ChosenCells, pools: Pools, method: str) -> Float32:
    """Return the values of pools, float32 [kept genes, pools], normalised.

    Parameters
    ----------
    cells : ChosenCells
    pools : Pools
    method : str
        What is done to the values, as :func:`~grnet.dataset.annotated.normalising.choose_method` returns it.
    """
    genes, n_pools = cells.genes, len(pools.n_cells)
    added = np.zeros((n_pools, len(genes)), dtype=np.float32)
    for place, block in cells.blocks():
        own = pools.of_cell[place]
        into = sp.csr_matrix((np.ones(len(own), np.float32), (own, np.arange(len(own)))), shape=(n_pools, len(own)))
        part = (into @ block[:, genes]).tocoo()
        added[part.row, part.col] += part.data
    if not cells.holds_counts:
        added /= pools.n_cells[:, None].astype(np.float32)
    if method == LOG_CPM:
        libraries = np.bincount(pools.of_cell, weights=cells.totals, minlength=n_pools)
        added *= (PER_MILLION / libraries).astype(np.float32)[:, None]
    return np.ascontiguousarray((take_logarithms(added) if method else added).T)
