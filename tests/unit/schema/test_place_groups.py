"""Groups of places: their order, the places that stand for them, and how values are distributed in them."""

from __future__ import annotations

import numpy as np
import pytest

from grnet.schema.place_groups import BINS, PlaceGroups


def test_groups_are_ordered_by_size_and_the_smallest_stand_together():
    groups = PlaceGroups.of(["b", "a", "a", "", "c", "b", "a"], most=3)
    assert groups.names == ("a", "b", "2 smaller groups")
    assert groups.sizes == (3, 2, 2)
    assert groups.of_place.tolist() == [1, 0, 0, 2, 2, 1, 0]
    assert PlaceGroups.of(["", "x"]).names == ("no group", "x")


def test_places_of_every_group_are_chosen_by_its_share():
    names = ["big"] * 900 + ["small"] * 100
    groups = PlaceGroups.of([names[(7 * place) % 1000] for place in range(1000)])
    chosen = groups.choose_places(100)
    assert len(chosen) == 100
    assert (np.diff(chosen) > 0).all()
    assert np.bincount(groups.of_place[chosen]).tolist() == [90, 10]
    assert PlaceGroups.of(["x"] * 5).choose_places(100).tolist() == [0, 1, 2, 3, 4]


def test_shares_means_and_detection_are_those_of_numpy():
    rng = np.random.default_rng(0)
    values = np.maximum(rng.normal(0, 2, 200), 0).astype(np.float32)
    names = rng.choice(["x", "y", "z"], 200, p=(0.6, 0.3, 0.1))
    groups = PlaceGroups.of(list(names))
    found = groups.summarise(values)
    assert (found.low, found.high) == (0.0, pytest.approx(values.max()))
    for row, name in enumerate(groups.names):
        own = values[names == name]
        counts, _ = np.histogram(own, bins=BINS, range=(found.low, found.high))
        assert found.share[row] == pytest.approx(counts / len(own))
        assert found.mean[row] == pytest.approx(own.mean(), rel=1e-5)
        assert found.detected[row] == pytest.approx((own > 0).mean())


def test_a_gene_without_variation_is_in_the_first_bin():
    found = PlaceGroups.of(["a", "b"]).summarise(np.full(2, 3, dtype=np.float32))
    assert found.share[:, 0].tolist() == [1, 1]
    assert (found.low, found.high) == (3, 3)
