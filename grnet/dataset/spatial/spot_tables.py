"""A table of genes × spots and a table of coordinates → the measurement "spots"."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Set
from dataclasses import replace

import numpy as np

from grnet.dataset.expression import read_expression
from grnet.dataset.expression_table import ExpressionOptions
from grnet.dataset.findings import Findings
from grnet.dataset.lab_measurements import LabMeasurement
from grnet.dataset.measurements.spots import NAME, SPOTS
from grnet.dataset.spatial.coordinates import Coordinates, place_spots
from grnet.dataset.spatial.spot_bins import MOST_SPOTS, bin_spots
from grnet.dataset.spatial.spot_checks import find_lonely, make_places
from grnet.dataset.spatial.spot_files import describe_smoothing
from grnet.dataset.table_cells import listed, quote
from grnet.schema.arrays import Float32, Indices
from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource


def measure_table_of_spots(
    source: TableSource,
    coordinates: Coordinates,
    aliases: Mapping[str, str],
    *,
    known_names: Set[str],
    options: ExpressionOptions,
    units: str,
    section: str = "",
    findings: Findings,
) -> LabMeasurement:
    """Return the measurement of a table of genes × spots, which is read as a table of samples is.

    Parameters
    ----------
    source : Path or GivenTable
    coordinates : Coordinates
    aliases : mapping of str to str
    known_names : set of str
        Names of the TF list and known edges.
    options : ExpressionOptions
    units : str
    section : str
        `--section`: the column of the coordinates that the user names.
    findings : Findings

    Raises
    ------
    MissingInputError, InputError
        The table cannot be used, or its spots have no coordinates.
    """
    if section:
        _check_section(coordinates, section)
    table = read_expression((source,), aliases, known_names=known_names, options=options, findings=findings)
    placed = place_spots(coordinates, table.samples, source, findings)
    sections = placed.sections or ("",) * len(placed.rows)
    lonely = find_lonely(source, sections, "the coordinates", findings)
    rows, points = placed.rows[~lonely], placed.points[~lonely]
    names, own = [table.samples[row] for row in rows], [sections[at] for at in np.flatnonzero(~lonely)]
    places = make_places(coordinates.source, names, points, own)
    values = table.values if len(rows) == len(table.samples) else table.values[:, rows]
    remark = f"{len(rows):,} spots"
    if len(rows) > MOST_SPOTS:
        pools, places, side = bin_spots(places)
        values = _average(values, pools.of_cell, pools.n_cells)
        remark += f", averaged in {len(places):,} bins of side {side:.3g}"
        findings.note(f"{source.name}: {len(rows):,} spots, more than {MOST_SPOTS:,}: {remark.partition(', ')[2]}")
    said = f"{remark}; {describe_smoothing(places)}"
    plans = tuple(replace(plan, units="; ".join(part for part in (plan.units, said) if part)) for plan in table.plans)
    return LabMeasurement(
        name=NAME,
        kind=SPOTS,
        source=source.name,
        symbols=table.symbols,
        ids=table.ids,
        values=values,
        places=places,
        units=units or table.normalised,
        plans=(*plans, coordinates.plan),
    )


def _check_section(coordinates: Coordinates, section: str) -> None:
    names = [column.name for column in coordinates.plan.columns]
    if section not in names:
        near = difflib.get_close_matches(section, names, n=1)
        advice = f"did you mean {quote(near[0])}?" if near else f"its columns are {listed(names, 12)}"
        raise InputError(f"{coordinates.source}: --section {section}: no such column; {advice}")


def _average(values: Float32, bin_of: Indices, count: Indices) -> Float32:
    """Return the mean of the spots of each bin, float32 [G, bins] of [G, P]."""
    order = np.argsort(bin_of, kind="stable")
    starts = np.cumsum(count) - count
    means: Float32 = (np.add.reduceat(values[:, order], starts, axis=1, dtype=np.float64) / count).astype(np.float32)
    return means
