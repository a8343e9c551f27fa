"""The explorer page in a real browser: what is drawn, and that nothing is fetched or reported."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from explorer_pages import (
    CHROMIUM,
    NO_WEBGL,
    READY,
    click_edge,
    click_gene,
    drawn,
    list_flags,
    make_page,
    needs_chromium,
    says,
    wait_drawn,
)
from made_networks import HOSTILE, hostile_network, make_genes

from grnet.explorer.network_page import write_page
from grnet.network.network import Network
from grnet.network.summary import summarise
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import EDGES, NODES, empty_table

pytestmark = list(needs_chromium)


def test_draws_all_edges_and_genes(visit, tmp_path):
    path, edges, nodes = make_page(tmp_path, 400)
    page = visit(path, "draw=webgl")
    assert page.title() == "Made & drawn: gene regulatory network"
    assert page.inner_text("h1") == "Made & drawn: gene regulatory network"
    assert f"grnet {version('grnet')}" in page.text_content("#help")
    found = drawn(page)
    assert (found["genes"], found["edges"], found["segments"]) == (len(nodes), list(range(400)), 400)
    assert found["types"] == ["scattergl"]
    assert edges["tf"].value_counts().index[0] in found["labels"]
    assert says(page) == f"≥ {np.floor(edges['probability'].min() * 1000) / 1000:.3f} · 400 of 400 edges"


def test_webgl_follows_controls_and_view(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 400)
    page = visit(path, "draw=webgl")
    lit = "() => document.querySelectorAll('#network canvas').length"
    assert page.evaluate(lit) > 0
    page.click("#filter-novel")
    wait_drawn(page, int(edges["known"].sum()))
    page.click("#theme")
    page.mouse.move(500, 500)
    page.mouse.wheel(0, -400)
    page.mouse.down()
    page.mouse.move(560, 540, steps=5)
    page.mouse.up()
    page.wait_for_timeout(1500)
    assert drawn(page)["types"] == ["scattergl"]
    assert drawn(page)["segments"] == int(edges["known"].sum())
    off = page.evaluate(
        """() => {
          const plot = document.getElementById("network"), { xaxis } = plot._fullLayout;
          const { nodes } = JSON.parse(document.getElementById("network-data").textContent);
          return plot.getBoundingClientRect().left + xaxis.l2p(nodes.x[3]) - explorer.geneAt(3)[0];
        }"""
    )
    assert abs(off) < 1.5
    assert "draw=webgl" in page.evaluate("() => location.hash")


def test_webgl_that_is_imitated_is_not_used(visit, tmp_path):
    page = visit(make_page(tmp_path, 60)[0])
    imitated = page.evaluate(
        """() => {
          const gl = document.createElement("canvas").getContext("webgl");
          const names = gl && gl.getExtension("WEBGL_debug_renderer_info");
          return !gl || /swiftshader/i.test(gl.getParameter(names.UNMASKED_RENDERER_WEBGL));
        }"""
    )
    assert drawn(page)["types"] == (["scatter"] if imitated else ["scattergl"])


def test_the_network_gets_most_of_the_window(visit, tmp_path):
    path, _, _ = make_page(tmp_path, 60)
    page = visit(path)
    box = page.locator("#main").bounding_box()
    drawing = page.locator("#drawing").bounding_box()
    assert box["width"] * box["height"] > 0.8 * 1400 * 900
    assert drawing["width"] * drawing["height"] > 0.6 * 1400 * 900
    assert drawing["y"] < 130


def test_where_there_is_no_webgl_it_is_drawn_as_svg(browser, tmp_path):
    path, _, nodes = make_page(tmp_path, 300)
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=list_flags(*NO_WEBGL))
    try:
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        reports = []
        page.on("console", lambda message: reports.append(message.text))
        page.on("pageerror", lambda error: reports.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector(READY, timeout=60_000)
        assert page.evaluate("() => document.createElement('canvas').getContext('webgl')") is None
        found = drawn(page)
        assert (found["genes"], found["segments"], found["types"]) == (len(nodes), 300, ["scatter"])
        page.uncheck("#filter-novel")
        page.wait_for_function("() => explorer.shownEdges().length < 300")
        click_edge(page, page.evaluate("() => explorer.shownEdges()[2]"))
        assert page.locator("#panel-tools").is_visible()
        assert reports == []
    finally:
        chromium.close()


def test_a_crowded_page_starts_with_the_strongest(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 3200)
    page = visit(path)
    threshold = page.evaluate("() => explorer.state.threshold")
    passing = int((edges["probability"].round(4) >= np.float32(threshold)).sum())
    assert 1000 < passing <= 1500
    assert drawn(page)["segments"] == passing
    assert says(page).endswith(f"{passing:,} of 3,200 edges, the strongest first")
    assert "novel (paler)" in page.inner_text("#legend")


def test_holds_the_strongest_of_too_many(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 5200)
    page = visit(path)
    page.fill("#threshold-number", "0")
    page.press("#threshold-number", "Enter")
    wait_drawn(page, 5000)
    assert drawn(page)["genes"] == len({*edges["tf"][:5000], *edges["target"][:5000]})
    assert page.inner_text(".notice").startswith("This page holds the 5,000 strongest of 5,200 edges")


def test_pointing_names_the_gene_and_its_figures(visit, tmp_path):
    path, _, nodes = make_page(tmp_path, 60)
    page = visit(path)
    hub = nodes.sort_values("out_degree").iloc[-1]
    page.mouse.move(*page.evaluate("name => explorer.geneAt(explorer.geneOf(name))", hub["symbol"]))
    page.wait_for_selector("#tip:not([hidden])")
    text = page.inner_text("#tip")
    assert text.startswith(hub["symbol"] + (f" ({hub['id']})" if hub["id"] else ""))
    genes = "gene" if hub["out_degree"] == 1 else "genes"
    assert f"regulates {hub['out_degree']} {genes}, regulated by {hub['in_degree']}" in text
    assert f"community {hub['community']}" in text


def test_a_probability_is_not_rounded_to_one(visit, tmp_path):
    _, edges, nodes = make_page(tmp_path, 60)
    sure = edges.assign(probability=np.float32(0.9999))
    write_page(tmp_path / "sure.html", Network(sure, nodes, summarise(sure, nodes, n_candidates=60)))
    page = visit(tmp_path / "sure.html")
    page.mouse.move(*page.evaluate("() => explorer.edgeAt(0)"))
    page.wait_for_selector("#tip:not([hidden])")
    assert "> 0.999" in page.inner_text("#tip") or "regulates" in page.inner_text("#tip")
    assert "> 0.999 probability" in page.inner_text("#counts")
    assert says(page) == "≥ 0.999900 · 60 of 60 edges"


def test_nothing_overflows_a_narrow_window(visit, tmp_path):
    path, _, nodes = make_page(tmp_path, 60)
    page = visit(path)
    page.set_viewport_size({"width": 380, "height": 800})
    page.wait_for_function("() => document.getElementById('surface').clientWidth < 380")
    width = "() => document.documentElement.scrollWidth"
    page.wait_for_function(f"() => ({width})() === 380", timeout=10_000)
    for control in (
        "#search",
        "#threshold",
        "#filter-known",
        "#reset",
        "#copy-link",
        "#theme",
        "#save-png",
        "#zoom-fit",
    ):
        box = page.locator(control).bounding_box()
        assert box["x"] >= 0, control
        assert box["x"] + box["width"] <= 380, control
    page.locator("#surface").scroll_into_view_if_needed()
    click_gene(page, nodes.sort_values("out_degree")["symbol"].iloc[-1])
    page.wait_for_selector("#panel-tools:not([hidden])")
    assert page.evaluate(width) == 380
    assert page.locator("#panel").bounding_box()["y"] >= page.locator("#drawing").bounding_box()["y"] + 340
    seen = "() => document.getElementById('panel').getBoundingClientRect().top < 0.65 * innerHeight"
    page.wait_for_function(seen, timeout=10_000)
    for tab in ("table", "figures"):
        page.click(f"#tab-{tab}")
        assert page.evaluate(width) == 380, tab


def test_in_a_narrow_window_the_evidence_lies_over_the_lower_part_and_what_was_touched_above_it(visit, tmp_path):
    path, _, nodes = make_page(tmp_path, 60)
    page = visit(path)
    page.set_viewport_size({"width": 380, "height": 800})
    page.wait_for_function("() => document.getElementById('surface').clientWidth < 380")
    page.locator("#surface").scroll_into_view_if_needed()
    click_gene(page, nodes.sort_values("out_degree")["symbol"].iloc[-1])
    page.wait_for_selector("#panel-tools:not([hidden])")

    panel, drawing = (page.locator(name).bounding_box() for name in ("#panel", "#drawing"))
    assert panel["y"] + panel["height"] == 800
    assert panel["height"] <= 0.42 * 800 + 1
    assert drawing["y"] >= 0
    assert panel["y"] - drawing["y"] >= 0.9 * drawing["height"]
    page.click("#panel-wide")
    assert page.locator("#panel").bounding_box()["height"] > 0.6 * 800
    assert page.inner_text("#panel-wide") == "Reduce"
    page.click("#panel-close")
    assert page.evaluate("() => getComputedStyle(document.getElementById('panel')).position") == "relative"


def test_a_gene_links_to_databases_that_know_its_identifier(visit, tmp_path):
    genes = make_genes(40, 6)
    ids = ["FBgn0003900" if symbol == genes.symbols[0] else "ours" for symbol in genes.symbols]
    path, edges, _ = make_page(tmp_path, 60, GeneCatalogue(genes.symbols, tuple(ids), genes.is_tf, genes.n_images))
    page = visit(path)
    for symbol in (genes.symbols[0], next(name for name in edges["target"] if name != genes.symbols[0])):
        page.fill("#search", symbol)
        page.keyboard.press("Enter")
        links = page.locator("#panel-body a").evaluate_all("links => links.map(a => [a.textContent, a.href, a.rel])")
        known = [
            ["FlyBase", "https://flybase.org/reports/FBgn0003900", "noopener noreferrer"],
            ["NCBI", "https://www.ncbi.nlm.nih.gov/gene/?term=FBgn0003900", "noopener noreferrer"],
        ]
        assert links == (known if symbol == genes.symbols[0] else []), symbol


def test_who_follows_a_link_in_the_panel_stays_there(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 60)
    page = visit(path)
    page.fill("#search", edges["tf"].iloc[0])
    page.keyboard.press("Enter")
    page.focus("#panel-body button.link")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "panel-body"


def test_an_empty_network_says_so(visit, tmp_path):
    edges, nodes = empty_table(EDGES), empty_table(NODES)
    write_page(tmp_path / "network.html", Network(edges, nodes, summarise(edges, nodes, n_candidates=7)))
    page = visit(tmp_path / "network.html")
    assert drawn(page)["genes"] == 0
    assert "No candidate passed the limits" in page.inner_text(".notice")
    page.click("#tab-table")
    assert page.inner_text("#table-says") == "0 of 0 edges"
    for key in ("n", "p", "Escape"):
        page.keyboard.press(key)


MORE_HOSTILE = ("<img src=x onerror=alert(1)>", "Ünï日本語" * 43, "Same", "same", "SAME", "one\r\ntwo")


def test_hostile_names_are_shown_as_they_are(visit, tmp_path):
    names = (*HOSTILE, *(name for name in MORE_HOSTILE if name not in HOSTILE))
    genes = make_genes(5, len(names))
    genes = GeneCatalogue(names, tuple(f"id<{i}>&" for i in range(len(names))), genes.is_tf, genes.n_images)
    path, edges, nodes = make_page(tmp_path, 90, genes)
    write_page(path, Network(edges, nodes, summarise(edges, nodes, n_candidates=99, name="<script>alert(1)</script>")))
    page = visit(path)
    assert page.title() == "<script>alert(1)</script>: gene regulatory network"
    symbols = page.evaluate("() => JSON.parse(document.getElementById('network-data').textContent).nodes.symbol")
    assert symbols == nodes["symbol"].tolist()
    page.click("#tab-table")
    cells = page.locator("#listed tr").evaluate_all("rows => rows.map((row) => row.cells[1].textContent)")
    assert cells == edges["tf"].tolist()[: len(cells)]
    for symbol in symbols:
        page.evaluate("name => { location.hash = new URLSearchParams({ gene: name }); }", symbol)
        page.wait_for_function("name => explorer.state.selection?.gene === explorer.geneOf(name)", arg=symbol)
        assert page.locator("#panel img[src='x'], #panel script, #overlay b").count() == 0
    found = page.evaluate("() => document.documentElement.scrollWidth")
    assert found <= 1400


def test_names_equal_but_for_case_are_both_found(visit, tmp_path):
    names = ("Same", "same", "SAME", "other", "More", "most")
    genes = GeneCatalogue(names, ("",) * 6, np.arange(6) < 3, np.zeros(6, dtype=np.int32))
    path, _, nodes = make_page(tmp_path, 15, genes)
    assert len(nodes) == 6
    page = visit(path)
    page.fill("#search", "same")
    options = page.locator("#found [role=option] b").all_inner_texts()
    assert sorted(options) == ["SAME", "Same", "same"]
    assert options[0] == "same"


def test_the_hostile_network_of_the_exporters_opens(visit, tmp_path):
    edges, nodes, _ = hostile_network()
    write_page(tmp_path / "network.html", Network(edges, nodes, summarise(edges, nodes, n_candidates=200)))
    page = visit(tmp_path / "network.html")
    assert drawn(page)["segments"] == len(edges)


def test_no_gene_covers_another_at_first(visit, tmp_path):
    path, _, nodes = make_page(tmp_path, 400)
    page = visit(path)
    places = np.array(page.evaluate("n => Array.from({ length: n }, (_, i) => explorer.geneAt(i))", len(nodes)))
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 3
    boxes = page.locator("#overlay text").evaluate_all(
        "all => all.map((one) => one.getBBox()).map((box) => [box.x, box.y, box.x + box.width, box.y + box.height])"
    )
    apart = [
        a[0] >= b[2] - 2 or b[0] >= a[2] - 2 or a[1] >= b[3] - 4 or b[1] >= a[3] - 4
        for k, a in enumerate(boxes)
        for b in boxes[k + 1 :]
    ]
    assert len(boxes) >= 10
    assert all(apart)
