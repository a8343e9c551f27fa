"""Each form of a download gives the edges or names that it holds."""

from __future__ import annotations

import pytest
import resource_server as made

from grnet.dataset.resources.catalogue import list_resources
from grnet.dataset.resources.forms import EDGE_FORMS, NAME_FORMS, DatabaseEdge, read_edges, read_names
from grnet.schema.errors import InputError


@pytest.fixture
def write(tmp_path):
    def write_text(text: str):
        (tmp_path / "x.download").write_text(text, encoding="utf-8")
        return tmp_path / "x.download"

    return write_text


def test_every_form_of_the_table_is_known():
    forms = {resource.holds: set() for resource in list_resources()}
    for resource in list_resources():
        forms[resource.holds].add(resource.form)
    assert forms["edges"] == set(EDGE_FORMS)
    assert forms["tfs"] == set(NAME_FORMS)


def test_collectri_has_signs_and_two_complexes(write):
    edges = list(read_edges("collectri", write(made.COLLECTRI)))
    assert edges[0] == DatabaseEdge("MYC", "TERT", "activation")
    assert edges[1] == DatabaseEdge("SOX2", "NANOG", "repression")
    assert [edge.tf for edge in edges if edge.is_complex] == ["AP1", "NFKB", "NFKB"]


def test_omnipath_has_symbols_both_effects_and_complexes(write):
    edges = list(read_edges("omnipath", write(made.COLLECTRI_MOUSE)))
    assert [edge.effect for edge in edges] == ["activation", "both", "activation", "unknown"]
    assert [edge.tf for edge in edges if edge.is_complex] == ["Fos_Jun"]
    assert edges[3] == DatabaseEdge("Sox2", "Pou5f1", "unknown")


def test_dorothea_has_the_best_of_several_levels(write):
    edges = list(read_edges("dorothea", write(made.DOROTHEA)))
    assert [edge.level for edge in edges] == ["A", "B", "C", "D"]
    assert edges[2] == DatabaseEdge("SOX2", "NANOG", "repression", "C")


def test_trrust_has_no_header(write):
    edges = list(read_edges("trrust", write(made.TRRUST)))
    assert [(edge.tf, edge.target, edge.effect) for edge in edges[:3]] == [
        ("AATF", "BAX", "repression"),
        ("AATF", "CDKN1A", "unknown"),
        ("MYC", "TERT", "activation"),
    ]


def test_names_are_sorted_and_each_is_there_once(write):
    assert read_names("names", write("\ufeff" + made.NAMES)) == ("AATF", "MYC", "ZNF10")


def test_animaltfdb_has_identifiers_where_a_gene_has_no_symbol(write):
    assert read_names("animaltfdb", write(made.ANIMALTFDB)) == ("ENSDARG00000012345", "sox2")


@pytest.mark.parametrize("form", sorted(EDGE_FORMS))
def test_a_page_is_no_table_of_edges(write, form):
    with pytest.raises(InputError, match=r"^x\.download: (row 1: )?expected .*got '<html><body>Please log in"):
        list(read_edges(form, write(made.FILES["/page"])))


@pytest.mark.parametrize(
    ("form", "says"), [("names", "is no name of a gene"), ("animaltfdb", "expected the columns Symbol, Ensembl, got")]
)
def test_a_page_is_no_list_of_tfs(write, form, says):
    with pytest.raises(InputError, match=says):
        read_names(form, write(made.FILES["/page"]))


def test_a_table_that_was_cut_off_is_refused(write):
    text = made.COLLECTRI_MOUSE.rsplit("\t", 3)[0]
    with pytest.raises(InputError, match=r"^x\.download: row 5: 7 cells; expected 10, as in its header$"):
        list(read_edges("omnipath", write(text)))


def test_a_page_in_one_long_line_is_refused(write):
    with pytest.raises(InputError, match=r"^x\.download: line 1: field larger than field limit"):
        list(read_edges("trrust", write("<html>" * 100_000)))


def test_other_bytes_than_text_are_refused(tmp_path):
    (tmp_path / "x.download").write_bytes(b"\x1f\x8b\x08\xff\xfe")
    with pytest.raises(InputError, match=r"^x\.download: not readable as text \(.*; expected the table of"):
        list(read_edges("trrust", tmp_path / "x.download"))


def test_an_unknown_form_names_those_that_are_known(write):
    with pytest.raises(InputError, match="form 'gaf' is not known; expected one of collectri, dorothea"):
        list(read_edges("gaf", write("")))
