"""grnet on the splits of other methods, beside their figures and beside what is simple.

    python benchmarks/peers.py [--cases mdc-string genelink ...] [--data FOLDER] [--work FOLDER]

miggri: the five folds of an image-only method, with images and anatomy terms, with RNA, and with both. yeast-gasch: the
seven gold standards of a comparison of twelve methods that know no edges; grnet knows most of one of them, so each
figure is given for all pairs and for those that grnet was not trained on. mdc-string: half of the STRING edges known,
the other half to be found, beside GRNBoost2, |r| and rules of the known graph. genelink: the split that GENELink's own
code makes of the same edges; "clean" leaves out test pairs that are in its training, too.

Cases are added to the file as they come: they may be run one by one, and again. With --work, what was trained stays in
a folder, and is not trained again. Default settings, seed 0; nothing was chosen by these figures.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from against_grnboost2 import REQUIREMENTS, time_grnboost2
from given_folds import judge_folds, pad_folds
from peer_environment import find_environment
from ranked_candidates import (
    DIGITS,
    GRNET,
    compare_promise,
    mark_pairs,
    rank_beside_rules,
    score_candidates,
    state_ranking,
)
from results_file import print_table
from single_cases import Measure, make_case_parser, measure_cases

import grnet
from grnet.dataset.directory import Dataset
from grnet.schema.tables import FOLD, LABEL, SCORE, TARGET, TF
from grnet.schema.training_config import Modality

GENELINK = {"all": {"auroc": 0.892, "auprc": 0.315}, "clean": {"auroc": 0.896, "auprc": 0.354}}
"""GENELink's own figures on its split, 90 passes."""
GRNBOOST2 = "mdc-string-grnboost2"


def main() -> None:
    """Measure the cases, write and print the figures."""
    parser = make_case_parser(__doc__, "peers", [*CASES, GRNBOOST2])
    parser.add_argument("--environment", type=Path, help="Virtual environment with arboreto, where there is one.")
    arguments = parser.parse_args()
    cases: dict[str, Measure] = {**CASES, GRNBOOST2: partial(measure_grnboost2, environment=arguments.environment)}
    rows = [row for name, case in measure_cases(arguments, cases).items() for row in list_rows(name, case)]
    print_table(["case", "of", "method", "AUROC", "AUPRC"], rows)


def list_rows(name: str, case: dict[str, Any]) -> list[list[Any]]:
    """Return a line of the table for each ranking of a case."""
    return [
        [name, part, method, figures.get("auroc"), figures.get("auprc")]
        for part, methods in case["rankings"].items()
        for method, figures in methods.items()
    ]


def measure_miggri(data: Path, folder: Path, *, modality: Modality) -> dict[str, Any]:
    """Cross-validate on MIGGRI's five folds; genes that the RNA tables do not name are left out."""
    source, out = data / "fly-eye", folder / "crossval"
    tables = [source / "tf_dataset.xlsx", source / "gene_dataset.xlsx"]
    aliases = {"Dp": "Dp2"}
    rows = pd.read_csv(source / "miggri_folds.csv").replace({TF: aliases, TARGET: aliases})
    symbols = {name for table in tables for name in pd.read_excel(table, header=None, usecols=[0])[0]}
    named = rows[TF].isin(symbols) & rows[TARGET].isin(symbols)
    known = pad_folds(rows[named])
    if not out.exists():
        grnet.prepare(
            folder / "dataset",
            expression=tables,
            tfs=tables[0],
            known_edges=known[[TF, TARGET, LABEL]],
            images=source / "images.csv",
            annotations=source / "terms.csv",
            overwrite=True,
        )
        grnet.crossval(folder / "dataset", out, modality=modality, split="paper", folds=known[FOLD].nunique())
    tested = pd.read_parquet(out / "out_of_fold.parquet")
    figures = judge_folds(tested, known)
    return {
        "modality": modality,
        "rows": len(rows),
        "rows_of_genes_without_rna": int((~named).sum()),
        "rankings": {part: {GRNET: own} for part, own in figures.items()},
    }


def measure_yeast(data: Path, folder: Path, *, known_network: bool) -> dict[str, Any]:
    """Rank TFs × targets of each gold standard; the labelled pairs of the ChIP union are known."""
    source, dataset = data / "yeast-gasch", folder / "dataset"
    prepare_once(dataset, source, tfs="tfs.txt", known_edges="known.csv.gz")
    scores, _ = score_candidates(dataset, folder, known_network=known_network)
    known = pd.read_csv(source / "known.csv.gz")
    published = pd.read_csv(source / "published_aupr.csv")
    golds, counts, rankings = pd.read_csv(source / "golds.csv.gz"), {}, {}
    for name, gold in golds.groupby("gold", sort=True):
        universe = scores[scores[TF].isin(gold[TF]) & scores[TARGET].isin(gold[TARGET])]
        counts[name] = count_shown(universe, gold)
        peers = published[published["GS_src"] == name].set_index("algorithm")["AUPR"].round(DIGITS)
        beside = {f"{peer}, published": {"auprc": float(area)} for peer, area in peers.items()}
        for part, own in (("all pairs", universe), ("unseen pairs", universe[universe[LABEL].isna()])):
            true = mark_pairs(own, gold)
            ranked = rank_beside_rules(own, true, known[known[LABEL] == 1])
            ranked["random order"] = {"auroc": 0.5, "auprc": round(float(true.mean()), DIGITS)}
            rankings[f"{name}, {part}"] = ranked | (beside if part == "all pairs" else {})
    return {"golds": counts, "rankings": rankings}


def count_shown(universe: pd.DataFrame, gold: pd.DataFrame) -> dict[str, int]:
    """Return how many pairs and edges of a gold standard there are, and how many of them grnet was trained on."""
    true, label = mark_pairs(universe, gold), universe[LABEL]
    return {
        "tfs": int(universe[TF].nunique()),
        "targets": int(universe[TARGET].nunique()),
        "pairs": len(universe),
        "edges": int(true.sum()),
        "pairs_trained_on": int(label.notna().sum()),
        "edges_trained_on_as_edges": int((true & (label == 1)).sum()),
        "edges_trained_on_as_non_edges": int((true & (label == 0)).sum()),
    }


def measure_mdc_string(data: Path, folder: Path, *, known_network: bool) -> dict[str, Any]:
    """Rank all candidates of dendritic cells that are not in known.csv; the edges of gold.csv are true."""
    source, dataset = data / "mdc-string", folder / "dataset"
    prepare_once(dataset, source, tfs="tfs.txt", known_edges="known.csv")
    scores, summary = score_candidates(dataset, folder, known_network=known_network)
    known = pd.read_csv(source / "known.csv")
    unseen = scores[~mark_pairs(scores, known)]
    true = mark_pairs(unseen, pd.read_csv(source / "gold.csv"))
    return {
        "pairs": len(unseen),
        "edges": int(true.sum()),
        "rankings": {"unseen pairs": rank_beside_rules(unseen, true, known[known[LABEL] == 1])},
        "promise": compare_promise(unseen, true, summary),
    }


def measure_grnboost2(data: Path, folder: Path, *, environment: Path | None) -> dict[str, Any]:
    """Rank the same candidates by GRNBoost2, which knows no edges; a pair that it leaves out has 0."""
    source, edges = data / "mdc-string", folder / "grnboost2.tsv"
    prepare_once(folder / "dataset", source, tfs="tfs.txt", known_edges="known.csv")
    timed: dict[str, Any] = {}
    if not edges.is_file():
        python = find_environment(
            argparse.Namespace(environment=environment, quick=False),
            folder,
            tool="GRNBoost2",
            requirements=REQUIREMENTS,
        )
        assert python is not None
        timed = time_grnboost2(python, folder / "dataset", folder, repeats=1)
    unseen = list_unseen(grnet.load_dataset(folder / "dataset"))
    importance = pd.read_csv(edges, sep="\t").set_index(["TF", "target"])["importance"]
    scores = importance.reindex(pd.MultiIndex.from_frame(unseen)).fillna(0.0).to_numpy(np.float64)
    true = mark_pairs(unseen, pd.read_csv(source / "gold.csv"))
    ranked = {"GRNBoost2": state_ranking(true, scores)}
    return {"pairs": len(unseen), "edges": int(true.sum()), "rankings": {"unseen pairs": ranked}, "timed": timed}


def list_unseen(dataset: Dataset) -> pd.DataFrame:
    """Return all TFs × genes without a label, columns tf and target."""
    symbols = dataset.genes.symbols
    tfs = [symbols[gene] for gene in dataset.genes.tfs]
    pairs = pd.MultiIndex.from_product([tfs, symbols], names=[TF, TARGET]).to_frame(index=False)
    return pairs[(pairs[TF] != pairs[TARGET]) & ~mark_pairs(pairs, dataset.labelled_pairs)]


def measure_genelink(data: Path, folder: Path, *, negatives: bool) -> dict[str, Any]:
    """Train on GENELink's training pairs, or on its positives alone, and rank its test pairs."""
    source, dataset = data / "mdc-string", folder / "dataset"
    train = pd.read_csv(source / "genelink_train.csv.gz").set_axis([TF, TARGET, LABEL], axis="columns")
    test = pd.read_csv(source / "genelink_test.csv.gz")
    positives = train.loc[train[LABEL] == 1, [TF, TARGET]]
    prepare_once(dataset, source, tfs="genelink_tfs.txt", known_edges=train if negatives else positives)
    scores, summary = score_candidates(dataset, folder)
    tested = test.merge(scores.drop(columns=LABEL), on=[TF, TARGET], how="left")
    lacking = int(tested[SCORE].isna().sum())
    if lacking:
        raise SystemExit(f"{lacking} of {len(test)} test pairs have no score; are their genes in the expression table?")
    rankings = {}
    for part, own in (("all", tested), ("clean", tested[~mark_pairs(tested, train)])):
        true = own[LABEL].to_numpy() == 1
        rankings[part] = rank_beside_rules(own, true, positives) | {"GENELink, published": GENELINK[part]}
    unseen = scores[~mark_pairs(scores, train)]
    return {
        "test_pairs": len(test),
        "test_pairs_in_training": int(mark_pairs(test, train).sum()),
        "test_positives_with_reverse_in_training": count_reverses(test[test[LABEL] == 1], positives),
        "rankings": rankings,
        "promise": compare_promise(unseen, mark_pairs(unseen, test[test[LABEL] == 1]), summary),
    }


def count_reverses(pairs: pd.DataFrame, known: pd.DataFrame) -> int:
    """Return of how many pairs the reverse is known."""
    return int(mark_pairs(pairs, known.rename(columns={TF: TARGET, TARGET: TF})).sum())


def prepare_once(out: Path, source: Path, *, tfs: str, known_edges: str | pd.DataFrame) -> None:
    """Prepare a table of cells with a list of TFs and known edges, where that is not there yet."""
    if not out.exists():
        known = source / known_edges if isinstance(known_edges, str) else known_edges
        grnet.prepare(out, expression=[source / "expression.tsv.gz"], tfs=source / tfs, known_edges=known)


CASES: dict[str, Measure] = {
    "mdc-string-with-known-network": partial(measure_mdc_string, known_network=True),
    "mdc-string-without-known-network": partial(measure_mdc_string, known_network=False),
    "genelink-given-negatives": partial(measure_genelink, negatives=True),
    "genelink-positives-only": partial(measure_genelink, negatives=False),
    "miggri-image": partial(measure_miggri, modality="image"),
    "miggri-rna": partial(measure_miggri, modality="rna"),
    "miggri-fused": partial(measure_miggri, modality="fused"),
    "yeast-gasch-with-known-network": partial(measure_yeast, known_network=True),
    "yeast-gasch-without-known-network": partial(measure_yeast, known_network=False),
}


if __name__ == "__main__":
    main()
