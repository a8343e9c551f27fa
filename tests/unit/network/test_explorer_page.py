from __future__ import annotations

import json
import re

import pytest
from made_networks import HOSTILE, hostile_network

from grnet.network.explorer import as_script_json, fill_template, write_page
from grnet.network.summary import summarise


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
    assert text.count('<td class="number">') == 10 * 4
    assert "<title>Gene regulatory network</title>" in text
