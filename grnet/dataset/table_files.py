"""A file with a table (CSV, TSV, gzip of these, XLSX, Parquet) → its cells, each with the place where the user sees it.

Text files are read as text, so that what is wrong with a number can be shown as it stands in the file.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from grnet.dataset.cells import text_of
from grnet.schema.errors import InputError, MissingInputError

SPREADSHEETS = (".xlsx", ".xlsm")
TEXTS = (".csv", ".tsv", ".tab", ".txt", ".lst", "")
_PEEK_LINES = 50


@dataclass(frozen=True)
class RawTable:
    """The cells of a file, before anything is known about their meaning.

    Attributes
    ----------
    path : Path
    cells : DataFrame [R, C]
        Columns 0..C-1; text ("" where empty), or what a spreadsheet or Parquet file holds.
    rows, columns : tuple of int
        1-based place of each row and column in the file.
    header : tuple of str or None
        Column names where the file's format has them (Parquet), or once they are recognised.
    notes : tuple of str
        What the user should know about the reading.
    transposed : bool
        Rows of `cells` are columns of the file.
    """

    path: Path
    cells: pd.DataFrame
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    header: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    transposed: bool = False

    def place(self, row: int, column: int) -> str:
        """Return "path:row, column c" of a cell, as the user counts them in the file."""
        first, second = self.rows[row], self.columns[column]
        if self.transposed:
            first, second = second, first
        return f"{self.path}:{first}, column {second}"

    def line(self, row: int) -> str:
        """Return "path:row" of a row (or "path, column c" of a transposed table)."""
        return f"{self.path}, column {self.rows[row]}" if self.transposed else f"{self.path}:{self.rows[row]}"

    def column_texts(self, column: int) -> list[str]:
        """Return a column as stripped text."""
        return [text_of(cell) for cell in self.cells.iloc[:, column]]

    def row_texts(self, row: int) -> list[str]:
        """Return a row as stripped text."""
        return [text_of(cell) for cell in self.cells.iloc[row]]

    def take_header(self) -> RawTable:
        """Return the table with its first row as the header; R's short header, without a name for the row names, fits.

        Returns
        -------
        RawTable
            `self` where it has a header already.
        """
        if self.header is not None:
            return self
        header = self.row_texts(0)
        if len(header) > 1 and not header[-1] and all(header[:-1]) and any(self.column_texts(len(header) - 1)):
            header = ["", *header[:-1]]
        body = self.cells.iloc[1:].reset_index(drop=True)
        return replace(self, cells=body, rows=self.rows[1:], header=tuple(header))

    def without_comments(self) -> RawTable:
        """Return the table without the rows that begin with #."""
        kept = [row for row, text in enumerate(self.column_texts(0)) if not text.startswith("#")]
        body = self.cells.iloc[kept].reset_index(drop=True)
        return replace(self, cells=body, rows=tuple(self.rows[row] for row in kept))

    def transpose(self) -> RawTable:
        """Return the table with rows as columns; a header that the format has becomes the first column."""
        grid = self.cells.to_numpy(dtype=object).T
        rows, columns = self.columns, self.rows
        if self.header is not None:
            grid = np.concatenate([np.array(self.header, dtype=object)[:, None], grid], axis=1)
            columns = (0, *columns)
        return RawTable(self.path, pd.DataFrame(grid), rows, columns, None, self.notes, not self.transposed)


def read_raw_table(path: Path) -> RawTable:
    """Read the cells of a table.

    Raises
    ------
    MissingInputError
        There is no such file.
    InputError
        The file is empty, damaged, or of a kind that is not read.
    """
    if not path.is_file():
        other = "is a pipe or a device, not a file" if path.exists() else "no such file"
        raise MissingInputError(f"{path}: {'is a folder' if path.is_dir() else other}; expected a table")
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty; expected a table")
    suffix = Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    if suffix in SPREADSHEETS and path.suffix.lower() != ".gz":
        table = _read_spreadsheet(path)
    elif suffix in (".parquet", ".pq"):
        table = _read_parquet(path)
    elif suffix in TEXTS:
        table = _read_text(path, suffix)
    else:
        raise InputError(
            f"{path}: {suffix} files are not read; save the table as CSV, TSV (or .gz of these), XLSX or Parquet"
        )
    table = _without_blank_rows(table)
    if table.cells.empty:
        raise InputError(f"{path}: the table is empty; expected at least one row")
    return table


def _read_spreadsheet(path: Path) -> RawTable:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheets = book.worksheets
            sheets[0].reset_dimensions()
            records = [list(record) for record in sheets[0].iter_rows(values_only=True)]
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError, zlib.error) as error:
        raise InputError(f"{path}: not a readable XLSX file ({error}); save it anew from the spreadsheet") from error
    notes: tuple[str, ...] = ()
    if len(sheets) > 1:
        notes = (f"{path.name}: has {len(sheets)} sheets; the first, '{sheets[0].title}', was read",)
    width = max((len(record) for record in records), default=0)
    padded = [record + [None] * (width - len(record)) for record in records]
    cells = pd.DataFrame(padded, columns=range(width), dtype=object)
    return RawTable(path, cells, tuple(range(1, len(cells) + 1)), tuple(range(1, width + 1)), None, notes)


def _read_parquet(path: Path) -> RawTable:
    try:
        table = pq.read_table(path)
        nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
        if nested:
            raise InputError(f"{path}: the column '{nested[0]}' holds lists; expected one text or number in each cell")
        frame = table.to_pandas()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InputError(f"{path}: not a readable Parquet file ({error})") from error
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index(names="") if frame.index.name is None else frame.reset_index()
    header = tuple(str(name) for name in frame.columns)
    frame.columns = pd.RangeIndex(len(header))
    return RawTable(path, frame, tuple(range(1, len(frame) + 1)), tuple(range(1, len(header) + 1)), header)


def _read_text(path: Path, suffix: str) -> RawTable:
    encoding = _encoding_of(path)
    try:
        opener = gzip.open if path.suffix.lower() == ".gz" else open
        with opener(path, "rt", encoding=encoding, newline="") as file:
            peek = [line for line, _ in zip(file, range(_PEEK_LINES), strict=False)]
        separator = _separator_of(peek, suffix)
        width = max((line.count(separator) + 1 for line in peek), default=1)
        cells = pd.read_csv(
            path,
            sep=separator,
            header=None,
            names=range(width),
            index_col=False,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            encoding=encoding,
            on_bad_lines="error",
        )
    except (
        UnicodeDecodeError,
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        OSError,
        EOFError,
        zlib.error,
    ) as error:
        raise InputError(
            f"{path}: not readable as a table of text ({error}); save it as CSV or TSV in UTF-8"
        ) from error
    return RawTable(path, cells, tuple(range(1, len(cells) + 1)), tuple(range(1, width + 1)))


def _encoding_of(path: Path) -> str:
    """Return the encoding by the byte-order mark; spreadsheets save "Unicode text" as UTF-16."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _separator_of(lines: list[str], suffix: str) -> str:
    """Return the separator that most lines have; ties go to the one that the file's name promises."""
    promised = "," if suffix == ".csv" else "\t"
    marks = [promised, *(mark for mark in "\t;," if mark != promised)]
    return max(marks, key=lambda mark: sum(mark in line for line in lines))


def _without_blank_rows(table: RawTable) -> RawTable:
    """Leave out rows and columns without any content; the places of the others stay."""
    filled = np.zeros(table.cells.shape, dtype=bool)
    for column in range(table.cells.shape[1]):
        values = table.cells.iloc[:, column]
        if pd.api.types.is_numeric_dtype(values):
            filled[:, column] = True
        elif pd.api.types.is_string_dtype(values):
            filled[:, column] = values.notna() & (values != "")
        else:
            filled[:, column] = [cell is not None and cell != "" and cell == cell for cell in values]
    named = np.array([bool(name) for name in table.header]) if table.header else np.zeros(filled.shape[1], dtype=bool)
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0) | named)
    if len(rows) == filled.shape[0] and len(columns) == filled.shape[1]:
        return table
    cells = table.cells.iloc[rows, columns].reset_index(drop=True)
    cells.columns = pd.RangeIndex(len(columns))
    return replace(
        table,
        cells=cells,
        rows=tuple(table.rows[row] for row in rows),
        columns=tuple(table.columns[column] for column in columns),
        header=tuple(table.header[column] for column in columns) if table.header else None,
    )
