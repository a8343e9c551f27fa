"""A Dask cluster to score on: one that is there, or processes of this machine.

Enters: an address. Leaves: an open connection to workers that have what this process has. This module and dask_crew are
all that imports Dask, and neither is imported unless a cluster is asked for.
"""

from __future__ import annotations

import contextlib
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from grnet.schema.errors import ClusterError, ConfigError

if TYPE_CHECKING:
    from distributed import Client, Future

LOCAL, TLS = "local:", "tls://"
PACKAGES = ("grnet", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "torch")
"""What decides the bytes of shards, models and files that are read: workers have the same versions as this process."""
REACH_SECONDS, WORKERS_SECONDS = 10.0, 60.0
"""How long to try to reach a scheduler, and to wait for its first worker."""


@dataclass(frozen=True)
class Cluster:
    """An open connection to a scheduler.

    Attributes
    ----------
    client : distributed.Client
    name : str
        As it is shown: the address, or "N processes".
    """

    client: Client
    name: str

    def count_threads(self) -> dict[str, int]:
        """Return the number of threads of each worker, by its address.

        Raises
        ------
        ClusterError
            The scheduler went away.
        """
        try:
            return dict(self.client.nthreads())
        except OSError as error:
            raise ClusterError(f"--dask: the scheduler of the {self.name} went away; start it anew") from error

    def wait(self, future: Future[Any]) -> Any:
        """Return what a piece of work gives, or raise what it raised.

        Raises
        ------
        ClusterError
            Every worker that had it was lost, or the scheduler went away.
        """
        from distributed import CancelledError
        from distributed.scheduler import KilledWorker

        try:
            return future.result()
        except (KilledWorker, CancelledError) as error:
            raise ClusterError(f"--dask: the {self.name} could not do a part of the work: {error}") from error


@contextmanager
def open_cluster(
    address: str, *, reach_seconds: float = REACH_SECONDS, workers_seconds: float = WORKERS_SECONDS
) -> Iterator[Cluster]:
    """Connect to a cluster with at least one worker, all of them with the packages of this process.

    Parameters
    ----------
    address : str
        Of the scheduler, such as "tcp://host:8786" or "tls://host:8786", or "local:N" for N processes of this machine,
        one thread each; those are started, and ended in the end. Certificates are those of Dask's configuration.
    reach_seconds, workers_seconds : float

    Raises
    ------
    ConfigError
        Dask is not installed, `address` is none, or Dask's configuration has no certificates for it.
    ClusterError
        Nobody answers there, there are no workers, or they have other versions.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ConfigError('--dask: Dask is not installed; get it with: pip install "grnet[dask]"') from error
    can_encrypt = _can_encrypt()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_silence_logs())
        name, where = f"workers of {address}", address
        if address.startswith(LOCAL):
            n_workers = _read_number(address)
            name = f"{n_workers:,} processes" if n_workers > 1 else "1 process"
            options = {"n_workers": n_workers, "threads_per_worker": 1, "memory_limit": 0}
            with _deaf_children():
                cluster = LocalCluster(
                    processes=True, silence_logs=logging.CRITICAL, dashboard_address="127.0.0.1:0", **options
                )
                where = stack.enter_context(cluster).scheduler_address
        _check_address(where, can_encrypt=can_encrypt)
        try:
            client = stack.enter_context(Client(where, timeout=reach_seconds, set_as_default=False))
        except OSError as error:
            mend = "start one with: dask scheduler, and give the address that it shows"
            if where.startswith(TLS):
                mend = "start one with: dask scheduler --protocol tls, with certificates of the same authority as here"
            raise ClusterError(f"--dask: no scheduler answers at {address}; {mend}") from error
        try:
            client.wait_for_workers(1, timeout=workers_seconds)
        except TimeoutError as error:
            mend = f"start some with: dask worker {address} --nthreads 1"
            raise ClusterError(f"--dask: {address} has no workers; {mend}") from error
        _check_versions(client)
        yield Cluster(client, name)


def _can_encrypt() -> bool:
    """Return whether Dask's configuration has certificates; raise ConfigError where they cannot be read."""
    from distributed.security import Security

    try:
        return Security().get_connection_args("client")["ssl_context"] is not None
    except OSError as error:
        raise ConfigError(
            f"--dask: the certificates of Dask's configuration cannot be read: {error}; expected PEM files as "
            "distributed.comm.tls.ca-file, .client.cert and .client.key"
        ) from error


def _check_address(address: str, *, can_encrypt: bool) -> None:
    """Raise ConfigError where an address is none, lacks the certificates that it needs, or may not be used without TLS.

    Dask itself would find out in the middle of a connection, and wait for its end.
    """
    from distributed.comm import get_address_host_port
    from distributed.security import Security

    try:
        get_address_host_port(address, strict=True)
    except ValueError as error:
        raise ConfigError(
            f"--dask: {address!r} is no address; expected that of a scheduler, such as tcp://host:8786, or local:N"
        ) from error
    if address.startswith(TLS) and not can_encrypt:
        raise ConfigError(
            f"--dask: {address} needs certificates; name their files in Dask's configuration as "
            "distributed.comm.tls.ca-file, .client.cert and .client.key"
        )
    if Security().require_encryption and not address.startswith(TLS):
        raise ConfigError(
            f"--dask: {address}: Dask's configuration demands encryption (distributed.comm.require-encryption); "
            "expected the address of a scheduler with TLS, such as tls://host:8786"
        )


@contextmanager
def _silence_logs() -> Iterator[None]:
    """Let Dask's loggers be quiet, since all that matters to a user is said in one line; their levels come back."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ("distributed", "tornado")]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Keep interrupts of the keyboard from threads and processes started meanwhile, whatever those do themselves.

    A terminal interrupts a whole group of processes. Those that this one starts are ended by it, in order; one that was
    interrupted as well would print a traceback. What arrives meanwhile reaches this process at the end.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # started by the first process, it would lift the block again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check_versions(client: Client) -> None:
    """Raise ClusterError where a worker lacks a package or has another version of it."""
    for package in PACKAGES:
        mine = _public(version(package))
        # a function of the standard library: a worker answers even where grnet is not installed
        for worker, theirs in client.run(version, package, on_error="return").items():
            if not isinstance(theirs, str) or _public(theirs) != mine:
                found = theirs if isinstance(theirs, str) else "not installed"
                raise ClusterError(
                    f"--dask: worker {worker} has {package} {found}, expected {mine} as here; install the same there"
                )


def _public(text: str) -> str:
    """Return a version without the local part, which says what a package was built for."""
    return text.partition("+")[0]


def _read_number(address: str) -> int:
    """Return N of "local:N".

    Raises
    ------
    ConfigError
        It is no number of processes.
    """
    text = address.removeprefix(LOCAL)
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError(f"--dask: {address!r}: expected local:N with a number of processes, such as local:4")
    return int(text)
