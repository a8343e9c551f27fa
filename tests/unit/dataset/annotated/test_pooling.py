"""Pools of similar cells: even, within groups, each cell in one, counts added up."""

from __future__ import annotations

import annotated_files as files
import numpy as np
import pytest

from grnet.dataset.annotated.cell_choice import group_cells
from grnet.dataset.annotated.chosen_cells import ChosenCells
from grnet.dataset.annotated.normalising import LOG_CPM, add_up
from grnet.dataset.annotated.pooling import count_pools, make_pools, read_pools
from grnet.dataset.annotated.readers import open_annotated
from grnet.dataset.annotated.similar_cells import divide_evenly
from grnet.schema.sources import GivenAnnData

ROWS = np.arange(files.N_CELLS)
ALL_GENES = np.ones(files.N_GENES, dtype=bool)


def pool(values, n_pools: int, within=()):
    """Return the cells, their groups and pools."""
    matrix = open_annotated(GivenAnnData("cells", files.make_cells(values)))
    cells = ChosenCells(matrix, ROWS, ALL_GENES, add_up(matrix, ROWS).of_cells)
    groups = group_cells(matrix, ROWS, within)
    return cells, groups, make_pools(cells, groups, n_pools)


def test_how_many_pools_there_are():
    assert [count_pools(5000, None), count_pools(5001, None)] == [0, 2000]
    assert [count_pools(9000, 0), count_pools(9000, 300), count_pools(200, 300)] == [0, 300, 0]


def test_counts_are_added_up_and_each_cell_is_in_one_pool():
    counts = files.make_counts()
    cells, _, pools = pool(counts, 8)
    assert sorted(set(pools.of_cell)) == list(range(8))
    assert pools.n_cells.sum() == files.N_CELLS
    added = np.array([counts[pools.of_cell == number].sum(axis=0) for number in range(8)])
    expected = np.log2(added / added.sum(axis=1, keepdims=True) * 1e6 + 1)
    values = read_pools(cells, pools, LOG_CPM)
    assert values == pytest.approx(expected.T, rel=1e-5)
    assert (values.dtype, values.shape) == (np.float32, (12, 8))


def test_logarithms_are_averaged():
    logs = np.log1p(files.make_counts())
    cells, _, pools = pool(logs, 5)
    expected = np.array([logs[pools.of_cell == number].mean(axis=0) for number in range(5)])
    assert read_pools(cells, pools, "") == pytest.approx(expected.T, rel=1e-5)
    assert pools.n_cells.tolist() == [8] * 5


def test_no_pool_crosses_groups():
    _, groups, pools = pool(files.make_counts(), 10, ["cell_type"])
    for number in range(len(pools.n_cells)):
        assert set(groups.group[pools.of_cell == number]) == {pools.group[number]}
    assert len(pools.n_cells) == pytest.approx(10, abs=1)
    few = pool(files.make_counts(), 1, ["cell_type"])[2]
    assert few.group.tolist() == [0, 1, 2], "each group has a pool"


def test_libraries_of_pools_are_even_and_similar_cells_are_together():
    rng = np.random.default_rng(0)
    kind = np.repeat([0, 1, 2, 3], 250)
    places = np.array([[0, 0], [0, 50], [50, 0], [90, 90]])[kind] + rng.normal(size=(1000, 2))
    weights = rng.lognormal(0, 0.4, 1000)
    found = divide_evenly(places, weights, 40)
    sizes = np.bincount(found, weights=weights)
    assert sizes.max() / sizes.min() < 1.25
    together = [np.bincount(kind[found == number], minlength=4).max() / (found == number).sum() for number in range(40)]
    assert np.mean(together) > 0.95
    assert np.array_equal(found, divide_evenly(places, weights, 40))


def test_as_many_pools_as_cells_have_a_cell_each():
    places = np.random.default_rng(1).normal(size=(9, 3))
    assert sorted(divide_evenly(places, np.array([100.0] + [1.0] * 8), 9)) == list(range(9))
