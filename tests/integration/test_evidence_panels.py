"""What stands beside the drawing, in a real browser: the evidence for an edge, a gene, the figures."""

from __future__ import annotations

import re
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from explorer_pages import needs_chromium
from made_evidence import (
    CELLS,
    EXPRESSION,
    SECTION,
    SPOTS,
    TERMS,
    VIEWS,
    add_displays,
    add_measurements,
    make_evidence,
    take_correlation,
)
from made_networks import HOSTILE, hostile_network, in_shards, make_genes, make_scores
from panel_pages import write_panel_page

from grnet.explorer.evidence_page import write_evidence_page
from grnet.network.graph import build_nodes
from grnet.network.novel_edges import NovelEdges
from grnet.network.selection import select_edges
from grnet.network.summary import summarise
from grnet.probability.prior import Prior
from grnet.schema.configs import InferConfig

pytestmark = [*needs_chromium]


@pytest.fixture(scope="module")
def network():
    genes = make_genes(30, 160)
    scores = make_scores(genes)
    edges = select_edges(in_shards(scores, 5000), InferConfig(top=200))
    nodes = build_nodes(edges, genes, seed=0)
    edges = take_correlation(edges, make_evidence(edges, nodes))
    novel_edges = NovelEdges(
        Prior(0.0243, 0.018, 0.031, "estimated", 620, 25_000), 150, 0.8123, 0.97, 0.61, 150, (140, 120)
    )
    settings = {"limits": {"top": 200}, "fold_models": 5}
    summary = summarise(edges, nodes, n_candidates=len(scores), name="made", settings=settings, novel_edges=novel_edges)
    return edges, nodes, summary


@pytest.fixture(scope="module")
def evidence(network):
    return make_evidence(*network[:2])


@pytest.fixture
def panels(visit, network, evidence, tmp_path):
    """A page of panels with evidence."""
    edges, nodes, summary = network
    write_panel_page(tmp_path / "panels.html", edges, nodes, evidence=evidence, summary=summary, report=REPORT)
    return visit(tmp_path / "panels.html")


REPORT = {
    "model": "grnet (fused)",
    "folds": 5,
    "seeds": 1,
    "calibration": {
        "mean": [0.1, 0.9],
        "observed": [0.12, 0.85],
        "low": [0.08, 0.8],
        "high": [0.2, 0.9],
        "count": [300, 320],
        "base_rate": 0.5,
    },
    "measures": ["AUROC", "accuracy"],
    "splits": [
        {
            "title": "new pairs",
            "n": 620,
            "n_positives": 310,
            "level": 0.95,
            "rows": [
                {"name": "grnet (fused)", "is_baseline": False, "figures": [[0.91234, 0.88, 0.93], None]},
                {"name": "|Pearson|", "is_baseline": True, "figures": [[0.71, 0.68, 0.74], [0.6, None, None]]},
            ],
            "findings": ["It tells pairs apart beyond correlation."],
            "warnings": ["The labels follow <b>|r|</b>."],
            "notes": [],
        }
    ],
}


def find_pair(network, evidence, test):
    """Return row and evidence of the first edge that passes `test`."""
    edges = network[0]
    for e, pair in enumerate(zip(edges["tf"], edges["target"], strict=True)):
        if test(evidence.pairs[pair]):
            return e, evidence.pairs[pair]
    raise AssertionError("no such edge")


def fill(page, name, row=None):
    page.evaluate("([name, row]) => fill(name, row)", [name, row])


def section(page, title):
    return page.locator("section", has=page.locator(f"h3:text-is('{title}')"))


def number(text):
    return float(text.replace("−", "-"))


def is_whole(pair):
    return pair.saliency and len(pair.saliency.tf) == 3 and pair.fold is None and len(pair.near) > 1


def test_an_edge_has_its_names_and_numbers(panels, network, evidence):
    e, pair = find_pair(network, evidence, is_whole)
    fill(panels, "showEdgeEvidence", e)
    assert panels.inner_text("h2") == f"{pair.tf} → {pair.target}"
    assert panels.inner_text(".figure b") == f"{pair.probability:.3f}"
    assert f"spread {pair.spread:.3f}" in panels.inner_text(".figure")
    assert panels.locator(".chance circle").count() == 5
    said = panels.inner_text(".chance .said")
    assert said == "Scored by the models of all 5 folds (dots); the triangle is their mean."
    places = section(panels, "Its place").locator("tr").all_inner_texts()
    assert places[0].split("\t")[1:] == ["by probability", f"by |r| = {abs(network[0]['correlation'][e]):.2f}"]
    assert places[1].split("\t")[0] == f"regulators of {pair.target}"
    of_target, of_tf = pair.places.of_target, pair.places.of_tf
    for row, place in ((1, of_target), (2, of_tf)):
        found = re.fullmatch(r"([\d,]+)(?:st|nd|rd|th) of ([\d,]+)", places[row].split("\t")[1])
        assert [int(part.replace(",", "")) for part in found.groups()] == [place.place, place.among]
    assert places[3].split("\t")[1].endswith(f" of {network[2]['candidates']:,}")
    said = section(panels, "Expression").locator(".said").inner_text()
    assert said.startswith(f"r = {network[0]['correlation'][e]:+.2f}".replace("-", "−"))
    assert f"ρ = {pair.spearman:+.2f}".replace("-", "−") in said
    assert panels.locator(".scatter .point").count() == 72


def test_a_known_edge_says_which_model_judged_it(panels, network, evidence):
    e, pair = find_pair(network, evidence, lambda pair: pair.label == 1)
    fill(panels, "showEdgeEvidence", e)
    assert panels.inner_text(".chance .said") == (
        f"Known edge: scored by the model of fold {pair.fold} alone, which did not see it; those of the other 4 folds "
        "were trained on it."
    )
    assert panels.locator(".chance circle").count() == 1
    assert "spread" not in panels.inner_text(".figure")


@pytest.mark.parametrize("detailed", [True, False])
def test_the_parts_shown_add_up_to_the_score_shown(panels, network, evidence, detailed):
    for e, pair in enumerate(evidence.pairs.values()):
        if bool(pair.contributions.details) != detailed:
            continue
        fill(panels, "showEdgeEvidence", e)
        tables = [
            [number(text) for text in table.locator("td.number").all_inner_texts()]
            for table in panels.locator("table.parts").all()
        ]
        assert len(tables) == 2 + detailed
        for values in tables:
            assert round(sum(values[:-1]), 2) == values[-1]
        parts = pair.contributions
        assert tables[0][-1] == pytest.approx(network[0]["score"][e], abs=0.0051)
        last = parts.network if parts.method == "exact" else parts.interaction
        np.testing.assert_allclose(tables[0][:-1], [parts.baseline, parts.rna, parts.image, last], atol=0.011)
        names = panels.locator("table.parts").first.locator("th").all_inner_texts()
        last_name = "known network" if parts.method == "exact" else "both together"
        assert names == ["baseline", "RNA", "images", last_name, "score (logit)"]
        score, _, odds = tables[-1]
        p = network[0]["probability"][e]
        assert score == tables[0][-1]
        assert odds == pytest.approx(np.log(p / (1 - p)), abs=0.0051)
        if detailed:
            assert tables[1][-1] == round(tables[0][0] + tables[0][1], 2)
        text = section(panels, "What adds up to the score").inner_text()
        assert ("(exact)" in text) == (parts.method == "exact")
        assert ("linked to other genes by known edges" in text) == bool(parts.network)
        assert ("looks like the known targets of this TF" in text) == detailed
        if e > 12:
            break


def test_images_stand_side_by_side_with_maps_that_can_be_hidden(panels, network, evidence):
    e, pair = find_pair(network, evidence, is_whole)
    fill(panels, "showEdgeEvidence", e)
    images = section(panels, "Images")
    alts = images.locator("img").evaluate_all("all => all.map((image) => image.alt)")
    expected = []
    for view in VIEWS:
        for name in (pair.tf, pair.target):
            n = evidence.genes[name].counts[view]
            expected.append(f"{name}, {view} view, {f'mean of {n} images' if n > 1 else '1 image'}")
    assert alts == expected
    panels.wait_for_function("() => [...document.images].every((image) => image.complete && image.naturalWidth === 64)")
    panels.wait_for_function("() => document.querySelectorAll('.overlay[data-drawn]').length === 3")
    assert images.locator(".saliency").count() == 6
    assert images.locator(".saliency").first.is_visible()
    images.get_by_label("show where the models look").uncheck()
    assert images.locator(".saliency:visible").count() == 0
    assert f"by {pair.saliency.method}" in images.inner_text()


def test_the_overlay_is_magenta_green_and_white(panels, network, evidence):
    e, pair = find_pair(network, evidence, is_whole)
    fill(panels, "showEdgeEvidence", e)
    panels.wait_for_selector(".overlay[data-drawn]")
    shown = panels.evaluate(
        """() => { const canvas = document.querySelector(".overlay");
          return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]; }"""
    )
    red, green, blue, alpha = np.array(shown).reshape(32, 64, 4).transpose(2, 0, 1)
    tf, target = (evidence.genes[name].picture("lateral").astype(float) for name in (pair.tf, pair.target))
    assert (red == blue).all()
    assert (alpha == 255).all()
    for seen, image in ((red, tf), (green, target)):
        assert np.abs(seen - 255 * image / image.max()).mean() < 4


def test_the_map_has_the_colours_of_its_signs(panels, network, evidence):
    e, pair = find_pair(network, evidence, is_whole)
    fill(panels, "showEdgeEvidence", e)
    shown = panels.evaluate(
        """() => { const canvas = document.querySelector(".saliency"), { width, height } = canvas;
          return [width, height, ...canvas.getContext("2d").getImageData(0, 0, width, height).data]; }"""
    )
    values = pair.saliency.tf["lateral"]
    assert shown[:2] == [values.shape[1], values.shape[0]]
    pixels = np.array(shown[2:]).reshape(*values.shape, 4)
    strong = np.abs(values) > 0.5 * np.abs(values).max()
    gold = pixels[..., 0] > pixels[..., 2]
    assert (gold[strong] == (values > 0)[strong]).all()
    limit = max(np.abs(value).max() for side in (pair.saliency.tf, pair.saliency.target) for value in side.values())
    assert np.abs(pixels[..., 3] - 215 * np.abs(values) / limit).max() < 2


def test_maps_end_at_the_rim_of_the_mask_of_their_view(visit, network, evidence, tmp_path):
    edges, nodes, summary = network
    y, x = np.linspace(-1, 1, 16)[:, None], np.linspace(-1, 1, 32)[None]
    mask = x**2 + y**2 < 0.8
    measurements = tuple(
        replace(entry, mask=mask if entry.name == "lateral" else None) for entry in evidence.measurements
    )
    masked = replace(evidence, measurements=measurements)
    write_panel_page(tmp_path / "masked.html", edges, nodes, evidence=masked, summary=summary)
    page = visit(tmp_path / "masked.html")
    e, _ = find_pair(network, evidence, is_whole)
    fill(page, "showEdgeEvidence", e)
    shown = page.evaluate(
        """() => [...document.querySelectorAll(".saliency")].slice(0, 3).map((canvas) => {
          const { width, height } = canvas;
          return [width, height, ...canvas.getContext("2d").getImageData(0, 0, width, height).data]; })"""
    )
    for width, height, *pixels in shown[:2]:
        opacity = np.array(pixels).reshape(height, width, 4)[..., 3]
        inside = np.kron(mask, np.ones((height // 16, width // 32), dtype=bool))
        assert opacity.shape == inside.shape
        assert (opacity[~inside] == 0).all()
        assert (opacity[inside] > 0).mean() > 0.8
    assert shown[2][:2] == [16, 8]
    text = section(page, "Images").inner_text()
    assert "The background, where images of all genes look alike, has no colour." in text


def test_what_is_missing_is_said_in_its_place(panels, network, evidence):
    genes = evidence.genes
    e, pair = find_pair(network, evidence, lambda pair: bool(genes[pair.tf].counts) and not genes[pair.target].counts)
    fill(panels, "showEdgeEvidence", e)
    assert f"{pair.target} has no image" in section(panels, "Images").inner_text()
    e, pair = find_pair(network, evidence, lambda pair: pair.correlation is None)
    fill(panels, "showEdgeEvidence", e)
    lacking = [name for name in (pair.tf, pair.target) if EXPRESSION not in genes[name].values]
    text = section(panels, "Expression").inner_text()
    assert all(f"{name} has no expression." in text for name in lacking)
    assert panels.locator(".scatter").count() == 0
    notes = section(panels, "Notes").locator("li").all_inner_texts()
    assert notes == [*pair.notes, "Scored by: late interaction, RNA and images, 5 folds."]


def test_what_found_no_room_is_said(visit, network, evidence, tmp_path):
    edges, nodes, summary = network
    path = tmp_path / "small.html"
    write_panel_page(path, edges, nodes, evidence=evidence, summary=summary, budget=60_000)
    page = visit(path)
    left_out = page.evaluate("() => JSON.parse(document.getElementById('network-data').textContent).evidence.left_out")
    fill(page, "showEdgeEvidence", 0)
    pair = evidence.pairs[(edges["tf"][0], edges["target"][0])]
    notes = section(page, "Notes").locator("li").all_inner_texts()
    assert notes[len(pair.notes) : -1] == left_out
    assert "The images of all" in " ".join(left_out)
    symbol = next(symbol for symbol, gene in evidence.genes.items() if gene.counts)
    fill(page, "showGene", nodes["symbol"].tolist().index(symbol))
    assert section(page, "Images").locator(".note").inner_text() == f"{symbol}: images are not in this page."


def test_equal_probabilities_of_folds_are_all_to_be_seen(visit, network, evidence, tmp_path):
    edges, nodes, summary = network
    e, pair = find_pair(network, evidence, is_whole)
    equal = {**evidence.pairs, (pair.tf, pair.target): replace(pair, fold_probabilities=(0.5, 0.5, 0.501, 0.9, None))}
    write_panel_page(tmp_path / "equal.html", edges, nodes, evidence=replace(evidence, pairs=equal), summary=summary)
    page = visit(tmp_path / "equal.html")
    fill(page, "showEdgeEvidence", e)
    places = page.locator(".fold").evaluate_all("all => all.map((dot) => dot.getAttribute('cy'))")
    assert len(places) == 4
    assert len(set(places[:3])) == 3
    assert places[3] == places[0]


def test_links_select_genes_and_edges(panels, network, evidence):
    edges, nodes, _ = network
    on_page = set(zip(edges["tf"], edges["target"], strict=True))
    e, pair = find_pair(network, evidence, lambda pair: any((near.tf, near.target) in on_page for near in pair.near))
    fill(panels, "showEdgeEvidence", e)
    near = next(near for near in pair.near if (near.tf, near.target) in on_page)
    panels.get_by_role("button", name=f"{near.tf} → {near.target}").click()
    panels.locator("h2").get_by_role("button", name=pair.target).click()
    row = edges.index[(edges["tf"] == near.tf) & (edges["target"] == near.target)][0]
    assert panels.evaluate("asked") == [["edge", row], ["gene", nodes["symbol"].tolist().index(pair.target)]]


def test_without_evidence_the_columns_are_shown(visit, network, tmp_path):
    edges, nodes, summary = network
    write_panel_page(tmp_path / "plain.html", edges, nodes, summary=summary)
    page = visit(tmp_path / "plain.html")
    fill(page, "showEdgeEvidence", 3)
    assert page.inner_text("h2") == f"{edges['tf'][3]} → {edges['target'][3]}"
    assert page.inner_text(".figure b") == f"{edges['probability'][3]:.3f}"
    assert (
        "This page has no evidence for edges. Use grnet explain RUN TF TARGET to get it from the run."
        in page.inner_text("article")
    )
    fill(page, "showGene", 0)
    assert page.inner_text("h2") == nodes["symbol"][0]
    fill(page, "showFigures")
    assert page.locator(".cards .card").count() == 5


def test_an_edge_without_evidence_among_others_that_have_it(visit, network, evidence, tmp_path):
    edges, nodes, summary = network
    first = (edges["tf"][0], edges["target"][0])
    some = replace(evidence, pairs={pair: said for pair, said in evidence.pairs.items() if pair != first})
    write_panel_page(tmp_path / "some.html", edges, nodes, evidence=some, summary=summary)
    page = visit(tmp_path / "some.html")
    fill(page, "showEdgeEvidence", 0)
    assert "This page has no evidence for this edge" in page.inner_text("article")
    assert section(page, "Expression").count() == 1


def test_a_gene_lists_its_regulators_and_targets(panels, network, evidence):
    edges, nodes, _ = network
    i = int(nodes["out_degree"].argmax())
    symbol = nodes["symbol"][i]
    fill(panels, "showGene", i)
    assert panels.inner_text("h2") == symbol
    targets = edges[edges["tf"] == symbol]
    assert len(targets) > 10
    rows = section(panels, f"Targets ({len(targets)})").locator("tbody tr")
    assert rows.count() == 10
    panels.get_by_role("button", name=f"Show all {len(targets)}").click()
    assert rows.count() == len(targets)
    assert [row.split("\t")[0] for row in rows.all_inner_texts()] == targets["target"].tolist()
    said = [re.split(r"\s+", row.strip()) for row in rows.all_inner_texts()]
    assert [row[1] for row in said] == [f"{value:.3f}" for value in targets["probability"]]
    assert [row[-1] for row in said] == ["known" if known else "novel" for known in targets["known"]]
    rows.nth(1).get_by_role("button").nth(1).click()
    rows.nth(1).get_by_role("button").nth(0).click()
    other = nodes["symbol"].tolist().index(targets["target"].iloc[1])
    assert panels.evaluate("asked") == [["edge", int(targets.index[1])], ["gene", other]]
    captions = section(panels, "Images").locator("figcaption").all_inner_texts()
    counts = evidence.genes[symbol].counts
    assert captions == [f"{view}, {f'mean of {n}' if n > 1 else '1 image'}" for view, n in counts.items()]


def test_the_mean_picture_of_the_targets_stands_beside_that_of_the_tf(panels, network, evidence):
    edges, nodes, _ = network
    shown = {name for name in nodes["symbol"] if evidence.genes[name].counts.get("lateral")}
    own = edges[edges["target"].isin(shown) & edges["tf"].isin(shown)]
    symbol = own["tf"].value_counts().index[0]
    targets = own.loc[own["tf"] == symbol, "target"]
    assert len(targets) > 2
    fill(panels, "showGene", nodes["symbol"].tolist().index(symbol))
    patterns = section(panels, "Images of the targets")
    panels.wait_for_selector(".mean[data-drawn]")
    assert f"mean of {len(targets)} targets, lateral" in patterns.locator("figcaption").all_inner_texts()
    seen = patterns.get_by_label(f"lateral: mean of {len(targets)} targets").evaluate(
        """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""
    )
    pictures = [evidence.genes[name].picture("lateral").astype(float) for name in targets]
    expected = np.mean([255 * picture / picture.max() for picture in pictures], axis=0)
    assert np.abs(np.array(seen).reshape(32, 64, 4)[..., 0] - expected).mean() < 4


def test_the_list_goes_on_where_the_keyboard_was(panels, network):
    i = int(network[1]["out_degree"].argmax())
    fill(panels, "showGene", i)
    panels.locator("button.more").last.focus()
    panels.keyboard.press("Enter")
    assert panels.evaluate("() => document.activeElement.closest('tr').rowIndex") == 11


def test_the_figures_are_those_of_network_and_report(panels, network):
    edges, nodes, summary = network
    fill(panels, "showFigures")
    tiles = dict(reversed(tile.split("\n")) for tile in panels.locator(".tiles li").all_inner_texts())
    assert tiles["edges"] == "200"
    assert tiles["candidates"] == f"{summary['candidates']:,}"
    assert tiles["expected precision of the novel edges"] == "0.81"
    rows = [row.split("\t") for row in panels.locator(".models tbody tr").all_inner_texts()]
    assert [[cell.split() for cell in row] for row in rows] == [
        [["grnet", "(fused)"], ["0.912", "0.880", "to", "0.930"], ["–"]],
        [["|Pearson|"], ["0.710", "0.680", "to", "0.740"], ["0.600"]],
    ]
    assert panels.inner_text(".warning") == "The labels follow <b>|r|</b>."
    assert panels.locator(".dot.model").count() == 2
    novel = edges.loc[~edges["known"], "probability"].astype(float)
    label = panels.locator(".chart", has=panels.locator(".line.novel")).nth(1).get_attribute("aria-label")
    assert label == f"Expected precision of the novel edges by threshold: {novel.mean():.2f} at the lowest"
    known = int(edges["known"].sum())
    assert f"known: {known} ({known / 2:.0f} %)" in section(panels, "Kinds of edges").inner_text()
    degrees = nodes.loc[nodes["out_degree"] > 0, "out_degree"]
    columns = panels.locator(".column.out title").all_text_contents()
    assert sum(int(re.search(r": (\d+) TFs", text)[1]) for text in columns) == len(degrees)
    settings = panels.locator("dl dd").all_inner_texts()
    assert settings[1:3] == ["at most 200 edges", "5"]


def test_where_the_data_cannot_tell_no_expected_precision_is_drawn(visit, network, tmp_path):
    edges, nodes, summary = network
    said = {"ranking_only": True, "statement": ["Kept are 200.", "--with-known adds the other 9 known edges."]}
    write_panel_page(tmp_path / "panels.html", edges, nodes, summary={**summary, **said}, report=REPORT)
    page = visit(tmp_path / "panels.html")
    fill(page, "showFigures")
    assert section(page, "Expected precision").inner_text().splitlines()[-1] == (
        "The data cannot tell how many of the novel edges are true: read their order as a ranking."
    )
    assert page.locator(".said").first.inner_text() == " ".join(said["statement"])
    assert page.locator(".said code").all_inner_texts() == ["--with-known"]
    tiles = dict(reversed(tile.split("\n")) for tile in page.locator(".tiles li").all_inner_texts())
    assert tiles["expected precision of the novel edges"] == "unknown"


FITS = """() => [...document.querySelectorAll(".chart")].every((chart) =>
  chart.clientWidth >= 100 && Math.abs(chart.firstChild.clientWidth - chart.clientWidth) <= 1)"""


@pytest.mark.parametrize("width", [300, 380, 700, 1200])
def test_panels_fit_any_width_and_are_drawn_again(panels, network, evidence, width):
    e, _ = find_pair(network, evidence, is_whole)
    fill(panels, "showEdgeEvidence", e)
    panels.set_viewport_size({"width": width, "height": 900})
    for name, row in (("showEdgeEvidence", e), ("showGene", 0), ("showFigures", None)):
        if name != "showEdgeEvidence":
            fill(panels, name, row)
        panels.wait_for_function(FITS)
        assert panels.evaluate("() => document.documentElement.scrollWidth") <= width
    panels.evaluate("() => panels.redrawPanelPlots()")


CONTRAST = """() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (colour) => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); return [...pen.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const ground = (element) => { for (let e = element; e; e = e.parentElement) { const c = read(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
  const worst = { ratio: 99 };
  for (const element of document.querySelectorAll(".panel :not(title)")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(element), svg = element instanceof SVGElement;
    const [a, b] = [light(read(svg ? style.fill : style.color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst.ratio) Object.assign(worst, { ratio, text: element.textContent, tag: element.tagName });
  }
  return worst;
}"""  # noqa: E501


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_in_both_themes(panels, network, evidence, theme):
    panels.emulate_media(color_scheme=theme)
    panels.wait_for_selector(f"html[data-theme={theme}]")
    e, _ = find_pair(network, evidence, is_whole)
    for name, row in (("showEdgeEvidence", e), ("showGene", 0), ("showFigures", None)):
        fill(panels, name, row)
        worst = panels.evaluate(CONTRAST)
        assert 4.5 <= worst["ratio"] < inf, worst


def add_units(evidence, units):
    rna, *views = evidence.measurements
    return replace(evidence, measurements=(replace(rna, units=units), *views))


def test_several_measurements_have_a_chart_or_a_pair_of_pictures_each(visit, network, evidence, tmp_path):
    edges, nodes, summary = network
    more = add_measurements(evidence)
    genes = more.genes
    write_panel_page(tmp_path / "more.html", edges, nodes, evidence=more, summary=summary)
    page = visit(tmp_path / "more.html")

    def have(pair, *names):
        return all(name in genes[gene].values for name in names for gene in (pair.tf, pair.target))

    e, pair = find_pair(network, more, lambda pair: have(pair, EXPRESSION, CELLS, SECTION, *VIEWS))
    fill(page, "showEdgeEvidence", e)
    r = np.corrcoef(genes[pair.tf].profile(CELLS), genes[pair.target].profile(CELLS))[0, 1]
    said = section(page, "Cells").locator(".said").inner_text()
    assert said == f"r = {r:+.2f} (Pearson), over 30 cells.".replace("-", "−")
    assert section(page, "Cells").locator(".scatter .point").count() == 30
    assert section(page, "Cells").locator("figcaption").first.inner_text() == "One dot for each cell"
    assert section(page, "Expression").locator(".scatter .point").count() == 72
    assert "ρ = " in section(page, "Expression").locator(".said").inner_text()
    alts = section(page, "Images").locator("img").evaluate_all("all => all.map((image) => image.alt)")
    assert alts[-2:] == [f"{pair.tf}, {SECTION}", f"{pair.target}, {SECTION}"]
    assert len(alts) == 8
    assert section(page, "Images").locator(".view").last.inner_text() == SECTION

    e, pair = find_pair(network, more, lambda pair: have(pair, EXPRESSION) and not have(pair, CELLS))
    fill(page, "showEdgeEvidence", e)
    lacking = [name for name in (pair.tf, pair.target) if CELLS not in genes[name].values]
    said = section(page, "Cells").locator(".note").all_inner_texts()
    assert said == [" ".join(f"{name} has no values by cells." for name in lacking)]
    i = (
        nodes["symbol"]
        .tolist()
        .index(next(name for name, gene in genes.items() if {CELLS, SECTION} <= set(gene.values)))
    )
    fill(page, "showGene", i)
    assert section(page, "Cells").locator("circle.point").count() == 30
    assert section(page, "Images").locator("figcaption").last.inner_text() == SECTION


@pytest.fixture(scope="module")
def displays(network, evidence):
    """Evidence with cells in groups, spots of two sections, and terms."""
    return add_displays(evidence)


def has_all(evidence, pair):
    return all({CELLS, SPOTS, TERMS} <= set(evidence.genes[gene].values) for gene in (pair.tf, pair.target))


def test_cells_by_group_maps_by_section_and_terms_by_rarity(visit, network, displays, tmp_path):
    edges, nodes, summary = network
    write_panel_page(tmp_path / "displays.html", edges, nodes, evidence=displays, summary=summary)
    page = visit(tmp_path / "displays.html")
    e, pair = find_pair(network, displays, lambda pair: has_all(displays, pair))
    fill(page, "showEdgeEvidence", e)
    cells = section(page, "Cells")
    said = cells.locator(".said").all_inner_texts()
    assert said == [
        "r = +0.25 (Pearson), of all 700 cells; 300 of them are shown.",
        "r = −0.13 within groups (Pearson).",
    ]
    assert cells.locator(".scatter .point").count() == 300
    assert (
        len(set(cells.locator(".scatter .point").evaluate_all("all => all.map((dot) => dot.getAttribute('fill'))")))
        == 5
    )
    assert cells.locator(".groups li").all_inner_texts() == [f"kind {number}" for number in range(5)]
    assert cells.locator(".group").all_text_contents()[0].startswith("kind 0")
    assert cells.locator(".distribution").count() == 10
    images = section(page, "Images")
    assert images.locator(".view").all_inner_texts()[-2:] == ["spots, A", "spots, B"]
    assert "hatched where there is no spot" in images.inner_text()
    page.wait_for_selector(".masked .overlay[data-drawn]")
    clear = page.evaluate(
        """() => { const canvas = document.querySelector(".masked .overlay");
          return canvas.getContext("2d").getImageData(0, 0, 1, 1).data[3]; }"""
    )
    assert clear == 0
    lists = [set(displays.genes[gene].terms(TERMS).tolist()) for gene in (pair.tf, pair.target)]
    heads = section(page, "Terms").locator("h4").all_inner_texts()
    both, first, second = len(lists[0] & lists[1]), len(lists[0] - lists[1]), len(lists[1] - lists[0])
    assert heads == [f"Both ({both})", f"Only {pair.tf} ({first})", f"Only {pair.target} ({second})"]
    i = max(range(len(nodes)), key=lambda row: len(displays.genes[nodes["symbol"][row]].terms(TERMS)))
    fill(page, "showGene", i)
    terms = section(page, "Terms")
    assert terms.locator("li").count() == 12
    terms.get_by_role("button").click()
    counts = [int(text.split()[0]) for text in terms.locator("li .whole").all_inner_texts()]
    assert len(counts) == len(displays.genes[nodes["symbol"][i]].terms(TERMS))
    assert counts == sorted(counts)


def point_at(page, chart, k):
    """Move the pointer beside point k of a chart; return the lines of the tip and the fill of the point."""
    page.wait_for_function(FITS)
    point = chart.locator("circle.point").nth(k)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 + 0.3, box["y"] + box["height"] / 2)
    page.wait_for_selector(".chart-tip:visible")
    return page.locator(".chart-tip:visible").inner_text().split("\n"), point.get_attribute("fill")


def test_the_point_under_the_pointer_tells_its_sample_its_group_and_its_values(visit, network, displays, tmp_path):
    edges, nodes, summary = network
    write_panel_page(tmp_path / "displays.html", edges, nodes, evidence=displays, summary=summary)
    page = visit(tmp_path / "displays.html")
    e, pair = find_pair(network, displays, lambda pair: has_all(displays, pair) and pair.correlation is not None)
    fill(page, "showEdgeEvidence", e)
    genes = [displays.genes[name] for name in (pair.tf, pair.target)]
    lines, _ = point_at(page, section(page, "Expression"), 7)
    k = int(lines[0].removeprefix("embryo_")) - 1
    said = dict(entry.rsplit(" ", 1) for entry in lines[1].split(", "))
    assert list(said) == [pair.tf, pair.target]
    values = [float(gene.profile(EXPRESSION)[k]) for gene in genes]
    assert [float(value) for value in said.values()] == pytest.approx(values, abs=0.006)
    cells = section(page, "Cells")
    lines, fill_of_point = point_at(page, cells, 50)
    place = int(lines[0].removeprefix("cell "))
    groups = displays.profiles[1].groups
    assert lines[1] == groups[place]
    assert fill_of_point == f"var(--group-{lines[1].removeprefix('kind ')})"
    swatch = cells.locator(".groups li", has_text=lines[1]).locator("i")
    assert swatch.evaluate("(mark) => mark.style.background") == fill_of_point
    page.mouse.move(2, 2)
    page.wait_for_selector(".chart-tip:visible", state="detached")
    assert page.locator(".pointed").count() == 0


def test_groups_beyond_ten_share_grey(visit, network, displays, tmp_path):
    edges, nodes, summary = network
    rna, *views, cells, spots, terms = displays.measurements
    names = tuple(f"group {number % 14}" for number in range(len(cells.places)))
    many = replace(displays, measurements=(rna, *views, replace(cells, groups=names), spots, terms))
    write_panel_page(tmp_path / "many.html", edges, nodes, evidence=many, summary=summary)
    page = visit(tmp_path / "many.html")
    e, _ = find_pair(network, displays, lambda pair: has_all(displays, pair))
    fill(page, "showEdgeEvidence", e)
    fills = (
        section(page, "Cells")
        .locator(".scatter .point")
        .evaluate_all("all => all.map((dot) => dot.getAttribute('fill'))")
    )
    assert set(fills) == {*(f"var(--group-{number})" for number in range(10)), "var(--axis)"}
    assert section(page, "Cells").locator(".groups li").all_inner_texts()[-1] == "4 other groups"


def test_targets_stand_by_group_beside_their_tf(visit, network, displays, tmp_path):
    edges, nodes, summary = network
    write_panel_page(tmp_path / "displays.html", edges, nodes, evidence=displays, summary=summary)
    page = visit(tmp_path / "displays.html")
    groups = np.array(displays.profiles[1].groups)
    names = [f"kind {number}" for number in range(5)]

    def shares(symbol):
        values = displays.genes[symbol].profile(CELLS)
        means = np.array([values[groups == name].mean() for name in names])
        return means / means.max()

    measured = {name for name, gene in displays.genes.items() if CELLS in gene.values}
    own = edges[edges["tf"].isin(measured) & edges["target"].isin(measured)]
    symbol = own["tf"].value_counts().index[0]
    targets = own.loc[own["tf"] == symbol, "target"].tolist()
    assert len(targets) > 2
    fill(page, "showGene", nodes["symbol"].tolist().index(symbol))
    part = section(page, "Targets by group of cells")
    label = part.locator(".chart").get_attribute("aria-label")
    assert label == f"{symbol} and {len(targets)} targets in 5 groups of cells"
    assert part.locator(".group").evaluate_all("all => all.map((name) => name.firstChild.data)") == names
    widths = np.array(part.locator(".share").evaluate_all("all => all.map((bar) => bar.width.baseVal.value)"))
    expected = np.array([shares(symbol), np.mean([shares(name) for name in targets], axis=0)])
    assert widths.reshape(2, 5) / widths[:5].max() == pytest.approx(expected, abs=0.02)
    assert part.locator(".middle-half").count() == 5
    assert "Neither is proof." in part.inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_displays_fit_a_narrow_page_in_both_themes(visit, network, displays, tmp_path, theme):
    edges, nodes, summary = network
    write_panel_page(tmp_path / "displays.html", edges, nodes, evidence=displays, summary=summary)
    page = visit(tmp_path / "displays.html")
    page.emulate_media(color_scheme=theme)
    page.wait_for_selector(f"html[data-theme={theme}]")
    page.set_viewport_size({"width": 380, "height": 900})
    e, pair = find_pair(network, displays, lambda pair: has_all(displays, pair))
    for name, row in (("showEdgeEvidence", e), ("showGene", nodes["symbol"].tolist().index(pair.tf))):
        fill(page, name, row)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 380
        worst = page.evaluate(CONTRAST)
        assert 4.5 <= worst["ratio"] < inf, worst


def test_names_of_groups_sections_and_terms_are_text(visit, network, evidence, tmp_path):
    edges, nodes, summary = network
    prefix = "<img src=x onerror=alert(1)>&"
    hostile = add_displays(evidence, prefix=prefix)
    write_panel_page(tmp_path / "hostile.html", edges, nodes, evidence=hostile, summary=summary)
    page = visit(tmp_path / "hostile.html")
    e, _ = find_pair(network, hostile, lambda pair: has_all(hostile, pair))
    fill(page, "showEdgeEvidence", e)
    assert section(page, "Terms").locator("li").first.text_content().startswith(f"{prefix}term ")
    assert page.locator(".view").last.text_content() == f"spots, {prefix}B"
    assert page.locator("img[src=x]").count() == 0


def test_hostile_names_are_shown_as_they_are(visit, tmp_path):
    edges, nodes, _ = hostile_network()
    hostile = make_evidence(edges, nodes)
    noted = {pair: replace(said, notes=HOSTILE) for pair, said in hostile.pairs.items()}
    write_panel_page(tmp_path / "hostile.html", edges, nodes, evidence=replace(add_units(hostile, "<i>&"), pairs=noted))
    page = visit(tmp_path / "hostile.html")
    for e in range(0, len(edges), 3):
        fill(page, "showEdgeEvidence", e)
        assert page.locator("h2").evaluate("title => title.textContent") == f"{edges['tf'][e]} → {edges['target'][e]}"
        notes = section(page, "Notes").locator("li").evaluate_all("all => all.map((item) => item.textContent)")
        assert notes[: len(HOSTILE)] == list(HOSTILE)
    for i, symbol in enumerate(nodes["symbol"]):
        fill(page, "showGene", i)
        assert page.locator("h2").evaluate("title => title.textContent") == symbol
    fill(page, "showFigures")
    assert page.locator("b b, script:not([type]) ~ script ~ script ~ script").count() == 0


def test_the_page_of_an_edge_stands_alone(visit, network, evidence, tmp_path):
    edges, nodes, summary = network
    e, pair = find_pair(network, evidence, is_whole)
    path = tmp_path / "edge.html"
    write_evidence_page(path, evidence, edges.iloc[[e]], nodes, title="made: <one> edge", summary=summary)
    page = visit(path)
    assert page.title() == "made: <one> edge"
    assert page.inner_text("h2") == f"{pair.tf} → {pair.target}"
    assert page.locator("h2 button").count() == 0
    page.wait_for_function("() => document.querySelectorAll('.overlay[data-drawn]').length === 3")
    assert path.stat().st_size < 130_000
    other = tmp_path / "again.html"
    write_evidence_page(other, evidence, edges.iloc[[e]], nodes, title="made: <one> edge", summary=summary)
    assert other.read_bytes() == path.read_bytes()


def test_edges_of_one_page_link_to_each_other(visit, network, evidence, tmp_path):
    edges, nodes, summary = network
    pairs = list(zip(edges["tf"], edges["target"], strict=True))
    e, pair = find_pair(network, evidence, lambda pair: any((near.tf, near.target) in pairs for near in pair.near))
    near = next((near.tf, near.target) for near in pair.near if (near.tf, near.target) in pairs)
    both = edges.iloc[[e, pairs.index(near)]]
    write_evidence_page(tmp_path / "two.html", evidence, both, nodes, title="two", summary=summary)
    page = visit(tmp_path / "two.html")
    assert page.locator("article").count() == 2
    page.get_by_role("button", name=f"{near[0]} → {near[1]}").first.click()
    assert page.evaluate("() => document.activeElement.querySelector('h2').textContent") == f"{near[0]} → {near[1]}"


def test_a_pair_of_which_only_the_evidence_is_known(visit, network, evidence, tmp_path):
    edges, nodes, _ = network
    bare = edges.iloc[[0]][["tf", "target", "probability", "spread"]]
    write_evidence_page(tmp_path / "bare.html", evidence, bare, nodes[["symbol"]], title="bare")
    page = visit(tmp_path / "bare.html")
    assert page.inner_text("h2") == f"{edges['tf'][0]} → {edges['target'][0]}"
    assert page.locator(".badge").all_inner_texts() == ["sign unknown"]
