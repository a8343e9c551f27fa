"""How far bfloat16 moves the scores and ranks of all candidates of a trained run.

    python benchmarks/rounding.py RUN [RUN …]

Every candidate is scored twice, with --precision fp32 and bf16. Printed are the largest change of a mean logit, how far
ranks move as a part of all candidates, and which part of the best 100, 1,000, … stays among them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import grnet
from grnet.schema.training_config import SCORING_PRECISIONS
from grnet.scoring.candidates import Candidates

BEST = (100, 1000, 2000, 10_000)


def main() -> None:
    """Print the figures of each run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="A run of late interaction.")
    for path in parser.parse_args().runs:
        print(f"{path}: {compare(path)}")


def compare(path: Path) -> dict[str, float]:
    """Return how scores of the two precisions differ."""
    run = grnet.load_run(path)
    dataset = grnet.load_dataset(run.dataset_path)
    every = np.arange(len(dataset.genes))
    exact, rounded = (
        Candidates(run, dataset, device="cpu", precision=precision)
        .score_pairs(dataset.genes.tfs, every)
        .logits.mean(axis=0)
        for precision in SCORING_PRECISIONS
    )
    orders = [np.argsort(-logits, kind="stable") for logits in (exact, rounded)]
    ranks = [np.argsort(order) for order in orders]
    moved = np.abs(ranks[0] - ranks[1]) / len(exact)
    figures = {
        "candidates": len(exact),
        "largest change of a logit": float(np.abs(exact - rounded).max()),
        "largest move of a rank": float(moved.max()),
        "median move of a rank": float(np.median(moved)),
    }
    for best in BEST:
        if best < len(exact):
            figures[f"best {best:,} that stay"] = len(np.intersect1d(*(order[:best] for order in orders))) / best
    return {name: round(value, 5) for name, value in figures.items()}


if __name__ == "__main__":
    main()
