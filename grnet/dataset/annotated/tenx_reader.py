"""Counts of 10x Genomics: the HDF5 file of Cell Ranger, in its layout of today and in that of versions before 3."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from grnet.dataset.annotated.stored import SomeColumns, StoredCells, StoredMatrix
from grnet.dataset.table_cells import listed
from grnet.schema.errors import InputError
from grnet.schema.sources import MatrixSource
from grnet.storage.hdf5_files import memory_of
from grnet.storage.read_limits import check_memory
from grnet.storage.sparse_rows import SparseRows

if TYPE_CHECKING:
    import h5py

SYMBOL, ID, TYPE = "gene_name", "gene_id", "feature_type"
GENES = "Gene Expression"
_ARRAYS = ("data", "indices", "indptr", "shape", "barcodes")


def is_tenx(file: h5py.File) -> bool:
    """Tell whether an HDF5 file is one of Cell Ranger."""
    return bool(_groups(file))


def open_tenx(path: Path, file: h5py.File) -> StoredCells:
    """Return what a file of Cell Ranger holds; its counts stay on disk.

    Raises
    ------
    InputError
        It holds several genomes, or no gene expression.
    Exception
        It is not as Cell Ranger writes it; read within :func:`~grnet.storage.read_limits.reading`.
    """
    names = _groups(file)
    if len(names) > 1:
        raise InputError(f"{path}: holds {len(names)} genomes ({listed(names)}); expected one: write each to a file")
    group = file[names[0]]
    if "features" in group:
        features = group["features"]
        genes = pd.DataFrame(
            {SYMBOL: read_texts(path, features["name"]), TYPE: read_texts(path, features["feature_type"])}
        )
        genes.index = pd.Index(read_texts(path, features["id"]), dtype=object)
    else:
        genes = pd.DataFrame({SYMBOL: read_texts(path, group["gene_names"])})
        genes.index = pd.Index(read_texts(path, group["genes"]), dtype=object)
    cells = pd.DataFrame(index=pd.Index(read_texts(path, group["barcodes"]), dtype=object))
    # stored by column of genes × cells, which is by row of cells × genes
    rows = SparseRows(path, group, (len(cells), len(genes)))
    return with_genes_only(path, rows, genes, cells, close=file.close)


def with_genes_only(
    source: MatrixSource, matrix: Any, genes: pd.DataFrame, cells: pd.DataFrame, **rest: Any
) -> StoredCells:
    """Return cells with the columns that are genes; antibodies, guides and peaks are left out with a word.

    Raises
    ------
    InputError
        No column is a gene.
    """
    notes: tuple[str, ...] = ()
    if TYPE in genes and not (kept := (genes[TYPE] == GENES).to_numpy(dtype=bool)).all():
        others = sorted(set(genes.loc[~kept, TYPE]))
        if not kept.any():
            raise InputError(f"{source}: holds no {GENES}, but {listed(others)}; expected expression of genes")
        matrix = SomeColumns(matrix, np.flatnonzero(kept))
        notes = (f"{source.name}: columns that are no genes, left out: {int((~kept).sum()):,} ({listed(others)})",)
        genes = genes[kept]
    genes = genes.drop(columns=TYPE, errors="ignore")
    return StoredCells(source, (StoredMatrix(source, "X", matrix, genes),), cells, notes=notes, **rest)


def _groups(file: h5py.File) -> list[str]:
    """Return the groups of an HDF5 file that hold a matrix: "matrix", or the name of a genome."""
    return [
        name
        for name in file
        if hasattr(file[name], "keys")
        and all(array in file[name] for array in _ARRAYS)
        and ("features" in file[name] or "gene_names" in file[name])
    ]


def read_texts(path: Path, stored: Any) -> list[str]:
    """Return a dataset of texts, which HDF5 holds as bytes.

    Raises
    ------
    UnicodeDecodeError
        They are not UTF-8.
    TooLittleMemoryError
        They take too much memory.
    """
    check_memory(path, memory_of(stored), stored.name)
    return [value.decode("utf-8") if isinstance(value, bytes) else str(value) for value in stored[:]]
