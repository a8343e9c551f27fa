"""Loom files: genes × cells in HDF5, with attributes of both. They are read with h5py alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from grnet.dataset.annotated.stored import StoredCells, StoredMatrix
from grnet.dataset.table_cells import header_word

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
        self.shape = stored.shape[::-1]
        self.dtype = stored.dtype
        self._stored = stored

    def __getitem__(self, rows: slice) -> sp.csr_matrix:
        """Return consecutive cells, CSR [n, genes]."""
        return sp.csr_matrix(self._stored[:, rows].T)


def is_loom(file: h5py.File) -> bool:
    """Tell whether an HDF5 file is a Loom file."""
    return all(name in file for name in ("matrix", "row_attrs", "col_attrs"))


def open_loom(path: Path, file: h5py.File) -> StoredCells:
    """Return what a Loom file holds; its matrices stay on disk."""
    n_genes, n_cells = file["matrix"].shape
    genes = _read_attributes(file["row_attrs"], n_genes, _GENE_NAMES)
    cells = _read_attributes(file["col_attrs"], n_cells, _CELL_NAMES)
    matrices = [StoredMatrix(path, "X", TransposedRows(file["matrix"]), genes)]
    for name in file.get("layers", ()):
        matrices.append(StoredMatrix(path, name, TransposedRows(file["layers"][name]), genes, is_layer=True))
    return StoredCells(path, tuple(matrices), cells, close=file.close)


def _read_attributes(group: h5py.Group, count: int, names: tuple[str, ...]) -> pd.DataFrame:
    """Return the attributes that have one value for each row, with the first of `names` that is there as the index."""
    columns = {name: _plain(group[name][:]) for name in group if group[name].shape == (count,)}
    table = pd.DataFrame(columns, index=pd.Index([str(number) for number in range(count)], dtype=object))
    words = {header_word(name): name for name in reversed(list(columns))}
    found = next((words[word] for word in names if word in words), None)
    return table if found is None else table.drop(columns=found).set_axis(table[found].astype(str).astype(object))


def _plain(values: Any) -> Any:
    """Return the values of an attribute; text is stored as bytes."""
    if values.dtype.kind not in "SO":
        return values
    texts = [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values]
    return np.array(texts, dtype=object)
