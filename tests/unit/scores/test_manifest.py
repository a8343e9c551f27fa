"""The manifest beside the shards: whole at any time, the same in the end, and never the reason that a shard is lost."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pyarrow as pa
import pytest

from grnet.schema.progress import Progress
from grnet.schema.tables import SCORES
from grnet.scores.manifest import Manifest
from grnet.scores.shards import Shard, write_shard

PLAN, COUNTS = {"run": {"run.toml": "00"}}, {"tfs": 2, "genes": 8, "candidates": 14, "unscorable": 0}


class Listening(Progress):
    def __init__(self):
        self.lines = []

    def say(self, text):
        self.lines.append(text)


@pytest.fixture
def empty(tmp_path):
    """A manifest of four shards, of which none is written."""
    return Manifest(tmp_path / "manifest.json", PLAN, COUNTS, [Shard(n, np.arange(2 * n, 2 * n + 2)) for n in range(4)])


def make_shard(manifest, number, value=0.5):
    fields = list(SCORES)[2:]
    columns = {field.name: pa.array([value] * 3).cast(field.type, safe=False) for field in fields}
    names = {"tf": pa.array(["a"] * 3), "target": pa.array(["b", "c", "d"])}
    return write_shard(pa.table(names | columns), manifest.file.parent / f"part-{number:05d}.parquet")


def again(manifest):
    """Return the manifest as the next process would begin with it, and what it says."""
    progress = Listening()
    fresh = Manifest(manifest.file, PLAN, COUNTS, manifest.shards)
    fresh.take_over(progress)
    return fresh, progress.lines


def test_it_holds_the_plan_and_a_record_of_each_shard_whatever_their_order(empty):
    for number in (2, 0):
        empty.note(make_shard(empty, number))
    empty.save()
    folder = empty.file.parent
    assert json.loads(empty.file.read_text(encoding="utf-8")) == {
        "format": "grnet scores",
        "format_version": 1,
        "done": False,
        "plan": PLAN,
        **COUNTS,
        "parts": 4,
        "shards": [
            {"name": name, "rows": 3, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
            for name in ("part-00000.parquet", "part-00002.parquet")
        ],
    }
    assert [shard.number for shard in empty.missing()] == [1, 3]
    other = Manifest(empty.file, PLAN, COUNTS, empty.shards)
    for number in (3, 1, 0, 2):
        other.note(make_shard(empty, number))
    assert other.is_done
    other.save()
    assert json.loads(empty.file.read_text(encoding="utf-8"))["done"] is True


def test_shards_are_taken_over_with_or_without_a_record(empty):
    records = [make_shard(empty, number) for number in range(3)]
    empty.note(records[0])
    fresh, lines = again(empty)
    assert lines == []
    assert list(fresh.done.values()) == records
    empty.file.write_text("{", encoding="utf-8")
    assert list(again(empty)[0].done.values()) == records
    empty.file.write_text('{"shards": [{"name": "part-00000.parquet", "bytes": 3}]}', encoding="utf-8")
    assert list(again(empty)[0].done.values()) == records
    empty.file.unlink()
    assert list(again(empty)[0].done.values()) == records


def test_lost_and_changed_shards_are_told_and_not_taken(empty):
    for number in range(4):
        empty.note(make_shard(empty, number))
    empty.save()
    (empty.file.parent / "part-00001.parquet").unlink()
    make_shard(empty, 2, value=0.25)
    fresh, lines = again(empty)
    assert lines == [
        "part-00001.parquet, scored before, is no longer there: it is scored again",
        "part-00002.parquet, scored before, was changed or damaged since: it is scored again",
    ]
    assert [shard.number for shard in fresh.missing()] == [1, 2]


def test_writing_it_takes_a_small_part_of_the_time_only(empty, monkeypatch):
    record, saves, now = make_shard(empty, 0), [], [100.0]

    def save(self):
        saves.append(now[0])
        now[0] += 0.01

    monkeypatch.setattr(Manifest, "save", save)
    monkeypatch.setattr("grnet.scores.manifest.time.monotonic", lambda: now[0])
    for _ in range(1000):
        now[0] += 0.005
        empty.note(record)
    assert 8 <= len(saves) <= 11  # 5 s of work, 10 ms each, at most 2 %
