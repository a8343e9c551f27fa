"""Contract of every crew: the same bytes whoever scores, true records, and whole shards only after an early end."""

from __future__ import annotations

import hashlib
import time
from contextlib import closing, contextmanager

import pyarrow.parquet as pq
import pytest
from broken_off import contents
from scored_candidates import plain_calibration

from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.schema.tables import SCORES
from grnet.scores.shards import find_flaw, plan_shards
from grnet.scoring.candidates import Candidates
from grnet.scoring.cluster_jobs import ScoringSource
from grnet.scoring.crews import LocalCrew
from grnet.scoring.dask_cluster import open_cluster
from grnet.scoring.dask_crew import DaskCrew
from grnet.workflow.trained_run import checksums_of

CREWS = ("one thread", "two threads", "Dask")


@pytest.fixture(scope="module")
def run(fused_run):
    return load_run(fused_run)


@pytest.fixture(scope="module")
def candidates(run, fused_run):
    return Candidates(run, load_dataset(fused_run.parent / "dataset"), device="cpu")


@pytest.fixture(scope="module")
def shards(candidates):
    return plan_shards(len(candidates.tfs), candidates.n_genes, 72)


@pytest.fixture(scope="module")
def cluster():
    pytest.importorskip("distributed")
    with open_cluster("local:2") as opened:
        yield opened


@pytest.fixture(params=CREWS)
def crew(request, run, candidates):
    """Each crew, with what it is called."""
    calibration = plain_calibration(run)
    if request.param == "Dask":
        source = ScoringSource(
            run=run.path.absolute(),
            dataset=run.dataset_path.absolute(),
            run_files=checksums_of(run),
            dataset_fingerprint=run.settings["dataset"]["fingerprint"],
            device="cpu",
        )
        return DaskCrew(request.getfixturevalue("cluster"), source, calibration)
    local = LocalCrew([candidates], calibration)
    local.workers = [candidates] * (1 if request.param == "one thread" else 2)
    return local


@pytest.fixture(scope="module")
def expected(run, candidates, shards, tmp_path_factory):
    """The bytes of every shard, from one thread."""
    folder = tmp_path_factory.mktemp("expected")
    list(LocalCrew([candidates], plain_calibration(run)).score(shards, folder, say=pytest.fail))
    return contents(folder)


def test_the_bytes_are_the_same_whoever_scores(crew, shards, expected, tmp_path):
    list(crew.score(shards, tmp_path, say=pytest.fail))
    assert contents(tmp_path) == expected
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(shard.name for shard in shards)


def test_records_are_true_and_come_once(crew, shards, tmp_path):
    seen = []
    for record in crew.score(shards[3:], tmp_path, say=pytest.fail):
        file = tmp_path / record.name  # there as soon as it is told
        assert record.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
        assert record.rows == pq.read_metadata(file).num_rows > 0
        assert pq.read_schema(file).equals(SCORES)
        seen.append(record.name)
    assert sorted(seen) == [shard.name for shard in shards[3:]]


@pytest.mark.parametrize("after", [1, 4])
def test_an_early_end_leaves_whole_shards_only(crew, shards, expected, tmp_path, after):
    with closing(crew.score(shards, tmp_path, say=pytest.fail)) as records:
        names = {next(records).name for _ in range(after)}
    left = contents(tmp_path)
    assert names <= left.keys()
    assert all(left[name] == expected[name] for name in left)
    time.sleep(0.3)
    assert contents(tmp_path) == left  # nobody writes any more
    assert all(find_flaw(tmp_path / name, None) is None for name in left)


def test_an_error_where_records_are_taken_ends_the_work_too(crew, shards, expected, tmp_path):
    @contextmanager
    def taking():
        with closing(crew.score(shards, tmp_path, say=pytest.fail)) as records:
            yield next(records)

    with pytest.raises(KeyboardInterrupt), taking():
        raise KeyboardInterrupt
    left = contents(tmp_path)
    assert left
    assert all(left[name] == expected[name] for name in left)


def test_no_shards_are_no_work(crew, tmp_path):
    assert list(crew.score([], tmp_path, say=pytest.fail)) == []
    assert contents(tmp_path) == {}


def test_it_says_who_it_is_and_how_many(crew):
    assert (crew.described, crew.size) in [("cpu", 1), ("cpu, 2 threads", 2), ("cpu, 2 processes", 2)]
