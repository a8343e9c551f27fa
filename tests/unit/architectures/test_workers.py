"""Work that several processes do at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from grnet.architectures.workers import ThisProcess, open_workers
from grnet.schema.errors import InputError, TooLittleMemoryError

CPU = torch.device("cpu")


def describe(features, number):
    """What a process makes of its work: where it was done, and with how many threads."""
    return features, number, os.getpid(), torch.get_num_threads()


def refuse(features, number):
    raise InputError(f"{features}: {number} is refused")


def vanish(features):
    os.kill(os.getpid(), 9)


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_one_thread_is_one_process():
    torch.set_num_threads(1)
    with open_workers("features", CPU, n_tasks=5) as workers:
        assert isinstance(workers, ThisProcess)
        assert workers.submit(describe, 3)() == ("features", 3, os.getpid(), 1)


def test_a_single_piece_of_work_needs_no_other_process(two_threads):
    with open_workers("features", CPU, n_tasks=1) as workers:
        assert isinstance(workers, ThisProcess)


def test_processes_work_on_one_thread_each_and_are_told_the_features_once(two_threads):
    with open_workers("features", CPU, n_tasks=4) as workers:
        waiting = [workers.submit(describe, number) for number in range(4)]
        done = [wait() for wait in waiting]
    assert [(features, number, threads) for features, number, _, threads in done] == [
        ("features", number, 1) for number in range(4)
    ]
    assert os.getpid() not in {process for _, _, process, _ in done}


def test_errors_come_back_as_they_are(two_threads):
    with open_workers("features", CPU, n_tasks=2) as workers:
        wait = workers.submit(refuse, 7)
        with pytest.raises(InputError, match="features: 7 is refused"):
            wait()


def test_a_process_that_is_ended_from_outside_is_said(two_threads):
    with open_workers("features", CPU, n_tasks=2) as workers:
        wait = workers.submit(vanish)
        with pytest.raises(TooLittleMemoryError, match="OMP_NUM_THREADS=1"):
            wait()


SCRIPT = """
import sys, time, torch
from grnet.architectures.workers import open_workers

torch.set_num_threads(2)
with open_workers("features", torch.device("cpu"), n_tasks=2) as workers:
    waiting = [workers.submit(describe, number) for number in range(2)]
    sys.stdout.write(" ".join(str(wait()[2]) for wait in waiting) + "\\n")
    sys.stdout.flush()
    time.sleep(60)
"""


def test_processes_end_when_the_one_that_asked_for_them_is_killed():
    code = "from test_workers import describe\n" + SCRIPT
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as asking:
        processes = {int(number) for number in asking.stdout.readline().split()}
        assert processes
        asking.kill()
    deadline = time.monotonic() + 20
    while any(map(is_there, processes)):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def is_there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
