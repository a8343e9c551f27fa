"""Where the pictures of a pair stand in a figure: one of each gene and one of both for every view, as large as fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grnet.reports.evidence_axes import Box

MARGIN, TITLE = 0.03, 0.022
"""Room for words at the left of pictures and above them, in parts of the figure."""
GAP = 0.008
"""Between pictures."""
ROLES = 3
"""TF, target, both."""


@dataclass(frozen=True)
class Cell:
    """The place of one picture.

    Attributes
    ----------
    view : int
    role : int
        0 of the TF, 1 of the target, 2 of both.
    box : Box
    """

    view: int
    role: int
    box: Box


@dataclass(frozen=True)
class PictureLayout:
    """Places of pictures.

    Attributes
    ----------
    cells : tuple of Cell
    views_are_rows : bool
        Whether each view has a row of its own, else a column.
    """

    cells: tuple[Cell, ...]
    views_are_rows: bool


def lay_out_pictures(box: Box, aspects: Sequence[float], *, below: float) -> PictureLayout:
    """Return where the pictures of one view or more stand.

    Parameters
    ----------
    box : Box
    aspects : sequence of float
        Of each view: how high a picture is in parts of the figure's height, for each part of its width.
    below : float
        Room to leave below the pictures.
    """
    if len(aspects) == 1:
        return PictureLayout(_place_one(box, aspects[0], below), views_are_rows=True)
    _, _, width, height = box
    free = width - MARGIN, height - TITLE - below
    flat = sum(1 / aspect for aspect in aspects)
    across = min(free[0] / ROLES, (free[1] - GAP * len(aspects)) / sum(aspects))
    up = min(free[1] / ROLES, (free[0] - GAP * len(aspects)) / flat)
    if across**2 * sum(aspects) >= up**2 * flat:
        return PictureLayout(_place_rows(box, aspects, across), views_are_rows=True)
    return PictureLayout(_place_columns(box, aspects, up), views_are_rows=False)


def _place_one(box: Box, aspect: float, below: float) -> tuple[Cell, ...]:
    """Place both genes above and both together below, which makes them larger than in a row."""
    x, y, width, height = box
    across = (width - MARGIN) / 2
    up = min((height - 2 * TITLE - below) / 2, across * aspect + GAP)
    across = min(across, (up - GAP) / aspect + GAP)
    return tuple(
        Cell(
            0,
            role,
            _within(x + MARGIN + role % 2 * across, y + height - (role // 2 + 1) * (up + TITLE), across, up),
        )
        for role in range(ROLES)
    )


def _place_rows(box: Box, aspects: Sequence[float], across: float) -> tuple[Cell, ...]:
    x, y, _, height = box
    cells, low = [], y + height - TITLE
    for view, aspect in enumerate(aspects):
        up = across * aspect + GAP
        low -= up
        cells += [Cell(view, role, _within(x + MARGIN + role * across, low, across, up)) for role in range(ROLES)]
    return tuple(cells)


def _place_columns(box: Box, aspects: Sequence[float], up: float) -> tuple[Cell, ...]:
    x, y, _, height = box
    cells, left, top = [], x + MARGIN, y + height - TITLE
    for view, aspect in enumerate(aspects):
        across = up / aspect + GAP
        cells += [Cell(view, role, _within(left, top - (role + 1) * up, across, up)) for role in range(ROLES)]
        left += across
    return tuple(cells)


def _within(left: float, low: float, across: float, up: float) -> Box:
    """Return a box with half a gap around it."""
    return left + GAP / 2, low + GAP / 2, across - GAP, up - GAP
