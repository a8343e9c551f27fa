"""Tables of terms become genes × terms by stage; what is odd is told."""

from __future__ import annotations

import pandas as pd
import pytest

from grnet.dataset.anatomy import term_measurement
from grnet.dataset.anatomy.term_measurement import read_terms
from grnet.dataset.findings import Findings
from grnet.schema.errors import InputError, MissingInputError

TABLE = """gene,stage,term
eve,13-16,brain
eve,2,brain
ftz,2,gut
ftz,2,gut
Kr,2,no staining
Kr,2,Brain
hb,2,
,2,brain
"""


@pytest.fixture
def read(tmp_path):
    findings = Findings()

    def read_text(text, ontology=None, aliases=None):
        path = tmp_path / "terms.csv"
        path.write_text(text)
        return read_terms(path, ontology, aliases or {}, findings, genes={"eve", "ftz", "Kr"}), findings

    return read_text


def test_values_are_1_where_a_gene_has_the_term(read):
    measured, findings = read(TABLE)
    assert measured.symbols == ("eve", "ftz", "Kr")
    assert measured.places.to_dict("list") == {
        "term": ["brain", "gut", "no staining", "brain"],
        "stage": ["2", "2", "2", "13-16"],
    }
    assert measured.values.tolist() == [[1, 0, 0, 1], [0, 1, 0, 0], [1, 0, 1, 0]]
    assert findings.rejected == [("terms.csv", 8, "hb", "no term"), ("terms.csv", 9, "brain", "no gene name")]
    assert findings.notes == [
        "terms.csv: genes without any term, taken as not looked at: 1, such as 'hb'",
        "terms.csv: terms that differ from others in upper and lower case alone: 1, such as 'Brain', read as 'brain'",
        "terms.csv: rows that repeat a gene, term and stage: 1",
        "terms.csv: terms that mean that nothing was seen count like any other term: 'no staining' (1 genes)",
        "terms.csv: terms by stage with a single gene, which carry no information on pairs: 3, such as 'gut', "
        "'no staining', 'brain'",
    ]


def test_a_cell_may_hold_several_terms(read):
    measured, findings = read("symbol\tterms\neve\tbrain | gut\nftz\tgut;yolk\n")
    assert measured.places["term"].tolist() == ["brain", "gut", "yolk"]
    assert measured.places["stage"].tolist() == [""] * 3
    assert measured.values.tolist() == [[1, 1, 0], [0, 1, 1]]
    assert findings.notes[0] == "terms.csv: cells with several terms, split at | and ;: 2"


def test_two_names_of_one_gene_have_the_terms_of_both(read):
    measured, _ = read("gene,term\neve,brain\nCG2328,gut\n", aliases={"CG2328": "eve"})
    assert (measured.symbols, measured.values.tolist()) == (("eve",), [[1, 1]])


def test_of_too_many_terms_those_of_the_most_genes_are_kept(read, monkeypatch):
    monkeypatch.setattr(term_measurement, "MOST_PLACES", 2)
    measured, findings = read("gene,term\neve,a\neve,b\neve,c\nftz,c\nftz,b\n")
    assert measured.places["term"].tolist() == ["b", "c"]
    assert "terms.csv: 3 terms by stage; those of the most genes are kept: 2" in findings.notes


def test_a_data_frame_is_read_like_a_file():
    from grnet.dataset.sources import take_table

    given = take_table(pd.DataFrame({"gene": ["eve", "ftz"], "term": ["brain", "gut"]}), "annotations")
    measured = read_terms(given, None, {}, Findings(), genes={"eve"})
    assert measured.values.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("gene,term\n", "no rows|is empty|at least one row"),
        ("gene,term\neve,\nftz,NA\n", "no row has both a gene and a term"),
        ("gene,term\neve,brain\nftz,brain\n", "has one term, 'brain'; genes are compared by two or more"),
    ],
)
def test_tables_that_cannot_be_used_are_refused_in_a_line(read, text, said):
    with pytest.raises(InputError, match=said) as refused:
        read(text)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(MissingInputError, match="no such file"):
        read_terms(tmp_path / "terms.csv", None, {}, Findings(), genes=set())
