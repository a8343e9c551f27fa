"""Cross-fitting late interaction: it takes seconds a fold, and decides across folds how much each part counts.

Two questions are asked of the same parts. A report asks which of the labelled pairs are edges: there the weights of the
parts are fitted on labelled pairs. `infer-network` asks which of all candidates are edges, and the negatives that
somebody chose are not the candidates: the weights that the models keep are fitted on positives and a random sample of
candidates without a label.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from grnet.architectures.base import FitJob, TrainingData
from grnet.architectures.cross_fit import CrossFit
from grnet.architectures.device import one_thread
from grnet.architectures.fitted_fold import FittedFold, write_fold
from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.fitting import fit_fold, score_rows
from grnet.architectures.late.labelled_pairs import LabelledPairs
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.parts import Part
from grnet.architectures.late.stacking import (
    FEWEST_PAIRS,
    PartScores,
    Weights,
    describe_weights,
    fit_nested,
)
from grnet.architectures.weights import place_of
from grnet.architectures.workers import ThisProcess
from grnet.division.negatives import count_unknown, sample_negatives
from grnet.division.random_streams import derive_seed
from grnet.division.training_pairs import FoldRows, TrainingPairs
from grnet.schema.arrays import NO_FOLD, Bools, Float64, Indices, Int8
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import KNOWN_NETWORK, Modality, TrainConfig

CANDIDATES_PER_POSITIVE = 5
FEWEST_CANDIDATES, MOST_CANDIDATES = 2_000, 20_000
"""Of the sample that the weights of the parts are fitted on."""


def start_late(job: FitJob) -> Callable[[], CrossFit]:
    """Begin to fit late-interaction models; what is returned waits for them and decides how much each part counts."""
    data, config = job.data, job.config
    workers = job.workers or ThisProcess(data.features)
    training = data.training
    waiting = [
        [
            workers.submit(
                fit_one, training, data.tfs, training.rows_of(fold, member), config, job.seed(fold, member), job.device
            )
            for fold in range(config.folds)
        ]
        for member in range(config.seeds)
    ]
    return lambda: _finish(job, waiting)


def fit_one(
    features: GeneFeatures,
    training: TrainingPairs,
    tfs: Indices,
    rows: FoldRows,
    config: TrainConfig,
    seed: int,
    device: torch.device,
) -> FittedFold:
    """Fit the model of one fold and seed, on one thread of a processor.

    Parameters
    ----------
    features : GeneFeatures
    training : TrainingPairs
    tfs : int64 array
        Genes that can be the TF of a candidate.
    rows : FoldRows
    config : TrainConfig
    seed : int
    device : torch.device
    """
    with one_thread(), threadpool_limits(1):
        data = _gather(features, training, tfs, config.model.modality, device)
        return fit_fold(data, InputShape.of(features, without=config.without), rows, config=config, seed=seed)


_gathered: list[tuple[GeneFeatures, TrainingPairs, Modality, torch.device, LabelledPairs]] = []
"""What this process gathered last: the folds of a split are fitted one after the other."""


def _gather(
    features: GeneFeatures, training: TrainingPairs, tfs: Indices, modality: Modality, device: torch.device
) -> LabelledPairs:
    """Return the labelled pairs and all that a model reads of them."""
    for known, of_training, *rest, gathered in _gathered:
        if known is features and rest == [modality, device]:
            return gathered if of_training is training else gathered.select(training.pairs, training.labels)
    gathered = LabelledPairs.build(training.pairs, training.labels, features, modality=modality, device=device, tfs=tfs)
    _gathered[:] = [(features, training, modality, device, gathered)]
    return gathered


def _finish(job: FitJob, waiting: list[list[Callable[[], FittedFold]]]) -> CrossFit:
    """Wait for all models, and decide how much each part of a score counts."""
    config = job.config
    fitted: list[list[FittedFold]] = []
    with job.progress.track(job.title, config.seeds * config.folds, "models") as advance:
        for of_member in waiting:
            fitted.append([])
            for wait in of_member:
                fitted[-1].append(wait())
                advance(1)
    try:
        with one_thread(), threadpool_limits(1):
            return _decide(job, fitted)
    finally:
        _gathered.clear()


def _decide(job: FitJob, fitted: list[list[FittedFold]]) -> CrossFit:
    """Fit how much each part of a score counts, and keep it with the models."""
    data, config = job.data, job.config
    training, modality = data.training, config.model.modality
    shape = InputShape.of(data.features, without=config.without)
    pairs = _gather(data.features, training, data.tfs, modality, job.device)
    members = [_Member([_as_late(fit) for fit in folds], pairs, training) for folds in fitted]
    if job.folder is not None:
        candidates = pairs.select(*_draw_candidates(data, modality, derive_seed(config.seed, "weights")))
        for member, (folds, own) in enumerate(zip(fitted, members, strict=True)):
            own.keep_weights_for(candidates)
            for fold, fit in enumerate(folds):
                write_fold(place_of(job.folder, fold, member), fit)
    scores = np.mean([own.score() for own in members], axis=0)
    parts = {}
    if len({profiles.modality for profiles in data.features.of_modality(modality)}) == 2:
        parts = {name: np.mean([own.score(name) for own in members], axis=0) for name in ("rna", "image")}
    weights = [describe_weights(own.models[0].parts, own.weights) for own in members]
    without = {}
    if shape.known_network:
        without[KNOWN_NETWORK] = np.mean([own.score_without(Part("known network")) for own in members], axis=0)
    notes = describe_fusion(data, _have_both(data.features, training), members, config)
    return CrossFit(fitted, scores, parts=parts, without=without, part_weights=weights, notes=notes)


class _Member:
    """The models of all folds of one seed, and what they say of the labelled pairs that they did not see.

    Parameters
    ----------
    models : list of LateInteraction
        One for each fold.
    data : LabelledPairs
    training : TrainingPairs
    """

    def __init__(self, models: list[LateInteraction], data: LabelledPairs, training: TrainingPairs) -> None:
        self.models, self.training = models, training
        self.scores = _score_by_fold(models, data, training.folds)
        self.tested = training.tested
        self.weights = self._fit(self.scores)

    def _fit(self, scores: PartScores) -> list[Weights]:
        """Return the weights of each fold, fitted on the labelled pairs of the others."""
        tested, training = self.tested, self.training
        return fit_nested(
            scores.take(tested), training.labels[tested], training.folds[tested], n_folds=len(self.models)
        )

    def score(self, pattern: str | None = None) -> Float64:
        """Return the out-of-fold logits of labelled pairs [P]; NaN where a pair is in no test.

        Parameters
        ----------
        pattern : {"rna", "image"}, optional
            Look at one modality alone; NaN where a pair lacks it.
        """
        return self._add_up(self.scores, self.weights, pattern)

    def score_without(self, part: Part) -> Float64:
        """Return the out-of-fold logits [P] of the same models without a part, with weights fitted for that."""
        scores = self.scores.without(part)
        return self._add_up(scores, self._fit(scores))

    def _add_up(self, scores: PartScores, weights: list[Weights], pattern: str | None = None) -> Float64:
        total = np.full(len(self.tested), np.nan)
        for fold, of_fold in enumerate(weights):
            own = self.training.folds == fold
            if pattern is not None:
                own &= scores.sharing(pattern)
            total[own] = of_fold.add_up(scores.take(own), pattern)
        return total

    def keep_weights_for(self, candidates: LabelledPairs) -> None:
        """Give each model the weights by which positives stand out of a sample of candidates, fitted on other folds."""
        positive = self.tested & (self.training.labels == 1)
        of_candidates = (np.arange(len(candidates.pairs)) % len(self.models)).astype(np.int8)
        scores = self.scores.take(positive).join(_score_by_fold(self.models, candidates, of_candidates))
        labels = np.repeat(np.array([1, 0], dtype=np.int8), [positive.sum(), len(of_candidates)])
        folds = np.concatenate([self.training.folds[positive], of_candidates])
        fitted = self.weights if not len(of_candidates) else fit_nested(scores, labels, folds, n_folds=len(self.models))
        for model, weights in zip(self.models, fitted, strict=True):
            model.weights.copy_(torch.from_numpy(weights.of_parts))
            model.base.copy_(torch.from_numpy(weights.base))


def _score_by_fold(models: list[LateInteraction], data: LabelledPairs, folds: Int8) -> PartScores:
    """Return what the parts say of each pair, from the model of its fold; 0 where it has none."""
    parts = models[0].parts
    values = np.zeros((len(parts), len(folds)))
    has_rna, has_image = (np.zeros(len(folds), dtype=bool) for _ in range(2))
    for fold, model in enumerate(models):
        own = np.flatnonzero(folds == fold)
        if len(own):
            logits = score_rows(model, data, torch.from_numpy(own).to(data.labels.device))
            values[:, own] = logits.parts.cpu().numpy()
            has_rna[own], has_image[own] = logits.has_rna.cpu().numpy(), logits.has_image.cpu().numpy()
    return PartScores(parts, values, has_rna, has_image)


def _draw_candidates(data: TrainingData, modality: Modality, seed: int) -> tuple[PairIndex, Int8]:
    """Return random candidates without a label that the models can see, and 0 for each."""
    present = data.features.present(modality)
    tfs, targets = data.tfs[present[data.tfs]], np.flatnonzero(present)
    known = data.training.pairs
    wanted = CANDIDATES_PER_POSITIVE * int(data.training.labels.sum())
    n = min(
        int(np.clip(wanted, FEWEST_CANDIDATES, MOST_CANDIDATES)),
        count_unknown(known, tfs, targets, n_genes=data.n_genes),
    )
    drawn = sample_negatives(known, tfs, targets, n=n, n_genes=data.n_genes, seed=seed)
    drawn = drawn.take(data.features.scorable(modality, drawn.tf, drawn.target))
    return drawn, np.zeros(len(drawn), dtype=np.int8)


def _as_late(member: FittedFold) -> LateInteraction:
    assert isinstance(member.model, LateInteraction)
    return member.model


def describe_fusion(data: TrainingData, both: Bools, members: list[_Member], config: TrainConfig) -> tuple[str, ...]:
    """Say what images count for in a fused model; `both` [P] are the tested pairs that have both modalities."""
    modalities = {profiles.modality for profiles in data.features.of_modality(config.model.modality)}
    if config.model.modality != "fused":
        return ()
    if len(modalities) < 2:
        lacking, used = ("images", "RNA") if "rna" in modalities else ("expression", "images")
        return (f"the dataset has no {lacking}: the model was trained on {used} alone",)
    folds, labels = data.training.folds, data.training.labels
    outside = [both & (folds != fold) & (folds != NO_FOLD) for fold in range(config.folds)]
    if max(min(int((labels[own] == label).sum()) for label in (0, 1)) for own in outside) < FEWEST_PAIRS:
        return (
            f"images have no weight beside RNA: outside each fold, fewer than {FEWEST_PAIRS} labelled pairs of each "
            "label have both, too few to estimate what images add",
        )
    if not any(weighs_images(member.models[0], weights) for member in members for weights in member.weights):
        return (
            "images have no weight beside RNA: on out-of-fold pairs they do not improve on RNA, so the fused scores of "
            "pairs with both are those of RNA alone",
        )
    return ()


def weighs_images(model: LateInteraction, weights: Weights) -> bool:
    """Whether any part that looks at images counts beside RNA."""
    of_images = [part.modality == "image" for part in model.parts]
    return bool((weights.of_parts[-1, of_images] > 0).any())


def _have_both(features: GeneFeatures, training: TrainingPairs) -> Bools:
    """Return which tested pairs [P] share a measurement of RNA and one of images."""
    tf, target = training.pairs.tf, training.pairs.target
    return features.scorable("rna", tf, target) & features.scorable("image", tf, target) & training.tested
