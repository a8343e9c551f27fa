"""Cross-fitting late interaction: it takes seconds a fold, and decides across folds how far to trust images."""

from __future__ import annotations

import numpy as np
import torch

from grnet.architectures.base import FitJob, TrainingData
from grnet.architectures.cross_fit import CrossFit
from grnet.architectures.fitted_fold import FittedFold, write_fold
from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.fitting import fit_fold, score_rows
from grnet.architectures.late.image_trust import FEWEST_PAIRS, ImageSay, nested_say
from grnet.architectures.late.labelled_pairs import LabelledPairs
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.weights import place_of
from grnet.division.training_pairs import TrainingPairs
from grnet.schema.arrays import Bools, Float64
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import TrainConfig


def fit_late(job: FitJob) -> CrossFit:
    """Fit late-interaction models and decide how far each trusts images."""
    data, config = job.data, job.config
    training, modality = data.training, config.model.modality
    shape = InputShape.of(data.features)
    pairs = LabelledPairs.build(
        training.pairs, training.labels, data.features, modality=modality, device=job.device, tfs=data.tfs
    )
    stages = len({profiles.modality for profiles in data.features.of_modality(modality)})
    total = stages * config.seeds * config.folds * config.epochs
    fitted: list[list[FittedFold]] = []
    with job.progress.track(job.title, total, "epochs") as advance:
        for member in range(config.seeds):
            fitted.append([])
            for fold in range(config.folds):
                rows, seed = training.rows_of(fold, member), job.seed(fold, member)
                fitted[member].append(fit_fold(pairs, shape, rows, config=config, seed=seed, advance=advance))
    of_members = [_score_out_of_fold(folds, pairs, training) for folds in fitted]
    parts = {name: np.mean([scores[name] for scores in of_members], axis=0) for name in of_members[0]}
    if job.folder is not None:
        for member, folds in enumerate(fitted):
            for fold, fit in enumerate(folds):
                write_fold(place_of(job.folder, fold, member), fit)
    scores = parts.pop("total")
    trusts = [[float(_as_late(fit).trust) for fit in folds] for folds in fitted]
    notes = describe_trust(data, _have_both(data.features, data.training), trusts, config)
    return CrossFit(fitted, scores, parts=parts if stages == 2 else {}, image_trusts=trusts, notes=notes)


def _score_out_of_fold(fitted: list[FittedFold], data: LabelledPairs, training: TrainingPairs) -> dict[str, Float64]:
    """Return the logits of each pair from the model that did not see it, and set how far each model trusts images.

    Logits are "total", "rna" and "image"; NaN where a pair lacks the modality, or is in no test.
    """
    rna, image, joint, total = (np.full(len(training.pairs), np.nan) for _ in range(4))
    both = np.zeros(len(training.pairs), dtype=bool)
    models = [_as_late(member) for member in fitted]
    for fold, model in enumerate(models):
        unseen = np.flatnonzero(training.folds == fold)
        logits = score_rows(model, data, torch.from_numpy(unseen).to(data.labels.device))
        has_rna, has_image = logits.has_rna.cpu().numpy(), logits.has_image.cpu().numpy()
        rna[unseen] = np.where(has_rna, logits.rna.cpu().numpy(), np.nan)
        image[unseen] = np.where(has_image, logits.image.cpu().numpy(), np.nan)
        total[unseen] = logits.total.cpu().numpy()
        joint[unseen] = logits.joint.cpu().numpy()
        both[unseen] = has_rna & has_image
    parts, labels, folds = (rna[both], image[both], joint[both]), training.labels[both], training.folds[both]
    say = nested_say(*parts, labels, folds, n_folds=len(fitted))
    say = [
        one if member.best_epochs.get("image") else ImageSay(0.0, one.joint)
        for member, one in zip(fitted, say, strict=True)
    ]
    fused = total[both]
    for fold, (model, one) in enumerate(zip(models, say, strict=True)):
        model.trust.fill_(one.trust)
        if not one.joint:
            model.silence_joint()
        own = folds == fold
        fused[own] = one.add_to(*(part[own] for part in parts))
    total[both] = fused
    return {"total": total, "rna": rna, "image": image}


def _as_late(member: FittedFold) -> LateInteraction:
    assert isinstance(member.model, LateInteraction)
    return member.model


def describe_trust(data: TrainingData, both: Bools, trusts: list[list[float]], config: TrainConfig) -> tuple[str, ...]:
    """Say how far images move the scores of a fused model; `both` [P] are the tested pairs that have both."""
    modalities = {profiles.modality for profiles in data.features.of_modality(config.model.modality)}
    if config.model.modality != "fused":
        return ()
    if len(modalities) < 2:
        lacking, used = ("images", "RNA") if "rna" in modalities else ("expression", "images")
        return (f"the dataset has no {lacking}: the model was trained on {used} alone",)
    folds = data.training.folds
    if max(int(np.sum(both & (folds != fold))) for fold in range(config.folds)) < FEWEST_PAIRS:
        return (
            "images were given no say where there is RNA: outside of each fold fewer than "
            f"{FEWEST_PAIRS} labelled pairs have both, too few to tell what images add",
        )
    if max(map(max, trusts)) == 0:
        return (
            "images were given no say where there is RNA: on out-of-fold pairs they do not improve on RNA by more than "
            "one standard error, so the fused scores of such pairs are those of RNA alone",
        )
    parts = ", ".join(f"{trust:.1f}" for member in trusts for trust in member)
    return (
        f"images may move a score that RNA gives by this part of what they say (1 is fully), fold by fold: {parts}",
    )


def _have_both(features: GeneFeatures, training: TrainingPairs) -> Bools:
    """Return which tested pairs [P] share a measurement of RNA and one of images."""
    tf, target = training.pairs.tf, training.pairs.target
    return features.scorable("rna", tf, target) & features.scorable("image", tf, target) & training.tested
