"""Score all candidates of a run without inferring a network, and print the rates as JSON.

    python benchmarks/timed_scoring.py RUN SHARDS [--device cuda] [--precision fp32]

It needs neither plotly nor igraph nor dask, so it runs where only the scoring is wanted. Twice: the logits of all
models alone, brought back from the device and dropped; then as `grnet infer-network` does, to closed shards.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from two_cores import peak_mib

from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.probability.calibration import Calibration, CandidateCalibration
from grnet.scoring.candidates import Candidates
from grnet.scoring.crews import LocalCrew
from grnet.scoring.scoring import plan_scoring, score_candidates

WARMING = 2
"""Blocks that are scored before the clock starts: the first ones load and compile what later ones have."""


def main() -> None:
    """Score twice and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("shards", type=Path, help="Folder for the shards; it is made.")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    arguments = parser.parse_args()
    arguments.shards.mkdir(parents=True)
    print(json.dumps(measure(arguments.run, arguments.shards, arguments.device, arguments.precision)))


def measure(path: Path, folder: Path, device: str, precision: Any) -> dict[str, Any]:
    """Return seconds and rates."""
    start = time.perf_counter()
    run = load_run(path)
    dataset = load_dataset(run.dataset_path)
    loaded = time.perf_counter()
    candidates = Candidates(run, dataset, device=device, precision=precision)
    calibration = CandidateCalibration((0.0,) * candidates.scorer.n_models, run.folds, Calibration.identity())
    crew = LocalCrew([candidates], calibration)
    manifest = plan_scoring(candidates, folder, {"precision": precision}, batch_pairs=None)
    ready = time.perf_counter()
    blocks = [shard.targets for shard in manifest.shards]
    for targets in blocks[:WARMING]:
        candidates.scorer.score(candidates.tfs, targets)
    begun = time.perf_counter()
    for targets in blocks:
        candidates.scorer.score(candidates.tfs, targets)
    alone = time.perf_counter() - begun
    begun = time.perf_counter()
    pairs = score_candidates(candidates, calibration, manifest, crew).n_candidates
    closed = time.perf_counter() - begun
    on_gpu = device.startswith("cuda")
    return {
        "candidates": pairs,
        "models": candidates.scorer.n_models,
        "device": crew.described,
        "precision": precision,
        "loading_seconds": round(loaded - start, 3),
        "features_and_encoding_seconds": round(ready - loaded, 3),
        "logits_seconds": round(alone, 3),
        "logits_pairs_per_second": round(pairs / alone),
        "closed_shards_seconds": round(closed, 3),
        "closed_shards_pairs_per_second": round(pairs / closed),
        "peak_mib": peak_mib(),
        "peak_on_device_mib": round(torch.cuda.max_memory_allocated() / 2**20, 1) if on_gpu else None,
    }


if __name__ == "__main__":
    main()
