"""Encodings are found by marks and zero bytes."""

from __future__ import annotations

import pytest

from grnet.dataset.reading.tables import read_table

ROWS = [["gene", "α", "s2"], ["tin", "1.5", "2"]]
TEXT = "\n".join("\t".join(row) for row in ROWS) + "\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_encoding_and_line_end_gives_the_same_cells(tmp_path, codec, end):
    path = tmp_path / "t.txt"
    path.write_bytes(TEXT.replace("\n", end).encode(codec))
    table = read_table(path)
    assert [table.row_texts(row) for row in range(2)] == ROWS


def test_what_is_not_utf8_is_windows_1252_and_said(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes("gene\tKontrolle_ä\ntin\t1\n".encode("cp1252"))
    table = read_table(path)
    assert table.row_texts(0) == ["gene", "Kontrolle_ä"]
    assert table.notes == (
        "t.txt: is not UTF-8, so it was read as Windows-1252; --columns 't.txt:encoding=NAME' names another",
    )
