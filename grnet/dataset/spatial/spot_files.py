"""Spots of annotated files and objects → the measurement "spots"."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from grnet.dataset.annotated.cell_choice import choose_cells
from grnet.dataset.annotated.chosen_cells import ChosenCells
from grnet.dataset.annotated.matrix import AnnotatedMatrix, AnnotatedOptions
from grnet.dataset.annotated.normalising import (
    Sums,
    add_up,
    choose_method,
    find_kept_genes,
    name_genes,
    read_logarithms,
)
from grnet.dataset.annotated.pooling import read_pools
from grnet.dataset.annotated.readers import NO_OPTIONS
from grnet.dataset.findings import Findings
from grnet.dataset.lab_measurements import FilePlan, LabMeasurement
from grnet.dataset.measurements.spots import NAME, SPOTS
from grnet.dataset.spatial.coordinates import Coordinates, PlacedSpots, place_spots
from grnet.dataset.spatial.smoothing import WIDTH
from grnet.dataset.spatial.spot_bins import MOST_SPOTS, bin_spots
from grnet.dataset.spatial.spot_checks import find_lonely, make_places
from grnet.dataset.spatial.spot_places import SECTION, find_spacing
from grnet.dataset.spatial.spot_sections import Sections, find_sections
from grnet.dataset.table_cells import header_word
from grnet.schema.arrays import Indices
from grnet.schema.errors import InputError
from grnet.schema.prepare_config import Normalisation

_COLUMNS = (
    ("x", "y"),
    ("xcentroid", "ycentroid"),
    ("centerx", "centery"),
    ("xcoord", "ycoord"),
    ("arraycol", "arrayrow"),
)
"""Columns of the spots that hold coordinates where obsm does not, as tools write them."""


@dataclass(frozen=True)
class SpotOptions:
    """How spots become a measurement.

    Attributes
    ----------
    reading : AnnotatedOptions
    section : str
    only : tuple of str
    min_cells : int or None
    normalise : {"auto", "log-cpm", "log", "none"}
    units : str
    """

    reading: AnnotatedOptions = NO_OPTIONS
    section: str = ""
    only: tuple[str, ...] = ()
    min_cells: int | None = None
    normalise: Normalisation = "auto"
    units: str = ""


def measure_spots(
    matrix: AnnotatedMatrix, coordinates: Coordinates | None, options: SpotOptions, findings: Findings
) -> LabMeasurement:
    """Return the measurement of the spots of an annotated matrix.

    Parameters
    ----------
    matrix : AnnotatedMatrix
    coordinates : Coordinates or None
        Of a file of their own; None takes those of the matrix.
    options : SpotOptions
    findings : Findings
        Takes words to the user.

    Raises
    ------
    InputError
        There are no coordinates, they or the sections cannot be used, or no spot or gene is left.
    """
    matrix = replace(matrix, plan=replace(matrix.plan, kind="spots"))
    for note in matrix.notes:
        findings.note(note)
    rows, sums, places, sections = _locate(matrix, coordinates, options, findings)
    kept = find_kept_genes(matrix, sums, options.min_cells, findings)
    method = choose_method(matrix, options.normalise, findings)
    cells = ChosenCells(matrix, rows, kept, sums.of_cells)
    remarks = [method] if method else []
    remarks.append(_describe_sections(places, sections))
    if len(rows) > MOST_SPOTS:
        pools, places, side = bin_spots(places)
        values = read_pools(cells, pools, method)
        remarks.append(f"added up in {len(places):,} bins of side {side:.3g}")
        findings.note(
            f"{matrix.source.name}: {len(rows):,} spots, more than {MOST_SPOTS:,}: added up in {len(places):,} bins "
            f"of a grid, {side:.3g} on a side"
        )
    else:
        values = read_logarithms(cells, method)
    remarks.append(describe_smoothing(places))
    symbols, ids = name_genes(cells, sums, findings)
    plan = replace(matrix.plan, n_cells=len(rows), remarks=tuple(remarks))
    plans: tuple[FilePlan, ...] = (plan,) if coordinates is None else (plan, coordinates.plan)
    return LabMeasurement(
        name=NAME,
        kind=SPOTS,
        source=matrix.source.name,
        symbols=symbols,
        ids=ids,
        values=values,
        places=places,
        units=options.units or method,
        plans=plans,
    )


def describe_smoothing(places: pd.DataFrame) -> str:
    """Say by how much spots are smoothed, for the plan."""
    return f"smoothed over neighbours by a Gaussian of standard deviation {WIDTH * find_spacing(places):.3g}"


def _locate(
    matrix: AnnotatedMatrix, coordinates: Coordinates | None, options: SpotOptions, findings: Findings
) -> tuple[Indices, Sums, pd.DataFrame, Sections]:
    """Return the spots that are used, their sums, places and sections."""
    names = [str(name) for name in matrix.cells.index]
    placed = _find_points(matrix, names, coordinates, findings)
    sections = _choose_sections(matrix, placed, options)
    wanted = np.isin(placed.rows, choose_cells(matrix, options.only))
    sums = add_up(matrix, placed.rows[wanted])
    empty = np.zeros(len(wanted), dtype=bool)
    empty[np.flatnonzero(wanted)] = sums.of_cells == 0
    if empty.any() and matrix.contents != "scaled":
        findings.note(f"{matrix.source.name}: spots without any counts, left out: {int(empty.sum()):,}")
        wanted &= ~empty
    if not wanted.any():
        raise InputError(f"{matrix.source}: {matrix.layer} holds nothing but zeros; expected expression")
    lonely = find_lonely(
        matrix.source, [sections.names[at] for at in np.flatnonzero(wanted)], sections.origin, findings
    )
    wanted[np.flatnonzero(wanted)[lonely]] = False
    used = np.flatnonzero(wanted)
    places = make_places(
        matrix.source,
        [names[row] for row in placed.rows[used]],
        placed.points[used],
        [sections.names[at] for at in used],
    )
    rows = placed.rows[used]
    return rows, add_up(matrix, rows), places, sections


def _find_points(
    matrix: AnnotatedMatrix, names: list[str], coordinates: Coordinates | None, findings: Findings
) -> PlacedSpots:
    if coordinates is not None:
        return place_spots(coordinates, names, matrix.source, findings)
    every = np.arange(len(names), dtype=np.int64)
    if matrix.coordinates is not None:
        return PlacedSpots(every, matrix.coordinates, None)
    words = {header_word(str(column)): column for column in matrix.cells.columns}
    for pair in _COLUMNS:
        if all(word in words and pd.api.types.is_numeric_dtype(matrix.cells[words[word]]) for word in pair):
            own = matrix.cells[[words[word] for word in pair]].to_numpy(np.float64)
            findings.note(f"{matrix.source.name}: coordinates are columns {words[pair[0]]} and {words[pair[1]]} of obs")
            return PlacedSpots(every, own, None)
    raise InputError(
        f"{matrix.source}: has no coordinates of its spots; expected x and y in obsm['spatial'], or a table of spot, x "
        "and y by --coordinates FILE"
    )


def _choose_sections(matrix: AnnotatedMatrix, placed: PlacedSpots, options: SpotOptions) -> Sections:
    """Return the section of each placed spot; a column of the file of coordinates comes first."""
    if placed.sections is not None:
        return Sections(placed.sections, "the coordinates")
    found = find_sections(matrix, options.section)
    return replace(found, names=tuple(found.names[row] for row in placed.rows))


def _describe_sections(places: pd.DataFrame, sections: Sections) -> str:
    count = places[SECTION].nunique()
    noun = "1 section" if count == 1 else f"{count:,} sections"
    return f"{noun} ({sections.origin})" if sections.origin else noun
