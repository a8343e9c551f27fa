"""Commands that a signal ends just before their n-th touch of a file, in forks of a process that has imported all.

    python tests/support/killed_commands.py FOLDER [--commands prepare view ...] [--signals KILL TERM ...] [--points N]

FOLDER gets a synthetic lab and what the commands need. Each command is run unbroken, then ended at N points (0: at all
of them), with nothing in its place, and with the result of an earlier command there. After each it is checked that its
output is the old or the new one, and that the same command then ends with the bytes of the unbroken one, with nothing
left beside. Prints a line for each command and signal: points tried, found old, found new, and what is wrong.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from broken_off import contents
from resource_server import resources_for_tests

import grnet.workflow.demo  # imports what the commands need, once for all forks
import grnet.workflow.explain
import grnet.workflow.export
import grnet.workflow.fetch
import grnet.workflow.view
from grnet.cli import main as run_grnet

EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.link")
SIGNALS = ("KILL", "TERM", "HUP", "INT")
NEVER = 10**9


@dataclass(frozen=True)
class Command:
    """A command and what it writes.

    Attributes
    ----------
    arguments : list of str
        OUT stands for the output.
    out : str
        Path of the output from the folder where the command works.
    before : list of str
        The command that made what is there before; the same with other settings.
    """

    arguments: list[str]
    out: str
    before: list[str]


def list_commands(inputs: Path) -> dict[str, Command]:
    """Return the commands on what :func:`make_inputs` made."""
    lab, dataset, run, network = (str(inputs / name) for name in ("lab", "dataset", "run", "network"))
    prepare = ["prepare", "OUT", "--expression", f"{lab}/expression_tfs.csv", "--tfs", f"{lab}/tfs.txt"]
    prepare += ["--expression", f"{lab}/expression_genes.tsv.gz", "--known-edges", f"{lab}/known_edges.csv"]
    train = ["train", dataset, "-o", "OUT", "--epochs", "2", "--folds", "2", "--modality", "rna", "--report", "pair"]
    infer = ["infer-network", run, "-o", "OUT", "--format", "beeline", "--batch-pairs", "200"]
    evaluate = ["evaluate", network, "--known", f"{lab}/known_edges.csv", "-o", "OUT"]
    tf, target = first_pair(inputs)
    return {
        "prepare": Command([*prepare, "--images", f"{lab}/images"], "dataset", prepare),
        "train": Command(train, "run", [*train, "--seed", "1"]),
        "infer-network": Command([*infer, "--top", "40"], "network", [*infer, "--top", "20"]),
        "evaluate": Command(evaluate, "evaluation", [*evaluate, "--seed", "1"]),
        "export": Command(["export", network, "--to", "graphml", "-o", "OUT"], "net.graphml", []),
        "view": Command(["view", network, "-o", "OUT", "--top", "30"], "page.html", ["view", network, "-o", "OUT"]),
        "explain": Command(["explain", run, tf, target, "-o", "OUT"], "pair.html", []),
        "fetch": Command(["fetch", "edges", "--source", "trrust", "--organism", "human"], "cache/trrust-human", []),
    }


def make_inputs(inputs: Path) -> None:
    """Make a lab, a dataset, a run and a network, each very small."""
    if (inputs / "network").is_dir():
        return
    lab, dataset, run, network = (inputs / name for name in ("lab", "dataset", "run", "network"))
    grnet.simulate(lab, n_tfs=8, n_targets=30, n_samples=12)
    grnet.workflow.demo.prepare_lab(lab, dataset)
    run_quietly(["train", str(dataset), "-o", str(run), "--epochs", "2", "--folds", "2", "--modality", "rna"])
    run_quietly(["infer-network", str(run), "-o", str(network), "--top", "40"])


def run_quietly(arguments: list[str]) -> None:
    """Run a command in this process, and show nothing."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):  # noqa: PTH123
        run_grnet(["--quiet", *arguments])


def first_pair(inputs: Path) -> tuple[str, str]:
    """Return a TF and a target of the network."""
    edges = grnet.load_network(inputs / "network").edges
    return str(edges["tf"].iloc[0]), str(edges["target"].iloc[0])


def run_fork(arguments: list[str], work: Path, point: int, number: int) -> tuple[int, int]:
    """Run a command in a fork that gets a signal before its n-th touch of a file below `work`.

    Returns
    -------
    tuple of int and int
        The status as :func:`os.waitpid` gives it, and the number of touches.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        run_child(arguments, work, point, number, writer)
    os.close(writer)
    with os.fdopen(reader) as stream:
        told = stream.read()
    return os.waitpid(child, 0)[1], int(told or 0)


def run_child(arguments: list[str], work: Path, point: int, number: int, writer: int) -> None:
    """Run a command, count its touches, and end the process."""
    touches = 0
    for name in SIGNALS[1:]:
        signal.signal(getattr(signal, f"SIG{name}"), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal touches
        if event in EVENTS and str(work) in f"{arguments[:2]}":
            touches += 1
            if touches == point:
                os.kill(os.getpid(), number)

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.addaudithook(count)
    code = 0
    try:
        run_quietly(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:
        os.write(writer, str(touches).encode())
        os._exit(code)


def state_of(place: Path) -> object:
    """Return the bytes of a file, of all files of a folder, or None where nothing is there."""
    if place.is_dir():
        return contents(place)
    return place.read_bytes() if place.is_file() else None


def try_points(name: str, command: Command, inputs: Path, work: Path, *, number: int, points: int) -> Counter[str]:
    """End a command at some of its touches, or at all; return how often which state was found, and what was wrong."""
    found: Counter[str] = Counter()
    for before in ([], command.before) if command.before else ([],):
        unbroken, old, touches = prepare_states(command, before, work)
        for point in choose_points(touches, points):
            restore(work, command, old)
            run_fork(as_typed(command.arguments, work / command.out), work, point, number)
            state = state_of(work / command.out)
            found["tried"] += 1
            found["old" if state == old else "new" if state == unbroken else f"neither at {point}"] += 1
            status, _ = run_fork(as_typed(command.arguments, work / command.out), work, NEVER, number)
            left = sorted(entry.name for entry in work.rglob(".*"))
            if status or left or state_of(work / command.out) != unbroken:
                found[f"not mended at {point}: status {status}, left {left}"] += 1
    return found


def prepare_states(command: Command, before: list[str], work: Path) -> tuple[object, object, int]:
    """Return the output of the unbroken command, what was there before it, and the number of its touches."""
    restore(work, command, None)
    if before:
        run_fork(as_typed(before, work / command.out), work, NEVER, signal.SIGKILL)
    old = state_of(work / command.out)
    status, touches = run_fork(as_typed(command.arguments, work / command.out), work, NEVER, signal.SIGKILL)
    assert status == 0, (command.arguments, status)
    return state_of(work / command.out), old, touches


def as_typed(arguments: list[str], out: Path) -> list[str]:
    """Return the arguments with the output in place of OUT, to replace what is there."""
    return [str(out) if argument == "OUT" else argument for argument in arguments] + (
        [] if arguments[0] == "fetch" else ["--overwrite"]
    )


def restore(work: Path, command: Command, old: object) -> None:
    """Make the folder hold what was there before, and nothing else."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    if isinstance(old, bytes):
        (work / command.out).write_bytes(old)
    elif isinstance(old, dict):
        for name, content in old.items():
            file = work / command.out / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def choose_points(touches: int, points: int) -> list[int]:
    """Return the touches at which to end a command, evenly spread; all of them for 0 points."""
    if not points or points >= touches:
        return list(range(1, touches + 1))
    return sorted({1 + round(number * (touches - 1) / (points - 1)) for number in range(points)} if points > 1 else {1})


def main() -> int:
    """Try the commands and signals that are asked for; return 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commands", nargs="+", default=[])
    parser.add_argument("--signals", nargs="+", default=list(SIGNALS))
    parser.add_argument("--points", type=int, default=0)
    arguments = parser.parse_args()
    inputs, work = arguments.folder.resolve() / "inputs", arguments.folder.resolve() / "work"
    inputs.mkdir(parents=True, exist_ok=True)
    make_inputs(inputs)
    commands, wrong = list_commands(inputs), False
    with pytest.MonkeyPatch.context() as patch, resources_for_tests(inputs, patch):
        patch.setenv("GRNET_CACHE", str(work / "cache"))
        for name in arguments.commands or commands:
            for spelled in arguments.signals:
                number = getattr(signal, f"SIG{spelled}")
                found = try_points(name, commands[name], inputs, work, number=number, points=arguments.points)
                flaws = {key: count for key, count in found.items() if key not in ("tried", "old", "new")}
                wrong |= bool(flaws)
                states = ", ".join(f"{state} {found[state]}" for state in ("tried", "old", "new"))
                sys.stdout.write(f"{name} {spelled}: {states}, {flaws or 'nothing else'}\n")
                sys.stdout.flush()
    return int(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
