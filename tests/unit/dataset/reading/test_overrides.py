"""`--columns`: what is said of which file, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from grnet.dataset.reading.overrides import ColumnChoices
from grnet.dataset.reading.plan import Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.schema.errors import ConfigError, InputError

PATH = Path("data/net.csv")


def raw(header=("gene", "S1", "S2", "gene")):
    cells = pd.DataFrame([["tin", "1", "2", "eve"]], columns=range(4), dtype=object)
    return RawTable(PATH, cells, (2,), (1, 2, 3, 4), header=header)


@pytest.mark.parametrize(
    ("text", "kind", "roles", "values"),
    [
        ("tf=TF,target=gene", TableKind.KNOWN_EDGES, ((Role.TF, "TF"), (Role.TARGET, "gene")), {}),
        ("known-edges:set-aside=#3", TableKind.KNOWN_EDGES, ((Role.SET_ASIDE, "#3"),), {}),
        ("net.csv:label=#3,source=db", TableKind.KNOWN_EDGES, ((Role.LABEL, "#3"), (Role.SOURCE, "db")), {}),
        ("data/net.csv:header=none", TableKind.KNOWN_EDGES, (), {"header": ""}),
        ("net.csv:separator=semicolon,decimal=comma", TableKind.EXPRESSION, (), {"separator": ";", "decimal": ","}),
        ('"gene=a,b",sample=S*', TableKind.EXPRESSION, ((Role.SYMBOL, "a,b"), (Role.SAMPLES, "S*")), {}),
        ("tfs:is-tf=Is TF?,aside=note", TableKind.TFS, ((Role.IS_TF, "Is TF?"), (Role.SET_ASIDE, "note")), {}),
        ("score=auc", TableKind.SCORES, ((Role.SCORE, "auc"),), {}),
        ("score=auc", TableKind.KNOWN_EDGES, (), {}),
        ("other.csv:label=#3", TableKind.KNOWN_EDGES, (), {}),
    ],
)
def test_choices_reach_the_file_that_they_are_about(text, kind, roles, values):
    choices = ColumnChoices.parse([text]).of_table(kind, PATH)
    assert (choices.roles, choices.values) == (roles, values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tf", "--columns 'tf': 'tf' is not ROLE=COLUMN, such as symbol=gene_name"),
        ("tf=", "--columns 'tf=': 'tf=' is not ROLE=COLUMN, such as symbol=gene_name"),
        (
            "regulator=TF",
            "--columns 'regulator=TF': there is no role 'regulator'; expected one of symbol, id, samples, genes, tf, "
            "target, label, sign, weight, score, source, is-tf, name, view, stage, path, term, spot, x, y, z, section, "
            "set-aside, or sheet, encoding, separator, decimal, thousands, header",
        ),
    ],
)
def test_what_is_no_choice_is_said(text, message):
    with pytest.raises(ConfigError) as caught:
        ColumnChoices.parse([text])
    assert str(caught.value) == message


def test_a_role_that_the_file_cannot_have():
    with pytest.raises(ConfigError) as caught:
        ColumnChoices.parse(["net.csv:samples=S*"]).of_table(TableKind.KNOWN_EDGES, PATH)
    assert str(caught.value) == (
        "--columns samples=S*: a file of kind known-edges has no such role; expected one of tf, target, label, sign, "
        "weight, source, set-aside"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("symbol=#1", {0: Role.SYMBOL}),
        ("symbol=#4,samples=S*", {3: Role.SYMBOL, 1: Role.SAMPLES, 2: Role.SAMPLES}),
        ("samples=#2-3", {1: Role.SAMPLES, 2: Role.SAMPLES}),
        ("set-aside=S1,samples=S*", {1: Role.SET_ASIDE, 2: Role.SAMPLES}),
        ("samples=S*,set-aside=S1", {1: Role.SET_ASIDE, 2: Role.SAMPLES}),
    ],
)
def test_columns_by_name_place_and_pattern(text, found):
    assert ColumnChoices.parse([text]).of_table(TableKind.EXPRESSION, PATH).find(raw()) == found


@pytest.mark.parametrize(
    ("text", "header", "message"),
    [
        (
            "symbol=name",
            ("gene", "S1", "S2", "gene"),
            "data/net.csv: --columns symbol=name: no such column; its columns are 'gene', 'S1', 'S2', 'gene'",
        ),
        (
            "symbol=name",
            None,
            "data/net.csv: --columns symbol=name: no such column; its columns are '#1', '#2', '#3', '#4'",
        ),
        (
            "symbol=gene",
            ("gene", "S1", "S2", "gene"),
            "data/net.csv: --columns symbol=gene: 2 columns match ('gene', 'gene'); name one of them, or its place "
            "such as #1",
        ),
    ],
)
def test_columns_that_are_not_there_or_twice(text, header, message):
    with pytest.raises(InputError) as caught:
        ColumnChoices.parse([text]).of_table(TableKind.EXPRESSION, PATH).find(raw(header))
    assert str(caught.value) == message


def test_files_that_are_not_given():
    given = [(TableKind.KNOWN_EDGES, PATH)]
    ColumnChoices.parse(["net.csv:tf=a", "known-edges:target=b", "label=c"]).check_files(given)
    with pytest.raises(ConfigError) as caught:
        ColumnChoices.parse(["nets.csv:tf=a"]).check_files(given)
    assert str(caught.value) == "--columns nets.csv:tf=a: no such file is given; expected one of 'net.csv'"
    with pytest.raises(ConfigError) as caught:
        ColumnChoices.parse(["is-tf=a"]).check_files(given)
    assert str(caught.value) == "--columns is-tf=a: no file of kind tfs is given"
