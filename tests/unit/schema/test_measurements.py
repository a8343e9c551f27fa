"""Pictures of genes from places that lie anywhere."""

from __future__ import annotations

import numpy as np

from grnet.schema.measurements import PictureGrid


def test_places_that_are_the_pixels_are_the_picture():
    values = np.random.default_rng(0).random((2, 6)).astype(np.float32)
    grid = PictureGrid(2, 3, np.arange(6)[None])
    assert grid.filled.all()
    assert np.array_equal(grid.draw(values), values.reshape(2, 2, 3))


def test_a_pixel_is_the_mean_of_its_places_and_one_without_places_the_mean_of_the_others():
    grid = PictureGrid(2, 2, np.array([[0, 3, 0]]))
    assert grid.filled.tolist() == [[True, False], [False, True]]
    drawn = grid.draw(np.array([[1, 5, 2], [0, 4, 0]], dtype=np.float32))
    assert drawn.tolist() == [[[1.5, 3.25], [3.25, 5]], [[0, 2], [2, 4]]]
    assert drawn.dtype == np.float32


def test_a_place_can_lie_in_several_projections():
    grid = PictureGrid(1, 3, np.array([[0, 1], [2, 2]]))
    assert grid.draw(np.array([[2, 6]], dtype=np.float32)).tolist() == [[[2, 6, 4]]]
