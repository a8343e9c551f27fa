"""Train a late interaction run on a synthetic dataset, and print the seconds as JSON.

    python benchmarks/timed_training.py DATASET [--device cuda] [--modality fused] [--epochs N]

DATASET is made, of the size of fly-eye with images for all genes, where it is not there. It needs neither plotly nor
igraph, so it runs where only training is wanted. Five folds on new pairs; the clock runs from the loaded dataset to
the closed run folder.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

import torch
from synthetic_dataset import RunSize, write_dataset
from two_cores import peak_mib

import grnet
from grnet.architectures.configuring import configure_training

SIZE = RunSize(genes=1246, tfs=96, share_with_images=1.0)
QUICK = RunSize(genes=40, tfs=4, samples=12, labelled=60, share_with_images=1.0)


def main() -> None:
    """Train and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--modality", choices=["rna", "image", "fused"], default="fused")
    parser.add_argument("--epochs", type=int, help="Most of each model; else as many as grnet train takes.")
    parser.add_argument("--quick", action="store_true", help="A toy dataset.")
    arguments = parser.parse_args()
    if not arguments.dataset.exists():
        write_dataset(arguments.dataset, QUICK if arguments.quick else SIZE)
    run = arguments.dataset.with_name(f"run-{arguments.modality}-{arguments.device.replace(':', '-')}")
    shutil.rmtree(run, ignore_errors=True)
    config = configure_training("late", arguments.modality, device=arguments.device, epochs=arguments.epochs)
    start = time.perf_counter()
    trained = grnet.train(arguments.dataset, run, config=config, report="pair")
    seconds = time.perf_counter() - start
    own = trained.card.rows[0].figures
    on_gpu = arguments.device.startswith("cuda")
    figures = {
        "seconds": round(seconds, 2),
        "auroc": round(float(own["auroc"].value), 4),
        "peak_mib": peak_mib(),
        "peak_on_device_mib": round(torch.cuda.max_memory_allocated() / 2**20, 1) if on_gpu else None,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
