"""GraphML and CX2 in Cytoscape's own JavaScript, in a real browser: cytoscape.js with its GraphML extension, and its
converter of CX2, which carries most of the visual style over (arrows and line styles it passes by)."""

from __future__ import annotations

import os
import shutil

import networkx as nx
import numpy as np
import pytest
from made_networks import HOSTILE, hostile_network, in_shards, make_genes, make_scores
from npm_packages import place_of

from grnet.exporters.cx2 import export_cx2
from grnet.exporters.cx2_style import SIGN_COLOURS
from grnet.exporters.graphml import export_graphml
from grnet.network.graph import build_graph, build_nodes
from grnet.network.network import Network
from grnet.network.selection import select_edges
from grnet.schema.configs import InferConfig

CHROMIUM = os.environ.get("GRNET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH (or in GRNET_CHROMIUM)"),
]

READ_GRAPHML = """(text) => {
  const cy = cytoscape({ headless: true });
  cy.graphml({ layoutBy: "null" });
  cy.graphml(text);
  return { nodes: cy.nodes().map((e) => e.data()), edges: cy.edges().map((e) => e.data()) };
}"""
READ_CX2 = """(text) => {
  const converted = self["@js4Cytoscape/cxVizConverter"].convert(JSON.parse(text), "cytoscapeJS");
  const place = document.createElement("div");
  place.style = "width:600px;height:400px";
  document.body.append(place);
  const { elements, style } = converted;
  const cy = cytoscape({ container: place, elements, style, layout: { name: "preset" } });
  const shown = (e, names) => Object.fromEntries(names.map((name) => [name, e.style(name)]));
  const node = ["shape", "width", "height", "background-color", "label"];
  const edge = ["width", "line-color"];
  return {
    nodes: cy.nodes().map((e) => ({ ...e.data(), place: e.position(), shown: shown(e, node) })),
    edges: cy.edges().map((e) => ({ ...e.data(), shown: shown(e, edge) })),
  };
}"""


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as api:
        chromium = api.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def run(browser):
    """Run a function on an empty page with scripts; the page asks for nothing and has nothing to report."""
    reports, requests = [], []
    page = browser.new_page()
    page.on("console", lambda message: reports.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: reports.append(str(error)))
    page.on("dialog", lambda dialog: reports.append(dialog.message) or dialog.dismiss())
    page.on("request", lambda request: requests.append(request.url))

    def call(function: str, text: str, *names: str):
        for name in names:
            script = place_of(name)
            if not script.is_file():
                pytest.skip(f"no {script}; fetch it with: python tests/support/npm_packages.py")
            page.add_script_tag(path=script)
        return page.evaluate(function, text)

    yield call
    page.close()
    assert reports == []
    assert requests == []


@pytest.fixture(scope="module", params=["plain", "hostile"])
def network(request):
    if request.param == "hostile":
        return hostile_network()[:2]
    genes = make_genes(20, 100)
    edges = select_edges(in_shards(make_scores(genes), 500), InferConfig(top=300))
    return edges, build_nodes(edges, genes, seed=0)


def test_cytoscape_js_reads_the_graphml(run, network, tmp_path):
    edges, nodes = network
    export_graphml(Network(edges, nodes), tmp_path / "network.graphml")
    text = (tmp_path / "network.graphml").read_text("utf-8")
    found = run(READ_GRAPHML, text, "jquery", "cytoscape", "cytoscape-graphml")
    graph: nx.DiGraph = build_graph(edges, nodes)
    by_name = {entry["name"]: entry for entry in found["nodes"]}
    assert by_name.keys() == set(graph)
    assert len(found["nodes"]) == len(graph)
    for symbol, values in graph.nodes(data=True):
        assert by_name[symbol]["gene_id"] == values["id"]
        assert by_name[symbol]["is_tf"] == str(values["is_tf"]).lower()
        for column in ("n_images", "in_degree", "out_degree", "community"):
            assert by_name[symbol][column] == str(values[column])
    assert {(entry["source"], entry["target"]) for entry in found["edges"]} == set(graph.edges)
    assert len(found["edges"]) == graph.number_of_edges()
    for entry in found["edges"]:
        expected = graph.edges[entry["source"], entry["target"]]
        assert {key: entry[key] for key in ("sign", "rank", "known")} == {
            "sign": expected["sign"],
            "rank": str(expected["rank"]),
            "known": str(expected["known"]).lower(),
        }
        assert float(entry["probability"]) == expected["probability"]
        assert ("correlation" in entry) == ("correlation" in expected)


def test_hostile_names_are_there():
    assert "<img src=x onerror=alert(1)>" in HOSTILE
    assert max(map(len, HOSTILE)) >= 300
    assert {"Abd-B", "abd-b"} <= set(HOSTILE)


def test_cytoscape_js_draws_the_cx2_as_its_style_says(run, network, tmp_path):
    edges, nodes = network
    export_cx2(Network(edges, nodes, {"settings": {"seed": 1}}), tmp_path / "network.cx2")
    text = (tmp_path / "network.cx2").read_text("utf-8")
    found = run(READ_CX2, text, "cytoscape", "cx-viz-converter")
    graph = build_graph(edges, nodes)
    names = {entry["id"]: entry["name"] for entry in found["nodes"]}
    assert sorted(names.values()) == sorted(graph)
    degrees = dict(graph.degree)
    sizes = {}
    for entry in found["nodes"]:
        shown = entry["shown"]
        assert shown["shape"] == ("diamond" if graph.nodes[entry["name"]]["is_tf"] else "ellipse")
        assert shown["label"] == entry["name"].strip()  # as cytoscape.js draws it
        assert shown["width"] == shown["height"]
        sizes[entry["name"]] = float(shown["width"].removesuffix("px"))
    largest, smallest = (pick(degrees.values()) for pick in (max, min))
    for name, degree in degrees.items():
        expected = np.interp(degree, (1, max(largest, 2)), (22, 80))
        assert sizes[name] == pytest.approx(expected, abs=0.01), (name, smallest)
    assert len({(entry["place"]["x"], entry["place"]["y"]) for entry in found["nodes"]}) == len(graph)
    lowest = float(edges["probability"].min())
    assert len(found["edges"]) == graph.number_of_edges()
    for entry in found["edges"]:
        expected, shown = graph.edges[names[entry["source"]], names[entry["target"]]], entry["shown"]
        colour = SIGN_COLOURS[expected["sign"]]
        rgb = "rgb({},{},{})".format(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))
        assert shown["line-color"] == rgb
        width = np.interp(expected["probability"], (lowest, 1), (1, 6))
        assert float(shown["width"].removesuffix("px")) == pytest.approx(width, abs=0.01)
