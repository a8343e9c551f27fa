"""Run GRNBoost2 of arboreto on a table of expression, and write its edges: a process to be timed from outside.

    FOLDER/bin/python benchmarks/timed_grnboost2.py EXPRESSION TFS EDGES [--workers 2]

It imports nothing of grnet, since it runs in an environment of its own: arboreto needs an older dask, NumPy and pandas.
EXPRESSION has a line for each sample and a column for each gene; TFS a name on each line.
"""

from __future__ import annotations

import argparse
import json
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd

PACKAGES = ("arboreto", "dask", "distributed", "numpy", "pandas", "scikit-learn")


def main() -> None:
    """Read, infer, write; print the number of edges, the seconds inside GRNBoost2 and the versions as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("expression", type=Path)
    parser.add_argument("tfs", type=Path)
    parser.add_argument("edges", type=Path)
    parser.add_argument("--workers", type=int, default=2, help="Processes of one thread each.  [default: 2]")
    arguments = parser.parse_args()
    from arboreto.algo import grnboost2
    from distributed import Client, LocalCluster

    expression = pd.read_csv(arguments.expression, sep="\t")
    tfs = arguments.tfs.read_text(encoding="utf-8").splitlines()
    start = time.perf_counter()
    with (
        LocalCluster(n_workers=arguments.workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        edges = grnboost2(expression, tf_names=tfs, client_or_address=client, seed=0)
    seconds = time.perf_counter() - start
    edges.to_csv(arguments.edges, sep="\t", index=False)
    versions = {name: version(name) for name in PACKAGES}
    print(json.dumps({"edges": len(edges), "algorithm_seconds": round(seconds, 2), "versions": versions}))


if __name__ == "__main__":
    main()
