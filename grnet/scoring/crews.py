"""Workers that score shards: threads of a processor, one thread for each GPU, or a cluster (see dask_crew).

Enter: shards. Leave: their files, in any order, and a record of each. Whoever scores a shard, its bytes are the same:
it is scored by one thread, in tiles of the same size.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from grnet.architectures.device import one_thread
from grnet.probability.calibration import CandidateCalibration
from grnet.schema.errors import ConfigError, TooLittleMemoryError
from grnet.schema.sizes import show_size
from grnet.scores.shards import Shard, ShardRecord, write_shard
from grnet.scoring.candidates import Candidates
from grnet.scoring.memory import SHARE_OF_FREE, free_memory
from grnet.scoring.score_blocks import score_block

BYTES_OF_A_PAIR = 400
"""What a pair of a shard takes while its table is made: logits and probabilities of all members, and the columns."""
THREADS_OF_A_GPU = 4
"""While one of them has a block on the GPU, the others make tables of theirs and write them."""
STALL_SECONDS = 300.0
"""Time without any finished shard after which it is said which ones are in work."""
SHOWN_IN_WORK = 5
"""Shards that are named then, those longest in work."""
Say = Callable[[str], None]


class Crew(Protocol):
    """Scores shards.

    Closing the generator early, after an error or an interrupt, ends the work: shards in work are finished or left out,
    and nothing is written any more when it is closed.
    """

    @property
    def described(self) -> str:
        """Who it is, such as "2 threads of cpu"."""
        ...

    @property
    def size(self) -> int:
        """How many shards are in work at a time."""
        ...

    def score(self, shards: Sequence[Shard], folder: Path, *, say: Say) -> Generator[ShardRecord]:
        """Score shards into `folder`, in any order, and yield a record of each when it is written.

        Parameters
        ----------
        shards : sequence of Shard
        folder : Path
        say : callable
            Is told which shards are in work when none has been finished for long.
        """
        ...


def describe_stall(seconds: float, in_work: Mapping[str, float]) -> str:
    """Return what is said when no shard was finished in `seconds`; `in_work`: since when, by the monotonic clock."""
    now, longest = time.monotonic(), sorted(in_work.items(), key=lambda item: item[1])
    named = [f"{name} for {now - start:,.0f} s" for name, start in longest[:SHOWN_IN_WORK]]
    more = [f"{len(longest) - SHOWN_IN_WORK:,} more"] if len(longest) > SHOWN_IN_WORK else []
    return f"no part was finished in {seconds:,.0f} s; in progress: {', '.join(named + more) or 'none'}"


def score_shard(candidates: Candidates, calibration: CandidateCalibration, shard: Shard, folder: Path) -> ShardRecord:
    """Score a shard and write it.

    Raises
    ------
    TooLittleMemoryError
        Memory does not suffice, even for one pair at a time.
    """
    try:
        table = score_block(candidates, calibration, candidates.tfs, shard.targets)
    except MemoryError as error:
        raise TooLittleMemoryError(
            f"{candidates.device}: has not enough free memory to score {shard.name}, even pair by pair; end other "
            "programs that use it, or choose another --device"
        ) from error
    return write_shard(table, folder / shard.name)


class LocalCrew:
    """Threads of this process: as many as torch would use on the processor, or some for each GPU.

    Parameters
    ----------
    teams : sequence of Candidates
        The same candidates on each device.
    calibration : CandidateCalibration
    memory : int, optional
        Bytes that blocks in work may take on a device; a quarter of what is free where it is not given.
    stall_seconds : float
    """

    def __init__(
        self,
        teams: Sequence[Candidates],
        calibration: CandidateCalibration,
        *,
        memory: int | None = None,
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        self.calibration, self.stall_seconds = calibration, stall_seconds
        self.workers: list[Candidates] = []
        for candidates in teams:
            most = torch.get_num_threads() if candidates.device == "cpu" else THREADS_OF_A_GPU
            self.workers += [candidates] * fit_memory(candidates, memory, most=most)

    @property
    def described(self) -> str:
        """Who it is."""
        devices = list(dict.fromkeys(worker.device for worker in self.workers))
        threads = f", {len(self.workers)} threads" if devices == ["cpu"] and len(self.workers) > 1 else ""
        return ", ".join(devices) + threads

    @property
    def size(self) -> int:
        """How many shards are in work at a time."""
        return len(self.workers)

    def score(self, shards: Sequence[Shard], folder: Path, *, say: Say) -> Generator[ShardRecord]:
        """Score shards into `folder`, in any order, and yield a record of each when it is written."""
        workers = self.workers[: len(shards)]
        work = _Work(shards, folder, self.calibration, n_threads=len(workers))
        threads = [
            threading.Thread(target=work.take_part, args=(worker,), name=f"scoring-{number}", daemon=True)
            for number, worker in enumerate(workers)
        ]
        with one_thread():
            for thread in threads:
                thread.start()
            try:
                for _ in shards:
                    yield work.wait(self.stall_seconds, say)
            finally:
                work.stop()
                for thread in threads:
                    thread.join()


@dataclass(frozen=True)
class _Failure:
    """What broke off a thread."""

    error: BaseException


class _Work:
    """Shards that threads take one by one, and what has come of them."""

    def __init__(
        self, shards: Sequence[Shard], folder: Path, calibration: CandidateCalibration, *, n_threads: int
    ) -> None:
        self.waiting, self.folder, self.calibration = list(reversed(shards)), folder, calibration
        self.finished: queue.Queue[ShardRecord | _Failure] = queue.Queue()
        self.in_work: dict[str, float] = {}
        self.lock, self.stopped, self.n_threads = threading.Lock(), False, n_threads

    def take_part(self, candidates: Candidates) -> None:
        """Score shards until there are none left, or the work is stopped, or memory suffices for fewer threads only."""
        torch.set_num_threads(1)
        while (shard := self._take()) is not None:
            alone = self.n_threads == 1
            try:
                record = score_shard(candidates, self.calibration, shard, self.folder)
            except TooLittleMemoryError as error:
                if alone:
                    self.finished.put(_Failure(error))
                    return
                if self._leave_to_others(shard):
                    return
            except BaseException as error:  # noqa: BLE001 - it is raised again where the records are waited for
                self.finished.put(_Failure(error))
                return
            else:
                with self.lock:
                    del self.in_work[shard.name]
                self.finished.put(record)

    def wait(self, stall_seconds: float, say: Say) -> ShardRecord:
        """Return the next record; tell of shards that are long in work."""
        while True:
            try:
                result = self.finished.get(timeout=stall_seconds)
            except queue.Empty:
                with self.lock:
                    in_work = dict(self.in_work)
                say(describe_stall(stall_seconds, in_work))
                continue
            if isinstance(result, _Failure):
                raise result.error
            return result

    def stop(self) -> None:
        """Let no thread take a further shard."""
        with self.lock:
            self.stopped = True

    def _take(self) -> Shard | None:
        """Return the next shard; None to a thread that is to end."""
        with self.lock:
            if self.stopped or not self.waiting:
                self.n_threads -= 1
                return None
            shard = self.waiting.pop()
            self.in_work[shard.name] = time.monotonic()
            return shard

    def _leave_to_others(self, shard: Shard) -> bool:
        """Put a shard back for which memory does not suffice beside other threads; return whether there are any."""
        with self.lock:
            del self.in_work[shard.name]
            self.waiting.append(shard)
            others = self.n_threads > 1
            self.n_threads -= others
            return others


def fit_memory(candidates: Candidates, memory: int | None, *, most: int) -> int:
    """Fit blocks to the memory of a device; return how many of them it holds at a time, at least one, at most `most`.

    Raises
    ------
    ConfigError
        The memory that was asked for holds no block.
    """
    budget = memory if memory is not None else free_memory(torch.device(candidates.device)) // SHARE_OF_FREE
    table = candidates.batch_pairs * BYTES_OF_A_PAIR
    needed = candidates.scorer.fit_memory(max(budget - table, 0), len(candidates.tfs)) + table
    if needed > budget and memory is not None:
        raise ConfigError(
            f"--memory: blocks of candidates take {show_size(needed)} at the least, got {show_size(memory)}"
        )
    return max(min(most, budget // needed), 1)
