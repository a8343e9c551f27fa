"""AnnData, as an .h5ad file or as an object → its matrices, read from the disk some rows at a time."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from grnet.dataset.annotated.stored import StoredCells, StoredMatrix
from grnet.schema.arrays import Float64
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenAnnData, MatrixSource
from grnet.storage.hdf5_files import memory_of, read_element, read_frame
from grnet.storage.read_limits import check_memory, reading
from grnet.storage.sparse_rows import open_sparse

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
    InputError, TooLittleMemoryError
        A table is none, or something that is read whole takes too much memory.
    Exception
        The file is not as anndata expects; read within :func:`~grnet.storage.read_limits.reading`.
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
    with reading(given, "AnnData", mend="if its file is closed or gone, read it anew with anndata.read_h5ad"):
        if adata.isbacked and not adata.file.is_open:
            adata.file.open()
        return _of_object(given, adata)


def _read_old_file(path: Path, file: h5py.File) -> StoredCells:
    """Read a file of anndata before 0.7 into memory: its tables cannot be read in parts."""
    import anndata

    check_memory(path, memory_of(file), "a file of anndata before 0.7, which is read whole,")
    file.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the file is old, and where things have moved to since
        return _of_object(path, anndata.read_h5ad(path))


def _open_file(path: Path, file: h5py.File) -> StoredCells:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # text that pandas stores otherwise today
        genes, cells = read_frame(path, file, "var"), read_frame(path, file, "obs")
        matrices = []
        if "X" in file:
            matrices.append(StoredMatrix(path, "X", _open_matrix(path, file["X"]), genes))
        if "raw" in file and "X" in file["raw"]:
            own = read_frame(path, file, "raw/var")
            matrices.append(StoredMatrix(path, "raw", _open_matrix(path, file["raw/X"]), own))
        for name in file.get("layers", ()):
            matrices.append(StoredMatrix(path, name, _open_matrix(path, file["layers"][name]), genes, is_layer=True))
        found = next((name for name in _SPATIAL if name in file.get("obsm", ())), None)
        coordinates = None if found is None else as_coordinates(path, read_element(path, file, f"obsm/{found}"))
    libraries = file["uns/spatial"] if "spatial" in file.get("uns", ()) else ()
    return StoredCells(path, tuple(matrices), cells, coordinates, _names_of(libraries), file.close)


def _open_matrix(source: MatrixSource, stored: Any) -> Any:
    """Return a matrix of an open file or of an object; what is on disk stays there."""
    group = getattr(stored, "group", stored)  # a sparse matrix that anndata has opened holds its group
    return open_sparse(source, group) if hasattr(group, "keys") else stored


def _of_object(source: MatrixSource, adata: Any) -> StoredCells:
    matrices = [] if adata.X is None else [StoredMatrix(source, "X", _open_matrix(source, adata.X), adata.var)]
    if adata.raw is not None:
        matrices.append(StoredMatrix(source, "raw", _open_matrix(source, adata.raw.X), adata.raw.var))
    for name, matrix in adata.layers.items():
        matrices.append(StoredMatrix(source, name, _open_matrix(source, matrix), adata.var, is_layer=True))
    found = next((name for name in _SPATIAL if name in adata.obsm), None)
    coordinates = None if found is None else as_coordinates(source, adata.obsm[found])
    return StoredCells(source, tuple(matrices), adata.obs, coordinates, _names_of(adata.uns.get("spatial", {})))


def as_coordinates(source: MatrixSource, values: Any) -> Float64:
    """Return coordinates as float64 [C, n].

    Raises
    ------
    InputError
        They are no real numbers.
    """
    plain = np.asarray(values.to_numpy() if isinstance(values, pd.DataFrame) else values)
    if plain.dtype.kind not in "iufbO":
        raise InputError(f"{source}: obsm['spatial'] holds no numbers but {plain.dtype}; expected x and y of each cell")
    with reading(source, "coordinates in obsm['spatial']", mend="expected x and y of each cell"):
        return plain.astype(np.float64)


def _names_of(libraries: Any) -> tuple[str, ...]:
    """Return the names of the libraries in `uns["spatial"]`; their pictures are not read."""
    return tuple(map(str, libraries)) if hasattr(libraries, "keys") else ()
