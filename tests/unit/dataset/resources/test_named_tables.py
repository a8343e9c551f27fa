"""A path stays a path; the name of a resource becomes its file in the cache, or says how to get it."""

from __future__ import annotations

from pathlib import Path

import pytest
import resource_server as made

from grnet.dataset.resources.catalogue import find_resource
from grnet.dataset.resources.fetching import fetch_resource
from grnet.dataset.resources.named_tables import locate_table
from grnet.dataset.sources import take_table
from grnet.schema.errors import FormatError, InputError, MissingInputError


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with made.resources_for_tests(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def fetched(server):
    return fetch_resource(find_resource("collectri:human", "edges", "--known-edges"))


def test_the_file_of_the_cache_is_taken(fetched):
    assert locate_table(Path("collectri:human"), "edges", "--known-edges") == fetched.folder / "collectri-human.csv"
    assert locate_table(Path("CollecTRI:9606"), "tfs", "--tfs") == fetched.folder / "collectri-human.tfs.txt"


def test_each_argument_takes_what_it_needs(fetched):
    assert take_table("collectri:human", "known_edges") == fetched.folder / "collectri-human.csv"
    assert take_table("collectri:human", "known") == fetched.folder / "collectri-human.csv"
    assert take_table("collectri:human", "tfs") == fetched.folder / "collectri-human.tfs.txt"
    assert take_table("collectri:human", "aliases_file") == Path("collectri:human")


def test_a_file_of_this_name_is_taken_first(fetched):
    Path("collectri:human").write_text("tf,target\n", encoding="utf-8")
    assert locate_table(Path("collectri:human"), "edges", "--known-edges") == Path("collectri:human")


def test_other_paths_stay_as_they_are(server):
    for path in (Path("edges.csv"), Path("data/edges"), Path("C:/edges.csv"), Path("edges")):
        assert locate_table(path, "edges", "--known-edges") == path


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("collectri:human", "grnet fetch edges --source collectri --organism human"),
        ("aertslab:fly", "grnet fetch tfs --source aertslab --organism fly"),
    ],
)
def test_what_was_not_fetched_says_how_to(server, name, command):
    with pytest.raises(MissingInputError) as caught:
        take_table(name, "tfs")
    assert str(caught.value) == f"--tfs {name}: is not in the cache; fetch it first: {command}"


def test_an_unknown_name_asks_for_the_near_ones(server):
    with pytest.raises(InputError, match=r"^--known-edges colectri:human: no such file.*did you mean collectri:human"):
        take_table("colectri:human", "known_edges")


def test_a_changed_file_is_refused(fetched):
    fetched.file_of("edges").write_text("tf,target\nMYC,TERT\n", encoding="utf-8")
    with pytest.raises(FormatError, match="was changed since it was fetched; fetch it again: grnet fetch edges"):
        take_table("collectri:human", "known_edges")
