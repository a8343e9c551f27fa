"""How candidates are divided into files, and which of these files are there already."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from grnet.schema.genes import Indices
from grnet.schema.tables import SCORES


@dataclass(frozen=True, eq=False)
class Shard:
    """Some TFs with all genes, in one file.

    Attributes
    ----------
    name : str
        Of the file.
    tfs : int64 array [T]
    """

    name: str
    tfs: Indices


def plan_shards(tfs: Indices, n_genes: int, batch_pairs: int) -> tuple[Shard, ...]:
    """Divide TFs so that a shard has at most `batch_pairs` pairs, but at least one TF."""
    n_rows = max(batch_pairs // max(n_genes, 1), 1)
    parts = np.array_split(tfs, -(-len(tfs) // n_rows))
    return tuple(Shard(f"part-{number:05d}.parquet", part) for number, part in enumerate(parts))


def find_flaw(file: Path, n_candidates: int) -> str | None:
    """Return what keeps a shard from being taken as it is, or None where it is whole."""
    try:
        with pq.ParquetFile(file) as parquet:
            table = parquet.read()
    except (pa.ArrowException, OSError):
        return "is not a readable Parquet file"
    if not table.schema.equals(SCORES):
        return f"has the columns {', '.join(table.schema.names)}"
    if table.num_rows != n_candidates:
        return f"has {table.num_rows:,} rows instead of {n_candidates:,}"
    return None
