"""The workers of a Dask cluster as those who read the files of a dataset: each file is a piece of work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grnet.dataset.file_readers import HERE, FileReaders, Given, ReadFile, Result
from grnet.dataset.findings import Findings
from grnet.schema.errors import ConfigError
from grnet.schema.prepare_config import PrepareConfig
from grnet.schema.progress import SILENT, Progress
from grnet.storage.read_limits import memory_for_reading, memory_limit

if TYPE_CHECKING:
    from grnet.scoring.dask_cluster import Cluster


class ClusterReaders(FileReaders):
    """The workers of a cluster, who see the files under the same paths; objects of Python are read here.

    Parameters
    ----------
    cluster : Cluster
    memory : int or None
        Bytes that the contents of one file may take on a worker; None: most of what is free there.
    """

    def __init__(self, cluster: Cluster, memory: int | None) -> None:
        self.cluster, self.memory = cluster, memory

    def read_each(
        self, read: ReadFile[Given, Result], sources: Sequence[Given], findings: Findings, progress: Progress = SILENT
    ) -> list[Result]:
        """Return what each file holds, in their order; where a worker is lost, another reads its file."""
        if not sources:
            return []
        futures = {
            place: self.cluster.client.submit(_read_there, read, source, self.memory, pure=False)
            for place, source in enumerate(sources)
            if isinstance(source, Path)
        }
        results = []
        with progress.track("reading files", len(sources), "files") as advance:
            for place, source in enumerate(sources):
                if place in futures:
                    result, found = self.cluster.wait(futures.pop(place))
                    findings.extend(found)
                else:
                    result = read(source, findings=findings, progress=SILENT)
                results.append(result)
                advance(1)
        return results


def _read_there(read: ReadFile[Given, Result], source: Given, memory: int | None) -> tuple[Result, Findings]:
    """Return what a file holds, and what was found in it."""
    found = Findings()
    with memory_limit(memory):
        return read(source, findings=found, progress=SILENT), found


@contextmanager
def readers_of(address: str | None, config: PrepareConfig) -> Iterator[FileReaders]:
    """Yield who reads the files of a dataset: the cluster that is asked for, or this process.

    Raises
    ------
    ConfigError
        Dask is not installed, `address` is none, or a file has a name that only this process understands.
    ClusterError
        Nobody answers there, there are no workers, or they have other versions.
    """
    if address is None:
        yield HERE
        return
    from grnet.scoring.dask_cluster import LOCAL, open_cluster  # Dask is an extra

    if not address.startswith(LOCAL):
        for source in (*config.expression, *config.spatial):
            if isinstance(source, Path) and not source.is_absolute():
                raise ConfigError(
                    f"--dask: {source}: workers of a cluster look for files from another folder; give whole paths, "
                    f"such as {source.absolute()}"
                )
    with open_cluster(address) as cluster:
        memory = config.memory
        if memory is None and address.startswith(LOCAL):  # of which each process takes its part
            memory = memory_for_reading() // len(cluster.count_threads())
        yield ClusterReaders(cluster, memory)
