"""What pooling cells, and correlation within groups of cells, do to models of RNA: figures on held-out labelled pairs.

    python benchmarks/pooling.py [--network] [--data FOLDER] [--out FILE] [--work FOLDER] [--quick]

FOLDER holds mdc-string (383 dendritic cells) and yeast-gasch (163 yeast cells). Only labelled pairs for training are
used, never their gold standards. Groups of mdc-string are three clusters of cells (k-means on 10 principal components),
those of yeast-gasch its two conditions. Of yeast-gasch, 4,000 pairs drawn at random are used.

The model is gradient boosting on all correlations of a pair, a baseline of every report of grnet, which takes seconds;
with --network also grnet's own, which takes minutes for each case. Pairs are held out in three folds: pairs of new
targets, and new pairs. AUROC and AUPRC are over all pairs out of fold.
"""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import torch
from results_file import ROOT, ResultsFile, choose_results, make_parser, print_table, work_folder
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import average_precision_score, roc_auc_score

import grnet
from grnet.architectures.late.config import LateConfig
from grnet.dataset.directory import load_dataset
from grnet.evaluation.baselines import BOOSTING
from grnet.schema.tables import LABEL, PROBABILITY
from grnet.schema.training_config import TrainConfig
from grnet.training.training_data import build_training_data, divide_training_data
from grnet.workflow.split_report import score_baselines

FOLDS, MOST_PAIRS = 3, 4000
GROUP = "cluster"
VARIANTS: dict[str, dict[str, Any]] = {
    "cells": {"pool": 0},
    "cells, within groups": {"pool": 0, "within": GROUP},
    "pools of 4": {"pool": 4},
    "pools of 4, within groups": {"pool": 4, "within": GROUP},
    "pools of 10": {"pool": 10},
}
"""What is given to `grnet.prepare`; `pool` is the number of cells for each pool here."""
SPLITS = ("target", "pair")
DATA = ("mdc-string", "yeast-gasch")
PEARSON, NETWORK = "|Pearson|", "network"


def main() -> None:
    """Measure each variant on each dataset, write the figures and print them as a table."""
    parser = make_parser(__doc__, "pooling")
    default = Path(os.environ.get("GRNET_REAL_DATA", ROOT.parent / "shared/data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--network", action="store_true", help="Train grnet's own networks, too.")
    arguments = parser.parse_args()
    settings = {"folds": FOLDS, "pairs": MOST_PAIRS, "seed": arguments.seed, "network": arguments.network}
    results = ResultsFile(choose_results(arguments), settings)
    with work_folder(arguments) as work:
        for name in DATA:
            for variant in VARIANTS:
                results.measure(f"{name}, {variant}", partial(measure, work, name, variant, arguments))
                print(name, variant, flush=True)
    results.finish()
    models = [PEARSON, BOOSTING, *([NETWORK] if arguments.network else [])]
    header = ["case", "places", *(f"{model}, {figure}" for model in models for figure in ("AUROC", "AUPRC"))]
    for split in SPLITS:
        print(f"held out: {split}")
        rows = [
            [case, found["places"], *(value for model in models for value in found[split][model].values())]
            for case, found in results.cases.items()
        ]
        print_table(header, rows)


def measure(work: Path, name: str, variant: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of all models and splits for one variant."""
    cells = read_cells(arguments.data / name)
    known = pd.read_csv(next((arguments.data / name).glob("known.csv*")))
    known = known.sample(min(len(known), MOST_PAIRS), random_state=arguments.seed).sort_index()
    options = dict(VARIANTS[variant])
    options["pool"] = cells.n_obs // options["pool"] if options["pool"] else 0
    folder, tfs = work / "dataset", arguments.data / name / "tfs.txt"
    summary = grnet.prepare(folder, expression=cells, tfs=tfs, known_edges=known, **options, overwrite=True)
    config = TrainConfig(model=LateConfig("rna"), folds=FOLDS, seed=arguments.seed)
    dataset = load_dataset(folder)
    data = build_training_data(dataset, config, torch.device("cpu"))
    figures: dict[str, Any] = {"places": summary.n_samples}
    for split in SPLITS:
        divided = divide_training_data(data, dataset, config, split)
        scores = score_baselines(divided, seed=arguments.seed)
        figures[split] = {model: judge(divided.training.labels, scores[model]) for model in (PEARSON, BOOSTING)}
        if arguments.network:
            out = work / "crossval"
            grnet.crossval(folder, out, config=config, split=split, overwrite=True)
            table = pd.read_parquet(out / "out_of_fold.parquet")
            figures[split][NETWORK] = judge(table[LABEL].to_numpy(), table[PROBABILITY].to_numpy())
    return figures


def judge(labels: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """Return AUROC and AUPRC of the pairs that have a score."""
    tested = np.isfinite(scores)
    return {
        "auroc": round(float(roc_auc_score(labels[tested], scores[tested])), 4),
        "auprc": round(float(average_precision_score(labels[tested], scores[tested])), 4),
    }


def read_cells(folder: Path) -> anndata.AnnData:
    """Return an expression table of genes × cells as an AnnData with groups."""
    table = pd.read_csv(folder / "expression.tsv.gz", sep="\t", index_col=0).T
    cells = anndata.AnnData(table.to_numpy(np.float32))
    cells.obs_names, cells.var_names = table.index.astype(str), table.columns.astype(str)
    if folder.name == "yeast-gasch":
        cells.obs[GROUP] = [name.split("_")[1] for name in cells.obs_names]
    else:
        axes = PCA(10, random_state=0).fit_transform(cells.X)
        clusters = KMeans(3, n_init=10, random_state=0).fit_predict(axes)
        cells.obs[GROUP] = [f"cluster {number + 1}" for number in clusters]
    return cells


if __name__ == "__main__":
    main()
