"""Spots in the conventions of other tools.

anndata writes its files here itself. scanpy, squidpy, spatialdata and Space Ranger are too large to install for tests;
their files are made with anndata, zarr and h5py in the layouts that these tools document. Where squidpy and spatialdata
are installed, files that they write themselves are read, too.
"""

from __future__ import annotations

import json

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import zarr
from made_spots import GENES, as_categories, make_adata, make_counts, write_labels

import grnet
from grnet.dataset.directory import load_dataset
from grnet.schema.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")


@pytest.fixture
def prepare(tmp_path):
    labels = write_labels(tmp_path)

    def run(path, **options):
        grnet.prepare(tmp_path / "data", spatial=path, **labels, **options, overwrite=True)
        return load_dataset(tmp_path / "data").of_modality("image")[0]

    return run


def check(spots, n_sections=1):
    counts, points, names, _ = make_counts(n_sections)
    values = np.log2(counts / counts.sum(axis=1, keepdims=True) * 1e6 + 1)
    assert spots.places["spot"].tolist() == names
    assert spots.places[["x", "y"]].to_numpy() == pytest.approx(points)
    assert spots.values == pytest.approx(values[:, :-1].T, abs=1e-3)
    return spots.places["section"].tolist()


def test_anndata_h5ad(prepare, tmp_path):
    make_adata(section="library_id").write_h5ad(tmp_path / "spots.h5ad")
    assert check(prepare(tmp_path / "spots.h5ad"), 2) == ["section1"] * 36 + ["section2"] * 36


def test_anndata_zarr(prepare, tmp_path):
    make_adata().write_zarr(tmp_path / "spots.zarr")
    assert check(prepare(tmp_path / "spots.zarr"), 2) == ["section1"] * 36 + ["section2"] * 36


def test_the_layout_of_scanpy_for_visium(prepare, tmp_path):
    """`scanpy.read_visium`: obsm["spatial"] in pixels, uns["spatial"][library_id] with images and scale factors."""
    adata = make_adata(n_sections=1, section="")
    adata.obs["in_tissue"], adata.obs["array_row"], adata.obs["array_col"] = 1, 0, 0
    adata.uns["spatial"] = {
        "V1_Breast": {
            "images": {"hires": np.zeros((4, 4, 3), np.float32)},
            "scalefactors": {"tissue_hires_scalef": 0.15, "spot_diameter_fullres": 89.4},
            "metadata": {"software_version": "spaceranger-1.0"},
        }
    }
    adata.write_h5ad(tmp_path / "visium.h5ad")
    assert set(check(prepare(tmp_path / "visium.h5ad"))) == {"V1_Breast"}


def test_the_layout_of_squidpy_for_several_libraries(prepare, tmp_path):
    """squidpy: `library_key` in obs beside uns["spatial"] of each library, and its graph of neighbours in obsp."""
    adata = make_adata(section="")
    adata.obs["fov"] = as_categories(["1"] * 36 + ["2"] * 36)
    adata.uns["spatial"] = {"1": {"images": {}}, "2": {"images": {}}}
    adata.obsp["spatial_connectivities"] = adata.X[:, :72].maximum(0)
    adata.write_h5ad(tmp_path / "nanostring.h5ad")
    assert check(prepare(tmp_path / "nanostring.h5ad"), 2) == ["1"] * 36 + ["2"] * 36


def write_spatialdata(adata, path, name="table"):
    """Write a store as spatialdata does: tables in `tables/`, with the regions that they annotate."""
    adata.obs["region"] = as_categories(adata.obs.pop("section").tolist())
    adata.obs["instance_id"] = np.arange(adata.n_obs)
    adata.uns["spatialdata_attrs"] = {
        "region": list(adata.obs["region"].cat.categories),
        "region_key": "region",
        "instance_key": "instance_id",
    }
    root = zarr.open_group(str(path), mode="a", zarr_format=2)
    root.attrs["spatialdata_attrs"] = {"version": "0.2"}
    root.require_group("tables")
    adata.write_zarr(path / "tables" / name)


def test_the_layout_of_spatialdata(prepare, tmp_path):
    write_spatialdata(make_adata(), tmp_path / "sample.zarr")
    assert check(prepare(tmp_path / "sample.zarr"), 2) == ["section1"] * 36 + ["section2"] * 36


def test_a_store_that_spatialdata_writes(prepare, tmp_path):
    spatialdata = pytest.importorskip("spatialdata")
    adata = make_adata()
    adata.obs["region"] = adata.obs.pop("section")
    adata.obs["instance_id"] = [*range(36), *range(36)]
    keys = {"region": ["section1", "section2"], "region_key": "region", "instance_key": "instance_id"}
    table = spatialdata.models.TableModel.parse(adata, **keys)
    spatialdata.SpatialData(tables={"table": table}).write(tmp_path / "sample.zarr")
    assert check(prepare(tmp_path / "sample.zarr"), 2) == ["section1"] * 36 + ["section2"] * 36


def test_a_file_with_the_graph_of_squidpy(prepare, tmp_path):
    squidpy = pytest.importorskip("squidpy")
    adata = make_adata(section="library_id")
    squidpy.gr.spatial_neighbors(adata, library_key="library_id")
    adata.write_h5ad(tmp_path / "spots.h5ad")
    assert check(prepare(tmp_path / "spots.h5ad"), 2) == ["section1"] * 36 + ["section2"] * 36


def test_several_tables_of_a_spatialdata_are_told(prepare, tmp_path):
    for name in ("bins_002", "bins_008"):
        write_spatialdata(make_adata(), tmp_path / "hd.zarr", name)
    with pytest.raises(InputError, match=r"has several tables \('bins_002', 'bins_008'\); write the one that you mean"):
        prepare(tmp_path / "hd.zarr")


def write_visium(folder, *, header):
    """Write the folder `outs` of Space Ranger: counts by genes × barcodes, and positions of all spots of the slide."""
    counts, points, names, _ = make_counts(1)
    (folder / "spatial").mkdir(parents=True)
    columns = sp.csc_matrix(counts.T)
    with h5py.File(folder / "filtered_feature_bc_matrix.h5", "w") as file:
        group = file.create_group("matrix")
        group["barcodes"] = np.array(names, dtype="S")
        group["data"], group["indices"] = columns.data.astype(np.int32), columns.indices.astype(np.int64)
        group["indptr"], group["shape"] = columns.indptr.astype(np.int64), np.array(columns.shape, dtype=np.int32)
        features = group.create_group("features")
        features["id"] = np.array([f"ENSG{number:011d}" for number in range(len(GENES))], dtype="S")
        features["name"] = np.array(GENES, dtype="S")
        features["feature_type"] = np.array(["Gene Expression"] * len(GENES), dtype="S")
        features["genome"] = np.array(["GRCh38"] * len(GENES), dtype="S")
    rows = [(name, 1, number, number, y, x) for number, (name, (x, y)) in enumerate(zip(names, points, strict=True))]
    rows.append(("TTTT0000-1", 0, 77, 77, 9000.0, 9000.0))
    names = ["barcode", "in_tissue", "array_row", "array_col", "pxl_row_in_fullres", "pxl_col_in_fullres"]
    table = pd.DataFrame(rows[::-1], columns=names)
    file_name = "tissue_positions.csv" if header else "tissue_positions_list.csv"
    table.to_csv(folder / "spatial" / file_name, header=header, index=False)
    (folder / "spatial" / "scalefactors_json.json").write_text(json.dumps({"tissue_hires_scalef": 0.15}))


@pytest.mark.parametrize("header", [True, False])
def test_the_folder_of_space_ranger(prepare, tmp_path, header):
    write_visium(tmp_path / "outs", header=header)
    assert set(check(prepare(tmp_path / "outs"))) == {"outs"}


def test_a_folder_of_another_form_is_told(prepare, tmp_path):
    (tmp_path / "stuff").mkdir()
    with pytest.raises(InputError, match=r"a folder of no form that is read; expected a SpatialData or AnnData \.zarr"):
        prepare(tmp_path / "stuff")


def test_space_ranger_without_positions_is_told(prepare, tmp_path):
    write_visium(tmp_path / "outs", header=True)
    (tmp_path / "outs" / "spatial" / "tissue_positions.csv").unlink()
    with pytest.raises(InputError, match=r"has no positions of spots; expected tissue_positions\.csv or"):
        prepare(tmp_path / "outs")
