"""What a process of a cluster needs to score shards as the process that asks for them would, and how it scores one.

Enters: a job, which travels with each shard. Leaves: the shard's file on storage that both see, and its record. Run,
dataset and features are loaded once in a process, and compared with what the job says of them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.features.kept_measurements import leave_out
from grnet.probability.calibration import CandidateCalibration
from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.training_config import ScoringPrecision
from grnet.scores.shards import Shard, ShardRecord
from grnet.scoring.candidates import Candidates
from grnet.scoring.crews import fit_memory, score_shard
from grnet.storage.checksums import sha256_of

SHARED_STORAGE = "the run, its dataset and --out must be on storage that all workers see under the same paths"


@dataclass(frozen=True)
class ScoringSource:
    """What candidates are made of, as another process can find and check it.

    Attributes
    ----------
    run, dataset : Path
        Absolute.
    run_files : mapping of str to str
        Name below `run` → SHA-256, of all files that decide scores.
    dataset_fingerprint : str
    device : str
        "cpu" or "cuda": a worker takes its own GPU.
    precision : {"fp32", "bf16"}
    memory : int or None
        Bytes that blocks in work may take in one process; a quarter of what is free where it is not given.
    """

    run: Path
    dataset: Path
    run_files: Mapping[str, str]
    dataset_fingerprint: str
    device: str
    precision: ScoringPrecision = "fp32"
    memory: int | None = None

    def check_files(self) -> None:
        """Make sure that the run is here, and that it is this one.

        Raises
        ------
        MissingInputError, FormatError
            It is not.
        """
        for name, checksum in self.run_files.items():
            file = self.run / name
            if not file.is_file():
                raise MissingInputError(f"{file}: not found on a worker; {SHARED_STORAGE}")
            if sha256_of(file) != checksum:
                raise FormatError(f"{file}: differs from the file where the command was given; {SHARED_STORAGE}")
        if not self.dataset.is_dir():
            raise MissingInputError(f"{self.dataset}: not found on a worker; {SHARED_STORAGE}")


@dataclass(frozen=True)
class ScoringJob:
    """The scoring that a shard belongs to.

    Attributes
    ----------
    source : ScoringSource
    calibration : CandidateCalibration
    folder : Path
        Absolute; where shards are to be.
    stage : Path
        A folder in `folder` with a name of its own, in which shards are written first. Once whoever asked for the
        shards has removed it, nothing more appears in `folder`, however late a worker is.
    """

    source: ScoringSource
    calibration: CandidateCalibration
    folder: Path
    stage: Path

    def check_place(self) -> None:
        """Make sure that this process sees the very folder that shards are to be in.

        Raises
        ------
        MissingInputError
            It does not.
        """
        if not self.stage.is_dir():
            raise MissingInputError(f"{self.folder}: not found on a worker, or another folder; {SHARED_STORAGE}")


@dataclass
class _Loaded:
    """What a process has loaded: the candidates, and how many shards their blocks may be in work at a time."""

    source: ScoringSource
    candidates: Candidates
    seats: threading.BoundedSemaphore


class _Shelf:
    """Keeps in a process what was loaded last."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loaded: _Loaded | None = None

    def get(self, source: ScoringSource, n_threads: int) -> _Loaded:
        """Return what a source holds, loaded where it was not."""
        with self.lock:
            if self.loaded is None or self.loaded.source != source:
                self.loaded = None
                self.loaded = _load(source, n_threads)
            return self.loaded


_SHELF = _Shelf()


def score_job_shard(job: ScoringJob, shard: Shard, *, n_threads: int) -> ShardRecord:
    """Score one shard of a job on a thread of this process, which has `n_threads` for such work.

    Raises
    ------
    MissingInputError, FormatError
        Folders are not to be seen from here, or are others.
    ConfigError
        There is no such device, or too little memory.
    OSError
        The shard cannot be written, or the job is no longer wanted.
    """
    torch.set_num_threads(1)
    job.check_place()
    loaded = _SHELF.get(job.source, n_threads)
    with loaded.seats:
        record = score_shard(loaded.candidates, job.calibration, shard, job.stage)
    (job.stage / shard.name).replace(job.folder / shard.name)
    return record


def _load(source: ScoringSource, n_threads: int) -> _Loaded:
    source.check_files()
    if fingerprint(source.dataset) != source.dataset_fingerprint:
        raise FormatError(f"{source.dataset}: differs from the dataset where the command was given; {SHARED_STORAGE}")
    run = load_run(source.run)
    dataset = leave_out(load_dataset(source.dataset), run.without, run.model_config.modality)
    candidates = Candidates(run, dataset, device=source.device, precision=source.precision)
    seats = fit_memory(candidates, source.memory, most=n_threads)
    return _Loaded(source, candidates, threading.BoundedSemaphore(seats))
