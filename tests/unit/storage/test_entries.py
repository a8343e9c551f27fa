"""Forms of documents: what fits them, and the one line for the first entry that does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from grnet.schema.errors import FormatError
from grnet.storage.documents import read_json, read_toml
from grnet.storage.entries import (
    Anything,
    Flag,
    ListOf,
    Number,
    OrNull,
    TableOf,
    Text,
    Whole,
    check_entries,
    form_of,
)

FILE = Path("run.toml")
FORM = {
    "folds": Whole(1, 127),
    "rate?": Number(0, 1),
    "name": Text(),
    "kind?": Text(("rna", "image")),
    "is_done?": Flag(),
    "sizes?": ListOf(Whole(1), 1, 2),
    "shape?": TableOf({"n": Whole(0)}),
    "best?": OrNull(Number()),
    "other?": Anything(),
}
FITS = {"folds": 5, "name": "a"}


@pytest.mark.parametrize(
    "entries",
    [
        {},
        {"rate": 1, "kind": "rna", "is_done": False, "sizes": [3], "shape": {"any": {"n": 0}}, "best": None},
        {"best": -1.5, "other": object(), "unknown": [[]], "shape": {}},
    ],
)
def test_what_fits(entries):
    check_entries({**FITS, **entries}, FORM, FILE, mend="mend it")


@pytest.mark.parametrize(
    ("entries", "flaw"),
    [
        ({"folds": 0}, "the entry folds is 0, expected a whole number in 1..127"),
        ({"folds": 5.0}, "the entry folds is 5.0, expected a whole number in 1..127"),
        ({"folds": True}, "the entry folds is True, expected a whole number in 1..127"),
        ({"folds": "5"}, "the entry folds is '5', expected a whole number in 1..127"),
        ({"rate": float("nan")}, "the entry rate is nan, expected a number in 0..1"),
        ({"rate": 1.5}, "the entry rate is 1.5, expected a number in 0..1"),
        ({"best": float("inf")}, "the entry best is inf, expected a number"),
        ({"name": 3}, "the entry name is 3, expected text"),
        ({"name": "a\0"}, r"the entry name is 'a\x00', expected text"),
        ({"kind": "smell"}, "the entry kind is 'smell', expected 'rna' or 'image'"),
        ({"is_done": 1}, "the entry is_done is 1, expected true or false"),
        ({"sizes": {}}, "the entry sizes is {}, expected a list"),
        ({"sizes": []}, "the entry sizes has the length 0, expected in 1..2"),
        ({"sizes": [1, 0]}, "the entry sizes[1] is 0, expected a whole number of 1 or more"),
        ({"shape": [1]}, "the entry shape is [1], expected a table"),
        ({"shape": {"a": {}}}, "lacks the entry shape.a.n"),
        ({"shape": {"a": 7}}, "the entry shape.a is 7, expected a table"),
        ({"name": ["x" * 99]}, f"the entry name is ['{'x' * 38}…, expected text"),
    ],
)
def test_what_does_not_fit(entries, flaw):
    with pytest.raises(FormatError) as caught:
        check_entries({**FITS, **entries}, FORM, FILE, mend="mend it")
    assert str(caught.value) == f"run.toml: {flaw}; mend it"


def test_a_missing_entry_is_named():
    with pytest.raises(FormatError, match=r"^run.toml: lacks the entry folds; mend it$"):
        check_entries({"name": "a"}, FORM, FILE, mend="mend it")


@dataclass(frozen=True)
class Config:
    kind: Literal["rna", "image"]
    sizes: tuple[int, ...] = (1,)
    picture: tuple[int, int] = (1, 2)
    most: int | None = None
    rate: float = 0.5
    is_fast: bool = False
    name: str = ""


def test_the_form_of_a_config():
    assert form_of(Config) == {
        "kind": Text(("rna", "image")),
        "sizes": ListOf(Whole()),
        "picture": ListOf(Whole(), 2, 2),
        "most?": Whole(),
        "rate": Number(),
        "is_fast": Flag(),
        "name": Text(),
    }


@pytest.mark.parametrize(
    ("name", "text", "flaw"),
    [
        ("a.json", '{"a": NaN}', "not readable as JSON (NaN is no number of JSON)"),
        ("a.json", '{"a": 1e999}', "not readable as JSON (Out of range float values are not JSON compliant)"),
        ("a.json", f'{{"a": {"9" * 5000}}}', "not readable as JSON (Exceeds the limit (4300 digits)"),
        ("a.json", f'{{"a": {"9" * 4000}}}', "not readable as JSON (a whole number of more than 64 bits)"),
        ("a.json", f'{{"a": {"[" * 60}{"]" * 60}}}', "not readable as JSON (more than 50 tables and lists inside each"),
        ("a.json", f'{{"a": {"[" * 5000}', "not readable as JSON ("),
        ("a.json", r'{"a": "\ud800"}', "not readable as JSON ('utf-8' codec can't encode"),
        ("a.json", "[]", "expected a JSON object, got list"),
        ("a.toml", f"a = {'9' * 5000}", "not readable as TOML (Exceeds the limit (4300 digits)"),
        ("a.toml", f"a = 0x{'f' * 5000}", "not readable as TOML (a whole number of more than 64 bits)"),
        ("a.toml", f"a = {'[' * 60}{']' * 60}", "not readable as TOML (more than 50 tables and lists inside each"),
        ("a.toml", f"a = {'[' * 5000}", "not readable as TOML ("),
    ],
    ids=range(12),
)
def test_documents_that_no_program_should_read(tmp_path, name, text, flaw):
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(FormatError) as caught:
        (read_json if name == "a.json" else read_toml)(file, mend="mend it")
    assert str(caught.value).startswith(f"{file}: {flaw}")
    assert str(caught.value).endswith("; mend it")
