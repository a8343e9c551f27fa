"""What the cross-fit of one split says: calibrated probabilities beside those of the baselines → a report card.

Only tested pairs are judged, each by the models that did not see it. What the baselines learn, they learn from the
pairs that these models were allowed to learn from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from grnet.architectures.base import TrainingData
from grnet.architectures.cross_fit import CrossFit
from grnet.architectures.registry import find_architecture
from grnet.division.training_pairs import TrainingPairs
from grnet.evaluation.ablation import ALL_MEASUREMENTS, FUSED, IMAGES_ALONE, RNA_ALONE, name_without
from grnet.evaluation.cautions import find_repeats
from grnet.evaluation.fold_figures import fold_table
from grnet.evaluation.report_card import CardInputs, ReportCard, make_card
from grnet.features.pairs import correlations
from grnet.probability.calibration_fit import cross_calibrate
from grnet.schema.arrays import Bools, Float64
from grnet.schema.features import GeneFeatures
from grnet.schema.tables import FOLD, LABEL, PROBABILITY, SPLIT, TARGET, TF
from grnet.schema.training_config import SplitName, TrainConfig
from grnet.training.measurement_ablation import list_ablated
from grnet.workflow.baseline_scores import score_baselines

STAGES = {"rna": "RNA", "image": "Images", "fused": "Images and RNA"}


@dataclass(frozen=True)
class SplitReport:
    """The cross-fit of one split and its figures.

    Attributes
    ----------
    split : str
        One of SPLITS.
    training : TrainingPairs
    crossfit : CrossFit
    models : dict of name to float64 array [P]
        Out-of-fold probabilities, NaN where a pair is in no test; the first is what the card is about.
    card : ReportCard
    notes : tuple of str
        What was left out or sampled, and what to mind.
    """

    split: SplitName
    training: TrainingPairs
    crossfit: CrossFit
    models: dict[str, Float64]
    card: ReportCard
    notes: tuple[str, ...]

    @property
    def model(self) -> str:
        """The name of the model that the card is about."""
        return next(iter(self.models))

    def tabulate_folds(self) -> dict[str, pd.DataFrame]:
        """Return the figures of each fold of each model, see :func:`grnet.evaluation.fold_figures.fold_table`."""
        training, tested = self.training, self.training.tested
        labels, folds = training.labels[tested], training.folds[tested]
        return {name: fold_table(labels, values[tested], folds) for name, values in self.models.items()}

    def tabulate(self, symbols: tuple[str, ...]) -> pd.DataFrame:
        """Return the tested pairs with their out-of-fold probability, CROSSVAL."""
        training, names, tested = self.training, np.asarray(symbols, dtype=object), self.training.tested
        columns = {
            SPLIT: self.split,
            TF: names[training.pairs.tf[tested]],
            TARGET: names[training.pairs.target[tested]],
            LABEL: training.labels[tested],
            FOLD: training.folds[tested],
            PROBABILITY: self.models[self.model][tested],
        }
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """Return the card, the figures of each fold, and how each model was fitted: lists of seeds, then of folds."""
        fitted = self.crossfit.fitted
        return {
            **self.card.to_json(),
            "n_labelled": len(self.training.pairs),
            "folds": {name: table.to_dict("records") for name, table in self.tabulate_folds().items()},
            "best_epochs": [[fold.best_epochs for fold in folds] for folds in fitted],
            "last_epochs": [[fold.history[-1].epoch for fold in folds] for folds in fitted],
            "weights_of_parts": self.crossfit.part_weights,
            "notes": [*self.notes, *self.card.notes],
        }

    def tabulate_history(self) -> dict[str, dict[str, list[tuple[int, float, float]]]]:
        """Return stage → fold → (epoch, training loss, validation loss)."""
        members = [
            (f"fold {fold}" + (f", seed {member}" if member else ""), fit)
            for member, folds in enumerate(self.crossfit.fitted)
            for fold, fit in enumerate(folds)
        ]
        stages = dict.fromkeys(stage for _, fit in members for stage in fit.best_epochs)
        return {
            STAGES[stage]: {
                name: [(e.epoch, e.train_loss, e.validation_loss) for e in fit.history if e.stage == stage]
                for name, fit in members
            }
            for stage in stages
        }


def report_split(
    split: SplitName,
    data: TrainingData,
    crossfit: CrossFit,
    config: TrainConfig,
    *,
    calibrate: bool = True,
    baselines: Mapping[str, Float64] | None = None,
    without: Mapping[str, Float64] = MappingProxyType({}),
) -> SplitReport:
    """Return the report card of one cross-fit.

    Parameters
    ----------
    split : {"pair", "tf", "target", "both", "paper"}
    data : TrainingData
        Divided by that split.
    crossfit : CrossFit
    config : TrainConfig
    calibrate : bool
        Calibrate scores on the other folds. Where it is False, models that keep the scores of their last epoch, which
        are probabilities as they are, are taken so, at their best epoch and at their last.
    baselines : mapping of str to float64 array [P], optional
        See :func:`grnet.workflow.baseline_scores.score_baselines`, which is asked where they are not given.
    without : mapping of str to float64 array [P]
        Out-of-fold logits of models that were trained without a measurement, by its name, see
        :func:`grnet.training.measurement_ablation.fit_without_each`.
    """
    training, features, tested = data.training, data.features, data.training.tested
    models = name_predictions(data, crossfit, config, calibrate=calibrate)
    pearson = correlations(features, training.pairs)[0]
    with_images = features.scorable("image", training.pairs.tf, training.pairs.target)
    ablation = _ablate(crossfit, training, {**crossfit.without, **without})
    baselines = baselines or score_baselines(data, split=split, seed=config.seed)
    inputs = CardInputs(
        split=split,
        pairs=training.pairs.take(tested),
        labels=training.labels[tested],
        folds=training.folds[tested],
        models=_take(models, tested),
        baselines=_take(dict(baselines), tested),
        correlation=pearson[tested] if np.isfinite(pearson[tested]).any() else None,
        with_images=with_images[tested],
        ablation=_take(ablation, tested),
        n_genes=data.n_genes,
        seed=config.seed,
        repeated=find_repeats(training.pairs.unordered_keys(data.n_genes), training.folds, training.allowed)[tested],
        negatives=training.negatives,
    )
    notes = (*_note_left_out(config), *training.notes, *crossfit.notes, *_note_unreported(features, config))
    return SplitReport(split, training, crossfit, models, make_card(inputs), notes)


def name_predictions(
    data: TrainingData, crossfit: CrossFit, config: TrainConfig, *, calibrate: bool = True
) -> dict[str, Float64]:
    """Return the out-of-fold probabilities of the model by its name, float64 [P] each; NaN where a pair is in no test.

    See :func:`report_split`.
    """
    name = find_architecture(config.architecture).name_model(_modalities(data.features, config))
    if calibrate or crossfit.last_scores is None:
        return {name: _calibrate(crossfit.scores, data.training)}
    return {
        f"{name}, best epoch": _to_probability(crossfit.scores),
        f"{name}, last epoch": _to_probability(crossfit.last_scores),
    }


def as_sentence(note: str) -> str:
    """Return a note as a sentence: a capital first, a full stop last."""
    return f"{note[:1].upper()}{note[1:].rstrip('.')}."


def _modalities(features: GeneFeatures, config: TrainConfig) -> frozenset[str]:
    """Return those of "rna" and "image" that the model may look at, and that the dataset has."""
    return frozenset(profiles.modality for profiles in features.of_modality(config.model.modality))


def _note_left_out(config: TrainConfig) -> tuple[str, ...]:
    return (f"left out of the models: {', '.join(config.without)}",) if config.without else ()


def _note_unreported(features: GeneFeatures, config: TrainConfig) -> tuple[str, ...]:
    """Name the measurements whose contributions the report does not say, and the cost, where that is little."""
    names = list_ablated(features, config.model.modality)
    if not names or config.ablation == "measurements" or not find_architecture(config.architecture).costs.trains_fast:
        return ()
    return (
        f"the report does not say what {', '.join(names[:-1])} and {names[-1]} contribute separately. Use --ablation "
        f"measurements for that; it trains {len(names)} more times for each split",
    )


def _take(values: dict[str, Float64], rows: Bools) -> dict[str, Float64]:
    return {name: array[rows] for name, array in values.items()}


def _to_probability(logits: Float64) -> Float64:
    probability: Float64 = 1.0 / (1.0 + np.exp(-logits))
    return probability


def _calibrate(scores: Float64, training: TrainingPairs) -> Float64:
    """Calibrate the scores of tested pairs on the other folds; a tested pair without a score gets their base rate."""
    probability = np.full(len(scores), np.nan)
    labels, folds, tested = training.labels, training.folds, training.tested
    for fold in np.unique(folds[tested]):
        probability[folds == fold] = labels[tested & (folds != fold)].mean()
    known = tested & np.isfinite(scores)
    if len(np.unique(folds[known])) > 1:
        probability[known] = cross_calibrate(scores[known], labels[known], folds[known])
    return probability


def _ablate(crossfit: CrossFit, training: TrainingPairs, without: Mapping[str, Float64]) -> dict[str, Float64]:
    """Return the probabilities of the parts of a fused model, of models without a measurement, and of the model itself.

    None where there is nothing to compare it with.
    """
    entries = {
        title: _calibrate(crossfit.parts[part], training)
        for part, title in (("image", IMAGES_ALONE), ("rna", RNA_ALONE))
        if crossfit.parts
    }
    entries |= {name_without(name): _calibrate(scores, training) for name, scores in without.items()}
    whole = FUSED if crossfit.parts else ALL_MEASUREMENTS
    return {**entries, whole: _calibrate(crossfit.scores, training)} if entries else {}
