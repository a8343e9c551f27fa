from __future__ import annotations

import pytest

from grnet.dataset.reading.coordinate_plan import plan_coordinates
from grnet.dataset.reading.overrides import ColumnChoices, TableChoices
from grnet.dataset.reading.plan import Role, TableKind
from grnet.dataset.reading.tables import read_table
from grnet.schema.errors import InputError


def plan_of(tmp_path, text, *, columns=(), section=""):
    path = tmp_path / "where.csv"
    path.write_text(text)
    choices = ColumnChoices.parse(columns).of_table(TableKind.COORDINATES, path) if columns else TableChoices()
    _, plan = plan_coordinates(read_table(path), choices, section=section)
    return {column.role.value: column.name for column in plan.columns if column.role is not Role.SET_ASIDE}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("spot,x,y", {"spot": "spot", "x": "x", "y": "y"}),
        ("barcode,xcoord,ycoord", {"spot": "barcode", "x": "xcoord", "y": "ycoord"}),
        ("cell_id,x_centroid,y_centroid", {"spot": "cell_id", "x": "x_centroid", "y": "y_centroid"}),
        ("EntityID,center_x,center_y", {"x": "center_x", "y": "center_y"}),
        ("Cell,Y_um,X_um", {"spot": "Cell", "x": "X_um", "y": "Y_um"}),
        ("id,imagerow,imagecol", {"spot": "id", "x": "imagecol", "y": "imagerow"}),
        ("name,row,col", {"spot": "name", "x": "col", "y": "row"}),
    ],
)
def test_columns_are_told_by_their_names(tmp_path, header, expected):
    assert plan_of(tmp_path, f"{header}\na,1.5,2\nb,3,4.5\n") == expected


def test_sections_and_a_third_dimension_are_found(tmp_path):
    text = "bead,slice,x,y,z\na,one,1,2,3\nb,two,1,2,4\n"
    assert plan_of(tmp_path, text) == {"spot": "bead", "section": "slice", "x": "x", "y": "y", "z": "z"}
    text = "bead,slice,animal,x,y\na,one,m1,1,2\nb,two,m2,1,2\n"
    assert plan_of(tmp_path, text, section="animal")["section"] == "animal"


def test_positions_of_space_ranger_are_known_with_and_without_a_header(tmp_path):
    rows = "AAAC-1,1,0,16,1234,2345\nAAAG-1,0,1,17,1300,2400\n"
    header = "barcode,in_tissue,array_row,array_col,pxl_row_in_fullres,pxl_col_in_fullres\n"
    named = {"spot": "barcode", "x": "pxl_col_in_fullres", "y": "pxl_row_in_fullres"}
    assert plan_of(tmp_path, header + rows) == named
    assert plan_of(tmp_path, rows) == {"spot": "column 1", "x": "column 6", "y": "column 5"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,1,2\nb,3,4\n", {"spot": "column 1", "x": "column 2", "y": "column 3"}),
        ("1.5,2.5\n3,4\n", {"x": "column 1", "y": "column 2"}),
        ("1.5,2.5,9\n3,4,8\n", {"x": "column 1", "y": "column 2", "z": "column 3"}),
        ("1,2.5,9\n2,4,8\n3,5,7\n", {"x": "column 2", "y": "column 3"}),
    ],
)
def test_tables_without_a_header_are_told_by_what_they_hold(tmp_path, text, expected):
    assert plan_of(tmp_path, text) == expected


def test_row_names_of_r_are_the_spots(tmp_path):
    path = tmp_path / "where.tsv"
    path.write_text("x\ty\na\t1\t2\nb\t3\t4\n")
    _, plan = plan_coordinates(read_table(path), TableChoices())
    assert [column.role for column in plan.columns] == [Role.SPOT, Role.X, Role.Y]


def test_choices_come_first(tmp_path):
    text = "spot,x,y,u,v\na,1,2,3,4\nb,5,6,7,8\n"
    found = plan_of(tmp_path, text, columns=["x=u,y=v"])
    assert (found["x"], found["y"]) == ("u", "v")


def test_a_table_without_coordinates_is_told(tmp_path):
    with pytest.raises(InputError, match=r"no column of x and y; .* its columns are 'spot', 'size'.*--columns"):
        plan_of(tmp_path, "spot,size\na,1\nb,2\n")
