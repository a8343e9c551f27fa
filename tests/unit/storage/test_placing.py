"""A folder takes the place of another: all of the old one or all of the new one is there, whatever happens."""

from __future__ import annotations

import os

import pytest

from grnet.storage import placing
from grnet.storage.placing import NEW, OLD, exchange, go_back, keep, put_in_place, step_aside


def fill(folder, text):
    folder.mkdir()
    (folder / "file").write_text(text, encoding="utf-8")


def told(folder):
    return (folder / "file").read_text(encoding="utf-8")


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


@pytest.fixture(params=["exchange", "two renames"])
def way(request, monkeypatch):
    """Both ways to replace a folder."""
    if request.param == "two renames":
        monkeypatch.setattr(placing, "exchange", lambda first, second: False)
    return request.param


def test_names_are_exchanged_in_one_step(tmp_path):
    fill(tmp_path / "a", "of a")
    fill(tmp_path / "b", "of b")
    if not exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("the file system cannot exchange names")
    assert (told(tmp_path / "a"), told(tmp_path / "b")) == ("of b", "of a")
    assert not exchange(tmp_path / "a", tmp_path / "none")
    assert told(tmp_path / "a") == "of b"


def test_a_finished_folder_replaces_another(tmp_path, place, way):
    fill(tmp_path / "out", "old")
    fill(place / NEW, "new")
    put_in_place(place, tmp_path / "out")
    assert (told(tmp_path / "out"), told(place / OLD)) == ("new", "old")
    go_back(place)
    assert told(tmp_path / "out") == "new"


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("step", range(1, 6))
def test_broken_off_at_any_rename_it_is_the_old_or_the_new(tmp_path, place, way, monkeypatch, step, kept):
    fill(tmp_path / "out", "old")
    source = tmp_path / "partial" if kept else place / NEW
    fill(source, "new")
    left = [step]

    def count(function):
        def call(*arguments, **options):
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return function(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", count(os.rename))
        patch.setattr(placing, "exchange", count(placing.exchange))
        finished = True
        try:
            put_in_place(place, tmp_path / "out", kept=source if kept else None)
        except Killed:
            finished = False
    go_back(place)
    out = told(tmp_path / "out")
    assert out == "new" if finished else out in ("old", "new")
    if kept and out == "old":
        assert told(source) == "new"


def test_unfinished_work_in_its_place_is_undone(tmp_path, place, way):
    fill(tmp_path / "out", "old")
    step_aside(place, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    (tmp_path / "out" / "half").touch()
    go_back(place)
    assert told(tmp_path / "out") == "old"


def test_finished_work_in_its_place_stays(tmp_path, place):
    fill(tmp_path / "out", "old")
    step_aside(place, tmp_path / "out")
    (tmp_path / "out" / "file").write_text("new", encoding="utf-8")
    keep(place, tmp_path / "out")
    go_back(place)
    assert told(tmp_path / "out") == "new"


def test_unfinished_work_where_nothing_was_vanishes(tmp_path, place):
    step_aside(place, tmp_path / "out")
    (tmp_path / "out" / "half").touch()
    go_back(place)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_somebody_else_has_put_there_stays(tmp_path, place):
    step_aside(place, tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "moved")
    fill(tmp_path / "out", "of somebody else")
    go_back(place)
    assert told(tmp_path / "out") == "of somebody else"


@pytest.mark.parametrize("note", ["", "{}", '{"name": "out", "inode": "x", "kept": null, "unfinished": true}', "[1]"])
def test_a_damaged_note_undoes_nothing(tmp_path, place, note):
    fill(tmp_path / "out", "old")
    (place / placing.NOTE).write_text(note, encoding="utf-8")
    go_back(place)
    assert told(tmp_path / "out") == "old"
