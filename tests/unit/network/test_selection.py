from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from made_networks import as_table, in_shards, make_genes, make_scores

from grnet.network.selection import select_candidates, select_edges
from grnet.schema.configs import FEWEST_EDGES, MOST_EDGES, InferConfig, default_edges
from grnet.schema.errors import FormatError
from grnet.schema.tables import EDGES, SCORES
from grnet.scores import consumers


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
    if config.expected_precision is not None:
        keep &= ordered["probability"] >= find_by_hand(scores, config.expected_precision)
    if config.probability is not None:
        keep &= ordered["probability"] >= np.float32(config.probability)
    if config.top is not None:
        keep &= ordered["rank"] <= config.top
    if config.top_per_target is not None:
        keep &= ordered["place"] <= config.top_per_target
    if not config.limits:
        keep &= ordered["rank"] <= min(max(int((scores["label"] == 1).sum()), FEWEST_EDGES), MOST_EDGES)
    if config.with_known:
        keep |= ordered["label"] == 1
    return ordered[keep].reset_index(drop=True)


def find_by_hand(scores: pd.DataFrame, wanted: float) -> float:
    values = np.sort(scores["probability"][scores["label"].isna()].to_numpy(np.float32).astype(float))[::-1]
    whole = np.append(values[1:] != values[:-1], True)[: len(values)]  # equal ones stay together
    means = np.cumsum(values) / np.arange(1, len(values) + 1)
    fits = values[whole & (means >= min(wanted, float(np.float32(wanted))))]
    return fits.min() if len(fits) else np.inf


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    for column in ("tf", "target", "rank", "probability", "score", "spread", "seed_spread", "correlation"):
        np.testing.assert_array_equal(found[column].to_numpy(), expected[column].to_numpy(), err_msg=column)
    np.testing.assert_array_equal(found["known"], expected["label"] == 1)


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
    monkeypatch.setattr(consumers, "FRESH_ROWS", 50)
    config = InferConfig(**limits)
    expected = select_by_hand(scores, config)
    found = select_edges(in_shards(scores, shard_rows), config)
    assert list(found.columns) == EDGES.names
    assert 0 < len(found) <= len(scores)
    assert_same(found, expected)


def make_ties(seed: int) -> pd.DataFrame:
    """A small table with few distinct probabilities and scores, any labels, and names out of order."""
    rng = np.random.default_rng(seed)
    tfs, targets = (
        [f"{letter}{number}" for number in rng.permutation(12)[: rng.integers(1, 9)]] for letter in ("é", "g")
    )
    tf, target = (column.ravel() for column in np.meshgrid(tfs, targets))
    rows = rng.permutation(len(tf))[: rng.integers(1, len(tf) + 1)]
    n, steps = len(rows), rng.integers(1, 12)
    correlation = rng.choice([-0.5, 0.0, 0.25, np.nan], n) if rng.random() < 0.8 else np.full(n, np.nan)
    labels = rng.choice([[np.nan, 1, 0], [np.nan] * 3, [1, 1, 0]][rng.integers(3)], n)
    return pd.DataFrame({"tf": tf[rows], "target": target[rows]}).assign(
        score=(rng.integers(-2, 3, n) / 2).astype(np.float32),
        probability=(np.round(rng.beta(0.5, 1, n) * steps) / steps).astype(np.float32),
        spread=rng.random(n).astype(np.float32),
        seed_spread=np.float32(np.nan),
        correlation=correlation.astype(np.float32),
        label=labels,
    )


def draw_limits(rng: np.random.Generator, n: int) -> dict[str, float | int]:
    drawn: dict[str, float | int] = {
        "probability": round(float(rng.random()), 1),
        "expected_precision": round(float(rng.random()), 1),
        "top": int(rng.integers(1, n + 2)),
        "top_per_target": int(rng.integers(1, 5)),
    }
    drawn = {name: value for name, value in drawn.items() if rng.random() < 0.5}
    return {**drawn, "with_known": bool(rng.random() < 0.3)}


@pytest.mark.parametrize("seed", range(250))
def test_random_tables_with_ties_equal_the_whole_table_sorted(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    monkeypatch.setattr(consumers, "FRESH_ROWS", int(rng.integers(1, 30)))
    scores = make_ties(seed)
    config = InferConfig(**draw_limits(rng, len(scores)))
    reads: list[int] = []

    def shards():
        reads.append(1)
        return in_shards(scores.sample(frac=1, random_state=len(reads)), int(rng.integers(1, 20)))()

    selection = select_candidates(shards, config)
    assert_same(selection.edges, select_by_hand(scores, config))
    new = scores["probability"][scores["label"].isna()]
    assert selection.counts.candidates == len(scores)
    assert selection.counts.highest_unlabelled == (new.max() if len(new) else None)
    assert selection.counts.known == (scores["label"] == 1).sum()
    assert selection.counts.highest == scores["probability"].max()
    once = config.expected_precision is None and config.top_per_target is None and not config.with_known
    assert len(reads) <= (1 if once else 2)
    without = select_by_hand(scores, replace(config, with_known=False))
    assert selection.edges["rank"][~selection.added].tolist() == without["rank"].tolist()
    assert selection.lowest == (without["probability"].min() if len(without) else None)


@pytest.mark.parametrize(
    ("n_known", "kept"), [(0, 200), (199, 200), (201, 201), (1999, 1999), (2001, 2000), (2600, 2000)]
)
def test_the_default_network_has_as_many_edges_as_are_known_within_bounds(n_known, kept):
    assert default_edges(n_known) == kept
    scores = make_scores(make_genes(10, 300))
    scores["label"] = np.where(np.arange(len(scores)) < n_known, 1, np.nan)
    selection = select_candidates(in_shards(scores, 500), InferConfig())
    assert selection.limits == {"top": kept}
    assert selection.edges["rank"].tolist() == list(range(1, kept + 1))
    assert selection.counts.known == n_known


def test_where_there_are_few_candidates_all_are_the_default_network(scores):
    few = scores.head(30)
    assert len(select_edges(in_shards(few, 7), InferConfig())) == 30


def test_added_known_edges_have_their_rank_among_all_and_stand_in_its_place(scores):
    config = InferConfig(top=10, with_known=True)
    selection = select_candidates(in_shards(scores, 100), config)
    assert_same(selection.edges, select_by_hand(scores, config))
    assert not selection.added[:10].any()
    assert selection.added[10:].all()
    assert selection.edges["known"][selection.added].all()
    assert len(selection.edges) > 10


def test_known_edges_do_not_make_the_rest_stay_in_memory(scores, monkeypatch):
    pools: list[int] = []
    prune = consumers.BestPairs._prune

    def watch(best: consumers.BestPairs) -> None:
        prune(best)
        pools.append(len(best._pool))

    monkeypatch.setattr(consumers, "FRESH_ROWS", 50)
    monkeypatch.setattr(consumers.BestPairs, "_prune", watch)
    select_candidates(in_shards(scores, 100), InferConfig(top=10, with_known=True))
    assert pools
    assert max(pools) == 10


def test_a_plateau_below_the_expected_precision_is_not_gathered(monkeypatch):
    """Nearly all candidates share the probability at which the mean falls below: they must not fill the memory."""
    n = 5000
    scores = pd.DataFrame({"tf": "a", "target": [f"g{row}" for row in range(n)]}).assign(
        score=0.0, spread=0.0, seed_spread=np.nan, correlation=0.1, label=np.nan
    )
    scores["probability"] = np.where(np.arange(n) % 500 == 0, 0.9, 0.45)
    monkeypatch.setattr(consumers, "FRESH_ROWS", 50)
    gathered: list[int] = []
    prune = consumers.BestPairs._prune

    def watch(best: consumers.BestPairs) -> None:
        gathered.append(best._n_fresh)
        prune(best)

    monkeypatch.setattr(consumers.BestPairs, "_prune", watch)
    config = InferConfig(expected_precision=0.5)
    edges = select_edges(in_shards(scores, 100), config)
    assert edges["probability"].tolist() == [np.float32(0.9)] * 10
    assert sum(gathered) < 500


def test_order_of_the_shards_changes_nothing(scores):
    config = InferConfig(top=80, top_per_target=2)
    shuffled = scores.sample(frac=1, random_state=3).reset_index(drop=True)
    pd.testing.assert_frame_equal(
        select_edges(in_shards(scores, 100), config), select_edges(in_shards(shuffled, 333), config)
    )


def make_shard(**columns: list[object]) -> pa.Table:
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
    return as_table(pd.DataFrame({**defaults, **columns}))


def test_sign_is_that_of_the_correlation_and_known_is_label_one():
    shard = make_shard(correlation=[0.5, -0.5, 0.0, None], label=[1, 0, None, 1])
    edges = select_edges(lambda: iter([shard]), InferConfig())
    assert edges["sign"].tolist() == ["activation", "repression", "unknown", "unknown"]
    assert edges["known"].tolist() == [True, False, False, True]


@pytest.mark.parametrize("dtype", [pa.int8(), pa.int64(), pa.float32(), pa.float64()], ids=str)
def test_takes_labels_and_names_in_any_type(dtype):
    shard = make_shard(label=[1, 0, None])
    label = shard["label"].cast(dtype)
    shard = shard.set_column(shard.column_names.index("label"), "label", label)
    shard = shard.set_column(0, "tf", shard["tf"].cast(pa.large_string()))
    edges = select_edges(lambda: iter([shard]), InferConfig())
    assert edges["known"].tolist() == [True, False, False]
    assert edges["tf"].tolist() == ["a", "a", "a"]


def test_takes_tables_of_several_chunks_with_dictionaries_of_their_own():
    first, second = make_shard(tf=["b", "a"], target=["x", "y"]), make_shard(tf=["c", "b"], target=["z", "x2"])
    table = pa.concat_tables([first, second])
    assert table["tf"].num_chunks == 2
    edges = select_edges(lambda: iter([table]), InferConfig())
    assert list(zip(edges["tf"], edges["target"], strict=True)) == [("a", "y"), ("b", "x"), ("b", "x2"), ("c", "z")]


def test_the_threshold_is_compared_as_it_is_stored():
    shard = make_shard(probability=list(np.array([0.9, 0.8999], dtype=np.float32)))
    assert select_edges(lambda: iter([shard]), InferConfig(probability=0.9))["target"].tolist() == ["g0"]


def test_equal_scores_of_different_zero_signs_tie():
    shard = make_shard(tf=["b", "a"], target=["g", "g"], score=[0.0, -0.0])
    edges = select_edges(lambda: iter([shard]), InferConfig(top_per_target=2))
    assert edges[["tf", "rank"]].to_numpy().tolist() == [["a", 1], ["b", 2]]


@pytest.mark.parametrize("shards", [[], [SCORES.empty_table()]])
@pytest.mark.parametrize("limits", [{"top": 3}, {"top_per_target": 2}, {}])
def test_no_candidates_give_no_edges(shards, limits):
    edges = select_edges(lambda: iter(shards), InferConfig(**limits))
    assert list(edges.columns) == EDGES.names
    assert len(edges) == 0


def test_refuses_damaged_scores():
    with pytest.raises(FormatError, match=r"^a score table lacks spread; expected the columns tf, target, score, "):
        select_edges(lambda: iter([make_shard(tf=["a"]).drop_columns("spread")]), InferConfig())
    with pytest.raises(FormatError, match=r"^1 candidates have no probability, the first is 'a' → 'g1'; every"):
        select_edges(lambda: iter([make_shard(probability=[0.5, None])]), InferConfig())
    with pytest.raises(
        FormatError, match=r"^1 candidates have no target; every candidate needs one: score them again$"
    ):
        select_edges(lambda: iter([make_shard(target=["g", None])]), InferConfig())
    with pytest.raises(FormatError, match=r"^the pair 'a' → 'g0' occurs twice in the scores; score them again$"):
        select_edges(lambda: iter([make_shard(tf=["a"]), make_shard(tf=["a"])]), InferConfig())
