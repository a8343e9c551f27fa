"""Files of cells that are not as they should be: one line for each fault, whatever the library would have raised."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import annotated_files as files
import h5py
import numpy as np
import pytest

from grnet.dataset.annotated.readers import is_annotated, open_annotated
from grnet.schema.errors import GrnetError, InputError, MissingInputError, TooLittleMemoryError
from grnet.storage.read_limits import memory_limit


def put(file, name, value, **options):
    """Write another dataset in the place of one, with its attributes."""
    attributes = dict(file[name].attrs)
    del file[name]
    file.create_dataset(name, data=value, **options).attrs.update(attributes)


def link(target):
    def change(file):
        del file["X"]
        file["X"] = target

    return change


def in_a_circle(file):
    file["layers/again"] = file["/"]


def virtual(file):
    layout = h5py.VirtualLayout((files.N_CELLS, files.N_GENES), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "X", (files.N_CELLS, files.N_GENES))
    del file["X"]
    file.create_virtual_dataset("X", layout)


def outside(file):
    del file["X"]
    file.create_dataset("X", (40, 12), "f4", external=[("/etc/hostname", 0, h5py.h5f.UNLIMITED)])


def claim(shape):
    def change(file):
        del file["X"]
        file.create_dataset("X", shape, "f4", chunks=tuple(min(n, 100) for n in shape))

    return change


def value_at(name, place, value):
    def change(file):
        file[name][place] = value

    return change


def without(name):
    def change(file):
        del file[name]

    return change


def instead(name, value):
    return lambda file: put(file, name, value)


H5AD = [
    (link(h5py.ExternalLink("other.h5", "/X")), r"/X is a link to other.h5 /X, which is not followed; write it anew"),
    (link(h5py.SoftLink("/nowhere")), r"/X is a link to /nowhere, which is not followed"),
    (in_a_circle, r"the group /layers/again is linked in a circle or twice; write it anew with all of its data inside"),
    (virtual, r"the data of /X lie in another file, which is not read"),
    (instead("X", h5py.Empty("f4")), r"X is empty, but its tables have 40 cells and 12 genes; the file is damaged"),
    (outside, r"the data of /X lie in another file, which is not read"),
    (claim((10**6, 10**6)), r"/X claims 3\.6 TB, of which 0 bytes are stored; copy or download the file again"),
    (without("X/indptr"), r"not readable as AnnData \(\.h5ad\) \(.*indptr.*\); write it anew"),
    (value_at("X/indptr", 3, 10**6), r"\(indptr does not ascend from 0 to the 381 stored values by at most 12 a row\)"),
    (value_at("X/indptr", 3, -5), r"\(indptr does not ascend from 0"),
    (value_at("X/indptr", -1, -1), r"\(indptr does not ascend from 0"),
    (instead("X/indptr", np.arange(3)), r"\(indptr holds int64 \(3,\); expected 41 whole numbers\)"),
    (instead("X/indices", np.zeros(381)), r"\(it has values \(381,\) at indices float64 \(381,\)\)"),
    (instead("X/data", np.zeros(5)), r"\(it has values \(5,\) at indices int32 \(381,\)\)"),
    (value_at("X/indices", 0, 12), r"not readable as the values of X \(indices go from 0 to 12 in 12 columns\)"),
    (value_at("X/indices", 0, -7), r"\(indices go from -7 to 11 in 12 columns\)"),
    (value_at("X/indices", 0, 1), r"\(a row has two values in one column\)"),
    (value_at("X/data", 7, np.nan), r"X holds nan for the gene 'hkb'; expected a number for each cell and gene"),
    (value_at("X/data", 7, np.inf), r"X holds inf for the gene 'hkb'"),
    (instead("X/data", np.array([b"a"] * 381)), r"X holds no numbers but \|S1; expected expression"),
    (without("obs"), r"an HDF5 file of no form that is read \(AnnData .*\); it holds X, "),
    (without("var/_index"), r"not readable as AnnData"),
    (
        lambda file: file["obs"].attrs.update({"encoding-type": "dict", "encoding-version": "0.1.0"}),
        r"obs is no table but dict; expected an AnnData",
    ),
    (lambda file: file["X"].attrs.update(shape=[5, 5]), r"\(indptr holds int32 \(41,\); expected 6 whole numbers\)"),
    (lambda file: file["X"].attrs.update(shape=[-1, 5]), r"\(it claims the shape -1 × 5\)"),
    (value_at("obs/cell_type/codes", 0, 99), r"not readable as AnnData"),
    (value_at("var/_index", 0, b"\xff\xfe"), r"not readable as AnnData \(\.h5ad\) \('utf-8' codec can't decode"),
]


@pytest.mark.parametrize(("change", "told"), H5AD)
def test_an_h5ad_that_is_not_as_it_should_be(change, told, tmp_path):
    path = files.write_h5ad(tmp_path)
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(InputError, match=told) as caught:
        open_annotated(path)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "member", "value", "told"),
    [
        (
            "csc h5ad",
            "X/indices",
            np.full(381, 99),
            r"not readable as AnnData \(\.h5ad\) \(indices go from 99 to 99 in",
        ),
        ("h5ad of anndata before 0.7", "X/indptr", np.full(41, -1), r"the values of X \(indptr does not ascend from 0"),
        ("10x h5", "matrix/features/name", np.array([b"\xff"] * 14), r"10x Genomics \(\.h5\) \('utf-8' codec can't"),
        (
            "10x h5",
            "matrix/barcodes",
            np.array([b"a"] * 3),
            r"\(indptr holds int32 \(41,\); expected 4 whole numbers\)",
        ),
        (
            "10x h5 before 3",
            "dm6/indices",
            np.full(381, -1),
            r"not readable as the values of X \(indices go from -1 to",
        ),
        ("Loom", "matrix", np.ones(12), r"its matrix has 1 dimensions; expected genes × cells"),
        ("Loom", "row_attrs/Gene", np.array([b"\xff"] * 12), r"not readable as Loom \(\.loom\) \('utf-8' codec can't"),
        (
            "Loom",
            "layers/spliced",
            h5py.Empty("f4"),
            r"layer \"spliced\" is empty, but its tables have 40 cells and 12",
        ),
        ("Loom", "layers/spliced", np.ones((3, 4)), r"layer \"spliced\" is 4 × 3, but its tables have 40 cells and 12"),
    ],
)
def test_other_forms_that_are_not_as_they_should_be(name, member, value, told, tmp_path):
    path = files.WRITERS[name](tmp_path)
    with h5py.File(path, "r+") as file:
        put(file, member, value)
    with pytest.raises(InputError, match=told) as caught:
        open_annotated(path).read(slice(0, 40))
    assert str(caught.value).startswith(str(path))


def write_matrix(path, text):
    with gzip.open(path / "matrix.mtx.gz", "wt") as file:
        file.write(text)


HEAD = "%%MatrixMarket matrix coordinate integer general\n"


def test_a_nul_byte_in_a_matrix_that_is_not_packed(tmp_path):
    path = files.WRITERS["Matrix Market"](tmp_path)
    path.write_bytes(path.read_bytes().replace(b"2 10 1\n", b"2 10 1\0\n"))
    with pytest.raises(InputError, match=r"GSM1_matrix\.mtx: damaged: holds a NUL byte"):
        open_annotated(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "12 40 1\n13 1 5\n", r"matrix\.mtx\.gz: not readable as Matrix Market \(.*out of bounds.*\); copy or"),
        (HEAD + "12 40 3\n1 1 5\n", r"not readable as Matrix Market \(.*\)"),
        (HEAD + "12 40 1\n1 1 x\n", r"not readable as Matrix Market \(.*\)"),
        (HEAD + "12 40 1\n1 1 99999999999999999999999\n", r"not readable as Matrix Market \(.*\)"),
        (
            HEAD + "12 40 1\n1 1 5\0\n",
            r"matrix\.mtx\.gz: damaged: holds a NUL byte; copy",
        ),
        (HEAD + "12 forty 1\n", r"not readable as Matrix Market \(.*\)"),
        (HEAD + "10 40 1\n1 1 5\n", r"is 10 × 40, but the files beside it name 12 genes and 40 cells; expected"),
        (HEAD.replace("integer", "complex") + "12 40 1\n1 1 5 5\n", r"holds complex numbers; expected expression"),
        (HEAD + "12 40 999999999999999\n", r"12 × 40 with 999,999,999,999,999 entries"),
    ],
)
def test_a_matrix_market_file_that_is_not_as_it_should_be(text, told, tmp_path):
    folder = files.write_tenx_folder(tmp_path)
    write_matrix(folder, text)
    with pytest.raises(GrnetError, match=told) as caught:
        open_annotated(folder)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\n", r"features\.tsv\.gz: not readable as a table of names in UTF-8 \('utf-8' codec can't decode"),
        (b"x\n" * 99, r"features\.tsv\.gz: has more than the 40 names that matrix\.mtx\.gz has rows or columns"),
        (
            b"x" * 300_000,
            r"features\.tsv\.gz: not readable as a table of names in UTF-8 \(field larger than field limit",
        ),
    ],
)
def test_names_beside_a_matrix_that_are_not_as_they_should_be(content, told, tmp_path):
    folder = files.write_tenx_folder(tmp_path)
    (folder / "features.tsv.gz").write_bytes(gzip.compress(content))
    with pytest.raises(InputError, match=told):
        open_annotated(folder)


def test_names_of_a_gzip_stream_that_is_cut_are_refused(tmp_path):
    folder = files.write_tenx_folder(tmp_path)
    names = folder / "features.tsv.gz"
    names.write_bytes(names.read_bytes()[:-9])
    with pytest.raises(InputError, match=r"features\.tsv\.gz: not readable as a table of names in UTF-8 \(Compressed"):
        open_annotated(folder)


@pytest.mark.parametrize("name", ["h5ad", "csc h5ad", "h5ad of anndata before 0.7", "10x h5", "Loom", "10x folder"])
def test_what_is_read_whole_is_compared_with_the_memory(name, tmp_path):
    path = files.WRITERS[name](tmp_path)
    with memory_limit(100), pytest.raises(TooLittleMemoryError, match=r"would take .* of memory, and .* may be taken"):
        open_annotated(path)


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "cells.h5ad")
    for path in (tmp_path / "cells.h5ad", Path("/dev/zero"), Path("/proc/kmsg")):
        with pytest.raises(
            MissingInputError, match=r"is a pipe or a device, not a file; expected a table, or a file of"
        ):
            is_annotated(path)
