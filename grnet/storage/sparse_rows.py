"""A sparse matrix of an open HDF5 file (data, indices, indptr) of which some rows are read at a time.

AnnData and 10x write the same three arrays. They are read here with h5py alone, because slicing a backed matrix of
anndata depends on private functions of SciPy that change. SciPy takes the three arrays as they are and reads beyond
its memory where they are damaged, so each is checked before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from grnet.schema.arrays import Indices
from grnet.schema.sources import MatrixSource
from grnet.storage.read_limits import check_memory

_ARRAYS = ("data", "indices", "indptr")
_COPIES = 3
"""How often a matrix that is sparse by column is in memory while it is turned into rows."""


class SparseRows:
    """Rows of a stored CSR matrix, or of the transpose of a stored CSC matrix.

    Attributes
    ----------
    shape : (int, int)
    dtype : numpy.dtype

    Raises
    ------
    KeyError, ValueError
        The arrays are not those of a matrix of this shape.
    TooLittleMemoryError
        The starts of the rows take too much memory.
    """

    def __init__(self, source: MatrixSource, group: Any, shape: tuple[int, int]) -> None:
        self.shape = shape
        data, indices, indptr = _open_arrays(group)
        self.dtype = data.dtype
        self._data, self._indices = data, indices
        check_memory(source, indptr.size * indptr.dtype.itemsize * 2, "indptr")
        self._starts = check_starts(indptr[:], shape, data.size)

    def __getitem__(self, rows: slice) -> sp.csr_matrix:
        """Return consecutive rows, CSR [n, columns].

        Raises
        ------
        ValueError
            A column is outside the matrix, or is there twice in a row.
        """
        start, stop, _ = rows.indices(self.shape[0])
        low, high = int(self._starts[start]), int(self._starts[max(start, stop)])
        parts = (self._data[low:high], self._indices[low:high], self._starts[start : max(start, stop) + 1] - low)
        return checked_rows(sp.csr_matrix(parts, shape=(max(0, stop - start), self.shape[1])))


def open_sparse(source: MatrixSource, group: Any) -> SparseRows | sp.csr_matrix:
    """Return a sparse matrix of AnnData, a group with its encoding and shape; one stored by column is read whole.

    Raises
    ------
    KeyError, TypeError, ValueError
        The group does not hold a sparse matrix.
    TooLittleMemoryError
        It takes too much memory.
    """
    encoding = _as_text(group.attrs.get("encoding-type", group.attrs.get("h5sparse_format", "csr")))
    n_rows, n_columns = (int(length) for length in group.attrs.get("shape", group.attrs.get("h5sparse_shape")))
    if min(n_rows, n_columns) < 0:
        raise ValueError(f"it claims the shape {n_rows} × {n_columns}")
    if "csc" not in encoding:
        return SparseRows(source, group, (n_rows, n_columns))
    data, indices, indptr = _open_arrays(group)
    n_bytes = sum(array.size * array.dtype.itemsize for array in (data, indices, indptr))
    check_memory(source, _COPIES * n_bytes + 8 * n_rows, f"a matrix of {n_rows:,} × {n_columns:,} stored by column")
    starts = check_starts(indptr[:], (n_columns, n_rows), data.size)
    columns = checked_rows(sp.csr_matrix((data[:], indices[:], starts), shape=(n_columns, n_rows)))
    return sp.csr_matrix(columns.T)


def check_starts(indptr: Any, shape: tuple[int, int], n_values: int) -> Indices:
    """Return where rows begin, and the last ends, as int64 [rows + 1].

    Raises
    ------
    ValueError
        They are not as many as the rows, do not ascend from 0 to the number of stored values, or a row has more values
        than there are columns.
    """
    n_rows, n_columns = shape
    if indptr.dtype.kind not in "iu" or indptr.shape != (n_rows + 1,):
        raise ValueError(f"indptr holds {indptr.dtype} {indptr.shape}; expected {n_rows + 1:,} whole numbers")
    starts: Indices = indptr.astype(np.int64)
    lengths = np.diff(starts)
    if starts[0] != 0 or starts[-1] != n_values or lengths.min(initial=0) < 0 or lengths.max(initial=0) > n_columns:
        raise ValueError(
            f"indptr does not ascend from 0 to the {n_values:,} stored values by at most {n_columns:,} a row"
        )
    return starts


def check_sparse(matrix: Any) -> None:
    """Make sure that no index of a sparse matrix in memory lies outside it.

    SciPy's own `check_format` takes a negative end of `indptr` for an empty matrix, and overflows where it is int8.

    Raises
    ------
    ValueError
    """
    if matrix.format in ("csr", "csc"):
        shape = matrix.shape if matrix.format == "csr" else matrix.shape[::-1]
        starts = check_starts(matrix.indptr, shape, int(matrix.indptr[-1]))
        if starts[-1] > min(len(matrix.data), len(matrix.indices)):
            raise ValueError(f"indptr ends at {starts[-1]:,} of {len(matrix.indices):,} stored values")
        _check_indices(matrix.indices[: starts[-1]], shape[1])


def _check_indices(indices: Any, n_columns: int) -> None:
    """Raise ValueError where an index lies outside the columns."""
    if indices.size and (indices.min() < 0 or indices.max() >= n_columns):
        raise ValueError(f"indices go from {indices.min()} to {indices.max()} in {n_columns:,} columns")


def checked_rows(rows: sp.csr_matrix) -> sp.csr_matrix:
    """Return rows with ascending indices.

    Raises
    ------
    ValueError
        A column is outside the matrix, or is there twice in a row.
    """
    _check_indices(rows.indices, rows.shape[1])
    if rows.has_canonical_format:
        return rows
    rows.sort_indices()
    ordered = sp.csr_matrix((rows.data, rows.indices, rows.indptr), shape=rows.shape)
    if not ordered.has_canonical_format:
        raise ValueError("a row has two values in one column")
    return ordered


def _open_arrays(group: Any) -> tuple[Any, Any, Any]:
    """Return the three arrays, unread; indices are as many as values, and whole numbers."""
    data, indices, indptr = (group[name] for name in _ARRAYS)
    if not data.ndim == indices.ndim == indptr.ndim == 1 or data.size != indices.size or indices.dtype.kind not in "iu":
        raise ValueError(f"it has values {data.shape} at indices {indices.dtype} {indices.shape}")
    return data, indices, indptr


def _as_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
