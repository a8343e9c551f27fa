"""The lowest probability of an expected precision, against every candidate sorted at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network.expected_precision import find_probability
from grnet.network.selection import select_edges
from grnet.schema.configs import InferConfig
from grnet.schema.tables import SCORES


def largest_set(scores: pd.DataFrame, wanted: float) -> int:
    """Return how many of the best candidates without a label have a mean of at least `wanted`, ties whole."""
    values = np.sort(scores["probability"][scores["label"].isna()].to_numpy(np.float32).astype(float))[::-1]
    means = np.cumsum(values) / np.arange(1, len(values) + 1)
    whole = np.append(values[1:] != values[:-1], True)
    fits = np.flatnonzero(whole & (means >= min(wanted, float(np.float32(wanted)))))
    return int(fits[-1]) + 1 if len(fits) else 0


def make_table(probabilities, labels=None) -> pd.DataFrame:
    n = len(probabilities)
    columns = {
        "tf": ["a"] * n,
        "target": [f"g{row}" for row in range(n)],
        "score": 0.0,
        "spread": 0.0,
        "seed_spread": 0.0,
    }
    frame = pd.DataFrame(columns).assign(correlation=0.5, probability=np.asarray(probabilities, dtype=np.float32))
    return frame.assign(label=pd.array([None] * n if labels is None else labels, dtype="Int8"))[list(SCORES.names)]


@pytest.mark.parametrize("decimals", [1, 2, 7], ids=["many ties", "some ties", "hardly any"])
@pytest.mark.parametrize("shard_rows", [17, 10**6])
@pytest.mark.parametrize("wanted", [0.05, 0.3, 0.5, 0.8, 0.9, 0.99])
def test_equals_sorting_all_candidates(decimals, shard_rows, wanted):
    scores = make_scores(make_genes(12, 60))
    rng = np.random.default_rng(1)
    scores["probability"] = (scores["probability"] * rng.uniform(0.9, 1, len(scores))).round(decimals)
    found = find_probability(in_shards(scores, shard_rows), wanted)
    unlabelled = scores["probability"][scores["label"].isna()].to_numpy(np.float32)
    kept = 0 if found is None else int((unlabelled >= np.float32(found)).sum())
    assert kept == largest_set(scores, wanted)
    assert 0 < kept < len(unlabelled) or wanted in (0.05, 0.99)


def test_random_tables_equal_the_oracle():
    rng = np.random.default_rng(3)
    for _ in range(300):
        values = np.round(rng.beta(0.4, 2, rng.integers(1, 40)), rng.integers(1, 6))
        labels = [None if rng.random() < 0.8 else int(rng.random() < 0.5) for _ in values]
        table, wanted = make_table(values, labels), float(rng.uniform(0, 1))
        found = find_probability(in_shards(table, 7), wanted)
        unlabelled = table["probability"][table["label"].isna()]
        kept = unlabelled[unlabelled >= np.float32(found)] if found is not None else unlabelled[:0]
        assert len(kept) == largest_set(table, wanted)
        assert found == (kept.min() if len(kept) else None)


@pytest.mark.parametrize(
    ("probabilities", "wanted", "n"),
    [
        ([1.0, 0.6], 0.8, 2),
        ([1.0, 0.6, 0.6], 0.8, 1),  # equal ones stay together
        ([0.9, 0.9, 0.9], 0.9, 3),  # as they are stored: 0.9 is a little less as float32
        ([0.79, 0.5], 0.8, 0),
        ([1.0, 1.0, 0.0], 2 / 3, 3),
        ([0.5, 0.25], 0.0, 2),
        ([1.0], 1.0, 1),
        ([], 0.5, 0),
    ],
)
def test_small_cases(probabilities, wanted, n):
    table = make_table(probabilities)
    edges = select_edges(in_shards(table, 2), InferConfig(expected_precision=wanted))
    assert len(edges) == n


def test_labelled_pairs_do_not_count_but_pass_by_the_same_probability():
    table = make_table([0.95, 0.92, 0.7, 0.65, 0.6, 0.3], [1, None, None, 1, None, None])
    edges = select_edges(in_shards(table, 2), InferConfig(expected_precision=0.8))
    assert edges["target"].tolist() == ["g0", "g1", "g2"]
    assert find_probability(in_shards(table, 2), 0.8) == np.float32(0.7)
    assert find_probability(in_shards(table, 2), 0.0) == np.float32(0.3)
    everything_known = make_table([0.9, 0.8], [1, 0])
    assert find_probability(in_shards(everything_known, 1), 0.1) is None


@pytest.mark.parametrize(
    "limits", [{"probability": 0.9}, {"probability": 0.2}, {"top": 20}, {"top_per_target": 1}, {"top": 10**6}]
)
def test_combines_with_the_other_limits(limits):
    scores = make_scores(make_genes(20, 90))
    both = select_edges(in_shards(scores, 100), InferConfig(expected_precision=0.7, **limits))
    names = ["tf", "target", "rank"]
    alone = [
        select_edges(in_shards(scores, 100), InferConfig(**one))[names] for one in ({"expected_precision": 0.7}, limits)
    ]
    expected = alone[0].merge(alone[1], on=names)
    pd.testing.assert_frame_equal(both[names].reset_index(drop=True), expected)
    assert len(both) > 0


def test_no_candidates_have_no_probability():
    assert find_probability(lambda: iter([]), 0.5) is None
    assert find_probability(lambda: iter([SCORES.empty_table()]), 0.5) is None
