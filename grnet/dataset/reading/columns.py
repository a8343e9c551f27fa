"""A table and its plan → texts and numbers of its columns, from cells at hand or from a long text on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grnet.dataset.reading.numbers import NumberMarks, missing_words, parse_numbers
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.text_tables import read_whole, stream_columns
from grnet.schema.arrays import Float32, Indices


@dataclass(frozen=True, eq=False)
class ColumnValues:
    """Columns of a table.

    Attributes
    ----------
    table : RawTable
        With all cells, unless a long text was read without them.
    texts : dict of int to list
        Cells of each column of text, as the file holds them.
    values : float32 array [R, V]
        NaN where a cell is no number.
    rows : int64 array [R]
        1-based places in the file.
    """

    table: RawTable
    texts: dict[int, list[Any]]
    values: Float32
    rows: Indices


def read_columns(
    table: RawTable, text_columns: Sequence[int], number_columns: Sequence[int], marks: NumberMarks
) -> ColumnValues:
    """Read some columns of a table as text and some as numbers.

    Parameters
    ----------
    table : RawTable
        Its header has been taken off.
    text_columns, number_columns : sequence of int
    marks : NumberMarks
    """
    if not table.complete and not marks.thousands:
        streamed = stream_columns(table, text_columns, number_columns, decimal=marks.decimal, missing=missing_words())
        if streamed is not None:
            texts, values, rows, form = streamed
            return ColumnValues(replace(table, form=form), dict(texts), values, rows)
    whole = table if table.complete else read_whole(table)
    values = np.empty((len(whole.cells), len(number_columns)), dtype=np.float32)
    with np.errstate(over="ignore"):
        for place, column in enumerate(number_columns):
            values[:, place] = parse_numbers(whole.cells.iloc[:, column], marks)
    cells = {column: list(whole.cells.iloc[:, column]) for column in text_columns}
    return ColumnValues(whole, cells, values, np.array(whole.rows, dtype=np.int64))
