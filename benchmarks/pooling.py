"""What pooling cells, and correlation within groups of cells, do to the RNA model: figures on held-out labelled pairs.

    python benchmarks/pooling.py [--data FOLDER] [--out FILE] [--work FOLDER] [--quick]

FOLDER holds mdc-string (383 dendritic cells) and yeast-gasch (163 yeast cells). Only labelled pairs for training are
used, never their gold standards. Groups of mdc-string are three clusters of cells (k-means on 10 principal components),
those of yeast-gasch its two conditions. Of yeast-gasch, 4,000 pairs drawn at random are used. Figures are means over
three folds, with the bootstrap confidence intervals of grnet.
"""

from __future__ import annotations

import argparse
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
from results_file import ROOT, ResultsFile, choose_results, make_parser, print_table, work_folder
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

import grnet
from grnet.architectures.late.config import LateConfig
from grnet.schema.training_config import TrainConfig

FOLDS, MOST_PAIRS = 3, 4000
GROUP = "cluster"
VARIANTS: dict[str, dict[str, Any]] = {
    "cells": {"pool": 0},
    "within groups": {"pool": 0, "within": GROUP},
    "pools of 4": {"pool": 4},
    "pools of 10": {"pool": 10},
    "pools of 4, within groups": {"pool": 4, "within": GROUP},
}
"""What is given to `grnet.prepare`; `pool` is the number of cells for each pool here."""
SPLITS = ("target", "pair")
DATA = ("mdc-string", "yeast-gasch")
FIGURES = ("auroc", "auprc", "concordance_within_tfs")


def main() -> None:
    """Cross-validate each variant on each dataset, write the figures and print them as a table."""
    parser = make_parser(__doc__, "pooling")
    default = Path(os.environ.get("GRNET_REAL_DATA", ROOT.parent / "shared/data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", default="", help="Measure only cases whose name holds this, such as yeast.")
    arguments = parser.parse_args()
    results = ResultsFile(choose_results(arguments), {"folds": FOLDS, "pairs": MOST_PAIRS, "seed": arguments.seed})
    with work_folder(arguments) as work:
        for split in SPLITS:
            for name in DATA:
                for variant in VARIANTS:
                    case = f"{name}, {split}, {variant}"
                    if arguments.cases in case:
                        results.measure(case, partial(measure, work, name, split, variant, arguments))
                        print(case, flush=True)
    results.finish()
    rows = [[case, *(figures["rna"][name]["mean"] for name in FIGURES)] for case, figures in results.cases.items()]
    print_table(["case", *FIGURES], rows)


def measure(work: Path, name: str, split: str, variant: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of the RNA model and of |Pearson| for one variant."""
    cells = read_cells(arguments.data / name)
    known = pd.read_csv(next((arguments.data / name).glob("known.csv*")))
    known = known.sample(min(len(known), MOST_PAIRS), random_state=arguments.seed).sort_index()
    options = dict(VARIANTS[variant])
    options["pool"] = cells.n_obs // options["pool"] if options["pool"] else 0
    dataset, out = work / "dataset", work / "crossval"
    tfs = arguments.data / name / "tfs.txt"
    summary = grnet.prepare(dataset, expression=cells, tfs=tfs, known_edges=known, **options, overwrite=True)
    config = TrainConfig(model=LateConfig("rna"), epochs=1) if arguments.quick else None
    grnet.crossval(
        dataset, out, modality="rna", split=split, folds=FOLDS, seed=arguments.seed, config=config, overwrite=True
    )
    metrics = json.loads((out / "metrics.json").read_text())
    rows = {row["name"]: row for row in metrics["splits"][split]["rows"]}
    chosen = {"rna": rows["grnet (RNA)"], "pearson": rows["|Pearson|"]}
    return {
        "places": summary.n_samples,
        **{model: {figure: row[figure] for figure in FIGURES} for model, row in chosen.items()},
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
