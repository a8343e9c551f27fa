"""Contents reach the disk before the name that they get."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grnet.storage.files import replace_file
from grnet.storage.folders import new_folder


@pytest.fixture
def calls(monkeypatch):
    """What is flushed and renamed, in order: ("flush" or "rename", name)."""
    listed, fsync, rename, replace = [], os.fsync, os.rename, os.replace

    def flush(handle):
        listed.append(("flush", Path(f"/proc/self/fd/{handle}").readlink().name))
        fsync(handle)

    def move(function):
        def call(source, target, **options):
            listed.append(("rename", Path(target).name))
            return function(source, target, **options)

        return call

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("only Linux tells the name of an open file")
    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(os, "rename", move(rename))
    monkeypatch.setattr(os, "replace", move(replace))
    return listed


def test_a_file_is_flushed_before_it_is_renamed(tmp_path, calls):
    with replace_file(tmp_path / "edges.csv") as temporary:
        temporary.write_text("x", encoding="utf-8")
    assert calls == [("flush", ".new.csv"), ("rename", "edges.csv")]


def test_a_folder_is_flushed_with_its_record_before_it_is_renamed(tmp_path, calls):
    with new_folder(tmp_path / "run", marker="run.toml") as folder, replace_file(folder / "run.toml") as temporary:
        temporary.write_text("x", encoding="utf-8")
    names = [name for kind, name in calls if name not in ("placing.json", tmp_path.name)]
    assert names == [".new.toml", "run.toml", ".new.json", "checksums.json", "new", "run"]
    assert calls[-1] == ("flush", tmp_path.name)
