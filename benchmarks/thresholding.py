"""Time what comes after the scores: selection of edges, the files of a network, and its evaluation, at any size.

    python benchmarks/thresholding.py [--quick] [--sizes 750x14000 2000x20000] [--edges 2000 1000000]

Score shards of TFs × genes are made up, as `grnet infer-network` writes them: parts of 65,536 candidates, each of all
TFs with some targets. Every task runs in a process of its own, held to two cores, which says how long it took, without
loading grnet, and the most memory that it had at once, with all that it had loaded. The shards are read from the cache
of the file system, since they have just been written.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from two_cores import peak_mib, run_held

CORES = 2
PART_ROWS = 65_536
SIZES, EDGES = ("750x14000", "2000x20000"), (2_000, 1_000_000)
QUICK_SIZES, QUICK_EDGES = ("20x300",), (100,)
LIMITS: dict[str, dict[str, float | int]] = {
    "probability 0.9": {"probability": 0.9},
    "top 1,000,000": {"top": 1_000_000},
    "expected precision 0.5": {"expected_precision": 0.5},
    "top 10 of each target": {"top_per_target": 10},
    "all four": {"probability": 0.01, "expected_precision": 0.5, "top": 1_000_000, "top_per_target": 100},
}
_PARQUET: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "use_dictionary": ["tf", "target"],
    "column_encoding": dict.fromkeys(("score", "probability", "spread", "correlation"), "BYTE_STREAM_SPLIT"),
}
UNIVERSES = ("labelled", "tested", "all")


def main() -> None:
    """Run all tasks at all sizes, write and print the figures."""
    if sys.argv[1:2] == ["--task"]:
        print(json.dumps(measure(TASKS[sys.argv[2]], json.loads(sys.argv[3]))))
        return
    # Loaded here only: torch, which describes the machine, is nothing that a task should have to hold.
    from machine import describe_machine
    from results_file import choose_results, make_parser, work_folder

    parser = make_parser(__doc__, "thresholding")
    parser.add_argument("--sizes", nargs="+", help="TFs x genes.")
    parser.add_argument("--edges", type=int, nargs="+", help="Of the networks that are written.")
    arguments = parser.parse_args()
    sizes = arguments.sizes or (QUICK_SIZES if arguments.quick else SIZES)
    edges = arguments.edges or (QUICK_EDGES if arguments.quick else EDGES)
    results: dict[str, Any] = {
        "machine": describe_machine(),
        "settings": {"cores": CORES, "sizes": list(sizes), "edges": list(edges)},
        "mib_of_grnet_alone": run_task("load")["peak_mib"],
    }
    for size in sizes:
        with work_folder(arguments) as work, tempfile.TemporaryDirectory(dir=work) as folder:
            for table, rows in run_size(folder, size, edges).items():
                results.setdefault(table, []).extend(rows)
    out = choose_results(arguments)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2, ensure_ascii=False))


def run_size(folder: str, size: str, edges: tuple[int, ...]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table for one size; the shards are made in a new folder."""
    n_tfs, n_genes = (int(number) for number in size.split("x"))
    options = {"folder": folder, "n_tfs": n_tfs, "n_genes": n_genes}
    what = {"candidates": run_task("write", **options)["candidates"]}
    selection = [
        {**what, "limits": name, **run_task("select", folder=folder, limits=limits)} for name, limits in LIMITS.items()
    ]
    files = [{**what, **run_task("files", **options, n_edges=n)} for n in edges]
    evaluation = [
        {**what, "universe": name, **run_task("evaluate", folder=folder, universe=name)} for name in UNIVERSES
    ]
    return {"selection": selection, "files": files, "evaluation": evaluation}


def run_task(name: str, **options: Any) -> dict[str, Any]:
    """Run a task in a process of its own and return its figures."""
    command = [sys.executable, __file__, "--task", name, json.dumps(options)]
    figures: dict[str, Any] = run_held(command, cores=CORES).figures
    print(name, options, figures, file=sys.stderr)
    return figures


def measure(task: Callable[..., dict[str, Any]], options: dict[str, Any]) -> dict[str, Any]:
    """Run a task here."""
    import grnet.workflow.evaluate  # noqa: F401 - its loading is no part of the task

    start = time.perf_counter()
    figures = task(**options)
    return {**figures, "seconds": round(time.perf_counter() - start, 2), "peak_mib": peak_mib()}


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
        pq.write_table(table, scores / name, **_PARQUET)
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
    from grnet.network.selection import select_edges
    from grnet.schema.configs import InferConfig
    from grnet.scores.reader import read_shards

    edges = select_edges(lambda: read_shards(Path(folder)), InferConfig(**limits))
    return {"edges": len(edges)}


def write_files(folder: str, n_tfs: int, n_genes: int, n_edges: int) -> dict[str, Any]:
    """Choose the best candidates and write all files of their network beside the shards."""
    import numpy as np

    from grnet.explorer.network_page import write_page
    from grnet.exporters.graphml import export_graphml
    from grnet.network.graph import build_nodes
    from grnet.network.network import Network
    from grnet.network.selection import select_candidates
    from grnet.network.summary import summarise
    from grnet.schema.configs import InferConfig
    from grnet.schema.genes import GeneCatalogue
    from grnet.schema.network_formats import EDGE_FORMATS
    from grnet.scores.reader import read_shards
    from grnet.workflow.network_files import write_network_files

    genes = GeneCatalogue(
        tuple(f"Gene{gene}" for gene in range(n_genes)),
        ("",) * n_genes,
        np.arange(n_genes) < n_tfs,
        np.zeros(n_genes, dtype=np.int32),
    )
    edges = select_candidates(lambda: read_shards(Path(folder)), InferConfig(top=n_edges)).edges
    figures: dict[str, Any] = {"edges": len(edges), "mib_before": peak_mib()}

    def timed(name: str, action: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        value = action()
        figures[f"{name}_seconds"], figures[f"{name}_mib"] = round(time.perf_counter() - start, 2), peak_mib()
        return value

    nodes = timed("nodes", lambda: build_nodes(edges, genes, seed=0))
    file = Path(folder) / "network.graphml"
    summary = summarise(edges, nodes, n_candidates=n_tfs * (n_genes - 1))
    timed("graphml", lambda: export_graphml(Network(edges, nodes, summary), file))
    timed("page", lambda: write_page(file.with_suffix(".html"), Network(edges, nodes, summary)))
    timed("all_files", lambda: write_network_files(Path(folder), Network(edges, nodes, summary), formats=EDGE_FORMATS))
    sizes = {f"{path.name}_mib": round(path.stat().st_size / 2**20, 1) for path in (file, file.with_suffix(".html"))}
    return {**figures, **sizes}


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
