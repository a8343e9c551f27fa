"""Which cells are read (`--only`), and which group each belongs to (`--within`), by columns of their table."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from grnet.dataset.annotated.matrix import AnnotatedMatrix
from grnet.dataset.table_cells import MISSING_WORDS, listed, quote, text_of
from grnet.schema.arrays import Indices
from grnet.schema.errors import InputError
from grnet.schema.sources import MatrixSource

UNKNOWN = "unknown"
_BETWEEN = " / "


@dataclass(frozen=True, eq=False)
class CellGroups:
    """The group of each cell.

    Attributes
    ----------
    columns : tuple of str
        None where cells have no groups.
    names : tuple of str
        Sorted.
    group : int64 array [n]
        Place of each cell's group among the names.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    group: Indices


def choose_cells(matrix: AnnotatedMatrix, only: Sequence[str]) -> Indices:
    """Return the rows of the cells that every column of `only` keeps, ascending.

    Parameters
    ----------
    matrix : AnnotatedMatrix
    only : sequence of str
        "COLUMN=VALUE,VALUE"; values of one column may come in several texts.

    Raises
    ------
    InputError
        There is no such column or value, or no cell has all of them.
    """
    wanted: dict[str, set[str]] = {}
    for text in only:
        column, _, values = (part.strip() for part in text.partition("="))
        wanted.setdefault(column, set()).update(_split_values(matrix, column, values))
    kept = np.ones(len(matrix.cells), dtype=bool)
    for column, allowed in wanted.items():
        kept &= read_column(matrix.source, matrix.cells, column, "--only").isin(allowed).to_numpy(dtype=bool)
    if not kept.any():
        raise InputError(f"{matrix.source}: no cell has {' and '.join(only)}; each value alone has cells")
    return np.flatnonzero(kept).astype(np.int64)


def group_cells(matrix: AnnotatedMatrix, rows: Indices, within: Sequence[str]) -> CellGroups:
    """Return the groups of some cells: those that agree in all columns of `within`.

    Parameters
    ----------
    matrix : AnnotatedMatrix
    rows : int64 array [n]
    within : sequence of str
        Names of columns; one text may hold several, separated by commas.

    Raises
    ------
    InputError
        There is no such column.
    """
    columns = split_columns(matrix.cells, within)
    if not columns:
        return CellGroups((), ("",), np.zeros(len(rows), dtype=np.int64))
    parts = [read_column(matrix.source, matrix.cells, column, "--within").iloc[rows] for column in columns]
    joined = [_BETWEEN.join(value or UNKNOWN for value in row) for row in zip(*parts, strict=True)]
    names, group = np.unique(np.array(joined, dtype=object), return_inverse=True)
    return CellGroups(columns, tuple(map(str, names)), group.astype(np.int64))


def split_columns(cells: pd.DataFrame, texts: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns; a text that is no column itself is a list of them, separated by commas."""
    names: dict[str, None] = {}
    for text in texts:
        for name in [text] if text in cells.columns else text.split(","):
            if name.strip():
                names[name.strip()] = None
    return tuple(names)


def read_column(source: MatrixSource, cells: pd.DataFrame, column: str, option: str) -> pd.Series:
    """Return a column of the cells as text, "" where it says nothing.

    Raises
    ------
    InputError
        There is no such column.
    """
    if column not in cells.columns:
        names = [str(name) for name in cells.columns]
        raise InputError(f"{source}: {option} {column}: no such column of obs; {_suggest(column, names)}")
    plain = cells[column].astype(object)
    return plain.map({value: _text(value) for value in plain.unique()}).fillna("").astype(object)


def _split_values(matrix: AnnotatedMatrix, column: str, values: str) -> set[str]:
    """Return the values of a column that a text names; the whole of it, or its parts between commas."""
    held = set(read_column(matrix.source, matrix.cells, column, "--only")) - {""}
    if values in held:
        return {values}
    parts = {part.strip() for part in values.split(",")} - {""}
    for part in sorted(parts - held):
        raise InputError(
            f"{matrix.source}: --only {column}={part}: no cell has this {column}; {_suggest(part, sorted(held))}"
        )
    return parts


def _suggest(wanted: str, names: Sequence[str]) -> str:
    lowered = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(wanted.casefold(), list(lowered), n=2)
    within = [name for name in names if wanted.casefold() in name.casefold()][:3]
    found = [lowered[name] for name in near] or within
    if found:
        return f"did you mean {' or '.join(quote(name) for name in found)}?"
    return f"it has {listed(names, 12) or 'none'}"


def _text(value: object) -> str:
    text = text_of(value) if not isinstance(value, bool | np.bool_) else str(value)
    return "" if text.lower() in MISSING_WORDS else text
