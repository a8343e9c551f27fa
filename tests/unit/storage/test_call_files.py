"""Files that tell of a call come into each folder that the call closes, and into no other."""

from __future__ import annotations

import pytest

from grnet.schema.provenance import CONFIG_FILE, PROVENANCE_FILE
from grnet.storage.call_files import describing_calls
from grnet.storage.checksums import RECORD_FILE, find_flaws
from grnet.storage.folders import new_folder
from grnet.storage.resumable import resumable_folder

MARKER = "run.toml"


def describe(text):
    return lambda folder: {PROVENANCE_FILE: f"{text} {sorted(file.name for file in folder.iterdir())}"}


def make(path, marker=MARKER):
    with new_folder(path, marker=marker) as folder:
        (folder / marker).write_text("x = 1\n")


def test_a_folder_holds_what_the_innermost_call_says_of_it(tmp_path):
    with describing_calls(describe("outer")):
        make(tmp_path / "one")
        with describing_calls(describe("inner")):
            make(tmp_path / "two")
        make(tmp_path / "three")
    said = [(tmp_path / name / PROVENANCE_FILE).read_text() for name in ("one", "two", "three")]
    assert said == ["outer ['run.toml']", "inner ['run.toml']", "outer ['run.toml']"]


def test_a_resumed_folder_holds_it_too(tmp_path):
    with describing_calls(describe("call")), resumable_folder(tmp_path / "run", plan={}, marker=MARKER) as place:
        (place.path / MARKER).write_text("x = 1\n")
    assert (tmp_path / "run" / PROVENANCE_FILE).read_text() == "call ['run.toml']"


def test_outside_of_a_call_and_in_other_folders_there_is_none(tmp_path):
    make(tmp_path / "run")
    with describing_calls(describe("call")):
        make(tmp_path / "lab", marker="truth.parquet")
    assert [file.name for file in (tmp_path / "lab").iterdir()] == ["truth.parquet"]
    assert sorted(file.name for file in (tmp_path / "run").iterdir()) == [RECORD_FILE, MARKER]


def test_they_are_no_part_of_the_record_of_checksums(tmp_path):
    with describing_calls(lambda folder: {PROVENANCE_FILE: "{}", CONFIG_FILE: ""}):
        make(tmp_path / "run")
    (tmp_path / "run" / PROVENANCE_FILE).write_text("changed")
    (tmp_path / "run" / CONFIG_FILE).unlink()
    assert find_flaws(tmp_path / "run") == []
    assert PROVENANCE_FILE not in (tmp_path / "run" / RECORD_FILE).read_text()


def test_a_description_that_fails_leaves_no_folder(tmp_path):
    def fail(folder):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), describing_calls(fail):
        make(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []
