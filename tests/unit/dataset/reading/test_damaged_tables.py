"""Damaged, encrypted and hostile tables: one line that names the file, whatever the library raises."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from grnet.dataset.reading.tables import read_table
from grnet.schema.errors import InputError

SAVE_AGAIN = "; save it anew from the spreadsheet"
WRITE_AGAIN = "; write it again, or save the table as CSV"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
SHEET_PART = "xl/worksheets/sheet1.xml"
MULTI_INDEX = pd.MultiIndex.from_tuples([("a", "1"), ("a", "2")])


def write_book(path: Path, **changed: str) -> None:
    """Write a table of two genes, some parts of the archive exchanged."""
    book = openpyxl.Workbook()
    for row in (["gene", "a"], ["tin", 1], ["eve", 2]):
        book.active.append(row)
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | changed).items():
            archive.writestr(name, content)


def write_encrypted(path: Path) -> None:
    write_book(path)
    content = bytearray(path.read_bytes())
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + flag] |= 1
            start = content.find(mark, start + 1)
    path.write_bytes(content)


def with_part(name: str, content: str):
    return lambda path: write_book(path, **{name: content})


def with_metadata(text: bytes):
    table = pa.table({"gene": ["tin", "eve"], "a": [1.0, 2.0]}).replace_schema_metadata({b"pandas": text})
    return lambda path: pq.write_table(table, path)


def write_levels(path: Path) -> None:
    pd.DataFrame(np.ones((2, 2)), index=["tin", "eve"], columns=MULTI_INDEX).to_parquet(path)


NO_XML, NO_ENCODING = "<a", '<?xml version="1.0" encoding="nope"?><a/>'
FAULTS = {
    "encrypted.xlsx": (write_encrypted, "is encrypted; save it without a password"),
    "book.xlsx": (with_part("xl/workbook.xml", NO_XML), f"(unclosed token: line 1, column 0){SAVE_AGAIN}"),
    "sheet.xlsx": (with_part(SHEET_PART, NO_ENCODING), f"(unknown encoding: nope){SAVE_AGAIN}"),
    "styles.xlsx": (with_part("xl/styles.xml", NO_XML), f"(unclosed token: line 1, column 0){SAVE_AGAIN}"),
    "row.xlsx": (
        with_part(SHEET_PART, SHEET.format('<row r="99999999999"><c r="A1"><v>1</v></c></row>')),
        "the sheet 'Sheet' has more rows or columns than XLSX allows; save it anew",
    ),
    "digits.xlsx": (
        with_part(SHEET_PART, SHEET.format(f'<row r="1"><c r="A1"><v>{"9" * 5000}</v></c></row>')),
        "not readable as an XLSX file (Exceeds the limit (4300 digits)",
    ),
    "levels.parquet": (
        write_levels,
        "its columns have names of 2 levels, a MultiIndex of pandas; expected one name for each: join the levels, and "
        "write it again",
    ),
    "text.parquet": (with_metadata(b"{"), "not readable as a Parquet file (Expecting property name enclosed in"),
    "names.parquet": (
        with_metadata(b'{"index_columns": 3}'),
        f"not readable as a Parquet file ('columns'){WRITE_AGAIN}",
    ),
    "deep.parquet": (with_metadata(b"[" * 5000), "not readable as a Parquet file (maximum recursion depth exceeded"),
    "digits.parquet": (with_metadata(b"9" * 5000), "not readable as a Parquet file (Exceeds the limit (4300 digits)"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_that_names_the_file(tmp_path, recwarn, name):
    write, said = FAULTS[name]
    write(tmp_path / name)
    with pytest.raises(InputError) as caught:
        read_table(tmp_path / name)
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / name}: ")
    assert said in text
    assert len(text.splitlines()) == 1
    assert not recwarn.list


def test_a_book_without_styles_is_read_without_a_word(tmp_path, recwarn):
    write_book(tmp_path / "x.xlsx", **{"xl/styles.xml": "<a/>"})
    assert read_table(tmp_path / "x.xlsx").row_texts(1) == ["tin", "1"]
    assert not recwarn.list
