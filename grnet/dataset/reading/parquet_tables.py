"""A Parquet file → its cells; an index that pandas stored beside them is a column like any other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from grnet.dataset.reading.raw_table import FileForm, RawTable
from grnet.dataset.table_cells import quote
from grnet.schema.errors import InputError
from grnet.storage.read_limits import check_memory, reading

_BYTES_PER_TEXT = 24
"""A pointer to a text in a table and in its copy, and its place in the dictionary of the column."""


def read_parquet(path: Path) -> RawTable:
    """Read all cells.

    Raises
    ------
    InputError
        The file is damaged, or a cell holds a list.
    TooLittleMemoryError
        Its cells would take more memory than there is.
    """
    with reading(path, "a Parquet file", mend="write it again, or save the table as CSV"):
        return _read_cells(path)


def _read_cells(path: Path) -> RawTable:
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        _check_columns(path, schema)
        _check_size(path, file.metadata, schema)
    # texts stay in the dictionaries of their columns: a text that is repeated takes its memory once
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_binary(field.type)]
    frame = pq.read_table(path, partitioning=None, read_dictionary=texts).to_pandas()
    for place, kind in enumerate(frame.dtypes):
        if isinstance(kind, pd.CategoricalDtype):
            frame.isetitem(place, _without_dictionary(frame.iloc[:, place]))
    header = tuple("" if name is None else str(name) for name in frame.columns)
    if not isinstance(frame.index, pd.RangeIndex):
        names = ["" if name is None else str(name) for name in frame.index.names]
        levels = [_without_dictionary(pd.Series(frame.index.get_level_values(level))) for level in range(len(names))]
        header = (*names, *header)
        frame = pd.concat([*levels, frame.reset_index(drop=True)], axis=1)
    frame.columns = pd.RangeIndex(len(header))
    places = tuple(range(1, len(header) + 1))
    form = FileForm(container="Parquet")
    return RawTable(path, frame, tuple(range(1, len(frame) + 1)), places, header, form).without_blanks()


def _without_dictionary(column: pd.Series) -> pd.Series:
    return column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column


def _check_columns(path: Path, schema: pa.Schema) -> None:
    """Refuse cells that hold several values, and columns under names of several levels."""
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested:
        raise InputError(f"{path}: the column {quote(nested[0])} holds lists; expected one text or number in each cell")
    levels = (schema.pandas_metadata or {}).get("column_indexes") or []
    if len(levels) > 1:
        raise InputError(
            f"{path}: its columns have names of {len(levels)} levels, a MultiIndex of pandas; expected one name for "
            "each: join the levels, and write it again"
        )


def _check_size(path: Path, metadata: pq.FileMetaData, schema: pa.Schema) -> None:
    """Compare what all cells will take with the memory that there is, by what the file says of itself."""
    stored = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    widths = [2 * _width(field.type) for field in schema]
    cells = f"{metadata.num_rows:,} rows × {len(widths):,} columns"
    check_memory(path, metadata.num_rows * sum(widths) + 2 * stored, cells)


def _width(kind: pa.DataType) -> int:
    """Return the bytes that a cell takes."""
    try:
        return max(int(kind.bit_width) // 8, 1)
    except ValueError:  # of any length
        return _BYTES_PER_TEXT
