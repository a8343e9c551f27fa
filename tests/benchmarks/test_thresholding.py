"""The benchmark of what comes after the scores runs at a tiny size and writes what it promises."""

from __future__ import annotations

import json

import thresholding
import two_cores


def run_task_here(command, *, cores):
    """Run the task that the command names in this process."""
    name, options = command[-2:]
    return two_cores.Timed(0.0, thresholding.measure(thresholding.TASKS[name], json.loads(options)))


def test_selection_files_and_evaluation_are_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(thresholding, "run_held", run_task_here)
    out = tmp_path / "thresholding.json"
    options = ("--sizes", "40x800", "--edges", "40", "300", "--out", str(out), "--work", str(tmp_path / "work"))
    monkeypatch.setattr("sys.argv", ["thresholding.py", *options])

    thresholding.main()

    content = json.loads(out.read_text(encoding="utf-8"))
    assert list(content) == ["machine", "settings", "mib_of_grnet_alone", "selection", "files", "evaluation"]
    assert [row["limits"] for row in content["selection"]] == list(thresholding.LIMITS)
    assert {row["candidates"] for table in ("selection", "files", "evaluation") for row in content[table]} == {40 * 799}
    edges = {row["limits"]: row["edges"] for row in content["selection"]}
    assert edges["top 1,000,000"] == 40 * 799
    assert edges["top 10 of each target"] == 8000
    assert 0 < edges["all four"] <= edges["expected precision 0.5"] < 40 * 799
    assert [row["edges"] for row in content["files"]] == [40, 300]
    assert all(row["network.graphml_mib"] < row["network.html_mib"] for row in content["files"])
    pairs = [row["pairs"] for row in content["evaluation"]]
    assert pairs[-1] == 40 * 799 > pairs[0] > 0
    assert all(row["seconds"] >= 0 and row["peak_mib"] > 0 for row in content["selection"])
    assert list((tmp_path / "work").iterdir()) == []
