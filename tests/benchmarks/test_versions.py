"""Two versions of grnet are timed by turns."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import report
import versions

import grnet


def test_versions_run_by_turns_and_their_neighbours_in_time_are_compared():
    order = []
    seconds = iter([4.0, 2.0, 9.0, 3.0, 8.0, 8.0])

    def seconds_of(who: str) -> float:
        order.append(who)
        return next(seconds)

    figures = versions.compare(seconds_of, 3)

    assert order == ["before", "now"] * 3
    assert figures == {
        "before_seconds": 8.0,
        "now_seconds": 3.0,
        "times_as_fast": 2.0,
        "range": [1.0, 3.0],
        "rounds": 3,
    }


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_commit_is_checked_out_beside(tmp_path):
    inside = ["git", "-C", str(versions.ROOT), "rev-parse", "HEAD"]
    if subprocess.run(inside, capture_output=True, check=False).returncode:
        pytest.skip("the tests do not run in a clone")
    place = versions.check_out("HEAD", tmp_path)
    assert place.parent == tmp_path
    assert (place / "grnet/__init__.py").is_file()
    assert versions.check_out(str(place), tmp_path) == place


@pytest.mark.slow
def test_commands_of_an_embryo_are_timed(tmp_path, monkeypatch):
    def small(data: Path, folder: Path) -> versions.Lab:
        grnet.simulate(folder / "lab", n_tfs=8, n_targets=30, n_samples=12, overwrite=True)
        return versions.embryo(data, folder)

    monkeypatch.setitem(versions.LABS, "embryo", small)
    out = tmp_path / "versions.json"
    options = ("--data-sets", "embryo", "--rounds", "1", "--out", out, "--work", tmp_path)
    monkeypatch.setattr("sys.argv", ["versions.py", str(versions.ROOT), *map(str, options)])
    versions.main()

    content = json.loads(out.read_text())
    assert list(content["cases"]) == ["grnet --help", *(f"{command}, embryo" for command in versions.COMMANDS)]
    trained = content["cases"]["train, embryo"]
    assert trained["before_auroc"] == trained["now_auroc"]
    (table,) = report.render_versions(content)
    assert table.count("\n") >= 2 + len(content["cases"]) - 1
