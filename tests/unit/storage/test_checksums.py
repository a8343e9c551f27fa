"""The record of a finished folder: what it holds, and that damage of any file is found and told."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from grnet.schema.errors import FormatError
from grnet.storage.checksums import RECORD_FILE, Flaw, check_record, find_flaws, update_record, write_record
from grnet.storage.files import replace_file
from grnet.storage.folders import new_folder


@pytest.fixture
def folder(tmp_path):
    """A closed folder with two files, one of them below."""
    with new_folder(tmp_path / "run", marker="run.toml") as made:
        (made / "run.toml").write_text("a = 1\n", encoding="utf-8")
        (made / "fold-0").mkdir()
        (made / "fold-0" / "weights.safetensors").write_bytes(bytes(range(256)))
    return tmp_path / "run"


def test_the_record_holds_size_and_digest_of_each_file(folder):
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    assert (record["format"], record["format_version"]) == ("grnet checksums", 1)
    assert list(record["files"]) == ["fold-0/weights.safetensors", "run.toml"]
    assert record["files"]["run.toml"] == {"bytes": 6, "sha256": hashlib.sha256(b"a = 1\n").hexdigest()}
    check_record(folder, mend="-")


@pytest.mark.parametrize("name", ["run.toml", "fold-0/weights.safetensors"])
@pytest.mark.parametrize("bit", [0, 7])
def test_one_flipped_bit_is_found(folder, name, bit):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1 << bit
    (folder / name).write_bytes(content)
    assert find_flaws(folder) == [Flaw(name, "changed")]
    told = re.escape(
        f"{folder / name}: was changed or damaged since it was written; train anew (`grnet check` says more)"
    )
    with pytest.raises(FormatError, match=told):
        check_record(folder, mend="train anew")
    check_record(folder, mend="train anew", passing=["run.toml", "fold-*/weights.*"])


def test_missing_and_further_files_are_told_apart(folder):
    (folder / "run.toml").unlink()
    (folder / "notes.txt").touch()
    (folder / ".DS_Store").touch()
    assert find_flaws(folder) == [Flaw("run.toml", "missing"), Flaw("notes.txt", "not recorded")]
    check_record(folder, mend="-")


def test_a_file_that_is_written_later_is_noted(folder):
    with replace_file(folder / "fold-0" / "history.json") as temporary:
        temporary.write_text("{}", encoding="utf-8")
    assert find_flaws(folder) == []
    (folder / "fold-0" / "history.json").write_text("[]", encoding="utf-8")
    assert find_flaws(folder) == [Flaw("fold-0/history.json", "changed")]


def test_a_record_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / RECORD_FILE).write_text('{"mine": 1}', encoding="utf-8")
    (tmp_path / "page.html").touch()
    update_record(tmp_path / "page.html")
    assert (tmp_path / RECORD_FILE).read_text(encoding="utf-8") == '{"mine": 1}'


def test_a_folder_of_an_earlier_version_has_none(folder):
    (folder / RECORD_FILE).unlink()
    (folder / "run.toml").write_text("changed", encoding="utf-8")
    assert find_flaws(folder) == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "grnet checksums", "format_version": 1, "files": {"a": 1}}']
)
def test_a_damaged_record_is_told(folder, text):
    (folder / RECORD_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=r"checksums\.json: not readable as a record of checksums"):
        check_record(folder, mend="-")


def test_the_same_files_give_the_same_record(folder, tmp_path):
    before = (folder / RECORD_FILE).read_bytes()
    write_record(folder)
    assert (folder / RECORD_FILE).read_bytes() == before
