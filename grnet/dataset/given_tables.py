"""A pandas DataFrame or a list → a table of plain cells: types of pandas undone, labels as text, the index a column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from grnet.dataset.table_cells import quote
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenTable

_NUMBERS = "iuf"
"""Kinds of numpy's types of real numbers."""


def table_of_frame(frame: pd.DataFrame, *, name: str, container: str) -> GivenTable:
    """Return the table of a DataFrame.

    Parameters
    ----------
    frame : DataFrame
    name, container : str
        See :class:`GivenTable`.

    Notes
    -----
    Labels 0, 1, 2, … of columns are no header. An index other than 0, 1, 2, … is the first column, and each level of a
    MultiIndex is one. An index of whole numbers without a name, beside a column of text, counts rows of the table that
    `frame` was selected from, and is left out with a note.

    Raises
    ------
    InputError
        The columns have several levels, or a cell holds no text, number or date.
    """
    if isinstance(frame.columns, pd.MultiIndex):
        raise InputError(
            f"{name}: its columns have {frame.columns.nlevels} levels of names; expected one; join them, such as by "
            "df.columns = df.columns.map('_'.join)"
        )
    labels = [_text_of_label(label) for label in frame.columns]
    numbered = [str(place) for place in range(len(labels))]
    header = None if pd.api.types.is_integer_dtype(frame.columns) and labels == numbered else labels
    columns = [_plain_column(frame.iloc[:, place], name, labels[place]) for place in range(len(labels))]
    notes: tuple[str, ...] = ()
    if _counts_rows(frame, columns):
        notes = (f"{name}: its index of whole numbers without a name is taken for numbers of rows, and is not read",)
    elif not _is_default(frame.index):
        levels = [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
        titles = [_text_of_label(level.name) for level in levels]
        columns = [
            _plain_column(level.to_series(), name, title) for level, title in zip(levels, titles, strict=True)
        ] + columns
        header = None if header is None else [*titles, *header]
    cells = pd.DataFrame(dict(enumerate(columns)))
    return GivenTable(name, container, cells, None if header is None else tuple(header), notes)


def table_of_list(rows: Sequence[Any], *, name: str, container: str) -> GivenTable:
    """Return the table of a list: of names, one for each row, of sequences of cells, or of mappings of column to cell.

    Raises
    ------
    InputError
        Rows are of different kinds, or a cell holds no text, number or date.
    """
    if all(isinstance(row, Mapping) for row in rows) and rows:
        return table_of_frame(pd.DataFrame(list(rows)), name=name, container=container)
    nested = [isinstance(row, Sequence | np.ndarray) and not isinstance(row, str) for row in rows]
    if any(nested) and not all(nested):
        place = nested.index(not nested[0])
        raise InputError(
            f"{name}: row {place + 1} is {quote(rows[place])}, row 1 is {quote(rows[0])}; expected either names or "
            "rows of cells throughout"
        )
    table = [list(row) for row in rows] if any(nested) else [[row] for row in rows]
    width = max(map(len, table), default=0)
    columns = {}
    for place in range(width):
        cells = pd.Series([row[place] if place < len(row) else None for row in table], dtype=object)
        columns[place] = _plain_column(cells, name, str(place + 1))
    return GivenTable(name, container, pd.DataFrame(columns))


def _counts_rows(frame: pd.DataFrame, columns: Sequence[pd.Series]) -> bool:
    """Tell whether an index is what is left of 0, 1, 2, … once rows were selected."""
    plain = frame.index.nlevels == 1 and frame.index.name is None and pd.api.types.is_integer_dtype(frame.index)
    return plain and not _is_default(frame.index) and any(column.dtype == object for column in columns)


def _is_default(index: pd.Index) -> bool:
    """Tell whether an index without a name is 0, 1, 2, …, or a range of these."""
    if index.nlevels > 1 or index.name is not None or not pd.api.types.is_integer_dtype(index):
        return False
    return isinstance(index, pd.RangeIndex) or bool(np.array_equal(index.to_numpy(), np.arange(len(index))))


def _text_of_label(label: object) -> str:
    return "" if label is None or (isinstance(label, float) and np.isnan(label)) else str(label)


def _plain_column(values: pd.Series, name: str, label: str) -> pd.Series:
    """Return a column of numbers as one of numpy's types, any other as plain Python objects.

    Raises
    ------
    InputError
        A cell holds no text, number or date.
    """
    if isinstance(values.dtype, pd.SparseDtype):
        values = pd.Series(np.asarray(values))
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in _NUMBERS:
        return values.reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(values) and values.dtype.kind in _NUMBERS:  # nullable and of Arrow
        whole = values.dtype.kind != "f" and not values.isna().any()
        return pd.Series(values.to_numpy(dtype=np.int64 if whole else np.float64, na_value=0 if whole else np.nan))
    cells = [_plain_cell(cell, name, label, row) for row, cell in enumerate(values.astype(object), start=1)]
    held = [cell for cell in cells if cell is not None]
    if held and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in held):
        return pd.Series(cells, dtype=np.float64 if len(held) < len(cells) else None)
    return pd.Series(cells, dtype=object)


def _plain_cell(cell: object, name: str, label: str, row: int) -> object:
    """Return a cell as text, Python number, date or None."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return None
    if isinstance(cell, str | bool | int | float | dt.date | dt.time):
        return cell
    if isinstance(cell, Decimal | Fraction):
        return float(cell)
    if isinstance(cell, dt.timedelta | pd.Period | pd.Interval):
        return str(cell)
    raise InputError(
        f"{name}:{row}, column {quote(label)}: holds {type(cell).__name__}; expected a text or number in each cell"
    )
