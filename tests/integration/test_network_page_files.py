"""The table of the explorer page, its link, and the files that it saves, in a real browser."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest
from cx2_schema import ELEMENTS
from explorer_pages import click_gene, drawn, listed, make_page, needs_chromium, pairs_of, wait_drawn
from made_networks import HOSTILE, make_genes
from PIL import Image

from grnet.schema.genes import GeneCatalogue

pytestmark = list(needs_chromium)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page of 400 edges, its edges and nodes."""
    return make_page(tmp_path_factory.mktemp("page"), 400)


def save(page, button: str) -> bytes:
    """Click a button that saves a file; return what was saved."""
    with page.expect_download() as waiting:
        page.click(button)
    return waiting.value.path().read_bytes()


# ---- the table


def test_the_table_sorts_by_every_column(visit, made):
    path, edges, _ = made
    page = visit(path, "tab=table")
    assert page.get_attribute("th[data-column=rank]", "aria-sort") == "ascending"
    for column in ("probability", "spread", "correlation"):
        for order, falling in (("descending", True), ("ascending", False)):
            page.click(f"th[data-column={column}] button")
            assert page.get_attribute(f"th[data-column={column}]", "aria-sort") == order
            wanted = edges.sort_values([column, "rank"], ascending=[not falling, True], na_position="last")
            rows = listed(page)
            assert rows == pairs_of(wanted)[: len(rows)], (column, order)
            assert rows
    for column, first in (("sign", edges["sign"].min()), ("known", "known")):
        page.click(f"th[data-column={column}] button")
        assert first in page.inner_text("#listed tr:first-child")
    page.click("th[data-column=tf] button")
    shown = [tf for tf, _ in listed(page)]
    assert shown == sorted(shown, key=lambda name: int(name[2:]))


def test_only_rows_in_view_exist_and_all_can_be_reached(visit, tmp_path):
    path, edges, _ = make_page(tmp_path, 5000)
    page = visit(path, "tab=table&p=0")
    assert page.inner_text("#table-says") == "5,000 of 5,000 edges"
    assert page.get_attribute("#edges", "aria-rowcount") == "5001"
    assert page.locator("#listed tr").count() < 80
    assert listed(page)[:5] == pairs_of(edges)[:5]
    page.focus("#edges")
    for key, row in (("End", 4999), ("ArrowUp", 4998), ("Home", 0), ("ArrowDown", 1), ("PageDown", None)):
        page.keyboard.press(key)
        active = page.get_attribute("#edges", "aria-activedescendant")
        assert row is None or active == f"row-{row}"
        page.wait_for_selector(f"#{active}")
        box, room = page.locator(f"#{active}").bounding_box(), page.locator("#rows").bounding_box()
        assert room["y"] < box["y"]
        assert box["y"] + box["height"] <= room["y"] + room["height"] + 1
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("() => explorer.state.selection") == {"edge": 1}
    assert page.get_attribute("#row-1", "aria-selected") == "true"


def test_a_row_selects_its_edge_and_shows_it_in_the_drawing(visit, made):
    path, edges, _ = made
    page = visit(path, "tab=table")
    page.click("#listed tr:nth-child(5)")
    assert edges["target"].iloc[4] in page.inner_text("#panel-body")
    page.click("#panel-show")
    assert page.locator("#drawing").is_visible()
    page.wait_for_selector("#network.faded")
    assert set(drawn(page)["labels"]) == {edges["tf"].iloc[4], edges["target"].iloc[4]}


def test_rows_are_filtered_by_parts_of_names_and_ids(visit, made):
    path, edges, nodes = made
    page = visit(path, "tab=table")
    page.fill("#table-filter", "GENE1")
    has = edges["tf"].str.contains("gene1") | edges["target"].str.contains("gene1")
    assert page.inner_text("#table-says") == f"{has.sum()} of 400 edges"
    rows = listed(page)
    assert rows == pairs_of(edges[has])[: len(rows)]
    assert rows
    gene = nodes[(nodes["id"] != "") & ~nodes["is_tf"]].iloc[0]
    page.fill("#table-filter", gene["id"].lower())
    assert listed(page) == pairs_of(edges[edges["target"] == gene["symbol"]])
    page.fill("#table-filter", "nothing like this")
    assert listed(page) == []
    assert page.is_disabled("#save-csv")


def test_the_csv_holds_what_is_listed_with_names_intact(visit, tmp_path):
    genes = make_genes(5, len(HOSTILE))
    genes = GeneCatalogue(HOSTILE, tuple(f'i"{i}, ' for i in range(len(HOSTILE))), genes.is_tf, genes.n_images)
    path, edges, nodes = make_page(tmp_path, 40, genes)
    page = visit(path, "tab=table")
    text = save(page, "#save-csv").decode("utf-8")
    assert text.startswith('"rank","tf","target","tf_id","target_id","probability","spread","seed_spread","score"')
    assert text.count("\r\n") >= 41
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["tf"], row["target"]) for row in rows] == pairs_of(edges)
    ids = nodes.set_index("symbol")["id"]
    assert [row["tf_id"] for row in rows] == edges["tf"].map(ids).tolist()
    np.testing.assert_array_equal(np.float32([row["score"] for row in rows]), edges["score"])
    assert [row["correlation"] == "" for row in rows] == edges["correlation"].isna().tolist()
    page.click("#filter-novel")
    rows = list(csv.DictReader(io.StringIO(save(page, "#save-csv").decode("utf-8"), newline="")))
    assert [(row["tf"], row["target"]) for row in rows] == pairs_of(edges[edges["known"]])


def test_graphml_and_cx2_hold_what_is_listed(visit, tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    genes = make_genes(5, len(HOSTILE))
    genes = GeneCatalogue(HOSTILE, tuple(f'i"{i}, ' for i in range(len(HOSTILE))), genes.is_tf, genes.n_images)
    path, edges, nodes = make_page(tmp_path, 40, genes)
    page = visit(path, "tab=table&hide=novel")
    kept = edges[edges["known"]]
    graph = nx.read_graphml(io.BytesIO(save(page, "#save-graphml")))
    name = nx.get_node_attributes(graph, "name")
    assert sorted((name[tf], name[target]) for tf, target in graph.edges) == sorted(pairs_of(kept))
    ids = nodes.set_index("symbol")["id"]
    assert all(graph.nodes[node]["gene_id"] == ids[symbol] for node, symbol in name.items())
    probability = {(name[a], name[b]): value for (a, b), value in nx.get_edge_attributes(graph, "probability").items()}
    expected = dict(zip(pairs_of(kept), kept["probability"], strict=True))
    assert probability == pytest.approx({pair: float(value) for pair, value in expected.items()}, abs=1e-5)

    document = json.loads(save(page, "#save-cx2"))
    for part in document[1:]:
        ((aspect, elements),) = part.items()
        validator = jsonschema.Draft202012Validator(ELEMENTS[aspect])
        for element in elements:
            validator.validate(element)
    found = {aspect: elements for part in document[1:] for aspect, elements in part.items()}
    named = {node["id"]: node["v"]["name"] for node in found["nodes"]}
    assert [(named[edge["s"]], named[edge["t"]]) for edge in found["edges"]] == pairs_of(kept)


def test_the_table_is_copied_separated_by_tabs(visit, made):
    path, edges, _ = made
    page = visit(path, "tab=table")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#copy-table")
    page.wait_for_function("() => document.getElementById('says').textContent === '400 rows copied'")
    text = page.evaluate("() => navigator.clipboard.readText()")
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    assert [(row["tf"], row["target"]) for row in rows] == pairs_of(edges)


# ---- the link


def test_a_link_restores_everything(visit, made):
    path, edges, _ = made
    page = visit(path)
    page.fill("#threshold-number", "0.85")
    page.press("#threshold-number", "Enter")
    page.click("#filter-repression")
    page.click("#theme")
    page.focus("#surface")
    page.keyboard.press("+")
    kept = edges[(edges["probability"] >= 0.85) & (edges["sign"] != "repression")]
    wait_drawn(page, len(kept))
    page.keyboard.press("n")
    page.click("#tab-table")
    page.wait_for_timeout(500)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#copy-link")
    page.wait_for_function("() => document.getElementById('says').textContent === 'Link copied'")
    link = page.evaluate("() => navigator.clipboard.readText()")
    before = page.evaluate("() => ({ ...explorer.state, hidden: [...explorer.state.hidden], only: [] })")
    page = visit(path, link.split("#")[1])
    after = page.evaluate("() => ({ ...explorer.state, hidden: [...explorer.state.hidden], only: [] })")
    assert after["view"] == pytest.approx(before["view"], abs=0.01)
    assert {**after, "view": 0} == {**before, "view": 0}
    assert (after["threshold"], after["hidden"], after["theme"], after["tab"]) == (
        0.85,
        ["repression"],
        "dark",
        "table",
    )
    assert after["selection"] == {"edge": kept.index[0]}
    assert page.inner_text("#table-says") == f"{len(kept)} of 400 edges"
    page.click("#tab-network")
    wait_drawn(page, len(kept))


def test_the_browser_goes_back_to_the_selection_before(visit, made):
    path, _, nodes = made
    page = visit(path)
    first, second = nodes.sort_values("out_degree")["symbol"].iloc[[-1, -2]]
    for name in (first, second):
        click_gene(page, name)
    seen = []
    for go, name in ((page.go_back, first), (page.go_forward, second)):
        go()
        page.wait_for_function("name => explorer.state.selection?.gene === explorer.geneOf(name)", arg=name)
        seen.append(page.inner_text("#panel-body").split()[0])
    assert seen == [first, second]


@pytest.mark.parametrize(
    "rubbish",
    [
        "p=abc&hide=,,x&only=7&gene=nobody&tab=&theme=pink&view=1,2",
        "p=9&view=NaN,1,2&tf=Tf1&target=&&&===%",
        "view=0,0,-5&p=-0.1",
        "%E0%A4%A",
    ],
)
def test_a_link_that_makes_no_sense_does_no_harm(visit, made, rubbish):
    page = visit(made[0], rubbish)
    wait_drawn(page, 400)
    assert page.evaluate("() => [explorer.state.selection, explorer.state.view, explorer.state.tab]") == [
        None,
        None,
        "network",
    ]


# ---- pictures


def test_the_view_is_saved_as_vectors(visit, made):
    path, _, nodes = made
    page = visit(path)
    tree = ElementTree.fromstring(save(page, "#save-svg"))
    tags = [element.tag.split("}")[1] for element in tree.iter()]
    assert "image" not in tags
    lines = [element for element in tree.iter("{http://www.w3.org/2000/svg}path") if element.get("class") == "js-line"]
    assert sum(line.get("d").count("M") for line in lines) >= 400
    points = [
        element for element in tree.iter("{http://www.w3.org/2000/svg}path") if "point" in (element.get("class") or "")
    ]
    assert len(points) >= len(nodes)
    texts = ["".join(element.itertext()) for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("Made & drawn: gene regulatory network (≥ ") for text in texts)
    assert {
        "transcription factor",
        "target",
        "activation (r > 0)",
        "repression (r < 0)",
        "known edge",
        "novel edge",
    } <= set(texts)
    assert set(drawn(page)["labels"]) <= set(texts)


def test_the_view_is_saved_as_png_twice_as_fine(visit, made):
    page = visit(made[0], "theme=dark")
    image = Image.open(io.BytesIO(save(page, "#save-png")))
    width, height = page.evaluate(
        "() => [document.getElementById('surface').clientWidth, document.getElementById('surface').clientHeight]"
    )
    assert image.size == (2 * width, 2 * (height + 90))
    red, green, blue = image.convert("RGB").getpixel((4, 4))
    assert (red, green, blue) == (0x14, 0x19, 0x1F)
    assert len(image.convert("RGB").getcolors(1 << 24)) > 200


def test_a_saved_picture_holds_hostile_names_as_text(visit, tmp_path):
    genes = make_genes(5, len(HOSTILE))
    genes = GeneCatalogue(HOSTILE, ("",) * len(HOSTILE), genes.is_tf, genes.n_images)
    path, _, _ = make_page(tmp_path, 30, genes)
    page = visit(path)
    tree = ElementTree.fromstring(save(page, "#save-svg"))
    texts = {"".join(element.itertext()) for element in tree.iter("{http://www.w3.org/2000/svg}text")}
    names = [name for name in drawn(page)["labels"] if re.fullmatch(r"\S+", name)]
    assert names
    assert set(names) <= texts
    assert not [element for element in tree.iter() if element.tag.split("}")[1] in ("script", "a")]
