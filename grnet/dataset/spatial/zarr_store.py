"""Zarr folders as they come from other people: what is in them is measured before anything is unpacked.

A .zarr is a folder of small files: JSON that describes each array, and its chunks, compressed. A link in it can lead to
any file, a description can claim any shape, a chunk can unpack to a thousand times its size, and the codec "pickle"
runs whatever its chunks say. All of that is refused here, before zarr sees the folder.
"""

from __future__ import annotations

import json
import math
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grnet.schema.errors import InputError
from grnet.storage.hdf5_files import COPY_AGAIN, TEXT_BYTES
from grnet.storage.read_limits import check_memory, check_regular_file, reading

_DESCRIPTIONS = (".zarray", "zarr.json")
_PACKERS = ("blosc", "gzip", "lz4", "zlib", "zstd")
_CODECS = {*_PACKERS, "vlen-utf8", "vlen-bytes", "bytes", "transpose", "crc32c", "sharding_indexed", "delta", "shuffle"}
"""What may turn chunks into values. Of others, some run code and some unpack without a limit."""
_JSON_BYTES = 20
"""Memory of a byte of JSON."""
_MOST_CHUNKS = 1_000_000
_FEW_BYTES = 1 << 16
"""A chunk of this many bytes unpacks to 64 MB at most, with deflate."""
_STEP = 1 << 20
_ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True)
class _Array:
    """What the description of an array claims: bytes in memory, and what turns its chunks into values."""

    n_bytes: int
    codecs: tuple[str, ...]

    @property
    def packer(self) -> str:
        """The codec that tells how large a chunk is; "" where chunks are as they are or divided further."""
        found = [codec for codec in self.codecs if codec in _PACKERS]
        return found[-1] if found and "sharding_indexed" not in self.codecs else ""


def check_store(folder: Path) -> None:
    """Make sure that a zarr folder can be read whole.

    Raises
    ------
    InputError
        It holds a link, a damaged description, or a codec that is not known to be safe.
    TooLittleMemoryError
        Its arrays, or what their chunks unpack to, take too much memory.
    """
    n_claimed = n_unpacked = 0
    for place in _list_folders(folder):
        for name in _DESCRIPTIONS:
            if (place / name).exists():
                array = _read_description(place / name)
                if array is not None:
                    n_claimed += array.n_bytes
                    check_memory(folder, n_claimed, "its arrays")
                    n_unpacked += _unpacked_size(place, array, folder)
    check_memory(folder, max(n_claimed, n_unpacked), "its arrays")


def _list_folders(folder: Path) -> Iterator[Path]:
    """Yield a folder and those below it, after what is in them was seen to be files and folders, no links.

    Raises
    ------
    InputError
        Something else is there.
    """
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_symlink():
                    raise InputError(
                        f"{entry.path}: is a link, which is not followed; copy what it names to its place (cp -rL)"
                    )
                if entry.is_dir():
                    waiting.append(Path(entry.path))
                else:
                    check_regular_file(Path(entry.path), "a file of a .zarr", error=InputError)
        yield place


def _read_description(file: Path) -> _Array | None:
    """Return what a description claims; None where it is that of a group.

    Raises
    ------
    InputError
        It is damaged, or names a codec that is not read.
    """
    check_memory(file, _JSON_BYTES * file.stat().st_size, "a description of an array")
    with reading(file, "a description of a zarr array", mend=COPY_AGAIN):
        said = json.loads(file.read_text(encoding="utf-8"))
        if said.get("node_type") == "group":
            return None
        if file.name == ".zarray":
            chunks, dtype = said["chunks"], np.dtype(_plain_dtype(said["dtype"]))
            steps = [*(said.get("filters") or ()), *filter(None, [said.get("compressor")])]
            codecs = tuple(str(step["id"]) for step in steps)
        else:
            chunks = said["chunk_grid"]["configuration"]["chunk_shape"]
            dtype, codecs = _dtype_of(said["data_type"]), tuple(_name_codecs(said["codecs"]))
        shape = [*said["shape"]]
        if len(shape) != len(chunks) or not all(type(n) is int and n >= 0 for n in shape + [n - 1 for n in chunks]):
            raise ValueError(f"shape {shape} in chunks of {chunks}"[:100])
    unknown = sorted(set(codecs) - _CODECS)
    if unknown:
        raise InputError(f"{file}: its chunks are written with {unknown[0]!r}, which is not read; write it with zstd")
    n_chunks = math.prod(-(-length // size) for length, size in zip(shape, chunks, strict=True))
    if n_chunks > _MOST_CHUNKS:
        raise InputError(
            f"{file}: claims {n_chunks:,} chunks; expected up to {_MOST_CHUNKS:,}: write it in larger ones"
        )
    item = dtype.itemsize + (TEXT_BYTES if dtype.hasobject else 0)
    return _Array(item * max(math.prod(shape), math.prod(chunks)), codecs)


def _plain_dtype(said: Any) -> Any:
    """Return a dtype of JSON as NumPy takes it: fields are tuples."""
    return [tuple(part) for part in said] if isinstance(said, list) else said


def _dtype_of(said: Any) -> np.dtype[Any]:
    """Return the NumPy type of a type of zarr 3; types of texts are objects."""
    try:
        dtype: np.dtype[Any] = np.dtype(said)
    except TypeError:
        return np.dtype(object)
    return dtype


def _name_codecs(steps: Any) -> Iterator[str]:
    """Yield the names of codecs of zarr 3, those within a shard too."""
    for step in steps:
        yield str(step["name"]) if isinstance(step, Mapping) else str(step)
        settings = step.get("configuration", {}) if isinstance(step, Mapping) else {}
        for within in ("codecs", "index_codecs"):
            yield from _name_codecs(settings.get(within, ()))


def _unpacked_size(place: Path, array: _Array, folder: Path) -> int:
    """Return the bytes that the chunks of an array unpack to."""
    if not array.packer:
        return 0
    size = 0
    for root, _, names in os.walk(place):
        for name in names:
            if not name.startswith(".z") and name != "zarr.json":
                size += _size_of_chunk(Path(root) / name, array.packer)
                check_memory(folder, size, f"what {place.name} unpacks to")
    return size


def _size_of_chunk(file: Path, packer: str) -> int:
    """Return the bytes that a chunk says that it unpacks to; those of one packed by deflate are counted.

    Raises
    ------
    InputError
        It is damaged, or packed by zstd without its size.
    """
    with file.open("rb") as stream:
        head = stream.read(18)
    if packer == "blosc":
        return int.from_bytes(head[4:8], "little")
    if packer == "lz4":
        return int.from_bytes(head[:4], "little")
    if packer == "zstd":
        return _size_of_frame(file, head)
    if file.stat().st_size <= _FEW_BYTES:
        return 0
    return _count_deflated(file)


def _size_of_frame(file: Path, head: bytes) -> int:
    """Return the content size in the header of a frame of zstd (RFC 8878, section 3.1.1.1)."""
    if not head.startswith(_ZSTD) or len(head) < 6:
        raise InputError(f"{file}: is no chunk of zstd; {COPY_AGAIN}")
    kind, single, keys = head[4] >> 6, head[4] >> 5 & 1, (0, 1, 2, 4)[head[4] & 3]
    if kind == 0 and not single:
        raise InputError(f"{file}: a chunk of zstd that does not say its size, which is not read; write it anew")
    start, length = 5 + (not single) + keys, (1, 2, 4, 8)[kind]
    return int.from_bytes(head[start : start + length], "little") + (256 if kind == 1 else 0)


def _count_deflated(file: Path) -> int:
    """Return the bytes that a chunk of gzip or zlib unpacks to, without keeping them."""
    size, unpacker = 0, zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: either of the two headers
    with reading(file, "a chunk of gzip or zlib", mend=COPY_AGAIN), file.open("rb") as stream:
        for block in iter(lambda: stream.read(_STEP), b""):
            rest = block
            while rest:
                size += len(unpacker.decompress(rest, _STEP))
                check_memory(file, size, "what a chunk unpacks to")
                if unpacker.eof:  # gzip may hold several parts, one after the other
                    rest, unpacker = unpacker.unused_data, zlib.decompressobj(zlib.MAX_WBITS | 32)
                else:
                    rest = unpacker.unconsumed_tail
    return size
