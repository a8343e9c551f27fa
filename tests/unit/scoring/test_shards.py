"""Shards cover all TFs once, in order and within their size; how long they take is told from few pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grnet.scoring.pace import estimate_seconds, in_words
from grnet.scoring.shards import plan_shards


@pytest.mark.parametrize("n_tfs", [1, 2, 7, 100])
@pytest.mark.parametrize("n_genes", [1, 10, 33])
@pytest.mark.parametrize("batch_pairs", [1, 10, 99, 100_000])
def test_shards_cover_the_tfs_in_order(n_tfs, n_genes, batch_pairs):
    tfs = np.arange(n_tfs, dtype=np.int64) * 3
    shards = plan_shards(tfs, n_genes, batch_pairs)
    assert np.array_equal(np.concatenate([shard.tfs for shard in shards]), tfs)
    assert [shard.name for shard in shards] == [f"part-{number:05d}.parquet" for number in range(len(shards))]
    sizes = [len(shard.tfs) for shard in shards]
    assert max(sizes) * n_genes <= max(batch_pairs, n_genes)
    assert max(sizes) - min(sizes) <= 1


def test_seconds_are_those_of_the_pairs_that_are_candidates(monkeypatch):
    tfs = np.arange(40, dtype=np.int64) + 5
    calls, now = [], 0.0
    monkeypatch.setattr("grnet.scoring.pace.time.perf_counter", lambda: now)

    def score(rows, columns):
        """Take 1 ms for each pair, of which every second is a candidate; the first call takes long."""
        nonlocal now
        calls.append((rows, columns))
        now += 0.001 * len(rows) * len(columns) + (20 if len(calls) == 1 else 0)
        return pd.DataFrame(index=range(len(rows) * len(columns) // 2))

    seconds = estimate_seconds(score, tfs, 300, n_candidates=100_000)
    assert seconds == pytest.approx(200, rel=0.01)
    sizes = [len(rows) * len(columns) for rows, columns in calls]
    assert sizes[0] == sizes[1] < 20
    assert sizes[1:] == sorted(sizes[1:])
    assert 250 <= sizes[-1] < 1100
    for rows, columns in calls:
        assert set(rows) <= set(tfs)
        assert len(set(rows)) == len(rows)
        assert columns[0] == 0
        assert columns[-1] == 299
        assert len(set(columns)) == len(columns)


def test_short_work_is_measured_shortly():
    calls = []

    def score(rows, columns):
        calls.append(len(rows) * len(columns))
        return pd.DataFrame(index=range(calls[-1]))

    assert estimate_seconds(score, np.arange(10), 1000, n_candidates=1000) < 5
    assert len(calls) < 5


def test_without_candidates_nothing_takes_long():
    def score(rows, columns):
        return pd.DataFrame(index=range(0))

    assert estimate_seconds(score, np.arange(3), 5, n_candidates=0) == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5.2, "5 s"), (89, "89 s"), (91, "2 min"), (5000, "83 min"), (5400, "1.5 h"), (90_000, "25.0 h")],
)
def test_durations_are_said_as_one_says_them(seconds, words):
    assert in_words(seconds) == words
