from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.spatial.smoothing import CUT_OFF, remove_section_means, smooth, weigh_neighbours
from grnet.dataset.spatial.spot_places import find_spacing


def make_places(points, sections) -> pd.DataFrame:
    names = [f"spot {number}" for number in range(len(points))]
    return pd.DataFrame({"spot": names, "section": sections, "x": points[:, 0], "y": points[:, 1], "z": 0.0})


@pytest.fixture
def places():
    rng = np.random.default_rng(3)
    return make_places(rng.uniform(0, 10, (60, 2)), ["a"] * 40 + ["b"] * 20)


def test_it_is_the_mean_weighted_by_a_gaussian_of_the_distance(places):
    values = np.random.default_rng(1).random((5, 60)).astype(np.float32)
    sigma, points = 1.5 * find_spacing(places), places[["x", "y"]].to_numpy()
    expected = np.empty_like(values)
    for spot in range(60):
        distance = np.linalg.norm(points - points[spot], axis=1)
        near = (distance <= CUT_OFF * sigma) & (places["section"] == places["section"][spot]).to_numpy()
        expected[:, spot] = np.average(values[:, near], axis=1, weights=np.exp(-0.5 * (distance[near] / sigma) ** 2))
    assert smooth(values, places, width=1.5) == pytest.approx(expected, abs=1e-5)


def test_weights_sum_to_one_and_stay_within_sections(places):
    weights = weigh_neighbours(places).toarray()
    assert weights.sum(axis=1) == pytest.approx(1)
    assert not weights[:40, 40:].any()
    assert weights.dtype == np.float32


def test_a_spot_without_neighbours_and_spots_on_one_point_keep_their_values():
    apart = make_places(np.array([[0.0, 0.0], [1000.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), [""] * 5)
    values = np.arange(5, dtype=np.float32)[None]
    assert smooth(values, apart)[0, 1] == 1
    same = make_places(np.zeros((3, 2)), [""] * 3)
    assert smooth(values[:, :3], same).tolist() == [[1, 1, 1]]


def test_section_means_are_removed(places):
    values = np.random.default_rng(2).random((3, 60)).astype(np.float32)
    centred = remove_section_means(values, places)
    assert centred[:, :40].mean(axis=1) == pytest.approx(0, abs=1e-6)
    assert centred[:, 40:] == pytest.approx(values[:, 40:] - values[:, 40:].mean(axis=1, keepdims=True), abs=1e-6)


@pytest.mark.slow
def test_it_is_fast_for_many_spots_and_genes():
    points = np.random.default_rng(0).uniform(0, 70, (5000, 2))
    values = np.zeros((20_000, 5000), dtype=np.float32)
    start = time.perf_counter()
    smooth(values, make_places(points, [""] * 5000))
    assert time.perf_counter() - start < 60
