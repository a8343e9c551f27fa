"""Shards cover all targets once, in order and within their size; how long they take is told from few pairs."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from grnet.schema.tables import SCORES
from grnet.scores.shards import ShardRecord, find_flaw, plan_shards, record_of, write_shard
from grnet.scoring.pace import estimate_seconds, in_words
from grnet.storage.tables import read_table


@pytest.mark.parametrize("n_tfs", [1, 2, 7, 100])
@pytest.mark.parametrize("n_genes", [1, 10, 33])
@pytest.mark.parametrize("batch_pairs", [1, 10, 99, 100_000])
def test_shards_cover_the_targets_in_order(n_tfs, n_genes, batch_pairs):
    shards = plan_shards(n_tfs, n_genes, batch_pairs)
    assert np.array_equal(np.concatenate([shard.targets for shard in shards]), np.arange(n_genes))
    assert [shard.name for shard in shards] == [f"part-{number:05d}.parquet" for number in range(len(shards))]
    sizes = [len(shard.targets) for shard in shards]
    assert max(sizes) * n_tfs <= max(batch_pairs, n_tfs)
    assert max(sizes) - min(sizes) <= 1


def make_table(score):
    n_rows = len(score)
    return pa.table(
        {
            "tf": pa.DictionaryArray.from_arrays(np.zeros(n_rows, np.int32), ["a"]),
            "target": pa.DictionaryArray.from_arrays(np.arange(n_rows, dtype=np.int32) % 2, ["b", "c"]),
            **{name: pa.array(score, pa.float32()) for name in ("score", "probability", "spread")},
            "seed_spread": pa.nulls(n_rows, pa.float32()),
            "correlation": pa.array([np.nan] * n_rows, pa.float32(), from_pandas=True),
            "label": pa.array([1, *[None] * (n_rows - 1)], pa.int8()),
        }
    )


def test_a_shard_is_written_whole_and_recorded(tmp_path):
    record = write_shard(make_table([0.5, 0.25, 1.0]), tmp_path / "part-00003.parquet")
    assert [file.name for file in tmp_path.iterdir()] == ["part-00003.parquet"]
    content = (tmp_path / "part-00003.parquet").read_bytes()
    assert record == ShardRecord("part-00003.parquet", 3, hashlib.sha256(content).hexdigest())
    assert record_of(tmp_path / "part-00003.parquet") == record
    assert pq.read_schema(tmp_path / record.name).equals(SCORES)
    table = read_table(tmp_path / record.name, SCORES)
    assert table["target"].tolist() == ["b", "c", "b"]
    assert table["score"].tolist() == [0.5, 0.25, 1.0]
    assert table["correlation"].isna().all()
    assert table["label"].tolist()[0] == 1


def test_flaws_of_a_shard_are_told(tmp_path):
    file = tmp_path / "part-00000.parquet"
    record = write_shard(make_table([0.5, 0.25]), file)
    assert find_flaw(file, record) is None
    assert find_flaw(file, None) is None
    write_shard(make_table([0.5, 0.26]), file)
    assert find_flaw(file, record) == "was changed or damaged since"
    assert find_flaw(file, None) is None
    file.write_bytes(file.read_bytes()[:-40])
    assert find_flaw(file, None) == "is not a readable Parquet file"
    pq.write_table(pa.table({"who": [1]}), file)
    assert find_flaw(file, None) == "has the columns who"


class Paced:
    """Candidates whose scoring takes 1 ms a pair, of which every second is a candidate; the first call takes long."""

    def __init__(self, monkeypatch, n_tfs, n_genes, *, share=2, first=20.0):
        self.tfs, self.n_genes, self.calls, self.now = np.arange(n_tfs) + 5, n_genes, [], 0.0
        self.share, self.first = share, first
        monkeypatch.setattr("grnet.scoring.pace.time.perf_counter", lambda: self.now)
        monkeypatch.setattr("grnet.scoring.pace.score_block", self.score)

    def score(self, candidates, calibration, rows, columns):
        assert candidates is self
        self.calls.append((rows, columns))
        self.now += 0.001 * len(rows) * len(columns) + (self.first if len(self.calls) == 1 else 0)
        return SimpleNamespace(num_rows=len(rows) * len(columns) // self.share if self.share else 0)


def test_seconds_are_those_of_the_pairs_that_are_candidates(monkeypatch):
    paced = Paced(monkeypatch, 40, 300)
    assert estimate_seconds(paced, None, n_candidates=100_000) == pytest.approx(200, rel=0.01)
    sizes = [len(rows) * len(columns) for rows, columns in paced.calls]
    assert sizes[0] == sizes[1] < 20
    assert sizes[1:] == sorted(sizes[1:])
    assert 250 <= sizes[-1] < 1100
    for rows, columns in paced.calls:
        assert set(rows) <= set(paced.tfs)
        assert len(set(rows)) == len(rows)
        assert columns[0] == 0
        assert len(set(columns)) == len(columns)


def test_short_work_is_measured_shortly(monkeypatch):
    paced = Paced(monkeypatch, 10, 1000, share=1)
    assert estimate_seconds(paced, None, n_candidates=1000) < 2
    assert len(paced.calls) < 5


def test_without_candidates_nothing_takes_long(monkeypatch):
    assert estimate_seconds(Paced(monkeypatch, 3, 5, share=0), None, n_candidates=0) == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "a second"),
        (5.2, "5 s"),
        (89, "89 s"),
        (91, "2 min"),
        (5000, "83 min"),
        (5400, "1.5 h"),
        (90_000, "25.0 h"),
    ],
)
def test_durations_are_said_as_one_says_them(seconds, words):
    assert in_words(seconds) == words
