"""A table of coordinates → where each spot of another table lies, found by the names of the spots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grnet.dataset.findings import Findings
from grnet.dataset.reading.columns import ColumnValues, read_columns
from grnet.dataset.reading.coordinate_plan import plan_coordinates
from grnet.dataset.reading.numbers import find_marks
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role
from grnet.dataset.reading.tables import read_table
from grnet.dataset.table_cells import listed, text_of
from grnet.schema.arrays import Float64, Indices
from grnet.schema.errors import InputError
from grnet.schema.sources import MatrixSource, TableSource

_PEEK_ROWS = 200


@dataclass(frozen=True, eq=False)
class Coordinates:
    """A table of coordinates.

    Attributes
    ----------
    source : Path or GivenTable
    spots : tuple of str or None
        Names of the spots; None where the table has none.
    points : float64 array [N, 3]
        z is 0 where the table has none.
    sections : tuple of str or None
    plan : ReadingPlan
    """

    source: TableSource
    spots: tuple[str, ...] | None
    points: Float64
    sections: tuple[str, ...] | None
    plan: ReadingPlan


@dataclass(frozen=True, eq=False)
class PlacedSpots:
    """Spots that have coordinates.

    Attributes
    ----------
    rows : int64 array [P]
        Which spots they are, ascending.
    points : float64 array [P, 3]
    sections : tuple of str or None
        Of the P spots; None where nothing says so.
    """

    rows: Indices
    points: Float64
    sections: tuple[str, ...] | None


def read_coordinates(source: TableSource, choices: TableChoices, *, section: str = "") -> Coordinates:
    """Read a table of coordinates.

    Parameters
    ----------
    source : Path or GivenTable
    choices : TableChoices
    section : str
        `--section`: the column of sections, where the table has one of this name.

    Raises
    ------
    MissingInputError, InputError
        The table is missing, has no columns of x and y, or a spot has no number there.
    """
    raw = read_table(source, choices.file)
    table, plan = plan_coordinates(raw, choices, section=section)
    axes = [column for role in (Role.X, Role.Y, Role.Z) for column in plan.of_role(role)]
    texts = [column for role in (Role.SPOT, Role.SECTION) for column in plan.of_role(role)]
    shown = (text_of(cell) for column in axes for cell in table.cells.iloc[:_PEEK_ROWS, column])
    values = read_columns(table, texts, axes, find_marks(source, shown, separator=raw.form.separator))
    points = np.zeros((len(values.rows), 3))
    points[:, : len(axes)] = values.values
    _check_numbers(values)
    spots, sections = (_read_texts(values, plan.first(role)) for role in (Role.SPOT, Role.SECTION))
    if spots is not None:
        twice = [name for name, count in Counter(spots).items() if count > 1]
        if twice:
            raise InputError(
                f"{source}: {len(twice):,} spots have several rows ({listed(twice, 3)}); expected one for each spot"
            )
    return Coordinates(source, spots, points, sections, plan)


def place_spots(
    coordinates: Coordinates, spots: Sequence[str], source: MatrixSource, findings: Findings
) -> PlacedSpots:
    """Return where spots lie.

    Parameters
    ----------
    coordinates : Coordinates
    spots : sequence of str
        Names of the spots, distinct.
    source : Path, GivenTable or GivenAnnData
        What the spots are of, for messages.
    findings : Findings
        Takes words on spots without coordinates, and on coordinates without spots.

    Raises
    ------
    InputError
        No spot has coordinates; or the coordinates have no names of spots, and are not as many as the spots.
    """
    if coordinates.spots is None:
        return _place_in_order(coordinates, spots, source, findings)
    place = {name: row for row, name in enumerate(coordinates.spots)}
    found = np.array([place.get(name, -1) for name in spots], dtype=np.int64)
    rows = np.flatnonzero(found >= 0).astype(np.int64)
    if not len(rows):
        raise InputError(
            f"{coordinates.source}: none of its {len(place):,} spots is one of {source}; they are such as "
            f"{listed(coordinates.spots, 3)}, those of the other {listed(spots, 3)}; write the same names in both"
        )
    if len(rows) < len(spots):
        lost = [name for name, row in zip(spots, found, strict=True) if row < 0]
        findings.note(f"{source.name}: spots without coordinates, left out: {len(lost):,} ({listed(lost, 3)})")
    if len(rows) < len(place):
        findings.note(f"{coordinates.source.name}: coordinates of no spot, not used: {len(place) - len(rows):,}")
    sections = coordinates.sections
    of_spots = None if sections is None else tuple(sections[row] for row in found[rows])
    return PlacedSpots(rows, coordinates.points[found[rows]], of_spots)


def _place_in_order(
    coordinates: Coordinates, spots: Sequence[str], source: MatrixSource, findings: Findings
) -> PlacedSpots:
    count = len(coordinates.points)
    if count != len(spots):
        raise InputError(
            f"{coordinates.source}: {count:,} rows of coordinates for the {len(spots):,} spots of {source}, and no "
            f"column that names the spots; add such a column, or keep {len(spots):,} rows in the order of the spots"
        )
    findings.note(
        f"{coordinates.source.name}: no column names the spots; its {count:,} rows are taken to be in the order of the "
        f"spots of {source.name}"
    )
    return PlacedSpots(np.arange(count, dtype=np.int64), coordinates.points, coordinates.sections)


def _check_numbers(values: ColumnValues) -> None:
    wrong = np.flatnonzero(~np.isfinite(values.values).all(axis=1))
    if len(wrong):
        raise InputError(
            f"{values.table.line(int(wrong[0]))}: a coordinate is missing or no number ({len(wrong):,} such rows); "
            "expected numbers; leave out spots without coordinates"
        )


def _read_texts(values: ColumnValues, column: int | None) -> tuple[str, ...] | None:
    return None if column is None else tuple(text_of(cell) for cell in values.texts[column])
