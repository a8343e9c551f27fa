"""A network as one object: its seed, its layout, and the strongest part of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network import network as network_module
from grnet.network.folder import StoredNetwork
from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.network_layout import lay_out
from grnet.network.selection import select_edges
from grnet.schema.configs import InferConfig


@pytest.fixture
def network() -> Network:
    genes = make_genes(20, 100)
    edges = select_edges(in_shards(make_scores(genes), 500), InferConfig(top=300))
    return Network(edges, build_nodes(edges, genes, seed=0), {"settings": {"seed": 7}})


@pytest.fixture
def laid_out(monkeypatch) -> list[int]:
    """The number of edges of each layout that is computed."""
    seen: list[int] = []

    def note(edges, nodes, *, seed):
        seen.append(len(edges))
        return lay_out(edges, nodes, seed=seed)

    monkeypatch.setattr(network_module, "lay_out", note)
    return seen


def test_the_layout_is_computed_once_with_the_seed_of_the_summary(network, laid_out):
    expected = lay_out(network.edges, network.nodes, seed=7)
    np.testing.assert_array_equal(network.layout, expected)
    assert network.layout is network.layout
    assert laid_out == [300]


@pytest.mark.parametrize("summary", [{}, {"settings": {}}, {"settings": {"seed": None}}])
def test_without_a_seed_it_is_0(network, summary):
    assert Network(network.edges, network.nodes, summary).seed == 0


def test_only_the_best_edges_pull_genes_together(network, laid_out, monkeypatch):
    monkeypatch.setattr(network_module, "LAID_OUT_EDGES", 40)
    expected = lay_out(network.edges.head(40), network.nodes, seed=7)
    np.testing.assert_array_equal(network.layout, expected)
    assert laid_out == [40]


def test_the_strongest_edges_come_with_their_genes_alone(network):
    assert network.strongest(300) is network.strongest(301) is network
    part = network.strongest(10)
    pd.testing.assert_frame_equal(part.edges, network.edges.head(10))
    genes = {*part.edges["tf"], *part.edges["target"]}
    expected = network.nodes[network.nodes["symbol"].isin(genes)].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.nodes, expected)
    assert part.layout.shape == (len(genes), 2)
    assert part.seed == 7


def test_a_network_in_its_folder_can_be_moved(network, tmp_path):
    stored = StoredNetwork(network.edges, network.nodes, network.summary, path=tmp_path)
    moved = dataclasses.replace(stored, path=tmp_path / "elsewhere")
    assert moved.path == tmp_path / "elsewhere"
    assert moved.edges is network.edges
