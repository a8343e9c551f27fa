"""A sheet of an XLSX file → its cells, with the values of merged cells in each of them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from grnet.dataset.reading.raw_table import FileForm, RawTable
from grnet.dataset.table_cells import listed, quote, text_of
from grnet.schema.errors import InputError

_DAMAGE = (
    zipfile.BadZipFile,
    InvalidFileException,
    KeyError,
    ValueError,
    IndexError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    zlib.error,
    ParseError,
)
Grid = list[list[Any]]
Fits = Callable[[Grid], bool]


@dataclass(frozen=True)
class _Sheet:
    title: str
    grid: Grid


def read_spreadsheet(path: Path, *, sheet: str, fits: Fits) -> RawTable:
    """Read the sheet that holds a table.

    Parameters
    ----------
    path : Path
    sheet : str
        Name of the sheet that the user has chosen; "" to find it.
    fits : callable
        Tells whether the cells of a sheet may be the table that is wanted.

    Raises
    ------
    InputError
        The file is damaged, has no such sheet, or several sheets may be meant.
    """
    try:
        sheets = _load_sheets(path)
    except _DAMAGE as error:
        said = " ".join(str(error).split())[:100]
        raise InputError(f"{path}: not a readable XLSX file ({said}); save it anew from the spreadsheet") from error
    filled = [one for one in sheets if one.grid]
    if not filled:
        raise InputError(f"{path}: the table is empty; expected at least one row")
    chosen, notes = _choose_sheet(path, filled, sheet, fits)
    width = max(len(row) for row in chosen.grid)
    cells = pd.DataFrame([row + [None] * (width - len(row)) for row in chosen.grid], columns=range(width), dtype=object)
    form = FileForm(container="XLSX", sheet=chosen.title if len(filled) > 1 else "")
    table = RawTable(path, cells, tuple(range(1, len(cells) + 1)), tuple(range(1, width + 1)), None, form, notes)
    return _skip_titles(table.without_blanks())


def _choose_sheet(path: Path, sheets: list[_Sheet], wanted: str, fits: Fits) -> tuple[_Sheet, tuple[str, ...]]:
    titles = [one.title for one in sheets]
    if wanted:
        named = [one for one in sheets if one.title == wanted]
        if not named:
            raise InputError(f"{path}: has no sheet {quote(wanted)}; its sheets are {listed(titles)}")
        return named[0], ()
    fitting = [one for one in sheets if fits(one.grid)]
    if len(fitting) > 1:
        raise InputError(
            f"{path}: {len(fitting)} sheets may hold the table ({listed([one.title for one in fitting])}); "
            f"choose one: --columns '{path.name}:sheet={fitting[0].title}'"
        )
    chosen = fitting[0] if fitting else sheets[0]
    notes: tuple[str, ...] = ()
    if len(sheets) > 1:
        others = listed([title for title in titles if title != chosen.title])
        notes = (f"{path.name}: the sheet '{chosen.title}' was read; not read: {others}",)
    return chosen, notes


def _load_sheets(path: Path) -> list[_Sheet]:
    merged = _has_merged_cells(path)
    book = openpyxl.load_workbook(path, read_only=not merged, data_only=True)
    try:
        sheets = []
        for place in book.worksheets:
            if not merged:
                place.reset_dimensions()
            grid = [list(row) for row in place.iter_rows(values_only=True)]
            if merged:
                _fill_merged(grid, place.merged_cells.ranges)
            while grid and not any(cell is not None for cell in grid[-1]):
                grid.pop()
            if place.sheet_state == "visible" or len(book.worksheets) == 1:
                sheets.append(_Sheet(place.title, grid))
    finally:
        book.close()
    return sheets


def _has_merged_cells(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as stream:
                    tail = b""
                    while block := stream.read(1 << 20):
                        if b"<mergeCell " in tail + block:
                            return True
                        tail = block[-16:]
    return False


def _fill_merged(grid: Grid, ranges: Any) -> None:
    """Give each row of cells that are merged downwards the value that is shown once."""
    for area in ranges:
        if area.max_row > area.min_row:
            value = grid[area.min_row - 1][area.min_col - 1]
            for row in range(area.min_row - 1, min(area.max_row, len(grid))):
                grid[row][area.min_col - 1] = value


def _skip_titles(table: RawTable) -> RawTable:
    """Leave out rows above the table that hold a title or a remark: a cell or two where the table has more."""
    counts = [sum(text_of(cell) != "" for cell in row) for row in table.cells.head(60).to_numpy(dtype=object)]
    if len(counts) < 3:
        return table
    width = sorted(counts)[len(counts) // 2]
    start = 0
    while start < len(counts) - 1 and counts[start] <= max(1, width // 3) and width > 1:
        start += 1
    comments = {
        row
        for row in range(len(table.cells))
        if text_of(table.cells.iat[row, 0]).startswith("#") and counts_one(table, row)
    }
    dropped = set(range(start)) | comments
    if not dropped:
        return table
    lines = ", ".join(str(table.rows[row]) for row in sorted(dropped)[:5])
    from dataclasses import replace

    skipped = (*table.form.skipped, (lines, "title"))
    return replace(table.drop_rows(dropped), form=replace(table.form, skipped=skipped)).without_blanks()


def counts_one(table: RawTable, row: int) -> bool:
    """Tell whether a row has one cell only."""
    return sum(bool(text) for text in table.row_texts(row)) == 1
