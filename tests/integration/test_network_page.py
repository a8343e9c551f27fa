"""The explorer page in a real browser: what is drawn, and that nothing is fetched or reported."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "network"))
from made_networks import HOSTILE, hostile_network, in_shards, make_genes, make_scores

from grnet.network.explorer import write_page
from grnet.network.graph import build_nodes
from grnet.network.select import select_edges
from grnet.network.summary import summarise
from grnet.schema.configs import InferConfig
from grnet.schema.tables import EDGES, NODES, empty_table

CHROMIUM = os.environ.get("GRNET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    f"--{flag}"
    for flag in (
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH (or in GRNET_CHROMIUM)"),
]

COUNT_DRAWN = """() => {
  const traces = document.getElementById("network").data;
  const of = (kind) => traces.filter((trace) => trace.meta.kind === kind && trace.visible !== "legendonly");
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  return {
    nodes: sum(of("nodes").map((trace) => trace.x.length)),
    points: document.querySelectorAll("#network .scatterlayer .points path").length,
    edges: sum(of("edges").map((trace) => trace.x.filter((x) => x === null).length)),
    dots: sum(of("dots").map((trace) => trace.x.length)),
    known: sum(of("edges").filter((trace) => trace.line.dash === "solid").map((trace) => trace.meta.rows.length)),
    labels: of("labels").flatMap((trace) => [...trace.text]),
  };
}"""


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as api:
        chromium = api.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser):
    """Open a page file; afterwards the browser has asked for that file alone and has had nothing to report."""
    reports, requests, opened = [], [], []
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.on("console", lambda message: reports.append(message.text))
    page.on("pageerror", lambda error: reports.append(str(error)))
    page.on("dialog", lambda dialog: reports.append(dialog.message) or dialog.dismiss())
    page.on("request", lambda request: requests.append(request.url))

    def open_page(path: Path):
        opened.append(path.as_uri())
        page.goto(path.as_uri())
        page.wait_for_selector("#network[data-drawn]", timeout=60_000)
        return page

    yield open_page
    page.close()
    assert reports == []
    assert requests == opened


def make_page(path: Path, top: int):
    genes = make_genes()
    scores = make_scores(genes)
    edges = select_edges(in_shards(scores, 5000), InferConfig(top=top))
    nodes = build_nodes(edges, genes, seed=0)
    summary = summarise(edges, nodes, n_candidates=len(scores), name="Made & drawn")
    write_page(path / "network.html", edges, nodes, summary, seed=0)
    return path / "network.html", edges, nodes


def test_draws_all_edges_and_genes(visit, tmp_path):
    path, edges, nodes = make_page(tmp_path, 400)
    page = visit(path)
    assert page.title() == "Made & drawn: gene regulatory network"
    assert page.inner_text("h1") == "Made & drawn: gene regulatory network"
    assert page.inner_text("#version") == f"grnet {version('grnet')}"
    drawn = page.evaluate(COUNT_DRAWN)
    assert (drawn["nodes"], drawn["edges"], drawn["dots"]) == (len(nodes), 400, 400)
    assert drawn["known"] == edges["known"].sum()
    assert drawn["points"] >= len(nodes) + 400
    assert f"<b>{edges['tf'].value_counts().index[0]}</b>" in drawn["labels"]
    assert page.inner_text("#lines").endswith("Known edges are solid, novel ones dashed.")


def listed(page):
    """Return (TF, target) of the rows of the table that are to be seen."""
    rows = page.locator("#edges tbody tr:visible").all_inner_texts()
    return [tuple(row.split("\t")[1:3]) for row in rows]


def strongest(edges, kind):
    chosen = {"novel": edges[~edges["known"]], "known": edges[edges["known"]], "all": edges}[kind].head(100)
    return list(zip(chosen["tf"], chosen["target"], strict=True))


def test_the_table_lists_novel_known_or_all_edges(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 400)
    n_known = int(edges["known"].sum())
    assert n_known > 0
    page = visit(path)
    assert page.inner_text("#table-title") == "The 100 strongest novel edges"
    assert listed(page) == strongest(edges, "novel")
    page.get_by_label("known", exact=True).check()
    assert page.inner_text("#table-title") == f"The {min(n_known, 100)} strongest known edges"
    assert listed(page) == strongest(edges, "known")
    page.get_by_text("all", exact=True).click()
    assert page.inner_text("#table-title") == "The 100 strongest edges"
    assert listed(page) == strongest(edges, "all")


def test_the_kind_of_edges_is_chosen_with_the_keyboard(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 200)
    page = visit(path)
    page.get_by_label("novel", exact=True).focus()
    for key, kind in (("ArrowDown", "known"), ("ArrowDown", "all"), ("ArrowUp", "known"), ("ArrowUp", "novel")):
        page.keyboard.press(key)
        assert listed(page) == strongest(edges, kind)


def test_names_stay_whole_on_a_narrow_screen(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 60)
    page = visit(path)
    page.set_viewport_size({"width": 380, "height": 800})
    page.wait_for_function("() => document.documentElement.scrollWidth === 380", timeout=10_000)
    inside, shown = page.evaluate(
        "() => (box => [box.scrollWidth, box.clientWidth])(document.querySelector('.scroll'))"
    )
    assert inside > shown
    heights = page.locator("#edges tbody tr:visible").evaluate_all("rows => rows.map(row => row.offsetHeight)")
    assert len(heights) == min(100, int((~edges["known"]).sum()))
    assert max(heights) < 45


def test_hover_does_not_round_a_probability_to_one(visit, tmp_path):
    _, edges, nodes = make_page(tmp_path, 60)
    summary = summarise(edges.assign(probability=np.float32(0.9999)), nodes, n_candidates=60)
    write_page(tmp_path / "sure.html", edges.assign(probability=np.float32(0.9999)), nodes, summary, seed=0)
    page = visit(tmp_path / "sure.html")
    texts = page.evaluate("() => document.getElementById('network').data.find(t => t.meta.kind === 'dots').hovertext")
    assert len(texts) == 60
    assert all("probability &gt; 0.999, spread 0." in text for text in texts)
    assert page.locator("#figures li").last.inner_text().split("\n")[0] == "> 0.999"


def test_a_crowded_drawing_keeps_its_look_when_filtered(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 1500)
    page = visit(path)
    assert page.inner_text("#lines").endswith("At the same probability known edges are strong and novel ones pale.")
    page.locator("#network .legend .traces", has_text="novel edge").locator(".legendtoggle").click(force=True)
    wait = "count => document.getElementById('network').data.find(t => t.meta.kind === 'dots').x.length === count"
    assert int(edges["known"].sum()) < 1200
    page.wait_for_function(wait, arg=int(edges["known"].sum()))
    sizes = page.evaluate(
        "() => document.getElementById('network').data.filter(t => t.meta.kind === 'edges').map(t => t.marker.size[1])"
    )
    assert set(sizes) == {5}


def test_no_button_sends_the_data_away(visit, tmp_path):
    path, _, _ = make_page(tmp_path, 20)
    buttons = visit(path).locator(".modebar-btn").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert buttons == ["Download plot as a PNG", "Zoom", "Pan", "Zoom in", "Zoom out", "Reset axes"]


def test_legend_hides_and_shows_a_kind_of_edge(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 300)
    page = visit(path)
    entry = page.locator("#network .legend .traces", has_text="novel edge").locator(".legendtoggle")
    drawn = "document.getElementById('network').data.find(t => t.meta.kind === 'dots').x.length"
    for expected in (int(edges["known"].sum()), 300):
        entry.click(force=True)
        page.wait_for_function(f"count => {drawn} === count", arg=expected)
        assert page.evaluate(drawn) == expected


def test_hover_names_the_gene_and_its_figures(visit, tmp_path):
    path, _, nodes = make_page(tmp_path, 60)
    page = visit(path)
    hub = nodes.sort_values("out_degree").iloc[-1]
    place = page.evaluate(
        """symbol => {
          const plot = document.getElementById("network"), { xaxis, yaxis, _size } = plot._fullLayout;
          const { nodes } = JSON.parse(document.getElementById("network-data").textContent);
          const i = nodes.symbol.indexOf(symbol), box = plot.getBoundingClientRect();
          const [x, y] = [xaxis.l2p(nodes.x[i]), yaxis.l2p(nodes.y[i])];
          return [box.left + _size.l + x, box.top + _size.t + y];
        }""",
        hub["symbol"],
    )
    page.mouse.move(*place)
    label = page.locator("#network .hoverlayer .hovertext", has_text=f"{hub['symbol']} {hub['id']}")
    label.wait_for(timeout=10_000)
    text = label.text_content()
    assert f"regulates {hub['out_degree']} genes, regulated by {hub['in_degree']}" in text
    assert f"community {hub['community']}" in text


def test_draws_the_strongest_of_too_many(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 3200)
    page = visit(path)
    drawn = page.evaluate(COUNT_DRAWN)
    assert (drawn["edges"], drawn["dots"]) == (3000, 3000)
    assert drawn["nodes"] == len({*edges["tf"][:3000], *edges["target"][:3000]})
    assert page.inner_text(".notice").startswith("Drawn are the 3,000 strongest of 3,200 edges")


def test_hostile_names_are_shown_as_they_are(visit, tmp_path):
    edges, nodes, _ = hostile_network()
    path = tmp_path / "network.html"
    summary = summarise(edges, nodes, n_candidates=55, name="<script>alert(1)</script>")
    write_page(path, edges, nodes, summary, seed=0)
    page = visit(path)
    assert page.title() == "<script>alert(1)</script>: gene regulatory network"
    assert page.evaluate(COUNT_DRAWN)["nodes"] == len(nodes)
    symbols = page.evaluate("() => JSON.parse(document.getElementById('network-data').textContent).nodes.symbol")
    assert symbols == list(HOSTILE)
    cells = page.locator("#edges tbody tr td:nth-child(2)").all_text_contents()
    assert cells == edges["tf"].tolist()
    texts = page.locator("#network text").all_text_contents()
    assert {"]]>", "a\"b'c&d", "</script>", "../../x", "<b>bold</b>"} <= set(texts)


def test_an_empty_network_says_so(visit, tmp_path):
    edges, nodes = empty_table(EDGES), empty_table(NODES)
    write_page(tmp_path / "network.html", edges, nodes, summarise(edges, nodes, n_candidates=7), seed=0)
    page = visit(tmp_path / "network.html")
    assert page.evaluate(COUNT_DRAWN)["nodes"] == 0
    assert "No candidate passed the limits" in page.inner_text(".notice")
    assert page.inner_text("#table-title") == "No edges"
    assert page.locator("#kinds").count() == 0
