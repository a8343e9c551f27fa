"""Cases of a benchmark are measured one by one, and each keeps its place in the file."""

from __future__ import annotations

import json

import pytest
from single_cases import choose_cases, make_case_parser, measure_cases

NAMES = ("fly-1", "fly-2", "flywheel")


def measure(tmp_path, cases, *options):
    parser = make_case_parser("words", "tried", list(cases))
    paths = ("--data", str(tmp_path), "--out", str(tmp_path / "out.json"), "--work", str(tmp_path / "work"))
    return measure_cases(parser.parse_args([*options, *paths]), cases)


def test_a_name_stands_for_all_cases_that_begin_with_it():
    cases = dict.fromkeys(NAMES, lambda data, folder: {})

    assert choose_cases(["fly"], cases) == ["fly-1", "fly-2"]
    assert choose_cases(["flywheel", "fly-2"], cases) == ["fly-2", "flywheel"]
    with pytest.raises(SystemExit, match=r"--cases: 'fly-3' is none of fly-1, fly-2, flywheel"):
        choose_cases(["fly-1", "fly-3"], cases)


def test_each_case_is_written_as_it_comes_and_replaces_its_older_figures(tmp_path):
    def fail(data, folder):
        raise KeyboardInterrupt

    first = measure(tmp_path, {name: lambda data, folder: {"of": folder.name} for name in NAMES}, "--cases", "flywheel")
    assert first["flywheel"]["of"] == "flywheel"
    with pytest.raises(KeyboardInterrupt):
        measure(tmp_path, {"fly-1": lambda data, folder: {"n": 1}, "fly-2": fail, "flywheel": fail})
    measure(tmp_path, {name: lambda data, folder: {"n": 2} for name in NAMES}, "--cases", "fly-2")

    cases = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["cases"]
    assert list(cases) == ["fly-1", "fly-2", "flywheel"]
    assert (cases["fly-1"]["n"], cases["fly-2"]["n"], cases["flywheel"]["of"]) == (1, 2, "flywheel")
    assert cases["fly-2"]["machine"]["versions"]["grnet"]
    assert {"minutes", "load_average_before"} < set(cases["fly-2"])
    assert (tmp_path / "work/fly-2").is_dir()


def test_without_the_data_it_is_said_where_they_were_looked_for(tmp_path):
    with pytest.raises(SystemExit, match=r"none: no such folder; name the one that holds fly-eye/ with --data"):
        measure(tmp_path / "none", {"fly-1": lambda data, folder: {}})
