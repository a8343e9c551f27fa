"""The workers of a Dask cluster as those who fit models: each fold of each split is a piece of work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from grnet.architectures.device import one_thread
from grnet.architectures.registry import find_architecture
from grnet.architectures.workers import Result, Workers
from grnet.schema.errors import ConfigError
from grnet.schema.features import GeneFeatures

if TYPE_CHECKING:
    from grnet.scoring.dask_cluster import Cluster


class ClusterWorkers(Workers):
    """The workers of a cluster, who are sent the features once.

    Parameters
    ----------
    cluster : Cluster
    features : GeneFeatures
    """

    def __init__(self, cluster: Cluster, features: GeneFeatures) -> None:
        self.cluster = cluster
        self.features = cluster.client.scatter(features, broadcast=True, hash=False)

    def submit(self, function: Callable[..., Result], *arguments: Any) -> Callable[[], Result]:
        """Send the work to the cluster; where a worker is lost, another does it again."""
        future = self.cluster.client.submit(_work_alone, function, self.features, *arguments, pure=False)
        return lambda: self.cluster.wait(future)


@contextmanager
def cluster_for_training(address: str | None, architecture: str) -> Iterator[Cluster | None]:
    """Yield the cluster that is asked for, before anything else is done; None without one.

    Raises
    ------
    ConfigError
        The models of the architecture are fitted one after the other, Dask is not installed, or `address` is none.
    ClusterError
        Nobody answers there, there are no workers, or they have other versions.
    """
    if address is None:
        yield None
        return
    chosen = find_architecture(architecture)
    if not chosen.costs.trains_fast:
        raise ConfigError(
            f"--dask: folds of {chosen.title} are fitted one after the other, in this process; leave --dask out"
        )
    from grnet.scoring.dask_cluster import open_cluster  # Dask is an extra

    with open_cluster(address) as cluster:
        yield cluster


_alone = threading.Lock()
"""A process fits one model at a time: random numbers and the number of threads belong to the process."""


def _work_alone(function: Callable[..., Result], features: GeneFeatures, *arguments: Any) -> Result:
    with _alone, one_thread():
        return function(features, *arguments)
