"""Measurements as a lab's files hold them: their genes still have the names of the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from grnet.schema.arrays import Float32
from grnet.schema.measurements import Kind


class FilePlan(Protocol):
    """How one file is read: shown in a line, and kept in `dataset.toml`."""

    def describe(self) -> str:
        """Return the plan in a line."""

    def to_json(self) -> dict[str, Any]:
        """Return the plan for `dataset.toml`."""


@dataclass(frozen=True, eq=False)
class LabMeasurement:
    """What was measured of the genes of some files.

    Attributes
    ----------
    name : str
        Distinct in a dataset.
    kind : Kind
    source : str
        Name of the file or object, for messages.
    symbols, ids : tuple of str
        Names of the R genes, distinct; ids are "" where unknown.
    values : float32 array [R, P]
        Finite.
    places : DataFrame
        P rows, columns of `kind.places`.
    units : str
    plans : tuple of FilePlan
        How each file was read.
    """

    name: str
    kind: Kind
    source: str
    symbols: tuple[str, ...]
    ids: tuple[str, ...]
    values: Float32
    places: pd.DataFrame
    units: str = ""
    plans: tuple[FilePlan, ...] = ()
