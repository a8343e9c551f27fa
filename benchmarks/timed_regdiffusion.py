"""Run RegDiffusion with its defaults on cells × genes, and write its matrix: a process to be timed from outside.

    FOLDER/bin/python benchmarks/timed_regdiffusion.py EXPRESSION MATRIX [--steps N]

It imports nothing of grnet, since it runs in an environment of its own. EXPRESSION (.npy) has a row for each cell and a
column for each gene, logarithms. MATRIX (.npy) has a row for each regulator and a column for each target. --steps takes
fewer steps than the defaults do, which tells how long all of them would take.
"""

from __future__ import annotations

import argparse
import json
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np


def main() -> None:
    """Read, infer, write; print the seconds inside RegDiffusion, of its steps, and the versions as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("expression", type=Path)
    parser.add_argument("matrix", type=Path)
    parser.add_argument("--steps", type=int, help="Of training; as many as the defaults say if not given.")
    arguments = parser.parse_args()
    import regdiffusion

    expression = np.load(arguments.expression)
    start = time.perf_counter()
    trainer = regdiffusion.RegDiffusionTrainer(expression, device="cpu", seed=0)
    all_steps = trainer.hp["n_steps"]
    steps = arguments.steps or all_steps
    begin = time.perf_counter()
    trainer.train(n_steps=steps)
    training = time.perf_counter() - begin
    matrix = np.asarray(trainer.get_adj(), dtype=np.float32)
    seconds = time.perf_counter() - start
    np.save(arguments.matrix, matrix)
    versions = {name: version(name) for name in ("regdiffusion", "torch", "numpy")}
    figures = {"algorithm_seconds": round(seconds, 2), "training_seconds": round(training, 2)}
    print(json.dumps({**figures, "steps": steps, "all_steps": all_steps, "versions": versions}))


if __name__ == "__main__":
    main()
