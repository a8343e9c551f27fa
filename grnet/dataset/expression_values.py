"""The numbers of an expression table are all there, or an error says which cell is none, and why."""

from __future__ import annotations

import numpy as np

from grnet.dataset.reading.columns import ColumnValues
from grnet.dataset.reading.numbers import ERROR_CELLS
from grnet.dataset.reading.text_tables import read_whole
from grnet.dataset.table_cells import (
    MISSING_WORDS,
    is_decimal_comma,
    quote,
    text_of,
)
from grnet.schema.errors import InputError

_SHOWN_ROWS = 100


def check_values(
    columns: ColumnValues,
    value_columns: tuple[int, ...],
    places: list[int],
    names: list[str],
    kept: list[int],
    samples: tuple[str, ...] | None,
) -> None:
    """Raise where a cell among the numbers is text, missing or infinite."""
    wrong = ~np.isfinite(columns.values[:, places] if len(places) < columns.values.shape[1] else columns.values)
    if not wrong.any():
        return
    aside = np.ones(len(names), dtype=bool)
    aside[kept] = False
    wrong[aside] = False
    if not wrong.any():
        return
    table = columns.table if columns.table.complete else read_whole(columns.table)
    row, place = (int(index) for index in np.argwhere(wrong)[0])
    column = value_columns[place]
    text = text_of(table.cells.iat[row, column])
    gene = f"gene {quote(names[row])}" + (f", sample {quote(samples[place])}" if samples else "")
    more = f" ({int(wrong.sum()) - 1:,} more such cells)" if wrong.sum() > 1 else ""
    hint = "; if the genes are in the columns, add --transpose" if wrong.all(axis=1).any() else ""
    raise InputError(f"{table.place(row, column)} ({gene}): {describe_wrong_value(text)}{more}{hint}")


def describe_wrong_value(text: str) -> str:
    """Return what is wrong with a cell among the numbers, what was expected, and how to mend it."""
    if text.lower() in ERROR_CELLS:
        return f"the cell holds the spreadsheet's error {quote(text)}; expected a number; mend its formula"
    if text.lower() in MISSING_WORDS:
        return f"the value is missing ({quote(text)}); expected a number; fill it in or leave the gene out"
    if not _is_beyond_range(text):
        mend = "write all decimals with a point" if is_decimal_comma(text) else "mend the cell"
        return f"the text {quote(text)} among the numbers; expected a number; {mend}"
    return f"the value {quote(text)} is infinite or too large; expected a finite number; mend it or leave the gene out"


def _is_beyond_range(text: str) -> bool:
    """Tell whether `text` is a number that float32 cannot hold; what Python alone reads (1_000) is none."""
    try:
        return not abs(float(text)) <= float(np.finfo(np.float32).max)
    except ValueError:
        return False
