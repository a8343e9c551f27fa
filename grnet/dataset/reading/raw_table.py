"""The cells of a file or object, each with the place where the user sees it, and how it was taken apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from grnet.dataset.table_cells import text_of
from grnet.schema.sources import TableSource


@dataclass(frozen=True)
class FileForm:
    """How a file was taken apart into cells.

    Attributes
    ----------
    container : str
        "text", "XLSX", "Parquet", or the type of an object, such as "DataFrame".
    compression, encoding, separator, sheet : str
        "" where the file has none.
    quotes : bool
        Double quotes enclose cells; False where they are characters like any other.
    skipped : tuple of (str, str)
        Lines that are not part of the table ("1-2", "17"), and why.
    """

    container: str = "text"
    compression: str = ""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    quotes: bool = True
    skipped: tuple[tuple[str, str], ...] = ()

    def remarks(self) -> list[str]:
        """Return what is out of the ordinary, in a few words each."""
        names = {";": "semicolons", " ": "spaces", "|": "|"}
        said = [self.compression, self.encoding if self.encoding not in ("", "UTF-8") else ""]
        said.append(f"separated by {names[self.separator]}" if self.separator in names else "")
        said.append(f"sheet '{self.sheet}'" if self.sheet else "")
        said.append("" if self.quotes else "quotes are characters")
        said += [
            f"line{'s' if '-' in lines or ',' in lines else ''} {lines} skipped: {why}" for lines, why in self.skipped
        ]
        return [text for text in said if text]


PLAIN = FileForm()


@dataclass(frozen=True)
class RawTable:
    """The cells of a file, before anything is known about their meaning.

    Attributes
    ----------
    path : Path or GivenTable
    cells : DataFrame [R, C]
        Columns 0..C-1; text ("" where empty), or what a spreadsheet or Parquet file holds. Of a long text, the first
        rows.
    rows, columns : tuple of int
        1-based place of each row and column in the file.
    header : tuple of str or None
        Column names where the file's format has them (Parquet), or once they are recognised.
    form : FileForm
    notes : tuple of str
        What the user should know about the reading.
    complete : bool
        `cells` are all rows; False for a long text, whose columns :func:`~grnet.dataset.reading.tables.read_columns`
        reads.
    widths : tuple of int
        Cells in each row before short rows were filled up; empty where the format has none.
    source_header : bool
        The header was the first line of the table; it is no row of `cells`.
    source : object
        What :mod:`~grnet.dataset.reading.text_tables` needs to read a long text again.
    """

    path: TableSource
    cells: pd.DataFrame
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    header: tuple[str, ...] | None = None
    form: FileForm = PLAIN
    notes: tuple[str, ...] = ()
    complete: bool = True
    widths: tuple[int, ...] = ()
    source_header: bool = False
    source: Any = None

    def place(self, row: int, column: int) -> str:
        """Return "path:row, column c" of a cell, as the user counts them in the file."""
        return f"{self.path}:{self.rows[row]}, column {self.columns[column]}"

    def line(self, row: int) -> str:
        """Return "path:row" of a row."""
        return f"{self.path}:{self.rows[row]}"

    def column_name(self, column: int) -> str:
        """Return the name of a column, or "column 3" where it has none."""
        return (self.header[column] if self.header else "") or f"column {self.columns[column]}"

    def column_handle(self, column: int) -> str:
        """Return what names a column in --columns: its name, or its place where the name cannot stand there."""
        name = self.header[column] if self.header else ""
        return name if name and not set(name) & set(",='\"") else f"#{self.columns[column]}"

    def column_texts(self, column: int) -> list[str]:
        """Return a column as stripped text."""
        return [text_of(cell) for cell in self.cells.iloc[:, column]]

    def row_texts(self, row: int) -> list[str]:
        """Return a row as stripped text."""
        return [text_of(cell) for cell in self.cells.iloc[row]]

    def has_short_header(self) -> bool:
        """Tell whether the first row has one cell fewer than the others, as R writes the header over row names."""
        if self.header is not None or len(self.cells) < 2:
            return False
        if self.widths:
            body = self.widths[1]
            return self.widths[0] == body - 1 and body > 1
        first = self.row_texts(0)
        return len(first) > 1 and not first[-1] and all(first[:-1]) and any(self.column_texts(len(first) - 1)[1:])

    def take_header(self) -> RawTable:
        """Return the table with its first row as the header; a short header gets an empty name for the row names.

        Returns
        -------
        RawTable
            `self` where it has a header already.
        """
        if self.header is not None:
            return self
        header = self.row_texts(0)
        if self.has_short_header():
            header = ["", *header[:-1]]
        return replace(self.drop_rows({0}), header=tuple(header), source_header=True)

    def drop_rows(self, dropped: set[int]) -> RawTable:
        """Return the table without some rows of `cells`."""
        kept = [row for row in range(len(self.cells)) if row not in dropped]
        return replace(
            self,
            cells=self.cells.iloc[kept].reset_index(drop=True),
            rows=tuple(self.rows[row] for row in kept),
            widths=tuple(self.widths[row] for row in kept) if self.widths else (),
        )

    def without_blanks(self) -> RawTable:
        """Return the table without rows and columns that hold nothing; the places of the others stay."""
        filled = np.zeros(self.cells.shape, dtype=bool)
        for column in range(self.cells.shape[1]):
            values = self.cells.iloc[:, column]
            if pd.api.types.is_numeric_dtype(values):
                filled[:, column] = True
            else:
                filled[:, column] = [text_of(cell) != "" for cell in values]
        named = np.array([bool(name) for name in self.header]) if self.header else np.zeros(filled.shape[1], dtype=bool)
        rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0) | named)
        if len(rows) == filled.shape[0] and len(columns) == filled.shape[1]:
            return self
        lost = filled.shape[1] - len(columns)
        cells = self.cells.iloc[rows, columns].reset_index(drop=True)
        cells.columns = pd.RangeIndex(len(columns))
        return replace(
            self,
            cells=cells,
            rows=tuple(self.rows[row] for row in rows),
            columns=tuple(self.columns[column] for column in columns),
            header=tuple(self.header[column] for column in columns) if self.header else None,
            widths=tuple(self.widths[row] - lost for row in rows) if self.widths and not lost else (),
        )
