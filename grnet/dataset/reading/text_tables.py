"""A text → its cells: all of them, or for a long table the first rows and later the columns that a plan asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from grnet.dataset.reading.content import Content, open_text
from grnet.dataset.reading.encodings import ENCODING_NAMES, find_encoding
from grnet.dataset.reading.raw_table import FileForm, RawTable
from grnet.dataset.reading.text_layout import BLANK, TextLayout, find_layout, read_lines
from grnet.dataset.reading.text_records import read_records
from grnet.dataset.reading.unpacking import Check, count_stream
from grnet.schema.arrays import Float32, Indices
from grnet.storage.read_limits import check_memory

LONG_TEXT = 8 << 20
"""Texts of more bytes are read by the columns that are asked for, without a Python object for each cell."""
PREVIEW_ROWS, FEWEST_PREVIEW_ROWS, PREVIEW_CELLS = 300, 30, 30_000
_CHUNK, _BLOCK, _LINES = 32 << 20, 4 << 20, 4096
_BYTES_PER_CELL, _BYTES_PER_PLACE, _BYTES_PER_NUMBER = 100, 16, 8
"""What a cell of text takes with the lists that hold it, a place of the table, and a number with its copy."""


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
    TooLittleMemoryError
        Its cells would take more memory than there is.
    """
    with content.reading():
        return _read_text(content, encoding, separator, ragged=ragged, long_text=long_text)


def _read_text(content: Content, encoding: str, separator: str, *, ragged: bool, long_text: int) -> RawTable:
    codec = find_encoding(content, encoding)
    glance = content.path.stat().st_size > long_text / (4 if content.compression else 1)
    try:
        layout = find_layout(content, codec, separator=separator, ragged=ragged, glance=glance and not ragged)
        if not (layout.complete or layout.even):
            layout = find_layout(content, codec, separator=separator, ragged=ragged)
    except UnicodeDecodeError:
        codec = "cp1252"
        layout = find_layout(content, codec, separator=separator, ragged=ragged)
    form = _describe(content, codec, layout)
    size = _mean_line(content, codec) * layout.n_lines
    long = not layout.complete or (layout.even and size > long_text and not ragged)
    preview = min(PREVIEW_ROWS, max(FEWEST_PREVIEW_ROWS, PREVIEW_CELLS // layout.width))
    n_cells = preview * layout.width if long else layout.n_cells
    check_memory(content.path, n_cells * _BYTES_PER_CELL, f"{n_cells:,} cells")
    records = list(read_records(content, codec, layout, preview if long else None))
    notes: tuple[str, ...] = ()
    records, of_samples = _split_gct(content, codec, records)
    if of_samples:
        notes += (f"{content.path.name}: lines {of_samples[0]}-{of_samples[-1]} describe the samples and are not read",)
    width = max((len(cells) for _, cells in records), default=0)
    width = max(width, layout.width) if layout.even else width
    places = f"{len(records):,} rows × {width:,} columns"
    check_memory(content.path, len(records) * width * _BYTES_PER_PLACE, places)
    cells = pd.DataFrame(
        [cells + [""] * (width - len(cells)) for _, cells in records], columns=range(width), dtype=object
    )
    rows = tuple(line for line, _ in records)
    widths = tuple(len(cells) for _, cells in records)
    if codec == "cp1252":
        notes += (
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


def _mean_line(content: Content, codec: str) -> float:
    """Return the mean length of the first lines, in bytes of UTF-8 without the ends of lines."""
    lengths = [len(line) for line, _ in zip(read_lines(content, codec), range(50), strict=False)]
    return sum(lengths) / 50


def _split_gct(
    content: Content, codec: str, records: list[tuple[int, list[str]]]
) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """Return the records without the rows of samples that the second line of a GCT 1.3 counts, and their lines."""
    top = [line.split() for line, _ in zip(read_lines(content, codec), range(2), strict=False)]
    if len(top) < 2 or top[0] != [b"#1.3"] or len(top[1]) != 4 or not top[1][3].isdigit():
        return records, []
    end = 1 + int(top[1][3])
    return records[:1] + records[end:], [line for line, _ in records[1:end]]


def stream_columns(
    raw: RawTable, text_columns: Sequence[int], number_columns: Sequence[int], *, decimal: str, missing: Sequence[str]
) -> tuple[dict[int, list[str]], Float32, Indices, FileForm] | None:
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
    form : FileForm
        With the lines that are no rows, wherever they stand.
    None
        Where a cell is no number, so that only reading all cells tells which.
    """
    content, codec, layout = raw.source
    with content.reading():
        streamed = _stream(raw, layout, text_columns, number_columns, _number_options(decimal, missing))
        if streamed is None and not layout.complete:
            try:
                whole = find_layout(content, codec, separator=layout.separator)
            except UnicodeDecodeError:
                return None
            if whole.even and whole.width == layout.width:
                streamed = _stream(raw, whole, text_columns, number_columns, _number_options(decimal, missing))
                layout = whole
    return None if streamed is None else (*streamed, _describe(content, codec, layout))


def _number_options(decimal: str, missing: Sequence[str]) -> dict[str, Any]:
    return {"null_values": list(missing), "strings_can_be_null": False, "decimal_point": decimal}


def _stream(
    raw: RawTable,
    layout: TextLayout,
    text_columns: Sequence[int],
    number_columns: Sequence[int],
    options: dict[str, Any],
) -> tuple[dict[int, list[str]], Float32, Indices] | None:
    """Read columns in chunks; None where a chunk is not like the layout or a cell is no number."""
    content, codec, _ = raw.source
    names = [str(column) for column in range(raw.cells.shape[1])]
    types = {name: pa.string() for name in names} | {str(column): pa.float32() for column in number_columns}
    wanted = [str(column) for column in (*text_columns, *number_columns)]
    parse = pacsv.ParseOptions(
        delimiter=layout.separator,
        quote_char='"' if layout.quotes and layout.complete else False,
        newlines_in_values=False,
        ignore_empty_lines=False,
    )
    convert = pacsv.ConvertOptions(column_types=types, include_columns=wanted, **options)
    first = raw.rows[0]
    ahead = {line for line in layout.skipped if line >= first}
    plain = codec == "utf-8" and not content.compression

    def check_rows(n_bytes: int, n_rows: int) -> None:
        numbers = f"{n_rows:,} rows × {len(number_columns):,} columns of numbers"
        check_memory(content.path, n_rows * len(number_columns) * _BYTES_PER_NUMBER, numbers)

    check_rows(0, layout.n_lines)
    if plain and not layout.complete:
        check_rows(0, int(content.path.stat().st_size / (_mean_line(content, codec) + 1)))
    try:
        if not ahead:
            read = pacsv.ReadOptions(column_names=names, block_size=_BLOCK, skip_rows=first - 1)
            with _open_for_arrow(content, codec, plain, check_rows) as stream:
                tables = [pacsv.read_csv(stream, read, parse, convert)]
        else:
            read = pacsv.ReadOptions(column_names=names, block_size=_BLOCK)
            chunks = _read_chunks(content, codec, first, ahead)
            tables = [pacsv.read_csv(pa.BufferReader(chunk), read, parse, convert) for chunk in chunks]
    except pa.ArrowInvalid:
        return None
    if layout.complete and sum(map(len, tables)) != layout.n_lines - first + 1 - len(ahead):
        return None
    texts, values, lines = _gather(tables, text_columns, number_columns, first, ahead)
    if not layout.complete and any(map(_needs_layout, [text for column in texts.values() for text in column])):
        return None
    return texts, values, lines


def _open_for_arrow(content: Content, codec: str, plain: bool, check: Check) -> pa.NativeFile:
    if plain:
        return pa.OSFile(str(content.path))
    return pa.PythonFile(count_stream(open_text(content, codec), check), mode="r")


def _needs_layout(text: str) -> bool:
    """Tell whether a cell may be quoted, a comment or part of a blank line: all lines have to be looked at."""
    return not text or '"' in text or text.startswith(("#", "//"))


def _gather(
    tables: list[pa.Table],
    text_columns: Sequence[int],
    number_columns: Sequence[int],
    first: int,
    skipped: set[int],
) -> tuple[dict[int, list[str]], Float32, Indices]:
    """Put the chunks of each column together, and forget them."""
    n_rows = sum(map(len, tables))
    values = np.empty((n_rows, len(number_columns)), dtype=np.float32, order="F")  # as columns come and go
    texts: dict[int, list[str]] = {column: [] for column in text_columns}
    at = 0
    while tables:
        columns = tables.pop(0).columns[::-1]
        end = at + len(columns[0])
        for column in text_columns:
            texts[column] += [str(text).strip() for text in columns.pop().to_pylist()]
        for place in range(len(number_columns)):
            values[at:end, place] = columns.pop().to_numpy(zero_copy_only=False)
        at = end
        del columns
    pa.default_memory_pool().release_unused()
    lines = np.array([line for line in range(first, first + n_rows + len(skipped)) if line not in skipped])
    return texts, values, lines.astype(np.int64)


def _read_chunks(content: Content, codec: str, first: int, ahead: set[int]) -> Iterator[bytes]:
    """Yield the lines of a text from one on, without those that are no rows, some whole lines at a time."""
    last = max(ahead)
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
