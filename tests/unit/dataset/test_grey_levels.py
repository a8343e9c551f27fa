"""The range of a deep image: percentiles, hot pixels, constants."""

from __future__ import annotations

import numpy as np
import pytest

from grnet.dataset.grey_levels import luma_of, stretch_range

SMALL = np.random.default_rng(1).integers(200, 4000, (16, 32))


@pytest.mark.parametrize("hot", [1, 2, 5])
@pytest.mark.parametrize("value", [65535, 0])
def test_hot_and_dead_pixels_do_not_darken_the_rest_of_a_small_image(hot, value):
    spoilt = SMALL.copy()
    spoilt.flat[:hot] = value
    rest = stretch_range(spoilt).ravel()[hot:].astype(int)
    assert np.abs(rest - stretch_range(SMALL).ravel()[hot:]).max() <= 5
    assert (stretch_range(spoilt).ravel()[:hot] == (255 if value else 0)).all()


def test_the_range_of_a_large_image_lies_between_percentiles():
    values = np.random.default_rng(2).normal(1000, 100, (200, 300))
    low, high = np.percentile(values, [0.1, 99.9])
    expected = np.rint(255 * (np.clip(values, low, high) - low) / (high - low))
    assert np.abs(stretch_range(values) - expected).max() <= 1
    assert (stretch_range(values) == 255).mean() == pytest.approx(0.001, abs=0.001)


def test_a_few_pixels_on_an_even_ground_are_kept():
    values = np.full((16, 32), 1000)
    values[0, :3] = (200, 600, 1220)
    assert stretch_range(values)[0, :4].tolist() == [0, 100, 255, 200]


def test_constant_images_are_mid_grey():
    assert stretch_range(np.full((2, 2), 900)).tolist() == [[128, 128]] * 2


def test_numbers_that_are_not_finite_are_no_image():
    with pytest.raises(ValueError, match="not finite"):
        stretch_range(np.array([[1.0, np.nan]]))


def test_luma_is_that_of_the_standard_and_keeps_greys():
    colour = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [65535, 65535, 65535], [4093, 4093, 4093]]])
    assert np.allclose(luma_of(colour), [[76.245, 149.685, 29.07, 65535, 4093]])
    assert luma_of(colour)[0, 3:].tolist() == [65535, 4093]
