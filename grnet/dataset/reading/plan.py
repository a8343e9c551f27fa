"""The reading plan of a table: what the file is, and what each of its columns is taken for.

A plan is made before any value is used. It is shown in a line, kept in the dataset, and followed to the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grnet.dataset.reading.raw_table import FileForm, RawTable
from grnet.dataset.table_cells import quote
from grnet.schema.sources import GivenTable, TableSource

SHOWN_COLUMNS = 8


class TableKind(StrEnum):
    """What a file is given as; the word before the colon of `--columns`."""

    EXPRESSION = "expression"
    TFS = "tfs"
    KNOWN_EDGES = "known-edges"
    IMAGES = "images"
    SPATIAL = "spatial"
    COORDINATES = "coordinates"
    ANNOTATIONS = "annotations"
    ONTOLOGY = "ontology"
    ALIASES = "aliases"
    SCORES = "scores"


class Role(StrEnum):
    """What a column is taken for; the words before = of `--columns`."""

    SYMBOL = "symbol"
    ID = "id"
    SAMPLES = "samples"
    GENES = "genes"
    TF = "tf"
    TARGET = "target"
    LABEL = "label"
    SIGN = "sign"
    WEIGHT = "weight"
    SCORE = "score"
    SOURCE = "source"
    IS_TF = "is-tf"
    NAME = "name"
    VIEW = "view"
    STAGE = "stage"
    PATH = "path"
    TERM = "term"
    SPOT = "spot"
    X = "x"
    Y = "y"
    Z = "z"
    SECTION = "section"
    SET_ASIDE = "set-aside"


@dataclass(frozen=True)
class ColumnPlan:
    """What one column is taken for.

    Attributes
    ----------
    index : int
        Place in the table as read, from 0.
    place : int
        Place in the file, from 1.
    name : str
        Its name in the file, or "column 3".
    role : Role
    reason : str
        Why it is set aside.
    """

    index: int
    place: int
    name: str
    role: Role
    reason: str = ""


@dataclass(frozen=True)
class ReadingPlan:
    """How one file is read.

    Attributes
    ----------
    path : Path or GivenTable
    kind : TableKind
    shape : str
        "table", or another form such as "SIF", "gene sets" or "matrix of TFs × targets".
    form : FileForm
    header : int
        1-based line of the column names; 0 where the file has none.
    columns : tuple of ColumnPlan
    decimal : str
        The decimal mark of numbers.
    thousands : str
        The mark between thousands; "" where there is none.
    transposed : bool
        The genes of an expression table are in its columns.
    units : str
        What the values were found to be.
    """

    path: TableSource
    kind: TableKind
    form: FileForm
    columns: tuple[ColumnPlan, ...]
    shape: str = "table"
    header: int = 0
    decimal: str = "."
    thousands: str = ""
    transposed: bool = False
    units: str = ""

    def of_role(self, role: Role) -> tuple[int, ...]:
        """Return the columns of a role, in the order of the table."""
        return tuple(column.index for column in self.columns if column.role is role)

    def first(self, role: Role) -> int | None:
        """Return the first column of a role; None where there is none."""
        return next(iter(self.of_role(role)), None)

    def describe(self) -> str:
        """Return the plan in a line: "expression counts.txt: symbol = Geneid; 12 samples S1 … S12; set aside: …"."""
        parts = [] if self.shape == "table" else [self.shape]
        parts += self.form.remarks()
        if self.decimal == ",":
            parts.append("decimal commas")
        if self.thousands:
            parts.append(f"thousands marked by {quote(self.thousands)}")
        if self.transposed:
            parts.append("genes in columns")
        if not self.header and self.shape == "table":
            parts.append("no header")
        for role in Role:
            named = [column.name for column in self.columns if column.role is role]
            if role in (Role.SAMPLES, Role.GENES) and named:
                parts.append(_count_names(named, role.value))
            elif role is not Role.SET_ASIDE and named:
                parts.append(f"{role.value} = {', '.join(named[:SHOWN_COLUMNS])}")
        if self.units:
            parts.append(self.units)
        aside = self._describe_aside()
        given = self.path.name if isinstance(self.path, GivenTable) else f"{self.kind.value} {self.path.name}"
        return f"{given}: {'; '.join([*parts, *aside])}"

    def _describe_aside(self) -> list[str]:
        reasons: dict[str, list[str]] = {}
        for column in self.columns:
            if column.role is Role.SET_ASIDE:
                reasons.setdefault(column.reason, []).append(column.name)
        said = [f"{_shorten(names)} ({reason})" if reason else _shorten(names) for reason, names in reasons.items()]
        return [f"set aside: {', '.join(said)}"] if said else []

    def to_json(self) -> dict[str, Any]:
        """Return the plan for `dataset.toml`; without the folder of the file."""
        columns: list[dict[str, Any]] = []
        names: list[str] = []
        for column in self.columns:
            if column.role in (Role.SAMPLES, Role.GENES):
                names.append(column.name)
                continue
            entry = {"column": column.place, "name": column.name, "role": column.role.value}
            columns.append(entry | ({"reason": column.reason} if column.reason else {}))
        plain: dict[str, Any] = {
            "file": self.path.name,
            "kind": self.kind.value,
            "shape": self.shape,
            "container": self.form.container,
            "compression": self.form.compression,
            "encoding": self.form.encoding,
            "separator": self.form.separator,
            "sheet": self.form.sheet,
            "skipped": [f"line {lines}: {why}" for lines, why in self.form.skipped],
            "header": self.header,
            "decimal": self.decimal,
            "thousands": self.thousands,
            "transposed": self.transposed,
            "units": self.units,
            "description": self.describe(),
            "columns": columns,
        }
        if names:
            plain["value_columns"] = len(names)
        return {key: value for key, value in plain.items() if value not in ("", [], False)}


def plan_column(table: RawTable, column: int, role: Role, reason: str = "") -> ColumnPlan:
    """Return the plan of one column of a table."""
    return ColumnPlan(column, table.columns[column], table.column_name(column), role, reason)


def plan_columns(table: RawTable, roles: Mapping[int, Role]) -> tuple[ColumnPlan, ...]:
    """Return the plans of all columns of a table; those without a role are set aside as not used."""
    return tuple(
        plan_column(table, column, roles[column])
        if column in roles
        else plan_column(table, column, Role.SET_ASIDE, "not used")
        for column in range(table.cells.shape[1])
    )


def header_line(raw: RawTable, table: RawTable) -> int:
    """Return the 1-based line of the column names; 0 where there are none.

    Parameters
    ----------
    raw : RawTable
        As read; a header that its format has, as Parquet does, counts as line 1.
    table : RawTable
        The same with its header taken off, where it has one.
    """
    if table.header is None:
        return 0
    return raw.rows[0] if raw.header is None else 1


def _count_names(names: list[str], what: str) -> str:
    if len(names) == 1:
        return f"1 {what.removesuffix('s')} {names[0]}"
    return f"{len(names):,} {what} {names[0]} … {names[-1]}"


def _shorten(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - SHOWN_COLUMNS} more" if len(every) > SHOWN_COLUMNS else ""
    return ", ".join(every[:SHOWN_COLUMNS]) + more
