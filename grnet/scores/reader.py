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
from grnet.schema.tables import SCORES, TARGET, TF
from grnet.storage.documents import read_json
from grnet.storage.files import sha256_of

SCORES_FOLDER, MANIFEST_FILE = "scores", "manifest.json"
_ANEW = "infer the network anew to score all candidates"


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
    lost = [name for name in listed if name not in names]
    if lost:
        raise MissingInputError(f"{folder}: lacks {len(lost)} of {len(listed)} parts, the first is {lost[0]}; {_ANEW}")
    checksums = _list_checksums(folder) if check_bytes else {}
    for name, n_rows in listed.items():
        if name in checksums and sha256_of(folder / name) != checksums[name]:
            raise FormatError(f"{folder / name}: was changed or damaged since it was written; {_ANEW}")
        table = _read_shard(folder / name)
        if n_rows is not None and table.num_rows != n_rows:
            raise FormatError(
                f"{folder / name}: holds {table.num_rows:,} candidates, {MANIFEST_FILE} says {n_rows:,}; {_ANEW}"
            )
        yield table


def list_shards(folder: Path) -> dict[str, int | None]:
    """Return the names of the shards in their order, and how many rows each has, None where that is not written.

    Without a manifest these are all the files `part-*.parquet`.

    Raises
    ------
    MissingInputError
        There are none.
    FormatError
        The manifest is damaged or says that scoring has not finished.
    """
    file = folder / MANIFEST_FILE
    if file.is_file():
        manifest = read_json(file)
        if manifest.get("done") is False:
            raise FormatError(
                f"{file}: not all candidates are scored yet; run the same `grnet infer-network` again, it goes on"
            )
        shards = [_describe_shard(entry, file) for entry in manifest.get("shards", [])]
    else:
        shards = [(path.name, None) for path in folder.glob("part-*.parquet")]
    if not shards:
        raise MissingInputError(f"{folder}: holds no part-*.parquet; {_ANEW}")
    return dict(sorted(shards))


def _list_checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of the shards that a manifest, read without fault before, tells of."""
    file = folder / MANIFEST_FILE
    shards = read_json(file).get("shards", []) if file.is_file() else []
    return {entry["name"]: entry["sha256"] for entry in shards if isinstance(entry, dict) and "sha256" in entry}


def _describe_shard(entry: object, manifest: Path) -> tuple[str, int | None]:
    """Return name and rows of an entry of the manifest: a name alone, or a table."""
    name, rows = (entry.get("name"), entry.get("rows")) if isinstance(entry, dict) else (entry, None)
    if not isinstance(name, str) or Path(name).name != name or not (rows is None or isinstance(rows, int)):
        raise FormatError(
            f"{manifest}: expected a name, or name and rows, of each of the shards, got {entry!r}; {_ANEW}"
        )
    return name, rows


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
        raise FormatError(f"{path}: not a readable Parquet file ({error}); {_ANEW}") from error
