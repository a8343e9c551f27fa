"""A file or object with a table → its cells, whatever its format: the one entrance for every table of a lab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grnet.dataset.reading.content import recognise
from grnet.dataset.reading.raw_table import FileForm, RawTable
from grnet.dataset.reading.readers import READERS, ReadRequest
from grnet.dataset.reading.text_tables import LONG_TEXT
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenTable, TableSource


@dataclass(frozen=True)
class FileChoices:
    """What the user says of a file: "" leaves it to be found.

    Attributes
    ----------
    sheet, encoding, separator : str
    """

    sheet: str = ""
    encoding: str = ""
    separator: str = ""


NO_FILE_CHOICES = FileChoices()


def read_table(
    path: TableSource,
    choices: FileChoices = NO_FILE_CHOICES,
    *,
    fits: Callable[[list[list[Any]]], bool] = lambda grid: len(grid) > 1 and max(map(len, grid)) > 1,
    ragged: bool = False,
    long_text: int = LONG_TEXT,
) -> RawTable:
    """Read the cells of a table.

    Parameters
    ----------
    path : Path or GivenTable
        `choices`, `fits`, `ragged` and `long_text` are about files only.
    choices : FileChoices
    fits : callable
        Tells whether the cells of a sheet may be the table that is wanted.
    ragged : bool
        Rows of a text may have different widths.
    long_text : int
        Bytes from which on only the first rows of a text are read.

    Raises
    ------
    MissingInputError
        There is no such file.
    InputError
        The file is empty, damaged, or of a kind that is not read.
    """
    raw = _read_given(path) if isinstance(path, GivenTable) else _read_file(path, choices, fits, ragged, long_text)
    if raw.cells.empty:
        raise InputError(f"{path}: the table is empty; expected at least one row")
    return raw


def _read_given(table: GivenTable) -> RawTable:
    """Return the cells of an object; its rows and columns are counted from 1."""
    rows, columns = (tuple(range(1, count + 1)) for count in table.cells.shape)
    form = FileForm(container=table.container)
    return RawTable(table, table.cells, rows, columns, table.header, form, table.notes).without_blanks()


def _read_file(
    path: Path, choices: FileChoices, fits: Callable[[list[list[Any]]], bool], ragged: bool, long_text: int
) -> RawTable:
    content = recognise(path)
    asked = ReadRequest(content, choices.sheet, choices.encoding, choices.separator, fits, ragged, long_text)
    return READERS[content.kind](asked)


def is_name_sheet(grid: Sequence[Sequence[Any]]) -> bool:
    """Tell whether a sheet may be a list or table of names: most cells of its rows are single words or numbers."""
    cells = [str(cell).strip() for row in grid[:200] for cell in row if cell is not None and str(cell).strip()]
    return len(grid) > 1 and sum(" " not in cell for cell in cells) > 0.7 * max(len(cells), 1)


def is_number_sheet(grid: Sequence[Sequence[Any]]) -> bool:
    """Tell whether a sheet may be a table of expression: it has names and, in most rows, numbers beside them."""
    rows = [row for row in grid[:200] if any(cell is not None for cell in row)]
    numeric = [sum(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in row) for row in rows]
    return len(rows) > 1 and sum(count > 0 for count in numeric) > len(rows) / 2
