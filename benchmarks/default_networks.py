"""The network that grnet keeps without a limit, on four data sets: what is in it, and what of it is true where known.

    python benchmarks/default_networks.py [--quick] [--data FOLDER] [--work FOLDER]

Each data set is prepared, an RNA model is trained with default settings, and a network is inferred without any limit.
Novel edges without a label are then compared with edges that no model saw: the true network of the synthetic embryo,
and the other half of the STRING edges of `mdc-string`. For fly-eye and pbmc no such edges are at hand. With --quick
there is the embryo alone, a small one.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from results_file import ROOT, ResultsFile, choose_results, make_parser, print_table, work_folder

import grnet
from grnet.network.folder import Network
from grnet.schema.tables import LABEL, TARGET, TF
from grnet.workflow.demo import prepare_lab

QUICK = {"n_tfs": 12, "n_targets": 60, "n_samples": 24}
Pairs = pd.DataFrame
Source = Callable[[Path, Path, dict[str, int]], Pairs | None]
"""Takes the folder of data, an empty folder, and sizes; writes `dataset` there; returns the edges that no model saw."""


def main() -> None:
    """Measure all data sets, write and print the figures."""
    arguments = parse_arguments()
    if not arguments.quick and not arguments.data.is_dir():
        raise SystemExit(f"{arguments.data}: no such folder; name the one that holds fly-eye/ with --data")
    names = ["embryo"] if arguments.quick else list(SOURCES)
    results = ResultsFile(choose_results(arguments), {"seed": 0, "modality": "rna", "quick": arguments.quick})
    with work_folder(arguments) as folder:
        for name in names:
            results.measure(name, lambda name=name: measure(name, arguments, folder / name))
    results.finish()
    shown = ("edges", "known", "novel", "prior_low", "prior_high", "expected_precision", "observed_precision")
    print_table(
        ["default network", *shown], [[name, *(case[key] for key in shown)] for name, case in results.cases.items()]
    )


def parse_arguments() -> argparse.Namespace:
    """Return the options."""
    parser = make_parser(__doc__, "default_networks")
    default = os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default), help="Folder that holds fly-eye/ and others.")
    return parser.parse_args()


def measure(name: str, arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the figures of the default network of one data set."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unseen = SOURCES[name](arguments.data, folder, QUICK if arguments.quick else {})
    grnet.train(folder / "dataset", folder / "run", modality="rna", report="pair")
    network = grnet.infer_network(folder / "run", folder / "network").network
    return describe(network.summary) | compare(network, unseen)


def describe(summary: dict[str, Any]) -> dict[str, Any]:
    """Return counts, prior and what is expected of the novel edges; null where the data cannot tell it."""
    prior, unlabelled, unsure = summary["prior"], summary["unlabelled"], summary["ranking_only"]
    return {
        **{key: summary[key] for key in ("candidates", "edges", "known", "novel", "ranking_only")},
        "known_candidates": summary["selection"]["known_candidates"],
        "without_label": unlabelled["edges"],
        "prior": None if unsure else prior["value"],
        "prior_low": prior["low"],
        "prior_high": prior["high"],
        "expected_precision": None if unsure else round(unlabelled["expected_precision"], 4),
        "statement": summary["statement"],
    }


def compare(network: Network, unseen: Pairs | None) -> dict[str, Any]:
    """Return which part of the kept edges, and of all candidates, without a label are edges that no model saw."""
    if unseen is None:
        return {"observed_precision": None, "share_of_candidates": None}
    scores = pd.concat(network.scores(), ignore_index=True)
    new = scores[scores[LABEL].isna()]
    true = pd.MultiIndex.from_frame(new[[TF, TARGET]]).isin(pd.MultiIndex.from_frame(unseen[[TF, TARGET]]))
    kept = pd.MultiIndex.from_frame(new[[TF, TARGET]]).isin(pd.MultiIndex.from_frame(network.edges[[TF, TARGET]]))
    return {
        "observed_precision": round(float(true[kept].mean()), 4),
        "share_of_candidates": round(float(true.mean()), 4),
    }


def prepare_fly_eye(data: Path, folder: Path, sizes: dict[str, int]) -> None:
    """Prepare the tables of the 2022 study."""
    source = data / "fly-eye"
    grnet.prepare(
        folder / "dataset",
        expression=[source / "tf_dataset.xlsx", source / "gene_dataset.xlsx"],
        tfs=source / "tf_dataset.xlsx",
        known_edges=source / "new_benchmark_dataset.xlsx",
        images=source / "images.csv",
        aliases={"Dp": "Dp2"},
    )


def prepare_mdc_string(data: Path, folder: Path, sizes: dict[str, int]) -> Pairs:
    """Prepare dendritic cells with one half of the STRING edges; return the other half."""
    source = data / "mdc-string"
    grnet.prepare(
        folder / "dataset",
        expression=[source / "expression.tsv.gz"],
        tfs=source / "tfs.txt",
        known_edges=source / "known.csv",
    )
    return pd.read_csv(source / "gold.csv")


def prepare_embryo(data: Path, folder: Path, sizes: dict[str, int]) -> Pairs:
    """Simulate an embryo and prepare its files; return every true edge."""
    lab = grnet.simulate(folder / "lab", **sizes)
    prepare_lab(lab.folder, folder / "dataset")
    return pd.read_parquet(lab.truth)


def prepare_pbmc(data: Path, folder: Path, sizes: dict[str, int]) -> None:
    """Prepare blood cells, log-normalised, as a table of genes × cells, with the edges of TRRUST."""
    import anndata

    source = data / "pbmc"
    cells = anndata.read_h5ad(source / "pbmc68k_reduced.h5ad")
    table = pd.DataFrame(cells.raw.X.toarray().T, index=cells.raw.var_names, columns=cells.obs_names)
    table.to_csv(folder / "expression.csv", index_label="gene")
    trrust = pd.read_csv(source / "trrust_human.tsv", sep="\t", header=None, usecols=[0, 1], names=[TF, TARGET])
    trrust.drop_duplicates().to_csv(folder / "known.csv", index=False)
    grnet.prepare(
        folder / "dataset",
        expression=[folder / "expression.csv"],
        tfs=source / "tfs_human.txt",
        known_edges=folder / "known.csv",
    )


SOURCES: dict[str, Source] = {
    "fly-eye": prepare_fly_eye,
    "mdc-string": prepare_mdc_string,
    "embryo": prepare_embryo,
    "pbmc": prepare_pbmc,
}


if __name__ == "__main__":
    main()
