"""A scoring that is broken off goes on with the shards that are there, and ends with the same bytes in every file."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pandas as pd
import pyarrow.parquet as pq
import pytest
from broken_off import OPTIONS, contents, wait_for
from scored_candidates import score_all

import grnet
from grnet.architectures.run_folder import load_run
from grnet.cli import main
from grnet.dataset.directory import load_dataset
from grnet.schema.errors import OutputExistsError
from grnet.schema.progress import Progress
from grnet.schema.tables import SCORES
from grnet.scoring import crews
from grnet.storage.tables import read_table, write_table

N_SHARDS, N_PAIRS = 12, 852

HANGING_COMMAND_LINE = """
import sys, time
from grnet.cli import main
from grnet.scoring import crews
from grnet.workflow import network_files

def hang_after(calls, function):
    def call(*arguments, **options):
        nonlocal calls
        calls -= 1
        if calls < 0:
            time.sleep(120)
        return function(*arguments, **options)
    return call

crews.score_block = hang_after(int(sys.argv[1]), crews.score_block)
network_files.write_page = hang_after(0, network_files.write_page)
main(["--quiet", *sys.argv[2:]])
"""
"""The command line, which hangs in the middle of a shard, or else while it writes the page."""


class Listening(Progress):
    """Keeps what is said and tracked, and interrupts after some steps of the scoring."""

    def __init__(self, interrupt_after=None):
        self.lines, self.tracked, self.left = [], [], interrupt_after

    def say(self, text):
        self.lines.append(text)

    @contextmanager
    def track(self, title, total, unit):
        done = []

        def advance(count):
            done.append(count)
            if title == "scoring" and len(done) == self.left:
                raise KeyboardInterrupt

        yield advance
        self.tracked.append((title, total, unit, sum(done)))


@pytest.fixture
def started():
    """Return a function that starts the hanging command line in a process of its own; it is killed at the end."""
    running = []

    def start(n_blocks, *arguments):
        command = [sys.executable, "-c", HANGING_COMMAND_LINE, str(n_blocks), *map(str, arguments)]
        running.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def run(fused_run, tmp_path):
    """A copy of the fused run that tests may change."""
    folder = tmp_path / "trained"
    folder.mkdir()
    shutil.copytree(fused_run.parent / "dataset", folder / "dataset", ignore=shutil.ignore_patterns("checksums.json"))
    return shutil.copytree(fused_run, folder / "run", ignore=shutil.ignore_patterns("checksums.json"))


@pytest.fixture
def scored(monkeypatch):
    """The names of the shards that are scored from now on."""
    real, shards = crews.score_shard, []

    def score_shard(candidates, calibration, shard, folder):
        shards.append(shard.name)
        return real(candidates, calibration, shard, folder)

    monkeypatch.setattr(crews, "score_shard", score_shard)
    return shards


@pytest.fixture(scope="module")
def unbroken(fused_run, tmp_path_factory):
    """What every file of a network holds that was inferred in one go."""
    folder = tmp_path_factory.mktemp("unbroken") / "network"
    main(["--quiet", "infer-network", str(fused_run), "-o", str(folder), *OPTIONS])
    found = contents(folder)
    assert len([name for name in found if name.endswith(".parquet") and name.startswith("scores/")]) == N_SHARDS
    return found


def pairs_in(n_shards):
    """Return how many candidates the first shards have: 12 TFs × 6 genes, of which the first twelve are the TFs."""
    return 72 * n_shards - 6 * min(n_shards, 2)


def interrupt(run, out, *, after, **options):
    """Break off the scoring when some shards are there, and no others."""
    progress, real, left = Listening(), crews.score_shard, iter(range(after))

    def score_shard(*arguments):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(*arguments)

    options = {"top": 60, "batch_pairs": 72, "device": "cpu"} | options
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crews, "score_shard", score_shard)
        with pytest.raises(KeyboardInterrupt):
            grnet.infer_network(run, out, progress=progress, **options)
    return progress


def is_outlook(line, n_pairs):
    """Whether a line says what scoring is going to take; seconds differ."""
    return (
        re.fullmatch(rf"scoring {n_pairs:,} pairs on cpu: about (a second|\d+ s) and \d+(\.\d)? KB of disk", line)
        is not None
    )


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize(
    ("there", "last"), [(1, "scores/part-00000.parquet"), (8, "scores/part-00007.parquet"), (12, "summary.json")]
)
def test_a_killed_command_goes_on_and_ends_with_the_same_bytes(
    fused_run, tmp_path, unbroken, started, capfd, there, last, how
):
    out, command = tmp_path / "network", ["infer-network", str(fused_run), "-o"]
    process = started(there, *command, out, *OPTIONS)
    wait_for(tmp_path / ".network.partial" / "folder" / last, process)
    process.send_signal(how)
    assert process.wait() == (-how if how == signal.SIGKILL else 128 + how)
    assert names(tmp_path) == [".network.partial"]
    done = len(list((tmp_path / ".network.partial" / "folder" / "scores").glob("part-*")))
    assert there <= done <= there + (how == signal.SIGTERM)  # which lets a shard come to its end
    main([*command, str(out), *OPTIONS])
    shown, said = capfd.readouterr()
    assert names(tmp_path) == ["network"]
    assert contents(out) == unbroken
    assert f"going on: {pairs_in(done):,} pairs in {done} of 12 parts are there" in said
    if done == N_SHARDS:
        assert "852 candidates (12 TFs × 72 genes) scored before\n" in shown
        assert "scoring" not in said
    else:
        assert f"scored, {pairs_in(done):,} of them before, the others on cpu in " in shown


@pytest.mark.parametrize("after", [1, 6, 12])
def test_an_interrupted_command_says_where_the_work_is_and_goes_on(
    fused_run, tmp_path, unbroken, monkeypatch, capfd, after, scored
):
    monkeypatch.chdir(tmp_path)
    command = ["infer-network", str(fused_run), "-o", "network", *OPTIONS]
    with monkeypatch.context() as patch:
        patch.setattr("grnet.cli.model_commands.make_progress", lambda: Listening(after))
        with pytest.raises(SystemExit) as caught:
            main(command)
    assert caught.value.code == 130
    assert capfd.readouterr().err.strip() == (
        "grnet: interrupted; finished work is kept in .network.partial, and the same command resumes from it"
    )
    there = names(tmp_path / ".network.partial" / "folder" / "scores")
    n_there = len([name for name in there if name.startswith("part-")])
    assert after <= n_there == len(scored)  # the thread that scores may have been ahead of what was told
    scored.clear()
    main(["--quiet", *command])
    assert scored == [f"part-{number:05d}.parquet" for number in range(n_there, N_SHARDS)]
    assert contents(tmp_path / "network") == unbroken


def test_an_error_in_the_middle_says_where_the_work_is_too(fused_run, tmp_path, unbroken, monkeypatch, capfd):
    out = tmp_path / "network"
    command = ["--quiet", "infer-network", str(fused_run), "-o", str(out), *OPTIONS]

    def fail(*_, **__):
        raise OSError(28, "No space left on device", "edges.parquet")

    with monkeypatch.context() as patch:
        patch.setattr("grnet.workflow.infer_network.write_network_files", fail)
        with pytest.raises(SystemExit) as caught:
            main(command)
    assert caught.value.code == 2
    assert capfd.readouterr().err.splitlines() == [
        "grnet: error: edges.parquet: No space left on device; check the path, its permissions and free space; "
        f"finished work is kept in {tmp_path / '.network.partial'}, and the same command resumes from it"
    ]
    main(command)
    assert contents(out) == unbroken


def test_limits_and_formats_may_change_and_leave_nothing_of_the_first_ones(
    fused_run, tmp_path, unbroken, started, scored
):
    out = tmp_path / "network"
    process = started(12, "infer-network", fused_run, "-o", out, *OPTIONS, "--format", "arboreto", "--top", "5")
    wait_for(tmp_path / ".network.partial" / "folder" / "adjacencies.tsv", process)
    process.kill()
    process.wait()
    main(["--quiet", "infer-network", str(fused_run), "-o", str(out), *OPTIONS])
    assert scored == []
    assert contents(out) == unbroken


def test_a_second_process_is_sent_away_and_does_no_harm(fused_run, tmp_path, unbroken, started, capfd):
    out = tmp_path / "network"
    process = started(1, "infer-network", fused_run, "-o", out, *OPTIONS)
    wait_for(tmp_path / ".network.partial" / "folder" / "scores" / "part-00000.parquet", process)
    for more in ([], ["--overwrite"], ["--batch-pairs", "500"]):
        with pytest.raises(SystemExit) as caught:
            main(["--quiet", "infer-network", str(fused_run), "-o", str(out), *OPTIONS, *more])
        assert caught.value.code == 2
        assert capfd.readouterr().err == (
            f"grnet: error: {out}: another grnet is writing it now; wait for its end, or choose another name\n"
        )
    assert process.poll() is None
    process.kill()
    process.wait()
    main(["--quiet", "infer-network", str(fused_run), "-o", str(out), *OPTIONS])
    assert contents(out) == unbroken


@pytest.mark.parametrize("file", ["out_of_fold.parquet", "run.toml", "fold-1/weights.safetensors"])
def test_scores_of_another_run_are_not_mixed_in(run, tmp_path, file):
    out, partial = tmp_path / "network", tmp_path / ".network.partial"
    interrupt(run, out, after=3)
    before = contents(partial)
    changed, text = run / file, (run / file).read_bytes()
    if file == "fold-1/weights.safetensors":
        shutil.copyfile(run / "fold-0" / "weights.safetensors", changed)
    elif file == "out_of_fold.parquet":
        table = pd.read_parquet(changed)
        table["probability"] = 0.5
        table.to_parquet(changed)
    else:
        changed.write_bytes(text + b"\n")
    with pytest.raises(OutputExistsError) as caught:
        grnet.infer_network(run, out, top=60, batch_pairs=72, device="cpu")
    assert str(caught.value) == (
        f"{out}: {partial} holds unfinished work of another command (run {file} differs). Repeat that command to "
        f"finish it, add --overwrite to discard it, or delete {partial}"
    )
    assert contents(partial) == before
    progress = Listening()
    grnet.infer_network(run, out, top=60, batch_pairs=72, device="cpu", overwrite=True, progress=progress)
    n_sampled = 12 * 72 + 77  # every TF with every gene, and the known edges
    assert progress.tracked == [("sampling scores", n_sampled, "pairs", n_sampled), ("scoring", 852, "pairs", 852)]
    assert not partial.exists()


def test_another_size_of_shards_is_refused_and_told(fused_run, tmp_path):
    out = tmp_path / "network"
    interrupt(fused_run, out, after=3)
    with pytest.raises(OutputExistsError, match=r"\(--batch-pairs: 72 before, 500 now\)\. Repeat that command"):
        grnet.infer_network(fused_run, out, top=60, batch_pairs=500, device="cpu")
    with pytest.raises(OutputExistsError, match=r"\(--batch-pairs: 72 before, 65536 now\)\. Repeat that command"):
        grnet.infer_network(fused_run, out, top=60, device="cpu")


def test_another_prior_is_refused_and_told(fused_run, tmp_path):
    out = tmp_path / "network"
    interrupt(fused_run, out, after=3, prior=0.1)
    with pytest.raises(OutputExistsError, match=r"\(--prior: 0.1 before, 0.2 now\)\. Repeat that command"):
        grnet.infer_network(fused_run, out, top=60, batch_pairs=72, device="cpu", prior=0.2)
    with pytest.raises(OutputExistsError, match=r'\(--prior: 0.1 before, "estimated" now\)\. Repeat that command'):
        grnet.infer_network(fused_run, out, top=60, batch_pairs=72, device="cpu")


def test_a_prior_that_was_estimated_is_not_estimated_again(fused_run, tmp_path, monkeypatch, unbroken):
    out = tmp_path / "network"
    interrupt(fused_run, out, after=1, formats=("beeline",))
    monkeypatch.delattr("grnet.workflow.candidate_prior.fit_prior")
    grnet.infer_network(fused_run, out, top=60, formats=("beeline",), batch_pairs=72, device="cpu")
    assert contents(out) == unbroken


def test_progress_counts_what_is_left(fused_run, tmp_path):
    out = tmp_path / "network"
    first, novel_edges = interrupt(fused_run, out, after=5).lines
    assert first == "12 TFs × 72 genes: 852 candidate pairs"
    assert is_outlook(novel_edges, N_PAIRS)
    progress = Listening()
    result = grnet.infer_network(fused_run, out, top=60, batch_pairs=72, device="cpu", progress=progress)
    assert progress.lines[:2] == [first, "going on: 348 pairs in 5 of 12 parts are there"]
    assert is_outlook(progress.lines[2], 504)
    assert progress.tracked == [("scoring", 504, "pairs", 504)]
    assert (result.scoring.n_candidates, result.scoring.n_taken_over) == (852, 348)
    assert result.pairs_per_second == pytest.approx(504 / result.scoring_seconds)


def truncate(file):
    file.write_bytes(file.read_bytes()[:-300])


def empty(file):
    file.write_bytes(b"")


def shorten(file):
    write_table(read_table(file, SCORES).head(70), file, SCORES)


def rename(file):
    table = pq.read_table(file)
    pq.write_table(table.rename_columns(["who", *table.column_names[1:]]), file)


@pytest.mark.parametrize("damage", [truncate, empty, shorten, rename])
def test_a_damaged_shard_is_scored_again(fused_run, tmp_path, unbroken, damage):
    out = tmp_path / "network"
    interrupt(fused_run, out, after=4, formats=("beeline",))
    damage(tmp_path / ".network.partial" / "folder" / "scores" / "part-00002.parquet")
    progress = Listening()
    grnet.infer_network(fused_run, out, top=60, formats=("beeline",), batch_pairs=72, device="cpu", progress=progress)
    assert progress.lines[1:3] == [
        "part-00002.parquet, scored before, was changed or damaged since: it is scored again",
        "going on: 204 pairs in 3 of 12 parts are there",
    ]
    assert progress.tracked == [("scoring", 648, "pairs", 648)]
    assert contents(out) == unbroken


@pytest.mark.parametrize(
    ("damage", "flaw"),
    [
        (truncate, "is not a readable Parquet file"),
        (empty, "is not a readable Parquet file"),
        (rename, "has the columns who, target, score, probability, spread, seed_spread, correlation, label"),
    ],
)
def test_a_damaged_shard_that_no_manifest_tells_of_is_scored_again(fused_run, tmp_path, unbroken, damage, flaw):
    out, scores = tmp_path / "network", tmp_path / ".network.partial" / "folder" / "scores"
    interrupt(fused_run, out, after=4, formats=("beeline",))
    (scores / "manifest.json").unlink()
    damage(scores / "part-00002.parquet")
    progress = Listening()
    grnet.infer_network(fused_run, out, top=60, formats=("beeline",), batch_pairs=72, device="cpu", progress=progress)
    assert progress.lines[1] == f"part-00002.parquet, scored before, {flaw}: it is scored again"
    assert contents(out) == unbroken


def test_a_lost_shard_is_scored_again(fused_run, tmp_path, unbroken):
    out, scores = tmp_path / "network", tmp_path / ".network.partial" / "folder" / "scores"
    interrupt(fused_run, out, after=4, formats=("beeline",))
    (scores / "part-00001.parquet").unlink()
    progress = Listening()
    grnet.infer_network(fused_run, out, top=60, formats=("beeline",), batch_pairs=72, device="cpu", progress=progress)
    assert progress.lines[1:3] == [
        "part-00001.parquet, scored before, is no longer there: it is scored again",
        "going on: 210 pairs in 3 of 12 parts are there",
    ]
    assert contents(out) == unbroken


def test_shards_that_are_there_are_taken_over(fused_run, tmp_path, scored):
    run, dataset = load_run(fused_run), load_dataset(fused_run.parent / "dataset")
    for n_scored in (N_SHARDS, 0):
        scored.clear()
        summary = score_all(run, dataset, tmp_path, batch_pairs=72)
        assert len(scored) == n_scored
        assert summary.n_taken_over == (0 if n_scored else N_PAIRS)
        assert summary.n_candidates == N_PAIRS
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest) == {
        "format", "format_version", "done", "plan", "tfs", "genes", "candidates", "unscorable", "parts", "shards"
    }  # fmt: skip


def test_a_network_that_is_replaced_stays_until_the_new_one_is_whole(fused_run, tmp_path, unbroken):
    out = tmp_path / "network"
    main(["--quiet", "infer-network", str(fused_run), "-o", str(out), *OPTIONS])
    interrupt(fused_run, out, after=2, overwrite=True, formats=("beeline",), top=5)
    assert contents(out) == unbroken
    main(["--quiet", "infer-network", str(fused_run), "-o", str(out), *OPTIONS, "--overwrite"])
    assert contents(out) == unbroken
    assert names(tmp_path) == ["network"]
