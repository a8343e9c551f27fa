"""Loom files: genes × cells in HDF5, with attributes of both. They are read with h5py alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import scipy.sparse as sp

from grnet.dataset.annotated.stored import StoredCells, StoredMatrix
from grnet.dataset.annotated.tenx_reader import read_texts
from grnet.dataset.table_cells import header_word
from grnet.schema.errors import InputError
from grnet.storage.hdf5_files import TEXT_BYTES
from grnet.storage.read_limits import check_memory

if TYPE_CHECKING:
    import h5py

_GENE_NAMES = ("gene", "genes", "genename", "symbol", "varnames", "accession")
_CELL_NAMES = ("cellid", "cellids", "obsnames", "barcode", "barcodes")


class TransposedRows:
    """Cells × genes of a stored matrix of genes × cells.

    Attributes
    ----------
    shape : (int, int)
    dtype : numpy.dtype
    """

    def __init__(self, stored: Any) -> None:
        self.shape = (stored.shape or ())[::-1]  # HDF5 has data without a shape
        self.dtype = stored.dtype
        self._stored = stored

    def __getitem__(self, rows: slice) -> sp.csr_matrix:
        """Return consecutive cells, CSR [n, genes]."""
        return sp.csr_matrix(self._stored[:, rows].T)


def is_loom(file: h5py.File) -> bool:
    """Tell whether an HDF5 file is a Loom file."""
    return all(name in file for name in ("matrix", "row_attrs", "col_attrs"))


def open_loom(path: Path, file: h5py.File) -> StoredCells:
    """Return what a Loom file holds; its matrices stay on disk.

    Raises
    ------
    InputError
        Its matrix is none, or a list.
    TooLittleMemoryError
        Its attributes take too much memory.
    Exception
        It is not as Loom files are; read within :func:`~grnet.storage.read_limits.reading`.
    """
    shape: tuple[int, ...] = getattr(file["matrix"], "shape", None) or ()
    if len(shape) != 2:
        raise InputError(f"{path}: its matrix has {len(shape)} dimensions; expected genes × cells")
    genes = _read_attributes(path, file["row_attrs"], shape[0], _GENE_NAMES)
    cells = _read_attributes(path, file["col_attrs"], shape[1], _CELL_NAMES)
    matrices = [StoredMatrix(path, "X", TransposedRows(file["matrix"]), genes)]
    for name in file.get("layers", ()):
        matrices.append(StoredMatrix(path, name, TransposedRows(file["layers"][name]), genes, is_layer=True))
    return StoredCells(path, tuple(matrices), cells, close=file.close)


def _read_attributes(path: Path, group: h5py.Group, count: int, names: tuple[str, ...]) -> pd.DataFrame:
    """Return the attributes that have one value for each row, with the first of `names` that is there as the index."""
    found = {name: member for name, member in group.items() if getattr(member, "shape", None) == (count,)}
    check_memory(path, count * TEXT_BYTES * (1 + len(found)), f"the attributes of {count:,} genes or cells")
    columns = {name: read_texts(path, own) if own.dtype.kind in "SO" else own[:] for name, own in found.items()}
    table = pd.DataFrame(columns, index=pd.Index([str(number) for number in range(count)], dtype=object))
    words = {header_word(name): name for name in reversed(list(columns))}
    index = next((words[word] for word in names if word in words), None)
    return table if index is None else table.drop(columns=index).set_axis(table[index].astype(str).astype(object))
