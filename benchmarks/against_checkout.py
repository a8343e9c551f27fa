"""How fast all candidates are scored, beside another checkout of grnet, in one run on one machine.

    python benchmarks/against_checkout.py OTHER --pair fly-rna OTHER_RUN OWN_RUN [--pair NAME OTHER_RUN OWN_RUN …]

OTHER is a checkout of another commit; each pair names a run that it trained and one that this checkout trained on the
same data with the same settings. The two are timed by turns, each in a process of its own, so that what else the
machine does falls on both. Results go to benchmarks/results/against_checkout.json: medians, and the median of the
ratios of neighbours in time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from results_file import RESULTS, ROOT, ResultsFile

RATE = "logits_pairs_per_second"


def main() -> None:
    """Time every pair of runs and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("--pair", nargs=3, action="append", required=True, metavar=("NAME", "OTHER_RUN", "OWN_RUN"))
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    commits = {"other": commit_of(arguments.other), "own": commit_of(ROOT)}
    file = ResultsFile(RESULTS / "against_checkout.json", {"commits": commits, "rounds": arguments.rounds})
    for name, other_run, own_run in arguments.pair:
        figures = file.measure(name, lambda: compare(arguments, Path(other_run), Path(own_run)))  # noqa: B023
        print(name, json.dumps(figures))
    file.finish()


def compare(arguments: argparse.Namespace, other_run: Path, own_run: Path) -> dict[str, Any]:
    """Return rates of both checkouts, and how many times as fast this one is."""
    rates: dict[str, list[float]] = {"other": [], "own": []}
    for _ in range(arguments.rounds):
        rates["other"].append(time_scoring(arguments.other, other_run))
        rates["own"].append(time_scoring(ROOT, own_run))
    ratios = [own / other for own, other in zip(rates["own"], rates["other"], strict=True)]
    return {
        "pairs_per_second_other": round(statistics.median(rates["other"])),
        "pairs_per_second_own": round(statistics.median(rates["own"])),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
    }


def time_scoring(checkout: Path, run: Path) -> float:
    """Return how many pairs a second a checkout scores with one of its runs."""
    environment = {**os.environ, "PYTHONPATH": str(checkout.resolve()), "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        script = checkout / "benchmarks/timed_scoring.py"
        command = [sys.executable, str(script), str(run), f"{folder}/shards", "--device", "cpu"]
        shown = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return float(json.loads(shown.splitlines()[-1])[RATE])


def commit_of(checkout: Path) -> str:
    """Return the commit of a checkout, in short."""
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
