"""Training on a Dask cluster: the bytes of a training in this process; faults are told in one line."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest
from broken_off import contents

import grnet
from grnet.cli import main
from grnet.schema.errors import ClusterError, ConfigError, InputError
from grnet.scoring.dask_cluster import open_cluster
from grnet.workflow.cluster_workers import ClusterWorkers

pytest.importorskip("distributed")

import cloudpickle

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import a test


def add(features, number):
    return features + number


def refuse(features):
    raise InputError("labels.csv: line 3 is refused")


def vanish(features):
    os._exit(1)


@pytest.fixture(scope="module")
def cluster():
    with open_cluster("local:2") as opened:
        yield opened


def test_a_cluster_trains_the_same_bytes(embryo_dataset, tiny_config, tmp_path):
    for name, dask in (("here", None), ("there", "local:2")):
        grnet.train(embryo_dataset, tmp_path / name / "run", report="pair", config=tiny_config, dask=dask)
    here, there = (contents(tmp_path / name / "run") for name in ("here", "there"))
    assert here == there
    assert "fold-2/weights.safetensors" in here


def test_a_cluster_cross_validates_the_same_figures(embryo_dataset, tiny_config, tmp_path):
    config = replace(tiny_config, model=replace(tiny_config.model, modality="rna"))
    for name, dask in (("here", None), ("there", "local:2")):
        grnet.crossval(embryo_dataset, tmp_path / name / "figures", split="tf", config=config, dask=dask)
    here, there = (contents(tmp_path / name / "figures") for name in ("here", "there"))
    assert here == there


def test_work_and_its_errors_come_back_as_they_are(cluster):
    workers = ClusterWorkers(cluster, 40)
    assert [wait() for wait in [workers.submit(add, 1), workers.submit(add, 2)]] == [41, 42]
    with pytest.raises(InputError, match="line 3 is refused"):
        workers.submit(refuse)()


def test_work_that_ends_every_worker_is_given_up():
    with open_cluster("local:1") as cluster:
        wait = ClusterWorkers(cluster, 0).submit(vanish)
        with pytest.raises(ClusterError, match="--dask: the 1 process could not do a part of the work"):
            wait()


def test_networks_of_the_paper_are_fitted_in_this_process(gappy_dataset, tmp_path):
    with pytest.raises(ConfigError, match="--dask: folds of SDINet networks are fitted one after the other"):
        grnet.train(gappy_dataset, tmp_path / "run", architecture="sdinet", modality="rna", dask="local:2")
    assert not (tmp_path / "run").exists()


def test_the_commands_take_the_address_of_a_cluster(embryo_dataset, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["train", str(embryo_dataset), "-o", str(tmp_path / "run"), "--dask", "local:none"])
    assert ended.value.code == 2
    assert "--dask: 'local:none': expected local:N with a number of processes" in capsys.readouterr().err
