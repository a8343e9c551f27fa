"""Time the scoring of all candidates of a trained run, in blocks and pair by pair, in one process.

    python benchmarks/score_candidates.py [--data FOLDER]

The data are the fly-eye files where they are (GRNET_REAL_DATA, default ../shared/data), else a synthetic embryo. In
blocks: what `grnet infer-network` does, from the loaded run to closed shards. Pair by pair: the same models on lists of
pairs, as a training loop scores them, on a sample and scaled to all candidates. Reported is the ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from machine import describe_machine

import grnet
from grnet.dataset.directory import Dataset
from grnet.features.build import build_features
from grnet.models.run_folder import Run
from grnet.schema.calibration import CandidateCalibration
from grnet.schema.genes import PairIndex
from grnet.schema.model_configs import TrainConfig
from grnet.scoring.candidates import Candidates, score_candidates
from grnet.training.late_fit import score_rows
from grnet.training.late_pairs import LabelledPairs
from grnet.workflow.demo import prepare_lab

ROOT = Path(__file__).parent.parent
REPEATS = 3
SAMPLED_PAIRS = 10_000
LISTED_PAIRS = 256


def main() -> None:
    """Train a run for a few epochs, time both ways of scoring, write and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default), help="Folder that holds fly-eye/.")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/score_candidates.json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = prepare_data(arguments.data / "fly-eye", folder)
        results = {"data": source, "machine": describe_machine(), "modality": {}}
        for modality in ("rna", "fused"):
            grnet.train(folder / "dataset", folder / modality, modality=modality, config=TrainConfig(epochs=2))
            results["modality"][modality] = time_scoring(folder, modality)
    arguments.out.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


def prepare_data(fly_eye: Path, folder: Path) -> str:
    """Prepare folder/dataset and return what it is."""
    if not fly_eye.is_dir():
        grnet.simulate(folder / "lab")
        prepare_lab(folder / "lab", folder / "dataset")
        return "synthetic embryo"
    grnet.prepare(
        folder / "dataset",
        expression=[fly_eye / "tf_dataset.xlsx", fly_eye / "gene_dataset.xlsx"],
        tfs=fly_eye / "tf_dataset.xlsx",
        known_edges=fly_eye / "new_benchmark_dataset.xlsx",
        images=fly_eye / "images.csv",
        aliases={"Dp": "Dp2"},
    )
    return "fly-eye"


def time_scoring(folder: Path, modality: str) -> dict[str, Any]:
    """Return seconds and pairs per second of both ways; the best of REPEATS for blocks."""
    run, dataset = grnet.load_run(folder / modality), grnet.load_dataset(folder / "dataset")
    seconds, candidates = [], 0
    for repeat in range(REPEATS):
        shards = folder / f"shards-{modality}-{repeat}"
        shards.mkdir()
        start = time.perf_counter()
        scored = Candidates(run, dataset)
        calibration = CandidateCalibration((0.0,) * scored.scorer.n_models, run.folds, run.calibration)
        candidates = score_candidates(scored, calibration, shards).n_candidates
        seconds.append(time.perf_counter() - start)
    listed = time_listed_pairs(run, dataset) * candidates / SAMPLED_PAIRS
    return {
        "candidates": candidates,
        "fold_models": run.folds,
        "in_blocks_seconds": round(min(seconds), 2),
        "in_blocks_seconds_all": [round(value, 2) for value in seconds],
        "in_blocks_pairs_per_second": round(candidates / min(seconds)),
        "pair_by_pair_seconds_scaled": round(listed, 1),
        "ratio": round(listed / min(seconds), 1),
    }


def time_listed_pairs(run: Run, dataset: Dataset) -> float:
    """Return the seconds that all fold models take for SAMPLED_PAIRS random pairs in lists of LISTED_PAIRS."""
    features = build_features(dataset)
    rng = np.random.default_rng(0)
    tf = rng.choice(dataset.genes.tfs, SAMPLED_PAIRS)
    pairs = PairIndex(tf, (tf + rng.integers(1, len(dataset.genes), SAMPLED_PAIRS)) % len(dataset.genes))
    models = run.load_models(torch.device("cpu"))
    labels = np.zeros(LISTED_PAIRS, np.int8)
    start = time.perf_counter()
    for first in range(0, SAMPLED_PAIRS, LISTED_PAIRS):
        part = pairs.take(np.arange(first, min(first + LISTED_PAIRS, SAMPLED_PAIRS)))
        modality = run.model_config.modality
        data = LabelledPairs.build(part, labels[: len(part)], features, modality=modality, device=torch.device("cpu"))
        for model in models:
            score_rows(model, data, torch.arange(len(part)))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
