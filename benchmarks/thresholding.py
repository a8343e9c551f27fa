"""Time what comes after the scores: selection of edges, the files of a network, and its evaluation, at any size.

    python benchmarks/thresholding.py [--sizes 750x14000 2000x20000] [--edges 1000000] [--out FILE]

Score shards of TFs × genes are made up: parts of 65,536 candidates, each of all TFs with some
targets, genes as dictionaries. Every task runs in a process of its own, which says how long it took and what it
held in memory at most, from its start; a process that has only loaded grnet is the first row. Reading is from a file
system that has the shards in its cache.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PART_ROWS = 65_536
LIMITS: dict[str, dict[str, float | int]] = {
    "probability 0.9": {"probability": 0.9},
    "top 1,000,000": {"top": 1_000_000},
    "expected precision 0.5": {"expected_precision": 0.5},
    "top 10 of each target": {"top_per_target": 10},
    "all together": {"probability": 0.01, "expected_precision": 0.5, "top": 1_000_000, "top_per_target": 100},
}
UNIVERSES = ("labelled", "tested", "all")


def main() -> None:
    """Run all tasks at all sizes, write and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=["750x14000", "2000x20000"], help="TFs x genes.")
    parser.add_argument("--edges", type=int, nargs="+", default=[2_000, 1_000_000], help="Of the networks written.")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/thresholding.json")
    parser.add_argument("--folder", type=Path, help="Where to put the shards for the time of the run.")
    parser.add_argument("--task", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        name, options = arguments.task
        print(json.dumps(measure(TASKS[name], json.loads(options))))
        return
    results: dict[str, Any] = {"nothing but grnet loaded": run_task("load"), "sizes": {}}
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            results["sizes"][size] = run_size(Path(folder), size, arguments.edges)
    from machine import describe_machine  # loads torch: a child's peak is never below what its parent holds

    results = {"machine": describe_machine(), **results}
    arguments.out.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


def run_size(folder: Path, size: str, edges: list[int]) -> dict[str, Any]:
    """Return the figures of one size."""
    n_tfs, n_genes = (int(number) for number in size.split("x"))
    path = str(folder)
    written = run_task("write", folder=path, n_tfs=n_tfs, n_genes=n_genes)
    return {
        **{name: written[name] for name in ("candidates", "shards")},
        "selection": {name: run_task("select", folder=path, limits=limits) for name, limits in LIMITS.items()},
        "files": {
            f"{n:,} edges": run_task("files", folder=path, n_tfs=n_tfs, n_genes=n_genes, n_edges=n) for n in edges
        },
        "evaluation": {name: run_task("evaluate", folder=path, universe=name) for name in UNIVERSES},
    }


def run_task(name: str, **options: Any) -> dict[str, Any]:
    """Run a task in a process of its own and return its figures."""
    command = [sys.executable, __file__, "--task", name, json.dumps(options)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    print(name, options, figures, file=sys.stderr)
    return figures


def measure(task: Callable[..., dict[str, Any]], options: dict[str, Any]) -> dict[str, Any]:
    """Run a task here; `peak_mib` is that of the process since its start."""
    import grnet.workflow.evaluate  # noqa: F401  (its loading is no part of the task)

    start = time.perf_counter()
    figures = task(**options)
    return {**figures, "seconds": round(time.perf_counter() - start, 2), "peak_mib": peak_mib()}


def peak_mib() -> int:
    """Return the most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def load_nothing() -> dict[str, Any]:
    """Do nothing."""
    return {}


def write_scores(folder: str, n_tfs: int, n_genes: int) -> dict[str, Any]:
    """Write shards with a manifest, and known edges, a part of them labelled in the training."""
    import numpy as np
    import pandas as pd
    import pyarrow.parquet as pq

    scores = Path(folder) / "scores"
    scores.mkdir()
    rng = np.random.default_rng(0)
    hub = rng.pareto(1.5, n_tfs).clip(0, 5)
    shards, known = [], []
    for part, targets in enumerate(np.array_split(np.arange(n_genes), -(-n_tfs * n_genes // PART_ROWS))):
        table = make_part(rng, hub, targets)
        name = f"part-{part:05d}.parquet"
        pq.write_table(table, scores / name, compression="zstd")
        shards.append({"name": name, "rows": table.num_rows})
        frame = table.select(["tf", "target", "probability"]).to_pandas()
        drawn = frame[rng.random(len(frame)) < 0.01 * np.maximum(frame["probability"], 0.05)]
        known.append(drawn.assign(label=(rng.random(len(drawn)) < drawn["probability"]).astype(int)))
    (scores / "manifest.json").write_text(json.dumps({"done": True, "shards": shards}))
    pd.concat(known)[["tf", "target", "label"]].to_csv(Path(folder) / "known.csv", index=False)
    return {"candidates": sum(shard["rows"] for shard in shards), "shards": len(shards)}


def make_part(rng: Any, hub: Any, targets: Any) -> Any:
    """Return scores of all TFs (the first genes) with some targets; hubs have more probable edges."""
    import numpy as np
    import pyarrow as pa

    tf, target = np.tile(np.arange(len(hub)), len(targets)), np.repeat(targets, len(hub))
    tf, target = tf[tf != target], target[tf != target]
    n = len(tf)
    logit = (-6 + 0.8 * hub[tf] + rng.normal(0, 1.8, n)).astype(np.float32)
    probability = (1 / (1 + np.exp(-logit))).astype(np.float32)
    label = np.where(rng.random(n) < 0.02 * probability, 1, 0)
    unlabelled = (label == 0) & (rng.random(n) < 0.999)

    def name_genes(genes: Any) -> Any:
        distinct, codes = np.unique(genes, return_inverse=True)
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), [f"Gene{gene}" for gene in distinct])

    columns = {
        "tf": name_genes(tf),
        "target": name_genes(target),
        "score": logit,
        "probability": probability,
        "spread": (0.1 * rng.random(n)).astype(np.float32),
        "seed_spread": pa.nulls(n, pa.float32()),
        "correlation": np.tanh(rng.normal(0.1, 0.5, n)).astype(np.float32),
        "label": pa.array(label.astype(np.int8), mask=unlabelled),
    }
    return pa.table(columns)


def select(folder: str, limits: dict[str, Any]) -> dict[str, Any]:
    """Choose the edges from the shards."""
    from grnet.network.select import select_edges
    from grnet.network.shards import read_shards
    from grnet.schema.configs import InferConfig

    edges = select_edges(lambda: read_shards(Path(folder)), InferConfig(**limits))
    return {"edges": len(edges)}


def write_files(folder: str, n_tfs: int, n_genes: int, n_edges: int) -> dict[str, Any]:
    """Choose the best candidates and write all files of their network beside the shards."""
    import numpy as np

    from grnet.network.exporters import EXPORTERS
    from grnet.network.folder import write_network_files
    from grnet.network.graph import build_nodes
    from grnet.network.select import select_candidates
    from grnet.network.shards import read_shards
    from grnet.network.summary import summarise
    from grnet.schema.configs import InferConfig
    from grnet.schema.genes import GeneCatalogue

    genes = GeneCatalogue(
        tuple(f"Gene{gene}" for gene in range(n_genes)),
        ("",) * n_genes,
        np.arange(n_genes) < n_tfs,
        np.zeros(n_genes, dtype=np.int32),
    )
    selection = select_candidates(lambda: read_shards(Path(folder)), InferConfig(top=n_edges))
    marks, peaks = [time.perf_counter()], [peak_mib()]

    def mark() -> None:
        marks.append(time.perf_counter())
        peaks.append(peak_mib())

    nodes = build_nodes(selection.edges, genes, seed=0)
    mark()
    EXPORTERS["graphml"][1](selection.edges, nodes, Path(folder) / "network.graphml")
    mark()
    summary = summarise(selection.edges, nodes, n_candidates=selection.counts.candidates)
    write_network_files(Path(folder), selection.edges, nodes, summary, formats=("arboreto",), seed=0)
    mark()
    names = ("nodes_and_communities", "graphml", "all_files")
    sizes = ("network.graphml", "network.html", "edges.parquet")
    return {
        "edges": len(selection.edges),
        "genes": len(nodes),
        "peak_mib_before_files": peaks[0],
        **{
            f"{name}_seconds": round(end - start, 2)
            for name, start, end in zip(names, marks[:-1], marks[1:], strict=True)
        },
        **{f"{name}_peak_mib": peak for name, peak in zip(names, peaks[1:], strict=True)},
        "mib": {name: round((Path(folder) / name).stat().st_size / 2**20, 1) for name in sizes},
    }


def evaluate(folder: str, universe: str) -> dict[str, Any]:
    """Compare the network with the known edges."""
    import grnet

    result = grnet.evaluate(folder, Path(folder) / "known.csv", universe=universe)
    return {"pairs": result.n_pairs, "positives": result.n_positives, "auroc": round(result.model.auroc, 4)}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "load": load_nothing,
    "write": write_scores,
    "select": select,
    "files": write_files,
    "evaluate": evaluate,
}


if __name__ == "__main__":
    main()
