"""Run RegDiffusion with its defaults on cells × genes, and write its matrix: a process to be timed from outside.

    FOLDER/bin/python benchmarks/timed_regdiffusion.py EXPRESSION MATRIX

It imports nothing of grnet, since it runs in an environment of its own. EXPRESSION (.npy) has a row for each cell and a
column for each gene, logarithms. MATRIX (.npy) has a row for each regulator and a column for each target.
"""

from __future__ import annotations

import argparse
import json
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np


def main() -> None:
    """Read, infer, write; print the seconds inside RegDiffusion and the versions as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("expression", type=Path)
    parser.add_argument("matrix", type=Path)
    arguments = parser.parse_args()
    import regdiffusion

    expression = np.load(arguments.expression)
    start = time.perf_counter()
    trainer = regdiffusion.RegDiffusionTrainer(expression, device="cpu", seed=0)
    trainer.train()
    matrix = np.asarray(trainer.get_adj(), dtype=np.float32)
    seconds = time.perf_counter() - start
    np.save(arguments.matrix, matrix)
    versions = {name: version(name) for name in ("regdiffusion", "torch", "numpy")}
    print(json.dumps({"algorithm_seconds": round(seconds, 2), "versions": versions}))


if __name__ == "__main__":
    main()
