"""Two networks as one: who keeps each edge, and its probability in both."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.selection import select_edges
from grnet.network.summary import summarise
from grnet.network.two_networks import ScoredNetwork, find_probability, join_genes, join_networks
from grnet.schema.configs import InferConfig
from grnet.schema.genes import GeneCatalogue


def scored(name, seed, genes=None):
    genes = genes or make_genes(10, 60)
    scores = make_scores(genes, seed=seed)
    shards = in_shards(scores, 200)
    edges = select_edges(shards, InferConfig(top=40))
    nodes = build_nodes(edges, genes, seed=0)
    return ScoredNetwork(
        name, Network(edges, nodes, summarise(edges, nodes, n_candidates=len(scores))), shards, genes
    ), scores


@pytest.fixture(scope="module")
def two():
    first, of_first = scored("A", 1)
    second, of_second = scored("B", 2)
    return first, second, of_first, of_second, join_networks(first, second)


def test_each_edge_is_kept_by_one_or_both(two):
    first, second, _, _, joined = two
    own = [set(zip(net.network.edges["tf"], net.network.edges["target"], strict=True)) for net in (first, second)]
    edges = joined.network.edges
    pairs = list(zip(edges["tf"], edges["target"], strict=True))
    assert set(pairs) == own[0] | own[1]
    assert len(pairs) == len(set(pairs))
    expected = ["both" if p in own[0] & own[1] else "first" if p in own[0] else "second" for p in pairs]
    assert joined.held.tolist() == expected
    assert edges["probability"].is_monotonic_decreasing


def test_each_edge_has_its_probability_in_both(two):
    _, _, of_first, of_second, joined = two
    index = pd.MultiIndex.from_frame(joined.network.edges[["tf", "target"]])
    for scores, found in zip((of_first, of_second), joined.probability, strict=True):
        expected = scores.set_index(["tf", "target"])["probability"].reindex(index).to_numpy(np.float32)
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(joined.network.edges["probability"], np.fmax(*joined.probability))
    assert joined.network.edges["rank"].tolist() == list(range(1, len(index) + 1))


def test_the_statement_counts(two):
    joined = two[-1]
    both, first, second = (int((joined.held == holder).sum()) for holder in ("both", "first", "second"))
    assert joined.network.summary["statement"][0] == (
        f"40 edges of A and 40 of B: {both} in both, {first} only in A, {second} only in B."
    )
    assert joined.names == ("A", "B")
    assert joined.network.summary["candidates"] is None
    assert joined.network.summary["ranking_only"] is False


def test_the_strongest_keep_their_columns(two):
    joined = two[-1]
    few = joined.strongest(7)
    assert len(few.network.edges) == len(few.held) == len(few.probability[1]) == 7
    np.testing.assert_array_equal(few.probability[0], joined.probability[0][:7])


def test_a_pair_that_is_no_candidate_has_no_probability(two):
    first = two[0]
    edges = pd.DataFrame({"tf": ["Tf0", "nobody"], "target": ["gene20", "gene20"]})
    found = find_probability(first.shards, edges)
    assert np.isfinite(found[0])
    assert np.isnan(found[1])
    assert len(find_probability(first.shards, edges.iloc[:0])) == 0


def test_genes_of_two_datasets_are_joined_by_symbol():
    first = GeneCatalogue(("a", "b"), ("", "id2"), np.array([True, False]), np.array([0, 3], dtype=np.int32))
    second = GeneCatalogue(
        ("b", "c", "a"), ("other", "", "id1"), np.array([True, False, False]), np.array([1, 2, 0], dtype=np.int32)
    )
    joined = join_genes([first, second])
    assert joined.symbols == ("a", "b", "c")
    assert joined.ids == ("id1", "id2", "")
    assert joined.is_tf.tolist() == [True, True, False]
    assert joined.n_images.tolist() == [0, 3, 2]
