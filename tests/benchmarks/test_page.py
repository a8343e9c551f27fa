"""The benchmark of the explorer page runs at a tiny size and writes what it promises."""

from __future__ import annotations

import json
import os
import shutil

import page
import pytest

CHROMIUM = os.environ.get("GRNET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def test_the_made_network_is_as_large_as_promised():
    edges, genes = page.make_network(500, 20, 200)
    assert len(edges) == 500
    assert not edges.duplicated(["tf", "target"]).any()
    assert (edges["tf"] != edges["target"]).all()
    assert {*edges["tf"], *edges["target"]} == set(genes.symbols)
    assert set(edges["tf"]) <= {f"Tf{gene}" for gene in range(20)}
    assert edges["probability"].is_monotonic_decreasing
    again, _ = page.make_network(500, 20, 200)
    assert again.equals(edges)


def test_frames_are_described_by_median_and_tail():
    figures = page.describe_frames([10.0] * 95 + [50.0] * 5)
    assert figures == {"frames": 100, "frame_ms_median": 10.0, "frame_ms_p95": 12.0}


def test_without_chromium_it_is_said_in_a_line(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("GRNET_CHROMIUM", raising=False)
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("sys.argv", ["page.py", "--out", str(tmp_path / "page.json")])
    page.main()
    assert capsys.readouterr().err == "no chromium on PATH (or in GRNET_CHROMIUM): the page is not measured\n"
    assert not (tmp_path / "page.json").exists()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH (or in GRNET_CHROMIUM)")
def test_each_view_is_measured_with_each_kind_of_graphics(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "DRAG_SECONDS", 0.3)
    out = tmp_path / "page.json"
    monkeypatch.setattr("sys.argv", ["page.py", "--quick", "--repeats", "1", "--out", str(out)])
    page.main()
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["complete"]
    assert (content["settings"]["edges"], content["settings"]["genes"]) == (300, 150)
    assert content["settings"]["chromium"].count(".") == 3
    assert list(content["cases"]) == ["SVG, as it opens", "SVG, all edges", "WebGL, as it opens", "WebGL, all edges"]
    for case in content["cases"].values():
        assert case["edges_drawn"] == 300
        assert case["interactive_ms"] > 0
        assert case["frames"] > 0
        assert case["frame_ms_median"] <= case["frame_ms_p95"]
        assert case["slider_ms"] > 0
