"""grnet beside RegDiffusion, on single cells, on the same two cores.

    python benchmarks/against_regdiffusion.py [--quick] [--data FOLDER] [--environment FOLDER] [--all-steps]

Two data sets: `mdc-string` (383 cells × 821 genes), and 5,000 cells × 2,000 genes that are made from it: cells drawn
again, genes repeated, both with noise. RegDiffusion runs with its defaults, in an environment of its own, which is made
where --environment does not name one; timed from process start to the written matrix of all genes × genes. grnet is
timed from the table to closed network files: prepare, train (report on new pairs) and infer-network with the known
edges, each from process start. RegDiffusion needs no known edges. How well both rank the half of the STRING edges that
training has not seen stands beside it, over all pairs of a TF and a gene that are not in `known.csv`. On the made data
RegDiffusion takes 50 of its 1,000 steps, whose seconds are scaled to all of them, unless --all-steps is given. With
--quick the made table is small, and RegDiffusion left out where there is no environment.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from peer_environment import find_environment
from results_file import ROOT, ResultsFile, choose_results, make_parser, print_table, work_folder
from sklearn.metrics import average_precision_score, roc_auc_score
from two_cores import CORES, run_grnet, run_held

from grnet.scores.reader import read_shards

REQUIREMENTS = ("regdiffusion==0.2.3", "torch==2.13.0")
MADE = (5_000, 2_000)
QUICK_MADE = (60, 50)
REAL = "mdc-string"
SOME_STEPS = 50
"""Of RegDiffusion on made data: all 1,000 take most of an hour."""
NOISE = 0.3
"""Of made values, in standard deviations of their gene."""


@dataclass(frozen=True)
class Cells:
    """Logarithms of genes × cells, the TFs among the genes, and labelled pairs (tf, target, label)."""

    table: pd.DataFrame
    tfs: list[str]
    known: pd.DataFrame


def main() -> None:
    """Time both on each data set, write and print the figures."""
    arguments = parse_arguments()
    real = read_cells(arguments.data / REAL)
    made = QUICK_MADE if arguments.quick else MADE
    cases = {f"made, {made[0]:,} cells × {made[1]:,} genes": make_cells(real, *made)}
    if not arguments.quick:
        cases = {REAL: real, **cases}
    results = ResultsFile(choose_results(arguments), {"cores": CORES, "noise": NOISE})
    with work_folder(arguments) as folder:
        python = find_environment(arguments, folder, tool="RegDiffusion", requirements=REQUIREMENTS)
        for name, cells in cases.items():
            place = folder / name.split(",")[0]
            place.mkdir(exist_ok=True)
            gold = pd.read_csv(arguments.data / REAL / "gold.csv") if name == REAL else None
            epochs = ("--epochs", "1") if arguments.quick else ()
            results.measure(f"grnet, {name}", lambda c=cells, p=place, g=gold, e=epochs: time_grnet(c, p, g, e))
            if python is None:
                continue
            steps = None if name == REAL or arguments.all_steps else SOME_STEPS
            case = f"RegDiffusion, {name}" + (f", scaled from {steps} steps" if steps else "")
            results.measure(case, lambda c=cells, p=place, g=gold, n=steps: time_other(python, c, p, g, steps=n))
    results.finish()
    columns = ("seconds", "auroc", "auprc")
    print_table(["", *columns], [[name, *map(case.get, columns)] for name, case in results.cases.items()])


def parse_arguments() -> argparse.Namespace:
    """Return the options."""
    parser = make_parser(__doc__, "against_regdiffusion")
    default = os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default), help="Folder that holds mdc-string/.")
    parser.add_argument("--environment", type=Path, help="Virtual environment with RegDiffusion, where there is one.")
    parser.add_argument("--all-steps", action="store_true", help="Let RegDiffusion take all steps on made data, too.")
    return parser.parse_args()


def read_cells(folder: Path) -> Cells:
    """Return the cells of `mdc-string`."""
    table = pd.read_csv(folder / "expression.tsv.gz", sep="\t", index_col=0)
    tfs = (folder / "tfs.txt").read_text(encoding="utf-8").split()
    return Cells(table, tfs, pd.read_csv(folder / "known.csv"))


def make_cells(real: Cells, n_cells: int, n_genes: int) -> Cells:
    """Return more cells of more genes: cells drawn again, genes repeated under another name, both with noise."""
    rng = np.random.default_rng(0)
    rows, columns = np.arange(n_genes) % len(real.table), rng.integers(real.table.shape[1], size=n_cells)
    values = real.table.to_numpy(np.float64)[rows][:, columns]
    values = values + NOISE * values.std(axis=1, keepdims=True) * rng.normal(size=values.shape)
    rounds = np.arange(n_genes) // len(real.table)
    names = [
        f"{real.table.index[row]}{f'_{number}' if number else ''}" for row, number in zip(rows, rounds, strict=True)
    ]
    table = pd.DataFrame(np.maximum(values, 0.0), index=pd.Index(names, name="gene"))
    table.columns = [f"cell{number}" for number in range(n_cells)]
    there = set(names)
    known = real.known[real.known["tf"].isin(there) & real.known["target"].isin(there)]
    return Cells(table, [tf for tf in real.tfs if tf in there], known)


def time_grnet(cells: Cells, folder: Path, gold: pd.DataFrame | None, options: tuple[str, ...]) -> dict[str, Any]:
    """Return the seconds of each command, and how well unseen edges rank."""
    table, tfs, known = folder / "expression.parquet", folder / "tfs.txt", folder / "known.csv"
    cells.table.copy().reset_index(names="gene").to_parquet(table)
    tfs.write_text("\n".join(cells.tfs), encoding="utf-8")
    cells.known.to_csv(known, index=False)
    dataset, run, network = folder / "dataset", folder / "run", folder / "network"
    given = ("--expression", table, "--tfs", tfs, "--known-edges", known)
    seconds = {
        "prepare": run_grnet("prepare", dataset, *given, "--overwrite").seconds,
        "train": run_grnet(
            "train", dataset, "-o", run, "--modality", "rna", "--report", "pair", *options, "--overwrite"
        ).seconds,
        "infer-network": run_grnet("infer-network", run, "-o", network, "--overwrite").seconds,
    }
    scores = pd.concat(block.to_pandas() for block in read_shards(network, check_bytes=False))
    ranked = scores.set_index([scores["tf"].astype(str), scores["target"].astype(str)])["score"]
    return {"seconds": round(sum(seconds.values()), 2), "of_each": seconds, **judge(ranked, cells, gold)}


def time_other(
    python: Path, cells: Cells, folder: Path, gold: pd.DataFrame | None, *, steps: int | None
) -> dict[str, Any]:
    """Return the seconds of RegDiffusion, and how well unseen edges rank; constant genes are left out, as it asks.

    Where it takes only some steps, the seconds of training are scaled to all of them.
    """
    values: npt.NDArray[np.float64] = cells.table.to_numpy(np.float64)
    varying = values.std(axis=1) > 0
    expression, matrix = folder / "expression.npy", folder / "matrix.npy"
    np.save(expression, values[varying].T)
    script = Path(__file__).with_name("timed_regdiffusion.py")
    some = () if steps is None else ("--steps", str(steps))
    timed = run_held([python, "-W", "ignore", script, expression, matrix, *some])
    figures = timed.figures
    left_out = figures["training_seconds"] * (figures["all_steps"] / figures["steps"] - 1)
    names = cells.table.index[varying].astype(str)
    found = pd.DataFrame(np.abs(np.load(matrix)), index=names, columns=names)
    ranked = found.loc[[tf for tf in cells.tfs if tf in found.index]].stack()
    return {"seconds": round(timed.seconds + left_out, 2), **figures, **judge(ranked, cells, gold)}


def judge(ranked: pd.Series, cells: Cells, gold: pd.DataFrame | None) -> dict[str, float]:
    """Return AUROC and AUPRC of the edges of `gold` over all TF × gene pairs without a label; nothing without gold."""
    if gold is None:
        return {}
    pairs = pd.MultiIndex.from_product([cells.tfs, cells.table.index.astype(str)])
    pairs = pairs[pairs.get_level_values(0) != pairs.get_level_values(1)]
    pairs = pairs.difference(pd.MultiIndex.from_frame(cells.known[["tf", "target"]]))
    is_edge = pairs.isin(pd.MultiIndex.from_frame(gold[["tf", "target"]]))
    score = ranked.reindex(pairs).fillna(ranked.min())
    return {
        "auroc": round(float(roc_auc_score(is_edge, score)), 4),
        "auprc": round(float(average_precision_score(is_edge, score)), 4),
    }


if __name__ == "__main__":
    main()
