from __future__ import annotations

import random

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network.communities import find_communities, seeded_igraph
from grnet.network.graph import build_graph, build_nodes, shorten
from grnet.network.selection import select_edges
from grnet.schema.configs import InferConfig
from grnet.schema.errors import FormatError
from grnet.schema.tables import NODES


@pytest.fixture(scope="module")
def network():
    genes = make_genes()
    edges = select_edges(in_shards(make_scores(genes), 5000), InferConfig(top=600))
    return edges, build_nodes(edges, genes, seed=1), genes


def test_nodes_are_the_genes_with_an_edge_in_the_order_of_the_catalogue(network):
    edges, nodes, genes = network
    assert list(nodes.columns) == NODES.names
    used = {*edges["tf"], *edges["target"]}
    assert nodes["symbol"].tolist() == [symbol for symbol in genes.symbols if symbol in used]
    out, into = edges["tf"].value_counts(), edges["target"].value_counts()
    catalogue = genes.to_frame().set_index("symbol")
    for row in nodes.itertuples():
        assert row.out_degree == out.get(row.symbol, 0)
        assert row.in_degree == into.get(row.symbol, 0)
        assert (row.id, row.is_tf, row.n_images) == tuple(catalogue.loc[row.symbol])
    assert nodes["n_images"].dtype == nodes["community"].dtype == np.int32


def test_an_edge_outside_the_catalogue_is_refused(network):
    edges, _, _ = network
    with pytest.raises(FormatError, match=r"genes that the dataset lacks, the first is '[^']+'; do the scores come"):
        build_nodes(edges, make_genes(5, 10), seed=0)


def test_communities_number_from_one_by_size_and_lie_within_components(network):
    edges, nodes, _ = network
    sizes = nodes["community"].value_counts().sort_index()
    assert sizes.index.tolist() == list(range(1, len(sizes) + 1))
    assert (np.diff(sizes) <= 0).all()
    component = {
        symbol: number
        for number, members in enumerate(nx.connected_components(nx.from_pandas_edgelist(edges, "tf", "target")))
        for symbol in members
    }
    assert (nodes["symbol"].map(component).groupby(nodes["community"]).nunique() == 1).all()


def test_communities_are_a_good_partition(network):
    edges, nodes, _ = network
    graph = nx.Graph()
    graph.add_weighted_edges_from(edges[["tf", "target", "probability"]].itertuples(index=False, name=None))
    groups = nodes.groupby("community")["symbol"].agg(set).tolist()
    louvain = nx.community.louvain_communities(graph, weight="weight", seed=0)
    found, other = (nx.community.modularity(graph, parts, weight="weight") for parts in (groups, louvain))
    assert found > other - 0.01


def test_two_cliques_are_two_communities():
    pairs = [(a, b) for group in (range(5), range(5, 9)) for a in group for b in group if a < b] + [(0, 5)]
    source, target = np.array(pairs).T
    found = find_communities(10, source, target, weight=np.ones(len(pairs)), seed=0)
    assert found.tolist() == [1] * 5 + [2] * 4 + [3]


def test_communities_of_nothing_and_of_loops():
    none = np.zeros(0, dtype=np.int64)
    assert find_communities(0, none, none, weight=np.zeros(0), seed=0).tolist() == []
    assert find_communities(2, np.array([0]), np.array([0]), weight=np.ones(1), seed=0).tolist() == [1, 2]


def test_same_seed_same_communities_and_the_global_generator_is_left_alone(network):
    edges, nodes, genes = network
    random.seed(99)
    expected = random.Random(99).random()
    again = build_nodes(edges, genes, seed=1)
    assert random.random() == expected
    pd.testing.assert_frame_equal(nodes, again)


def test_igraph_draws_from_python_again_after_an_error():
    with pytest.raises(KeyError), seeded_igraph(3):
        raise KeyError
    random.seed(4)
    first = igraph.Graph.Erdos_Renyi(20, 0.3).get_edgelist()
    random.seed(4)
    assert igraph.Graph.Erdos_Renyi(20, 0.3).get_edgelist() == first


def test_graph_holds_the_tables_in_python_types(network):
    edges, nodes, _ = network
    graph = build_graph(edges, nodes)
    assert list(graph) == nodes["symbol"].tolist()
    assert list(nodes.columns[1:]) == list(graph.nodes["Tf2"])
    assert {name: type(value) for name, value in graph.nodes["Tf2"].items()} == {
        "id": str,
        "is_tf": bool,
        "n_images": int,
        "in_degree": int,
        "out_degree": int,
        "community": int,
    }
    assert graph.number_of_edges() == len(edges)
    for edge in edges.itertuples():
        attributes = graph.edges[edge.tf, edge.target]
        assert np.float32(attributes["probability"]) == np.float32(edge.probability)
        assert (attributes["rank"], attributes["sign"], attributes["known"]) == (edge.rank, edge.sign, edge.known)
        assert ("correlation" in attributes) == (edge.sign != "unknown")
        assert attributes.get("seed_spread") == pytest.approx(edge.seed_spread) or np.isnan(edge.seed_spread)
        assert ("seed_spread" in attributes) == (edge.seed_spread == edge.seed_spread)
        assert {type(attributes[name]) for name in ("probability", "spread", "score")} == {float}
        assert (type(attributes["rank"]), type(attributes["known"])) == (int, bool)


def test_shorten_gives_the_fewest_digits():
    values = pd.Series(np.array([0.9, 1 / 3, 1e-7, np.nan], dtype=np.float32))
    short = shorten(values)
    assert short[:3] == [0.9, 0.33333334, 1e-7]
    assert np.isnan(short[3])
    np.testing.assert_array_equal(np.array(short, dtype=np.float32), values.to_numpy())
