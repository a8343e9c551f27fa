"""Files → cells with the places that a user sees."""

from __future__ import annotations

import gzip

import openpyxl
import pandas as pd
import pytest

from grnet.dataset.reading.tables import read_table
from grnet.schema.errors import InputError, MissingInputError

ROWS = [["gene", "s1", "s2"], ["tin", "1.5", "2"], ["NA", "3", "-4e2"]]


def write(path, rows, separator=","):
    text = "\n".join(separator.join(row) for row in rows) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "separator"),
    [
        ("t.csv", ","),
        ("t.csv", ";"),
        ("t.tsv", "\t"),
        ("t.txt", "\t"),
        ("t.txt", ","),
        ("t.csv.gz", ","),
        ("t.tsv.gz", "\t"),
    ],
)
def test_text_files_are_read_as_they_stand(tmp_path, name, separator):
    table = read_table(write(tmp_path / name, ROWS, separator))
    assert [table.row_texts(row) for row in range(3)] == ROWS
    assert table.header is None
    assert table.rows == (1, 2, 3)


def test_blank_rows_keep_the_numbers_of_the_others(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,1\n\n,\nb,2\n")
    table = read_table(path)
    assert table.column_texts(0) == ["a", "b"]
    assert table.rows == (1, 4)
    assert table.place(1, 1) == f"{path}:4, column 2"


def test_utf16_of_spreadsheets_and_byte_order_marks_are_read(tmp_path):
    for name, encoding in (("a.txt", "utf-16"), ("b.csv", "utf-8-sig")):
        path = tmp_path / name
        path.write_text("α\t1\n".replace("\t", "," if name == "b.csv" else "\t"), encoding=encoding)
        assert read_table(path).row_texts(0) == ["α", "1"]


def test_xlsx_cells_keep_their_type_and_place(tmp_path):
    book = openpyxl.Workbook()
    for row in (["gene", "s1"], [None, None], ["tin", 1.25], [7157.0, 3]):
        book.active.append(row)
    book.create_sheet("notes")
    path = tmp_path / "t.xlsx"
    book.save(path)
    table = read_table(path)
    assert table.column_texts(0) == ["gene", "tin", "7157"]
    assert table.rows == (1, 3, 4)
    assert table.cells.iat[1, 1] == 1.25
    assert table.notes == ()


def test_parquet_has_its_header_and_its_index_becomes_a_column(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"s1": [1.0, 2.0]}, index=pd.Index(["tin", "eve"], name="gene")).to_parquet(path)
    table = read_table(path)
    assert table.header == ("gene", "s1")
    assert table.column_texts(0) == ["tin", "eve"]


def test_the_short_header_of_r_is_shifted(tmp_path):
    path = write(tmp_path / "r.csv", [["s1", "s2"], ["tin", "1", "2"], ["eve", "3", "4"]])
    assert read_table(path).take_header().header == ("", "s1", "s2")


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("t.csv", b"", "{path}: the file is empty; expected a table"),
        ("t.csv", b"\n\n,\n", "{path}: the table is empty; expected at least one row"),
        (
            "t.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1",
            "{path}: is an old Excel file (.xls) or one with a password, which is not read as a table; "
            "save it as XLSX or CSV, without one",
        ),
        (
            "t.h5ad",
            b"\x89HDF\r\n\x1a\n",
            "{path}: is an HDF5 file, such as .h5ad, .h5 or .loom, which is not read as a table; --expression "
            "reads single cells, --spatial spots; here save it as CSV",
        ),
    ],
)
def test_what_is_no_table_is_said_in_one_line(tmp_path, name, content, text):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert str(caught.value) == text.format(path=path)


@pytest.mark.parametrize("name", ["t.xlsx", "t.parquet", "t.csv.gz", "t.csv"])
def test_damaged_files_are_input_errors(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\x93\xff\xfa broken \x00\x80" * 9)
    with pytest.raises(InputError, match=r"not (a )?readable"):
        read_table(path)


def test_rows_longer_than_the_first_ones_are_an_error_not_cut(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,1\n" * 80 + "b,1,2\n")
    with pytest.raises(InputError, match=r"t\.csv:81: 3 cells, but the table has 2 columns"):
        read_table(path)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(MissingInputError) as caught:
        read_table(tmp_path / "no.csv")
    assert str(caught.value) == f"{tmp_path / 'no.csv'}: no such file; expected a table"
    with pytest.raises(MissingInputError, match="is a folder"):
        read_table(tmp_path)
