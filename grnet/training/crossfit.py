"""Cross-fitting: K fold models, each blind to one fold, and the honest figures that come of it → a run folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from grnet.dataset.directory import Dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.evaluation.baselines import BaselineInputs, out_of_fold_baselines
from grnet.evaluation.calibration import cross_calibrate, fit_calibration
from grnet.evaluation.figures import FigureRow, compare, fold_table
from grnet.evaluation.report import TrainingReport, write_report
from grnet.evaluation.splits import validation_mask
from grnet.features.build import build_features
from grnet.features.pairs import correlations
from grnet.models.device import choose_device
from grnet.models.late import InputShape
from grnet.models.run_folder import describe_dataset, save_model, write_settings
from grnet.schema.configs import TrainConfig, to_plain
from grnet.schema.features import GeneFeatures
from grnet.schema.progress import SILENT, Progress
from grnet.schema.storage import new_folder, write_json
from grnet.schema.tables import FOLD, LABEL, OUT_OF_FOLD, PROBABILITY, TARGET, TF, write_table
from grnet.training.fit import FittedFold, FoldRows, fit_fold, score_rows
from grnet.training.fusion import nested_trust
from grnet.training.labelled import TrainingPairs, choose_pairs
from grnet.training.pairs import LabelledPairs

Floats = npt.NDArray[np.float64]
MODEL_NAMES = {"rna": "grnet (RNA)", "image": "grnet (images)", "fused": "grnet (fused)"}


@dataclass(frozen=True)
class TrainingResult:
    """Figures of a run.

    Attributes
    ----------
    path : Path
        The run folder.
    rows : tuple of FigureRow
        The model, then the baselines, on all labelled pairs.
    image_rows : tuple of FigureRow
        The same on the labelled pairs whose genes both have images; empty where there are fewer than 50.
    notes : tuple of str
        What was left out or sampled.
    """

    path: Path
    rows: tuple[FigureRow, ...]
    image_rows: tuple[FigureRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _OutOfFold:
    """Out-of-fold scores (logits), calibrated probabilities and baselines of the labelled pairs [P]."""

    scores: Floats
    probability: Floats
    baselines: dict[str, Floats]
    with_images: npt.NDArray[np.bool_]


FEWEST_WITH_IMAGES = 50


def crossfit(
    dataset: Dataset,
    out: Path,
    config: TrainConfig,
    *,
    version: str,
    overwrite: bool = False,
    progress: Progress = SILENT,
) -> TrainingResult:
    """Train K fold models on a dataset's known edges and write the run folder.

    Parameters
    ----------
    dataset : Dataset
    out : Path
        The run folder; it appears complete or not at all.
    config : TrainConfig
    version : str
        Of grnet, for `run.toml`.

    Raises
    ------
    InputError
        Too few known edges that the modality can see.
    OutputExistsError
        `out` is there and `overwrite` is False.
    """
    device = choose_device(config.device)
    with new_folder(out, overwrite=overwrite) as folder:
        features = build_features(dataset)
        training = choose_pairs(dataset, features, config)
        for note in training.notes:
            progress.say(f"note: {note}")
        fitted, scores = fit_folds(dataset, features, training, config, device=device, progress=progress)
        outcome = _judge(dataset, features, training, scores, seed=config.seed)
        source = describe_dataset(dataset.path, out, name=dataset.name, fingerprint=fingerprint(dataset.path))
        write_settings(folder, train=to_plain(config), shape=InputShape.of(features), dataset=source, version=version)
        for fold, member in enumerate(fitted):
            (folder / f"fold-{fold}").mkdir()
            save_model(member.model, folder / f"fold-{fold}")
            history = {"best_epochs": member.best_epochs, "epochs": [asdict(epoch) for epoch in member.history]}
            write_json(history, folder / f"fold-{fold}" / "history.json")
        return _write_figures(folder, out, dataset, training, outcome, fitted, config)


def fit_folds(
    dataset: Dataset,
    features: GeneFeatures,
    training: TrainingPairs,
    config: TrainConfig,
    *,
    device: torch.device,
    progress: Progress = SILENT,
) -> tuple[list[FittedFold], Floats]:
    """Fit one model for each fold, blind to that fold.

    Returns
    -------
    fitted : list of FittedFold
    scores : float64 array [P]
        The logit of each labelled pair from the model that did not see it.
    """
    shape = InputShape.of(features)
    data = LabelledPairs.build(training.pairs, training.labels, features, modality=config.model.modality, device=device)
    stages = 2 if config.model.modality == "fused" else 1
    fitted: list[FittedFold] = []
    with progress.track(f"training {config.folds} folds", stages * config.folds * config.epochs, "epochs") as advance:
        for fold in range(config.folds):
            rows = _rows_of(training, fold, n_genes=len(dataset.genes), config=config)
            fitted.append(fit_fold(data, shape, rows, config=config, seed=config.seed + fold, advance=advance))
    return fitted, _score_out_of_fold(fitted, data, training)


def _rows_of(training: TrainingPairs, fold: int, *, n_genes: int, config: TrainConfig) -> FoldRows:
    """Divide the pairs outside `fold` into those to fit on and those to stop by; reversed twins stay together."""
    rows = np.flatnonzero(training.folds != fold)
    stop = validation_mask(
        training.pairs.take(rows),
        training.labels[rows],
        n_genes=n_genes,
        fraction=config.validation_fraction,
        seed=config.seed + fold,
    )
    return FoldRows(rows[~stop], rows[stop])


def _score_out_of_fold(fitted: list[FittedFold], data: LabelledPairs, training: TrainingPairs) -> Floats:
    """Return the logit of each pair from the model that did not see it; set how far each model trusts images."""
    rna, added, total = (np.zeros(len(training.pairs)) for _ in range(3))
    both = np.zeros(len(training.pairs), dtype=bool)
    for fold, member in enumerate(fitted):
        unseen = np.flatnonzero(training.folds == fold)
        logits = score_rows(member.model, data, torch.from_numpy(unseen).to(data.labels.device))
        rna[unseen], total[unseen] = logits.rna.cpu().numpy(), logits.total.cpu().numpy()
        added[unseen] = (logits.image + logits.joint).cpu().numpy()
        both[unseen] = (logits.has_rna & logits.has_image).cpu().numpy()
    if not both.any():
        return total
    trusts = nested_trust(rna[both], added[both], training.labels[both], training.folds[both], n_folds=len(fitted))
    for member, trust in zip(fitted, trusts, strict=True):
        member.model.trust.fill_(trust)
    return np.where(both, rna + np.asarray(trusts)[training.folds] * added, total)


def _judge(
    dataset: Dataset, features: GeneFeatures, training: TrainingPairs, scores: Floats, *, seed: int
) -> _OutOfFold:
    """Calibrate out-of-fold scores, nested, and put the baselines beside them."""
    pearson, spearman = correlations(features, training.pairs)
    baselines = out_of_fold_baselines(
        BaselineInputs(
            pairs=training.pairs,
            labels=training.labels,
            folds=training.folds,
            pearson=pearson,
            spearman=spearman,
            n_genes=len(dataset.genes),
            seed=seed,
        )
    )
    imaged = features.present("image")
    return _OutOfFold(
        scores=scores,
        probability=cross_calibrate(scores, training.labels, training.folds),
        baselines=baselines,
        with_images=imaged[training.pairs.tf] & imaged[training.pairs.target],
    )


def _write_figures(
    folder: Path,
    out: Path,
    dataset: Dataset,
    training: TrainingPairs,
    outcome: _OutOfFold,
    fitted: list[FittedFold],
    config: TrainConfig,
) -> TrainingResult:
    """Write out_of_fold.parquet, calibration.json, metrics.json and report.html."""
    symbols = np.asarray(dataset.genes.symbols, dtype=object)
    table = pd.DataFrame(
        {
            TF: symbols[training.pairs.tf],
            TARGET: symbols[training.pairs.target],
            LABEL: training.labels,
            FOLD: training.folds,
            PROBABILITY: outcome.probability,
        }
    )
    write_table(table, folder / "out_of_fold.parquet", OUT_OF_FOLD)
    write_json(fit_calibration(outcome.scores, training.labels).to_json(), folder / "calibration.json")
    name = MODEL_NAMES[config.model.modality]
    probabilities = {name: outcome.probability, **outcome.baselines}
    rows = compare(training.labels, probabilities, training.folds)
    image_rows = _compare_with_images(training, outcome, probabilities)
    folds = fold_table(training.labels, outcome.probability, training.folds)
    metrics: dict[str, Any] = {
        "model": name,
        "figures": [row.to_json() for row in rows],
        "figures_pairs_with_images": [row.to_json() for row in image_rows],
        "folds": folds.to_dict("records"),
        "best_epochs": [member.best_epochs for member in fitted],
        "trust_in_images": [float(member.model.trust) for member in fitted],
        "notes": list(training.notes),
    }
    write_json(metrics, folder / "metrics.json")
    history = {
        f"fold {fold}, {stage}": [
            (e.epoch, e.train_loss, e.validation_loss) for e in member.history if e.stage == stage
        ]
        for fold, member in enumerate(fitted)
        for stage in member.best_epochs
    }
    report = TrainingReport(
        title=f"{name} on {dataset.name}",
        labels=training.labels,
        folds=training.folds,
        probabilities=probabilities,
        settings=to_plain(config),
        history=history,
        notes=training.notes,
    )
    write_report(folder / "report.html", report)
    return TrainingResult(out, tuple(rows), tuple(image_rows), training.notes)


def _compare_with_images(
    training: TrainingPairs, outcome: _OutOfFold, probabilities: dict[str, Floats]
) -> list[FigureRow]:
    """Return the same rows on the pairs whose genes both have images, where these are enough to say something."""
    mask = outcome.with_images
    if mask.sum() < FEWEST_WITH_IMAGES:
        return []
    return compare(
        training.labels[mask], {name: values[mask] for name, values in probabilities.items()}, training.folds[mask]
    )
