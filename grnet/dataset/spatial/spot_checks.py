"""Names, coordinates and sections of spots → their table of places, or one clear line on what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from grnet.dataset.findings import Findings
from grnet.dataset.spatial.spot_places import SECTION, SPOT, X, Y, Z, split_sections
from grnet.dataset.table_cells import listed, quote
from grnet.schema.arrays import Bools, Float64
from grnet.schema.errors import InputError
from grnet.schema.sources import MatrixSource

FEWEST_SPOTS = 2
"""Fewer spots of a section have no neighbours."""


def make_places(source: MatrixSource, names: Sequence[str], points: Float64, sections: Sequence[str]) -> pd.DataFrame:
    """Return the table of places of P spots.

    Parameters
    ----------
    source : Path, GivenTable or GivenAnnData
        For messages.
    names : sequence of str
    points : float64 array [P, 2 or 3]
    sections : sequence of str

    Raises
    ------
    InputError
        Coordinates are of another shape or not finite, all spots of all sections lie on one point, or two spots of a
        section have one name.
    """
    if points.ndim != 2 or points.shape[1] not in (2, 3) or len(points) != len(names):
        shape = " × ".join(f"{length:,}" for length in points.shape)
        raise InputError(
            f"{source}: coordinates of {shape} for {len(names):,} spots; expected x, y and perhaps z of each"
        )
    wrong = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(wrong):
        raise InputError(
            f"{source}: {len(wrong):,} of {len(names):,} spots have no coordinates, such as {quote(names[wrong[0]])}; "
            "expected finite numbers; leave such spots out"
        )
    z = points[:, 2] if points.shape[1] == 3 else np.zeros(len(points))
    places = pd.DataFrame({SPOT: list(names), SECTION: list(sections), X: points[:, 0], Y: points[:, 1], Z: z})
    _check_names(source, places)
    if all((points[rows] == points[rows[0]]).all() for rows in split_sections(places) if len(rows)):
        raise InputError(
            f"{source}: all spots of a section lie on one point; expected coordinates that tell spots apart"
        )
    return places


def find_lonely(source: MatrixSource, sections: Sequence[str], origin: str, findings: Findings) -> Bools:
    """Return which spots [P] are in sections of fewer than FEWEST_SPOTS spots, which are set aside.

    Parameters
    ----------
    source : Path, GivenTable or GivenAnnData
    sections : sequence of str
        Of each spot.
    origin : str
        Where the sections are from, such as "--section sample".
    findings : Findings

    Raises
    ------
    InputError
        Most sections are so small: they cannot be sections.
    """
    counts = Counter(sections)
    small = [name for name, count in counts.items() if count < FEWEST_SPOTS]
    if small and 2 * len(small) >= len(counts):
        raise InputError(
            f"{source}: {origin}: {len(small):,} of {len(counts):,} sections have one spot; expected a column that "
            "says which section each spot belongs to; choose another with --section COLUMN"
        )
    if small:
        findings.note(f"{source.name}: sections of one spot, set aside: {listed(small, 3)}")
    return np.array([counts[name] < FEWEST_SPOTS for name in sections], dtype=bool)


def _check_names(source: MatrixSource, places: pd.DataFrame) -> None:
    repeated = places.duplicated([SPOT, SECTION])
    if repeated.any():
        names = list(dict.fromkeys(places[SPOT][repeated]))
        raise InputError(
            f"{source}: spots of one section share a name: {listed(names, 3)}; make names distinct, as by "
            "adata.obs_names_make_unique(), or name the column of sections with --section COLUMN"
        )
