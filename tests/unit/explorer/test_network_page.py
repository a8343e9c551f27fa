from __future__ import annotations

import json
import re

import numpy as np
import pytest
from jinja2 import UndefinedError
from made_networks import HOSTILE, hostile_network, in_shards, make_genes, make_scores
from markupsafe import Markup

from grnet.explorer.network_json import choose_threshold, describe_network
from grnet.explorer.network_page import write_page
from grnet.explorer.page_files import MAX_BYTES, mark_options, render_template
from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.novel_edges import NovelEdges
from grnet.network.selection import select_candidates, select_edges
from grnet.network.summary import describe_selection, summarise
from grnet.pages.page_parts import as_script_json, read_plotly
from grnet.probability.prior import Prior
from grnet.schema.configs import InferConfig
from grnet.storage.documents import drop_nan


def data_of(text: str) -> dict:
    """Return the JSON in a page."""
    return json.loads(re.search(r'id="network-data">(.*?)</script>', text, re.S).group(1))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    edges, nodes, _ = hostile_network()
    path = tmp_path_factory.mktemp("page") / "network.html"
    summary = summarise(edges, nodes, n_candidates=55, name="</title><script>alert(2)</script>")
    write_page(path, Network(edges, nodes, summary))
    return path.read_text(encoding="utf-8"), edges, nodes


def test_the_data_in_the_page_is_that_of_the_tables(page):
    text, edges, nodes = page
    data = data_of(text)
    assert data["nodes"]["symbol"] == nodes["symbol"].tolist()
    symbol = data["nodes"]["symbol"]
    assert [symbol[row] for row in data["edges"]["tf"]] == edges["tf"].tolist()
    assert [symbol[row] for row in data["edges"]["target"]] == edges["target"].tolist()
    assert data["edges"]["rank"] == edges["rank"].tolist()
    np.testing.assert_array_equal(np.float32(data["edges"]["probability"]), edges["probability"])
    np.testing.assert_array_equal(np.float32(data["edges"]["score"]), edges["score"])
    assert [value is None for value in data["edges"]["correlation"]] == edges["correlation"].isna().tolist()
    assert sum(circle["genes"] for circle in data["communities"]) == len(nodes)
    assert (data["evidence"], data["report"]) == (None, None)
    assert data["summary"]["edges"] == len(edges)


def test_names_cannot_leave_their_place(page):
    text, _, _ = page
    rest = text.replace(read_plotly(), "")
    assert len(re.findall(r"<script\b", rest)) == 4
    assert "<script>alert" not in text
    assert "&lt;/title&gt;&lt;script&gt;alert(2)&lt;/script&gt;" in text
    assert "{{title}}" in data_of(text)["nodes"]["symbol"]


def test_the_page_names_nothing_to_fetch(page):
    text, _, _ = page
    head = text.split('id="network-data"')[0]
    assert "default-src 'none'" in head
    assert not re.findall(r'(?:src|href)="(?!data:,)', head)
    assert not re.findall(r"@import|url\(", head)


def test_script_json_survives_and_holds_no_tags():
    text = as_script_json(list(HOSTILE))
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == list(HOSTILE)


def test_a_template_escapes_all_but_markup_and_is_filled_once():
    fields = {
        "title": "{{ about }} & <b>",
        "about": "'",
        "policy": "script-src 'none'",
        "early": Markup("a < b"),
        "style": Markup("a > b {}"),
        "script": "<",
        "data": Markup("{}"),
    }
    text = render_template("evidence.html", fields)
    assert "<title>{{ about }} &amp; &lt;b&gt;</title>" in text
    assert '<p id="about">&#39;</p>' in text
    assert 'content="script-src &#39;none&#39;"' in text
    assert "<script>a < b</script>" in text
    assert "<style>a > b {}</style>" in text
    assert "<script>&lt;</script>" in text


def test_a_field_that_is_missing_is_an_error():
    with pytest.raises(UndefinedError, match="'title' is undefined"):
        render_template("evidence.html", {"policy": ""})


def test_options_in_a_text_are_code_and_the_rest_is_escaped():
    assert mark_options("add --top 5 <b>, or --with-known") == (
        "add <code>--top</code> 5 &lt;b&gt;, or <code>--with-known</code>"
    )


def test_numbers_that_json_lacks_become_null():
    assert drop_nan({"a": (1, float("nan")), "b": {"c": float("inf"), 2: "x"}}) == {
        "a": [1, None],
        "b": {"c": None, "2": "x"},
    }
    assert drop_nan(None) is None


@pytest.mark.parametrize(
    ("probability", "at_most", "threshold"),
    [
        ([], 2, 0.0),
        ([0.9, 0.5], 2, 0.5),
        ([0.9, 0.8, 0.7], 2, 0.8),
        ([0.9, 0.8, 0.8, 0.7], 2, 0.9),
        ([0.9, 0.9, 0.9], 2, 0.9),
    ],
)
def test_the_first_threshold_lets_through_what_can_be_read(probability, at_most, threshold):
    assert choose_threshold(probability, at_most) == threshold


def test_more_edges_than_the_page_holds_are_told(tmp_path):
    edges, nodes, _ = hostile_network()
    summary = summarise(edges, nodes, n_candidates=55)
    write_page(tmp_path / "network.html", Network(edges, nodes, summary), max_edges=10)
    text = (tmp_path / "network.html").read_text(encoding="utf-8")
    linked = len({*edges["tf"][:10], *edges["target"][:10]})
    assert f"This page holds the 10 strongest of {len(edges)} edges, with {linked} of {len(nodes)} genes." in text
    assert "<code>grnet export</code>, with the same limits, writes all of them." in text
    assert data_of(text)["edges"]["rank"] == edges["rank"].tolist()[:10]
    assert len(data_of(text)["nodes"]["symbol"]) == linked
    assert "<title>Gene regulatory network</title>" in text


def test_one_of_anything_is_not_told_as_many(tmp_path):
    genes = make_genes(5, 20)
    edges = select_edges(in_shards(make_scores(genes), 500), InferConfig(top=1))
    nodes = build_nodes(edges, genes, seed=0)
    write_page(tmp_path / "network.html", Network(edges, nodes, summarise(edges, nodes, n_candidates=95)))
    text = (tmp_path / "network.html").read_text(encoding="utf-8")
    for name in ("edge, of 95 candidates", "transcription factor", "target", "community"):
        assert f"<li><b>1</b> <span>{name}</span></li>" in text


def test_a_page_of_a_hundred_thousand_edges_stays_small(tmp_path):
    genes = make_genes(250, 500)
    edges = select_edges(in_shards(make_scores(genes), 50_000), InferConfig(top=100_000))
    assert len(edges) == 100_000
    nodes = build_nodes(edges, genes, seed=0)
    summary = summarise(edges, nodes, n_candidates=124_750)
    write_page(tmp_path / "network.html", Network(edges, nodes, summary))
    assert (tmp_path / "network.html").stat().st_size < MAX_BYTES / 2
    text = (tmp_path / "network.html").read_text(encoding="utf-8")
    assert "This page holds the 5,000 strongest of 100,000 edges" in text
    data = data_of(text)
    assert len(data["edges"]["tf"]) == 5000
    assert 0 < sum(value >= data["threshold"] for value in data["edges"]["probability"]) <= 1500


def test_the_same_network_gives_the_same_bytes(tmp_path):
    edges, nodes, _ = hostile_network()
    summary = summarise(edges, nodes, n_candidates=55)
    for name in ("a", "b"):
        write_page(tmp_path / name, Network(edges, nodes, summary))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_gene_without_edges_among_the_nodes_is_described():
    edges, nodes, _ = hostile_network()
    data = describe_network(edges.head(0), nodes, np.zeros((len(nodes), 2)))
    assert len(data["nodes"]["symbol"]) == len(nodes)
    assert data["threshold"] == 0.0


def test_the_page_says_how_to_read_probabilities(tmp_path):
    genes = make_genes()
    edges = select_edges(in_shards(make_scores(genes), 5000), InferConfig(top=30))
    nodes = build_nodes(edges, genes, seed=0)
    settings = {"limits": {"top": 30}, "fold_models": 5, "edges_among_labelled_pairs": 0.3333}
    prior = Prior(0.0243, 0.018, 0.031, "estimated", 620, 25_000)
    novel_edges = NovelEdges(prior, 21, 0.8123, 0.97, 0.61, 21, (14, 20, 17), (0.7, 0.896))
    summary = summarise(edges, nodes, n_candidates=29940, name="made", settings=settings, novel_edges=novel_edges)
    write_page(tmp_path / "network.html", Network(edges, nodes, summary))
    text = (tmp_path / "network.html").read_text(encoding="utf-8")
    share = "2.4 % of the candidates without a label are taken to be edges (estimated; 95 % interval 1.8 % to 3.1 %)"
    assert (
        f"<b>Probability</b> is the chance that the pair is a true edge: {share}. It is valid only if the known "
        "edges are a fair sample of all edges."
    ) in text
    interval = "95 % interval 0.70 to 0.90"
    assert f"<b>0.81</b> <span>expected precision of the novel edges ({interval})</span>" in text
    assert f'"interval":"{interval}"' in text
    assert "<b>14 to 20</b> <span>of 21 novel edges kept by each of 3 models alone</span>" in text
    assert (
        f"<dt>prior</dt><dd>{share}</dd>\n<dt>kept</dt><dd>at most 30 edges</dd>\n<dt>fold models</dt><dd>5</dd>"
        in text
    )
    assert "<title>made: gene regulatory network</title>" in text


def write_with(path, prior, config):
    """Write the page of made scores, and return its text and the sentences that its summary has."""
    genes = make_genes()
    selection = select_candidates(in_shards(make_scores(genes), 5000), config)
    nodes = build_nodes(selection.edges, genes, seed=0)
    novel_edges = NovelEdges.of_selection(selection, prior=prior)
    rule = describe_selection(selection, config, known_without_score=0)
    settings = {"limits": selection.limits}
    n = selection.counts.candidates
    summary = summarise(
        selection.edges, nodes, n_candidates=n, settings=settings, selection=rule, novel_edges=novel_edges
    )
    write_page(path, Network(selection.edges, nodes, summary))
    return path.read_text(encoding="utf-8"), summary["statement"]


def test_the_page_says_what_was_kept_and_whether_the_data_can_tell_what_is_true(tmp_path):
    settled, wide = (Prior(0.02, low, 0.03, "estimated", 620, 25_000) for low in (0.01, 0.0001))
    text, statement = write_with(tmp_path / "settled.html", settled, InferConfig())
    said = (
        " ".join(statement).replace("--top", "<code>--top</code>").replace("--with-known", "<code>--with-known</code>")
    )
    assert f'<p id="kept">{said}</p>' in text
    assert re.search(r"(About \d[\d,]*|Fewer than one) of the .*novel edges.* expected to be true\.", said)
    assert "probability (a ranking)" not in text.split("network-data")[0]

    text, statement = write_with(tmp_path / "wide.html", wide, InferConfig(top=50))
    assert "cannot tell how many of the novel edges are true: read their order as a ranking" in statement[0]
    assert "<b>unknown</b> <span>expected precision of the novel edges</span>" in text
    assert "probability (a ranking)</span>" in text
    assert "<b>Probability</b> gives a ranking only: the scores cannot tell how many" in text


def test_the_page_of_no_edges_says_what_would_keep_some(tmp_path):
    prior = Prior(0.02, 0.01, 0.03, "estimated", 620, 25_000)
    text, statement = write_with(tmp_path / "none.html", prior, InferConfig(probability=1.0))
    assert statement[0].startswith("No candidate has a probability of at least 1. The best has ")
    assert f'<p class="notice">{statement[0].split(" Use ")[0]} Use ' in text
    assert '<p id="kept"></p>' in text
