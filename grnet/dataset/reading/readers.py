"""The readers of files by the kind of file: each takes what a file holds and gives its cells.

To add one, write a function that takes a :class:`ReadRequest` in a file of its own, add it to READERS, and the first
bytes of its files to `content.MAGIC`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grnet.dataset.reading.content import SPREADSHEET, TEXT, Content
from grnet.dataset.reading.parquet_tables import read_parquet
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.spreadsheets import read_spreadsheet
from grnet.dataset.reading.text_tables import read_text


@dataclass(frozen=True)
class ReadRequest:
    """A file, and what is wanted of it.

    Attributes
    ----------
    content : Content
    sheet, encoding, separator : str
        As the user says; "" leaves it to be found.
    fits : callable
        Tells whether the cells of a sheet may be the table that is wanted.
    ragged : bool
        Rows of a text may have different widths.
    long_text : int
        Bytes from which on only the first rows of a text are read.
    """

    content: Content
    sheet: str
    encoding: str
    separator: str
    fits: Callable[[list[list[Any]]], bool]
    ragged: bool
    long_text: int


Reader = Callable[[ReadRequest], RawTable]
READERS: dict[str, Reader] = {
    TEXT: lambda asked: read_text(
        asked.content,
        encoding=asked.encoding,
        separator=asked.separator,
        ragged=asked.ragged,
        long_text=asked.long_text,
    ),
    SPREADSHEET: lambda asked: read_spreadsheet(asked.content.path, sheet=asked.sheet, fits=asked.fits),
    "parquet": lambda asked: read_parquet(asked.content.path),
}
"""Kind of a file → its reader."""
