import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from made_cards import by_chance, by_own_rule, make_card_inputs

from grnet.evaluation.figure_names import FIGURE_NAMES, name_columns
from grnet.evaluation.report_card import make_card
from grnet.reports.card_page import write_cards_page
from grnet.schema.errors import InputError

NASTY = "</script><img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """Collects table rows, headings and the paragraphs of boxes as text, and every address that the page would load."""

    def __init__(self):
        super().__init__()
        self.rows, self.headings, self.boxes, self.loaded, self.plots = [], [], [], [], 0
        self._into, self._box = None, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.loaded += [attributes[name] for name in ("src", "href") if name in attributes]
        kind = attributes.get("class", "")
        self.plots += tag == "div" and attributes.get("id", "").startswith("plot-")
        if tag == "div":
            self._box = kind.removeprefix("box ") if kind.startswith("box ") else None
        if tag == "tr":
            self.rows.append([])
        into = {"td": self.rows[-1] if self.rows else None, "th": self.rows[-1] if self.rows else None}
        into |= dict.fromkeys(("h1", "h2", "h3"), self.headings)
        if tag in into:
            self._into = into[tag]
            self._into.append("")
        if tag == "p" and self._box:
            self.boxes.append((self._box, ""))
        if tag == "small":
            self._into[-1] += " "

    def handle_endtag(self, tag):
        if tag == "div":
            self._box = None
        if tag in ("td", "th", "h1", "h2", "h3"):
            self._into = None

    def handle_data(self, data):
        if self._into is not None:
            self._into[-1] += data
        elif self._box and self.boxes:
            self.boxes[-1] = (self._box, self.boxes[-1][1] + data)


def read(path):
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


@pytest.fixture(scope="module")
def cards():
    one = make_card_inputs(by_own_rule, n=400)
    images = np.where(one.with_images, 0.5, np.nan)
    entries = {"images alone": images, "RNA alone": one.models["model"], "fused": one.models["model"]}
    one = replace(one, models={NASTY: one.models["model"]}, ablation=entries)
    return [make_card(one), make_card(make_card_inputs(by_chance, split="tf", n=400, fidelity=0))]


HISTORY = {"pair": {"RNA": {"fold 0": [(1, 0.7, 0.8), (2, 0.5, float("nan"))], NASTY: []}}}


def test_the_page_begins_with_all_splits_and_then_shows_each(tmp_path, cards):
    path = tmp_path / "report.html"
    settings = {"seed": 3, "model": {"channels": (16, 24), "name": NASTY}}
    write_cards_page(path, cards, title=f"Run {NASTY}", history=HISTORY, settings=settings, notes=["A note."])
    page = read(path)
    parts = ["Figures", "Curves", "Beyond correlation"]
    assert page.headings == [
        f"Run {NASTY}",
        "At a glance",
        "New pairs",
        *parts,
        "Images and RNA",
        "Folds",
        "Training history",
        "New TFs",
        *parts,
        "Folds",
        "Settings",
    ]
    first, second = page.rows[1:3]
    assert first[:3] == ["new pairs", "400", f"{cards[0].base_rate:.1%}"]
    area = cards[0].model.figures["auroc"]
    assert first[4] == f"{area.value:.3f} {area.low:.3f}–{area.high:.3f}"
    within = cards[0].model.figures["concordance_within_tfs"]
    assert first[5] == f"{within.value:.3f} {within.low:.3f}–{within.high:.3f}"
    assert second[0] == "new TFs"
    assert ["model.channels", "16, 24"] in page.rows
    assert page.plots == 12


def test_figures_and_ablation_stand_in_their_tables(tmp_path, cards):
    write_cards_page(tmp_path / "report.html", cards, title="Run")
    rows = {row[0]: row for row in reversed(read(tmp_path / "report.html").rows) if row}
    pearson = cards[0].row("|Pearson|")
    columns = name_columns(tuple(FIGURE_NAMES), cards[0].concordance)
    cells = [f"{e.value:.3f} {e.low:.3f}–{e.high:.3f}" for e in (pearson.figures[name] for name in columns)]
    assert rows["|Pearson|"] == ["|Pearson|", *cells, f"{pearson.tf_medians.auroc:.3f}", rows["|Pearson|"][-1]]
    assert rows["images alone"] == ["images alone", "–", "–", "–", "–"]
    assert rows["fused minus RNA alone"][1] == "+0.000 +0.000 to +0.000"
    matched = cards[0].beyond.matched[0]
    assert rows["matched on |r|"][1] == f"{matched.n_couples} of {matched.n_positives}"


def test_warnings_and_verdicts_stand_in_boxes(tmp_path, cards):
    write_cards_page(tmp_path / "report.html", cards, title="Run")
    boxes = read(tmp_path / "report.html").boxes
    assert ("finding", cards[0].verdict) in boxes
    assert ("finding", cards[0].ablation.verdict) in boxes
    for warning in cards[1].warnings:
        assert ("warning", warning.text) in boxes
    assert boxes[0][1].startswith("New TFs: no better than chance; a simple baseline is as good")


def test_the_page_loads_nothing_escapes_names_and_has_the_same_bytes_each_time(tmp_path, cards):
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    for path in (one, two):
        write_cards_page(path, cards, title=NASTY, history=HISTORY)
    text = one.read_text(encoding="utf-8")
    assert read(one).loaded == ["data:,"]
    assert "onerror=alert(1)>" not in text
    assert len(re.findall("plotly.js v", text)) == 1
    assert one.read_bytes() == two.read_bytes()
    assert sorted(tmp_path.iterdir()) == [one, two]


def test_labels_of_one_class_still_give_a_page(tmp_path):
    inputs = make_card_inputs(by_own_rule, n=60, with_baselines=False)
    card = make_card(replace(inputs, labels=np.ones(60, np.int8)))
    write_cards_page(tmp_path / "report.html", [card], title="Run")
    assert read(tmp_path / "report.html").rows[1][4] == "–"


def test_a_page_needs_a_card(tmp_path):
    with pytest.raises(InputError, match="a page of report cards needs a card, got none"):
        write_cards_page(tmp_path / "report.html", [], title="Run")


def test_the_page_explains_degrees_below_chance_and_losses_of_several_stages(tmp_path):
    inputs = make_card_inputs(by_own_rule, n=200, with_baselines=False)
    history = {"RNA": {"fold 0": [(1, 0.7, 0.8)]}, "Images": {"fold 0": [(1, 0.9, 0.8)]}}
    below = "“degree only” falls below 0.5 if genes are balanced between the labels: a held-out edge is missing from"
    stages = "A colour for each fold. Each stage has a loss of its own; they do not compare."
    for degree, told in ((1 - inputs.labels, True), (inputs.labels, False)):
        card = make_card(replace(inputs, baselines={"degree only": 0.25 + 0.5 * degree}))
        write_cards_page(tmp_path / "report.html", [card], title="Run", history={"pair": history} if told else {})
        text = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert (below in text, stages in text) == (told, told)
