"""Pieces of HTML for notebooks: what they show, and that names of genes never become markup."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.summary import DatasetSummary
from grnet.evaluation.network_comparison import Agreement, Comparison, ListFigures
from grnet.network.network import Network
from grnet.network.page_display import show_page
from grnet.schema.errors import MissingInputError
from grnet.schema.evidence import Contributions, NearKnownEdge, PairEvidence, Place, Places
from grnet.schema.notebook import in_notebook, render_block, render_figure, render_lines, render_table, render_text

HOSTILE = "<script>alert('x')</script>&"
SAFE = "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&amp;"


def test_a_table_shows_columns_and_rows():
    assert render_table(("", "n"), [("a", "1"), ("b", "2")], strong=[1]) == (
        "<table><thead><tr><th></th><th>n</th></tr></thead><tbody>"
        "<tr><td style='text-align:left'>a</td><td>1</td></tr>"
        "<tr style='font-weight:bold'><td style='text-align:left'>b</td><td>2</td></tr></tbody></table>"
    )
    assert render_table((), []) == ""
    long = render_table((), [(str(row),) for row in range(25)])
    assert long.count("<tr>") == 20
    assert long.endswith("<p>and 5 more</p>")


def test_lines_and_figures():
    assert render_lines([]) == ""
    assert render_lines(["a", "b"]) == "<ul><li>a</li><li>b</li></ul>"
    assert render_lines(map(str, range(23))).endswith("<li>19</li><li>and 3 more</li></ul>")
    figures = (1234567, np.int64(1234), 0.12345, np.float32(0.5), float("nan"), np.float32("nan"), None)
    assert [*map(render_figure, figures)] == ["1,234,567", "1,234", "0.123", "0.500", "–", "–", "–"]


def test_texts_are_escaped_cut_and_on_one_line():
    assert render_text(HOSTILE) == SAFE
    assert render_text("a\nb\x1b[31m\u202e") == "a\ufffdb\ufffd[31m\ufffd"
    assert render_text("x" * 100) == "x" * 59 + "…"
    block = render_block(HOSTILE, render_table((HOSTILE,), [(HOSTILE, HOSTILE)]), render_lines([HOSTILE]))
    assert block.count(SAFE) == 5
    assert "<script" not in block


def make_pair(name: str) -> PairEvidence:
    place = Place(1, 12)
    return PairEvidence(
        tf=name,
        target="eve",
        label=None,
        fold=None,
        score=1.5,
        probability=0.25,
        spread=0.01,
        seed_spread=None,
        fold_probabilities=(0.2, 0.3),
        correlation=None,
        spearman=None,
        contributions=Contributions("exact", 0.0, 1.0, 0.5, network=0.25),
        places=Places(place, place, None, None),
        near=(NearKnownEdge(name, "ftz", 0.9, 0.8),),
        notes=(f"{name} has no image.",),
    )


def test_a_pair_shows_probability_parts_place_and_notes():
    shown = make_pair(HOSTILE)._repr_html_()
    assert shown.startswith(f"<div><b>{SAFE} → eve</b>")
    for what, value in (
        ("probability", "0.250 ± 0.010"),
        ("of it images", "0.500"),
        ("of it known network", "0.250"),
        ("place among the candidate regulators", "1 of 12"),
        ("correlation r", "–"),
    ):
        assert f"<td style='text-align:left'>{what}</td><td>{value}</td>" in shown
    assert f"<li>similar known edge: {SAFE} → ftz</li><li>{SAFE} has no image.</li>" in shown
    assert "<script" not in shown


def test_a_network_shows_its_statement_and_best_edges():
    edges = pd.DataFrame(
        {"tf": [HOSTILE] * 12, "target": "eve", "probability": np.float32(0.9), "correlation": np.float32("nan")}
    )
    nodes = pd.DataFrame({"symbol": [HOSTILE, "eve"]})
    shown = Network(edges, nodes, {"name": HOSTILE, "statement": [f"Kept {HOSTILE}."]})._repr_html_()
    assert shown.startswith(f"<div><b>Network {SAFE[: SAFE.index('&#x27;)')]}")
    assert shown.count(f"<tr><td style='text-align:left'>{SAFE}</td><td>eve</td><td>0.900</td><td>–</td></tr>") == 10
    assert f"<li>Kept {SAFE}.</li>" in shown
    assert "<script" not in shown


def test_a_comparison_shows_lists_and_agreement():
    lists = tuple(ListFigures(name, 1000, 2, 3, 4, 0.5) for name in (HOSTILE, "b"))
    agreement = Agreement(HOSTILE, "b", 5, 0.5, 1, 0.5, 1, 0.5, 5, 0.5, 7, 0.25, float("nan"), 0.75, 0, 0, (1,), (1.0,))
    shown = Comparison(10, lists, (agreement,), None, (f"{HOSTILE}: note",))._repr_html_()
    assert f"<td style='text-align:left'>{SAFE}</td><td>1,000</td><td>2</td><td>3</td><td>4</td>" in shown
    assert f"{SAFE} and b</td><td>5</td><td>0.500</td><td>0.250</td><td>–</td><td>0.750</td>" in shown
    assert f"<li>note: {SAFE}: note</li>" in shown
    assert "<script" not in shown


def test_a_dataset_shows_counts_reading_and_aliases():
    summary = DatasetSummary(
        name=HOSTILE,
        n_genes=1246,
        n_tfs=96,
        n_samples=72,
        n_without_expression=0,
        n_images=0,
        n_genes_with_images=0,
        n_tfs_with_images=0,
        image_size=(0, 0),
        images_by_view={},
        n_known=2,
        n_positive=1,
        n_negative=1,
        n_known_with_images=0,
        n_rejected_by_reason={"self pair": 47},
        alias_suggestions=(("Dp", HOSTILE),),
        notes=(HOSTILE,),
        reading=("tfs (list): tf = column 1",),
    )
    shown = summary._repr_html_()
    assert shown.startswith(f"<div><b>Dataset {SAFE}</b>")
    assert "<td style='text-align:left'>genes</td><td>1,246, of which 96 TFs</td>" in shown
    assert "<td style='text-align:left'>refused: self pair</td><td>47</td>" in shown
    assert f"<li>tfs (list): tf = column 1</li><li>note: {SAFE}</li><li>did you mean: aliases=" in shown
    assert "<script" not in shown


class ZMQInteractiveShell:
    """Named as the shell of a notebook is."""


def enter_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this process look like a notebook's, with what it displays."""
    ipython = SimpleNamespace(get_ipython=ZMQInteractiveShell)
    monkeypatch.setitem(__import__("sys").modules, "IPython", ipython)
    monkeypatch.setitem(__import__("sys").modules, "IPython.display", SimpleNamespace(HTML=lambda text: ("HTML", text)))


def test_a_page_opens_in_a_browser_outside_a_notebook(tmp_path, monkeypatch, caplog):
    page = tmp_path / "net work.html"
    page.write_text("<p>edges</p>")
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: not opened.append(url))
    assert not in_notebook()
    assert show_page(page) is None
    assert opened == [page.as_uri()]
    monkeypatch.setattr("webbrowser.open", lambda url: False)
    show_page(page)
    assert caplog.messages == [f"no browser was found; open {page}"]
    with pytest.raises(MissingInputError, match=r"no such page; write it with grnet\.view"):
        show_page(tmp_path / "none.html")


def test_a_page_is_shown_whole_in_the_cell_of_a_notebook(tmp_path, monkeypatch):
    page = tmp_path / "network.html"
    page.write_text('<head><title>a & b</title></head><p title="<head>">edges</p>')
    enter_notebook(monkeypatch)
    assert in_notebook()
    kind, shown = show_page(page, height=300)
    assert kind == "HTML"
    opening = re.fullmatch(
        r'<div><iframe sandbox="allow-scripts allow-downloads" srcdoc="([^"]*)" '
        r'style="width:100%;height:300px;border:0"></iframe></div>',
        shown,
    )
    assert html.unescape(opening[1]) == page.read_text()
