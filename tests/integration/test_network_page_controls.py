"""The controls of the explorer page in a real browser: what each changes in drawing, table, panel and link."""

from __future__ import annotations

import math
import re

import pytest
from explorer_pages import click_edge, click_gene, drawn, listed, make_page, needs_chromium, pairs_of, says, wait_drawn

pytestmark = list(needs_chromium)
LONGEST_GAP = 6
"""Pixels between two dashes of one edge, at most."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page of 400 edges, its edges and nodes."""
    return make_page(tmp_path_factory.mktemp("page"), 400)


def hub_of(nodes):
    return nodes.sort_values(["out_degree", "symbol"], ascending=[False, True])["symbol"].iloc[0]


def fragment(page) -> str:
    page.wait_for_timeout(400)
    return page.evaluate("() => location.hash")


def test_the_slider_goes_from_one_probability_to_the_next(visit, made):
    path, edges, _ = made
    page = visit(path)
    distinct = sorted(set(edges["probability"]))
    assert page.get_attribute("#threshold", "max") == str(len(distinct) - 1)
    page.focus("#threshold")
    for position in (1, 2, 3):
        page.keyboard.press("ArrowRight")
        count = int((edges["probability"] >= distinct[position]).sum())
        wait_drawn(page, count)
        assert f" · {count} of 400 edges" in says(page)
        assert page.get_attribute("#threshold", "aria-valuetext") == says(page)
    page.keyboard.press("End")
    count = int((edges["probability"] == distinct[-1]).sum())
    wait_drawn(page, count)
    page.click("#tab-table")
    assert page.inner_text("#table-says") == f"{count} of 400 edges"
    assert listed(page) == pairs_of(edges[:count])


def test_any_probability_can_be_typed(visit, made):
    path, edges, _ = made
    page = visit(path)
    page.fill("#threshold-number", "0.9")
    page.press("#threshold-number", "Enter")
    count = int((edges["probability"] >= 0.9).sum())
    wait_drawn(page, count)
    assert says(page).startswith(f"≥ 0.900 · {count} of 400 edges")
    for wrong in ("7", "-1"):
        page.fill("#threshold-number", wrong)
        page.press("#threshold-number", "Enter")
        assert page.input_value("#threshold-number") == "0.9"
    page.fill("#threshold-number", "1")
    page.press("#threshold-number", "Enter")
    wait_drawn(page, 0)
    assert page.locator("#nothing").is_visible()
    page.click("#reset")
    wait_drawn(page, 400)
    assert fragment(page) == ""


def filtered(edges, nodes):
    """Return what each filter should leave of the edges."""
    is_tf, n_images = (edges["target"].map(nodes.set_index("symbol")[name]) for name in ("is_tf", "n_images"))
    keep = {
        "novel": edges["known"],
        "known": ~edges["known"],
        **{sign: edges["sign"] != sign for sign in ("activation", "repression", "unknown")},
        "tfs": is_tf,
        "images": (edges["tf"].map(nodes.set_index("symbol")["n_images"]) > 0) & (n_images > 0),
    }
    return {box: edges[rows.to_numpy(bool)] for box, rows in keep.items()}


def test_filters_keep_what_they_say(visit, made):
    path, edges, nodes = made
    page = visit(path)
    for box, kept in filtered(edges, nodes).items():
        assert 0 < len(kept) < len(edges), box
        page.click(f"#filter-{box}")
        wait_drawn(page, len(kept))
        assert drawn(page)["genes"] == len({*kept["tf"], *kept["target"]}), box
        assert drawn(page)["edges"] == kept.index.tolist(), box
        assert f" {len(kept)} of 400 edges" in says(page)
        page.click("#tab-table")
        rows = listed(page)
        assert rows == pairs_of(kept)[: len(rows)], box
        assert rows
        assert page.inner_text("#table-says") == f"{len(kept)} of 400 edges"
        assert fragment(page) in (f"#tab=table&hide={box}", f"#tab=table&only={box}")
        page.click("#tab-network")
        page.click(f"#filter-{box}")
        wait_drawn(page, 400)


def test_filters_say_how_many_edges_they_let_through(visit, made):
    path, edges, _ = made
    page = visit(path)
    page.click("#filter-known")
    novel = edges[~edges["known"]]
    for box, count in (("known", edges["known"].sum()), ("activation", (novel["sign"] == "activation").sum())):
        assert page.inner_text(f"label:has(#filter-{box}) .count") == str(count)


def test_search_completes_names_and_ids(visit, made):
    path, _, nodes = made
    page = visit(path)
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.id") == "search"
    hub = hub_of(nodes)
    page.keyboard.type(hub.lower())
    assert page.locator("#found [role=option] b").first.inner_text() == hub
    page.fill("#search", "tf")
    assert page.get_attribute("#search", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#search", "aria-activedescendant") == "found-1"
    second = page.inner_text("#found-1 b")
    page.keyboard.press("Enter")
    assert page.evaluate("() => explorer.state.selection.gene") == page.evaluate("n => explorer.geneOf(n)", second)
    with_id = nodes[nodes["id"] != ""].iloc[5]
    page.fill("#search", with_id["id"].lower())
    assert page.locator("#found [role=option] b").all_inner_texts() == [with_id["symbol"]]
    page.keyboard.press("Enter")
    assert page.locator("#panel-body").inner_text().startswith(with_id["symbol"])
    page.fill("#search", "no such gene")
    assert "no gene of that name" in page.inner_text("#found")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.get_attribute("#search", "aria-expanded") == "false"


def count_edges(path):
    """Return how many edges a path of SVG draws; a dashed one has several pieces, each a few pixels behind the last."""
    edges, before = 0, None
    for piece in path.split("M")[1:]:
        x0, y0, x1, y1 = (float(number) for number in re.findall(r"-?[0-9.]+", piece))
        goes_on = before is not None and math.hypot(x0 - before[0], y0 - before[1]) <= LONGEST_GAP
        edges, before = edges + (not goes_on), (x1, y1)
    return edges


def test_a_click_on_a_gene_lights_up_its_neighbours(visit, made):
    path, edges, nodes = made
    page = visit(path)
    hub = hub_of(nodes)
    click_gene(page, hub)
    page.wait_for_selector("#network.faded")
    own = edges[(edges["tf"] == hub) | (edges["target"] == hub)]
    lines = page.locator("#overlay g:first-child path").evaluate_all("all => all.map((one) => one.getAttribute('d'))")
    assert sum(map(count_edges, lines)) == len(own)
    assert hub in drawn(page)["labels"]
    assert set(drawn(page)["labels"]) <= {*own["tf"], *own["target"]}
    assert page.locator("#panel-body").inner_text().startswith(hub)
    assert fragment(page) == f"#gene={hub}"
    page.keyboard.press("Escape")
    assert page.locator("#network.faded").count() == 0
    assert page.locator("#intro").is_visible()
    assert fragment(page) == ""


def test_a_click_on_an_edge_shows_it(visit, made):
    path, edges, _ = made
    page = visit(path)
    for row in (3, 40):
        edge = edges.iloc[row]
        click_edge(page, row)
        assert page.evaluate("() => explorer.state.selection.edge") == row
        text = page.locator("#panel-body").inner_text()
        assert edge["tf"] in text
        assert edge["target"] in text
        assert sorted(drawn(page)["labels"]) == sorted([edge["tf"], edge["target"]])
        assert fragment(page) == f"#tf={edge['tf']}&target={edge['target']}"
    box = page.locator("#surface").bounding_box()
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] - 3)
    assert page.evaluate("() => explorer.state.selection") is None


def test_keys_step_through_the_edges_of_a_gene_and_of_the_table(visit, made):
    path, edges, nodes = made
    page = visit(path)
    hub = hub_of(nodes)
    click_gene(page, hub)
    own = edges.index[(edges["tf"] == hub) | (edges["target"] == hub)].tolist()
    chosen = "() => explorer.state.selection.edge"
    for key, row in (("n", own[0]), ("n", own[1]), ("n", own[2]), ("p", own[1]), ("p", own[0]), ("p", own[-1])):
        page.keyboard.press(key)
        assert page.evaluate(chosen) == row
    page.keyboard.press("Escape")
    for key, row in (("n", 0), ("n", 1), ("p", 0)):
        page.keyboard.press(key)
        assert page.evaluate(chosen) == row


def test_the_drawing_moves_and_zooms_by_mouse_and_keys(visit, made):
    path, _, nodes = made
    page = visit(path)
    hub = hub_of(nodes)
    where = lambda: page.evaluate("name => explorer.geneAt(explorer.geneOf(name))", hub)  # noqa: E731
    x, y = where()
    page.mouse.move(300, 500)
    page.mouse.down()
    page.mouse.move(340, 520, steps=4)
    page.mouse.up()
    assert where() == pytest.approx([x + 40, y + 20], abs=1)
    assert page.evaluate("() => explorer.state.selection") is None
    x, y = where()
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function("() => explorer.state.view.span < 1e9")
    page.wait_for_timeout(400)
    assert where() == pytest.approx([x, y], abs=1)
    span = page.evaluate("() => explorer.state.view.span")
    page.focus("#surface")
    page.keyboard.press("-")
    assert page.evaluate("() => explorer.state.view.span") == pytest.approx(span * 1.3)
    x, y = where()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert where() == pytest.approx([x - 60, y - 60], abs=1)
    assert fragment(page).startswith("#view=")
    page.keyboard.press("0")
    assert fragment(page) == ""


def test_fingers_move_and_pinch(visit, made):
    page = visit(made[0])
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    width = page.locator("#surface").bounding_box()["width"]
    span = width / page.evaluate("() => { const [a, b] = [0, 1].map((i) => explorer.placeAt(i, 0)[0]); return b - a; }")
    touch("touchStart", (400, 400), (500, 400))
    for step in range(1, 6):
        touch("touchMove", (400 - 10 * step, 400), (500 + 10 * step, 400))
    touch("touchEnd")
    page.wait_for_timeout(500)
    closer = page.evaluate("() => explorer.state.view.span")
    assert closer == pytest.approx(span / 2, rel=0.15)
    touch("touchStart", (400, 400))
    x, y = page.evaluate("() => explorer.geneAt(0)")
    for step in range(1, 6):
        touch("touchMove", (400 + 10 * step, 400 + 4 * step))
    touch("touchEnd")
    assert page.evaluate("() => explorer.geneAt(0)") == pytest.approx([x + 50, y + 20], abs=12)
    assert page.evaluate("() => explorer.state.selection") is None


def test_what_is_drawn_lies_where_it_is_said_to_be_after_a_move(visit, made):
    """Plotly draws anew at rest: its own scale, shifted by the rim, and the places of the overlay agree."""
    page = visit(made[0])
    page.mouse.move(400, 400)
    page.mouse.wheel(0, -500)
    page.wait_for_timeout(1500)
    off = page.evaluate(
        """() => {
          const plot = document.getElementById("network"), { xaxis, yaxis, _size } = plot._fullLayout;
          const { nodes } = JSON.parse(document.getElementById("network-data").textContent);
          const box = plot.getBoundingClientRect();
          return [0, 5, 17].map((i) => {
            const [x, y] = explorer.geneAt(i);
            const [across, down] = [xaxis.l2p(nodes.x[i]), yaxis.l2p(nodes.y[i])];
            return Math.hypot(box.left + _size.l + across - x, box.top + _size.t + down - y);
          });
        }"""
    )
    assert max(off) < 1.5


def test_a_gene_that_is_filtered_away_says_so_and_can_be_shown(visit, made):
    path, edges, _ = made
    page = visit(path)
    weakest = edges.iloc[-1]
    others = edges[:-1]
    assert weakest["target"] not in {*others["tf"], *others["target"]}
    page.fill("#threshold-number", "0.95")
    page.press("#threshold-number", "Enter")
    page.fill("#search", weakest["target"])
    page.keyboard.press("Enter")
    assert "No edge of this gene passes" in page.inner_text("#panel-hint")
    page.click("#panel-hint button")
    wait_drawn(page, 1)  # the gene alone with its regulator, as it was searched for
    page.wait_for_selector("#panel-hint", state="hidden")
    page.click("#leave")
    wait_drawn(page, 400)


def test_light_and_dark(visit, made):
    path, _, _ = made
    page = visit(path)
    theme = "() => document.documentElement.dataset.theme"
    genes = "document.getElementById('network').data.filter((one) => one.meta.kind === 'genes' && one.visible)"
    colour = f"() => {genes}[0].marker.color"
    assert page.evaluate(theme) == "light"
    light = page.evaluate(colour)
    page.click("#theme")
    assert page.evaluate(theme) == "dark"
    page.wait_for_function(f"light => ({colour})() !== light", arg=light)
    assert fragment(page) == "#theme=dark"
    page.click("#theme")
    assert page.evaluate(theme) == "light"
    page.goto("about:blank")
    page.emulate_media(color_scheme="dark")
    page = visit(path)
    assert page.evaluate(theme) == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'light'")


CONTRAST = """() => {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = (hex) => [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255))
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const contrast = (a, b) => {
    const [x, y] = [light(value(a)), light(value(b))].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  return Object.fromEntries(["ink", "soft", "accent", "activation", "repression", "unknown", "known", "novel"].flatMap(
    (text) => ["paper", "ground"].map((ground) => [`${text} on ${ground}`, contrast(text, ground)])));
}"""


def test_text_has_contrast(visit, made):
    page = visit(made[0])
    for _ in ("light", "dark"):
        assert {name: value for name, value in page.evaluate(CONTRAST).items() if value < 4.5} == {}
        page.click("#theme")


def test_tabs_and_help_work_with_the_keyboard(visit, made):
    page = visit(made[0])
    page.focus("#tab-network")
    page.keyboard.press("ArrowRight")
    assert page.locator("#listing").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator("#figures").is_visible()
    assert not page.locator("#drawing").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator("#drawing").is_visible()
    page.focus("#help-open")
    page.keyboard.press("Enter")
    assert page.locator("#help").is_visible()
    assert "Probability" in page.inner_text("#help")
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()


def test_every_control_is_reached_by_tab_and_shows_its_focus(visit, made):
    page = visit(made[0])
    seen = {}
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "() => { const one = document.activeElement; return [one.id, getComputedStyle(one).outlineStyle]; }"
        )
        if name:
            seen[name] = outline
    wanted = {"tab-network", "copy-link", "theme", "help-open", "search", "threshold-number", "threshold", "reset"}
    wanted |= {"filter-known", "filter-tfs", "surface", "zoom-in", "zoom-fit", "save-svg", "save-png"}
    assert wanted <= set(seen)
    assert {name for name in wanted if seen[name] == "none"} == set()


def test_a_gene_gets_the_drawing_for_itself_and_gives_it_back(visit, made):
    path, edges, nodes = made
    page = visit(path)
    hub = hub_of(nodes)
    own = edges[(edges["tf"] == hub) | (edges["target"] == hub)]
    targets = list(edges.loc[edges["tf"] == hub, "target"])
    click_gene(page, hub)
    wait_drawn(page, 400)
    assert page.inner_text("#panel-show") == "Regulon"
    page.click("#panel-show")
    wait_drawn(page, len(own))
    place = "name => explorer.geneAt(explorer.geneOf(name))"
    middle = page.evaluate(place, hub)[0]
    assert all(page.evaluate(place, name)[0] > middle for name in targets if name not in set(edges["tf"]))
    assert page.inner_text("#stage-says").endswith(f"{len(targets)} targets on the right, the most probable nearest")
    assert f"focus={hub}" in fragment(page)
    assert set(drawn(page)["labels"]) > {hub}
    page.click("#tab-table")
    assert page.inner_text("#table-says") == f"{len(own)} of 400 edges"
    page.click("#tab-network")
    page.click("#leave")
    wait_drawn(page, 400)
    page.mouse.dblclick(*page.evaluate(place, hub))
    wait_drawn(page, len(own))
    page.keyboard.press("Escape")
    wait_drawn(page, 400)
    assert page.is_hidden("#stage")


def test_the_side_panel_follows_what_is_drawn(visit, made):
    path, edges, _ = made
    page = visit(path)
    assert page.is_hidden("#drawn")
    page.click("#filter-known")
    novel = edges[~edges["known"]]
    wait_drawn(page, len(novel))
    page.wait_for_selector("#drawn", state="visible")
    counts = page.locator("#drawn-counts li").all_inner_texts()
    assert counts[:3] == [f"{len(novel)} edges", "0 of them known", f"{len(novel)} novel"]
    degrees = novel["tf"].value_counts()
    assert page.locator("#hubs .soft").first.inner_text() == str(degrees.max())


def test_the_page_itself_never_scrolls(visit, made):
    path, edges, _ = made
    page = visit(path, f"tf={edges['tf'].iloc[0]}&target={edges['target'].iloc[0]}")
    assert page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")


def test_search_gives_the_keyboard_back(visit, made):
    path, _, nodes = made
    page = visit(path)
    page.keyboard.press("/")
    page.keyboard.type(nodes["symbol"].iloc[0])
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "surface"
    page.keyboard.press("/")
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.id") == "surface"
    assert page.input_value("#search") == ""
