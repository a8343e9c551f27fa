"""Tables of `schema.tables` on disk: Parquet files with exactly the columns and types of their schema."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from grnet.schema.errors import FormatError, MissingInputError
from grnet.storage.files import replace_file


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


def read_table(path: Path, schema: pa.Schema) -> pd.DataFrame:
    """Read a Parquet table that :func:`write_table` wrote.

    Raises
    ------
    MissingInputError
        The file is not there.
    FormatError
        The file is not Parquet, or its columns are not those of `schema`.
    """
    if not path.is_file():
        raise MissingInputError(f"{path}: no such file; expected a table with the columns {', '.join(schema.names)}")
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise FormatError(f"{path}: not a readable Parquet file ({error}); write the folder anew") from error
    missing = [name for name in schema.names if name not in table.schema.names]
    if missing:
        raise FormatError(f"{path}: lacks the columns {', '.join(missing)}; was it written by another version?")
    frame: pd.DataFrame = table.select(schema.names).cast(schema).to_pandas()
    return frame
