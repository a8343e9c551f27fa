"""How long each command takes, beside an earlier version of grnet, by turns in one run on one machine.

    python benchmarks/versions.py BEFORE [--data-sets embryo fly-eye] [--commands train …] [--rounds 3] [--work FOLDER]

BEFORE is a commit, or a folder that holds a checkout. Both versions prepare a data set, train with default settings and
the whole report (fly-eye and mdc-string on RNA, the demo embryo on images and RNA), score all candidates, infer the
network, evaluate it and export it, each command in a process of its own on the same two cores. Commands run by turns,
so that what else the machine does falls on both; what takes minutes runs once. Results go to
benchmarks/results/versions.json as they come: medians, and the median of the ratios of neighbours in time.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from results_file import RESULTS, ROOT, ResultsFile, print_table, work_folder
from sklearn.metrics import roc_auc_score
from two_cores import CORES, Timed, run_held

WHO = ("before", "now")
SLOW = ("train",)
"""These run once."""

Arguments = list[str | Path]


@dataclass(frozen=True)
class Lab:
    """Files of a data set, as options of `grnet prepare`, and what models look at."""

    prepare: Arguments
    known: Path
    modality: str


def embryo(data: Path, folder: Path) -> Lab:
    """Return the demo embryo, which is simulated where it is not there."""
    lab = folder / "lab"
    if not lab.exists():
        run_version(ROOT, ["simulate", lab], folder)
    tables = ["--expression", lab / "expression_tfs.csv", "--expression", lab / "expression_genes.tsv.gz"]
    known = lab / "known_edges.csv"
    return Lab([*tables, "--tfs", lab / "tfs.txt", "--known-edges", known, "--images", lab / "images"], known, "fused")


def fly_eye(data: Path, folder: Path) -> Lab:
    """Return the tables of the SDINet study."""
    own = data / "fly-eye"
    tfs, known = own / "tf_dataset.xlsx", own / "new_benchmark_dataset.xlsx"
    tables = ["--expression", tfs, "--expression", own / "gene_dataset.xlsx", "--tfs", tfs]
    return Lab([*tables, "--known-edges", known, "--images", own / "images.csv", "--alias", "Dp=Dp2"], known, "rna")


def mdc_string(data: Path, folder: Path) -> Lab:
    """Return single cells with STRING edges."""
    own = data / "mdc-string"
    known = own / "known.csv"
    tables = ["--expression", own / "expression.tsv.gz", "--tfs", own / "tfs.txt"]
    return Lab([*tables, "--known-edges", known], known, "rna")


LABS: dict[str, Callable[[Path, Path], Lab]] = {"embryo": embryo, "fly-eye": fly_eye, "mdc-string": mdc_string}


@dataclass(frozen=True)
class Version:
    """A checkout of grnet, and the folder for what it makes of a data set."""

    checkout: Path
    folder: Path

    def arguments(self, command: str, lab: Lab) -> Arguments:
        """Return the command line of a command."""
        dataset, run, network = (self.folder / name for name in ("dataset", "run", "network"))
        return {
            "prepare": ["prepare", dataset, *lab.prepare, "--overwrite"],
            "train": ["train", dataset, "-o", run, "--modality", lab.modality, "--overwrite"],
            "infer-network": ["infer-network", run, "-o", network, "--overwrite"],
            "evaluate": ["evaluate", network, "--known", lab.known, "-o", self.folder / "evaluation", "--overwrite"],
            "export": ["export", network, "--to", "graphml", "-o", self.folder / "net.graphml", "--overwrite"],
        }[command]


COMMANDS = ("prepare", "train", "scoring", "infer-network", "evaluate", "export")


def main() -> None:
    """Time every command on every data set, write and print the figures."""
    arguments = parse_arguments()
    with work_folder(arguments) as folder:
        before = check_out(arguments.before, folder)
        commits = {"before": arguments.before, "now": commit_of(ROOT)}
        file = ResultsFile(arguments.out, {"commits": commits, "cores": CORES, "rounds": arguments.rounds})
        roots = dict(zip(WHO, (before, ROOT), strict=True))
        file.measure("grnet --help", lambda: compare(lambda who: run_version(roots[who], ["--help"], folder), 5))
        for name in arguments.data_sets:
            place = folder / name
            place.mkdir(exist_ok=True)
            lab = LABS[name](arguments.data, place)
            versions = {who: Version(root, place / who) for who, root in roots.items()}
            for version in versions.values():
                version.folder.mkdir(exist_ok=True)
            for command in COMMANDS:
                if command in arguments.commands:
                    measure = partial(time_command, command, lab, versions, arguments.rounds)
                    print(name, command, json.dumps(file.measure(f"{command}, {name}", measure)), flush=True)
                elif command != "scoring":
                    make_ready(command, lab, versions)
    file.finish()
    print_table(["", *COLUMNS], [[name, *map(case.get, COLUMNS)] for name, case in file.cases.items()])


COLUMNS = ("before_seconds", "now_seconds", "times_as_fast", "before_auroc", "now_auroc")


def parse_arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", help="A commit, or the folder of a checkout.")
    parser.add_argument("--data-sets", nargs="+", default=list(LABS), choices=list(LABS))
    parser.add_argument("--commands", nargs="+", default=list(COMMANDS), choices=list(COMMANDS))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data")))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULTS / "versions.json", help="JSON to write.")
    parser.add_argument("--work", type=Path, help="Folder for what is made on the way; a temporary one if not given.")
    arguments = parser.parse_args()
    arguments.data = arguments.data.resolve()  # commands work in folders of their own
    arguments.work = arguments.work and arguments.work.resolve()
    return arguments


def check_out(before: str, folder: Path) -> Path:
    """Return the folder of a checkout, or write the files of a commit into one."""
    if Path(before).is_dir():
        return Path(before).resolve()
    place = folder / f"checkout-{before}"
    if not place.exists():
        packed = subprocess.run(["git", "-C", ROOT, "archive", before], check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(place, filter="data")
    return place


def compare(seconds_of: Callable[[str], float], rounds: int) -> dict[str, Any]:
    """Return the medians of both versions, and how many times as fast this one is, measured by turns."""
    seconds = {who: list[float]() for who in WHO}
    for _ in range(rounds):
        for who in WHO:
            seconds[who].append(seconds_of(who))
    ratios = [before / now for before, now in zip(seconds["before"], seconds["now"], strict=True)]
    return {
        **{f"{who}_seconds": round(statistics.median(values), 3) for who, values in seconds.items()},
        "times_as_fast": round(statistics.median(ratios), 2),
        "range": [round(min(ratios), 2), round(max(ratios), 2)],
        "rounds": rounds,
    }


def time_command(command: str, lab: Lab, versions: dict[str, Version], rounds: int) -> dict[str, Any]:
    """Return the figures of a command."""

    def seconds_of(who: str) -> float:
        version = versions[who]
        if command == "scoring":
            return time_scoring(version)
        return run_version(version.checkout, version.arguments(command, lab), version.folder)

    figures = compare(seconds_of, 1 if command in SLOW else rounds)
    if command == "train":
        figures |= {f"{who}_auroc": read_auroc(version.folder / "run") for who, version in versions.items()}
    return figures


def make_ready(command: str, lab: Lab, versions: dict[str, Version]) -> None:
    """Make what later commands need, where it is not there."""
    made = {"prepare": "dataset", "train": "run", "infer-network": "network"}.get(command)
    for version in versions.values():
        if made is not None and not (version.folder / made).exists():
            run_version(version.checkout, version.arguments(command, lab), version.folder)


def run_version(checkout: Path, arguments: Arguments, folder: Path) -> float:
    """Run a command of a version; return the seconds from process start to its end."""
    return run_python(checkout, ["-m", "grnet", *arguments], folder).seconds


def run_python(checkout: Path, arguments: Arguments, folder: Path) -> Timed:
    """Run Python with the grnet of a checkout, from a folder that holds no other."""
    return run_held([sys.executable, *arguments], folder=folder, variables={"PYTHONPATH": str(checkout.resolve())})


def time_scoring(version: Version) -> float:
    """Return the seconds that the logits of all candidates take; the models are loaded before."""
    shards = version.folder / f"shards-{time.monotonic_ns()}"
    script = version.checkout / "benchmarks/timed_scoring.py"
    timed = run_python(version.checkout, [script, version.folder / "run", shards, "--device", "cpu"], version.folder)
    seconds: float = timed.figures["logits_seconds"]
    return seconds


def read_auroc(run: Path) -> float:
    """Return the AUROC of a run's own models on new pairs, from its out-of-fold probabilities."""
    table = pd.read_parquet(run / "out_of_fold.parquet").dropna(subset=["probability"])
    return round(float(roc_auc_score(table["label"], table["probability"])), 4)


def commit_of(checkout: Path) -> str:
    """Return the commit of a checkout, in short."""
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
