"""Places of pictures: inside their box, without overlap, in their shape."""

from __future__ import annotations

from itertools import combinations

import pytest

from grnet.reports.picture_layout import lay_out_pictures

BOX = (0.03, 0.46, 0.5, 0.385)
FLAT, SQUARE = 0.7, 1.43


@pytest.mark.parametrize("aspects", [[FLAT], [SQUARE], [FLAT] * 3, [SQUARE] * 4, [FLAT, FLAT, SQUARE, SQUARE, 3.0]])
def test_pictures_lie_in_the_box_apart_from_each_other_and_keep_their_shape(aspects):
    layout = lay_out_pictures(BOX, aspects, below=0.045)
    assert [(cell.view, cell.role) for cell in layout.cells] == [(v, r) for v in range(len(aspects)) for r in range(3)]
    for cell in layout.cells:
        x, y, width, height = cell.box
        assert BOX[0] <= x
        assert x + width <= BOX[0] + BOX[2] + 1e-9
        assert BOX[1] + 0.04 <= y
        assert y + height <= BOX[1] + BOX[3] + 1e-9
        assert min(width, height) > 0.01
    for one, other in combinations([cell.box for cell in layout.cells], 2):
        beside = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
        above = one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
        assert beside or above


def test_views_stand_as_it_makes_the_pictures_larger():
    assert lay_out_pictures(BOX, [FLAT] * 3, below=0.0).views_are_rows
    assert not lay_out_pictures(BOX, [SQUARE] * 4, below=0.0).views_are_rows
