"""What a reader of annotated files gives: every matrix that a file holds, and the tables of its cells and genes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from grnet.dataset.table_cells import quote
from grnet.schema.arrays import Float32, Float64, Indices
from grnet.schema.errors import InputError
from grnet.schema.sources import MatrixSource
from grnet.storage.read_limits import reading
from grnet.storage.sparse_rows import check_sparse

ANEW = "write it anew; a file that is closed, open it again"
"""How to mend a matrix that cannot be read."""
_SAMPLED_BLOCKS, _SAMPLED_ROWS = 8, 64


class SomeColumns:
    """Some columns of a matrix that is read by rows.

    Attributes
    ----------
    shape : (int, int)
    dtype : numpy.dtype
    """

    def __init__(self, matrix: Any, columns: Indices) -> None:
        self.shape = (matrix.shape[0], len(columns))
        self.dtype = matrix.dtype
        self._matrix, self._columns = matrix, columns

    def __getitem__(self, rows: slice) -> sp.csr_matrix:
        """Return consecutive rows, CSR [n, columns]."""
        return sp.csr_matrix(self._matrix[rows])[:, self._columns]


@dataclass(frozen=True, eq=False)
class StoredMatrix:
    """One matrix of a file, of cells × genes.

    Attributes
    ----------
    source : Path, GivenTable or GivenAnnData
    key : str
        "X", "raw", or the name of a layer.
    matrix : anything with a shape, a dtype and rows that can be sliced
        SciPy sparse, NumPy, h5py, or a sparse matrix of an open file.
    genes : DataFrame
        What is known of its genes; the index holds their names.
    is_layer : bool
    """

    source: MatrixSource
    key: str
    matrix: Any
    genes: pd.DataFrame
    is_layer: bool = False

    @property
    def name(self) -> str:
        """What the plan calls it."""
        return f'layer "{self.key}"' if self.is_layer else self.key

    def check(self, n_cells: int) -> None:
        """Raise where it holds no numbers, or other numbers of cells and genes than its tables.

        Raises
        ------
        InputError
        """
        dtype = getattr(self.matrix, "dtype", None)
        if dtype is None or np.dtype(dtype).kind not in "iufb":
            raise InputError(
                f"{self.source}: {self.name} holds no numbers but {dtype or 'something else'}; expected expression"
            )
        expected = (n_cells, len(self.genes))
        lengths = tuple(self.matrix.shape or ())  # HDF5 has data without a shape
        if lengths != expected:
            shape = " × ".join(f"{length:,}" for length in lengths) or "empty"
            raise InputError(
                f"{self.source}: {self.name} is {shape}, but its tables have {n_cells:,} cells and {expected[1]:,} "
                "genes; the file is damaged: write it anew"
            )

    def read(self, rows: slice | Indices) -> sp.csr_matrix:
        """Return some rows as float32 CSR [n, genes].

        Rows that are given by their numbers are read with all that lie between them.

        Raises
        ------
        InputError
            A value is missing or infinite, or the file cannot be read.
        """
        if not isinstance(rows, slice):
            first, last = (int(rows.min()), int(rows.max())) if len(rows) else (0, -1)
            return self.read(slice(first, last + 1))[rows - first]
        with reading(self.source, f"the values of {self.name}", mend=ANEW), np.errstate(over="ignore"):
            part = sp.csr_matrix(self._by_rows[rows], dtype=np.float32)
        wrong = np.flatnonzero(~np.isfinite(part.data))
        if len(wrong):
            gene = self.genes.index[part.indices[wrong[0]]]
            raise InputError(
                f"{self.source}: {self.name} holds {part.data[wrong[0]]} for the gene {quote(gene)}; expected a number "
                "for each cell and gene: set missing values to 0, or leave such cells out"
            )
        return part

    def sample(self, n_cells: int) -> Float32:
        """Return the values other than zero of some rows throughout the file."""
        starts = np.unique(np.linspace(0, max(0, n_cells - _SAMPLED_ROWS), _SAMPLED_BLOCKS).astype(int))
        parts = [self.read(slice(start, min(start + _SAMPLED_ROWS, n_cells))).data for start in starts]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)

    @cached_property
    def _by_rows(self) -> Any:
        """The matrix in a form whose rows are read at once.

        Raises
        ------
        ValueError
            An index of a sparse matrix lies outside it.
        """
        if not sp.issparse(self.matrix):
            return self.matrix
        check_sparse(self.matrix)
        return self.matrix.tocsr()


def _do_nothing() -> None:
    """Stand for closing what is not open."""


@dataclass(frozen=True, eq=False)
class StoredCells:
    """All that a file or object holds of cells.

    Attributes
    ----------
    source : Path, GivenTable or GivenAnnData
    matrices : tuple of StoredMatrix
        X first, then raw, then layers.
    cells : DataFrame
        The index holds the names of the cells.
    coordinates : float64 array or None
    libraries : tuple of str
        Names of those in `uns["spatial"]`.
    close : callable
    notes : tuple of str
        What was left out.
    """

    source: MatrixSource
    matrices: tuple[StoredMatrix, ...]
    cells: pd.DataFrame
    coordinates: Float64 | None = None
    libraries: tuple[str, ...] = ()
    close: Callable[[], None] = _do_nothing
    notes: tuple[str, ...] = ()
