"""The figures of a run: out-of-fold probabilities beside the baselines → tables, metrics and the report page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.evaluation.baselines import BaselineInputs, out_of_fold_baselines
from grnet.evaluation.calibration import cross_calibrate, fit_calibration
from grnet.evaluation.figures import FigureRow, compare, fold_table
from grnet.evaluation.report import TrainingReport, write_report
from grnet.features.pairs import correlations, expression_similarity
from grnet.models.late import LateInteraction
from grnet.schema.configs import to_plain
from grnet.schema.model_configs import Architecture, TrainConfig
from grnet.schema.storage import write_json
from grnet.schema.tables import FOLD, LABEL, OUT_OF_FOLD, PROBABILITY, TARGET, TF, write_table
from grnet.training.crossfit import CrossFit, TrainingData
from grnet.training.fitted import FittedFold
from grnet.training.labelled import TrainingPairs
from grnet.training.trust import FEWEST_PAIRS

Floats = npt.NDArray[np.float64]
STAGES = {"rna": "RNA", "image": "Images", "fused": "Images and RNA"}
FEWEST_WITH_IMAGES = 50
PAPER_NAMES = {"rna": "SDINet paper's RNA network", "image": "SDINet", "fused": "SDINet paper's fusion"}


def name_model(modalities: frozenset[str], architecture: Architecture = "late") -> str:
    """Return the name of a model that looked at "rna", "image" or both."""
    if architecture == "sdinet":
        return PAPER_NAMES["fused" if len(modalities) == 2 else next(iter(modalities))]
    if len(modalities) == 2:
        return "grnet (fused)"
    return "grnet (RNA)" if "rna" in modalities else "grnet (images)"


def judge_baselines(data: TrainingData, *, seed: int) -> dict[str, Floats]:
    """Return what each baseline, fitted on the other folds, says of the labelled pairs: float64 [P] by name."""
    training, features = data.training, data.features
    pearson, spearman = correlations(features, training.pairs)
    inputs = BaselineInputs(
        pairs=training.pairs,
        labels=training.labels,
        folds=training.folds,
        pearson=pearson,
        spearman=spearman,
        n_genes=data.n_genes,
        seed=seed,
        similarity=expression_similarity(features),
    )
    return out_of_fold_baselines(inputs)


@dataclass(frozen=True)
class TrainingResult:
    """Figures of a run.

    Attributes
    ----------
    rows : tuple of FigureRow
        The model, then the baselines, on all labelled pairs.
    image_rows : tuple of FigureRow
        The same on the labelled pairs whose genes both have images; empty where there are too few, or no others.
    notes : tuple of str
        What was left out or sampled, and how far images are trusted.
    """

    rows: tuple[FigureRow, ...]
    image_rows: tuple[FigureRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What cross-fitting says of the labelled pairs [P], and what baselines say of the same pairs.

    Attributes
    ----------
    training : TrainingPairs
    scores : float64 array [P]
        Out-of-fold logits.
    probabilities : dict of name to float64 array [P]
        The model's, calibrated on the other folds, then the baselines'.
    pearson : float64 array [P]
        NaN where a gene has no expression.
    with_images : bool array [P]
        Both genes have images of one view.
    config : TrainConfig
    modalities : set of str
        What the model looked at: those of "rna" and "image" that it may, and that the dataset has.
    """

    training: TrainingPairs
    scores: Floats
    probabilities: dict[str, Floats]
    pearson: Floats
    with_images: npt.NDArray[np.bool_]
    config: TrainConfig
    modalities: frozenset[str]

    @classmethod
    def judge(cls, data: TrainingData, crossfit: CrossFit, *, config: TrainConfig) -> Outcome:
        """Calibrate out-of-fold scores, nested, and put the baselines beside them."""
        training, features = data.training, data.features
        modalities = frozenset(profiles.modality for profiles in features.of_modality(config.model.modality))
        own = cross_calibrate(crossfit.scores, training.labels, training.folds)
        name = name_model(modalities, config.architecture)
        pearson, _ = correlations(features, training.pairs)
        return cls(
            training=training,
            scores=crossfit.scores,
            probabilities={name: own, **judge_baselines(data, seed=config.seed)},
            pearson=pearson,
            with_images=features.scorable("image", training.pairs.tf, training.pairs.target),
            config=config,
            modalities=modalities,
        )

    @property
    def model(self) -> str:
        """The name of the model among the probabilities."""
        return name_model(self.modalities, self.config.architecture)

    def compare(self) -> list[FigureRow]:
        """Return the rows of figures on all labelled pairs."""
        return compare(self.training.labels, self.probabilities, self.training.folds)

    def compare_with_images(self) -> list[FigureRow]:
        """Return the rows on the pairs whose genes both have images, where that says something of its own."""
        return compare_some(self.training, self.probabilities, self.with_images)


def compare_some(
    training: TrainingPairs, probabilities: dict[str, Floats], mask: npt.NDArray[np.bool_]
) -> list[FigureRow]:
    """Return the rows of figures on the pairs of a mask [P]; none where these are all pairs, or too few."""
    if mask.all() or mask.sum() < FEWEST_WITH_IMAGES:
        return []
    chosen = {name: values[mask] for name, values in probabilities.items()}
    return compare(training.labels[mask], chosen, training.folds[mask])


def write_figures(
    folder: Path, outcome: Outcome, crossfit: CrossFit, *, title: str, symbols: tuple[str, ...]
) -> TrainingResult:
    """Write out_of_fold.parquet, calibration.json, metrics.json and report.html into the folder of a run."""
    training, fitted = outcome.training, crossfit.fitted
    names = np.asarray(symbols, dtype=object)
    table = pd.DataFrame(
        {
            TF: names[training.pairs.tf],
            TARGET: names[training.pairs.target],
            LABEL: training.labels,
            FOLD: training.folds,
            PROBABILITY: outcome.probabilities[outcome.model],
        }
    )
    write_table(table, folder / "out_of_fold.parquet", OUT_OF_FOLD)
    write_json(fit_calibration(outcome.scores, training.labels).to_json(), folder / "calibration.json")
    trusts = [float(model.trust) for model in (member.model for member in fitted) if isinstance(model, LateInteraction)]
    notes = (*training.notes, *note_stops(crossfit, outcome.config), *_describe_trust(outcome, trusts))
    result = TrainingResult(tuple(outcome.compare()), tuple(outcome.compare_with_images()), notes)
    metrics: dict[str, Any] = {
        "model": outcome.model,
        "figures": [row.to_json() for row in result.rows],
        "figures_pairs_with_images": [row.to_json() for row in result.image_rows],
        "folds": fold_table(training.labels, table[PROBABILITY], training.folds).to_dict("records"),
        "best_epochs": [member.best_epochs for member in fitted],
        "trust_in_images": trusts if len(outcome.modalities) == 2 and trusts else None,
        "notes": list(notes),
    }
    write_json(metrics, folder / "metrics.json")
    report = TrainingReport(
        title=title,
        labels=training.labels,
        folds=training.folds,
        probabilities=outcome.probabilities,
        settings=to_plain(outcome.config),
        history=tabulate_history(fitted),
        notes=[as_sentence(note) for note in notes],
        correlation=outcome.pearson if np.isfinite(outcome.pearson).any() else None,
    )
    write_report(folder / "report.html", report)
    return result


def tabulate_history(fitted: list[FittedFold]) -> dict[str, dict[str, list[tuple[int, float, float]]]]:
    """Return stage → fold → (epoch, training loss, validation loss)."""
    stages = dict.fromkeys(stage for member in fitted for stage in member.best_epochs)
    return {
        STAGES[stage]: {
            f"fold {fold}": [(e.epoch, e.train_loss, e.validation_loss) for e in member.history if e.stage == stage]
            for fold, member in enumerate(fitted)
        }
        for stage in stages
    }


def _describe_trust(outcome: Outcome, trusts: list[float]) -> list[str]:
    """Say how far images move the scores of a fused model."""
    both, folds = outcome.with_images & np.isfinite(outcome.pearson), outcome.training.folds
    if outcome.config.model.modality != "fused" or not trusts:
        return []
    if len(outcome.modalities) < 2:
        lacking, used = ("images", "RNA") if "rna" in outcome.modalities else ("expression", "images")
        return [f"the dataset has no {lacking}: the model was trained on {used} alone"]
    if max(int(np.sum(both & (folds != fold))) for fold in range(len(trusts))) < FEWEST_PAIRS:
        return [
            "images were given no say where there is RNA: outside of each fold fewer than "
            f"{FEWEST_PAIRS} labelled pairs have both, too few to tell what images add"
        ]
    if max(trusts) == 0:
        return [
            "images were given no say where there is RNA: on out-of-fold pairs they do not improve on RNA by more than "
            "one standard error, so the fused scores of such pairs are those of RNA alone"
        ]
    parts = ", ".join(f"{trust:.1f}" for trust in trusts)
    return [
        "images may move a score that RNA gives by this part of what they say (0 not at all, 1 fully; one number for "
        f"each fold model, chosen on the pairs of the other folds): {parts}"
    ]


def note_stops(crossfit: CrossFit, config: TrainConfig) -> list[str]:
    """Say where training ended before its last epoch."""
    lasts = [member.history[-1].epoch for member in crossfit.fitted]
    if crossfit.last_scores is None or min(lasts) == config.epochs:
        return []
    return [
        f"training stopped after {', '.join(map(str, lasts))} of {config.epochs} epochs (fold by fold): "
        f"{config.patience} epochs had brought no lower validation loss; --patience {config.epochs} trains to the end"
    ]


def as_sentence(note: str) -> str:
    """Return a note as a sentence: a capital first, a full stop last."""
    return f"{note[:1].upper()}{note[1:].rstrip('.')}."
