"""Threads that score shards: all of them once, smaller blocks or fewer threads where memory runs out, a clean end."""

from __future__ import annotations

import errno
import threading
import time
from contextlib import closing
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from grnet.schema.errors import ConfigError, TooLittleMemoryError
from grnet.scores.shards import Shard, ShardRecord
from grnet.scoring import crews
from grnet.scoring.crews import LocalCrew, describe_stall, fit_memory

SHARDS = [Shard(number, np.arange(3) + 3 * number) for number in range(8)]
N_TFS = 4


class Scorer:
    """Takes 16 pairs at a time, of 10 bytes each."""

    def __init__(self):
        self.size = 16

    def take_less(self):
        self.size, before = max(self.size // 2, 1), self.size
        return self.size < before

    def fit_memory(self, budget, n_tfs):
        assert n_tfs == N_TFS
        while self.size * 10 > budget and self.take_less():
            pass
        return self.size * 10


def make_candidates(device="cpu"):
    return SimpleNamespace(tfs=np.arange(N_TFS), scorer=Scorer(), device=device, batch_pairs=12)


@pytest.fixture
def on_block(monkeypatch):
    """Return a function that sets what happens when a block is scored; blocks that work out are written as records."""

    def set_block(happen=lambda candidates, columns: None):
        def score_block(candidates, calibration, rows, columns):
            assert calibration == "calibration"
            assert rows is candidates.tfs
            happen(candidates, columns)
            return columns

        monkeypatch.setattr(crews, "score_block", score_block)

    written = []

    def write_shard(columns, file):
        written.append(file.name)
        return ShardRecord(file.name, len(columns) * N_TFS, "00")

    monkeypatch.setattr(crews, "write_shard", write_shard)
    set_block.written = written
    set_block()
    return set_block


def make_crew(n_threads, **options):
    crew = LocalCrew([], "calibration", **options)
    crew.workers = [make_candidates()] * n_threads
    return crew


def names(shards):
    return [shard.name for shard in shards]


@pytest.mark.parametrize("n_threads", [1, 2, 3, 20])
def test_every_shard_is_scored_once(on_block, tmp_path, n_threads):
    before = torch.get_num_threads()
    records = list(make_crew(n_threads).score(SHARDS, tmp_path, say=pytest.fail))
    assert sorted(record.name for record in records) == names(SHARDS) == sorted(on_block.written)
    assert {record.rows for record in records} == {12}
    assert torch.get_num_threads() == before


def test_all_threads_are_at_work_at_a_time(on_block, tmp_path):
    together = threading.Barrier(3)
    on_block(lambda candidates, columns: together.wait(timeout=20))
    assert len(list(make_crew(3).score(SHARDS[:6], tmp_path, say=pytest.fail))) == 6


def test_each_thread_computes_on_one_thread_of_torch(on_block, tmp_path):
    counts = []
    on_block(lambda candidates, columns: counts.append(torch.get_num_threads()))
    list(make_crew(2).score(SHARDS, tmp_path, say=pytest.fail))
    assert set(counts) == {1}


def test_one_pair_that_does_not_fit_is_told_in_one_line(on_block, tmp_path):
    def happen(candidates, columns):
        raise MemoryError

    on_block(happen)
    for n_threads in (1, 3):
        with pytest.raises(TooLittleMemoryError) as caught:
            list(make_crew(n_threads).score(SHARDS, tmp_path, say=pytest.fail))
        assert str(caught.value).startswith("cpu: has not enough free memory to score part-0000")
        assert str(caught.value).endswith(
            ".parquet, even pair by pair; end other programs that use it, or choose another --device"
        )


def test_where_memory_suffices_for_one_thread_only_one_goes_on(on_block, tmp_path):
    at_work, lock, most = [], threading.Lock(), []

    def happen(candidates, columns):
        with lock:
            at_work.append(columns[0])
            crowded = len(at_work) > 1
            most.append(len(at_work))
        time.sleep(0.005)
        with lock:
            at_work.remove(columns[0])
        if crowded:
            raise MemoryError

    on_block(happen)
    records = list(make_crew(4).score(SHARDS, tmp_path, say=pytest.fail))
    assert sorted(record.name for record in records) == names(SHARDS)
    assert max(most) > 1
    assert most[-1] == 1


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device", "x"), ValueError("odd"), KeyboardInterrupt()]
)
def test_the_error_of_a_thread_is_raised_where_records_are_waited_for(on_block, tmp_path, n_threads, error):
    def happen(candidates, columns):
        if columns[0] == 9:
            raise error

    on_block(happen)
    records = []
    with pytest.raises(type(error)) as caught:
        records.extend(make_crew(n_threads).score(SHARDS, tmp_path, say=pytest.fail))
    assert caught.value is error
    assert "part-00003.parquet" not in on_block.written
    assert on_block.written[:3] == names(SHARDS[:3]) or n_threads > 1


@pytest.mark.parametrize("n_threads", [1, 2])
def test_after_an_early_end_nothing_is_written_any_more(on_block, tmp_path, n_threads):
    on_block(lambda candidates, columns: time.sleep(0.01))
    with closing(make_crew(n_threads).score(SHARDS, tmp_path, say=pytest.fail)) as records:
        next(records)
    n_written = len(on_block.written)
    assert 1 <= n_written < len(SHARDS)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("scoring-")]
    time.sleep(0.05)
    assert len(on_block.written) == n_written


def test_a_stall_is_told_with_the_shards_in_work(on_block, tmp_path):
    told, release = [], threading.Event()

    def happen(candidates, columns):
        if columns[0] == 0:
            assert release.wait(timeout=20)

    def say(text):
        told.append(text)
        release.set()

    on_block(happen)
    assert len(list(make_crew(1, stall_seconds=0.4).score(SHARDS, tmp_path, say=say))) == 8
    assert told[0] == "no part was finished in 0 s; in progress: part-00000.parquet for 0 s"


def test_of_many_shards_in_work_the_oldest_are_told(monkeypatch):
    monkeypatch.setattr("grnet.scoring.crews.time.monotonic", lambda: 1000.0)
    since = {f"part-{number:05d}.parquet": 600.0 - number for number in range(8)}
    assert describe_stall(300, since) == (
        "no part was finished in 300 s; in progress: part-00007.parquet for 407 s, part-00006.parquet for 406 s, "
        "part-00005.parquet for 405 s, part-00004.parquet for 404 s, part-00003.parquet for 403 s, 3 more"
    )


def test_threads_are_as_many_as_memory_holds_blocks_for(monkeypatch):
    monkeypatch.setattr(crews, "BYTES_OF_A_PAIR", 10)  # a table takes 120 bytes, a block 160
    for memory, n_blocks, size in ((10_000, 6, 16), (600, 2, 16), (300, 1, 16), (210, 1, 8), (130, 1, 1)):
        candidates = make_candidates()
        assert fit_memory(candidates, memory, most=6) == n_blocks
        assert candidates.scorer.size == size
    with pytest.raises(ConfigError, match="--memory: blocks of candidates take 130 bytes at the least, got 129 bytes"):
        fit_memory(make_candidates(), 129, most=6)
    monkeypatch.setattr(crews, "free_memory", lambda device: 4 * 600)
    assert fit_memory(make_candidates(), None, most=6) == 2
    monkeypatch.setattr(crews, "free_memory", lambda device: 0)
    assert fit_memory(make_candidates(), None, most=6) == 1  # it may fit after all


def test_a_crew_is_described_by_its_devices():
    crew = make_crew(3)
    assert (crew.described, crew.size) == ("cpu, 3 threads", 3)
    assert make_crew(1).described == "cpu"
    crew.workers = [make_candidates("cuda:0"), make_candidates("cuda:1")]
    assert (crew.described, crew.size) == ("cuda:0, cuda:1", 2)
