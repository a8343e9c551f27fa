"""Pearson r by further versions of values, against NumPy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from grnet.dataset.measurements.samples import SAMPLES
from grnet.explanation import derived_correlations
from grnet.explanation.derived_correlations import correlate_versions
from grnet.schema.genes import PairIndex
from grnet.schema.measurements import Kind, Measurement

HALVES = Kind(
    name="halves",
    modality="rna",
    places=pa.schema([("cell", pa.string())]),
    recipe=SAMPLES.recipe,
    display="groups",
    derive=lambda values, places: {"first half": values[:, : len(places) // 2]},
)


def measure(kind):
    values = np.random.default_rng(1).normal(size=(4, 20)).astype(np.float32)
    values[3, :10] = 1.0
    places = pd.DataFrame({name: [f"c{number}" for number in range(20)] for name in kind.places.names})
    return Measurement(kind.name, kind, values, np.array([0, 2, 3, 6]), places)


@pytest.mark.parametrize("block", [1, 4096])
def test_r_is_that_of_numpy_for_the_pairs_that_were_measured(monkeypatch, block):
    monkeypatch.setattr(derived_correlations, "PAIRS_AT_ONCE", block)
    measurement = measure(HALVES)
    pairs = PairIndex(np.array([0, 2, 0, 1]), np.array([3, 0, 6, 2]))
    first, second, constant, missing = correlate_versions([measure(SAMPLES), measurement], pairs)
    values = measurement.values.astype(np.float64)
    assert first == {
        "halves": {
            "as measured": pytest.approx(np.corrcoef(values[[0, 2]])[0, 1], abs=1e-6),
            "first half": pytest.approx(np.corrcoef(values[[0, 2], :10])[0, 1], abs=1e-6),
        }
    }
    assert second["halves"]["first half"] == pytest.approx(np.corrcoef(values[[1, 0], :10])[0, 1], abs=1e-6)
    assert list(constant["halves"]) == ["as measured"]
    assert missing == {}


def test_without_pairs_or_further_versions_there_is_nothing():
    nowhere = PairIndex(np.array([1]), np.array([4]))
    assert correlate_versions([measure(HALVES)], nowhere) == [{}]
    assert correlate_versions([measure(SAMPLES)], PairIndex(np.array([0]), np.array([2]))) == [{}]
