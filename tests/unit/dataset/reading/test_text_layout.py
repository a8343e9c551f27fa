"""Separators, quotes and lines that are no rows."""

from __future__ import annotations

import pytest

from grnet.dataset.reading.tables import read_table
from grnet.schema.errors import InputError


def rows(path, text):
    path.write_text(text)
    table = read_table(path)
    return [table.row_texts(row) for row in range(len(table.cells))], table.form


def test_a_title_and_a_remark_below_are_no_rows(tmp_path):
    text = "Table S1\n\ngene,a,b,c\ntin,1,2,3\neve,4,5,6\n* log2 values\n"
    found, form = rows(tmp_path / "t.csv", text)
    assert found == [["gene", "a", "b", "c"], ["tin", "1", "2", "3"], ["eve", "4", "5", "6"]]
    assert form.skipped == (("1", "title"), ("6", "remark below the table"))


def test_a_row_that_was_cut_off_is_no_remark(tmp_path):
    found, _ = rows(tmp_path / "t.csv", "gene,a,b,c\ntin,1,2,3\neve,4,5,6\nftz\n")
    assert found[-1] == ["ftz", "", "", ""]


def test_lone_quotes_are_characters(tmp_path):
    text = 'gene\tnote\ta\ntin\t"5 end\t1\neve\tx\t2\nftz\t"3 end\t3\nKr\ty\t4\n'
    found, form = rows(tmp_path / "t.tsv", text)
    assert [row[0] for row in found] == ["gene", "tin", "eve", "ftz", "Kr"]
    assert found[1] == ["tin", '"5 end', "1"]
    assert not form.quotes


def test_quotes_enclose_line_breaks(tmp_path):
    found, _ = rows(tmp_path / "t.csv", 'gene,note,a\ntin,"x\ny, z",1\neve,"x\ny, z",2\n')
    assert found == [["gene", "note", "a"], ["tin", "x\ny, z", "1"], ["eve", "x\ny, z", "2"]]


def test_millions_of_blank_lines_are_refused_before_they_take_memory(tmp_path):
    table = tmp_path / "t.csv"
    table.write_bytes(b"gene,a\ntin,1\n" + b"\n" * 1_200_000)
    with pytest.raises(
        InputError, match=r"t\.csv: holds 1,\d{3},\d{3} and more blank lines and comments but only 2 rows"
    ):
        read_table(table)
