"""A walk through every control of the explorer page of a network that was inferred, as its reader would take it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
from explorer_pages import click_edge, click_gene, drawn, listed, pairs_of, says, wait_drawn


def tour_page(visit, path: Path, edges: pd.DataFrame, nodes: pd.DataFrame) -> str:
    """Use each control once and compare what the page shows with the tables.

    Parameters
    ----------
    visit : callable
        Opens a page; the fixture of that name.
    path : Path
        The page.
    edges, nodes : DataFrame
        The tables it was made of; 1,500 edges or more, all of them in the page.

    Returns
    -------
    str
        The link to what was seen last: the first novel edge, in the dark.
    """
    page = visit(path)
    count = page.evaluate("() => explorer.shownEdges().length")
    assert 1000 < count <= 1500
    assert says(page).endswith(f"{count:,} of {len(edges):,} edges, the strongest first")
    _filter_and_slide(page, edges, count)
    hub = nodes.sort_values(["out_degree", "symbol"])["symbol"].iloc[-1]
    _select(page, edges, hub)
    link = page.evaluate("() => location.hash.slice(1)")
    page = visit(path, link)
    assert page.evaluate("() => location.hash.slice(1)") == link
    assert "theme=dark" in link
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    _save(page, count)
    page.set_viewport_size({"width": 380, "height": 800})
    page.wait_for_function("() => document.documentElement.scrollWidth === 380", timeout=10_000)
    return str(link)


def _filter_and_slide(page, edges: pd.DataFrame, count: int) -> None:
    """Slider, number box and a filter change drawing and table alike."""
    page.fill("#threshold-number", "0.5")
    page.press("#threshold-number", "Enter")
    kept = edges[edges["probability"] >= 0.5]
    wait_drawn(page, len(kept))
    page.click("#filter-known")
    novel = kept[~kept["known"]]
    wait_drawn(page, len(novel))
    page.click("#tab-table")
    assert page.inner_text("#table-says") == f"{len(novel):,} of {len(edges):,} edges"
    rows = listed(page)
    assert rows == pairs_of(novel)[: len(rows)]
    assert rows
    page.click("#tab-network")
    page.click("#reset")
    wait_drawn(page, count)
    page.focus("#threshold")
    page.keyboard.press("End")
    wait_drawn(page, int((edges["probability"] == edges["probability"].max()).sum()))
    page.click("#reset")
    wait_drawn(page, count)


def _select(page, edges: pd.DataFrame, hub: str) -> None:
    """Search, clicks on a gene and an edge, and dark mode; leaves an edge selected in the dark."""
    page.fill("#search", hub.upper())
    options = page.locator("#found [role=option] b").all_inner_texts()
    assert hub in options
    page.click(f"#found-{options.index(hub)}")
    assert page.inner_text("#panel-body").startswith(hub)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    click_gene(page, hub)
    assert hub in drawn(page)["labels"]
    page.locator("#surface").focus()
    page.keyboard.press("Escape")
    row = int(edges.index[~edges["known"]][0])
    click_edge(page, row)
    text = page.inner_text("#panel-body")
    edge = edges.iloc[row]
    assert edge["tf"] in text
    assert edge["target"] in text
    assert f"{edge['probability']:.3f}" in text
    assert "novel edge" in text
    score = f"{'+' if edge['score'] > 0 else '−'}{abs(edge['score']):.2f}"
    assert re.search(rf"score \(logit\)\s+{re.escape(score)}\s", text)
    assert re.search(rf"regulators of {re.escape(edge['target'])}\s+\d+(st|nd|rd|th) of 9[56]\s", text)
    assert f"r = {edge['correlation']:+.2f} (Pearson)".replace("-", "−") in text
    page.click("#theme")
    page.wait_for_timeout(500)


def _save(page, count: int) -> None:
    """A saved picture is a file of vectors."""
    with page.expect_download() as waiting:
        page.click("#save-svg")
    tree = ElementTree.fromstring(waiting.value.path().read_bytes())
    lines = [element for element in tree.iter("{http://www.w3.org/2000/svg}path") if element.get("class") == "js-line"]
    assert sum(line.get("d").count("M") for line in lines) >= count
