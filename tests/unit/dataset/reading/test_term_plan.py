"""Columns of genes, terms and stages are found by name or by contents, and what is missing is said in a line."""

from __future__ import annotations

import pytest

from grnet.dataset.reading.overrides import ColumnChoices
from grnet.dataset.reading.plan import Role, TableKind
from grnet.dataset.reading.tables import read_table
from grnet.dataset.reading.term_plan import plan_terms
from grnet.schema.errors import InputError

GENES = {"eve", "ftz", "Kr"}


@pytest.fixture
def plan(tmp_path):
    def plan_text(text, *columns, genes=GENES):
        path = tmp_path / "terms.csv"
        path.write_text(text)
        choices = ColumnChoices.parse(columns).of_table(TableKind.ANNOTATIONS, path)
        return plan_terms(read_table(path), genes=genes, choices=choices)[1]

    return plan_text


def named(plan):
    return {column.name: column.role for column in plan.columns}


def test_columns_are_told_by_their_names(plan):
    found = plan("gene,stage,term\neve,5,brain\nftz,6,gut\n")
    assert named(found) == {"gene": Role.SYMBOL, "stage": Role.STAGE, "term": Role.TERM}
    assert found.describe() == "annotations terms.csv: symbol = gene; stage = stage; term = term"


def test_of_several_columns_one_is_taken_and_the_others_are_set_aside_with_a_reason(plan):
    header = "ID,FBgn,Gene symbol,Structure,Structure ID,Start stage,End stage,curator"
    found = plan(f"{header}\n7,FBgn0000606,eve,brain,FBbt:1,5,6,ann\n9,FBgn0001077,ftz,gut,FBbt:2,5,6,bob\n")
    assert named(found) == {
        "ID": Role.SET_ASIDE,
        "FBgn": Role.ID,
        "Gene symbol": Role.SYMBOL,
        "Structure": Role.TERM,
        "Structure ID": Role.SET_ASIDE,
        "Start stage": Role.STAGE,
        "End stage": Role.SET_ASIDE,
        "curator": Role.SET_ASIDE,
    }
    assert "another column of terms" in found.describe()


def test_the_export_of_the_bdgp_database_has_no_header(plan):
    rows = (
        "eve,CG2328,FBgn0000606,1,maternal\neve,CG2328,FBgn0000606,4-6,trunk mesoderm\nsrp,CG3992,FBgn0003507,2,gut\n"
    )
    found = plan(rows)
    assert [column.role for column in found.columns] == [
        Role.SYMBOL,
        Role.ID,
        Role.SET_ASIDE,
        Role.STAGE,
        Role.TERM,
    ]
    assert found.header == 0


def test_the_column_that_joins_is_the_gene(plan):
    found = plan("name,symbol,tissue\ndoor,eve,brain\nwall,ftz,gut\n")
    assert named(found)["symbol"] is Role.SYMBOL


def test_choices_come_first(plan):
    text = "gene,term,note\neve,brain,dark\nftz,gut,pale\n"
    assert named(plan(text, "annotations:term=note"))["note"] is Role.TERM
    assert named(plan(text, "term=note"))["term"] is Role.SET_ASIDE
    assert [column.role for column in plan("x,y\neve,gut\n", "annotations:symbol=#1,term=#2").columns] == [
        Role.SYMBOL,
        Role.TERM,
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("score,term\n1,brain\n2,gut\n", "no column names genes, such as gene, symbol or id; its columns are 'score'"),
        ("gene,stage\neve,5\nftz,6\n", "no column holds anatomy terms, such as term, structure or tissue"),
        ("gene,brain,gut,yolk\neve,0,1,1\nftz,1,0,1\n", "a matrix of genes × terms is not read"),
        ("gene,note,remark\neve,a b,c\nftz,d,e\n", "--columns annotations:term=NAME names it"),
    ],
)
def test_what_is_missing_is_said(plan, text, said):
    with pytest.raises(InputError, match=said.replace("(", r"\(")) as refused:
        plan(text)
    assert "\n" not in str(refused.value)
