"""What pictures add to RNA: report cards of fused models on real data and on synthetic embryos.

    python benchmarks/fusion.py [--cases fly-terms breast-st-1 ...] [--data FOLDER] [--work FOLDER]

fly-terms (anatomy terms) and breast-st (spots): new targets, five folds, each with two divisions, seeds 1 and 2.
fly-eye: RNA alone, on new pairs and on new TFs. embryo: five synthetic embryos with images, seeds 0 to 4, on new pairs.
Each case keeps the figures of its report card: the model and all baselines; images alone, RNA alone and fused on the
same pairs with the paired difference; and AUROC among pairs of the same |r|.

Cases are added to the file as they come: they may be run one by one, and again. With --work, what was cross-validated
stays in a folder, and is not cross-validated again. Default settings; nothing was chosen by these figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from results_file import print_table
from single_cases import Measure, make_case_parser, measure_cases

import grnet
from grnet.evaluation.ablation import FUSED, IMAGES_ALONE, RNA_ALONE
from grnet.schema.training_config import Modality, SplitName
from grnet.workflow.demo import prepare_lab

DIVISIONS = (1, 2)
EMBRYOS = (0, 1, 2, 3, 4)
ENTRIES = (RNA_ALONE, IMAGES_ALONE, FUSED)
FIGURES = ("accuracy", "auroc", "auprc", "concordance_within_tfs", "concordance_within_targets")
Prepare = Callable[[Path, Path], object]
"""Takes the folder of data and the dataset directory to write."""


def main() -> None:
    """Measure the cases, write and print the figures."""
    arguments = make_case_parser(__doc__, "fusion", list(CASES)).parse_args()
    rows = [row for name, case in measure_cases(arguments, CASES).items() for row in list_rows(name, case)]
    print_table(["case", "of", "accuracy", "AUROC", "AUPRC", "within TFs", "within targets", "fused less it"], rows)


def list_rows(name: str, case: dict[str, Any]) -> list[list[Any]]:
    """Return a line of the table for each predictor of a case."""
    rows = []
    for predictor, figures in (case["predictors"] | case["parts"]).items():
        gain = case["fused_minus"].get(predictor, {}).get(case["concordance"])
        told = None if gain is None else "{mean:+.4f} ({low:+.4f} to {high:+.4f})".format(**gain)
        rows.append([name, predictor, *(figures.get(figure, {}).get("mean") for figure in FIGURES), told])
    return rows


def measure(
    data: Path, folder: Path, *, prepare: Prepare, modality: Modality, split: SplitName, seed: int
) -> dict[str, Any]:
    """Cross-validate a model with its baselines, and return what its report card says."""
    dataset, out = folder / "dataset", folder / "crossval"
    if not out.exists():
        if not dataset.exists():
            prepare(data, dataset)
        grnet.crossval(dataset, out, modality=modality, split=split, seed=seed)
    card = json.loads((out / "metrics.json").read_text(encoding="utf-8"))["splits"][split]
    return {"modality": modality, "split": split, "seed": seed, **shorten(card)}


def shorten(card: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a report card that the tables need.

    The ablation is that on all pairs; where images are of some genes only, also that on pairs with images of both. That
    of RNA alone tells what the known network adds, and has no fused model.
    """
    rows = {row["name"]: {name: row[name] for name in FIGURES if name in row} for row in card["rows"]}
    every = card["ablation"]["parts"][0] if card["ablation"] else {"figures": {}, "fused_minus": {}}
    pictured = card["ablation"]["parts"][1:] if card["ablation"] else []
    beyond = card["beyond_correlation"] or {"matched": []}
    concordance = "concordance_within_targets" if card["split"] == "tf" else "concordance_within_tfs"
    return {
        "n": card["n"],
        "n_positives": card["n_positives"],
        "concordance": concordance,
        "predictors": rows,
        "parts": {
            name: every["figures"][name] for name in (RNA_ALONE, IMAGES_ALONE, FUSED) if name in every["figures"]
        },
        "fused_minus": every.get("fused_minus", {}),
        "pairs_with_images": pictured[0] if pictured else None,
        "same_correlation": {matched["matched_on"]: matched["auroc"] for matched in beyond["matched"]},
        "verdict": card["verdict"],
        "images": card["ablation"]["verdict"] if card["ablation"] else None,
    }


def prepare_fly_terms(data: Path, dataset: Path) -> None:
    """Prepare RNA-seq of fly embryos with anatomy terms."""
    source = data / "fly-terms"
    grnet.prepare(
        dataset,
        expression=[source / "expression.tsv.gz"],
        tfs=source / "tfs.txt",
        known_edges=source / "known.csv.gz",
        annotations=source / "terms.csv.gz",
    )


def prepare_breast_st(data: Path, dataset: Path) -> None:
    """Prepare RNA-seq of tissues with spots of a tumour."""
    source = data / "breast-st"
    grnet.prepare(
        dataset,
        expression=[source / "expression.tsv.gz"],
        tfs=source / "tfs.txt",
        known_edges=source / "known.csv",
        spatial=source / "spots.h5ad",
    )


def prepare_fly_eye(data: Path, dataset: Path) -> None:
    """Prepare the tables of the 2022 study, without its images."""
    source = data / "fly-eye"
    grnet.prepare(
        dataset,
        expression=[source / "tf_dataset.xlsx", source / "gene_dataset.xlsx"],
        tfs=source / "tf_dataset.xlsx",
        known_edges=source / "new_benchmark_dataset.xlsx",
        aliases={"Dp": "Dp2"},
    )


def prepare_embryo(data: Path, dataset: Path, *, seed: int) -> None:
    """Simulate an embryo and prepare its files, with the negatives that its lab knows."""
    del data
    lab = dataset.with_name("lab")
    grnet.simulate(lab, seed=seed, overwrite=lab.exists())
    prepare_lab(lab, dataset)


def list_cases() -> dict[str, Measure]:
    """Return all cases by name."""
    cases: dict[str, Measure] = {}
    for name, prepare in (("fly-terms", prepare_fly_terms), ("breast-st", prepare_breast_st)):
        for seed in DIVISIONS:
            cases[f"{name}-{seed}"] = partial(measure, prepare=prepare, modality="fused", split="target", seed=seed)
    for split in ("pair", "tf"):
        cases[f"fly-eye-{split}"] = partial(measure, prepare=prepare_fly_eye, modality="rna", split=split, seed=0)
    for seed in EMBRYOS:
        prepare = partial(prepare_embryo, seed=seed)
        cases[f"embryo-{seed}"] = partial(measure, prepare=prepare, modality="fused", split="pair", seed=seed)
    return cases


CASES = list_cases()


if __name__ == "__main__":
    main()
