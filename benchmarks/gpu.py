"""How fast a GPU scores all pairs of a genome: 2,000 TFs × 15,000 genes, fused late interaction, five models.

    python benchmarks/gpu.py [--device cuda] [--quick] [--out FILE] [--work FOLDER]

Scoring alone (logits of all models, and closed shards) in both precisions; then end to end, from process start to
closed network files, where the packages that write the network are installed, else to closed shards; then the share
of the GPU's limit (share_of_limit.py). Without a GPU it says so, with exit code 2.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import torch
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder
from synthetic_dataset import RunSize
from synthetic_run import list_options
from two_cores import run_script

SIZE, QUICK_SIZE = RunSize(genes=15_000, tfs=2000), RunSize(genes=150, tfs=12, folds=2)
PRECISIONS = ("fp32", "bf16")
TOP = 100_000
FOR_NETWORKS = ("igraph", "plotly")
"""Packages that a network folder needs and scoring does not."""
FASTEST_ASKED, SECONDS_ASKED = 20_000_000, 60.0


def main() -> None:
    """Measure each case, write and print the figures."""
    parser = make_parser(__doc__, "gpu")
    parser.add_argument("--device", default="cuda", help="cuda or cuda:N; cpu to see that it runs.  [default: cuda]")
    arguments = parser.parse_args()
    if arguments.device != "cpu" and not torch.cuda.is_available():
        print(
            "no GPU: torch finds no CUDA device here; run `make bench-gpu` on a machine that has one", file=sys.stderr
        )
        raise SystemExit(2)
    size, cores = QUICK_SIZE if arguments.quick else SIZE, os.cpu_count() or 1
    results = ResultsFile(
        choose_results(arguments), {"device": arguments.device, "cores": cores, "tfs": size.tfs, "genes": size.genes}
    )
    with work_folder(arguments) as folder:
        run_script("synthetic_run.py", folder / "gpu", *list_options(size), cores=cores)
        for precision in PRECISIONS:
            results.measure(
                f"scoring, {precision}", lambda p=precision: time_scoring(folder, arguments.device, p, cores)
            )
        results.measure("end to end", lambda: time_end_to_end(folder, arguments.device, cores, results.cases))
        results.measure("share of limit", lambda: measure_share(folder, arguments, cores))
    results.finish(asked=compare_with_asked(results.cases))
    print_table(["asked", "reached", "holds"], [list(row.values()) for row in results.content["asked"]])


def time_scoring(folder: Path, device: str, precision: str, cores: int) -> dict[str, Any]:
    """Return the rates of scoring alone."""
    shards = folder / "shards"
    shutil.rmtree(shards, ignore_errors=True)
    options = ("--device", device, "--precision", precision)
    timed = run_script("timed_scoring.py", folder / "gpu/run", shards, *options, cores=cores)
    shutil.rmtree(shards)
    return {**timed.figures, "process_seconds": timed.seconds}


def time_end_to_end(folder: Path, device: str, cores: int, cases: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the seconds from process start to closed network files; to closed shards where packages are missing."""
    lacking = [name for name in FOR_NETWORKS if importlib.util.find_spec(name) is None]
    if lacking:
        scoring = cases["scoring, fp32"]
        seconds = scoring["process_seconds"] - scoring["logits_seconds"]
        return {"until": f"closed shards ({', '.join(lacking)} not installed here)", "seconds": round(seconds, 3)}
    network = folder / "network"
    shutil.rmtree(network, ignore_errors=True)
    options = ("--top", str(TOP), "--device", device)
    timed = run_script("timed_inference.py", folder / "gpu/run", network, *options, cores=cores)
    shutil.rmtree(network)
    return {"until": "closed network files", "seconds": timed.seconds, **timed.figures}


def measure_share(folder: Path, arguments: Any, cores: int) -> dict[str, Any]:
    """Return what share_of_limit.py says of the device; why not, where it fails, since the rest stands without it."""
    out = folder / "share_of_limit.json"
    quick = ("--quick",) if arguments.quick else ()
    try:
        run_script("share_of_limit.py", "--device", arguments.device, "--out", out, *quick, cores=cores)
    except SystemExit as failure:
        return {"not measured": str(failure).splitlines()[-1]}
    share: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return share


def compare_with_asked(cases: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what was asked and what was reached."""
    rates = {precision: cases[f"scoring, {precision}"]["logits_pairs_per_second"] for precision in PRECISIONS}
    whole = cases["end to end"]
    rows = [
        {"what": f"pairs/s of scoring alone, {precision}", "reached": rate, "holds": rate >= FASTEST_ASKED}
        for precision, rate in rates.items()
    ]
    seconds = whole["seconds"]
    rows.append(
        {"what": f"s from process start to {whole['until']}", "reached": seconds, "holds": seconds < SECONDS_ASKED}
    )
    return rows


if __name__ == "__main__":
    main()
