"""Aliases, ids and suggestions."""

from __future__ import annotations

import time

import pytest

from grnet.dataset.names import NameBook, describe_unused_aliases, read_aliases, suggest_aliases
from grnet.dataset.reading.plan import ReadingPlan
from grnet.schema.errors import InputError


def test_names_resolve_by_alias_then_symbol_then_id():
    book = NameBook.build(["Dp2", "tin", "a", "b"], ["F1", "F2", "F9", "F9"], {"Dp": "Dp2"})
    assert book.resolve("Dp") == "Dp2"
    assert book.resolve("tin", "F1") == "tin"
    assert book.resolve("CG13906", "F2") == "tin"
    assert book.resolve("F2") == "tin"
    assert book.resolve("shared", "F9") is None
    assert book.resolve("nobody") is None


@pytest.mark.parametrize("text", ["name,symbol\nDp,Dp2\nx,tin\n", "Dp,Dp2\nx,tin\n", "Dp\tDp2\nx\ttin\n"])
def test_alias_files_may_have_a_header(tmp_path, text):
    path = tmp_path / "aliases.csv"
    path.write_text(text)
    assert read_aliases(path, {"y": "eve"}) == {"y": "eve", "Dp": "Dp2", "x": "tin"}


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("symbol,alias\nDp2,Dp\nDp2,dp\n", "symbol = symbol; name = alias"),
        ("to,from\nDp2,Dp\nDp2,dp\n", "symbol = to; name = from"),
        ("Approved symbol\tPrevious symbols\nDp2\tDp|dp\n", "symbol = Approved symbol; name = Previous symbols"),
        ("Gene stable ID,Gene name\nDp,Dp2\ndp,Dp2\n", "symbol = Gene name; name = Gene stable ID"),
        (",alias,symbol\n0,Dp,Dp2\n1,dp,Dp2\n", "symbol = symbol; name = alias; set aside: column 1 (not used)"),
        ("Dp,Dp2\ndp,Dp2\n", "no header; symbol = column 2; name = column 1"),
    ],
)
def test_names_and_symbols_are_told_by_the_header(tmp_path, text, described):
    path = tmp_path / "aliases.csv"
    path.write_text(text)
    plans: list[ReadingPlan] = []
    assert read_aliases(path, {}, plans=plans) == {"Dp": "Dp2", "dp": "Dp2"}
    assert plans[0].describe() == f"aliases aliases.csv: {described}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Dp\n", "{path}: one column; expected two, the name in the files and the symbol to use"),
        ("a,b\nDp,\n", "{path}:2: an alias needs a name and a symbol, got 'Dp' and ''"),
        ("Dp,Dp2\nDp,E2f\n", "{path}:2: the alias 'Dp' stands for 'E2f' here and for 'Dp2' before; keep one of them"),
    ],
)
def test_wrong_alias_files_are_named(tmp_path, text, message):
    path = tmp_path / "aliases.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_aliases(path, {})
    assert str(caught.value) == message.format(path=path)


@pytest.mark.parametrize(
    ("name", "gene_id", "expected"),
    [
        ("Dp", "", [("Dp", "Dp2"), ("Dp", "dp")]),
        ("TIN", "", [("TIN", "tin")]),
        ("Espl-m8", "", [("Espl-m8", "E(spl)m8")]),
        ("tin", "", []),
        ("DP2", "F7", []),
        ("tin1", "", []),
        ("Antenapedia", "", [("Antenapedia", "Antennapedia")]),
        ("CG1234", "", []),
        ("xyz", "", []),
        ("", "", []),
        ("F7", "", []),
        ("Nkx-25", "", []),
        ("nkx2.5", "", [("nkx2.5", "Nkx2-5")]),
        ("TMEM132B", "", []),
    ],
)
def test_names_that_almost_match_are_suggested(name, gene_id, expected):
    symbols = ["Dp2", "dp", "tin", "E(spl)m8", "Antennapedia", "CG1235", "Nkx2-5", "TMEM132A", "shared", "both"]
    ids = ["F1", "F2", "", "", "", "", "", "", "F7", "F7"]
    assert suggest_aliases({name: gene_id}, symbols, ids) == expected


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("CD2", "CD22"),
        ("Hoxa1", "Hoxa11"),
        ("Sox2", "Sox21"),
        ("Sox2", "Sox2.1"),
        ("Sox21", "Sox2.1"),
        ("E2f", "E2f1"),
        ("HOXA11-AS", "HOXB11-AS"),
        ("SERPINA1", "SERPINB1"),
        ("T", "T2"),
        ("alpha-Catenin", "beta-Catenin"),
        ("PCDHGA1", "PCDHGB1"),
    ],
)
def test_members_of_a_family_are_never_taken_for_one_another(name, symbol):
    assert suggest_aliases({name: ""}, [symbol], [""]) == []
    assert suggest_aliases({symbol: ""}, [name], [""]) == []


def test_capitals_are_codes_of_which_each_letter_counts():
    genes = ("TNFRSF4", "HNRNPDL", "armadillo")
    missed = {"TNFSF4": "", "HNRNPLL": "", "armadilo": ""}
    assert suggest_aliases(missed, genes, ("", "", "")) == [("armadilo", "armadillo")]


def test_suggestions_of_equal_likeness_keep_the_order_of_the_dataset():
    symbols = ["Dp2", "Dp1", "Dp-3", "Dp12", "Dp4a"]
    assert suggest_aliases({"Dp": ""}, symbols, [""] * 5) == [("Dp", "Dp2"), ("Dp", "Dp1"), ("Dp", "Dp-3")]


def test_genes_that_the_lists_name_too_are_other_genes():
    symbols, ids = ["Dp2", "Antennapedia", "TIN"], ["", "", ""]
    names = {"Dp": "", "Antenapedia": "", "tin": ""}
    assert suggest_aliases(names, symbols, ids, used={"Dp2", "Antennapedia"}) == [("tin", "TIN")]
    assert suggest_aliases(names, symbols, ids, used={"TIN"})[-1] == ("tin", "TIN")
    assert suggest_aliases({"tin": ""}, ["TIN", "dl", "Dl"], ["", "", ""], used={"TIN"}) == []
    assert suggest_aliases({"tin": ""}, ["TIN", "dl", "Dl"], ["", "", ""]) == [("tin", "TIN")]
    assert suggest_aliases({"Dp": ""}, ["Dp2", "Dp1", "dp"], ["", "", ""], used={"Dp1", "dp"}) == [("Dp", "Dp2")]


def test_long_lists_are_searched_quickly():
    symbols = [f"gene{chr(97 + number % 26)}word{number}" for number in range(30_000)]
    names = {f"Gene{chr(97 + number % 26)}wrd{number}": "" for number in range(5_000)}
    started = time.perf_counter()
    found = suggest_aliases(names, symbols, [""] * len(symbols))
    assert len(found) == 5_000
    assert time.perf_counter() - started < 20


def test_aliases_to_nowhere_are_told():
    assert describe_unused_aliases({"a": "tin", "b": "gone"}, frozenset({"tin"})) == [
        "aliases to a symbol that no gene has: 'b=gone'"
    ]
