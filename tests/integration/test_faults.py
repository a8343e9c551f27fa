"""What may befall the scoring of a genome: kills, interrupts, lack of memory and disk, damage. Nothing done is lost.

The end has the bytes of an unbroken run in every file, and the user is told of each fault in one line.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from broken_off import OPTIONS, contents, hear_interrupts, wait_for

from grnet.architectures.late.scorer import LateScorer
from grnet.cli import main
from grnet.schema.tables import SCORES
from grnet.storage.tables import read_table

KILLED_COMMAND_LINE = """
import os, signal, sys
from grnet.cli import main

left, place = int(sys.argv[1]), sys.argv[2]

def count(event, arguments):
    global left
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir") and place in f"{arguments[:2]}":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
main(["--quiet", *sys.argv[3:]])
print("left", left, file=sys.stderr)
"""
"""The command line, which is killed just before it touches files for the n-th time."""

SLOW_COMMAND_LINE = """
import sys, time
from grnet.cli import main
from grnet.scoring import crews

real = crews.score_block

def score_block(*arguments):
    time.sleep(0.3)
    return real(*arguments)

crews.score_block = score_block
main(["--quiet", *sys.argv[1:]])
"""
"""The command line, which takes its time for each shard."""


@pytest.fixture(scope="module")
def unbroken(fused_run, tmp_path_factory):
    """The folder of a network that was inferred in one go."""
    folder = tmp_path_factory.mktemp("unbroken") / "network"
    infer(fused_run, folder)
    return folder


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def infer(run, out, *more):
    main(["--quiet", "infer-network", str(run), "-o", str(out), *OPTIONS, *more])


def refused(capfd, run, out, *more):
    """Return the one line with which the command ends."""
    capfd.readouterr()
    with pytest.raises(SystemExit) as caught:
        infer(run, out, *more)
    assert caught.value.code == 2
    (line,) = capfd.readouterr().err.splitlines()
    return line


def start(script, *arguments, n_threads=1):
    environment = os.environ | {"OMP_NUM_THREADS": str(n_threads)}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=hear_interrupts,
    )


@pytest.fixture(scope="module")
def n_steps(fused_run, unbroken, tmp_path_factory):
    """How often an unbroken command touches files, with one and with two threads; two threads write the same bytes."""
    steps = {}
    for n_threads in (1, 2):
        out = tmp_path_factory.mktemp("counted") / "network"
        process = start(
            KILLED_COMMAND_LINE, 10**6, out.parent, "infer-network", fused_run, "-o", out, *OPTIONS, n_threads=n_threads
        )
        said = process.communicate()[1].split()
        assert contents(out) == contents(unbroken)
        steps[n_threads] = 10**6 - int(said[said.index("left") + 1])
    return steps


@pytest.mark.parametrize(("seed", "n_threads"), [(0, 1), (1, 2), (2, 1), (3, 2), (4, 2)])
def test_killed_at_a_random_point_it_ends_with_the_same_bytes(fused_run, tmp_path, unbroken, n_steps, seed, n_threads):
    out, point = tmp_path / "network", random.Random(seed).randint(1, n_steps[n_threads] * 9 // 10)
    process = start(
        KILLED_COMMAND_LINE, point, tmp_path, "infer-network", fused_run, "-o", out, *OPTIONS, n_threads=n_threads
    )
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not out.exists()
    infer(fused_run, out)
    assert contents(out) == contents(unbroken)
    assert [entry.name for entry in tmp_path.iterdir()] == ["network"]


@pytest.mark.parametrize("n_threads", [1, 2])
def test_an_interrupt_ends_it_within_a_shard_and_tells_how_to_go_on(fused_run, tmp_path, unbroken, n_threads):
    out, scores = tmp_path / "network", tmp_path / ".network.partial" / "folder" / "scores"
    process = start(SLOW_COMMAND_LINE, "infer-network", fused_run, "-o", out, *OPTIONS, n_threads=n_threads)
    wait_for(scores / "part-00001.parquet", process)
    before = len(list(scores.glob("part-*")))
    process.send_signal(signal.SIGINT)
    assert process.communicate()[1] == (
        f"\ngrnet: interrupted; finished work is kept in {tmp_path / '.network.partial'}, and the same command resumes "
        "from it\n"
    )
    assert process.returncode == 130
    parts = sorted(scores.glob("part-*"))
    assert before <= len(parts) <= before + n_threads + 1
    written = {part: part.stat().st_mtime_ns for part in parts}
    main(["--quiet", "infer-network", str(fused_run), "-o", str(out), *OPTIONS])
    assert {part.name: (out / "scores" / part.name).stat().st_mtime_ns for part in parts} == {
        part.name: time for part, time in written.items()
    }
    assert contents(out) == contents(unbroken)


def lack_memory(monkeypatch, error, most_pairs):
    """Let blocks fail whose tiles have more pairs."""
    real, sizes = LateScorer.score, set()

    def score(self, tf, target):
        sizes.add(self.tile_pairs)
        if self.tile_pairs > most_pairs:
            raise error
        return real(self, tf, target)

    monkeypatch.setattr(LateScorer, "score", score)
    return sizes


@pytest.mark.parametrize("most_pairs", [1, 100])
@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes. Error code 12"),
    ],
    ids=["GPU", "Python", "torch"],
)
def test_where_memory_runs_out_fewer_pairs_are_looked_at(fused_run, tmp_path, unbroken, monkeypatch, error, most_pairs):
    sizes = lack_memory(monkeypatch, error, most_pairs)
    infer(fused_run, tmp_path / "network")
    assert min(sizes) == max(size for size in (2**power for power in range(11)) if size <= most_pairs)
    for part in sorted((unbroken / "scores").glob("part-*")):
        table, expected = (
            read_table(folder / "scores" / part.name, SCORES) for folder in (tmp_path / "network", unbroken)
        )
        assert table[["tf", "target"]].equals(expected[["tf", "target"]])
        assert np.allclose(table["score"], expected["score"], atol=1e-4)


def test_memory_for_not_even_one_pair_is_told_in_one_line(fused_run, tmp_path, unbroken, monkeypatch, capfd):
    out = tmp_path / "network"
    with monkeypatch.context() as patch:
        lack_memory(patch, MemoryError(), 0)
        assert refused(capfd, fused_run, out) == (
            "grnet: error: cpu: has not enough free memory to score candidates, even pair by pair; end other programs "
            "that use it, or choose another --device"
        )
    infer(fused_run, out)
    assert contents(out) == contents(unbroken)


def test_another_fault_of_torch_is_not_taken_for_lack_of_memory(fused_run, tmp_path, monkeypatch):
    sizes = lack_memory(monkeypatch, RuntimeError("shapes cannot be multiplied"), 100)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        infer(fused_run, tmp_path / "network", "--debug")
    assert len(sizes) == 1


@pytest.mark.parametrize("free", [36, 64, 120, 240])
def test_a_full_disk_is_told_in_one_line_and_loses_nothing(fused_run, small_disk, unbroken, capfd, free):
    out, ballast = small_disk / "network", small_disk / "ballast"
    ballast.write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize - free * 1024))
    line = refused(capfd, fused_run, out)
    assert "No space left on device; check the path, its permissions and free space" in line
    kept = contents(small_disk / ".network.partial" / "folder" / "scores")
    assert any(name.startswith("part-") for name in kept)
    assert line.endswith(f"is kept in {small_disk / '.network.partial'}, and the same command resumes from it")
    for name in kept.keys() - {"manifest.json"}:
        assert kept[name] == (unbroken / "scores" / name).read_bytes()
    ballast.unlink()
    infer(fused_run, out)
    assert contents(out) == contents(unbroken)


def test_a_disk_that_is_too_small_is_told_before_anything_is_scored(fused_run, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr("grnet.scoring.scoring.DISK_BYTES_OF_A_PAIR", 2**60)
    assert refused(capfd, fused_run, tmp_path / "network").startswith(
        f"grnet: error: {tmp_path / '.network.partial' / 'folder' / 'scores'}: the scores of 852 pairs take about "
    )


def test_a_folder_that_became_read_only_loses_nothing(fused_run, small_disk, unbroken, capfd):
    out, scores = small_disk / "network", small_disk / ".network.partial" / "folder" / "scores"
    process = start(SLOW_COMMAND_LINE, "infer-network", fused_run, "-o", out, *OPTIONS)
    wait_for(scores / "part-00001.parquet", process)
    process.kill()
    process.communicate()
    kept = contents(scores)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    line = refused(capfd, fused_run, out)
    assert line.startswith(f"grnet: error: {small_disk}")
    assert "Read-only file system; check the path, its permissions and free space" in line
    assert contents(scores) == kept
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    infer(fused_run, out)
    assert contents(out) == contents(unbroken)


def test_the_error_of_a_thread_is_one_line_that_says_where_the_work_is(
    fused_run, tmp_path, unbroken, monkeypatch, capfd
):
    out, written, failed = tmp_path / "network", [], []
    from grnet.scoring import crews

    real = crews.write_shard

    def write_shard(table, file):
        if len(written) >= 5:
            failed.append(file)
            raise OSError(28, "No space left on device", str(file))
        written.append(file.name)
        return real(table, file)

    with monkeypatch.context() as patch:
        patch.setattr(crews, "write_shard", write_shard)
        line = refused(capfd, fused_run, out)
    partial = tmp_path / ".network.partial"
    assert {file.parent for file in failed} == {partial / "folder" / "scores"}
    assert line in [  # the first error of any thread
        f"grnet: error: {file}: No space left on device; check the path, its permissions and free space; finished "
        f"work is kept in {partial}, and the same command resumes from it"
        for file in failed
    ]
    infer(fused_run, out)
    assert contents(out) == contents(unbroken)


def change(part: Path) -> None:
    content = bytearray(part.read_bytes())
    content[len(content) // 3] ^= 1
    part.write_bytes(bytes(content))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (change, "scores/part-00003.parquet: was changed or damaged since it was written"),
        (Path.unlink, "scores: lacks 1 of 12 parts, the first is part-00003.parquet"),
    ],
)
def test_a_finished_network_with_a_bad_shard_is_told(fused_run, tmp_path, capfd, damage, told):
    out = tmp_path / "network"
    infer(fused_run, out)
    damage(out / "scores" / "part-00003.parquet")
    (tmp_path / "known.csv").write_text("tf,target\na,b\n")
    capfd.readouterr()
    with pytest.raises(SystemExit) as caught:
        main(["--quiet", "evaluate", str(out), "--known", str(fused_run.parent / "lab" / "known_edges.csv")])
    assert caught.value.code == 2
    assert capfd.readouterr().err == (f"grnet: error: {out}/{told}; infer the network anew to score all candidates\n")
