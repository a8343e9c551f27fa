"""The benchmark of exports runs at a tiny size and writes what it promises."""

from __future__ import annotations

import json

import exports
import two_cores

from grnet.schema.network_formats import EXPORT_FORMATS


def run_task_here(command, *, cores):
    """Run the task that the command names in this process."""
    name, options = command[-2:]
    return two_cores.Timed(0.0, exports.TASKS[name](**json.loads(options)))


def test_every_format_is_measured_at_every_size(tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "run_held", run_task_here)
    out = tmp_path / "exports.json"
    options = ("--edges", "200", "500", "--out", str(out), "--work", str(tmp_path / "work"))
    monkeypatch.setattr("sys.argv", ["exports.py", *options])

    exports.main()

    content = json.loads(out.read_text(encoding="utf-8"))
    assert exports.FORMATS == EXPORT_FORMATS
    assert content["complete"] is True
    assert list(content["cases"]) == [f"{name}, {n} edges" for n in (200, 500) for name in EXPORT_FORMATS]
    for case, figures in content["cases"].items():
        assert 0 < figures["edges"] <= int(case.split()[-2])
        assert figures["peak_mib"] >= figures["mib_before"] - 1 > 0, "the two are read from different counters"
        assert figures["seconds"] >= 0
    assert list((tmp_path / "work").iterdir()) == []
