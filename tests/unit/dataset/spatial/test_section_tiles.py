from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.spatial.section_tiles import LARGEST_PICTURE, LARGEST_SIDE, lay_out_spots
from grnet.dataset.spatial.spot_places import are_flat, find_spacing


def make_places(points, sections=None) -> pd.DataFrame:
    points = np.asarray(points, dtype=float)
    z = points[:, 2] if points.shape[1] == 3 else np.zeros(len(points))
    names = [f"spot {number}" for number in range(len(points))]
    sections = [""] * len(points) if sections is None else sections
    return pd.DataFrame({"spot": names, "section": sections, "x": points[:, 0], "y": points[:, 1], "z": z})


def make_square(side: int, spacing: float = 1.0) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    return np.column_stack([x.ravel(), y.ravel()]) * spacing


def make_hexagons(side: int, spacing: float) -> np.ndarray:
    y, x = np.mgrid[:side, :side].astype(float)
    return np.column_stack([(x + 0.5 * (y % 2)).ravel(), y.ravel() * np.sqrt(3) / 2]) * spacing


@pytest.mark.parametrize("spacing", [0.01, 1.0, 137.5])
def test_the_spacing_of_a_grid_is_found(spacing):
    assert find_spacing(make_places(make_square(9, spacing))) == pytest.approx(spacing)
    assert find_spacing(make_places(make_hexagons(9, spacing))) == pytest.approx(spacing)


def test_a_square_grid_has_one_spot_in_each_pixel():
    noise = np.random.default_rng(1).uniform(-0.2, 0.2, (100, 2))
    grid = lay_out_spots(make_places(make_square(10, 100.0) + 1000))
    assert (grid.height, grid.width) == (10, 10)
    assert grid.pixel[0].tolist() == list(range(100))
    jittered = lay_out_spots(make_places(make_square(10) + noise))
    assert len(np.unique(jittered.pixel)) > 80


@pytest.mark.parametrize("points", [make_hexagons(20, 3.0), np.random.default_rng(2).uniform(0, 30, (500, 2))])
def test_grids_that_are_not_square_have_few_holes(points):
    grid = lay_out_spots(make_places(points))
    inside = grid.filled[1:-1, 1:-1]
    assert inside.mean() > 0.85
    assert grid.filled.sum() > 150, "and not fewer pixels than that takes"


def test_sections_are_tiles_side_by_side_with_a_gap_and_names():
    places = make_places(np.vstack([make_square(4)] * 4), [name for name in "badc" for _ in range(16)])
    grid = lay_out_spots(places)
    assert (grid.height, grid.width) == (9, 9)
    assert [section.name for section in grid.sections] == ["b", "a", "d", "c"]
    assert [(section.top, section.left) for section in grid.sections] == [(0, 0), (0, 5), (5, 0), (5, 5)]
    assert not grid.filled[4].any()
    assert not grid.filled[:, 4].any()
    assert grid.filled.sum() == 64
    picture = grid.draw(np.arange(64, dtype=np.float32)[None])[0]
    assert picture[5:, :4].ravel().tolist() == list(range(32, 48))
    assert picture[4].tolist() == [31.5] * 9, "empty pixels have the mean of the gene"


def test_three_dimensions_are_seen_from_three_sides():
    z, y, x = np.mgrid[:3, :4, :5]
    grid = lay_out_spots(make_places(np.column_stack([x.ravel(), y.ravel(), z.ravel()])))
    assert [section.name for section in grid.sections] == ["xy", "xz", "yz"]
    assert [(section.height, section.width) for section in grid.sections] == [(4, 5), (3, 5), (3, 4)]
    assert grid.pixel.shape == (3, 60)
    values = x.ravel().astype(np.float32)[None]
    picture, xz = grid.draw(values)[0], grid.sections[1]
    shown = picture[xz.top : xz.top + 3, xz.left : xz.left + 5]
    assert shown.tolist() == [[0, 1, 2, 3, 4]] * 3


def test_sections_that_lie_one_above_the_other_are_flat():
    points = np.vstack([np.column_stack([make_square(3), np.full(9, level)]) for level in (0.0, 10.0)])
    assert are_flat(make_places(points, ["a"] * 9 + ["b"] * 9))
    assert not are_flat(make_places(points))


@pytest.mark.parametrize(("n_sections", "side"), [(1, 120), (12, 70), (200, 12)])
def test_pictures_are_bounded(n_sections, side):
    square = make_square(side)
    sections = [str(number) for number in range(n_sections) for _ in range(len(square))]
    grid = lay_out_spots(make_places(np.tile(square, (n_sections, 1)), sections))
    assert grid.height * grid.width <= LARGEST_PICTURE
    assert max(max(section.height, section.width) for section in grid.sections) <= LARGEST_SIDE
    assert len(grid.sections) == n_sections


def test_one_spot_makes_a_picture():
    grid = lay_out_spots(make_places([[3.0, 4.0]]))
    assert (grid.height, grid.width, grid.pixel.tolist()) == (1, 1, [[0]])
