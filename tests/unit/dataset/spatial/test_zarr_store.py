"""Zarr folders that lead elsewhere, claim what is not there, unpack to too much, or would run code."""

from __future__ import annotations

import gzip
import json
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
import zarr
from made_spots import make_adata

from grnet.dataset.annotated.matrix import AnnotatedOptions
from grnet.dataset.spatial.spot_folders import open_spot_folder
from grnet.dataset.spatial.zarr_store import check_store
from grnet.schema.errors import GrnetError, InputError, TooLittleMemoryError
from grnet.storage.read_limits import memory_limit


@pytest.fixture
def store(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make_adata()[:, :5].copy().write_zarr(tmp_path / "spots.zarr")
    return tmp_path / "spots.zarr"


class Evil:
    def __reduce__(self):
        return (Path.touch, (Path("ran"),))


def describe(**changes):
    def change(store):
        file = store / "obsm" / "spatial" / ".zarray"
        file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    return change


def write(name, content):
    return lambda store: (store / name).write_bytes(content)


def pickled(store):
    describe(dtype="|O", filters=[{"id": "pickle", "protocol": 5}], compressor=None)(store)
    (store / "obsm" / "spatial" / "0.0").write_bytes(pickle.dumps([Evil()]))


def linked(store):
    (store / "obsm" / "spatial" / "0.0").unlink()
    (store / "obsm" / "spatial" / "0.0").symlink_to("/etc/hostname")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (linked, r"spatial/0\.0: is a link, which is not followed; copy what it names to its place \(cp -rL\)"),
        (pickled, r"\.zarray: its chunks are written with 'pickle', which is not read; write it with zstd"),
        (describe(shape=[10**6, 10**6], chunks=[10**6, 10**6]), r"its arrays would take about 7\.3 TB of memory"),
        (describe(shape=[72, 2], chunks=[10**7, 10**6]), r"its arrays would take .* TB of memory"),
        (
            describe(shape=[10**9, 2], chunks=[1, 1], dtype="|i1"),
            r"claims 2,000,000,000 chunks; expected up to 1,000,000",
        ),
        (describe(shape=[-1, 2]), r"not readable as a description of a zarr array \(shape \[-1, 2\] in chunks of"),
        (describe(dtype="no"), r"not readable as a description of a zarr array"),
        (
            write("obsm/spatial/.zarray", b"[" * 100_000),
            r"not readable as a description of a zarr array \(maximum recursion",
        ),
        (
            write("obsm/spatial/.zarray", b"9" * 5_000),
            r"not readable as a description of a zarr array \(Exceeds the limit",
        ),
        (write("obsm/spatial/.zarray", b"{}"), r"not readable as a description of a zarr array"),
        (write("obsm/.zattrs", b"{" * 9_000), r"spots\.zarr: not readable as a SpatialData or AnnData \.zarr"),
        (write("obsm/spatial/0.0", b"no chunk"), r"spots\.zarr: not readable as a SpatialData or AnnData \.zarr"),
    ],
)
def test_what_is_not_read(store, change, told, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    change(store)
    with pytest.raises(GrnetError, match=told) as caught:
        open_spot_folder(store, AnnotatedOptions())
    assert str(caught.value).startswith(str(store))
    assert len(str(caught.value).splitlines()) == 1
    assert not Path("ran").exists()


BOMB = 1 << 28


@pytest.mark.parametrize(
    ("codec", "chunk"),
    [
        ({"id": "gzip", "level": 9}, gzip.compress(bytes(BOMB), 9)),
        ({"id": "zstd", "level": 9}, b"\x28\xb5\x2f\xfd\xa0" + BOMB.to_bytes(4, "little") + bytes(9)),
        ({"id": "blosc"}, b"\x02\x01\x21\x08" + BOMB.to_bytes(4, "little") + bytes(8)),
        ({"id": "lz4"}, BOMB.to_bytes(4, "little") + bytes(8)),
    ],
)
def test_a_chunk_that_unpacks_to_too_much_is_not_unpacked(store, codec, chunk):
    describe(compressor=codec)(store)
    (store / "obsm" / "spatial" / "0.0").write_bytes(chunk)
    with memory_limit(BOMB - 1), pytest.raises(TooLittleMemoryError, match=r"unpacks to would take"):
        check_store(store)


def test_a_chunk_of_zstd_without_its_size_is_refused(store):
    describe(compressor={"id": "zstd", "level": 1})(store)
    (store / "obsm" / "spatial" / "0.0").write_bytes(b"\x28\xb5\x2f\xfd\x00" + bytes(20))
    with pytest.raises(
        InputError, match=r"spatial/0\.0: a chunk of zstd that does not say its size, which is not read"
    ):
        check_store(store)


def test_descriptions_that_are_gathered_in_one_file_are_not_used(store, monkeypatch, tmp_path):
    """They may say something else than those beside the arrays."""
    monkeypatch.chdir(tmp_path)
    gathered = json.loads((store / ".zmetadata").read_text())
    gathered["metadata"]["obsm/spatial/.zarray"] |= {"dtype": "|O", "filters": [{"id": "pickle", "protocol": 5}]}
    (store / ".zmetadata").write_text(json.dumps(gathered))
    assert open_spot_folder(store, AnnotatedOptions()).coordinates.shape == (72, 2)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_stores_of_both_formats_pass(tmp_path, zarr_format):
    root = zarr.open_group(str(tmp_path / "a.zarr"), mode="w", zarr_format=zarr_format)
    root.create_array("numbers", data=np.arange(100_000).reshape(10, -1), chunks=(3, 5_000))
    check_store(tmp_path / "a.zarr")
    with memory_limit(799_999), pytest.raises(TooLittleMemoryError, match=r"its arrays would take"):
        check_store(tmp_path / "a.zarr")
