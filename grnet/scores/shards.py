"""How candidates are divided into files, how a file is written, and which of them are there already."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from grnet.schema.arrays import Indices
from grnet.schema.errors import GrnetError
from grnet.schema.tables import CORRELATION, PROBABILITY, SCORE, SCORES, SPREAD, TARGET, TF
from grnet.storage.checksums import sha256_of
from grnet.storage.files import replace_file
from grnet.storage.read_limits import check_regular_file, reading

_PARQUET = {
    "compression": "zstd",
    "compression_level": 1,
    "use_dictionary": [TF, TARGET],
    "column_encoding": dict.fromkeys((SCORE, PROBABILITY, SPREAD, CORRELATION), "BYTE_STREAM_SPLIT"),
    "store_schema": False,
}
"""Names are few and repeat; numbers hardly ever do, but their leading bytes are alike."""


@dataclass(frozen=True, eq=False)
class Shard:
    """All TFs with some of the genes, in one file.

    Attributes
    ----------
    number : int
    targets : int64 array [N]
    """

    number: int
    targets: Indices

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"part-{self.number:05d}.parquet"


@dataclass(frozen=True)
class ShardRecord:
    """A shard that is written.

    Attributes
    ----------
    name : str
        Of the file.
    rows : int
        Candidates in it.
    sha256 : str
        Of its bytes.
    """

    name: str
    rows: int
    sha256: str


def plan_shards(n_tfs: int, n_genes: int, batch_pairs: int) -> tuple[Shard, ...]:
    """Divide the targets so that a shard has at most `batch_pairs` pairs, but at least one target.

    All candidates of a target are in one shard: what is worked out for a target serves all its TFs.
    """
    n_targets = max(batch_pairs // max(n_tfs, 1), 1)
    parts = np.array_split(np.arange(n_genes, dtype=np.int64), max(-(-n_genes // n_targets), 1))
    return tuple(Shard(number, part) for number, part in enumerate(parts))


def write_shard(table: pa.Table, file: Path) -> ShardRecord:
    """Write a table of SCORES under its name when it is complete."""
    with replace_file(file) as temporary:
        pq.write_table(table, temporary, **_PARQUET)
        return ShardRecord(file.name, table.num_rows, sha256_of(temporary))


def find_flaw(file: Path, record: ShardRecord | None) -> str | None:
    """Return what keeps a shard from being taken as it is, or None where it is whole.

    Parameters
    ----------
    file : Path
    record : ShardRecord or None
        What was written; without it, any whole table of SCORES will do.
    """
    if record is not None:
        return None if sha256_of(file) == record.sha256 else "was changed or damaged since"
    try:
        check_regular_file(file, "a table")
        with reading(file, "a Parquet file", mend="score it again"), pq.ParquetFile(file) as parquet:
            table = parquet.read()
    except GrnetError:
        return "is not a readable Parquet file"
    if not table.schema.equals(SCORES):
        return f"has the columns {', '.join(table.schema.names)}"
    return None


def record_of(file: Path) -> ShardRecord:
    """Return the record of a shard that is whole."""
    return ShardRecord(file.name, pq.read_metadata(file).num_rows, sha256_of(file))
