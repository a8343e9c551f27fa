from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network import select
from grnet.network.select import select_edges
from grnet.schema.configs import InferConfig
from grnet.schema.errors import FormatError
from grnet.schema.tables import EDGES, SCORES, empty_table


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    made = make_scores(make_genes(20, 90))
    made["probability"] = made["probability"].round(1)  # many ties, broken by the score
    made["score"] = made["score"].round(0)  # and many of those by name
    return made


def select_by_hand(scores: pd.DataFrame, config: InferConfig) -> pd.DataFrame:
    ordered = scores.sort_values(["probability", "score", "tf", "target"], ascending=[False, False, True, True])
    ordered["rank"] = np.arange(1, len(ordered) + 1)
    ordered["place"] = ordered.groupby("target").cumcount() + 1
    keep = pd.Series(True, index=ordered.index)
    if config.probability is not None:
        keep &= ordered["probability"] >= np.float32(config.probability)
    if config.top is not None:
        keep &= ordered["rank"] <= config.top
    if config.top_per_target is not None:
        keep &= ordered["place"] <= config.top_per_target
    return ordered[keep].reset_index(drop=True)


LIMITS = [
    {"probability": 0.9},
    {"probability": 0.3},
    {"top": 1},
    {"top": 137},
    {"top_per_target": 1},
    {"top_per_target": 3},
    {"probability": 0.1, "top": 50},
    {"probability": 0.1, "top_per_target": 2},
    {"top": 100, "top_per_target": 2},
    {"probability": 0.2, "top": 60, "top_per_target": 4},
    {"probability": 0.0},
    {"top": 10**9},
]


@pytest.mark.parametrize("limits", LIMITS, ids=str)
@pytest.mark.parametrize("shard_rows", [17, 400, 10**6])
def test_keeps_what_passes_all_limits(scores, limits, shard_rows, monkeypatch):
    monkeypatch.setattr(select, "FRESH_ROWS", 50)
    config = InferConfig(**limits)
    expected = select_by_hand(scores, config)
    found = select_edges(in_shards(scores, shard_rows), config)
    assert list(found.columns) == EDGES.names
    assert 0 < len(found) <= len(scores)
    for column in ("tf", "target", "rank", "probability", "score", "spread", "seed_spread", "correlation"):
        np.testing.assert_array_equal(found[column].to_numpy(), expected[column].to_numpy(), err_msg=column)
    np.testing.assert_array_equal(found["known"], expected["label"] == 1)


def test_order_of_the_shards_changes_nothing(scores):
    config = InferConfig(top=80, top_per_target=2)
    shuffled = scores.sample(frac=1, random_state=3).reset_index(drop=True)
    pd.testing.assert_frame_equal(
        select_edges(in_shards(scores, 100), config), select_edges(in_shards(shuffled, 333), config)
    )


def make_shard(**columns: list[object]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    defaults: dict[str, list[object]] = {
        "tf": ["a"] * n,
        "target": [f"g{i}" for i in range(n)],
        "score": [0.0] * n,
        "probability": [0.95] * n,
        "spread": [0.0] * n,
        "seed_spread": [None] * n,
        "correlation": [0.5] * n,
        "label": [None] * n,
    }
    return pd.DataFrame({**defaults, **columns})


def test_sign_is_that_of_the_correlation_and_known_is_label_one():
    shard = make_shard(correlation=[0.5, -0.5, 0.0, None], label=[1, 0, None, 1])
    edges = select_edges(lambda: iter([shard]), InferConfig())
    assert edges["sign"].tolist() == ["activation", "repression", "unknown", "unknown"]
    assert edges["known"].tolist() == [True, False, False, True]


@pytest.mark.parametrize("dtype", ["Int8", "float64", "object"])
def test_takes_labels_in_any_nullable_type(dtype):
    shard = make_shard(label=[1, 0, None])
    shard["label"] = shard["label"].astype(dtype)
    assert select_edges(lambda: iter([shard]), InferConfig())["known"].tolist() == [True, False, False]


def test_the_threshold_is_compared_as_it_is_stored():
    shard = make_shard(probability=list(np.array([0.9, 0.8999], dtype=np.float32)))
    assert select_edges(lambda: iter([shard]), InferConfig(probability=0.9))["target"].tolist() == ["g0"]


def test_equal_scores_of_different_zero_signs_tie():
    shard = make_shard(tf=["b", "a"], target=["g", "g"], score=[0.0, -0.0])
    edges = select_edges(lambda: iter([shard]), InferConfig(top_per_target=2))
    assert edges[["tf", "rank"]].to_numpy().tolist() == [["a", 1], ["b", 2]]


@pytest.mark.parametrize("shards", [[], [empty_table(SCORES)]])
@pytest.mark.parametrize("limits", [{"top": 3}, {"top_per_target": 2}, {}])
def test_no_candidates_give_no_edges(shards, limits):
    edges = select_edges(lambda: iter(shards), InferConfig(**limits))
    assert list(edges.columns) == EDGES.names
    assert len(edges) == 0


def test_refuses_damaged_scores():
    with pytest.raises(FormatError, match=r"^a score table lacks spread; expected the columns tf, target, score, "):
        select_edges(lambda: iter([make_shard(tf=["a"]).drop(columns="spread")]), InferConfig())
    with pytest.raises(FormatError, match=r"^1 candidates have no probability, the first is 'a' → 'g1'; every"):
        select_edges(lambda: iter([make_shard(probability=[0.5, None])]), InferConfig())
    with pytest.raises(FormatError, match=r"^the pair 'a' → 'g0' occurs twice in the scores; score them again$"):
        select_edges(lambda: iter([make_shard(tf=["a"]), make_shard(tf=["a"])]), InferConfig())
