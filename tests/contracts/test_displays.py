"""What every display of a measurement promises: the page holds what it shows, and `grnet explain` draws it."""

from __future__ import annotations

from typing import get_args

import pytest
from made_evidence import CELLS, EXPRESSION, SPOTS, TERMS, add_displays, make_evidence
from made_networks import in_shards, make_genes, make_scores

from grnet.explorer.evidence_json import encode_evidence
from grnet.network.graph import build_nodes
from grnet.network.selection import select_edges
from grnet.reports.evidence_figure import draw_evidence
from grnet.schema.configs import InferConfig
from grnet.schema.measurements import Display

SHOWN = {"profile": EXPRESSION, "picture": SPOTS, "groups": CELLS, "terms": TERMS}
ON_PAGE = {"profile": "profiles", "picture": "images", "groups": "profiles", "terms": "terms"}


@pytest.fixture(scope="module")
def network():
    genes = make_genes(12, 40)
    edges = select_edges(in_shards(make_scores(genes), 5000), InferConfig(top=40))
    return edges, build_nodes(edges, genes, seed=0)


@pytest.fixture(scope="module")
def evidence(network):
    return add_displays(make_evidence(*network))


def test_every_display_is_known_here():
    assert set(SHOWN) == set(ON_PAGE) == set(get_args(Display))


@pytest.mark.parametrize("display", get_args(Display))
def test_the_page_has_what_it_shows_of_the_genes_that_have_it(network, evidence, display):
    edges, nodes = network
    found, name = encode_evidence(evidence, edges, nodes, budget=20_000_000), SHOWN[display]
    for row, symbol in enumerate(nodes["symbol"]):
        if ON_PAGE[display] == "images":
            shown = [picture for picture in found["images"][row] if picture["name"].startswith(name)]
        else:
            shown = next(entry for entry in found[ON_PAGE[display]] if entry["name"] == name)["values"][row]
        assert bool(shown) == (name in evidence.genes[symbol].values)


@pytest.mark.parametrize("display", get_args(Display))
def test_the_picture_names_it_and_draws_it_of_a_pair_that_has_it(evidence, display):
    from matplotlib.text import Text

    name = SHOWN[display]
    pair = next(p for p in evidence.pairs.values() if all(name in evidence.genes[g].values for g in (p.tf, p.target)))
    only = [entry for entry in evidence.measurements if entry.name == name]
    alone = type(evidence)(tuple(only), evidence.genes, evidence.pairs, evidence.model)
    words = " ".join(text.get_text() for text in draw_evidence(alone, pair).findobj(Text))
    wanted = {"profile": "72 samples", "picture": "spots, A", "groups": "kind 0 (", "terms": "Both ("}
    assert wanted[display] in words
