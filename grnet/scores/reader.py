"""The score shards of a network folder, as Arrow tables, one at a time.

Enter: the folder. Leave: tables of `SCORES`, every candidate once, with TFs and targets as dictionaries. Which shards
there are, and how many rows each holds, is what the manifest says: a lost or cut file is noticed, others are passed by.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.network_folder import MANIFEST_FILE, SCORES_FOLDER
from grnet.schema.tables import SCORES, TARGET, TF, list_nullable
from grnet.scores.manifest import ANEW, list_shards
from grnet.storage.checksums import sha256_of
from grnet.storage.tables import check_values, load_table


def read_shards(network: Path, *, check_bytes: bool = True) -> Iterator[pa.Table]:
    """Yield the score shards of a network folder in the order of their names.

    Columns are those of `SCORES`; `tf` and `target` are dictionaries of strings: a shard holds each name once.

    Parameters
    ----------
    network : Path
    check_bytes : bool
        Compare the bytes of each shard with the checksum in the manifest, where it has one, and look at every value.

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
        table = load_table(file, SCORES, dictionaries=(TF, TARGET), check=check_bytes, mend=ANEW)
        if check_bytes:
            check_values(table, file, nullable=list_nullable(SCORES), mend=ANEW)
        if shard.rows is not None and table.num_rows != shard.rows:
            raise FormatError(
                f"{file}: holds {table.num_rows:,} candidates, {MANIFEST_FILE} says {shard.rows:,}; {ANEW}"
            )
        yield table
