"""What models see of spots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.measurements.spots import SMOOTHED, SPOTS, derive_from_neighbours
from grnet.schema.measurements import Measurement


@pytest.fixture
def spots():
    """Two sections of 4 × 5 spots; the last gene is 0 everywhere."""
    row, column = np.divmod(np.arange(20), 5)
    places = pd.DataFrame(
        {
            "spot": [f"s{number}" for number in range(40)],
            "section": ["a"] * 20 + ["b"] * 20,
            "x": np.tile(column, 2).astype(float),
            "y": np.tile(row, 2).astype(float),
            "z": 0.0,
        }
    )
    values = np.random.default_rng(0).random((3, 40)).astype(np.float32)
    values[2] = 0
    return Measurement("spots", SPOTS, values, np.arange(3), places)


def test_pictures_for_models_are_smoothed_and_on_one_scale(spots):
    pictures = spots.draw(spots.values)
    smoothed = derive_from_neighbours(spots.values, spots.places)[SMOOTHED]
    for gene in (0, 1):
        expected = spots.grid.draw(smoothed[gene : gene + 1] / smoothed[gene].max())[0]
        assert pictures[gene] == pytest.approx(expected, abs=1e-6)
        assert pictures[gene].max() == pytest.approx(1.0)
    assert not pictures[2].any()
    assert spots.values[0].std() > smoothed[0].std()
