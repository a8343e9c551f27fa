from __future__ import annotations

import numpy as np
import pandas as pd

from grnet.dataset.spatial.spot_bins import bin_spots


def test_bins_hold_neighbouring_spots_of_one_section():
    points = np.random.default_rng(5).uniform(0, 100, (600, 2))
    sections = ["a"] * 300 + ["b"] * 300
    places = pd.DataFrame(
        {"spot": [str(n) for n in range(600)], "section": sections, "x": points[:, 0], "y": points[:, 1], "z": 0.0}
    )
    pools, binned, side = bin_spots(places, 80)
    assert len(binned) == len(pools.n_cells) <= 80
    assert pools.n_cells.tolist() == np.bincount(pools.of_cell).tolist()
    assert pools.n_cells.sum() == 600
    for number, row in enumerate(binned.itertuples()):
        own = pools.of_cell == number
        assert set(places["section"][own]) == {row.section}
        assert np.ptp(points[own], axis=0).max() <= side
        assert np.allclose((row.x, row.y), points[own].mean(axis=0))
    assert binned["spot"].tolist()[:2] == ["bin 1", "bin 2"]
