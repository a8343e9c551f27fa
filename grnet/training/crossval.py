"""Cross-validation: how good a model is, on a split of the known edges, beside the paper's figures and the baselines.

crossval.toml          resolved settings, dataset, split
SPLIT/fold-K/          weights and history of each fold model
out_of_fold.parquet    each labelled row with the probability from the model that did not see it
metrics.json           figures of models and baselines, and those of each fold
report.html            the same, with plots
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.dataset.directory import Dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.evaluation.calibration import cross_calibrate
from grnet.evaluation.figures import FigureRow, compare, fold_table
from grnet.evaluation.report import TrainingReport, write_report
from grnet.features.pairs import correlations
from grnet.models.run_folder import describe_dataset
from grnet.schema.configs import to_plain
from grnet.schema.model_configs import Modality, SplitName, TrainConfig
from grnet.schema.progress import SILENT, Progress
from grnet.schema.resumable import resumable_folder
from grnet.schema.storage import write_json, write_toml
from grnet.schema.tables import CROSSVAL, FOLD, LABEL, PROBABILITY, SPLIT, TARGET, TF, write_table
from grnet.training.crossfit import CrossFit, TrainingData, describe_plan, fit_folds, prepare_training
from grnet.training.labelled import TrainingPairs
from grnet.training.run_figures import (
    as_sentence,
    compare_some,
    judge_baselines,
    name_model,
    note_stops,
    tabulate_history,
)

Floats = npt.NDArray[np.float64]
SETTINGS_FILE = "crossval.toml"
FORMAT_VERSION = 1
PAPER_FIGURES: dict[Modality, tuple[float, float]] = {
    "rna": (0.8962, 0.8950),
    "image": (0.7196, 0.7374),
    "fused": (0.9116, 0.9118),
}
"""Accuracy and F1 that the paper gives for its networks on its five contiguous folds, with its own images."""


@dataclass(frozen=True)
class CrossvalResult:
    """Figures of a cross-validation.

    Attributes
    ----------
    rows : tuple of FigureRow
        The model (for a network of the paper at its best epoch, then at its last), then the baselines.
    image_rows : tuple of FigureRow
        The same on the rows whose genes both have images; empty where there are too few, or no others.
    folds : dict of name to DataFrame
        For each row that is a model: the figures of each fold, their mean and standard deviation, see
        :func:`grnet.evaluation.figures.fold_table`.
    paper : tuple of two floats, or None
        Accuracy and F1 of the paper, where its network was trained on its split.
    notes : tuple of str
        What was left out or sampled, and what to mind.
    """

    rows: tuple[FigureRow, ...]
    image_rows: tuple[FigureRow, ...]
    folds: dict[str, pd.DataFrame]
    paper: tuple[float, float] | None
    notes: tuple[str, ...]


def crossvalidate(
    dataset: Dataset,
    out: Path,
    config: TrainConfig,
    *,
    split: SplitName,
    version: str,
    overwrite: bool = False,
    progress: Progress = SILENT,
) -> CrossvalResult:
    """Fit a model for each fold of a split, score the fold that it did not see, and write the folder of figures.

    Parameters
    ----------
    dataset : Dataset
    out : Path
        The folder to write. Folds of the paper's networks that were finished before a kill are not fitted again.
    config : TrainConfig
    split : {"pair", "tf", "target", "paper"}
    version : str
        Of grnet, for `crossval.toml`.

    Raises
    ------
    InputError
        Too few known edges that the modality can see.
    OutputExistsError
        `out` is there and `overwrite` is False, or unfinished work with other settings is.
    """
    resolved, data, device = prepare_training(dataset, config, split=split)
    mark = fingerprint(dataset.path)
    plan = {"split": split, **describe_plan(mark, resolved, data, version=version)}
    with resumable_folder(out, plan=plan, overwrite=overwrite, marker=SETTINGS_FILE) as place:
        crossfit = fit_folds(data, resolved, place.path / split, device=device, progress=progress)
        settings = {
            "format_version": FORMAT_VERSION,
            "grnet_version": version,
            "architecture": config.architecture,
            "split": split,
            "dataset": describe_dataset(dataset.path, out, name=dataset.name, fingerprint=mark),
            "train": to_plain(resolved),
        }
        write_toml(settings, place.path / SETTINGS_FILE)
        return _write_figures(place.path, dataset, data, crossfit, resolved, split)


def _write_figures(
    folder: Path, dataset: Dataset, data: TrainingData, crossfit: CrossFit, config: TrainConfig, split: SplitName
) -> CrossvalResult:
    """Write out_of_fold.parquet, metrics.json and report.html."""
    training = data.training
    models = name_predictions(data, crossfit, config)
    probabilities = {**models, **judge_baselines(data, seed=config.seed)}
    with_images = data.features.scorable("image", training.pairs.tf, training.pairs.target)
    is_paper = split == "paper" and config.architecture == "sdinet"
    result = CrossvalResult(
        rows=tuple(compare(training.labels, probabilities, training.folds)),
        image_rows=tuple(compare_some(training, probabilities, with_images)),
        folds={name: fold_table(training.labels, values, training.folds) for name, values in models.items()},
        paper=PAPER_FIGURES[config.model.modality] if is_paper else None,
        notes=(*training.notes, *note_stops(crossfit, config)),
    )
    best = next(iter(models))
    table = _tabulate(dataset, training, models[best], split)
    write_table(table, folder / "out_of_fold.parquet", CROSSVAL)
    write_json(_summarise(result, crossfit, config, split), folder / "metrics.json")
    pearson, _ = correlations(data.features, training.pairs)
    report = TrainingReport(
        title=f"{best} on {dataset.name}, split: {split}",
        labels=training.labels,
        folds=training.folds,
        probabilities=probabilities,
        settings=to_plain(config),
        history=tabulate_history(crossfit.fitted),
        notes=[as_sentence(note) for note in (*_quote_paper(result), *result.notes)],
        correlation=pearson if np.isfinite(pearson).any() else None,
    )
    write_report(folder / "report.html", report)
    return result


def _tabulate(dataset: Dataset, training: TrainingPairs, probability: Floats, split: SplitName) -> pd.DataFrame:
    """Return the labelled rows with their out-of-fold probability, CROSSVAL."""
    symbols = np.asarray(dataset.genes.symbols, dtype=object)
    columns = {
        SPLIT: split,
        TF: symbols[training.pairs.tf],
        TARGET: symbols[training.pairs.target],
        LABEL: training.labels,
        FOLD: training.folds,
        PROBABILITY: probability,
    }
    return pd.DataFrame(columns)


def _summarise(result: CrossvalResult, crossfit: CrossFit, config: TrainConfig, split: SplitName) -> dict[str, Any]:
    """Return what `metrics.json` says."""
    return {
        "split": split,
        "architecture": config.architecture,
        "modality": config.model.modality,
        "seed": config.seed,
        "figures": [row.to_json() for row in result.rows],
        "figures_pairs_with_images": [row.to_json() for row in result.image_rows],
        "folds": {name: table.to_dict("records") for name, table in result.folds.items()},
        "best_epochs": [member.best_epochs for member in crossfit.fitted],
        "last_epochs": [member.history[-1].epoch for member in crossfit.fitted],
        "paper": None if result.paper is None else {"accuracy": result.paper[0], "f1": result.paper[1]},
        "notes": list(result.notes),
    }


def name_predictions(data: TrainingData, crossfit: CrossFit, config: TrainConfig) -> dict[str, Floats]:
    """Return the out-of-fold probabilities of the model by its name, float64 [P] each.

    Late interaction is calibrated on the other folds. A network of the paper is taken as it is, as the paper does, at
    its best epoch and at its last.
    """
    modalities = {profiles.modality for profiles in data.features.of_modality(config.model.modality)}
    name = name_model(frozenset(modalities), config.architecture)
    if crossfit.last_scores is None:
        return {name: cross_calibrate(crossfit.scores, data.training.labels, data.training.folds)}
    return {
        f"{name}, best epoch": _to_probability(crossfit.scores),
        f"{name}, last epoch": _to_probability(crossfit.last_scores),
    }


def _to_probability(logits: Floats) -> Floats:
    probability: Floats = 1.0 / (1.0 + np.exp(-logits))
    return probability


def _quote_paper(result: CrossvalResult) -> list[str]:
    if result.paper is None:
        return []
    return [
        f"the paper states accuracy {result.paper[0]:.4f} and F1 {result.paper[1]:.4f} for this network on its own data"
    ]
