"""Sheets of XLSX files → cells."""

from __future__ import annotations

import openpyxl
import pytest

from grnet.dataset.reading.tables import is_number_sheet, read_table
from grnet.schema.errors import InputError

ROWS = [["gene", "a", "b"], ["tin", 1.5, 2.0], ["eve", 3.0, 4.5]]


def save(path, sheets, change=lambda book: None):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    change(book)
    book.save(path)
    return path


def test_the_sheet_of_numbers_is_read_and_named(tmp_path):
    path = save(tmp_path / "t.xlsx", {"README": [["what", "this is"], ["a", "sample"]], "data": ROWS})
    table = read_table(path, fits=is_number_sheet)
    assert table.row_texts(1) == ["tin", "1.5", "2"]
    assert table.notes == ("t.xlsx: the sheet 'data' was read; not read: 'README'",)


def test_two_sheets_of_numbers_are_a_choice(tmp_path):
    path = save(tmp_path / "t.xlsx", {"log": ROWS, "raw": ROWS})
    with pytest.raises(InputError) as caught:
        read_table(path, fits=is_number_sheet)
    assert str(caught.value) == (
        f"{path}: 2 sheets may hold the table ('log', 'raw'); choose one: --columns 't.xlsx:sheet=log'"
    )


def test_hidden_sheets_are_not_read(tmp_path):
    def hide(book):
        book["old"].sheet_state = "hidden"

    table = read_table(save(tmp_path / "t.xlsx", {"old": ROWS, "new": ROWS}, hide), fits=is_number_sheet)
    assert table.row_texts(0) == ROWS[0]


def test_titles_are_skipped_and_merged_cells_filled(tmp_path):
    rows = [["Table S1"], [], ["tf", "target", "n"], ["tin", "a", 1], [None, "b", 2]]
    path = save(tmp_path / "t.xlsx", {"s": rows}, lambda book: book["s"].merge_cells("A4:A5"))
    table = read_table(path)
    assert [table.row_texts(row) for row in range(3)] == [["tf", "target", "n"], ["tin", "a", "1"], ["tin", "b", "2"]]
    assert table.rows == (3, 4, 5)
