"""AnnData, as an .h5ad file or as an object → its matrices, read from the disk some rows at a time."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from grnet.dataset.annotated.sparse_rows import open_sparse
from grnet.dataset.annotated.stored import StoredCells, StoredMatrix
from grnet.schema.arrays import Float64
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenAnnData, MatrixSource

if TYPE_CHECKING:
    import h5py

_SPATIAL = ("spatial", "X_spatial")


def is_h5ad(file: h5py.File) -> bool:
    """Tell whether an HDF5 file is an AnnData, of any age."""
    return "obs" in file and "var" in file


def open_h5ad(path: Path, file: h5py.File) -> StoredCells:
    """Return what an .h5ad holds; its matrices stay on disk.

    Raises
    ------
    AttributeError, IndexError, KeyError, OSError, RuntimeError, TypeError, ValueError
        The file is not as anndata expects.
    """
    import h5py

    is_old = any(isinstance(file.get(name), h5py.Dataset) for name in ("obs", "var", "obsm"))
    return _read_old_file(path, file) if is_old else _open_file(path, file)


def open_object(given: GivenAnnData) -> StoredCells:
    """Return what an AnnData holds; one that is backed by a file is read from there.

    Raises
    ------
    InputError
        Its file is closed and cannot be opened again.
    """
    adata = given.adata
    try:
        if adata.isbacked and not adata.file.is_open:
            adata.file.open()
        return _of_object(given, adata)
    except (OSError, RuntimeError, ValueError) as error:
        said = " ".join(str(error).split())[:100]
        raise InputError(
            f"{given}: its file is closed or gone ({said}); read it anew with anndata.read_h5ad"
        ) from error


def _read_old_file(path: Path, file: h5py.File) -> StoredCells:
    """Read a file of anndata before 0.7 into memory: its tables cannot be read in parts."""
    import anndata

    file.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the file is old, and where things have moved to since
        return _of_object(path, anndata.read_h5ad(path))


def _open_file(path: Path, file: h5py.File) -> StoredCells:
    from anndata.io import read_elem

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # text that pandas stores otherwise today
        genes, cells = read_elem(file["var"]), read_elem(file["obs"])
        matrices = []
        if "X" in file:
            matrices.append(StoredMatrix(path, "X", _open_matrix(file["X"]), genes))
        if "raw" in file and "X" in file["raw"]:
            own = read_elem(file["raw/var"])
            matrices.append(StoredMatrix(path, "raw", _open_matrix(file["raw/X"]), own))
        for name in file.get("layers", ()):
            matrices.append(StoredMatrix(path, name, _open_matrix(file["layers"][name]), genes, is_layer=True))
        found = next((name for name in _SPATIAL if name in file.get("obsm", ())), None)
        coordinates = None if found is None else as_coordinates(path, read_elem(file["obsm"][found]))
        library = read_elem(file["uns/spatial"]) if "spatial" in file.get("uns", ()) else {}
    return StoredCells(path, tuple(matrices), cells, coordinates, _as_library(library), file.close)


def _open_matrix(stored: Any) -> Any:
    """Return a matrix of an open file or of an object; what is on disk stays there."""
    group = getattr(stored, "group", stored)  # a sparse matrix that anndata has opened holds its group
    return open_sparse(group) if hasattr(group, "keys") else stored


def _of_object(source: MatrixSource, adata: Any) -> StoredCells:
    matrices = [] if adata.X is None else [StoredMatrix(source, "X", _open_matrix(adata.X), adata.var)]
    if adata.raw is not None:
        matrices.append(StoredMatrix(source, "raw", _open_matrix(adata.raw.X), adata.raw.var))
    for name, matrix in adata.layers.items():
        matrices.append(StoredMatrix(source, name, _open_matrix(matrix), adata.var, is_layer=True))
    found = next((name for name in _SPATIAL if name in adata.obsm), None)
    coordinates = None if found is None else as_coordinates(source, adata.obsm[found])
    return StoredCells(source, tuple(matrices), adata.obs, coordinates, _as_library(adata.uns.get("spatial", {})))


def as_coordinates(source: MatrixSource, values: Any) -> Float64:
    """Return coordinates as float64 [C, n].

    Raises
    ------
    InputError
        They are no numbers.
    """
    plain = values.to_numpy() if isinstance(values, pd.DataFrame) else values
    try:
        return np.asarray(plain, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{source}: obsm['spatial'] holds no numbers ({error}); expected x and y of each cell"
        ) from error


def _as_library(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
