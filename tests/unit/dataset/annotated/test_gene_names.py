"""Symbols and ids of genes, whichever of them var_names are."""

from __future__ import annotations

import annotated_files as files
import numpy as np
import pandas as pd
import pytest

from grnet.dataset.annotated.gene_names import find_gene_names, tell_apart
from grnet.dataset.findings import Findings
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenAnnData

SOURCE = GivenAnnData("cells", None)
SYMBOLS, IDS = ("eve", "ftz", "Kr"), ("FBgn0000606", "FBgn0001077", "FBgn0001325")


def find(index, wanted: str = "", **columns):
    """Return the names of genes of a table."""
    table = pd.DataFrame({name: list(values) for name, values in columns.items()}, index=files.plain(index))
    return find_gene_names(SOURCE, table, wanted)


def test_symbols_are_found_where_tools_write_them():
    for column in ("gene_symbols", "gene_name", "feature_name", "gene_short_name", "Symbol"):
        names = find(IDS, **{column: SYMBOLS})
        assert (names.symbols, names.ids) == (SYMBOLS, IDS)
        assert (names.symbol_column, names.id_column) == (column, "var_names")
    for column in ("gene_ids", "ensembl_id", "gene_id"):
        names = find(SYMBOLS, **{column: IDS}, n_cells=[1, 2, 3])
        assert (names.symbols, names.ids, names.symbol_column, names.id_column) == (SYMBOLS, IDS, "var_names", column)
    assert find("012", gene=SYMBOLS).symbols == SYMBOLS


def test_the_user_names_the_column():
    assert find(SYMBOLS, "alias", alias=("a", "b", None)).symbols == ("a", "b", "Kr")
    assert find(IDS, "var_names", gene_name=SYMBOLS).symbols == IDS
    with pytest.raises(InputError, match="--gene-names gene_nme: no such column of var; did you mean gene_name"):
        find(SYMBOLS, "gene_nme", gene_name=SYMBOLS)


def test_numbers_are_no_names():
    with pytest.raises(InputError, match="the genes are called '0', '1', '2'; name the column"):
        find("012", length=(5, 6, 7))


def test_genes_of_one_symbol_are_told_apart_by_id():
    findings = Findings()
    symbols = tell_apart(SOURCE, ("a", "b", "a"), ("x", "y", "z"), np.array([1.0, 5.0, 2.0]), findings)
    assert symbols == ["x", "b", "a"]
    assert findings.notes == [
        "cells: symbols with several ids: 1 ('a'). The gene with the highest mean keeps the symbol; the others "
        "are named by their id"
    ]
    with pytest.raises(InputError, match="1 symbols occur more than once and no ids tell them apart: 'a'"):
        tell_apart(SOURCE, ("a", "b", "a"), ("", "", ""), np.ones(3), Findings())
