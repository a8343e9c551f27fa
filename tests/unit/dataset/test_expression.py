"""Expression tables of many shapes → the same matrix; wrong ones → one line that says where."""

from __future__ import annotations

import datetime as dt

import numpy as np
import openpyxl
import pandas as pd
import pytest

from grnet.dataset.expression import read_expression
from grnet.dataset.expression_table import ExpressionOptions
from grnet.dataset.findings import Findings
from grnet.schema.errors import InputError


def read(*paths, aliases=None, known=(), transpose=False, findings=None):
    return read_expression(
        paths,
        aliases or {},
        known_names=set(known),
        options=ExpressionOptions(transpose=transpose),
        findings=findings if findings is not None else Findings(),
    )


def write(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "samples", "ids"),
    [
        ("tin,1,2\neve,3,4.5\n", ("sample_1", "sample_2"), ("", "")),
        ("gene,a,b\ntin,1,2\neve,3,4.5\n", ("a", "b"), ("", "")),
        (",a,b\ntin,1,2\neve,3,4.5\n", ("a", "b"), ("", "")),
        ("a,b\ntin,1,2\neve,3,4.5\n", ("a", "b"), ("", "")),
        ("gene,1,2\ntin,1,2\neve,3,4.5\n", ("1", "2"), ("", "")),
        ("tin,F1,1,2\neve,F2,3,4.5\n", ("sample_1", "sample_2"), ("F1", "F2")),
        ("Symbol,FBgn,a,b\ntin,F1,1,2\neve,F2,3,4.5\n", ("a", "b"), ("F1", "F2")),
        ("gene_id,gene_name,a,b\nF1,tin,1,2\nF2,eve,3,4.5\n", ("a", "b"), ("F1", "F2")),
        (",gene,a,b\n0,tin,1,2\n1,eve,3,4.5\n", ("a", "b"), ("", "")),
        ("gene,what,id,a,b\ntin,x y,F1,1,2\neve,z w,F2,3,4.5\n", ("a", "b"), ("F1", "F2")),
    ],
)
def test_header_ids_and_sample_names_are_told_from_the_cells(tmp_path, text, samples, ids):
    table = read(write(tmp_path / "e.csv", text))
    assert table.symbols == ("tin", "eve")
    assert table.samples == samples
    assert table.ids == ids
    assert table.values.dtype == np.float32
    assert table.values.tolist() == [[1, 2], [3, 4.5]]


def test_columns_without_values_are_set_aside_with_a_word(tmp_path):
    table = read(write(tmp_path / "e.csv", "gene,id,kind,a\ntin,F1,x,1\neve,F2,y,3\n"))
    assert table.plans[0].describe() == (
        "expression e.csv: symbol = gene; id = id; 1 sample a; logarithms or small values (0 to 3); set aside: kind "
        "(text)"
    )


def test_names_such_as_na_and_none_are_names(tmp_path):
    table = read(write(tmp_path / "e.csv", "gene,a\nNA,1\nnan,2\nNone,3\ntin,4\n"))
    assert table.symbols == ("NA", "nan", "None", "tin")


def test_numbers_as_gene_names_need_a_header_that_says_so(tmp_path):
    table = read(write(tmp_path / "e.csv", "entrez_id,a\n7157,1\n672,2\n"))
    assert table.symbols == ("7157", "672")
    with pytest.raises(InputError, match="no column of gene names, only numbers"):
        read(write(tmp_path / "f.csv", "7157,1\n672,2\n"))


def test_tables_are_merged_by_symbol_and_samples_by_name(tmp_path):
    findings = Findings()
    first = write(tmp_path / "1.csv", "gene,a,b\ntin,1,2\nflat,7,7\n")
    second = write(tmp_path / "2.csv", "gene,b,a\neve,4,3\ntin,2,1\n")
    table = read(first, second, findings=findings)
    assert table.symbols == ("tin", "flat", "eve")
    assert table.values.tolist() == [[1, 2], [7, 7], [3, 4]]
    assert findings.notes == [
        "rows of one gene with equal values, merged: 1 genes ('tin')",
        "constant expression, kept although it has no correlations: 1 genes ('flat')",
    ]


@pytest.mark.parametrize(
    ("first", "second", "aliases", "text"),
    [
        ("tin,1,2\n", "tin,1,3\n", {}, "'tin' ({0}:1 and {1}:1)"),
        ("gene,a,b\neve,1,2\n", "gene,a,b\nsix,5,5\nEVE,1,3\n", {"EVE": "eve"}, "'eve' ({0}:2 and {1}:3)"),
    ],
)
def test_unequal_rows_of_a_gene_are_named(tmp_path, first, second, aliases, text):
    paths = write(tmp_path / "1.csv", first), write(tmp_path / "2.csv", second)
    with pytest.raises(InputError) as caught:
        read(*paths, aliases=aliases)
    assert str(caught.value) == (
        f"rows of one gene with different values: {text.format(*paths)}; "
        "expected one row for each gene: keep one of them, or their mean"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "gene,a,b\ntin,1,2\neve,3,abc\n",
            "{path}:3, column 3 (gene 'eve', sample 'b'): the text 'abc' among the numbers; expected a number; "
            "mend the cell",
        ),
        (
            "tin,1,2\neve,,\n",
            "{path}:2, column 2 (gene 'eve'): the value is missing (''); expected a number; fill it in or leave the "
            "gene out (1 more such cells); if the genes are in the columns, add --transpose",
        ),
        (
            "gene,a,b\ntin,1,NaN\neve,3,4\n",
            "{path}:2, column 3 (gene 'tin', sample 'b'): the value is missing ('NaN'); expected a number; "
            "fill it in or leave the gene out",
        ),
        (
            "gene,a,b\ntin,1,2\neve,-inf,4\n",
            "{path}:3, column 2 (gene 'eve', sample 'a'): the value '-inf' is infinite or too large; "
            "expected a finite number; mend it or leave the gene out",
        ),
        (
            "gene,a,b\ntin,1,2\neve,1e39,4\n",
            "{path}:3, column 2 (gene 'eve', sample 'a'): the value '1e39' is infinite or too large; "
            "expected a finite number; mend it or leave the gene out",
        ),
        (
            "gene;a;b\ntin;1,5;2.5\neve;3,5;4\nsix;5,0;6\n",
            "{path}:2, column 2 (gene 'tin', sample 'a'): the text '1,5' among the numbers; expected a number; "
            "write all decimals with a point (2 more such cells)",
        ),
        ("gene,a,a\ntin,1,2\n", "{path}: samples of the same name: 'a'; give each sample its own name"),
        ("gene,a\n", "{path}: a header and no rows; expected a row for each gene"),
        ("tin\neve\n", "{path}: no column of numbers; expected gene names and then a column for each sample"),
    ],
)
def test_wrong_cells_are_shown_with_their_place(tmp_path, text, message):
    path = write(tmp_path / "e.csv", text)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value) == message.format(path=path)


def test_genes_in_columns_are_noticed_and_transposed(tmp_path):
    path = write(tmp_path / "e.csv", "sample,tin,eve,ftz\na,1,2,3\nb,4,5,6\n")
    table = read(path, known=["tin", "eve"])
    assert table.plans[0].transposed
    assert table.values.tolist() == read(path, transpose=True).values.tolist()
    assert table.symbols == ("tin", "eve", "ftz")
    assert table.samples == ("a", "b")
    assert table.values.tolist() == [[1, 4], [2, 5], [3, 6]]
    with pytest.raises(InputError, match="leave out --transpose"):
        read(write(tmp_path / "r.csv", "gene,a,b\ntin,1,2\neve,3,4\n"), known=["tin", "eve"], transpose=True)


def test_cells_of_genes_without_a_name_column_are_transposed(tmp_path):
    path = write(tmp_path / "dge.txt", "tin\teve\n1\t2\n3\t4\n5\t6\n")
    with pytest.raises(InputError, match="numeric gene identifiers, or numbers of rows"):
        read(path)
    table = read(path, transpose=True)
    assert table.symbols == ("tin", "eve")
    assert table.samples == ("sample_1", "sample_2", "sample_3")
    assert table.values.tolist() == [[1, 3, 5], [2, 4, 6]]


def test_a_date_as_gene_name_is_an_error_in_xlsx_and_a_word_in_text(tmp_path):
    book = openpyxl.Workbook()
    for row in (["gene", "a"], ["tin", 1.0], [dt.datetime(2024, 3, 1), 2.0]):
        book.active.append(row)
    path = tmp_path / "e.xlsx"
    book.save(path)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value) == (
        f"{path}:3: the gene name is the date 2024-03-01; spreadsheets turn names such as MARCH1 or SEPT2 into dates; "
        "write the name into this cell again, formatted as text"
    )
    findings = Findings()
    read(write(tmp_path / "e.csv", "gene,a,b\n1-Mar,1,2\nSep-02,3,4\nl-1,3,5\n"), findings=findings)
    assert findings.notes == [
        "e.csv: names that a spreadsheet made of genes such as MARCH1, SEPT2 or DEC1: '1-Mar', 'Sep-02'"
    ]


def test_rows_without_a_name_are_refused(tmp_path):
    findings = Findings()
    table = read(write(tmp_path / "e.csv", "gene,a\ntin,1\n,2\n"), findings=findings)
    assert table.symbols == ("tin",)
    assert findings.rejected == [("e.csv", 3, "", "no gene name")]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("gene,a\neve,1\n", "{1}: 1 samples, but {0} has 2; expected the same samples in each expression table"),
        ("gene,a,c\neve,1,2\n", "{1}: samples that {0} lacks: 'c'; expected the same samples in each expression table"),
    ],
)
def test_tables_of_other_samples_do_not_merge(tmp_path, second, message):
    paths = write(tmp_path / "1.csv", "gene,a,b\ntin,1,2\n"), write(tmp_path / "2.csv", second)
    with pytest.raises(InputError) as caught:
        read(*paths)
    assert str(caught.value) == message.format(*paths)


def test_parquet_and_xlsx_give_the_same_matrix(tmp_path):
    frame = pd.DataFrame({"gene": ["tin", "eve"], "a": [1.5, 2.0], "b": [3, 4]})
    frame.to_parquet(tmp_path / "e.parquet")
    frame.to_excel(tmp_path / "e.xlsx", index=False)
    for name in ("e.parquet", "e.xlsx"):
        table = read(tmp_path / name)
        assert (table.symbols, table.samples) == (("tin", "eve"), ("a", "b"))
        assert table.values.tolist() == [[1.5, 3], [2, 4]]
