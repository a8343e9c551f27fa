"""Which part of the machine's rate of matrix products the scoring loop reaches, and where the rest of its time goes.

    python benchmarks/share_of_limit.py [--device cpu|cuda] [--quick] [--out FILE] [--work FOLDER]

The limit is the rate of large square products on as many threads as score (two cores; the whole GPU). Products of the
loop are counted by torch as they run, so the share is: operations of a pair × pairs a second / limit. Where the time of
a thread goes is told by torch's profiler on some parts of the scores: products, convolutions, sparse products, work on
single numbers, copies; what is left of the time is Python and the dispatch of operations.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder
from synthetic_dataset import RunSize
from synthetic_run import write_synthetic_run
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode
from two_cores import CORES, choose_cores, held_to

import grnet
from grnet.architectures.device import one_thread
from grnet.probability.calibration import Calibration, CandidateCalibration
from grnet.scores.shards import Shard, plan_shards, write_shard
from grnet.scoring.candidates import Candidates
from grnet.scoring.crews import LocalCrew
from grnet.scoring.score_blocks import score_block

SIZE, QUICK = RunSize(genes=14_000, tfs=750), RunSize(genes=160, tfs=12, folds=2)
CASES = {
    "22 % of genes with images, fp32": (0.22, "fp32"),
    "22 % of genes with images, bf16": (0.22, "bf16"),
    "all genes with images, fp32": (1.0, "fp32"),
    "all genes with images, bf16": (1.0, "bf16"),
}
SQUARE, SECONDS = 2048, 1.0
SHARDS, PROFILED = 24, 4
KINDS = {
    "matrix products": ("aten::mm", "aten::bmm", "aten::addmm", "aten::baddbmm"),
    "convolutions": ("aten::mkldnn_convolution", "aten::cudnn_convolution", "aten::avg_pool2d"),
    "sparse products": ("aten::_sparse_addmm", "aten::s_addmm", "aten::_coalesce", "aten::_sparse_mm"),
    "copies and gathers": (
        *("aten::copy_", "aten::index", "aten::cat", "aten::stack", "aten::index_put_", "aten::_index_put_impl_"),
        *("aten::fill_", "aten::index_select", "aten::gather"),
    ),
}
OTHERS, DISPATCH = "work on single numbers", "Python and dispatch"


def main() -> None:
    """Measure each case, write and print the figures."""
    parser = make_parser(__doc__, "share_of_limit")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N.  [default: cpu]")
    arguments = parser.parse_args()
    on_cpu = arguments.device == "cpu"
    cores = choose_cores(CORES if on_cpu else os.cpu_count() or 1)
    with held_to(cores) as n_threads, work_folder(arguments) as folder:
        torch.set_num_threads(n_threads)
        size = QUICK if arguments.quick else SIZE
        settings = {"device": arguments.device, "threads": n_threads, "tfs": size.tfs, "genes": size.genes}
        results = ResultsFile(choose_results(arguments), settings)
        seconds = 0.01 if arguments.quick else SECONDS
        limits = results.measure("limit", lambda: measure_limits(torch.device(arguments.device), seconds))
        for name, (share, precision) in CASES.items():
            run = write_synthetic_run(folder / f"images-{share}", RunSize(**{**vars(size), "share_with_images": share}))
            limit = limits[f"{precision}_gflops_per_second"]
            results.measure(name, lambda r=run, p=precision, at=limit: measure_case(r, arguments.device, p, at))
        results.finish()
    for name in CASES:
        case = results.cases[name]
        print(f"\n{name}: {case['pairs_per_second']:,} pairs/s, {100 * case['share_of_limit']:.0f} % of the limit")
        print_table(["of a thread", ""], [[kind, part] for kind, part in case.items() if kind.endswith("of time")])


def measure_limits(device: torch.device, seconds: float) -> dict[str, float]:
    """Return the rates of square products, 10^9 operations a second."""
    limits = {}
    for name, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        left, right = (torch.randn(SQUARE, SQUARE, device=device).to(dtype) for _ in range(2))
        rate = repeat(lambda a=left, b=right: a @ b, device, seconds)
        limits[f"{name}_gflops_per_second"] = round(2 * SQUARE**3 * rate / 1e9, 1)
    return limits


def repeat(action: Callable[[], Any], device: torch.device, seconds: float) -> float:
    """Return how often a second something can be done."""
    action()
    synchronise(device)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        action()
        synchronise(device)
        count += 1
    return count / (time.perf_counter() - start)


def measure_case(run_path: Path, device: str, precision: Any, limit: float) -> dict[str, Any]:
    """Return the rate of scoring, what a pair costs, and where the time goes."""
    run = grnet.load_run(run_path)
    candidates = Candidates(run, grnet.load_dataset(run.dataset_path), device=device, precision=precision)
    calibration = CandidateCalibration((0.0,) * candidates.scorer.n_models, run.folds, Calibration.identity())
    crew = LocalCrew([candidates], calibration)
    every = plan_shards(len(candidates.tfs), candidates.n_genes, candidates.batch_pairs)
    shards = [every[place] for place in np.unique(np.linspace(0, len(every) - 1, SHARDS).astype(int))]
    with tempfile.TemporaryDirectory() as name:
        list(crew.score(shards[: crew.size], Path(name), say=print))  # the first ones load what later ones have
        start = time.perf_counter()
        rows = sum(record.rows for record in crew.score(shards, Path(name), say=print))
        seconds = time.perf_counter() - start
        with one_thread():
            operations = count_operations(candidates, shards[:1]) / candidates.count(shards[0].targets)
            spent = profile_shards(candidates, calibration, shards[:PROFILED], Path(name))
    rate = rows / seconds
    return {
        "pairs_per_second": round(rate),
        "operations_of_a_pair": round(operations),
        "share_of_limit": round(operations * rate / 1e9 / limit, 3),
        **spent,
    }


def count_operations(candidates: Candidates, shards: list[Shard]) -> int:
    """Return the operations of all products, two for each multiplication; sparse ones are not counted."""
    with FlopCounterMode(display=False) as counter:
        for shard in shards:
            candidates.scorer.score(candidates.tfs, shard.targets)
    return int(counter.get_total_flops())


def profile_shards(
    candidates: Candidates, calibration: CandidateCalibration, shards: list[Shard], folder: Path
) -> dict[str, float]:
    """Return the percentage of a thread's time, or of a GPU's, that each kind of work takes."""
    device = torch.device(candidates.device)
    started = time.perf_counter()
    tables = [score_block(candidates, calibration, candidates.tfs, shard.targets) for shard in shards]
    middle = time.perf_counter()
    for shard, table in zip(shards, tables, strict=True):
        write_shard(table, folder / shard.name)
    written = time.perf_counter()
    for shard in shards:
        candidates.scorer.score(candidates.tfs, shard.targets)
    scored = time.perf_counter()
    whole, logits = written - started, scored - written
    parts = trace(candidates, shards, device)
    parts[DISPATCH] = logits - sum(parts.values())
    parts |= {"probabilities and tables": middle - started - logits, "files": written - middle}
    return {f"{kind}, % of time": round(100 * max(seconds, 0.0) / whole, 1) for kind, seconds in parts.items()}


def trace(candidates: Candidates, shards: list[Shard], device: torch.device) -> dict[str, float]:
    """Return the seconds that each kind of operation takes by itself."""
    on_gpu = device.type == "cuda"
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
    with profile(activities=activities) as traced:
        for shard in shards:
            candidates.scorer.score(candidates.tfs, shard.targets)
        synchronise(device)
    kind_of = {name: kind for kind, names in KINDS.items() for name in names}
    spent = dict.fromkeys([*KINDS, OTHERS], 0.0)
    for event in traced.key_averages():
        if event.key in kind_of or event.key in SINGLE_NUMBERS:
            used = event.self_device_time_total if on_gpu else event.self_cpu_time_total
            spent[kind_of.get(event.key, OTHERS)] += used / 1e6
    return spent


SINGLE_NUMBERS = {
    *("aten::add", "aten::add_", "aten::sub", "aten::sub_", "aten::mul", "aten::mul_", "aten::div", "aten::div_"),
    *("aten::addcmul", "aten::clamp", "aten::clamp_", "aten::clamp_min", "aten::clamp_min_", "aten::exp", "aten::abs"),
    *("aten::where", "aten::gt", "aten::square", "aten::pow", "aten::relu_", "aten::bitwise_and", "aten::all"),
    *("aten::any", "aten::sum", "aten::mean", "aten::sqrt", "aten::rsub", "aten::reciprocal", "aten::neg"),
}


def synchronise(device: torch.device) -> None:
    """Wait for the device."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


if __name__ == "__main__":
    main()
