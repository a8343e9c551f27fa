"""Correlation of cells within their groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.measurements.cells import CELL, GROUP, N_CELLS, WITHIN_GROUPS, derive_within_groups


def make_places(groups: list[str]) -> pd.DataFrame:
    names = [f"c{number}" for number in range(len(groups))]
    return pd.DataFrame({CELL: names, GROUP: groups, N_CELLS: np.ones(len(groups), dtype=np.int32)})


def test_the_mean_of_each_group_is_taken_off():
    groups = ["a"] * 12 + ["b"] * 11 + ["few"] * 3
    values = np.random.default_rng(0).normal(size=(4, 26)).astype(np.float32)
    values[:, :12] += 5
    within = derive_within_groups(values, make_places(groups))[WITHIN_GROUPS]
    assert within[:, :12] == pytest.approx(values[:, :12] - values[:, :12].mean(axis=1, keepdims=True), abs=1e-6)
    assert within[:, 12:23].mean(axis=1) == pytest.approx(np.zeros(4), abs=1e-6)
    assert not within[:, 23:].any(), "cells of small groups say nothing"
    assert within.dtype == np.float32


def test_one_group_or_small_groups_add_nothing():
    values = np.ones((2, 20), dtype=np.float32)
    for groups in ([""] * 20, ["a"] * 20, ["a"] * 15 + ["b"] * 5, [""] * 10 + ["a"] * 10):
        assert derive_within_groups(values, make_places(groups)) == {}
