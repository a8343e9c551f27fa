from __future__ import annotations

import json
import re

import pytest
from made_evidence import make_evidence
from made_networks import HOSTILE, hostile_network

from grnet.explorer.evidence_page import write_evidence_page
from grnet.network.summary import summarise


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    edges, nodes, _ = hostile_network()
    path = tmp_path_factory.mktemp("page") / "edge.html"
    evidence = make_evidence(edges, nodes, size=(8, 16))
    summary = summarise(edges, nodes, n_candidates=55, name="</title><script>alert(2)</script>")
    write_evidence_page(
        path, evidence, edges.head(3), nodes, title="</title><script>alert(3)</script>", summary=summary
    )
    return path.read_text(encoding="utf-8"), edges.head(3), nodes


def read_data(text):
    return json.loads(re.search(r'id="network-data">(.*?)</script>', text, re.S).group(1))


def test_the_page_holds_the_edges_and_their_genes_alone(page):
    text, edges, nodes = page
    data = read_data(text)
    symbols = data["nodes"]["symbol"]
    assert symbols == [symbol for symbol in nodes["symbol"] if symbol in {*edges["tf"], *edges["target"]}]
    assert set(symbols) <= set(HOSTILE)
    assert [symbols[row] for row in data["edges"]["tf"]] == edges["tf"].tolist()
    assert [symbols[row] for row in data["edges"]["target"]] == edges["target"].tolist()
    assert data["edges"]["rank"] == edges["rank"].tolist()
    assert len(data["evidence"]["edges"]["method"]) == 3
    assert data["summary"]["candidates"] == 55


def test_names_cannot_leave_their_place(page):
    text, _, _ = page
    assert "<script>alert" not in text
    assert "<h1>&lt;/title&gt;&lt;script&gt;alert(3)&lt;/script&gt;</h1>" in text
    assert len(re.findall(r"<script\b", text)) == 3


def test_the_page_names_nothing_to_fetch(page):
    text, _, _ = page
    assert "default-src 'none'" in text
    assert not re.findall(r'(?:src|href)="(?!data:,)', text.split('id="network-data"')[0])
    assert "unsafe-eval" not in text


def test_no_edge_is_a_page_too(tmp_path):
    edges, nodes, _ = hostile_network()
    evidence = make_evidence(edges, nodes, size=(8, 16))
    write_evidence_page(tmp_path / "none.html", evidence, edges.head(0), nodes, title="none")
    assert read_data((tmp_path / "none.html").read_text(encoding="utf-8"))["nodes"]["symbol"] == []
