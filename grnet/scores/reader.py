"""The score shards of a network folder, as Arrow tables, one at a time.

Enter: the folder. Leave: tables of `SCORES`, every candidate once, with TFs and targets as dictionaries. Which shards
there are, and how many rows each holds, is what the manifest says: a lost or cut file is noticed, others are passed by.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.network_folder import MANIFEST_FILE, SCORES_FOLDER
from grnet.schema.tables import SCORES, TARGET, TF
from grnet.scores.manifest import ANEW, list_shards
from grnet.storage.files import sha256_of


def read_shards(network: Path, *, check_bytes: bool = True) -> Iterator[pa.Table]:
    """Yield the score shards of a network folder in the order of their names.

    Columns are those of `SCORES`; `tf` and `target` are dictionaries of strings: a shard holds each name once.

    Parameters
    ----------
    network : Path
    check_bytes : bool
        Compare the bytes of each shard with the checksum in the manifest, where it has one.

    Raises
    ------
    MissingInputError
        The folder holds no shards, or not all that its manifest lists; raised before the first shard.
    FormatError
        Scoring has not finished, or a shard is damaged or has another number of rows than the manifest says.
    """
    folder = network / SCORES_FOLDER
    listed = list_shards(folder)
    names = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    lost = [shard.name for shard in listed if shard.name not in names]
    if lost:
        raise MissingInputError(f"{folder}: lacks {len(lost)} of {len(listed)} parts, the first is {lost[0]}; {ANEW}")
    for shard in listed:
        file = folder / shard.name
        if check_bytes and shard.sha256 is not None and sha256_of(file) != shard.sha256:
            raise FormatError(f"{file}: was changed or damaged since it was written; {ANEW}")
        table = _read_shard(file)
        if shard.rows is not None and table.num_rows != shard.rows:
            raise FormatError(
                f"{file}: holds {table.num_rows:,} candidates, {MANIFEST_FILE} says {shard.rows:,}; {ANEW}"
            )
        yield table


def _read_shard(path: Path) -> pa.Table:
    """Read one shard.

    Raises
    ------
    FormatError
        It is not Parquet, or its columns are not those of `SCORES`.
    """
    try:
        with pq.ParquetFile(path, read_dictionary=[TF, TARGET]) as file:
            missing = [name for name in SCORES.names if name not in file.schema_arrow.names]
            if missing:
                raise FormatError(f"{path}: lacks the columns {', '.join(missing)}; was it written by another version?")
            return file.read(columns=SCORES.names)
    except (pa.ArrowException, OSError) as error:
        raise FormatError(f"{path}: not a readable Parquet file ({error}); {ANEW}") from error
