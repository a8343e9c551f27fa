from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network.graph import build_nodes
from grnet.network.network_layout import lay_out
from grnet.network.selection import select_edges
from grnet.schema.configs import InferConfig
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import EDGES, NODES, empty_table


def make_network(top: int):
    genes = make_genes()
    edges = select_edges(in_shards(make_scores(genes), 5000), InferConfig(top=top))
    return edges, build_nodes(edges, genes, seed=1)


@pytest.mark.parametrize("top", [20, 600, 5000])
def test_no_genes_on_top_of_each_other_and_communities_apart(top):
    edges, nodes = make_network(top)
    points = lay_out(edges, nodes, seed=2)
    assert points.shape == (len(nodes), 2)
    assert points.dtype == np.float64
    assert np.isfinite(points).all()
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 0.5
    groups = [points[nodes["community"] == number] for number in sorted(set(nodes["community"]))]
    centres = [(group.max(axis=0) + group.min(axis=0)) / 2 for group in groups]
    radii = [np.linalg.norm(group - centre, axis=1).max() for group, centre in zip(groups, centres, strict=True)]
    for a in range(len(groups)):
        own = np.linalg.norm(points - centres[a], axis=1) <= radii[a] + 1e-9
        assert set(nodes["community"][own]) == {a + 1}


def test_same_seed_same_places_and_another_seed_others():
    edges, nodes = make_network(300)
    np.testing.assert_array_equal(lay_out(edges, nodes, seed=5), lay_out(edges, nodes, seed=5))
    assert not np.array_equal(lay_out(edges, nodes, seed=5), lay_out(edges, nodes, seed=6))


def test_nothing_has_no_places():
    assert lay_out(empty_table(EDGES), empty_table(NODES), seed=0).shape == (0, 2)


def test_hundreds_of_small_components_are_packed():
    n = 400
    symbols = tuple(f"{kind}{i}" for i in range(n) for kind in ("tf", "g"))
    genes = GeneCatalogue(symbols, ("",) * 2 * n, np.arange(2 * n) % 2 == 0, np.zeros(2 * n, dtype=np.int32))
    scores = pd.DataFrame(
        {
            "tf": symbols[::2],
            "target": symbols[1::2],
            "score": 1.0,
            "probability": 0.95,
            "spread": 0.0,
            "seed_spread": 0.0,
        }
    ).assign(correlation=0.1, label=np.nan)
    edges = select_edges(in_shards(scores, len(scores)), InferConfig())
    points = lay_out(edges, build_nodes(edges, genes, seed=0), seed=0)
    width, height = np.ptp(points, axis=0)
    assert width * height < 2 * n * 30
    assert 1.2 < width / height < 2.5
