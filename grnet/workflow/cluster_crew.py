"""The Dask cluster of `--dask`, and the workers on it that score a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grnet.architectures.device import choose_devices
from grnet.architectures.run_folder import Run
from grnet.dataset.directory import Dataset
from grnet.probability.calibration import CandidateCalibration
from grnet.probability.prior_fit import PriorFit
from grnet.schema.configs import InferConfig
from grnet.scoring.candidates import Candidates
from grnet.scoring.cluster_jobs import ScoringSource
from grnet.scoring.crews import Crew, LocalCrew
from grnet.workflow.trained_run import checksums_of

if TYPE_CHECKING:
    from grnet.scoring.dask_cluster import Cluster


@contextmanager
def cluster_of(config: InferConfig) -> Iterator[Cluster | None]:
    """Yield the cluster that is asked for, before anything else is done; None without one."""
    if config.dask is None:
        yield None
        return
    from grnet.scoring.dask_cluster import open_cluster  # Dask is an extra

    with open_cluster(config.dask) as cluster:
        yield cluster


def choose_crew(
    cluster: Cluster | None, teams: list[Candidates], source: tuple[Run, Dataset], fit: PriorFit, config: InferConfig
) -> Crew:
    """Return who scores: the workers of a Dask cluster where there is one, else the devices of this machine."""
    if cluster is None:
        return LocalCrew(teams, fit.calibration, memory=config.memory)
    return gather_workers(cluster, *source, fit.calibration, config)


def gather_workers(
    cluster: Cluster, run: Run, dataset: Dataset, calibration: CandidateCalibration, config: InferConfig
) -> Crew:
    """Return the workers of a cluster, told what to load."""
    from grnet.scoring.dask_crew import DaskCrew

    source = ScoringSource(
        run=run.path.absolute(),
        dataset=dataset.path.absolute(),
        run_files=checksums_of(run),
        dataset_fingerprint=run.settings["dataset"]["fingerprint"],
        device=choose_devices(config.device)[0].type,
        precision=config.precision or "fp32",
        memory=config.memory,
    )
    return DaskCrew(cluster, source, calibration)
