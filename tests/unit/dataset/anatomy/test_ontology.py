"""OBO files are read, terms are found by what they are called, and genes get the broader terms."""

from __future__ import annotations

import gzip

import pytest

from grnet.dataset.anatomy.ontology import Ontology
from grnet.dataset.anatomy.term_measurement import read_terms
from grnet.dataset.findings import Findings
from grnet.schema.errors import InputError

OBO = r"""format-version: 1.2
ontology: fbbt

[Term]
id: X:1
name: organism

[Term]
id: X:2
name: nervous system ! is a comment
synonym: "CNS" EXACT [ref:1]
synonym: "the \"wires\"" RELATED []
relationship: part_of X:1 {source="someone"} ! organism
relationship: develops_from X:9

[Term]
id: X:3
alt_id: X:30
name: brain
synonym: "head" BROAD []
is_a: X:2 ! nervous system

[Term]
id: X:4
name: gut
synonym: "head" RELATED []
is_a: X:1
is_a: X:404

[Term]
id: X:5
name: old brain
is_obsolete: true
replaced_by: X:3

[Term]
id: X:6
name: lost part
is_obsolete: true

[Typedef]
id: part_of
name: part of
"""


@pytest.fixture
def obo(tmp_path):
    def write(text):
        path = tmp_path / "anatomy.obo"
        path.write_text(text)
        return path

    return write


def test_terms_are_found_by_identifier_name_and_synonym(obo):
    ontology = Ontology.read(obo(OBO))
    calls = {"x:3": "X:3", "X:30": "X:3", "Brain": "X:3", "cns": "X:2", 'the "wires"': "X:2", "old  brain": "X:3"}
    assert {text: ontology.find(text) for text in calls} == calls
    assert ontology.find("nervous system") == "X:2"
    assert ontology.find("lost part") == "X:6"
    assert ontology.find("head") is None, "two terms are called so"
    assert ontology.find("part of") is None, "relations are no terms"


def test_broader_terms_are_those_of_is_a_and_part_of(obo):
    ontology = Ontology.read(obo(OBO))
    assert ontology.find_broader("X:3") == ("X:2", "X:1")
    assert ontology.find_broader("X:4") == ("X:1",)
    assert ontology.list_undefined() == ["X:404"]
    assert ontology.list_cycles() == []


def test_a_cycle_ends_and_is_named(obo):
    stanzas = [f"[Term]\nid: {a}\nname: {a}\nis_a: {b}\n" for a, b in ("ab", "bc", "cb", "dd")]
    ontology = Ontology.read(obo("\n".join(stanzas)))
    assert ontology.find_broader("a") == ("b", "c")
    assert ontology.find_broader("b") == ("c",)
    assert ontology.list_cycles() == ["b", "c", "d"]


def test_genes_get_broader_terms_of_the_same_stage(obo, tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text("gene,stage,term\neve,2,brain\neve,6,gut\nftz,2,CNS\nKr,6,lost part\nKr,6,wing\n")
    findings = Findings()
    measured = read_terms(table, obo(OBO), {}, findings, genes=set())
    names = list(zip(measured.places["term"], measured.places["stage"], strict=True))
    own = {
        symbol: [name for name, value in zip(names, row, strict=True) if value]
        for symbol, row in zip(measured.symbols, measured.values, strict=True)
    }
    assert own == {
        "eve": [("brain", "2"), ("nervous system", "2"), ("gut", "6")],
        "ftz": [("nervous system", "2")],
        "Kr": [("lost part", "6"), ("wing", "6")],
    }, "the organism says nothing new: eve and ftz have the nervous system at stage 2, eve the gut at stage 6"
    assert [plan.describe() for plan in measured.plans][1] == (
        "ontology anatomy.obo: 6 terms, 2 of them obsolete; 4 of the 5 terms of the annotations found; "
        "1 broader terms added"
    )
    assert findings.notes[:4] == [
        "anatomy.obo: terms of the annotations that it lacks or has several of, taken as they are: 1, such as 'wing'",
        "anatomy.obo: obsolete terms, taken as they are: 1, such as 'lost part'",
        "anatomy.obo: broader terms that it does not define: 1, 'X:404'",
        "terms.csv: broader terms that all genes have, or the same genes as another term, are left out: 2",
    ]


def test_a_compressed_ontology_is_read(tmp_path):
    path = tmp_path / "anatomy.obo.gz"
    path.write_bytes(gzip.compress(OBO.encode()))
    assert len(Ontology.read(path).terms) == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gene,term\neve,brain\n", r"holds no \[Term\]; expected an ontology in OBO format"),
        ("[Term]\nname: brain\n", r"anatomy.obo:1: a \[Term\] without an id"),
        ("[Term]\nid: a\nnonsense\n", "anatomy.obo:3: 'nonsense' is no line of a term"),
        ("[Term]\nid: a\n\n[Term]\nid: a\n", "anatomy.obo:4: the term 'a' is defined twice"),
        ("", "the file is empty"),
    ],
)
def test_a_file_that_is_no_ontology_is_refused_in_a_line(obo, text, said):
    with pytest.raises(InputError, match=said) as refused:
        Ontology.read(obo(text))
    assert "\n" not in str(refused.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "anatomy.obo"
    path.write_bytes(b"[Term]\nid: \xff\xfe\n")
    with pytest.raises(InputError, match="is no text in UTF-8"):
        Ontology.read(path)
