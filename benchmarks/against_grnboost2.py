"""grnet beside GRNBoost2 and beside the paper's way, on the candidates of fly-eye, on the same two cores.

    python benchmarks/against_grnboost2.py [--quick] [--data FOLDER] [--environment FOLDER] [--repeats 3]

GRNBoost2 (arboreto) gets the matrix that `grnet prepare` made and the same TFs, in an environment of its own, which is
made where --environment does not name one; timed from process start to the written edge list. grnet: the command
`grnet infer-network` on a trained run, from process start to closed network files; the training is timed, too, since
GRNBoost2 needs none, and both ratios are given. The paper's way: one forward pass of the fusion network for each pair,
timed on a sample and scaled. How well GRNBoost2 and grnet (out of fold) rank the labelled pairs stands beside it. With
--quick a small synthetic dataset is used, and GRNBoost2 left out where there is no environment.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pandas as pd
from peer_environment import find_environment
from results_file import ROOT, ResultsFile, choose_results, make_parser, print_table, work_folder
from sklearn.metrics import roc_auc_score
from synthetic_dataset import RunSize, write_dataset
from two_cores import CORES, run_grnet, run_held, run_script

import grnet
from grnet.dataset.directory import Dataset
from grnet.schema.tables import LABEL, OUT_OF_FOLD, PROBABILITY, TARGET, TF
from grnet.storage.tables import read_table

REQUIREMENTS = ("arboreto", "dask<2024", "distributed<2024", "numpy<2", "pandas<2.2", "setuptools<81")
"""What GRNBoost2 runs with on Python 3.11: arboreto calls parts of dask that later versions dropped."""
LIMITS = {"as it is typed": (), "10,000 best kept": ("--top", "10000")}
MODALITIES = ("rna", "fused")
ASKED = 10.0
"""Times faster than GRNBoost2 at least."""
QUICK = RunSize(genes=80, tfs=8, samples=24, views=1)


def main() -> None:
    """Measure all sides, write and print the figures."""
    arguments = parse_arguments()
    fly_eye = arguments.data / "fly-eye"
    if not arguments.quick and not fly_eye.is_dir():
        raise SystemExit(f"{fly_eye}: no such folder; name the one that holds fly-eye/ with --data")
    settings = {"cores": CORES, "repeats": arguments.repeats, "data": "synthetic" if arguments.quick else "fly-eye"}
    results = ResultsFile(choose_results(arguments), settings)
    with work_folder(arguments) as folder:
        dataset = folder / "dataset"
        preparing = prepare(None if arguments.quick else fly_eye, dataset)
        results.measure("preparing", lambda: {"seconds": preparing})
        for modality in MODALITIES:
            results.measure(f"training {modality}", lambda m=modality: train(folder, m, quick=arguments.quick))
            ensure_run(folder, modality, quick=arguments.quick)
            for limit, options in LIMITS.items():
                results.measure(
                    f"inferring {modality}, {limit}",
                    lambda m=modality, o=options: infer(folder, m, o, repeats=arguments.repeats),
                )
        results.measure("paper's way", lambda: time_paper(dataset, quick=arguments.quick))
        environment = find_environment(arguments, folder, tool="GRNBoost2", requirements=REQUIREMENTS)
        if environment is not None:
            results.measure("GRNBoost2", lambda: time_grnboost2(environment, dataset, folder, arguments.repeats))
    results.finish(comparison=compare(results.cases))
    rows = [[row["what"], row["seconds"], row["ratio"]] for row in results.content["comparison"]]
    print_table(["on two cores", "s", "times grnet's"], rows)


def parse_arguments() -> argparse.Namespace:
    """Return the options."""
    parser = make_parser(__doc__, "against_grnboost2")
    default = os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default), help="Folder that holds fly-eye/.")
    parser.add_argument("--environment", type=Path, help="Virtual environment with arboreto, where there is one.")
    parser.add_argument("--repeats", type=int, default=3, help="Of each inference; the best counts.  [default: 3]")
    return parser.parse_args()


def prepare(fly_eye: Path | None, out: Path) -> float:
    """Prepare fly-eye, or make a synthetic dataset, and return the seconds."""
    start = time.perf_counter()
    if out.exists():
        shutil.rmtree(out)
    if fly_eye is None:
        write_dataset(out, QUICK)
    else:
        grnet.prepare(
            out,
            expression=[fly_eye / "tf_dataset.xlsx", fly_eye / "gene_dataset.xlsx"],
            tfs=fly_eye / "tf_dataset.xlsx",
            known_edges=fly_eye / "new_benchmark_dataset.xlsx",
            images=fly_eye / "images.csv",
            aliases={"Dp": "Dp2"},
        )
    return round(time.perf_counter() - start, 2)


def train(folder: Path, modality: str, *, quick: bool) -> dict[str, Any]:
    """Train a run from the command line and return the seconds and how well it ranks labelled pairs out of fold."""
    run = folder / modality
    shutil.rmtree(run, ignore_errors=True)
    options = ("--epochs", "1") if quick else ()
    timed = run_grnet("train", folder / "dataset", "-o", run, "--modality", modality, "--report", "pair", *options)
    table = read_table(run / "out_of_fold.parquet", OUT_OF_FOLD)
    auroc = float(roc_auc_score(table[LABEL], table[PROBABILITY]))
    return {"seconds": timed.seconds, "labelled_pairs": len(table), "auroc": round(auroc, 4)}


def ensure_run(folder: Path, modality: str, *, quick: bool) -> None:
    """Train again where the figures of the training are there already, but its run is not."""
    if not (folder / modality).exists():
        train(folder, modality, quick=quick)


def infer(folder: Path, modality: str, options: tuple[str, ...], *, repeats: int) -> dict[str, Any]:
    """Return the seconds of each repeat from process start to closed network files, and what one took inside."""
    network = folder / f"{modality}-network"
    seconds = []
    for _ in range(repeats):
        shutil.rmtree(network, ignore_errors=True)
        seconds.append(run_grnet("infer-network", folder / modality, "-o", network, *options).seconds)
    edges = len(pd.read_parquet(network / "edges.parquet"))
    shutil.rmtree(network)
    inside = run_script("timed_inference.py", folder / modality, network, *options).figures
    return {"seconds": min(seconds), "seconds_of_each": seconds, "edges": edges, "inside": inside}


def time_paper(dataset: Path, *, quick: bool) -> dict[str, Any]:
    """Return how long the paper's fusion network takes for all candidates, scaled from a sample."""
    timed = run_script("timed_paper_passes.py", dataset, "--seconds", "0.01" if quick else "5")
    rate = timed.figures["passes_per_second"]
    return {
        **timed.figures,
        "a_pass_for_each_candidate_seconds": round(timed.figures["candidates"] / rate, 1),
        "a_pass_for_each_image_pair_seconds": round(timed.figures["image_pairs"] / rate, 1),
    }


def time_grnboost2(python: Path, path: Path, folder: Path, repeats: int) -> dict[str, Any]:
    """Run GRNBoost2 on the matrix of a dataset; return the seconds from process start to the written edge list."""
    dataset = grnet.load_dataset(path)
    expression, tfs, edges = (folder / name for name in ("expression.tsv", "tfs.txt", "grnboost2.tsv"))
    symbols = dataset.genes.symbols
    known = dataset.has_expression
    table = pd.DataFrame(dataset.expression.T, columns=list(symbols)).loc[:, known]
    table.to_csv(expression, sep="\t", index=False)
    tfs.write_text("".join(f"{symbols[gene]}\n" for gene in dataset.genes.tfs if known[gene]), encoding="utf-8")
    command = [python, "-W", "ignore", Path(__file__).with_name("timed_grnboost2.py"), expression, tfs, edges]
    timed = [run_held([*command, "--workers", str(CORES)]) for _ in range(repeats)]
    return {
        "seconds": min(entry.seconds for entry in timed),
        "seconds_of_each": [entry.seconds for entry in timed],
        **timed[0].figures,
        "auroc": round(judge_edges(edges, dataset), 4),
    }


def judge_edges(edges: Path, dataset: Dataset) -> float:
    """Return the AUROC of GRNBoost2's importance over the labelled pairs; a pair that it leaves out has 0."""
    table = pd.read_csv(edges, sep="\t").set_index(["TF", "target"])["importance"]
    known = dataset.labelled_pairs
    importance = table.reindex(pd.MultiIndex.from_frame(known[[TF, TARGET]])).fillna(0.0)
    return float(roc_auc_score(known[LABEL], importance))


def compare(cases: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return seconds of all ways, each as a multiple of grnet's on expression, or of grnet's fused for the paper's."""
    rna, fused = (cases[f"inferring {modality}, as it is typed"]["seconds"] for modality in MODALITIES)
    training, paper = cases["training rna"]["seconds"], cases["paper's way"]
    rows = [("grnet infer-network, expression", rna, 1.0), ("grnet infer-network, fused", fused, None)]
    rows.append(("grnet train and infer-network, expression", round(training + rna, 2), None))
    if "GRNBoost2" in cases:
        other = cases["GRNBoost2"]["seconds"]
        rows.append(("GRNBoost2", other, other / rna))
        rows.append(("GRNBoost2, beside training and inferring", other, other / (training + rna)))
    for what in ("candidate", "image_pair"):
        seconds = paper[f"a_pass_for_each_{what}_seconds"]
        rows.append((f"paper's way, a pass for each {what.replace('_', ' ')} (fused)", seconds, seconds / fused))
    return [
        {"what": what, "seconds": seconds, "ratio": None if ratio is None else round(ratio, 2)}
        for what, seconds, ratio in rows
    ]


if __name__ == "__main__":
    main()
