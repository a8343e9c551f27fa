"""Places of kept edges among all candidates, against counting by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network.edge_places import find_places
from grnet.schema.evidence import Place, Places


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """Candidates with many equal probabilities and correlations, some without one."""
    made = make_scores(make_genes(9, 40))
    correlation = made["correlation"].to_numpy(np.float32).round(1)
    correlation[::7] = np.nan
    return made.assign(
        probability=made["probability"].to_numpy(np.float32).round(1), correlation=correlation.astype(np.float32)
    )


def count_by_hand(scores: pd.DataFrame, edge: pd.Series) -> Places:
    def place(column: str, values: pd.Series) -> Place | None:
        own = abs(edge[column])
        size = values.abs().dropna()
        return None if np.isnan(own) else Place(int((size > own).sum()) + 1, len(size))

    of_target, of_tf = (scores[scores[gene] == edge[gene]] for gene in ("target", "tf"))
    found = [place(column, group[column]) for column in ("probability", "correlation") for group in (of_target, of_tf)]
    return Places(found[0], found[1], found[2], found[3], place("correlation", scores["correlation"]))


@pytest.mark.parametrize("rows", [7, 1000])
@pytest.mark.parametrize("which", [slice(None), slice(0, 60, 9), slice(20, 21)])
def test_places_are_those_counted_by_hand(scores, rows, which):
    edges = scores.sample(frac=1.0, random_state=4).iloc[which].reset_index(drop=True)
    found = find_places(in_shards(scores, rows), edges)
    assert found == [count_by_hand(scores, edge) for _, edge in edges.iterrows()]
    assert any(place.correlation_of_tf is None for place in found) == bool(edges["correlation"].isna().any())


def test_no_edges_have_no_places(scores):
    assert find_places(in_shards(scores, 50), scores.head(0)) == []


def test_equals_share_the_better_place():
    pairs = pd.DataFrame({"tf": list("abc"), "target": ["x"] * 3, "probability": [0.5, 0.9, 0.9]})
    scores = pairs.assign(score=0.0, spread=0.0, seed_spread=np.nan, correlation=[-0.8, 0.8, -0.0], label=None)
    found = find_places(in_shards(scores, 2), scores)
    assert [places.of_target.place for places in found] == [3, 1, 1]
    assert [places.correlation_of_target for places in found] == [Place(1, 3), Place(1, 3), Place(3, 3)]
    assert found[0].of_tf == Place(1, 1)
    assert [places.correlation_of_all for places in found] == [Place(1, 3), Place(1, 3), Place(3, 3)]
