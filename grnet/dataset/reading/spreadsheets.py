"""A sheet of an XLSX file → its cells, with the values of merged cells in each of them."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import openpyxl
import pandas as pd

from grnet.dataset.reading.raw_table import FileForm, RawTable
from grnet.dataset.reading.unpacking import check_unpacked
from grnet.dataset.table_cells import listed, quote, text_of
from grnet.schema.errors import InputError
from grnet.storage.read_limits import check_memory, reading

MOST_ROWS, MOST_COLUMNS = 1 << 20, 1 << 14
"""Of a sheet, by the format."""
_BYTES_PER_PLACE, _BYTES_PER_CELL, _BYTES_PER_OPEN_CELL = 24, 100, 400
"""What a place of a sheet takes in the table, a cell that is filled, and one of a sheet with merged cells."""
_BYTES_PER_TAG = 40
"""What openpyxl takes for a byte of the parts of a file that it reads whole, and of a row."""
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
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
    TooLittleMemoryError
        Its sheets would take more memory than there is.
    """
    with reading(path, "an XLSX file", mend="save it anew from the spreadsheet"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a file lacks for its display
        sheets = _load_sheets(path)
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
    merged = _look_at_parts(path)
    sheets, n_places = _read_sheets(path)
    if merged:
        check_memory(path, n_places * _BYTES_PER_OPEN_CELL, f"sheets of {n_places:,} cells, some of them merged,")
        sheets = _read_merged_sheets(path)
    return sheets


def _read_sheets(path: Path) -> tuple[list[_Sheet], int]:
    """Return the sheets that are not hidden, and the places for cells that all of them have."""
    with path.open("rb") as file:  # openpyxl leaves a file open that it cannot read
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        grids = []
        for place in book.worksheets:
            place.reset_dimensions()
            grids.append(_gather_rows(path, place.title, place.iter_rows(values_only=True)))
        visible = [place.sheet_state == "visible" or len(grids) == 1 for place in book.worksheets]
        titles = [place.title for place in book.worksheets]
    n_places = sum(len(grid) * max(map(len, grid), default=0) for grid in grids)
    shown = zip(titles, grids, visible, strict=True)
    return [_Sheet(title, grid) for title, grid, is_visible in shown if is_visible], n_places


def _read_merged_sheets(path: Path) -> list[_Sheet]:
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, data_only=True)
    sheets = []
    for place in book.worksheets:
        grid = _gather_rows(path, place.title, place.iter_rows(values_only=True))
        _fill_merged(grid, place.merged_cells.ranges)
        if place.sheet_state == "visible" or len(book.worksheets) == 1:
            sheets.append(_Sheet(place.title, grid))
    return sheets


def _gather_rows(path: Path, title: str, rows: Iterator[tuple[Any, ...]]) -> Grid:
    """Return the rows of a sheet without what is empty at their ends; memory is compared as the sheet grows."""
    grid: Grid = []
    n_cells = width = last = 0
    for number, row in enumerate(rows, start=1):
        own = len(row)
        while own and row[own - 1] is None:
            own -= 1
        grid.append(list(row[:own]))
        n_cells += own
        last = number if own else last
        if own > width or number % 1024 == 0:
            width = max(width, own)
            cells = f"the sheet {quote(title)} of {last:,} rows × {width:,} columns and more"
            check_memory(path, n_cells * _BYTES_PER_CELL + last * width * _BYTES_PER_PLACE, cells)
        if number > MOST_ROWS or width > MOST_COLUMNS:
            raise InputError(
                f"{path}: the sheet {quote(title)} has more rows or columns than XLSX allows; save it anew"
            )
    return grid[:last]


def _look_at_parts(path: Path) -> bool:
    """Compare what the parts of a file will take with the memory that there is; tell whether cells are merged."""
    merged = False
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        check_unpacked(path, sum(part.file_size for part in parts), packed=path.stat().st_size)
        whole = sum(
            part.file_size for part in parts if part.filename.endswith((".xml", ".rels")) and not _is_sheet(part)
        )
        check_memory(path, whole * _BYTES_PER_TAG // 4, f"{whole:,} bytes of names and styles")
        for part in filter(_is_sheet, parts):
            with archive.open(part) as stream:
                longest, has_merges = _look_at_rows(stream)
            check_memory(path, longest * _BYTES_PER_TAG, f"a row of {longest:,} bytes")
            merged = merged or has_merges
    return merged


def _is_sheet(part: zipfile.ZipInfo) -> bool:
    return part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")


def _look_at_rows(stream: IO[bytes]) -> tuple[int, bool]:
    """Return the bytes of the longest row of a sheet, and whether any cells of it are merged.

    A sheet with comments or literal text counts as one row: such a text may hold what looks like the end of a row.
    """
    longest = since = 0
    merged = one_row = False
    tail = b""
    while block := stream.read(1 << 20):
        text = tail + block
        merged = merged or b"mergeCell " in text
        one_row = one_row or b"<!" in text
        ends = [] if one_row else [found.end() for found in _ROW_END.finditer(text)]
        for end in ends:
            longest, since = max(longest, since + end), -end
        tail = text[-16:]
        since += len(text) - len(tail)
    return max(longest, since + len(tail)), merged


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
    skipped = (*table.form.skipped, (lines, "title"))
    return replace(table.drop_rows(dropped), form=replace(table.form, skipped=skipped)).without_blanks()


def counts_one(table: RawTable, row: int) -> bool:
    """Tell whether a row has one cell only."""
    return sum(bool(text) for text in table.row_texts(row)) == 1
