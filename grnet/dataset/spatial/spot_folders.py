"""Folders of spots → an annotated matrix with coordinates: 10x Visium, SpatialData and AnnData written as .zarr."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from grnet.dataset.annotated.matrix import AnnotatedMatrix, AnnotatedOptions
from grnet.dataset.annotated.readers import open_annotated
from grnet.dataset.reading.overrides import NO_TABLE_CHOICES
from grnet.dataset.spatial.coordinates import read_coordinates
from grnet.dataset.spatial.zarr_store import check_store
from grnet.dataset.table_cells import listed
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenAnnData
from grnet.storage.hdf5_files import COPY_AGAIN
from grnet.storage.read_limits import reading

INSTALL = 'pip install "grnet[spatial]"'
_COUNTS = ("filtered_feature_bc_matrix.h5", "filtered_feature_bc_matrix", "raw_feature_bc_matrix.h5")
_POSITIONS = ("tissue_positions.csv", "tissue_positions_list.csv", "tissue_positions.parquet")
_ZARR = (".zgroup", "zarr.json", ".zattrs")
_ATTRIBUTES = "spatialdata_attrs"


def open_spot_folder(folder: Path, options: AnnotatedOptions) -> AnnotatedMatrix:
    """Open the spots of a folder.

    Parameters
    ----------
    folder : Path
    options : AnnotatedOptions

    Raises
    ------
    InputError
        It is none of the folders that are read, or damaged.
    """
    if any((folder / name).exists() for name in _ZARR):
        return _open_zarr(folder, options)
    counts = [folder / name for name in _COUNTS if (folder / name).exists()]
    if counts and (folder / "spatial").is_dir():
        return _open_visium(folder, counts[0], options)
    raise InputError(
        f"{folder}: a folder of no form that is read; expected a SpatialData or AnnData .zarr, or what Space Ranger "
        "writes: filtered_feature_bc_matrix.h5 and spatial/tissue_positions.csv"
    )


def _open_visium(folder: Path, counts: Path, options: AnnotatedOptions) -> AnnotatedMatrix:
    """Open counts and positions of Space Ranger; positions are those in the image of full size."""
    positions = next((folder / "spatial" / name for name in _POSITIONS if (folder / "spatial" / name).is_file()), None)
    if positions is None:
        raise InputError(f"{folder / 'spatial'}: has no positions of spots; expected {' or '.join(_POSITIONS[:2])}")
    table = read_coordinates(positions, NO_TABLE_CHOICES)
    place = {name: row for row, name in enumerate(table.spots or ())}
    matrix = open_annotated(counts, options)
    names = [str(name) for name in matrix.cells.index]
    lost = [name for name in names if name not in place]
    if lost:
        matrix.close()
        raise InputError(
            f"{positions}: has no position of {len(lost):,} spots of {counts.name}, such as {listed(lost, 2)}"
        )
    points = table.points[np.array([place[name] for name in names], dtype=np.int64), :2]
    return replace(matrix, coordinates=points, libraries=matrix.libraries or (folder.resolve().name,))


def _open_zarr(folder: Path, options: AnnotatedOptions) -> AnnotatedMatrix:
    """Open an AnnData, or the table of a SpatialData, that is kept as .zarr."""
    try:
        import zarr
        from anndata.io import read_elem
    except ImportError as error:
        raise InputError(f"{folder}: needs the packages anndata and zarr: {INSTALL}") from error
    table = _find_table(folder)
    check_store(table)
    with reading(folder, "a SpatialData or AnnData .zarr", mend=COPY_AGAIN), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that zarr of format 3 may change
        # without the consolidated copy of all descriptions, which may say something else than those that were checked
        adata = read_elem(zarr.open_group(str(table), mode="r", use_consolidated=False))
    if not hasattr(adata, "obsm"):
        raise InputError(
            f"{folder}: holds no AnnData but {type(adata).__name__}; expected a SpatialData or AnnData .zarr"
        )
    matrix = open_annotated(GivenAnnData(str(folder), adata), options)
    return replace(_name_regions(matrix, adata), source=folder, plan=replace(matrix.plan, source=folder))


def _find_table(folder: Path) -> Path:
    """Return the folder of the one table.

    Raises
    ------
    InputError
        There is none, or several.
    """
    if (folder / "obs").is_dir():
        return folder
    tables = [folder / name for name in ("tables", "table") if (folder / name).is_dir()]
    names = sorted(path.name for path in tables[0].iterdir() if path.is_dir()) if tables else []
    if "table" in names or len(names) == 1:
        return tables[0] / ("table" if "table" in names else names[0])
    if not names:
        raise InputError(f"{folder}: has no tables of genes × spots; expected tables/table of a SpatialData .zarr")
    raise InputError(
        f"{folder}: has several tables ({listed(names)}); write the one that you mean as .h5ad: "
        "sdata.tables[NAME].write_h5ad(FILE)"
    )


def _name_regions(matrix: AnnotatedMatrix, adata: Any) -> AnnotatedMatrix:
    """Take the regions that a SpatialData's table annotates for libraries, so that they become sections."""
    attributes = adata.uns.get(_ATTRIBUTES, {})
    key = attributes.get("region_key") if isinstance(attributes, Mapping) else None
    if matrix.libraries or not isinstance(key, str) or key not in matrix.cells.columns:
        return matrix
    return replace(matrix, libraries=tuple(str(name) for name in matrix.cells[key].unique()))
