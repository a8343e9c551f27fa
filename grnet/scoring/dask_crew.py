"""Scores shards on a Dask cluster.

Enter: shards. Leave: their files, written by the workers, and a record of each. Few shards are with the cluster at a
time, so that a scheduler never holds more than its workers can do next; only records travel back.
"""

from __future__ import annotations

import queue
import shutil
import time
import uuid
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC, EROFS
from pathlib import Path
from typing import TYPE_CHECKING

from grnet.probability.calibration import CandidateCalibration
from grnet.schema.errors import ClusterError, GrnetError
from grnet.scores.shards import Shard, ShardRecord
from grnet.scoring.cluster_jobs import ScoringJob, ScoringSource, score_job_shard
from grnet.scoring.crews import STALL_SECONDS, Say, describe_stall
from grnet.scoring.dask_cluster import Cluster

if TYPE_CHECKING:
    from distributed import Future

SHARDS_OF_A_THREAD = 2
"""Shards with the cluster for each of its threads: one in work, one next."""
MOST_SETBACKS = 3
"""Workers on which a shard may fail before the work is given up."""
FETCH_SECONDS = 10.0
"""How long to wait for the record of a shard that is done: its worker may be stuck, and another does it again then."""
COUNT_SECONDS = 5.0
"""How old a count of the cluster's threads may be: workers come and go."""
NO_USE = (ENOSPC, EDQUOT, EROFS)
"""Errors of shared storage that are the same on every worker."""


class DaskCrew:
    """The workers of a cluster.

    Parameters
    ----------
    cluster : Cluster
    source : ScoringSource
        What workers load.
    calibration : CandidateCalibration
    stall_seconds : float
    """

    def __init__(
        self,
        cluster: Cluster,
        source: ScoringSource,
        calibration: CandidateCalibration,
        *,
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        self.cluster, self.source, self.calibration = cluster, source, calibration
        self.stall_seconds = stall_seconds

    @property
    def described(self) -> str:
        """Who it is."""
        return f"{self.source.device}, {self.cluster.name}"

    @property
    def size(self) -> int:
        """How many shards are in work at a time: threads of all workers, as many as there are now."""
        return max(sum(self.cluster.count_threads().values()), 1)

    def score(self, shards: Sequence[Shard], folder: Path, *, say: Say) -> Generator[ShardRecord]:
        """Score shards into `folder`, in any order, and yield a record of each when it is written.

        Raises
        ------
        ClusterError
            A worker does not see the folders, shards end the workers that score them, or the scheduler went away.
        GrnetError, OSError
            A shard failed on MOST_SETBACKS workers.
        """
        with _stage(folder.absolute()) as stage:
            job = ScoringJob(self.source, self.calibration, folder.absolute(), stage)
            self._check_workers(job)
            dispatch = _Dispatch(self.cluster, job, shards)
            try:
                for _ in shards:
                    yield dispatch.wait(self.stall_seconds, say)
            finally:
                dispatch.stop()

    def _check_workers(self, job: ScoringJob) -> None:
        """Raise ClusterError where a worker does not see the folders of a job, or sees others."""
        for worker, problem in self.cluster.client.run(_find_problem, job, on_error="return").items():
            if isinstance(problem, str):  # else it has none, or has just gone
                raise ClusterError(f"--dask: worker {worker}: {problem}")


@dataclass(frozen=True)
class _Setback:
    """What kept a worker from scoring a shard."""

    worker: str
    error: Exception


@dataclass
class _Task:
    """A shard that is with the cluster."""

    shard: Shard
    future: Future[ShardRecord | _Setback]
    since: float
    tried: tuple[str, ...] = ()


class _Dispatch:
    """Hands out shards, a few for each thread of the cluster, and takes in their records."""

    def __init__(self, cluster: Cluster, job: ScoringJob, shards: Sequence[Shard]) -> None:
        self.cluster, self.job, self.waiting = cluster, job, deque(shards)
        self.tasks: dict[str, _Task] = {}
        self.finished: queue.Queue[str] = queue.Queue()
        self.n_threads, self.counted = 0, -COUNT_SECONDS

    def wait(self, stall_seconds: float, say: Say) -> ShardRecord:
        """Return the next record; tell of shards that are long in work."""
        while True:
            self._fill()
            try:
                task = self.tasks.pop(self.finished.get(timeout=stall_seconds))
            except queue.Empty:
                stall = describe_stall(stall_seconds, {name: task.since for name, task in self.tasks.items()})
                say(f"{stall}; the cluster has {len(self.cluster.count_threads()):,} workers")
                continue
            result = self._result_of(task)
            if not isinstance(result, _Setback):
                return result
            tried = (*task.tried, result.worker)
            if len(tried) >= MOST_SETBACKS or (isinstance(result.error, OSError) and result.error.errno in NO_USE):
                raise _explain(task.shard, result) from result.error
            self._submit(task.shard, tried)

    def stop(self) -> None:
        """Take back what is with the cluster; what is in work there is not written any more."""
        futures = [task.future for task in self.tasks.values()]
        if futures and self.cluster.client.status == "running":
            self.cluster.client.cancel(futures)

    def _fill(self) -> None:
        """Submit shards until every thread has one and the next."""
        if time.monotonic() - self.counted >= COUNT_SECONDS:
            self.n_threads, self.counted = sum(self.cluster.count_threads().values()), time.monotonic()
        while self.waiting and len(self.tasks) < SHARDS_OF_A_THREAD * max(self.n_threads, 1):
            self._submit(self.waiting.popleft(), ())

    def _submit(self, shard: Shard, tried: tuple[str, ...]) -> None:
        """Submit a shard, to another worker than those that it was tried on if there is one."""
        others = [worker for worker in self.cluster.count_threads() if worker not in tried] if tried else []
        future = self.cluster.client.submit(
            _score_on_worker,
            self.job,
            shard,
            key=f"{shard.name}-{self.job.stage.name}-{len(tried)}",
            workers=others or None,
            allow_other_workers=bool(others),
            pure=False,
        )
        self.tasks[shard.name] = _Task(shard, future, time.monotonic(), tried)
        future.add_done_callback(lambda _: self.finished.put(shard.name))

    def _result_of(self, task: _Task) -> ShardRecord | _Setback:
        """Return what came of a task.

        Raises
        ------
        ClusterError
            The scheduler has given it up.
        """
        from distributed import KilledWorker

        if task.future.status == "cancelled":
            raise ClusterError(f"--dask: the scheduler of the {self.cluster.name} went away; start it anew")
        try:
            result: ShardRecord | _Setback = task.future.result(timeout=FETCH_SECONDS)
        except TimeoutError as error:
            holders = [*self.cluster.client.who_has([task.future]).values()]
            return _Setback(holders[0][0] if holders and holders[0] else "", error)
        except KilledWorker as error:
            raise ClusterError(
                f"--dask: {task.shard.name}: every worker that scored it ended, most likely for lack of memory; give "
                "workers more memory or fewer threads"
            ) from error
        return result


def _score_on_worker(job: ScoringJob, shard: Shard) -> ShardRecord | _Setback:
    """Score a shard on a worker; an error that another worker may be spared comes back as a value."""
    from distributed import get_worker

    worker = get_worker()
    try:
        return score_job_shard(job, shard, n_threads=worker.state.nthreads)
    except (GrnetError, OSError, RuntimeError, MemoryError) as error:
        return _Setback(worker.address, error)


def _find_problem(job: ScoringJob) -> str | None:
    """Return what keeps a worker from scoring shards of a job."""
    try:
        job.check_place()
        job.source.check_files()
    except (GrnetError, OSError) as error:
        return str(error)
    return None


def _explain(shard: Shard, setback: _Setback) -> Exception:
    """Return the error that tells a user why a shard was given up."""
    error = setback.error
    if isinstance(error, OSError) and not isinstance(error, GrnetError):
        return OSError(error.errno, error.strerror, error.filename)
    return ClusterError(
        f"--dask: {shard.name} was given up, on worker {setback.worker}: {error or type(error).__name__}"
    )


@contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    """Make the folder in which workers write, and take it away in one step, so that none of them is late."""
    stage = folder / f".stage-{uuid.uuid4().hex}"
    stage.mkdir()
    try:
        yield stage
    finally:
        retired = stage.replace(stage.with_name(f"{stage.name}-old"))
        shutil.rmtree(retired, ignore_errors=True)
