"""The same single cells, written in every form that grnet reads."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.io
import scipy.sparse as sp

from grnet.schema.sources import GivenAnnData

N_CELLS, N_GENES = 40, 12
SYMBOLS = ("eve", "ftz", "Kr", "hb", "kni", "gt", "tll", "hkb", "run", "h", "odd", "prd")
IDS = tuple(f"FBgn{number:07d}" for number in range(1, N_GENES + 1))
CELLS = tuple(f"AAAC{number:02d}-1" for number in range(N_CELLS))


def make_counts() -> np.ndarray:
    """Return counts of cells × genes, float32 [40, 12]; every gene is seen in three cells at least."""
    counts = np.random.default_rng(3).poisson(1.5, (N_CELLS, N_GENES)).astype(np.float32)
    counts[:3] += 1
    return counts


def plain(names: Any) -> pd.Index:
    """Return an index of Python strings, which every version of anndata writes."""
    return pd.Index(list(names), dtype=object)


def categories(values: Any) -> pd.Categorical:
    """Return values as categories, for the same reason."""
    names, codes = np.unique(np.asarray(values, dtype=str), return_inverse=True)
    return pd.Categorical.from_codes(codes, plain(map(str, names)))


def make_cells(matrix: Any = None) -> anndata.AnnData:
    """Return the cells as an AnnData with ids, cell types and samples."""
    var = pd.DataFrame({"gene_ids": pd.Series(IDS, index=plain(SYMBOLS), dtype=object)}, index=plain(SYMBOLS))
    types = categories(np.resize(["B cell", "T cell", "Monocyte", "B cell"], N_CELLS))
    obs = pd.DataFrame({"cell_type": types, "day": np.arange(N_CELLS) % 2}, index=plain(CELLS))
    return anndata.AnnData(sp.csr_matrix(make_counts()) if matrix is None else matrix, obs=obs, var=var)


def write_h5ad(folder: Path) -> Path:
    make_cells().write_h5ad(folder / "cells.h5ad")
    return folder / "cells.h5ad"


def write_dense_h5ad(folder: Path) -> Path:
    make_cells(make_counts()).write_h5ad(folder / "dense.h5ad", compression="gzip")
    return folder / "dense.h5ad"


def write_csc_h5ad(folder: Path) -> Path:
    make_cells(sp.csc_matrix(make_counts())).write_h5ad(folder / "csc.h5ad")
    return folder / "csc.h5ad"


def write_ids_first_h5ad(folder: Path) -> Path:
    """As CELLxGENE does: var_names are ids, feature_name the symbols; counts are in raw."""
    cells = make_cells()
    cells.var = pd.DataFrame({"feature_name": categories(SYMBOLS)}, index=plain(IDS))
    cells.raw = cells.copy()
    cells.X = np.log1p(make_counts())
    cells.write_h5ad(folder / "ids.h5ad")
    return folder / "ids.h5ad"


def write_old_h5ad(folder: Path) -> Path:
    """As anndata before 0.7 did: tables are compound datasets, sparse matrices have attributes of other names."""
    path, rows = folder / "old.h5ad", sp.csr_matrix(make_counts())
    with h5py.File(path, "w") as file:
        group = file.create_group("X")
        group.attrs["h5sparse_format"], group.attrs["h5sparse_shape"] = "csr", np.array(rows.shape)
        for name in ("data", "indices", "indptr"):
            group[name] = getattr(rows, name)
        file["obs"] = np.array([(cell.encode(), 0) for cell in CELLS], dtype=[("index", "S8"), ("day", "i8")])
        genes = [(symbol.encode(), gene_id.encode()) for symbol, gene_id in zip(SYMBOLS, IDS, strict=True)]
        file["var"] = np.array(genes, dtype=[("index", "S8"), ("gene_ids", "S11")])
    return path


def give_object(folder: Path) -> GivenAnnData:
    return GivenAnnData("expression (AnnData)", make_cells())


def give_backed_object(folder: Path) -> GivenAnnData:
    return GivenAnnData("expression (AnnData)", anndata.read_h5ad(write_h5ad(folder), backed="r"))


def write_tenx(folder: Path) -> Path:
    """As Cell Ranger 3 and later, with two antibodies beside the genes."""
    path = folder / "filtered_feature_bc_matrix.h5"
    counts = np.hstack([make_counts(), np.ones((N_CELLS, 2), dtype=np.float32)])
    with h5py.File(path, "w") as file:
        group = _write_tenx_matrix(file.create_group("matrix"), counts)
        group["features/id"] = np.array([*IDS, "CD3", "CD4"], dtype="S")
        group["features/name"] = np.array([*SYMBOLS, "CD3", "CD4"], dtype="S")
        group["features/feature_type"] = np.array(
            [*["Gene Expression"] * N_GENES, *["Antibody Capture"] * 2], dtype="S"
        )
    return path


def write_old_tenx(folder: Path) -> Path:
    """As Cell Ranger 2."""
    path = folder / "filtered_gene_bc_matrices.h5"
    with h5py.File(path, "w") as file:
        group = _write_tenx_matrix(file.create_group("dm6"), make_counts())
        group["genes"], group["gene_names"] = np.array(IDS, dtype="S"), np.array(SYMBOLS, dtype="S")
    return path


def _write_tenx_matrix(group: h5py.Group, counts: np.ndarray) -> h5py.Group:
    columns = sp.csc_matrix(counts.T.astype(np.int32))
    for name in ("data", "indices", "indptr"):
        group[name] = getattr(columns, name)
    group["shape"] = np.array(columns.shape)
    group["barcodes"] = np.array(CELLS, dtype="S")
    return group


def write_tenx_folder(folder: Path) -> Path:
    inside = folder / "filtered_feature_bc_matrix"
    inside.mkdir()
    with gzip.open(inside / "matrix.mtx.gz", "wb") as file:
        scipy.io.mmwrite(file, sp.coo_matrix(make_counts().T.astype(int)))
    rows = [f"{gene_id}\t{symbol}\tGene Expression\n" for gene_id, symbol in zip(IDS, SYMBOLS, strict=True)]
    for name, lines in (("features.tsv.gz", rows), ("barcodes.tsv.gz", [f"{cell}\n" for cell in CELLS])):
        with gzip.open(inside / name, "wt") as file:
            file.writelines(lines)
    return inside


def write_old_tenx_folder(folder: Path) -> Path:
    inside = folder / "dm6"
    inside.mkdir()
    scipy.io.mmwrite(inside / "matrix.mtx", sp.coo_matrix(make_counts().T.astype(int)))
    rows = [f"{gene_id}\t{symbol}\n" for gene_id, symbol in zip(IDS, SYMBOLS, strict=True)]
    (inside / "genes.tsv").write_text("".join(rows))
    (inside / "barcodes.tsv").write_text("".join(f"{cell}\n" for cell in CELLS))
    return inside


def write_market(folder: Path) -> Path:
    """As GEO does: a beginning that three files share, and here cells × genes."""
    path = folder / "GSM1_matrix.mtx"
    scipy.io.mmwrite(path, sp.coo_matrix(make_counts().astype(int)))
    rows = [f"{gene_id}\t{symbol}\n" for gene_id, symbol in zip(IDS, SYMBOLS, strict=True)]
    (folder / "GSM1_genes.tsv").write_text("".join(rows))
    (folder / "GSM1_barcodes.tsv").write_text("".join(f"{cell}\n" for cell in CELLS))
    return path


def write_loom(folder: Path) -> Path:
    path = folder / "cells.loom"
    with h5py.File(path, "w") as file:
        file["matrix"] = make_counts().T
        file["layers/spliced"] = make_counts().T + 1
        file["row_attrs/Gene"], file["row_attrs/Accession"] = np.array(SYMBOLS, dtype="S"), np.array(IDS, dtype="S")
        file["col_attrs/CellID"] = np.array(CELLS, dtype="S")
        file["col_attrs/ClusterName"] = np.array(["a", "b"] * (N_CELLS // 2), dtype="S")
    return path


WRITERS = {
    "h5ad": write_h5ad,
    "dense h5ad": write_dense_h5ad,
    "csc h5ad": write_csc_h5ad,
    "h5ad with ids first": write_ids_first_h5ad,
    "h5ad of anndata before 0.7": write_old_h5ad,
    "AnnData": give_object,
    "backed AnnData": give_backed_object,
    "10x h5": write_tenx,
    "10x h5 before 3": write_old_tenx,
    "10x folder": write_tenx_folder,
    "10x folder before 3": write_old_tenx_folder,
    "Matrix Market": write_market,
    "Loom": write_loom,
}
