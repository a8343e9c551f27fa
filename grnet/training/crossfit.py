"""Cross-fitting: models for each of K folds, blind to it, and the score of every tested pair from those blind ones.

Late interaction takes seconds a fold and decides across folds how far to trust images. A network of the paper takes
minutes to hours a fold, so a fold that is finished is written, and is not fitted again after a kill.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from grnet.models.arrays import InputShape
from grnet.models.late import LateInteraction
from grnet.models.run_folder import load_model, place_of
from grnet.schema.errors import InputError
from grnet.schema.model_configs import TrainConfig
from grnet.schema.progress import SILENT, Progress
from grnet.training.fitted import FittedFold, FoldRows, is_fold_written, read_fold, write_fold
from grnet.training.labelled import TrainingPairs
from grnet.training.late_fit import fit_fold, score_rows
from grnet.training.late_pairs import LabelledPairs
from grnet.training.sdinet_fit import SampledPairs, fit_sdinet, samples_of_a_pass
from grnet.training.streams import derive_seed
from grnet.training.training_data import TrainingData
from grnet.training.trust import nested_trust

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CrossFit:
    """Fold models and what they say of the pairs that they did not see.

    Attributes
    ----------
    fitted : list of lists of FittedFold
        S seeds, each with K folds.
    scores : float64 array [P]
        Out-of-fold logits, the mean over seeds; NaN where no model is tested on the pair.
    last_scores : float64 array [P] or None
        Those from the weights of the last epoch (networks of the paper).
    parts : dict of str to float64 array [P]
        Of a fused late-interaction model: out-of-fold logits of "rna" alone, which are those of an RNA model, and of
        "image" alone; NaN where a pair lacks the modality, or is in no test.
    """

    fitted: list[list[FittedFold]]
    scores: Floats
    last_scores: Floats | None = None
    parts: dict[str, Floats] = field(default_factory=dict)


def fit_folds(
    data: TrainingData,
    config: TrainConfig,
    folder: Path | None,
    *,
    device: torch.device,
    title: str = "training",
    progress: Progress = SILENT,
) -> CrossFit:
    """Fit the models of each fold, one for each seed, blind to that fold, and write them into `folder`.

    Parameters
    ----------
    data : TrainingData
    config : TrainConfig
    folder : Path or None
        Folds of a network of the paper that are there already are taken as they are. None, for late interaction only,
        keeps nothing.
    device : torch.device
    title : str
        Of the progress.
    progress : Progress

    Raises
    ------
    InputError
        The training diverged.
    """
    members = f" × {config.seeds} seeds" if config.seeds > 1 else ""
    job = _Job(config, folder, device, f"{title} {config.folds} folds{members}", progress)
    crossfit = _fit_late(data, job) if data.samples is None else _fit_sdinet(data, job)
    lost = int((~np.isfinite(crossfit.scores[data.training.tested])).sum())
    if lost:
        raise InputError(
            f"the training diverged, {lost:,} of {len(crossfit.scores):,} scores are no numbers; choose a "
            f"--learning-rate below {config.learning_rate:g}"
        )
    return crossfit


@dataclass(frozen=True)
class _Job:
    """How and where folds are fitted, and who is told."""

    config: TrainConfig
    folder: Path | None
    device: torch.device
    title: str
    progress: Progress

    def seed(self, fold: int, member: int) -> int:
        """Return the seed of the weights and the order of one model."""
        return derive_seed(self.config.seed, "fit", fold=fold, member=member)


def _fit_sdinet(data: TrainingData, job: _Job) -> CrossFit:
    """Fit the networks of the paper, fold by fold."""
    assert data.samples is not None
    assert job.folder is not None
    training, config, progress = data.training, job.config, job.progress
    pairs = SampledPairs.build(data.samples, training.pairs, training.labels)
    places = [(member, fold) for member in range(config.seeds) for fold in range(config.folds)]
    n_samples = [_count_samples(pairs, training.rows_of(fold, member), config) for member, fold in places]
    fitted: list[list[FittedFold]] = [[] for _ in range(config.seeds)]
    with progress.track(job.title, sum(n_samples), "samples") as advance:
        for (member, fold), n in zip(places, n_samples, strict=True):
            place, name = place_of(job.folder, fold, member), _name_fold(fold, member)
            if is_fold_written(place):
                model = load_model(place, config.model, InputShape.of(data.features), job.device)
                fitted[member].append(read_fold(place, model))
                advance(n)
                progress.say(f"{name}: fitted before, taken as it is")
                continue
            rows, unseen = training.rows_of(fold, member), np.flatnonzero(training.folds == fold)
            seed = job.seed(fold, member)
            fit = fit_sdinet(pairs, rows, unseen, config=config, seed=seed, advance=advance)
            write_fold(place, fit)
            fitted[member].append(fit)
            progress.say(_describe_fold(name, fit, config))
    best, last = (_collect(fitted, name, len(training.pairs)) for name in ("score", "score_last_epoch"))
    return CrossFit(fitted, best, last)


def _count_samples(pairs: SampledPairs, rows: FoldRows, config: TrainConfig) -> int:
    """Return how many samples the training of a model takes, if nothing ends it early."""
    return int(samples_of_a_pass(pairs.take(rows.fit).count(), config).sum()) * config.epochs


def _collect(fitted: list[list[FittedFold]], name: str, n_pairs: int) -> Floats:
    """Put the scores of all folds in the order of the labelled pairs, and average over seeds: [P]."""
    scores = np.full((len(fitted), n_pairs), np.nan)
    for member, folds in enumerate(fitted):
        for fold in folds:
            assert fold.held_out is not None
            scores[member, fold.held_out.position] = getattr(fold.held_out, name)
    mean: Floats = scores.mean(axis=0)
    return mean


def _name_fold(fold: int, member: int) -> str:
    return f"seed {member}, fold {fold}" if member else f"fold {fold}"


def _describe_fold(name: str, fit: FittedFold, config: TrainConfig) -> str:
    last, (best,) = fit.history[-1], fit.best_epochs.values()
    loss = fit.history[best - 1].validation_loss
    text = f"{name}: best epoch {best} of {last.epoch}, validation loss {loss:.4f}"
    if last.epoch < config.epochs:
        text += f"; stopped, since {config.patience} epochs brought no better one"
    return text


def _fit_late(data: TrainingData, job: _Job) -> CrossFit:
    """Fit late-interaction models and decide how far each trusts images."""
    training, config, modality = data.training, job.config, job.config.model.modality
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
    return CrossFit(fitted, scores, parts=parts if stages == 2 else {})


def _score_out_of_fold(fitted: list[FittedFold], data: LabelledPairs, training: TrainingPairs) -> dict[str, Floats]:
    """Set how far each model trusts images; return the logits of each pair from the model that did not see it.

    They are "total", "rna" and "image"; NaN where a pair lacks the modality, or is in no test.
    """
    rna, image, added, total = (np.full(len(training.pairs), np.nan) for _ in range(4))
    both = np.zeros(len(training.pairs), dtype=bool)
    models = [_as_late(member) for member in fitted]
    for fold, model in enumerate(models):
        unseen = np.flatnonzero(training.folds == fold)
        logits = score_rows(model, data, torch.from_numpy(unseen).to(data.labels.device))
        has_rna, has_image = logits.has_rna.cpu().numpy(), logits.has_image.cpu().numpy()
        rna[unseen] = np.where(has_rna, logits.rna.cpu().numpy(), np.nan)
        image[unseen] = np.where(has_image, logits.image.cpu().numpy(), np.nan)
        total[unseen] = logits.total.cpu().numpy()
        added[unseen] = (logits.image + logits.joint).cpu().numpy()
        both[unseen] = has_rna & has_image
    trusts = nested_trust(rna[both], added[both], training.labels[both], training.folds[both], n_folds=len(fitted))
    trusts = [trust if member.best_epochs.get("image") else 0.0 for member, trust in zip(fitted, trusts, strict=True)]
    for model, trust in zip(models, trusts, strict=True):
        model.trust.fill_(trust)
    own = np.asarray(trusts)[training.folds[both]]
    total[both] = rna[both] + own * added[both]
    return {"total": total, "rna": rna, "image": image}


def _as_late(member: FittedFold) -> LateInteraction:
    assert isinstance(member.model, LateInteraction)
    return member.model
