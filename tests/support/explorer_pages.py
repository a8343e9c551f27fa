"""The explorer page for tests in a browser: Chromium and its flags, pages of made networks, and what they show."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.explorer.network_page import write_page
from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.selection import select_edges
from grnet.network.summary import summarise
from grnet.schema.configs import InferConfig
from grnet.schema.genes import GeneCatalogue

CHROMIUM = os.environ.get("GRNET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
_QUIET = ("no-sandbox", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update")
WEBGL = ("enable-unsafe-swiftshader", "ignore-gpu-blocklist")
NO_WEBGL = ("disable-gpu", "disable-3d-apis")
READY = "html[data-ready]"
REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error("policy", event.violatedDirective, event.blockedURI, event.sample));"""
"""Runs before a page's own scripts; what its policy refuses enters the console, beside what the browser says."""

needs_chromium = (
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH (or in GRNET_CHROMIUM)"),
)


def list_flags(*graphics: str) -> list[str]:
    """Return the options of a Chromium that fetches nothing by itself; `graphics`: WEBGL or NO_WEBGL."""
    return [f"--{flag}" for flag in (*_QUIET, "disable-sync", *graphics)]


def make_network(top: int, genes: GeneCatalogue | None = None) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    """Return edges, nodes and summary of the `top` best edges among made genes."""
    genes = genes or make_genes()
    scores = make_scores(genes)
    edges = select_edges(in_shards(scores, 5000), InferConfig(top=top))
    nodes = build_nodes(edges, genes, seed=0)
    return edges, nodes, summarise(edges, nodes, n_candidates=len(scores), name="Made & drawn")


def make_page(folder: Path, top: int, genes: GeneCatalogue | None = None) -> tuple[Path, pd.DataFrame, pd.DataFrame]:
    """Write the page of a made network; return its path, edges and nodes."""
    edges, nodes, summary = make_network(top, genes)
    write_page(folder / "network.html", Network(edges, nodes, summary))
    return folder / "network.html", edges, nodes


def pairs_of(edges: pd.DataFrame) -> list[tuple[str, str]]:
    """Return (TF, target) of each edge."""
    return list(zip(edges["tf"], edges["target"], strict=True))


COUNT_DRAWN = """() => {
  const traces = (document.getElementById("network").data || []).filter((trace) => trace.visible);
  const rows = (kind) => traces.filter((trace) => trace.meta.kind === kind).flatMap((trace) => trace.meta.rows);
  const segments = traces.filter((trace) => trace.meta.kind === "edges").flatMap((trace) => trace.x);
  return {
    types: [...new Set(traces.map((trace) => trace.type))],
    edges: rows("edges").sort((a, b) => a - b), segments: segments.filter((x) => x === null).length,
    genes: rows("genes").length,
    labels: [...document.querySelectorAll("#overlay text")].map((text) => text.textContent),
  };
}"""


def drawn(page) -> dict:
    """Return which edges and how many genes plotly draws, the names over them, and the types of trace."""
    return page.evaluate(COUNT_DRAWN)


def wait_drawn(page, count: int) -> None:
    """Wait until exactly `count` edges are drawn."""
    page.wait_for_function(f"count => ({COUNT_DRAWN})().segments === count", arg=count, timeout=20_000)


def says(page) -> str:
    """Return what the slider says."""
    return page.inner_text("#threshold-says")


def listed(page) -> list[tuple[str, str]]:
    """Return (TF, target) of the rows of the table that exist now."""
    rows = page.locator("#listed tr").evaluate_all("rows => rows.map(row => [...row.cells].map(c => c.textContent))")
    return [(row[1], row[2]) for row in rows]


def click_gene(page, symbol: str) -> None:
    """Click a gene in the drawing."""
    page.mouse.click(*page.evaluate("name => explorer.geneAt(explorer.geneOf(name))", symbol))


def click_edge(page, row: int) -> None:
    """Click an edge, by its row, in the drawing: at a place where no gene and no other edge lies."""
    shares = [share / 40 for share in range(4, 37)]
    free = page.evaluate(
        """([e, shares]) => shares.map((share) => explorer.edgeAt(e, share))
            .find(([x, y]) => explorer.findAt(x, y)?.edge === e)""",
        [row, shares],
    )
    assert free is not None, f"edge {row} is nowhere to be hit"
    page.mouse.click(*free)
