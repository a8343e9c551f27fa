"""Spots of files and tables: what is read, and one line for each input that cannot be used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_spots import GENES, make_adata, make_counts, write_labels

import grnet
from grnet.dataset.directory import load_dataset
from grnet.schema.errors import InputError


@pytest.fixture
def labels(tmp_path):
    return write_labels(tmp_path)


@pytest.fixture
def prepare(tmp_path, labels):
    """Return a function that prepares spots and loads them, with the notes."""

    def run(spatial, **options):
        grnet.prepare(tmp_path / "data", spatial=spatial, **labels, **options, overwrite=True)
        dataset = load_dataset(tmp_path / "data")
        return dataset.of_modality("image")[0], dataset.settings

    return run


def in_log(counts):
    return np.log2(counts / counts.sum(axis=1, keepdims=True) * 1e6 + 1)


def write(adata, path):
    adata.write_h5ad(path)
    return path


def test_an_h5ad_of_sections(prepare, tmp_path):
    spots, settings = prepare(write(make_adata(), tmp_path / "spots.h5ad"))
    counts, points, names, sections = make_counts()
    assert (spots.name, spots.kind.name, spots.units) == ("spots", "spots", "log2(CPM + 1)")
    assert spots.places["spot"].tolist() == names
    assert spots.places["section"].tolist() == sections
    assert spots.places[["x", "y", "z"]].to_numpy() == pytest.approx(np.column_stack([points, np.zeros(len(points))]))
    assert len(spots.gene) == len(GENES) - 1, "a gene that one spot shows is set aside"
    assert spots.values == pytest.approx(in_log(counts)[:, :-1].T, abs=1e-4)
    assert (spots.grid.height, spots.grid.width) in {(6, 13), (13, 6)}
    said = " ".join(plan["description"] for plan in settings["reading"])
    assert (
        "spots spots.h5ad: counts of X; symbol = var_names; 72 spots; log2(CPM + 1); 2 sections (column section)"
        in said
    )
    assert "smoothed over neighbours by a Gaussian of standard deviation 200" in said
    assert any("set aside: 1 of 240" in note for note in settings["notes"])


def test_an_object_and_the_file_that_it_was_read_from_are_the_same(prepare, tmp_path):
    adata = make_adata()
    of_object, _ = prepare(adata)
    of_file, _ = prepare(write(adata, tmp_path / "spots.h5ad"))
    assert np.array_equal(of_object.values, of_file.values)
    assert of_object.places.equals(of_file.places)


def test_expression_and_spots_may_be_one_file(tmp_path, labels):
    path = write(make_adata(), tmp_path / "spots.h5ad")
    grnet.prepare(tmp_path / "data", **(labels | {"expression": path}), spatial=path)
    dataset = load_dataset(tmp_path / "data")
    assert [entry.kind.name for entry in dataset.measurements] == ["cells", "spots"]


def test_genes_are_compared_by_values_smoothed_over_neighbours(prepare):
    spots, _ = prepare(make_adata())
    derived = spots.derive(spots.values)
    assert list(derived) == ["smoothed", "smoothed, within sections"]
    assert derived["smoothed"].var() < spots.values.var()
    assert derived["smoothed, within sections"][:, :36].mean(axis=1) == pytest.approx(0, abs=1e-4)
    one, _ = prepare(make_adata(n_sections=1))
    assert list(one.derive(one.values)) == ["smoothed, within sections"]


def test_a_table_with_coordinates_by_name(prepare, tmp_path):
    counts, points, names, sections = make_counts()
    table = pd.DataFrame(counts.T, index=list(GENES), columns=names)
    table.to_csv(tmp_path / "spots.csv", index_label="gene")
    where = pd.DataFrame({"barcode": names, "x": points[:, 0], "y": points[:, 1], "slice": sections}).iloc[::-1]
    where.iloc[:-1].to_csv(tmp_path / "where.csv", index=False)
    spots, settings = prepare(tmp_path / "spots.csv", coordinates=tmp_path / "where.csv")
    assert spots.places["spot"].tolist() == names[1:]
    assert spots.places["section"].tolist() == sections[1:]
    assert spots.places[["x", "y"]].to_numpy() == pytest.approx(points[1:])
    assert spots.values == pytest.approx(in_log(counts).T[:, 1:], abs=1e-4)
    assert f"spots.csv: spots without coordinates, left out: 1 ('{names[0]}')" in settings["notes"]
    said = [plan["description"] for plan in settings["reading"]]
    assert any(line.startswith("spatial spots.csv:") and "72 samples" in line for line in said)
    assert "coordinates where.csv: spot = barcode; x = x; y = y; section = slice" in said


def test_coordinates_without_names_are_taken_in_order_where_there_are_as_many(prepare, tmp_path):
    counts, points, names, _ = make_counts()
    table = pd.DataFrame(counts.T, index=list(GENES), columns=names)
    frame = pd.DataFrame(points, columns=["xcoord", "ycoord"])
    spots, settings = prepare(table, coordinates=frame)
    assert spots.places[["x", "y"]].to_numpy() == pytest.approx(points)
    assert any("no column names the spots; its 72 rows are taken to be in the order" in n for n in settings["notes"])
    twice = pd.concat([frame, frame], ignore_index=True)
    with pytest.raises(InputError, match=r"144 rows of coordinates for the 72 spots of .*, and no column that names"):
        prepare(table, coordinates=twice)


def test_coordinates_of_a_file_of_their_own_go_with_an_h5ad(prepare):
    adata = make_adata(section="")
    where = pd.DataFrame(adata.obsm["spatial"], columns=["x", "y"], index=adata.obs_names)
    del adata.obsm["spatial"]
    spots, _ = prepare(adata, coordinates=where)
    assert spots.places[["x", "y"]].to_numpy() == pytest.approx(where.to_numpy())


def test_columns_of_obs_hold_coordinates_where_obsm_does_not(prepare):
    adata = make_adata()
    adata.obs["x_centroid"], adata.obs["y_centroid"] = adata.obsm["spatial"].T
    points = adata.obsm.pop("spatial")
    spots, settings = prepare(adata)
    assert spots.places[["x", "y"]].to_numpy() == pytest.approx(points)
    assert any("coordinates are columns x_centroid and y_centroid of obs" in note for note in settings["notes"])


def test_spots_are_chosen_by_a_column(prepare):
    spots, settings = prepare(make_adata(), only=["section=section2"])
    assert set(spots.places["section"]) == {"section2"}
    assert len(spots.places) == 36
    assert "36 spots" in " ".join(plan["description"] for plan in settings["reading"])
    with pytest.raises(InputError, match="--only section=section3: no cell has this section; did you mean 'section"):
        prepare(make_adata(), only=["section=section3"])


def test_values_are_chosen_by_layer_and_log_values_stay(prepare):
    adata = make_adata()
    counts = adata.X.toarray()
    adata.layers["counts"] = adata.X.copy()
    adata.X = np.log1p(1e4 * counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    by_default, _ = prepare(adata)
    assert by_default.values == pytest.approx(in_log(counts)[:, :-1].T, abs=1e-4)
    of_x, _ = prepare(adata, layer="X")
    assert of_x.values == pytest.approx(adata.X[:, :-1].T, abs=1e-6)
    assert of_x.units == ""


def test_many_spots_are_added_up_in_bins(prepare, monkeypatch):
    monkeypatch.setattr("grnet.dataset.spatial.spot_files.MOST_SPOTS", 50)
    monkeypatch.setattr("grnet.dataset.spatial.spot_bins.bin_spots.__defaults__", (20,))
    spots, settings = prepare(make_adata())
    assert len(spots.places) <= 20
    assert spots.places["section"].nunique() == 2
    assert any("72 spots, more than 50: added up in" in note for note in settings["notes"])
    total = (2**spots.values - 1).sum(axis=0)
    assert total == pytest.approx(1e6, rel=0.01), "normalised after adding up"


def without(adata, *, coordinates=None):
    if coordinates is None:
        del adata.obsm["spatial"]
    else:
        adata.obsm["spatial"] = coordinates
    return adata


def nan_at(points, row):
    points = points.copy()
    points[row, 0] = np.nan
    return points


def alone(adata):
    adata.obs["section"] = adata.obs_names
    return adata


def renamed(adata):
    adata.obs_names = ["a", "a", *adata.obs_names[2:]]
    return adata


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        (
            without,
            {},
            r"has no coordinates of its spots; expected x and y in obsm\['spatial'\], or .* --coordinates FILE",
        ),
        (lambda a: without(a, coordinates=np.ones((72, 2))), {}, "all spots of a section lie on one point"),
        (
            lambda a: without(a, coordinates=nan_at(a.obsm["spatial"], 3)),
            {},
            "1 of 72 spots have no coordinates, such as 'AAAC0003-1'; expected finite numbers",
        ),
        (lambda a: without(a, coordinates=np.ones((72, 5))), {}, "coordinates of 72 × 5 for 72 spots; expected x, y"),
        (lambda a: a, {"section": "sectoin"}, "--section sectoin: no such column of obs; did you mean 'section'"),
        (
            alone,
            {"section": "section"},
            "--section section: 72 of 72 sections have one spot; expected a column that says",
        ),
        (renamed, {}, "spots of one section share a name: 'a'; make names distinct"),
    ],
)
@pytest.mark.filterwarnings("ignore:Observation names")
def test_spots_that_cannot_be_used_are_told_in_a_line(prepare, tmp_path, change, options, told):
    with pytest.raises(InputError, match=told) as caught:
        prepare(change(make_adata()), **options)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "data").exists()


def test_a_section_of_one_spot_among_others_is_set_aside(prepare):
    adata = make_adata()
    adata.obs["section"] = ["alone", *adata.obs["section"].tolist()[1:]]
    spots, settings = prepare(adata)
    assert len(spots.places) == 71
    assert any("sections of one spot, set aside: 'alone'" in note for note in settings["notes"])


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("spot,x,y\nAAAC0000-1,1,2\nAAAC0000-1,3,4\n", r"1 spots have several rows \('AAAC0000-1'\)"),
        ("spot,x,y\nother,1,2\nthird,3,4\n", r"none of its 2 spots is one of .*; write the same names in both"),
        ("spot,x,y\nAAAC0000-1,1,2\nAAAC0001-1,,4\n", "where.csv:3: a coordinate is missing or no number"),
    ],
)
def test_coordinates_that_cannot_be_used_are_told_in_a_line(prepare, tmp_path, where, told):
    (tmp_path / "where.csv").write_text(where)
    counts, _, names, _ = make_counts()
    with pytest.raises(InputError, match=told):
        prepare(pd.DataFrame(counts.T, index=list(GENES), columns=names), coordinates=tmp_path / "where.csv")


def test_a_table_needs_coordinates_and_names_its_sections(prepare):
    counts, points, names, sections = make_counts()
    table = pd.DataFrame(counts.T, index=list(GENES), columns=names)
    with pytest.raises(InputError, match="a table of genes × spots without coordinates; give a table of spot, x and y"):
        prepare(table)
    where = pd.DataFrame({"spot": names, "x": points[:, 0], "y": points[:, 1], "slide_number": sections})
    with pytest.raises(InputError, match="--section slide_numbr: no such column; did you mean 'slide_number'"):
        prepare(table, coordinates=where, section="slide_numbr")
    spots, _ = prepare(table, coordinates=where, section="slide_number")
    assert spots.places["section"].tolist() == sections


def test_libraries_without_a_column_of_sections_are_told(prepare):
    adata = make_adata(section="")
    adata.uns["spatial"] = {"one": {}, "two": {}}
    with pytest.raises(InputError, match=r"holds 2 libraries \('one', 'two'\), and no column says which spot"):
        prepare(adata)
    adata.obs["batch"] = ["one"] * 36 + ["two"] * 36
    spots, _ = prepare(adata)
    assert spots.places["section"].tolist() == ["one"] * 36 + ["two"] * 36
