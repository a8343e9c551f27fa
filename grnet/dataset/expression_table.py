"""What is said of expression tables: how they are read, one of them, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from grnet.dataset.lab_measurements import LabMeasurement
from grnet.dataset.measurements.samples import NAME, SAMPLE, SAMPLES
from grnet.dataset.reading.overrides import NO_COLUMN_CHOICES, ColumnChoices
from grnet.dataset.reading.plan import ReadingPlan, TableKind
from grnet.schema.arrays import Float32
from grnet.schema.prepare_config import Normalisation
from grnet.schema.sources import TableSource

_SHOWN_ROWS = 100


@dataclass(frozen=True)
class ExpressionOptions:
    """How expression tables are read.

    Attributes
    ----------
    transpose : bool
        The user says that genes are in the columns of the files.
    choices : ColumnChoices
    normalise : {"auto", "log-cpm", "log", "none"}
    kind : TableKind
        What the tables are given as: `--expression` or `--spatial`.
    """

    transpose: bool = False
    choices: ColumnChoices = NO_COLUMN_CHOICES
    normalise: Normalisation = "auto"
    kind: TableKind = TableKind.EXPRESSION


DEFAULT_OPTIONS = ExpressionOptions()


@dataclass(frozen=True)
class ExpressionTable:
    """Expression of distinct genes.

    Attributes
    ----------
    symbols, ids : tuple of str
        Aligned; ids are "" where the tables have none.
    samples : tuple of str
    values : float32 array [G, S]
        Finite.
    plans : tuple of ReadingPlan
        One for each file.
    normalised : str
        What was done to the values; "" where nothing.
    """

    symbols: tuple[str, ...]
    ids: tuple[str, ...]
    samples: tuple[str, ...]
    values: Float32
    plans: tuple[ReadingPlan, ...] = ()
    normalised: str = ""


@dataclass(frozen=True)
class Part:
    """One file: names, ids, lines of the rows that have a name; samples is None without a header."""

    path: TableSource
    names: list[str]
    ids: list[str]
    lines: list[str]
    samples: tuple[str, ...] | None
    values: Float32
    plan: ReadingPlan


def as_lab_measurement(table: ExpressionTable, *, units: str) -> LabMeasurement:
    """Return the measurement of expression tables, in `units`."""
    return LabMeasurement(
        name=NAME,
        kind=SAMPLES,
        source=", ".join(plan.path.name for plan in table.plans),
        symbols=table.symbols,
        ids=table.ids,
        values=table.values,
        places=pd.DataFrame({SAMPLE: list(table.samples)}),
        units=units,
        plans=table.plans,
    )
