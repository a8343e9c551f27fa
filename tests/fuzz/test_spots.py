"""Spots with coordinates under mutation: counts and coordinates come back, or one line says what is wrong."""

from __future__ import annotations

import random
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import zarr
from anndata.io import write_elem
from fuzzing import FuzzTarget, mutate_bytes, run_target
from made_spots import make_adata, make_counts
from mutated_hdf5 import mutate_hdf5

from grnet.dataset.annotated.readers import is_annotated, open_annotated
from grnet.dataset.expression_table import ExpressionOptions
from grnet.dataset.findings import Findings
from grnet.dataset.reading.overrides import NO_COLUMN_CHOICES, NO_TABLE_CHOICES
from grnet.dataset.reading.plan import TableKind
from grnet.dataset.spatial.coordinates import read_coordinates
from grnet.dataset.spatial.spot_files import SpotOptions, measure_spots
from grnet.dataset.spatial.spot_folders import open_spot_folder
from grnet.dataset.spatial.spot_tables import measure_table_of_spots
from grnet.schema.errors import InputError

STORES = tempfile.TemporaryDirectory()
N_GENES = 12
COUNTS, POINTS, SPOTS, _ = make_counts(1)
COUNTS = COUNTS[:, :N_GENES]
GENES = tuple(f"eve{number}" for number in range(N_GENES))
EXPECTED = (GENES, tuple(SPOTS), COUNTS.tolist(), POINTS.tolist())


def write_h5ad(dice: random.Random, folder: Path) -> tuple[Path, object]:
    make_spots().write_h5ad(folder / "spots.h5ad")
    return folder / "spots.h5ad", EXPECTED


def write_zarr(dice: random.Random, folder: Path) -> tuple[Path, object]:
    """Write an AnnData as .zarr, in either of the formats of zarr."""
    shutil.copytree(made_store(dice.choice((2, 3))), folder / "spots.zarr")
    return folder / "spots.zarr", EXPECTED


def write_spatialdata(dice: random.Random, folder: Path) -> tuple[Path, object]:
    """Write the table of a store as spatialdata does."""
    shutil.copytree(made_store(2), folder / "sample.zarr" / "tables" / "table")
    (folder / "sample.zarr" / ".zgroup").write_text('{"zarr_format": 2}')
    return folder / "sample.zarr", EXPECTED


@cache
def made_store(zarr_format: int) -> Path:
    """Return a folder of this process with the spots, which takes long to write."""
    store = Path(STORES.name) / f"{zarr_format}.zarr"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_elem(zarr.open_group(str(store), mode="w", zarr_format=zarr_format), "/", make_spots())
    return store


def write_visium(dice: random.Random, folder: Path) -> tuple[Path, object]:
    """Write the counts and positions of Space Ranger."""
    outs = folder / "outs"
    (outs / "spatial").mkdir(parents=True)
    columns = sp.csc_matrix(COUNTS.T)
    with h5py.File(outs / "filtered_feature_bc_matrix.h5", "w") as file:
        group = file.create_group("matrix")
        group["barcodes"], group["shape"] = np.array(SPOTS, dtype="S"), np.array(columns.shape, dtype=np.int32)
        for name in ("data", "indices", "indptr"):
            group[name] = getattr(columns, name).astype(np.int64)
        group["features/id"] = np.array([f"ENSG{number:011d}" for number in range(N_GENES)], dtype="S")
        group["features/name"] = np.array(GENES, dtype="S")
        group["features/feature_type"] = np.array(["Gene Expression"] * N_GENES, dtype="S")
    table = pd.DataFrame({"barcode": SPOTS, "in_tissue": 1, "array_row": 0, "array_col": 0})
    table["pxl_row_in_fullres"], table["pxl_col_in_fullres"] = POINTS[:, 1], POINTS[:, 0]
    table.to_csv(outs / "spatial" / "tissue_positions.csv", index=False)
    return outs, EXPECTED


def write_tables(dice: random.Random, folder: Path) -> tuple[Path, object]:
    """Write a table of genes × spots, and one of coordinates."""
    pd.DataFrame(COUNTS.T, index=list(GENES), columns=SPOTS).to_csv(folder / "spots.csv", index_label="gene")
    where = pd.DataFrame({"spot": SPOTS, "x": POINTS[:, 0], "y": POINTS[:, 1]})
    where.to_csv(folder / "where.csv", index=False)
    return folder, (GENES, tuple(SPOTS), POINTS.tolist())


def make_spots():
    """Return the spots as an AnnData."""
    adata = make_adata(n_sections=1, section="")[:, :N_GENES].copy()
    adata.var_names = pd.Index(GENES, dtype=object)
    return adata


def read_spots(path: Path) -> object:
    """Read spots as `grnet prepare` does, and all that a file or folder holds of them."""
    if not path.is_dir() and not is_annotated(path):
        raise InputError("read as a table")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with open_spot_folder(path, SpotOptions().reading) if path.is_dir() else open_annotated(path) as matrix:
            values = matrix.read(slice(0, len(matrix.cells))).toarray().tolist()
            points = None if matrix.coordinates is None else matrix.coordinates.tolist()
            measure_spots(matrix, None, SpotOptions(), Findings())
            return matrix.symbols, tuple(matrix.cells.index), values, points


def read_tables(folder: Path) -> object:
    """Read a table of spots and where they lie."""
    options = ExpressionOptions(False, NO_COLUMN_CHOICES, "auto", TableKind.SPATIAL)
    coordinates = read_coordinates(folder / "where.csv", NO_TABLE_CHOICES)
    spots = measure_table_of_spots(
        folder / "spots.csv", coordinates, {}, known_names=set(), options=options, units="", findings=Findings()
    )
    return spots.symbols, tuple(spots.places["spot"]), spots.places[["x", "y"]].to_numpy().tolist()


def mutate_outs(dice: random.Random, path: Path) -> None:
    """Change a file of Space Ranger: the counts as HDF5, or the positions."""
    counts = path / "filtered_feature_bc_matrix.h5"
    mutate_hdf5(dice, counts) if dice.random() < 0.5 else mutate_bytes(dice, path)


TARGETS = (
    FuzzTarget("h5ad of spots", write_h5ad, read_spots, mutate=mutate_hdf5),
    FuzzTarget("AnnData zarr", write_zarr, read_spots),
    FuzzTarget("SpatialData zarr", write_spatialdata, read_spots),
    FuzzTarget("Visium folder", write_visium, read_spots, mutate=mutate_outs),
    FuzzTarget("tables of spots", write_tables, read_tables),
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_inputs_come_back_or_are_refused(target, tmp_path):
    assert run_target(target, tmp_path).failures == []
