"""A sparse matrix of an open HDF5 file (data, indices, indptr) of which some rows are read at a time.

AnnData and 10x write the same three arrays. They are read here with h5py alone, because slicing a backed matrix of
anndata depends on private functions of SciPy that change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from grnet.schema.arrays import Indices


class SparseRows:
    """Rows of a stored CSR matrix, or of the transpose of a stored CSC matrix.

    Attributes
    ----------
    shape : (int, int)
    dtype : numpy.dtype
    """

    def __init__(self, group: Any, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.dtype = group["data"].dtype
        self._group = group
        self._starts: Indices = group["indptr"][:].astype(np.int64)

    def __getitem__(self, rows: slice) -> sp.csr_matrix:
        """Return consecutive rows, CSR [n, columns]."""
        start, stop, _ = rows.indices(self.shape[0])
        low, high = int(self._starts[start]), int(self._starts[stop])
        data, indices = self._group["data"][low:high], self._group["indices"][low:high]
        return sp.csr_matrix((data, indices, self._starts[start : stop + 1] - low), shape=(stop - start, self.shape[1]))


def open_sparse(group: Any) -> SparseRows | sp.csr_matrix:
    """Return a sparse matrix of AnnData, a group with its encoding and shape; one stored by column is read whole."""
    encoding = _as_text(group.attrs.get("encoding-type", group.attrs.get("h5sparse_format", "csr")))
    n_rows, n_columns = (int(length) for length in group.attrs.get("shape", group.attrs.get("h5sparse_shape")))
    if "csc" not in encoding:
        return SparseRows(group, (n_rows, n_columns))
    columns = (group["data"][:], group["indices"][:], group["indptr"][:])
    return sp.csc_matrix(columns, shape=(n_rows, n_columns)).tocsr()


def _as_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
