"""Scoring on a Dask cluster with TLS: certificates come from Dask's own configuration, as docs/scale.md says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from broken_off import OPTIONS, contents

from grnet.cli import main
from grnet.schema.errors import ClusterError, ConfigError
from grnet.scoring.dask_cluster import open_cluster

pytest.importorskip("distributed")

import dask
from distributed import LocalCluster

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make certificates with")


def make_certificates(folder: Path) -> dict[str, object]:
    """Make an authority and a certificate of it, as docs/scale.md does; return Dask's configuration with them."""
    folder.mkdir()
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca-key.pem -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=grnet -keyout key.pem -out request.pem",
        "x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out cert.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True, timeout=60)
    files = {f"{role}.{name}": f"{name}.pem" for role in ("scheduler", "worker", "client") for name in ("key", "cert")}
    files["ca-file"] = "ca.pem"
    tls = {f"distributed.comm.tls.{entry}": str(folder / name) for entry, name in files.items()}
    return {"distributed.comm.require-encryption": True, **tls}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("tls") / "certificates")


@pytest.fixture(scope="module")
def address(certificates):
    """The address of a scheduler with one worker that talk through TLS alone."""
    options = {"n_workers": 1, "threads_per_worker": 1, "memory_limit": 0, "dashboard_address": ":0"}
    with dask.config.set(certificates):
        cluster = LocalCluster(processes=False, protocol="tls", **options)
    with cluster:
        yield cluster.scheduler_address


def test_a_network_from_a_cluster_with_tls_is_that_of_one_process(fused_run, address, certificates, tmp_path):
    command = ["--quiet", "infer-network", str(fused_run), *OPTIONS]
    main([*command, "-o", str(tmp_path / "here")])
    with dask.config.set(certificates):
        main([*command, "-o", str(tmp_path / "there"), "--dask", address])
    assert address.startswith("tls://127.0.0.1:")
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_processes_of_this_machine_use_tls_where_the_configuration_demands_it(certificates):
    with dask.config.set(certificates), open_cluster("local:1") as cluster:
        (worker,) = cluster.count_threads()
        assert worker.startswith("tls://127.0.0.1:")


def test_a_missing_or_unreadable_certificate_is_told_in_one_line(address, certificates, tmp_path):
    with pytest.raises(ConfigError, match=rf"^--dask: {address} needs certificates; name their files in Dask's conf"):
        open_cluster(address).__enter__()
    (tmp_path / "key.pem").write_text("no key")
    spoiled = certificates | {"distributed.comm.tls.client.key": str(tmp_path / "key.pem")}
    with (
        dask.config.set(spoiled),
        pytest.raises(ConfigError, match=r"^--dask: the certificates of Dask's configuration cannot be read: "),
    ):
        open_cluster(address).__enter__()


def test_an_address_without_tls_is_refused_where_encryption_is_demanded(address, certificates):
    plain = address.replace("tls://", "tcp://")
    with (
        dask.config.set(certificates),
        pytest.raises(ConfigError, match=rf"^--dask: {plain}: Dask's configuration demands encryption "),
    ):
        open_cluster(plain).__enter__()


def test_a_stranger_gets_no_connection(address, tmp_path):
    with (
        dask.config.set(make_certificates(tmp_path / "other")),
        pytest.raises(ClusterError, match=rf"no scheduler answers at {address}; start one with: .* of the same auth"),
    ):
        open_cluster(address, reach_seconds=2).__enter__()
    with pytest.raises(ClusterError, match="no scheduler answers at tcp://"):
        open_cluster(address.replace("tls://", "tcp://"), reach_seconds=2).__enter__()
