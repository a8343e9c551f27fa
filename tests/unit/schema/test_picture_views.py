"""Views of pictures: sections that are cut out, with their masks and maps."""

from __future__ import annotations

import numpy as np

from grnet.schema.measurements import PictureGrid, Section
from grnet.schema.picture_views import list_views

SECTIONS = (Section("a", 0, 0, 2, 2), Section("2", 0, 2, 2, 2))
GRID = PictureGrid(2, 4, np.array([[0, 1, 4, 2, 7]]), SECTIONS)


def test_each_section_is_a_view_with_its_pixels_and_mask():
    first, second = list_views("spots", "spot", "log2", GRID)
    assert [view.name for view in (first, second)] == ["spots, a", "spots, section 2"]
    picture = np.arange(8, dtype=np.uint8).reshape(2, 4)
    assert first.crop(picture).tolist() == [[0, 1], [4, 5]]
    assert second.crop(picture).tolist() == [[2, 3], [6, 7]]
    assert first.filled.tolist() == [[True, True], [True, False]]
    assert second.filled.tolist() == [[True, False], [False, True]]
    assert first.is_drawn


def test_maps_are_cut_like_pictures_and_nothing_where_no_place_lies():
    first, second = list_views("spots", "spot", "", GRID)
    coarse = np.array([[1.0, 2.0]], dtype=np.float32)
    assert first.crop_map(coarse).tolist() == [[1, 1], [1, 0]]
    assert second.crop_map(coarse).tolist() == [[2, 0], [0, 2]]


def test_images_and_single_sections_are_shown_as_a_whole():
    (images,) = list_views("lateral", "pixel", "", None)
    assert (images.name, images.filled, images.is_drawn) == ("lateral", None, False)
    values = np.ones((3, 5), dtype=np.float32)
    assert images.crop_map(values) is values
    whole = PictureGrid(1, 2, np.array([[0, 1]]), (Section("only", 0, 0, 1, 2),))
    (view,) = list_views("spots", "spot", "", whole)
    assert (view.name, view.section, view.filled) == ("spots", None, None)


def test_patches_outside_the_mask_of_images_become_nothing():
    mask = np.zeros((4, 8), dtype=bool)
    mask[1, 2:5] = True
    (view,) = list_views("lateral", "pixel", "", None, mask=mask)
    assert (view.filled, view.is_drawn) == (None, False)
    values = np.arange(1, 9, dtype=np.float32).reshape(2, 4)
    assert view.crop_map(values).tolist() == [[0, 2, 3, 0], [0, 0, 0, 0]]
    assert view.crop_map(values).dtype == np.float32
