"""Columns that are no samples are told by their values."""

from __future__ import annotations

import numpy as np
import pytest

from grnet.dataset.reading.column_statistics import Stranger, find_resembling, find_strangers, find_summaries

RNG = np.random.default_rng(3)
N = 300
LOG = np.round(np.maximum(RNG.normal(6, 2, (N, 1)) + RNG.normal(0, 0.5, (N, 5)), 0), 3)
COUNTS = RNG.poisson(2.0**LOG).astype(float)
CENTRED = LOG - LOG.mean(axis=1, keepdims=True)
NAMES = ["wt", "heat", "cold", "mutant", "rescue", "?"]


def strangers(values, column):
    return find_strangers(np.column_stack([values, column]), NAMES)


@pytest.mark.parametrize("values", [LOG, COUNTS, CENTRED])
def test_samples_are_no_strangers(values):
    assert find_strangers(values, NAMES[:5]) == []


@pytest.mark.parametrize(
    ("values", "column", "reason", "clear"),
    [
        (LOG, np.arange(N) * 2, "counts the rows", True),
        (COUNTS, RNG.permutation(N), "ranks the rows", True),
        (LOG, RNG.integers(0, 2, N), "a few whole numbers, where the samples have fractions", False),
        (LOG, np.ones(N), "the same value in each row", False),
        (COUNTS, RNG.integers(1985, 2023, N), "no resemblance to the samples (low rank correlation)", False),
        (LOG, RNG.uniform(3, 9, N), "no resemblance to the samples (low rank correlation)", False),
        (CENTRED, RNG.random(N), "no negative values, where the samples have some", False),
        (LOG, np.full(N, np.nan), "no value in any row", False),
    ],
)
def test_each_kind_of_stranger_is_told(values, column, reason, clear):
    (found,) = strangers(values, column)
    assert (found.column, found.clear) == (5, clear)
    assert reason in found.reason


def test_identifiers_are_clearly_no_samples():
    (found,) = strangers(LOG, RNG.permutation(10**6)[:N] + 10**5)
    assert found.clear
    assert found.reason.startswith("whole numbers, where the samples have fractions; values larger by a factor of ")


def test_a_sample_of_low_depth_is_a_sample():
    assert strangers(COUNTS, RNG.poisson(2.0 ** LOG[:, 0] / 40)) == []


def test_whole_numbers_beside_one_sample_are_doubted():
    found = find_strangers(np.column_stack([LOG[:, 0], RNG.integers(100, 900, N)]), ["a", "b"])
    assert found == [Stranger(1, "whole numbers, where the other column has fractions", clear=False)]


def test_resemblance_and_summaries():
    values = np.column_stack([LOG, RNG.permutation(N)])
    assert find_resembling(values).tolist() == [True] * 5 + [False]
    assert find_summaries(np.column_stack([LOG, LOG.mean(axis=1)])) == {5: "mean of the samples"}


@pytest.mark.parametrize(("n_other", "told"), [(2, True), (20, False)])
def test_many_columns_that_are_unlike_are_cells_of_another_type(n_other, told):
    rng = np.random.default_rng(3)
    profile, other = rng.gamma(1.0, 3.0, (2, 400))
    columns = [rng.poisson(profile) for _ in range(200)] + [rng.poisson(rng.permutation(other)) for _ in range(n_other)]
    found = find_strangers(np.array(columns, dtype=np.float32).T, [f"cell{number}" for number in range(len(columns))])
    unlike = [one.column for one in found if "no resemblance" in one.reason]
    assert unlike == (list(range(200, 200 + n_other)) if told else [])
