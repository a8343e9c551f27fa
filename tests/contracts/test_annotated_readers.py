"""What every reader of single cells promises: the same cells, genes, ids and counts, whatever the form of the file."""

from __future__ import annotations

import annotated_files as files
import numpy as np
import pytest

from grnet.dataset.annotated.readers import HDF5_READERS, is_annotated, open_annotated
from grnet.schema.errors import InputError


@pytest.fixture(params=sorted(files.WRITERS))
def source(request, tmp_path):
    return files.WRITERS[request.param](tmp_path)


def test_cells_genes_and_counts_come_back(source):
    assert is_annotated(source)
    with open_annotated(source) as matrix:
        assert matrix.symbols == files.SYMBOLS
        assert matrix.ids == files.IDS
        assert matrix.cells.index.tolist() == list(files.CELLS)
        assert matrix.contents == "counts"
        assert np.array_equal(matrix.read(slice(0, files.N_CELLS)).toarray(), files.make_counts())


def test_any_rows_are_read(source):
    rows = np.array([2, 3, 17, 39])
    with open_annotated(source) as matrix:
        expected = files.make_counts()
        assert np.array_equal(matrix.read(rows[::-1]).toarray(), expected[rows[::-1]])
        assert np.array_equal(matrix.read(slice(38, 99)).toarray(), expected[38:])
        assert matrix.read(rows[:0]).shape == (0, files.N_GENES)
        blocks = list(matrix.blocks(rows))
        assert np.array_equal(np.vstack([block.toarray() for _, block in blocks]), expected[rows])
        assert [place for place, _ in blocks] == [slice(0, 4)]


def test_the_plan_says_what_was_read(source):
    with open_annotated(source) as matrix:
        said = matrix.plan.describe()
        assert f"counts of {matrix.layer}; symbol = " in said
        assert said.endswith("; 40 cells")
        assert matrix.plan.to_json()["description"] == said


def test_every_form_of_hdf5_has_a_writer(tmp_path):
    import h5py

    fitting = set()
    for write in files.WRITERS.values():
        folder = tmp_path / write.__name__
        folder.mkdir()
        path = write(folder)
        if str(path).endswith((".h5ad", ".h5", ".loom")):
            with h5py.File(path, "r") as file:
                fitting |= {reader.name for reader in HDF5_READERS if reader.fits(file)}
    assert fitting == {reader.name for reader in HDF5_READERS}


def test_a_cut_file_is_refused_in_one_line(tmp_path):
    for name in ("h5ad", "10x h5", "10x folder", "Loom"):
        folder = tmp_path / name.replace(" ", "-")
        folder.mkdir()
        path = files.WRITERS[name](folder)
        path = path / "matrix.mtx.gz" if path.is_dir() else path
        path.write_bytes(path.read_bytes()[:-200])
        if not is_annotated(path):
            continue
        with pytest.raises(InputError) as caught:
            open_annotated(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
