"""How fast a GPU scores all pairs of a genome, trains, and runs the networks of the paper; in 8 minutes at most.

    python benchmarks/gpu.py [--device cuda] [--minutes 8] [--quick] [--out FILE] [--work FOLDER]

Scoring alone (logits of all models, and closed shards) in both precisions: 2,000 TFs × 15,000 genes, fused late
interaction, five models. Then end to end, from process start to closed network files, where the packages that write the
network are installed, else to closed shards; training on RNA and on images and RNA; SDINet; the share of the GPU's
limit (share_of_limit.py). Each case is a process of its own and is written as it ends. A case that fails, or does not
end in the time that is left, says so, and the others go on. Without a GPU this says so, with exit code 2.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder
from synthetic_dataset import RunSize
from synthetic_run import list_options
from two_cores import Timed, run_script

SIZE, QUICK_SIZE = RunSize(genes=15_000, tfs=2000), RunSize(genes=150, tfs=12, folds=2)
PRECISIONS = ("fp32", "bf16")
TOP = 100_000
FOR_NETWORKS = ("igraph", "plotly")
"""Packages that a network folder needs and scoring does not."""
FASTEST_ASKED, SECONDS_ASKED = 20_000_000, 60.0
FEWEST_SECONDS = 5.0
"""With less time left a case is not begun."""
NOT_MEASURED = "not measured"

Figures = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """What the cases have in common.

    Attributes
    ----------
    folder : Path
    device : str
    quick : bool
        Toy sizes.
    cores : int
    until : float
        When the last case has to end, as :func:`time.monotonic` tells it.
    """

    folder: Path
    device: str
    quick: bool
    cores: int
    until: float

    def run(self, name: str, *arguments: str | Path) -> Timed:
        """Run a script in the time that is left."""
        left = max(self.until - time.monotonic(), FEWEST_SECONDS)
        return run_script(name, *arguments, cores=self.cores, limit=left)

    @property
    def toy(self) -> tuple[str, ...]:
        """The option of scripts that have toy sizes."""
        return ("--quick",) if self.quick else ()

    def attempt(self, action: Callable[[Bench], Figures]) -> Figures:
        """Return the figures of a case, or why there are none."""
        if self.until - time.monotonic() < FEWEST_SECONDS:
            return {NOT_MEASURED: "no time was left"}
        try:
            return action(self)
        except (SystemExit, KeyError, ValueError, OSError) as failure:
            return {NOT_MEASURED: (str(failure).splitlines() or [type(failure).__name__])[-1]}


def main() -> None:
    """Measure each case, write and print the figures."""
    arguments = parse_arguments()
    if arguments.device != "cpu" and not torch.cuda.is_available():
        print(
            "no GPU: torch finds no CUDA device here; run `make bench-gpu` on a machine that has one", file=sys.stderr
        )
        raise SystemExit(2)
    size, cores = QUICK_SIZE if arguments.quick else SIZE, os.cpu_count() or 1
    results = ResultsFile(
        choose_results(arguments), {"device": arguments.device, "cores": cores, "tfs": size.tfs, "genes": size.genes}
    )
    until = time.monotonic() + 60 * arguments.minutes
    with work_folder(arguments) as folder:
        bench = Bench(folder, arguments.device, arguments.quick, cores, until)
        run_script("synthetic_run.py", folder / "gpu", *list_options(size), cores=cores)
        for name, action in CASES.items():
            results.measure(name, lambda action=action: bench.attempt(action))
            print(f"{name}: {json.dumps(results.cases[name])}", flush=True)
    results.finish(asked=compare_with_asked(results.cases))
    print_table(["asked", "reached", "holds"], [list(row.values()) for row in results.content["asked"]])


def parse_arguments() -> argparse.Namespace:
    """Return the options."""
    parser = make_parser(__doc__, "gpu")
    parser.add_argument("--device", default="cuda", help="cuda or cuda:N; cpu to see that it runs.  [default: cuda]")
    parser.add_argument("--minutes", type=float, default=8.0, help="For all cases together.  [default: 8]")
    return parser.parse_args()


def time_scoring(bench: Bench, precision: str) -> Figures:
    """Return the rates of scoring alone."""
    shards = bench.folder / "shards"
    shutil.rmtree(shards, ignore_errors=True)
    options = ("--device", bench.device, "--precision", precision)
    timed = bench.run("timed_scoring.py", bench.folder / "gpu/run", shards, *options)
    shutil.rmtree(shards)
    return {**timed.figures, "process_seconds": timed.seconds}


def time_end_to_end(bench: Bench) -> Figures:
    """Return the seconds from process start to closed network files; to closed shards where packages are missing."""
    lacking = [name for name in FOR_NETWORKS if importlib.util.find_spec(name) is None]
    if lacking:
        scoring = time_scoring(bench, "fp32")
        seconds = scoring["process_seconds"] - scoring["logits_seconds"]
        return {"until": f"closed shards ({', '.join(lacking)} not installed here)", "seconds": round(seconds, 3)}
    network = bench.folder / "network"
    shutil.rmtree(network, ignore_errors=True)
    options = ("--top", str(TOP), "--device", bench.device)
    timed = bench.run("timed_inference.py", bench.folder / "gpu/run", network, *options)
    shutil.rmtree(network)
    return {"until": "closed network files", "seconds": timed.seconds, **timed.figures}


def time_training(bench: Bench, modality: str) -> Figures:
    """Return the seconds of a training."""
    dataset = bench.folder / "training/dataset"
    dataset.parent.mkdir(exist_ok=True)
    epochs = (*bench.toy, "--epochs", "2") if bench.quick else ()
    options = ("--device", bench.device, "--modality", modality)
    return bench.run("timed_training.py", dataset, *options, *epochs).figures


def time_sdinet(bench: Bench) -> Figures:
    """Return the samples per second that the fusion network of the paper scores and learns from, the fastest forms."""
    out = bench.folder / "sdinet.json"
    seconds = "0.05" if bench.quick else "1"  # it has no toy sizes
    bench.run(
        "forward_passes.py",
        "--device",
        bench.device,
        "--networks",
        "fused",
        "--no-compile",
        "--seconds",
        seconds,
        "--out",
        out,
    )
    network = json.loads(out.read_text(encoding="utf-8"))["networks"]["fused"]
    best = {
        f"{what}_samples_per_second": max(case["samples_per_second"] for case in network[what] if "skipped" not in case)
        for what in ("scoring", "training")
    }
    return {**best, "scoring": network["scoring"], "training": network["training"]}


def measure_share(bench: Bench) -> Figures:
    """Return what share_of_limit.py says of the device."""
    out = bench.folder / "share_of_limit.json"
    bench.run("share_of_limit.py", "--device", bench.device, "--out", out, *bench.toy)
    share: Figures = json.loads(out.read_text(encoding="utf-8"))
    return share


CASES: dict[str, Callable[[Bench], Figures]] = {
    "scoring, fp32": lambda bench: time_scoring(bench, "fp32"),
    "scoring, bf16": lambda bench: time_scoring(bench, "bf16"),
    "end to end": time_end_to_end,
    "training, rna": lambda bench: time_training(bench, "rna"),
    "training, fused": lambda bench: time_training(bench, "fused"),
    "SDINet": time_sdinet,
    "share of limit": measure_share,
}


def compare_with_asked(cases: dict[str, Figures]) -> list[Figures]:
    """Return what was asked and what was reached; None where it was not measured."""
    rows = []
    for precision in PRECISIONS:
        rate = cases[f"scoring, {precision}"].get("logits_pairs_per_second")
        holds = rate is not None and rate >= FASTEST_ASKED
        rows.append({"what": f"pairs/s of scoring alone, {precision}", "reached": rate, "holds": holds})
    whole = cases["end to end"]
    seconds = whole.get("seconds")
    what = f"s from process start to {whole.get('until', 'closed network files')}"
    rows.append({"what": what, "reached": seconds, "holds": seconds is not None and seconds < SECONDS_ASKED})
    return rows


if __name__ == "__main__":
    main()
