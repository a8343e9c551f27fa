"""What a caller gives as an object becomes the cells that the same file would have."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.reading.tables import read_table
from grnet.dataset.sources import checksum_of, take_expression, take_table
from grnet.schema.errors import InputError


def cells_of(value: object, argument: str = "known_edges") -> tuple[tuple[str, ...] | None, list[list[object]]]:
    table = read_table(take_table(value, argument))
    return table.header, [table.row_texts(row) for row in range(len(table.cells))]


def test_a_path_stays_a_path():
    assert take_table("a/b.csv", "tfs") == Path("a/b.csv")
    assert take_expression(["a.csv", Path("b.csv")]) == (Path("a.csv"), Path("b.csv"))


def test_a_dataframe_has_the_cells_of_its_file(tmp_path):
    frame = pd.DataFrame({"tf": ["a", "b"], "target": ["c", "d"], "label": [1, 0]})
    frame.to_csv(tmp_path / "edges.csv", index=False)

    of_file = read_table(tmp_path / "edges.csv").take_header()

    assert cells_of(frame) == (of_file.header, [of_file.row_texts(row) for row in range(2)])
    source = take_table(frame, "known_edges")
    assert (source.name, source.container, str(source)) == (
        "known_edges (DataFrame)",
        "DataFrame",
        "known_edges (DataFrame)",
    )
    assert read_table(source).line(1) == "known_edges (DataFrame):2"


def test_an_index_is_the_first_column_unless_it_counts_rows():
    values = [[1.5, 2.0], [0.0, 1.0]]
    named = pd.DataFrame(values, index=pd.Index(["a", "b"], name="gene"), columns=["s1", "s2"])
    assert cells_of(named) == (("gene", "s1", "s2"), [["a", "1.5", "2"], ["b", "0", "1"]])
    levels = pd.DataFrame(values, index=pd.MultiIndex.from_tuples([("a", "x"), ("b", "y")]), columns=["s1", "s2"])
    assert cells_of(levels) == (("", "", "s1", "s2"), [["a", "x", "1.5", "2"], ["b", "y", "0", "1"]])
    entrez = pd.DataFrame(values, index=[7157, 672], columns=["s1", "s2"])
    assert cells_of(entrez)[1] == [["7157", "1.5", "2"], ["672", "0", "1"]]


def test_row_numbers_of_a_filtered_table_are_left_out_with_a_note():
    frame = pd.DataFrame({"tf": ["a", "b", "c"], "target": ["d", "e", "f"]}).sample(frac=1, random_state=1)
    assert list(frame.index) != [0, 1, 2]

    source = take_table(frame, "known_edges")

    assert source.header == ("tf", "target")
    assert source.notes == (
        "known_edges (DataFrame): its index of whole numbers without a name is taken for numbers of rows, and is not "
        "read",
    )
    assert take_table(frame.iloc[:0:-1].reset_index(drop=True), "known_edges").notes == ()


def test_labels_that_count_the_columns_are_no_header():
    assert take_table(pd.DataFrame([["a", "b"]]), "known_edges").header is None
    assert take_table(pd.DataFrame([[1, 2]], index=["a"], columns=[2001, 2003]), "x").header == ("", "2001", "2003")


def test_types_of_pandas_become_numbers_and_plain_objects():
    frame = pd.DataFrame(
        {
            "category": pd.Categorical(["a", None, "b"]),
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "part": pd.array([0.5, None, 2.0], dtype="Float64"),
            "text": pd.array(["x", pd.NA, "z"], dtype="string"),
            "half": np.array([0.5, 1, 2], dtype=np.float16),
            "objects": [np.int64(3), Decimal("1.5"), None],
            "words": ["1.5", "2", "?"],
            "sparse": pd.arrays.SparseArray([0.0, 0.0, 2.0]),
            "flag": pd.array([True, None, False], dtype="boolean"),
        }
    )

    cells = take_table(frame, "x").cells

    assert [cells[place].tolist() for place in (0, 3, 6)] == [["a", None, "b"], ["x", None, "z"], ["1.5", "2", "?"]]
    assert [str(cells[place].dtype) for place in (1, 2, 4, 5, 7)] == [
        "float64",
        "float64",
        "float16",
        "float64",
        "float64",
    ]
    np.testing.assert_array_equal(cells[[1, 2, 5, 7]], [[1, 0.5, 3, 0], [np.nan, np.nan, 1.5, 0], [3, 2, np.nan, 2]])
    assert cells[8].tolist() == [True, None, False]


def test_lists_sets_and_rows_are_tables_without_a_header():
    assert cells_of(["b", "a"], "tfs") == (None, [["b"], ["a"]])
    assert cells_of({"b", "a"}, "tfs") == (None, [["a"], ["b"]])
    assert cells_of(np.array(["b", "a"]), "tfs") == (None, [["b"], ["a"]])
    assert cells_of([("a", "b", 1), ("a", "c")]) == (None, [["a", "b", "1"], ["a", "c", ""]])
    assert cells_of(iter([("a", "b")])) == (None, [["a", "b"]])
    assert cells_of([{"tf": "a", "target": "b"}]) == (("tf", "target"), [["a", "b"]])


def test_a_series_of_names_loses_its_index_and_one_of_answers_keeps_it():
    assert cells_of(pd.Series(["a", "b"], index=[7, 3], name="tf"), "tfs") == (("tf",), [["a"], ["b"]])
    answers = pd.Series([True, False], index=pd.Index(["a", "b"], name="gene"), name="is_tf")
    assert cells_of(answers, "tfs") == (("gene", "is_tf"), [["a", "True"], ["b", "False"]])


def test_profiles_of_genes_are_an_expression_table():
    (source,) = take_expression({"a": [1, 2], "b": np.array([0.5, 4])})
    assert (source.name, source.header) == ("expression (dict)", None)
    assert source.cells.to_numpy(dtype=object).tolist() == [["a", 1.0, 2.0], ["b", 0.5, 4.0]]
    names = [table.name for table in take_expression([pd.DataFrame({"g": ["a"]}), {"a": [1]}])]
    assert names == ["expression[0] (DataFrame)", "expression[1] (dict)"]


def test_tables_of_other_libraries_come_through_pandas():
    pa = pytest.importorskip("pyarrow")
    source = take_table(pa.table({"tf": ["a"], "target": ["b"]}), "known_edges")
    assert (source.name, source.header) == ("known_edges (pyarrow Table)", ("tf", "target"))


def test_the_checksum_is_of_the_contents():
    frame = pd.DataFrame({"tf": ["a"], "target": ["b"], "label": [1]})
    same = frame.astype({"label": "Int64", "tf": "category"})
    sums = [checksum_of(take_table(value, "known_edges")) for value in (frame, same, frame.assign(label=0))]
    assert len(sums[0]) == 64
    assert sums[0] == sums[1] != sums[2]
    assert checksum_of(take_table(frame.rename(columns={"tf": "x"}), "known_edges")) not in sums
    assert checksum_of(Path("/nowhere")) == ""


MULTI = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
TABLE = "expected a path, a DataFrame, or a list"
REFUSED = {
    "several levels of columns": (
        MULTI,
        "tfs (DataFrame): its columns have 2 levels of names; expected one; join them, such as by df.columns = "
        "df.columns.map('_'.join)",
    ),
    "lists in cells": (
        pd.DataFrame({"tf": ["a", "b"], "targets": [None, ["c"]]}),
        "tfs (DataFrame):2, column 'targets': holds list; expected a text or number in each cell",
    ),
    "complex": (
        pd.DataFrame({"z": [1j]}),
        "tfs (DataFrame):1, column 'z': holds complex; expected a text or number in each cell",
    ),
    "mixed rows": (
        ["a", ("b", "c")],
        "tfs (list): row 2 is '('b', 'c')', row 1 is 'a'; expected either names or rows of cells throughout",
    ),
    "a number": (7, f"tfs: {TABLE}, got int"),
    "a dict": ({"a": ["b"]}, f"tfs: {TABLE}, got dict; give pd.DataFrame(…)"),
    "bytes": (b"a", f"tfs: {TABLE}, got bytes"),
}


@pytest.mark.parametrize("given", REFUSED, ids=str)
def test_what_is_no_table_is_refused_in_one_line(given):
    value, message = REFUSED[given]
    with pytest.raises(InputError) as caught:
        take_table(value, "tfs")
    assert str(caught.value) == message


def test_an_empty_object_is_refused_as_an_empty_file_is():
    for value, name in ((pd.DataFrame(), "DataFrame"), ([], "list")):
        with pytest.raises(InputError) as caught:
            read_table(take_table(value, "tfs"))
        assert str(caught.value) == f"tfs ({name}): the table is empty; expected at least one row"


def test_expression_without_names_of_genes_is_refused():
    expected = "expected a path, a DataFrame, an AnnData, or a dict of gene to values, got"
    with pytest.raises(InputError) as caught:
        take_expression(np.zeros((2, 3)))
    assert str(caught.value) == (
        f"expression: {expected} ndarray, which names no genes; give pd.DataFrame(array, index=genes, columns=samples)"
    )
    with pytest.raises(InputError, match=r"expression \(dict\): genes have 1 to 2 values"):
        take_expression({"a": [1], "b": [1, 2]})
    with pytest.raises(InputError, match="'symbol' has no list of numbers"):
        take_expression({"symbol": ["a"], "s1": [1]})


def test_anndata_is_expression_and_no_list_of_tfs():
    anndata = pytest.importorskip("anndata")
    adata = anndata.AnnData(np.zeros((2, 3)))
    (given,) = take_expression(adata)
    assert (given.name, given.adata) == ("expression (AnnData)", adata)
    with pytest.raises(InputError) as caught:
        take_table(adata, "tfs")
    assert str(caught.value) == f"tfs: {TABLE}, got AnnData, which is taken as expression or spatial"


def test_a_date_is_left_for_the_reader_of_names_to_refuse():
    frame = pd.DataFrame({"tf": [dt.date(2021, 9, 2)], "target": pd.to_datetime(["2021-03-01"])})
    cells = take_table(frame, "known_edges").cells
    assert isinstance(cells.iat[0, 0], dt.date)
    assert isinstance(cells.iat[0, 1], dt.date)
