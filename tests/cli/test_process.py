"""What the process around a command does: signals, closed streams, faults that nobody has foreseen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grnet.cli import cli, main


def run(*arguments, **options):
    command = [sys.executable, "-m", "grnet", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, **options)


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_stream_that_is_closed_is_no_fault(closed):
    number = {"stdout": 1, "stderr": 2}[closed]
    shell = f"exec {sys.executable} -m grnet inspect /none/such {number}>&-"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_reader_that_is_gone_is_no_fault():
    reader, writer = os.pipe()
    os.close(reader)
    done = run("--help", stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_full_disk_behind_the_output_is_one_line():
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("w") as full:
        done = run("--help", stdout=full)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "grnet: error: file system: No space left on device; check the path, its permissions and free space"
    ]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_cleans_up_and_tells(monkeypatch, capfd, tmp_path, number, code):
    def stop(path, **options):
        os.kill(os.getpid(), number)
        time.sleep(10)

    monkeypatch.setattr("grnet.workflow.inspect.load_dataset", stop)
    usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    before = signal.signal(number, usual)  # what started the tests may have had it ignored
    try:
        with pytest.raises(SystemExit) as caught:
            main(["inspect", str(tmp_path)])
    finally:
        after = signal.signal(number, before)
    assert after is usual
    assert caught.value.code == code
    assert capfd.readouterr().err.strip() == "grnet: interrupted; no half-written folder was left behind"


def test_a_fault_that_nobody_has_foreseen_is_one_line(monkeypatch, capfd, tmp_path):
    def fail(path, **options):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr("grnet.workflow.inspect.load_dataset", fail)
    with pytest.raises(SystemExit) as caught:
        main(["inspect", str(tmp_path)])
    assert caught.value.code == 70
    assert capfd.readouterr().err == (
        "grnet: error: a fault of grnet itself (ZeroDivisionError: division by zero); please report it with the "
        "traceback that the same command shows with --debug\n"
    )
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "inspect", str(tmp_path)])


def test_lack_of_memory_is_one_line(monkeypatch, capfd, tmp_path):
    def fail(path, **options):
        raise MemoryError

    monkeypatch.setattr("grnet.workflow.inspect.load_dataset", fail)
    with pytest.raises(SystemExit) as caught:
        main(["inspect", str(tmp_path)])
    assert caught.value.code == 2
    assert capfd.readouterr().err.startswith("grnet: error: there is not enough free memory; end other programs")


def test_check_is_a_command():
    assert "check" in cli.list_commands(None)
