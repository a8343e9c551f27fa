"""What the cross-fit of one split says: calibrated probabilities beside those of the baselines → a report card.

Only tested pairs are judged, each by the models that did not see it. What the baselines learn, they learn from the
pairs that these models were allowed to learn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from grnet.evaluation.ablation import FUSED, IMAGES_ALONE, RNA_ALONE
from grnet.evaluation.baselines import BaselineInputs, out_of_fold_baselines
from grnet.evaluation.calibration import cross_calibrate
from grnet.evaluation.card import CardInputs, ReportCard, make_card
from grnet.evaluation.cautions import find_repeats
from grnet.evaluation.figures import fold_table
from grnet.features.pairs import ContextTable, correlations, expression_similarity
from grnet.models.late import LateInteraction
from grnet.schema.features import Bools, GeneFeatures
from grnet.schema.genes import PairIndex
from grnet.schema.model_configs import Architecture, SplitName, TrainConfig
from grnet.schema.tables import FOLD, LABEL, PROBABILITY, SPLIT, TARGET, TF
from grnet.training.crossfit import CrossFit
from grnet.training.fitted import FittedFold
from grnet.training.labelled import TrainingPairs
from grnet.training.training_data import TrainingData
from grnet.training.trust import FEWEST_PAIRS

Floats = npt.NDArray[np.float64]
STAGES = {"rna": "RNA", "image": "Images", "fused": "Images and RNA"}
PAPER_NAMES = {"rna": "SDINet paper's RNA network", "image": "SDINet", "fused": "SDINet paper's fusion"}
NO_ABLATION = (
    "what images and RNA contribute cannot be told apart within this network: compare crossval with --modality image, "
    "rna and fused"
)


@dataclass(frozen=True)
class JudgedSplit:
    """The cross-fit of one split and what it is worth.

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
    models: dict[str, Floats]
    card: ReportCard
    notes: tuple[str, ...]

    @property
    def model(self) -> str:
        """The name of the model that the card is about."""
        return next(iter(self.models))

    def tabulate_folds(self) -> dict[str, pd.DataFrame]:
        """Return the figures of each fold of each model, see :func:`grnet.evaluation.figures.fold_table`."""
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
        trusts = find_trusts(fitted)
        return {
            **self.card.to_json(),
            "n_labelled": len(self.training.pairs),
            "folds": {name: table.to_dict("records") for name, table in self.tabulate_folds().items()},
            "best_epochs": [[fold.best_epochs for fold in folds] for folds in fitted],
            "last_epochs": [[fold.history[-1].epoch for fold in folds] for folds in fitted],
            "trust_in_images": trusts if self.crossfit.parts else None,
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


def judge_split(
    split: SplitName, data: TrainingData, crossfit: CrossFit, config: TrainConfig, *, calibrate: bool = True
) -> JudgedSplit:
    """Return the report card of one cross-fit.

    Parameters
    ----------
    split : {"pair", "tf", "target", "both", "paper"}
    data : TrainingData
        Divided by that split.
    crossfit : CrossFit
    config : TrainConfig
    calibrate : bool
        Calibrate scores on the other folds. Where it is False, a network of the paper is taken as it is, as the paper
        does, at its best epoch and at its last; late interaction is calibrated in any case.
    """
    training, features, tested = data.training, data.features, data.training.tested
    models = name_predictions(data, crossfit, config, calibrate=calibrate)
    pearson = correlations(features, training.pairs)[0]
    with_images = features.scorable("image", training.pairs.tf, training.pairs.target)
    ablation = _ablate(crossfit, training, next(iter(models.values())))
    baselines = judge_baselines(data, seed=config.seed)
    inputs = CardInputs(
        split=split,
        pairs=training.pairs.take(tested),
        labels=training.labels[tested],
        folds=training.folds[tested],
        models=_take(models, tested),
        baselines=_take(baselines, tested),
        correlation=pearson[tested] if np.isfinite(pearson[tested]).any() else None,
        with_images=with_images[tested],
        ablation=_take(ablation, tested),
        n_genes=data.n_genes,
        seed=config.seed,
        repeated=find_repeats(training.pairs.unordered_keys(data.n_genes), training.folds, training.allowed)[tested],
    )
    notes = [*training.notes, *_note_stops(crossfit, config)]
    notes += _describe_trust(data, with_images & np.isfinite(pearson) & tested, find_trusts(crossfit.fitted), config)
    if config.architecture == "sdinet" and config.model.modality == "fused":
        notes.append(NO_ABLATION)
    return JudgedSplit(split, training, crossfit, models, make_card(inputs), tuple(notes))


def name_model(modalities: frozenset[str], architecture: Architecture = "late") -> str:
    """Return the name of a model that looked at "rna", "image" or both."""
    if architecture == "sdinet":
        return PAPER_NAMES["fused" if len(modalities) == 2 else next(iter(modalities))]
    if len(modalities) == 2:
        return "grnet (fused)"
    return "grnet (RNA)" if "rna" in modalities else "grnet (images)"


def name_predictions(
    data: TrainingData, crossfit: CrossFit, config: TrainConfig, *, calibrate: bool = True
) -> dict[str, Floats]:
    """Return the out-of-fold probabilities of the model by its name, float64 [P] each; NaN where a pair is in no test.

    See :func:`judge_split`.
    """
    name = name_model(_modalities(data.features, config), config.architecture)
    if calibrate or crossfit.last_scores is None:
        return {name: _calibrate(crossfit.scores, data.training)}
    return {
        f"{name}, best epoch": _to_probability(crossfit.scores),
        f"{name}, last epoch": _to_probability(crossfit.last_scores),
    }


def judge_baselines(data: TrainingData, *, seed: int) -> dict[str, Floats]:
    """Return what each baseline says of the tested pairs: float64 [P] by name, NaN where a pair is in no test."""
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
        context=_describe_context(features, training.pairs),
        train=training.allowed,
    )
    return out_of_fold_baselines(inputs)


def find_trusts(fitted: list[list[FittedFold]]) -> list[list[float]]:
    """Return how far each late-interaction model trusts images, seed by seed and fold by fold; else nothing."""
    trusts = [[float(fit.model.trust) for fit in folds if isinstance(fit.model, LateInteraction)] for folds in fitted]
    return [folds for folds in trusts if folds]


def as_sentence(note: str) -> str:
    """Return a note as a sentence: a capital first, a full stop last."""
    return f"{note[:1].upper()}{note[1:].rstrip('.')}."


def _modalities(features: GeneFeatures, config: TrainConfig) -> frozenset[str]:
    """Return those of "rna" and "image" that the model may look at, and that the dataset has."""
    return frozenset(profiles.modality for profiles in features.of_modality(config.model.modality))


def _take(values: dict[str, Floats], rows: Bools) -> dict[str, Floats]:
    return {name: array[rows] for name, array in values.items()}


def _to_probability(logits: Floats) -> Floats:
    probability: Floats = 1.0 / (1.0 + np.exp(-logits))
    return probability


def _calibrate(scores: Floats, training: TrainingPairs) -> Floats:
    """Calibrate the scores of tested pairs on the other folds; a tested pair without a score gets their base rate."""
    probability = np.full(len(scores), np.nan)
    labels, folds, tested = training.labels, training.folds, training.tested
    for fold in np.unique(folds[tested]):
        probability[folds == fold] = labels[tested & (folds != fold)].mean()
    known = tested & np.isfinite(scores)
    if len(np.unique(folds[known])) > 1:
        probability[known] = cross_calibrate(scores[known], labels[known], folds[known])
    return probability


def _ablate(crossfit: CrossFit, training: TrainingPairs, fused: Floats) -> dict[str, Floats]:
    """Return the probabilities of each part of a fused model; none for other models."""
    if not crossfit.parts:
        return {}
    names = {"image": IMAGES_ALONE, "rna": RNA_ALONE}
    parts = {title: _calibrate(crossfit.parts[part], training) for part, title in names.items()}
    return {**parts, FUSED: fused}


def _describe_context(features: GeneFeatures, pairs: PairIndex) -> npt.NDArray[np.float32] | None:
    """Return the co-expression context of pairs with the backgrounds of both genes, float32 [P, F].

    NaN where a gene has no expression; None where none has.
    """
    profiles = features.of_modality("rna")
    if not profiles:
        return None
    tf, target = torch.from_numpy(pairs.tf), torch.from_numpy(pairs.target)
    tables = [ContextTable.from_profiles(entry, torch.device("cpu")) for entry in profiles]
    parts = [table.of_pairs(tf, target).numpy() for table in tables]
    backgrounds = [entry.background.reshape(-1, entry.background.shape[-1]).T for entry in profiles]  # [G, 4 M]
    parts += [background[genes] for background in backgrounds for genes in (pairs.tf, pairs.target)]
    context: npt.NDArray[np.float32] = np.hstack(parts)
    context[~features.scorable("rna", pairs.tf, pairs.target)] = np.nan
    return context


def _note_stops(crossfit: CrossFit, config: TrainConfig) -> list[str]:
    """Say where training ended before its last epoch."""
    lasts = [fold.history[-1].epoch for folds in crossfit.fitted for fold in folds]
    if crossfit.last_scores is None or min(lasts) == config.epochs:
        return []
    return [
        f"training stopped after {', '.join(map(str, lasts))} of {config.epochs} epochs (fold by fold): "
        f"{config.patience} epochs had brought no lower validation loss; --patience {config.epochs} trains to the end"
    ]


def _describe_trust(data: TrainingData, both: Bools, trusts: list[list[float]], config: TrainConfig) -> list[str]:
    """Say how far images move the scores of a fused model; `both` [P] are the tested pairs that have both."""
    modalities, folds = _modalities(data.features, config), data.training.folds
    if config.model.modality != "fused" or not trusts:
        return []
    if len(modalities) < 2:
        lacking, used = ("images", "RNA") if "rna" in modalities else ("expression", "images")
        return [f"the dataset has no {lacking}: the model was trained on {used} alone"]
    if max(int(np.sum(both & (folds != fold))) for fold in range(config.folds)) < FEWEST_PAIRS:
        return [
            "images were given no say where there is RNA: outside of each fold fewer than "
            f"{FEWEST_PAIRS} labelled pairs have both, too few to tell what images add"
        ]
    if max(map(max, trusts)) == 0:
        return [
            "images were given no say where there is RNA: on out-of-fold pairs they do not improve on RNA by more than "
            "one standard error, so the fused scores of such pairs are those of RNA alone"
        ]
    parts = ", ".join(f"{trust:.1f}" for member in trusts for trust in member)
    return [f"images may move a score that RNA gives by this part of what they say (1 is fully), fold by fold: {parts}"]
