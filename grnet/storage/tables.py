"""Tables of `schema.tables` on disk: Parquet files with exactly the columns and types of their schema.

What is read has these types, no null but where a column may have one, and numbers in the range of their column.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from grnet.schema.errors import FormatError
from grnet.schema.tables import RANGES, list_nullable
from grnet.storage.documents import ANEW
from grnet.storage.files import replace_file
from grnet.storage.read_limits import check_memory, check_regular_file, reading

MEMORY_OF_A_TABLE = 3
"""How many times the size of its pages a table takes while it is read and becomes a DataFrame, about."""


def write_table(frame: pd.DataFrame, path: Path, schema: pa.Schema) -> None:
    """Write `frame` as Parquet with exactly the columns and types of `schema`, atomically.

    Raises
    ------
    ValueError
        A column of the schema is missing, or its values do not fit the type.
    """
    missing = [name for name in schema.names if name not in frame.columns]
    if missing:
        raise ValueError(f"{path.name}: the table lacks {', '.join(missing)}")
    table = pa.Table.from_pandas(frame[list(schema.names)], schema=schema, preserve_index=False)
    with replace_file(path) as temporary:
        pq.write_table(table.replace_schema_metadata(None), temporary, compression="zstd")


def read_table(path: Path, schema: pa.Schema, *, mend: str = ANEW) -> pd.DataFrame:
    """Read a Parquet table that :func:`write_table` wrote.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema
    mend : str
        What to do where it cannot be read.

    Raises
    ------
    MissingInputError
        The file is not there.
    FormatError
        The file is not Parquet, its columns are not those of `schema`, or a value is null or out of range.
    """
    table = load_table(path, schema, mend=mend)
    check_values(table, path, nullable=list_nullable(schema), mend=mend)
    with reading(path, "a Parquet file", mend=mend, error=FormatError):
        frame: pd.DataFrame = table.to_pandas()
    return frame


def load_table(
    path: Path, schema: pa.Schema, *, dictionaries: Collection[str] = (), check: bool = True, mend: str = ANEW
) -> pa.Table:
    """Read a Parquet table with the columns and types of `schema`, as Arrow has it.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema
    dictionaries : collection of str
        Columns of text to read as dictionaries, which hold each text once.
    check : bool
        Look at every value: text is UTF-8, entries of dictionaries are there.
    mend : str
        What to do where it cannot be read.

    Raises
    ------
    MissingInputError
        The file is not there.
    FormatError
        The file is not Parquet, or its columns are not those of `schema`.
    """
    names = schema.names
    check_regular_file(path, f"a table with the columns {', '.join(names)}; {mend}")
    with (
        reading(path, "a Parquet file", mend=mend, error=FormatError),
        pq.ParquetFile(path, read_dictionary=list(dictionaries)) as file,
    ):
        found = file.schema_arrow
        missing = [name for name in names if name not in found.names]
        if missing:
            raise FormatError(f"{path}: lacks the columns {', '.join(missing)}; was it written by another version?")
        sizes = [file.metadata.row_group(number).total_byte_size for number in range(file.num_row_groups)]
        check_memory(path, MEMORY_OF_A_TABLE * sum(sizes), f"{file.metadata.num_rows:,} rows")
        for field in schema:
            _check_type(found.field(field.name), field, path, mend)
        table = file.read(columns=names).select(names)
        table.validate(full=check)
        wanted = [field.with_type(_as_read(field, dictionaries)) for field in schema]
        return table.cast(pa.schema(wanted))


def check_values(table: pa.Table, path: Path, *, nullable: Collection[str], mend: str = ANEW) -> None:
    """Make sure that no value of a table is null, not a number, infinite or out of the range of its column.

    Parameters
    ----------
    table : pyarrow.Table
    path : Path
        Its file, for the message.
    nullable : collection of str
        Columns that may hold nulls.
    mend : str
        How to mend it.

    Raises
    ------
    FormatError
        One is.
    """
    for name in table.column_names:
        column = table[name]
        if column.null_count and name not in nullable:
            raise FormatError(f"{path}: {column.null_count:,} values of the column {name} are missing; {mend}")
        low, high = RANGES.get(name, (-math.inf, math.inf))
        if pa.types.is_floating(column.type) and not _all_true(pc.is_finite(column)):
            raise FormatError(f"{path}: the column {name} holds a number that is not finite; {mend}")
        if name not in RANGES or not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            continue
        ends = pc.min_max(column).as_py()
        wrong = [end for end in ends.values() if end is not None and not low <= end <= high]
        if wrong:
            raise FormatError(
                f"{path}: the column {name} holds {wrong[0]:g}, expected {round(low)}..{round(high)}; {mend}"
            )


def _check_type(found: pa.Field, wanted: pa.Field, path: Path, mend: str) -> None:
    """Raise FormatError where a column holds something else than its schema says."""
    kind = found.type.value_type if pa.types.is_dictionary(found.type) else found.type
    if pa.types.is_large_string(kind) or kind == pa.string_view():
        kind = pa.string()
    if kind != wanted.type:
        raise FormatError(
            f"{path}: the column {wanted.name} holds values of the type {kind}, expected {wanted.type}; {mend}"
        )


def _as_read(field: pa.Field, dictionaries: Collection[str]) -> pa.DataType:
    return pa.dictionary(pa.int32(), field.type) if field.name in dictionaries else field.type


def _all_true(values: pa.ChunkedArray) -> bool:
    return pc.all(values, skip_nulls=True).as_py() is not False
