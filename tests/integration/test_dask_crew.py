"""Scoring on a Dask cluster: the network of a local run, whatever befalls workers; faults are told in one line."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import pytest
from broken_off import OPTIONS, contents, hear_interrupts
from scored_candidates import plain_calibration

from grnet.architectures.run_folder import load_run
from grnet.cli import main
from grnet.dataset.directory import load_dataset
from grnet.schema.errors import ClusterError, ConfigError, FormatError, MissingInputError
from grnet.scores.shards import plan_shards
from grnet.scoring.candidates import Candidates
from grnet.scoring.cluster_jobs import ScoringJob, ScoringSource, score_job_shard
from grnet.scoring.crews import LocalCrew
from grnet.scoring.dask_cluster import _check_versions, open_cluster
from grnet.scoring.dask_crew import DaskCrew
from grnet.workflow.trained_run import checksums_of

pytest.importorskip("distributed")

import cloudpickle
import dask
from distributed import LocalCluster

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import a test

WITHOUT_DASK = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("dask", "distributed"):
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, Blocked())
from grnet.cli import main
main(["--quiet", *sys.argv[1:]])
assert not {name.partition(".")[0] for name in sys.modules} & {"dask", "distributed"}
"""
"""The command line where Dask is not installed, and not asked for unless by an option."""


@pytest.fixture(scope="module")
def source(fused_run):
    run = load_run(fused_run)
    return ScoringSource(
        run=run.path.absolute(),
        dataset=run.dataset_path.absolute(),
        run_files=checksums_of(run),
        dataset_fingerprint=run.settings["dataset"]["fingerprint"],
        device="cpu",
    )


@pytest.fixture(scope="module")
def calibration(fused_run):
    return plain_calibration(load_run(fused_run))


@pytest.fixture(scope="module")
def shards():
    return plan_shards(12, 72, 72)


@pytest.fixture(scope="module")
def expected(fused_run, calibration, shards, tmp_path_factory):
    """The bytes of every shard, scored by one thread here."""
    folder = tmp_path_factory.mktemp("expected")
    candidates = Candidates(load_run(fused_run), load_dataset(fused_run.parent / "dataset"), device="cpu")
    list(LocalCrew([candidates], calibration).score(shards, folder, say=pytest.fail))
    return contents(folder)


@pytest.fixture(scope="module")
def cluster():
    with open_cluster("local:2") as opened:
        yield opened


@pytest.fixture
def on_worker(cluster):
    """Return a function that lets scoring fail on some workers; it works again in the end."""

    def fail(fault, workers=None):
        cluster.client.run(break_scoring, fault, workers=workers)

    yield fail
    cluster.client.run(mend_scoring)


def break_scoring(fault):
    """Let scoring raise an error, take some seconds more, or end its process by a signal."""
    from grnet.scoring import cluster_jobs, crews

    def score_shard(*arguments):
        if isinstance(fault, Exception):
            raise fault
        if isinstance(fault, signal.Signals):
            os.kill(os.getpid(), fault)
        time.sleep(fault)
        return crews.score_shard(*arguments)

    cluster_jobs.score_shard = score_shard


def mend_scoring():
    from grnet.scoring import cluster_jobs, crews

    cluster_jobs.score_shard = crews.score_shard


def refused(capfd, arguments):
    """Return the one line with which a command ends."""
    capfd.readouterr()
    with pytest.raises(SystemExit) as caught:
        main(["--quiet", *map(str, arguments)])
    assert caught.value.code == 2
    (line,) = capfd.readouterr().err.splitlines()
    return line


def test_a_network_from_a_cluster_is_that_of_one_process_in_every_byte(fused_run, tmp_path, capfd):
    command = ["--quiet", "infer-network", str(fused_run), *OPTIONS]
    main([*command, "-o", str(tmp_path / "here")])
    capfd.readouterr()
    main([*command, "-o", str(tmp_path / "there"), "--dask", "local:2"])
    shown, said = capfd.readouterr()
    assert "852 candidates (12 TFs × 72 genes) scored on cpu, 2 processes in " in shown
    assert said == ""
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["here", "there"]


def test_a_worker_that_is_killed_in_the_middle_costs_nothing(source, calibration, shards, expected, tmp_path):
    with open_cluster("local:2") as cluster:
        halted = next(iter(cluster.client.run(os.getpid).values()))
        kill = functools.cache(lambda: os.kill(halted, signal.SIGKILL))
        crew = DaskCrew(cluster, source, calibration, stall_seconds=5)
        with closing(crew.score(shards, tmp_path, say=lambda _: kill())) as records:
            done = [next(records).name]
            os.kill(halted, signal.SIGSTOP)  # it has shards now, and never ends them
            done += [next(records).name for _ in range(5)]
            kill()
            done += [record.name for record in records]
    assert sorted(done) == sorted(expected)
    assert contents(tmp_path) == expected


def test_a_shard_that_ends_its_workers_is_given_up_in_one_line(source, calibration, shards, tmp_path):
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), open_cluster("local:1") as cluster:
        cluster.client.run(break_scoring, signal.SIGKILL)
        with pytest.raises(
            ClusterError, match=r"--dask: part-0000\d.parquet: every worker that scored it ended, most "
        ):
            list(DaskCrew(cluster, source, calibration).score(shards[:2], tmp_path, say=pytest.fail))
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("error", [OSError(5, "Input/output error", "x"), RuntimeError("CUDA error"), MemoryError()])
def test_what_fails_on_one_worker_is_done_by_another(
    cluster, source, calibration, shards, expected, tmp_path, on_worker, error
):
    on_worker(error, workers=list(cluster.count_threads())[:1])
    list(DaskCrew(cluster, source, calibration).score(shards, tmp_path, say=pytest.fail))
    assert contents(tmp_path) == expected


def test_what_fails_everywhere_is_told_in_one_line(cluster, source, calibration, shards, tmp_path, on_worker):
    crew = DaskCrew(cluster, source, calibration)
    on_worker(RuntimeError("CUDA error: unspecified launch failure"))
    with pytest.raises(ClusterError, match=r"part-0000\d.parquet was given up, on worker tcp://.*: CUDA error: unspec"):
        list(crew.score(shards, tmp_path, say=pytest.fail))
    on_worker(OSError(28, "No space left on device", "/data/part"))
    with pytest.raises(OSError, match="No space left on device: '/data/part'") as caught:
        list(crew.score(shards, tmp_path, say=pytest.fail))
    assert caught.value.errno == 28
    assert contents(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_another_error_of_a_worker_is_raised_as_it_is(cluster, source, calibration, shards, tmp_path, on_worker):
    on_worker(ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        list(DaskCrew(cluster, source, calibration).score(shards, tmp_path, say=pytest.fail))


def test_a_stall_is_told_with_the_workers_there_are(cluster, source, calibration, shards, tmp_path, on_worker):
    told, crew = [], DaskCrew(cluster, source, calibration, stall_seconds=1)
    on_worker(2.5)
    list(crew.score(shards[:2], tmp_path, say=told.append))
    assert told[0].startswith("no part was finished in 1 s; in progress: part-0000")
    assert told[0].endswith("; the cluster has 2 workers")


def test_folders_that_a_worker_does_not_see_are_told(cluster, source, calibration, shards, tmp_path):
    none, where = tmp_path / "none", "the run, its dataset and --out must"
    for changed, told in (
        ({"run": none}, f"{none}/.*: not found on a worker; {where}"),
        ({"dataset": none}, f"{none}: not found on a worker; {where}"),
        ({"run_files": {"run.toml": "00"}}, f"run.toml: differs from the file where the command was given; {where}"),
    ):
        crew = DaskCrew(cluster, replace(source, **changed), calibration)
        with pytest.raises(ClusterError, match=rf"--dask: worker tcp://.*: .*{told}"):
            list(crew.score(shards, tmp_path, say=pytest.fail))
    other = DaskCrew(cluster, replace(source, dataset_fingerprint="00"), calibration)
    with pytest.raises(ClusterError, match=r"part-0000\d.parquet was given up, on worker .*: differs from the dataset"):
        list(other.score(shards, tmp_path, say=pytest.fail))
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_is_taken_back_writes_nothing(source, calibration, shards, tmp_path):
    stage = tmp_path / ".stage-1"
    job = ScoringJob(source, calibration, tmp_path, stage)
    with pytest.raises(MissingInputError, match=f"{tmp_path}: not found on a worker, or another folder; the run, its"):
        score_job_shard(job, shards[0], n_threads=1)
    stage.mkdir()
    record = score_job_shard(job, shards[0], n_threads=1)
    assert [record.name] == list(contents(tmp_path))
    (tmp_path / record.name).unlink()

    class Late:
        """A source whose loading takes so long that the job is taken back."""

        def __init__(self):
            vars(self).update(vars(source))

        def check_files(self):
            stage.rmdir()

    with pytest.raises(OSError, match="No such file or directory"):
        score_job_shard(replace(job, source=Late()), shards[0], n_threads=1)
    assert list(tmp_path.iterdir()) == []


def test_files_that_differ_are_refused_by_the_process_that_loads_them(source, tmp_path):
    with pytest.raises(FormatError, match=r"run.toml: differs from the file where the command was given"):
        replace(source, run_files={"run.toml": "00"}).check_files()
    with pytest.raises(MissingInputError, match=r"none: not found on a worker"):
        replace(source, dataset=tmp_path / "none").check_files()


def test_other_versions_are_told():
    def run(function, package, on_error):
        assert on_error == "return"
        return {"tcp://a:1": function(package), "tcp://b:1": answers.get(package, function(package))}

    answers = {}
    _check_versions(SimpleNamespace(run=run))
    answers = {"torch": "2.0.1+cu118"}
    with pytest.raises(ClusterError, match=r"worker tcp://b:1 has torch 2.0.1\+cu118, expected \d.*; install the same"):
        _check_versions(SimpleNamespace(run=run))
    answers = {"grnet": ModuleNotFoundError("grnet")}
    with pytest.raises(ClusterError, match=r"worker tcp://b:1 has grnet not installed, expected"):
        _check_versions(SimpleNamespace(run=run))


@pytest.mark.parametrize("address", ["nonsense", "host:8786", "tcp://host", "tcp://host:port", "foo://host:8786"])
def test_an_address_that_is_none_is_told(address):
    with pytest.raises(ConfigError) as caught, open_cluster(address):
        pass
    assert str(caught.value) == (
        f"--dask: {address!r} is no address; expected that of a scheduler, such as tcp://host:8786, or local:N"
    )


@pytest.mark.parametrize("address", ["local:", "local:0", "local:-1", "local:two", "local:1.5"])
def test_a_number_of_processes_that_is_none_is_told(address):
    with pytest.raises(ConfigError) as caught, open_cluster(address):
        pass
    assert str(caught.value) == (f"--dask: {address!r}: expected local:N with a number of processes, such as local:4")


def test_a_scheduler_that_does_not_answer_is_told():
    with pytest.raises(ClusterError) as caught, open_cluster("tcp://127.0.0.1:1", reach_seconds=0.2):
        pass
    assert str(caught.value) == (
        "--dask: no scheduler answers at tcp://127.0.0.1:1; start one with: dask scheduler, and give the address that "
        "it shows"
    )


def test_a_cluster_without_workers_is_told():
    with LocalCluster(n_workers=0, dashboard_address=":0") as empty:
        address = empty.scheduler_address
        with pytest.raises(ClusterError) as caught, open_cluster(address, workers_seconds=0.2):
            pass
    assert str(caught.value) == (
        f"--dask: {address} has no workers; start some with: dask worker {address} --nthreads 1"
    )


def test_a_scheduler_that_goes_away_is_told(source, calibration, shards, tmp_path):
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", memory_limit=0) as lost,
        open_cluster(lost.scheduler_address, reach_seconds=1) as cluster,
    ):
        cluster.client.run(break_scoring, 60)
        crew = DaskCrew(cluster, source, calibration, stall_seconds=3)
        with pytest.raises(ClusterError, match=r"--dask: the scheduler of the workers of tcp://.* went away; start"):
            list(crew.score(shards, tmp_path, say=lambda text: lost.close()))


def test_without_dask_one_line_says_how_to_get_it(fused_run, tmp_path):
    command = [sys.executable, "-c", WITHOUT_DASK, "infer-network", fused_run, "-o", tmp_path / "network", *OPTIONS]
    refused = subprocess.run([*command, "--dask", "local:2"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert refused.stderr == ('grnet: error: --dask: Dask is not installed; get it with: pip install "grnet[dask]"\n')
    assert list(tmp_path.iterdir()) == []
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "network" / "summary.json").is_file()


def test_an_interrupt_from_the_keyboard_ends_all_processes_and_says_how_to_go_on(fused_run, tmp_path):
    script = "import sys; from grnet.cli import main; main(['--quiet', *sys.argv[1:]])"
    command = ["infer-network", str(fused_run), "-o", str(tmp_path / "network"), *OPTIONS]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *command, "--dask", "local:2"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=hear_interrupts,
    )  # fmt: skip
    scores = tmp_path / ".network.partial" / "folder" / "scores"
    while not list(scores.glob(".stage-*")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: workers get it as well
    said = process.communicate(timeout=60)[1]
    assert said.splitlines()[-1] == (
        f"grnet: interrupted; finished work is kept in {tmp_path / '.network.partial'}, and the same command resumes "
        "from it"
    )
    assert said.count("\n") <= 2
    assert process.returncode == 130
    assert [entry.name for entry in scores.iterdir() if entry.name[0] == "."] == []
    for _ in range(500):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail("processes are left")


def test_processes_of_this_machine_leave_interrupts_to_the_one_that_started_them():
    with open_cluster("local:1") as cluster:
        blocked = cluster.client.run(signal.pthread_sigmask, signal.SIG_BLOCK, ())
    assert all(signal.SIGINT in signals for signals in blocked.values())
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
