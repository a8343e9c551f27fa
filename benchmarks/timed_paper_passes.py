"""Time a forward pass of the paper's fusion network, and count how many a dataset's candidates need, as JSON.

    python benchmarks/timed_paper_passes.py DATASET [--seconds 2]

Full size (128 × 320 pixels), untrained, batch normalisation folded, channels-last: the form of forward_passes.py that
is fastest without a compiler, in the precision that is fastest here. The paper's own way is one model and one pass for
each pair of images of a pair of genes; a pair of genes without images it cannot score.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from forward_passes import Bench, Form, time_scoring

from grnet.architectures.sdinet.image_pairs import ImagePairs
from grnet.dataset.directory import Dataset, load_dataset

FORM = Form("channels_last", folded=True)


def main() -> None:
    """Time, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--seconds", type=float, default=2.0, help="Of each measurement, at least.  [default: 2]")
    arguments = parser.parse_args()
    bench = Bench.on(torch.device("cpu"), arguments.seconds, compiles=False)
    rates = {
        precision: time_scoring(bench, "fused", precision, FORM)["samples_per_second"] for precision in bench.precisions
    }
    print(json.dumps({**count_passes(load_dataset(arguments.dataset)), **scale(rates)}))


def count_passes(dataset: Dataset) -> dict[str, int]:
    """Return how many candidates there are, how many have image pairs, and how many image pairs these are."""
    tfs, genes = dataset.genes.tfs, np.arange(len(dataset.genes))
    count = ImagePairs.build(dataset, torch.device("cpu")).count.numpy()  # [G, V]
    of_pairs = count[tfs] @ count.T  # [T, G]
    of_pairs[tfs[:, None] == genes] = 0
    return {
        "candidates": len(tfs) * (len(genes) - 1),
        "candidates_with_images": int((of_pairs > 0).sum()),
        "image_pairs": int(of_pairs.sum()),
    }


def scale(rates: dict[str, float]) -> dict[str, Any]:
    """Return the best rate."""
    best = max(rates, key=lambda precision: rates[precision])
    return {"passes_per_second": rates[best], "precision": best, "passes_per_second_of_each": rates}


if __name__ == "__main__":
    main()
