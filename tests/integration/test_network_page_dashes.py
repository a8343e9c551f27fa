"""Dashes of novel edges, however short these are, in a real browser: drawn, selected, and in saved pictures."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from explorer_pages import needs_chromium, wait_drawn
from made_networks import make_genes
from PIL import Image

from grnet.explorer.network_page import write_page
from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.summary import summarise

pytestmark = list(needs_chromium)

LENGTHS = (13, 14, 16, 18, 20, 23, 26, 30, 40, 60)
"""Pixels between the centres of the two genes of an edge."""
RING = 6
"""Pixels from the centre of a TF to where its ring of paper ends."""
SCALE = 8.0
"""Pixels of a unit of the layout: genes are small, and many edges short."""


@pytest.fixture
def page_of_pairs(tmp_path, monkeypatch):
    """A page of edges between two genes each, side by side, a novel and a known one of each length, and its edges."""
    n = 2 * len(LENGTHS)
    genes = make_genes(n, 2 * n)
    edges = pd.DataFrame(
        {
            "tf": [f"Tf{i}" for i in range(n)],
            "target": [f"gene{n + i}" for i in range(n)],
            "score": np.float32(2),
            "probability": np.linspace(0.99, 0.9, n).astype(np.float32),
            "spread": np.float32(0.01),
            "seed_spread": np.float32(np.nan),
            "rank": np.arange(1, n + 1),
            "correlation": np.float32(0.5),
            "sign": "activation",
            "known": np.arange(n) % 2 == 1,
        }
    )
    nodes = build_nodes(edges, genes, seed=0)
    points = {}
    for i, edge in enumerate(edges.itertuples()):
        x, y = 12.0 * (i % 4), -3.0 * (i // 4)
        points |= {edge.tf: (x, y), edge.target: (x + LENGTHS[i // 2] / SCALE, y)}
    place = property(lambda network: np.array([points[symbol] for symbol in network.nodes["symbol"]]))
    monkeypatch.setattr(Network, "layout", place)
    path = tmp_path / "network.html"
    write_page(path, Network(edges, nodes, summarise(edges, nodes, n_candidates=n * n)))
    return path, edges


def open_page(visit, path, drawing):
    """Return the page at SCALE, with the width of its drawing known."""
    page = visit(path, f"draw={drawing}")
    width = page.evaluate("() => document.getElementById('surface').clientWidth")
    page = visit(path, f"draw={drawing}&view=22,-6,{width / SCALE:.2f}")
    wait_drawn(page, 2 * len(LENGTHS))
    return page


def has_gap(picture, start, end, scale=1):
    """Return whether the ground is seen on the line between two genes beside each other, without the ring of the TF."""
    (x0, y), (x1, _) = start, end
    strip = picture[round(y) - 2 * scale : round(y) + 2 * scale + 1, round(x0 + RING * scale) : round(x1)]
    return bool((strip.min(axis=0) > 0.93 * 255).any())


def take_picture(page):
    page.wait_for_timeout(400)
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L")).astype(float)


@pytest.mark.parametrize("drawing", ["webgl", "svg"])
def test_novel_edges_have_a_gap_and_known_ones_none_however_short(visit, page_of_pairs, drawing):
    path, edges = page_of_pairs
    page = open_page(visit, path, drawing)
    picture = take_picture(page)
    for e, known in enumerate(edges["known"]):
        start, end = page.evaluate("e => [explorer.edgeAt(e, 0), explorer.edgeAt(e, 1)]", e)
        assert end[0] - start[0] == pytest.approx(LENGTHS[e // 2], abs=0.5)
        assert has_gap(picture, start, end) == (not known), (LENGTHS[e // 2], known)


def test_a_selected_edge_has_a_gap_where_it_is_novel(visit, page_of_pairs):
    path, edges = page_of_pairs
    page = open_page(visit, path, "svg")
    for e in (12, 13, 14, 15, 18, 19):  # of shorter ones the rings of both genes touch
        page.evaluate(
            "name => { location.hash = new URLSearchParams(name); }",
            {"draw": "svg", **pair(edges, e), "view": view_of(page)},
        )
        page.wait_for_function("e => explorer.state.selection?.edge === e", arg=e)
        picture = take_picture(page)
        start, end = page.evaluate("e => [explorer.edgeAt(e, 0), explorer.edgeAt(e, 1)]", e)
        ring = (start[0] + 6, start[1]), (end[0] - 8, end[1])
        assert has_gap(picture, *ring) == (not edges["known"][e]), LENGTHS[e // 2]


def pair(edges, e):
    return {"tf": edges["tf"][e], "target": edges["target"][e]}


def view_of(page):
    return page.evaluate(
        """() => { const { x, y, span } = explorer.state.view;
          return [x, y, span].map((value) => value.toFixed(2)).join(","); }"""
    )


def test_a_saved_picture_has_the_same_gaps(visit, page_of_pairs):
    path, edges = page_of_pairs
    page = open_page(visit, path, "svg")
    with page.expect_download() as waiting:
        page.click("#save-png")
    saved = np.asarray(Image.open(io.BytesIO(waiting.value.path().read_bytes())).convert("L")).astype(float)
    left, top = page.evaluate(
        "() => { const box = document.getElementById('surface').getBoundingClientRect(); return [box.left, box.top]; }"
    )
    for e, known in enumerate(edges["known"]):
        ends = page.evaluate("e => [explorer.edgeAt(e, 0), explorer.edgeAt(e, 1)]", e)
        start, end = ((2 * (x - left), 2 * (y - top + 46)) for x, y in ends)
        assert has_gap(saved, start, end, scale=2) == (not known), (LENGTHS[e // 2], known)


def test_the_legend_shows_dashes_as_they_are_drawn(visit, page_of_pairs):
    path, _ = page_of_pairs
    page = visit(path)
    entries = page.locator("#legend div")
    novel = entries.filter(has_text="novel")
    assert novel.inner_text() == "novel (dashed)"
    assert novel.locator("path").get_attribute("stroke-dasharray") == "5px,3px"
