"""What every consumer promises, each against all candidates at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network.expected_precision import CoarseMeans, Crossing, FineMeans
from grnet.scores import consumers
from grnet.scores.consumers import BestPairs, CandidateCounts, Consumer, Counts, KnownPairs, RankCounts, feed
from grnet.scores.pair_scores import GeneNames, PairScores, read_pairs

WANTED = 0.6


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    made = make_scores(make_genes(9, 40))
    return made.assign(probability=made["probability"].round(2), score=made["score"].round(0))


def read_all(scores: pd.DataFrame, names: GeneNames) -> PairScores:
    """Return all candidates, the best first, sorted by pandas."""
    by = ["probability", "score", "tf", "target"]
    ordered = scores.sort_values(by, ascending=[False, False, True, True])
    return PairScores.join([PairScores.empty(names), *read_pairs(in_shards(ordered, 10**6)(), names)])


def every_third(scores: pd.DataFrame, names: GeneNames) -> PairScores:
    return read_all(scores, names).take(np.arange(0, len(scores), 3))


def cross(scores: pd.DataFrame) -> Crossing:
    coarse = CoarseMeans(WANTED)
    coarse.consume(read_all(scores, GeneNames()))
    return coarse.result()


MAKERS: dict[str, Callable[[pd.DataFrame, GeneNames], Consumer[Any]]] = {
    "counts": lambda scores, names: CandidateCounts(),
    "all above": lambda scores, names: BestPairs(names, probability=0.3),
    "top": lambda scores, names: BestPairs(names, top=40),
    "top of each target": lambda scores, names: BestPairs(names, top_per_target=2),
    "all limits": lambda scores, names: BestPairs(names, probability=0.1, top=30, top_per_target=2),
    "known": lambda scores, names: KnownPairs(names),
    "ranks": lambda scores, names: RankCounts(every_third(scores, names)),
    "coarse means": lambda scores, names: CoarseMeans(WANTED),
    "fine means": lambda scores, names: FineMeans(WANTED, cross(scores)),
}


def describe(result: Any, names: GeneNames) -> Any:
    """Return a result as values that can be compared."""
    if isinstance(result, PairScores):
        columns = (result.probability, result.score, result.spread, result.label)
        named = (names.name(result.tf).to_pylist(), names.name(result.target).to_pylist())
        return [*named, *(column.tolist() for column in columns)]
    return result.tolist() if isinstance(result, np.ndarray) else result


def run(maker: str, scores: pd.DataFrame, size: int) -> Any:
    names = GeneNames()
    consumer = MAKERS[maker](scores, names)
    feed(read_pairs(in_shards(scores, size)(), names), [consumer])
    return describe(consumer.result(), names)


@pytest.mark.parametrize("maker", MAKERS)
def test_neither_blocks_nor_their_order_change_the_result(maker, scores, monkeypatch):
    whole = run(maker, scores, len(scores))
    monkeypatch.setattr(consumers, "FRESH_ROWS", 20)
    for seed, size in enumerate((1, 7, 64)):
        shuffled = scores.sample(frac=1, random_state=seed)
        found = run(maker, shuffled, size)
        if isinstance(found, Crossing):
            assert found.total_above == pytest.approx(whole.total_above, rel=1e-12)
            found = Crossing(found.bin, found.n_above, whole.total_above, found.lowest)
        assert found == whole


@pytest.mark.parametrize("maker", MAKERS)
def test_leaves_the_pairs_as_they_are(maker, scores):
    names = GeneNames()
    consumer, pairs = MAKERS[maker](scores, names), read_all(scores, names)
    before = describe(pairs, names)
    consumer.consume(pairs)
    consumer.consume(PairScores.empty(names))
    first = describe(consumer.result(), names)
    assert describe(consumer.result(), names) == first
    assert describe(pairs, names) == before


@pytest.mark.parametrize("maker", MAKERS)
def test_takes_no_candidates_at_all(maker, scores):
    names = GeneNames()
    consumer = MAKERS[maker](scores.head(0), names)
    consumer.consume(PairScores.empty(names))
    result = consumer.result()
    nothing = {CandidateCounts: Counts(0, 0, None, None), CoarseMeans: Crossing(None, 0, 0.0, None), FineMeans: None}
    if type(consumer) in nothing:
        assert result == nothing[type(consumer)]
    else:
        assert len(result) == 0


def test_results_equal_those_of_all_candidates_at_once(scores):
    names = GeneNames()
    ordered = read_all(scores, names)
    place = pd.Series(ordered.target).groupby(ordered.target).cumcount().to_numpy()
    expected = {
        "all above": ordered.take(ordered.probability >= np.float32(0.3)),
        "top": ordered.take(np.arange(40)),
        "top of each target": ordered.take(place < 2),
        "all limits": ordered.take((place < 2) & (ordered.probability >= np.float32(0.1))).take(np.arange(30)),
    }
    for maker, pairs in expected.items():
        assert run(maker, scores, 50) == describe(pairs, names), maker
    assert run("ranks", scores, 50) == list(range(1, len(scores) + 1, 3))
    known = ordered.label == 1
    assert run("known", scores, 50) == describe(ordered.take(known), names)
    new = ordered.probability[ordered.label == -1]
    highest = ordered.probability.max()
    assert run("counts", scores, 50) == Counts(len(scores), int(known.sum()), highest, new.max())
    means = np.cumsum(new.astype(float)) / np.arange(1, len(new) + 1)
    whole = np.append(new[1:] != new[:-1], True)
    assert run("fine means", scores, 50) == new[whole & (means >= WANTED)].min()


def test_names_are_ranked_as_python_sorts_them():
    names = GeneNames()
    words = ["b", "a", "é", "Z", "z\n", "", "𝔸", "\ufffd", "aa"]
    numbers = names.number(pa.array(words[:4]))
    assert names.ranks()[numbers].argsort().tolist() == [3, 1, 0, 2]
    numbers = names.number(pa.array(words))
    assert [words[row] for row in np.argsort(names.ranks()[numbers])] == sorted(words)
    assert names.name(numbers).to_pylist() == words
