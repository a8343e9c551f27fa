"""Time and memory of writing a network in each format that `grnet export` knows.

    python benchmarks/exports.py [--quick] [--edges 100000 1000000]

A network is made up: TFs with heavy-tailed numbers of targets, communities as they are found. Each format is written
in a process of its own, held to two cores, which says how long it took, how much memory it had when the tables were
loaded, and the most that it had at once.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from two_cores import peak_mib, run_held

CORES = 2
EDGES, QUICK_EDGES = (100_000, 1_000_000), (500,)
FORMATS = ("graphml", "cx2", "sif", "decoupler", "arboreto", "beeline", "anndata", "csv", "parquet")


def main() -> None:
    """Write all formats at all sizes, write and print the figures."""
    if sys.argv[1:2] == ["--task"]:
        print(json.dumps(TASKS[sys.argv[2]](**json.loads(sys.argv[3]))))
        return
    from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder

    parser = make_parser(__doc__, "exports")
    parser.add_argument("--edges", type=int, nargs="+", help="Of the networks that are written.")
    arguments = parser.parse_args()
    sizes = tuple(arguments.edges or (QUICK_EDGES if arguments.quick else EDGES))
    results = ResultsFile(choose_results(arguments), {"cores": CORES, "edges": list(sizes), "formats": list(FORMATS)})
    with work_folder(arguments) as work, tempfile.TemporaryDirectory(dir=work) as folder:
        for n_edges in sizes:
            run_size(results, Path(folder) / str(n_edges), n_edges)
    results.finish()
    columns = ["edges", "nodes", "seconds", "mib_before", "peak_mib", "file_mib"]
    rows = [[name, *(figures[column] for column in columns)] for name, figures in results.cases.items()]
    print_table(["format", *(column.replace("_", " ") for column in columns)], rows)


def run_size(results: Any, folder: Path, n_edges: int) -> None:
    """Measure what is not yet measured of one size; the network is made where something is missing."""
    cases = {name: f"{name}, {n_edges:,} edges" for name in FORMATS}
    if all(case in results.cases for case in cases.values()):
        return
    folder.mkdir()
    run_task("make", folder=str(folder), n_edges=n_edges)
    for name, case in cases.items():
        results.measure(case, lambda name=name: run_task("write", folder=str(folder), name=name))


def run_task(task: str, **options: Any) -> dict[str, Any]:
    """Run a task in a process of its own and return its figures."""
    figures: dict[str, Any] = run_held(
        [sys.executable, __file__, "--task", task, json.dumps(options)], cores=CORES
    ).figures
    return figures


def make_network(folder: str, n_edges: int) -> dict[str, Any]:
    """Write the tables of a made-up network."""
    import numpy as np
    import pandas as pd

    from grnet.network.graph import build_nodes
    from grnet.schema.genes import GeneCatalogue
    from grnet.schema.tables import EDGES as COLUMNS
    from grnet.schema.tables import NODES
    from grnet.storage.tables import write_table

    rng = np.random.default_rng(0)
    n_tfs, n_genes = max(10, n_edges // 400), min(20_000, max(100, n_edges // 20))
    names = np.array([f"Gene{gene}" for gene in range(n_genes)], dtype=object)
    weight = rng.pareto(1.5, n_tfs) + 0.1
    wanted = n_edges * 6
    tf = rng.choice(n_tfs, wanted, p=weight / weight.sum())
    target = (tf * 7 + rng.geometric(8 / n_genes, wanted)) % n_genes
    keys = np.unique((tf * n_genes + target)[tf != target])
    keys = rng.permutation(keys)[:n_edges]
    n = len(keys)
    correlation = rng.uniform(-1, 1, n).astype(np.float32)
    edges = pd.DataFrame(
        {
            "tf": names[keys // n_genes],
            "target": names[keys % n_genes],
            "probability": np.sort(rng.uniform(0.5, 1, n).astype(np.float32))[::-1],
            "spread": rng.uniform(0, 0.1, n).astype(np.float32),
            "seed_spread": np.full(n, np.nan, dtype=np.float32),
            "score": np.sort(rng.normal(2, 1, n).astype(np.float32))[::-1],
            "rank": np.arange(1, n + 1),
            "correlation": correlation,
            "sign": np.where(correlation > 0, "activation", "repression"),
            "known": rng.random(n) < 0.1,
        }
    )
    ids = tuple(f"FBgn{gene:07d}" for gene in range(n_genes))
    genes = GeneCatalogue(tuple(names), ids, np.arange(n_genes) < n_tfs, np.zeros(n_genes, dtype=np.int32))
    write_table(edges, Path(folder) / "edges.parquet", COLUMNS)
    write_table(build_nodes(edges, genes, seed=0), Path(folder) / "nodes.parquet", NODES)
    return {"edges": n}


def write_format(folder: str, name: str) -> dict[str, Any]:
    """Write the network in one format."""
    from grnet.exporters.registry import find_exporter
    from grnet.network.network import Network
    from grnet.schema.network_formats import find_format
    from grnet.schema.tables import EDGES as COLUMNS
    from grnet.schema.tables import NODES
    from grnet.storage.tables import read_table

    if name == "anndata":
        import anndata  # noqa: F401 - its loading is no part of the task
    edges, nodes = (
        read_table(Path(folder) / f"{what}.parquet", kind) for what, kind in (("edges", COLUMNS), ("nodes", NODES))
    )
    export, path = find_exporter(name), Path(folder) / f"out-{find_format(name).file_name}"
    before, start = peak_mib(), time.perf_counter()
    export(Network(edges, nodes, {"name": "made up"}), path)
    seconds = time.perf_counter() - start
    return {
        "edges": len(edges),
        "nodes": len(nodes),
        "seconds": round(seconds, 2),
        "mib_before": before,
        "peak_mib": peak_mib(),
        "file_mib": round(path.stat().st_size / 2**20, 1),
    }


TASKS = {"make": make_network, "write": write_format}

if __name__ == "__main__":
    main()
