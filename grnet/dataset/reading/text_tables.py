"""A text → its cells: all of them, or for a long table the first rows and later the columns that a plan asks for."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from grnet.dataset.reading.content import DAMAGE, Content, damaged, open_text
from grnet.dataset.reading.encodings import ENCODING_NAMES, find_encoding
from grnet.dataset.reading.raw_table import FileForm, RawTable
from grnet.dataset.reading.text_layout import BLANK, TextLayout, find_layout, read_lines, split_line
from grnet.schema.errors import InputError

LONG_TEXT = 8 << 20
"""Texts of more bytes are read by the columns that are asked for, without a Python object for each cell."""
PREVIEW_ROWS, FEWEST_PREVIEW_ROWS, PREVIEW_CELLS = 300, 30, 30_000
_CHUNK, _BLOCK, _LINES = 16 << 20, 2 << 20, 4096
Matrix = npt.NDArray[np.float32]


def read_text(
    content: Content, *, encoding: str = "", separator: str = "", ragged: bool = False, long_text: int = LONG_TEXT
) -> RawTable:
    """Read the cells of a text; of a long, even one only the first rows.

    Parameters
    ----------
    content : Content
        Of kind "text".
    encoding, separator : str
        What the user has chosen; "" to find it.
    ragged : bool
        Rows may have different widths.
    long_text : int
        Bytes from which on a text is read by columns.

    Raises
    ------
    InputError
        The file is damaged, or its rows do not fit together.
    """
    codec = find_encoding(content, encoding)
    try:
        layout = find_layout(content, codec, separator=separator, ragged=ragged)
    except UnicodeDecodeError:
        codec = "cp1252"
        layout = find_layout(content, codec, separator=separator, ragged=ragged)
    form = _describe(content, codec, layout)
    size = sum(len(line) for line, _ in zip(read_lines(content, codec), range(50), strict=False)) / 50 * layout.n_lines
    long = layout.even and size > long_text and not ragged
    preview = min(PREVIEW_ROWS, max(FEWEST_PREVIEW_ROWS, PREVIEW_CELLS // layout.width))
    records = list(_read_records(content, codec, layout, preview if long else None))
    width = max((len(cells) for _, cells in records), default=0)
    width = max(width, layout.width) if layout.even else width
    cells = pd.DataFrame(
        [cells + [""] * (width - len(cells)) for _, cells in records], columns=range(width), dtype=object
    )
    rows = tuple(line for line, _ in records)
    widths = tuple(len(cells) for _, cells in records)
    notes: tuple[str, ...] = ()
    if codec == "cp1252":
        notes = (
            f"{content.path.name}: is not UTF-8, so it was read as Windows-1252; --columns "
            f"'{content.path.name}:encoding=NAME' names another",
        )
    raw = RawTable(
        content.path,
        cells,
        rows,
        tuple(range(1, width + 1)),
        form=form,
        notes=notes,
        complete=not long,
        widths=widths,
        source=(content, codec, layout),
    )
    if layout.commented_header and records:
        raw = raw.take_header()
    return raw if long else raw.without_blanks()


def stream_columns(
    raw: RawTable, text_columns: Sequence[int], number_columns: Sequence[int], *, decimal: str, missing: Sequence[str]
) -> tuple[dict[int, list[str]], Matrix, npt.NDArray[np.int64]] | None:
    """Read columns of a long text without keeping its cells.

    Parameters
    ----------
    raw : RawTable
        With `complete` False.
    text_columns, number_columns : sequence of int
    decimal : str
        "." or ",".
    missing : sequence of str
        Cells of numbers that say that a value is not there.

    Returns
    -------
    texts : dict of int to list of str
        Each of the text columns.
    values : float32 array [R, len(number_columns)]
        NaN where a value is missing.
    rows : int64 array [R]
        1-based lines of the file.
    None
        Where a cell is no number, so that only reading all cells tells which.
    """
    content, codec, layout = raw.source
    names = [str(column) for column in range(raw.cells.shape[1])]
    types = {name: pa.string() for name in names} | {str(column): pa.float32() for column in number_columns}
    wanted = [str(column) for column in (*text_columns, *number_columns)]
    skipped = set(layout.skipped)
    first = raw.rows[0]
    lines = np.array([line for line in range(first, layout.n_lines + 1) if line not in skipped], dtype=np.int64)
    values = np.empty((len(lines), len(number_columns)), dtype=np.float32, order="F")  # as columns come and go
    texts: dict[int, list[str]] = {column: [] for column in text_columns}
    parse = pacsv.ParseOptions(
        delimiter=layout.separator, quote_char='"' if layout.quotes else False, newlines_in_values=False
    )
    convert = pacsv.ConvertOptions(
        column_types=types,
        include_columns=wanted,
        null_values=list(missing),
        strings_can_be_null=False,
        decimal_point=decimal,
    )
    at = 0
    try:
        for chunk in _read_chunks(content, codec, first, skipped):
            table = pacsv.read_csv(
                pa.BufferReader(chunk), pacsv.ReadOptions(column_names=names, block_size=_BLOCK), parse, convert
            )
            for place, column in enumerate(text_columns):
                texts[column] += [str(text).strip() for text in table.column(place).to_pylist()]
            for place in range(len(number_columns)):
                column_values = table.column(len(text_columns) + place).to_numpy(zero_copy_only=False)
                values[at : at + len(table), place] = column_values
            at += len(table)
    except (pa.ArrowInvalid, IndexError):
        return None
    except DAMAGE as error:
        raise damaged(content.path, content.compression, error) from error
    return (texts, values, lines) if at == len(lines) else None


def _read_chunks(content: Content, codec: str, first: int, skipped: set[int]) -> Iterator[bytes]:
    """Yield the lines of a text from one on, without those that are no rows, some whole lines at a time."""
    ahead = {line for line in skipped if line >= first}
    last = max(ahead, default=0)
    with open_text(content, codec) as stream:
        for _ in range(first - 1):
            stream.readline()
        line = first
        while line <= last:
            kept: list[bytes] = []
            while line <= last and len(kept) < _LINES:
                text = stream.readline()
                if line not in ahead:
                    kept.append(text)
                line += 1
            if kept:
                yield b"".join(kept)
        while chunk := stream.read(_CHUNK):
            yield chunk + stream.readline()


def read_whole(raw: RawTable) -> RawTable:
    """Return a long text with all its cells."""
    content, codec, layout = raw.source
    whole = read_text(content, encoding=codec, separator=layout.separator, long_text=1 << 62)
    return whole.take_header() if raw.source_header else whole


def _describe(content: Content, codec: str, layout: TextLayout) -> FileForm:
    reasons: dict[str, list[int]] = {}
    for line, why in layout.skipped.items():
        if why != BLANK and line != layout.commented_header:
            reasons.setdefault(why, []).append(line)
    skipped = tuple((_ranges(lines), why) for why, lines in reasons.items())
    name = ENCODING_NAMES.get(codec, codec).replace("utf_8", "UTF-8")
    return FileForm(
        "text", content.compression, name, layout.separator if layout.width > 1 else "", "", layout.quotes, skipped
    )


def _ranges(lines: list[int]) -> str:
    """Return line numbers in short: "1-3, 9"."""
    parts: list[list[int]] = []
    for line in lines:
        if parts and parts[-1][1] == line - 1:
            parts[-1][1] = line
        else:
            parts.append([line, line])
    texts = [str(low) if low == high else f"{low}-{high}" for low, high in parts]
    return ", ".join(texts[:4]) + (f" and {len(texts) - 4} more" if len(texts) > 4 else "")


def _read_records(
    content: Content, codec: str, layout: TextLayout, most: int | None
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of each row."""
    for given, record in enumerate(_records(content, codec, layout)):
        if most is not None and given > most:
            return
        yield record


def _records(content: Content, codec: str, layout: TextLayout) -> Iterator[tuple[int, list[str]]]:
    if layout.quotes and not layout.even and layout.separator != " ":
        yield from _quoted_records(content, codec, layout)
        return
    for number, line in enumerate(read_lines(content, codec), start=1):
        if number in layout.skipped and number != layout.commented_header:
            continue
        text = line.decode("utf-8")
        if number == layout.commented_header:
            text = text.lstrip("#/!% ")
        yield number, split_line(text, layout.separator, quotes=layout.quotes and '"' in text)


def _quoted_records(content: Content, codec: str, layout: TextLayout) -> Iterator[tuple[int, list[str]]]:
    """Yield rows whose cells may hold line breaks within quotes."""
    numbers: list[int] = []

    def kept() -> Iterator[str]:
        for number, line in enumerate(read_lines(content, codec), start=1):
            if number not in layout.skipped or number == layout.commented_header:
                numbers.append(number)
                text = line.decode("utf-8")
                yield (text.lstrip("#/!% ") if number == layout.commented_header else text) + "\n"

    start = 0
    try:
        for cells in csv.reader(kept(), delimiter=layout.separator):
            line = numbers[start]
            start = len(numbers)
            yield line, cells
    except csv.Error as error:
        raise InputError(
            f"{content.path}:{numbers[-1]}: not readable as CSV ({error}); mend the quotes of this line"
        ) from error
