"""What values are, and counts → log2(CPM + 1)."""

from __future__ import annotations

import numpy as np
import pytest

from grnet.dataset.units import FEWEST_GENES, find_units, normalise
from grnet.schema.errors import InputError

RNG = np.random.default_rng(7)
LOG = np.maximum(RNG.normal(6, 2, (300, 1)) + RNG.normal(0, 0.5, (300, 4)), 0).astype(np.float32)
COUNTS = RNG.poisson(2.0**LOG).astype(np.float32)
SAMPLES = ("a", "b", "c", "d")


def oracle(counts):
    millions = counts.sum(axis=0) / 1e6
    return np.log2(counts / millions + 1)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (COUNTS, "counts"),
        (LOG, "log"),
        (2.0**LOG, "linear"),
        (LOG - 6, "negative"),
        ((LOG - LOG.mean(axis=1, keepdims=True)) / (LOG.std(axis=1, keepdims=True) + 1e-9), "scaled"),
    ],
)
def test_kinds_of_values_are_told(values, kind):
    assert find_units(values.astype(np.float32)).kind == kind


def test_counts_become_logarithms_of_counts_per_million():
    values, said = normalise(COUNTS.copy(), SAMPLES, find_units(COUNTS), wanted="auto")
    assert said == "log2(CPM + 1)"
    np.testing.assert_allclose(values, oracle(COUNTS.astype(np.float64)), rtol=1e-5)


def test_counts_of_few_genes_stay_counts():
    few = COUNTS[: FEWEST_GENES - 1]
    values, said = normalise(few.copy(), SAMPLES, find_units(few), wanted="auto")
    assert said == ""
    np.testing.assert_array_equal(values, few)
    assert normalise(few.copy(), SAMPLES, find_units(few), wanted="log-cpm")[1] == "log2(CPM + 1)"


def test_a_sample_without_counts_is_named():
    counts = COUNTS.copy()
    counts[:, 2] = 0
    with pytest.raises(InputError, match="samples without any counts: 'c'; leave them out with --columns"):
        normalise(counts, SAMPLES, find_units(counts), wanted="auto")


def test_negative_values_have_no_logarithm():
    with pytest.raises(InputError) as caught:
        normalise(LOG - 6, SAMPLES, find_units(LOG - 6), wanted="log")
    assert str(caught.value) == (
        "--normalise log needs values of 0 or more, and some are negative; use --normalise none"
    )
