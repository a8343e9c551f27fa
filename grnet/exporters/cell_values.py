"""The expression in an AnnData file that TF activities are computed from: which matrix, on which scale, block by block.

Enters: an open h5ad, and perhaps the name of a matrix in it. Leaves: that matrix on a logarithmic scale, a block of
cells at a time. Scaled values (z-scores) have lost which genes of a cell are high and which are low, so they are
passed over unless the caller names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from grnet.schema.arrays import Bools
from grnet.schema.errors import ConfigError, InputError
from grnet.schema.progress import SILENT, Progress
from grnet.storage.hdf5_files import read_frame
from grnet.storage.sparse_rows import open_sparse

if TYPE_CHECKING:
    import h5py

LOGARITHMIC, COUNTS, LINEAR, SCALED = "log-normalised values", "counts", "linear values", "scaled values"
TOTAL = 10_000
"""What counts of a cell are scaled to before log1p, as scanpy's tutorials do."""
_HIGHEST_LOGARITHM = 50.0
_UNIT_VARIANCE = 0.01
"""A standard deviation is that of scaled values where it is no further from 1."""
_BLOCK = 1 << 25
"""Values in a block of cells, zeros included."""


@dataclass(frozen=True, eq=False)
class CellValues:
    """A matrix of cells × genes in an AnnData file.

    Attributes
    ----------
    place : str
        Where it is: "X", "raw" or "layers['NAME']".
    scale : str
        `LOGARITHMIC`, `COUNTS`, `LINEAR` or `SCALED`.
    genes : Index of str
        Names of the genes that are not 0 in all cells, in the order of the matrix.
    used : bool [G]
        Which columns of the matrix these are.
    matrix : StoredMatrix
        The values as they stand in the file.
    passed_over : tuple of str
        Places of scaled values that come before it.
    """

    place: str
    scale: str
    genes: pd.Index[Any]
    used: Bools
    matrix: StoredMatrix
    passed_over: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """What the values are and how they are used."""
        scale = f"{self.scale}, scaled to {TOTAL:,} per cell, then log1p" if self._is_linear else self.scale
        others = f"; not {', '.join(self.passed_over)}: {SCALED}" if self.passed_over else ""
        return f"{self.place} ({scale}{others})"

    @property
    def _is_linear(self) -> bool:
        return self.scale in (COUNTS, LINEAR)

    def blocks(self) -> Iterator[tuple[int, sp.csr_matrix]]:
        """Yield the first cell of a block, and float64 [cells, genes] of it on a logarithmic scale."""
        for start, block in self.matrix.blocks():
            if self._is_linear:
                block = _take_logarithms(block)
            yield start, block[:, self.used]


@dataclass(frozen=True, eq=False)
class StoredMatrix:
    """A dense or sparse matrix of cells × genes in an open h5ad.

    Attributes
    ----------
    place : str
        What users call it.
    rows : anything with rows that can be sliced
        h5py, a sparse matrix of an open file, or one in memory.
    n_cells, n_genes : int
    """

    place: str
    rows: Any
    n_cells: int
    n_genes: int

    @property
    def block_size(self) -> int:
        """Cells in a block."""
        return max(1, _BLOCK // max(1, self.n_genes))

    def blocks(self) -> Iterator[tuple[int, sp.csr_matrix]]:
        """Yield the first cell of a block, and its values as float64 [cells, genes].

        A matrix that is sparse by columns (CSC) is held in memory whole: its rows cannot be read apart.
        """
        for start in range(0, self.n_cells, self.block_size):
            rows = self.rows[start : min(start + self.block_size, self.n_cells)]
            yield start, sp.csr_matrix(rows, dtype=np.float64)


@dataclass
class _Survey:
    """What a pass over a matrix finds."""

    n_genes: int
    whole: bool = True
    highest: float = 0.0
    n_cells: int = 0
    sums: Any = field(init=False)
    squares: Any = field(init=False)

    def __post_init__(self) -> None:
        self.sums, self.squares = np.zeros(self.n_genes), np.zeros(self.n_genes)

    def add(self, block: sp.csr_matrix) -> None:
        """Count the values of a block."""
        self.n_cells += block.shape[0]
        self.sums += np.bincount(block.indices, block.data, self.n_genes)
        self.squares += np.bincount(block.indices, block.data**2, self.n_genes)
        self.whole = self.whole and bool((block.data == np.rint(block.data)).all())
        self.highest = max(self.highest, float(block.data.max(initial=0.0)))

    @property
    def scale(self) -> str:
        """The scale of the values, none of which is negative."""
        if self.whole:
            return COUNTS
        if self.highest > _HIGHEST_LOGARITHM:
            return LINEAR
        variance = (self.squares - self.sums**2 / self.n_cells) / max(1, self.n_cells - 1)
        deviations = np.sqrt(np.maximum(variance[self.squares > 0], 0.0))
        return SCALED if np.mean(np.abs(deviations - 1.0) <= _UNIT_VARIANCE) >= 0.5 else LOGARITHMIC


def find_cell_values(
    file: h5py.File, *, layer: str | None = None, progress: Progress = SILENT, source: Path | None = None
) -> CellValues:
    """Return the first of X, raw and the layers that is not scaled, or the matrix that `layer` names.

    Values are counts where all are whole numbers, linear where the highest is above 50, and scaled where any is
    negative or half of the genes have a variance of 1.

    Parameters
    ----------
    file : h5py.File
    layer : str or None
    progress : Progress
    source : Path or None
        What errors call the file; None is its own name.

    Raises
    ------
    ConfigError
        There is no matrix of the name `layer`.
    InputError
        No matrix will do, its genes are not distinct, or it has values that are not finite.
    TooLittleMemoryError
        A matrix that is read whole takes too much memory.
    Exception
        A matrix is damaged; read within :func:`~grnet.storage.read_limits.reading`.
    """
    there = list_matrices(file)
    check_layer(there, layer)
    scaled: list[str] = []
    for name in there if layer is None else [layer]:
        matrix, genes = _open_matrix(file, name, *there[name], source or Path(file.filename))
        scale, used = _survey(matrix, progress)
        if scale != SCALED or layer is not None:
            return CellValues(matrix.place, scale, genes[used], used, matrix, tuple(scaled))
        scaled.append(matrix.place)
    what = f"only {SCALED} ({', '.join(scaled)})" if scaled else "neither X nor raw nor layers"
    raise InputError(
        f"the file holds {what}; keep log-normalised values in adata.raw or a layer, or name a matrix with --layer"
    )


def list_matrices(file: h5py.File) -> dict[str, tuple[str, str]]:
    """Return the matrices of an h5ad: name → (place in the file, place of the table of its genes)."""
    found = {"X": ("X", "var")} if "X" in file else {}
    if "raw" in file and "X" in file["raw"]:
        found["raw"] = ("raw/X", "raw/var")
    for name in file.get("layers", ()):
        found.setdefault(name, (f"layers/{name}", "var"))
    return found


def check_layer(there: dict[str, tuple[str, str]], layer: str | None) -> None:
    """Raise ConfigError where `layer` is none of the matrices."""
    if layer is not None and layer not in there:
        raise ConfigError(f"--layer is one of {', '.join(there) or 'none'} in this file, got {layer!r}")


def _open_matrix(file: h5py.File, name: str, path: str, table: str, source: Path) -> tuple[StoredMatrix, pd.Index[Any]]:
    """Return a matrix and the names of its genes."""
    place = f"layers[{name!r}]" if path.startswith("layers/") else name
    genes: pd.Index[Any] = pd.Index(read_frame(source, file, table).index.astype(str), dtype=object)
    if not genes.is_unique:
        first = genes[genes.duplicated()][0]
        raise InputError(f"{place} has the gene {first!r} more than once; make its var_names distinct")
    element, shape = file[path], (len(read_frame(source, file, "obs")), len(genes))
    rows = open_sparse(source, element) if hasattr(element, "keys") else element
    if rows.shape != shape or np.dtype(rows.dtype).kind not in "iufb":
        raise InputError(f"{place} holds {rows.dtype} {rows.shape}; expected {shape[0]:,} cells × {shape[1]:,} genes")
    return StoredMatrix(place, rows, *shape), genes


def _survey(matrix: StoredMatrix, progress: Progress) -> tuple[str, Bools]:
    """Return the scale of a matrix, and which genes are not 0 in all cells; both from the first block that settles it.

    Of scaled values, genes beyond that block are not known to be 0, and all are used.
    """
    survey = _Survey(matrix.n_genes)
    with progress.track(f"reading {matrix.place}", matrix.n_cells, "cells") as advance:
        for _, block in matrix.blocks():
            block.eliminate_zeros()
            advance(block.shape[0])
            if not np.isfinite(block.data).all():
                raise InputError(f"{matrix.place} has values that are missing or infinite")
            if (block.data < 0).any():
                return SCALED, np.ones(matrix.n_genes, bool)
            survey.add(block)
    if not survey.squares.any():
        raise InputError(f"{matrix.place} holds no values but 0")
    return survey.scale, survey.squares > 0


def _take_logarithms(block: sp.csr_matrix) -> sp.csr_matrix:
    """Return log1p of values whose sum is `TOTAL` in each cell; a cell without any stays 0."""
    totals = np.asarray(block.sum(axis=1)).ravel()
    block = sp.csr_matrix(sp.diags(TOTAL / np.where(totals > 0, totals, 1.0)) @ block)
    block.data = np.log1p(block.data)
    return block
