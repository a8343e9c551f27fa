from __future__ import annotations

import json
import re

import pytest
from made_networks import HOSTILE, hostile_network, in_shards, make_genes, make_scores

from grnet.network.explorer import as_script_json, choose_rows, fill_template, write_page
from grnet.network.graph import build_nodes
from grnet.network.outlook import Outlook
from grnet.network.select import select_edges
from grnet.network.summary import summarise
from grnet.schema.configs import InferConfig
from grnet.schema.prior import Prior


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    edges, nodes, _ = hostile_network()
    path = tmp_path_factory.mktemp("page") / "network.html"
    summary = summarise(edges, nodes, n_candidates=55, name="</title><script>alert(2)</script>")
    write_page(path, edges, nodes, summary, seed=0)
    return path.read_text(encoding="utf-8"), edges, nodes


def test_the_data_in_the_page_is_that_of_the_tables(page):
    text, edges, nodes = page
    data = json.loads(re.search(r'id="network-data">(.*?)</script>', text, re.S).group(1))
    assert data["nodes"]["symbol"] == nodes["symbol"].tolist()
    symbol = data["nodes"]["symbol"]
    assert [symbol[row] for row in data["edges"]["tf"]] == edges["tf"].tolist()
    assert [symbol[row] for row in data["edges"]["target"]] == edges["target"].tolist()
    assert data["edges"]["rank"] == edges["rank"].tolist()
    assert [value is None for value in data["edges"]["correlation"]] == edges["correlation"].isna().tolist()
    assert sum(circle["genes"] for circle in data["communities"]) == len(nodes)


def test_names_cannot_leave_their_place(page):
    text, _, _ = page
    assert len(re.findall(r"<script\b", text.split("<script>/**")[0])) == 1
    assert "<script>alert" not in text
    assert "&lt;/title&gt;&lt;script&gt;alert(2)&lt;/script&gt;" in text
    assert '<td class="gene">&lt;script&gt;alert(1)&lt;/script&gt;</td>' in text
    assert '<td class="gene">{{title}}</td>' in text


def test_the_page_names_nothing_to_fetch(page):
    text, _, _ = page
    head = text.split('id="network-data"')[0]
    assert "default-src 'none'" in head
    assert not re.findall(r'(?:src|href)="(?!data:,)', head)


def test_script_json_survives_and_holds_no_tags():
    text = as_script_json(list(HOSTILE))
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == list(HOSTILE)


def test_template_is_filled_once():
    assert fill_template("{{a}}-{{b}}", {"a": "{{b}}", "b": "$1\\1"}) == "{{b}}-$1\\1"


def test_more_edges_than_drawn_are_told(tmp_path):
    edges, nodes, _ = hostile_network()
    summary = summarise(edges, nodes, n_candidates=55)
    write_page(tmp_path / "network.html", edges, nodes, summary, seed=0, max_edges=10)
    text = (tmp_path / "network.html").read_text(encoding="utf-8")
    drawn = len({*edges["tf"][:10], *edges["target"][:10]})
    assert f"Drawn are the 10 strongest of 40 edges, with {drawn} of {len(nodes)} genes." in text
    assert text.count('<td class="number">') == 40 * 4
    assert "<title>Gene regulatory network</title>" in text


def test_the_table_has_the_strongest_of_each_kind_in_order_of_rank():
    edges = select_edges(in_shards(make_scores(make_genes()), 5000), InferConfig(top=900))
    rows, kinds = choose_rows(edges)
    assert kinds == ("novel", "known", "all")
    for known in (False, True):
        assert (
            rows.loc[rows["known"] == known, "rank"].tolist()
            == edges.loc[edges["known"] == known, "rank"][:100].tolist()
        )
    assert rows["rank"][:100].tolist() == edges["rank"][:100].tolist()
    assert rows["rank"].is_monotonic_increasing


@pytest.mark.parametrize(("known", "title"), [(True, "The 40 strongest edges"), (False, "The 40 strongest edges")])
def test_edges_of_one_kind_leave_nothing_to_choose(tmp_path, known, title):
    edges, nodes, _ = hostile_network()
    edges = edges.assign(known=known)
    write_page(tmp_path / "network.html", edges, nodes, summarise(edges, nodes, n_candidates=55), seed=0)
    text = (tmp_path / "network.html").read_text(encoding="utf-8")
    assert f'aria-live="polite">{title}</h2>' in text
    assert '<fieldset id="kinds">' not in text
    assert "<tr data-kinds" in text
    assert " hidden>" not in text


def test_the_page_says_how_to_read_probabilities(tmp_path):
    genes = make_genes()
    edges = select_edges(in_shards(make_scores(genes), 5000), InferConfig(top=30))
    nodes = build_nodes(edges, genes, seed=0)
    settings = {"limits": {"top": 30}, "fold_models": 5, "edges_among_labelled_pairs": 0.3333}
    prior = Prior(0.0243, 0.018, 0.031, "estimated", 620, 25_000)
    outlook = Outlook(prior, 21, 0.8123, 0.97, 0.61, 21, (14, 20, 17))
    summary = summarise(edges, nodes, n_candidates=29940, name="made", settings=settings, outlook=outlook)
    write_page(tmp_path / "network.html", edges, nodes, summary, seed=0)
    text = (tmp_path / "network.html").read_text(encoding="utf-8")
    share = "2.4 % of the candidates without a label are taken to be edges (estimated; 95 % interval 1.8 % to 3.1 %)"
    assert (
        f"<b>Probability</b> is the chance that the pair is a true edge: {share}. It means what it says only where the "
        "known edges are a fair sample of all edges."
    ) in text
    assert "<b>0.81</b><span>expected precision of the novel edges</span>" in text
    assert "<b>14 to 20</b><span>of 21 novel edges kept by each of 3 models alone</span>" in text
    assert f"<dt>prior</dt><dd>{share}</dd>\n<dt>kept</dt><dd>top 30</dd>\n<dt>fold models</dt><dd>5</dd>" in text
    assert "Discs are communities. A wider, stronger line is a more probable edge." in text
    assert "<title>made: gene regulatory network</title>" in text
