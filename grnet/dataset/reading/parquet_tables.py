"""A Parquet file → its cells; an index that pandas stored beside them is a column like any other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from grnet.dataset.reading.raw_table import FileForm, RawTable
from grnet.dataset.table_cells import quote
from grnet.schema.errors import InputError


def read_parquet(path: Path) -> RawTable:
    """Read all cells.

    Raises
    ------
    InputError
        The file is damaged, or a cell holds a list.
    """
    try:
        table = pq.read_table(path)
        nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
        if nested:
            raise InputError(
                f"{path}: the column {quote(nested[0])} holds lists; expected one text or number in each cell"
            )
        frame = table.to_pandas()
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not a readable Parquet file ({' '.join(str(error).split())[:100]})") from error
    header = tuple("" if name is None else str(name) for name in frame.columns)
    if not isinstance(frame.index, pd.RangeIndex):
        names = ["" if name is None else str(name) for name in frame.index.names]
        levels = pd.concat([pd.Series(frame.index.get_level_values(level)) for level in range(len(names))], axis=1)
        header = (*names, *header)
        frame = pd.concat([levels, frame.reset_index(drop=True)], axis=1)
    frame.columns = pd.RangeIndex(len(header))
    places = tuple(range(1, len(header) + 1))
    form = FileForm(container="Parquet")
    return RawTable(path, frame, tuple(range(1, len(frame) + 1)), places, header, form).without_blanks()
