"""Cross-fitting: K fold models, each blind to one fold, and the score of every labelled pair from that blind one.

Late interaction takes seconds a fold and decides across folds how far to trust images. A network of the paper takes
minutes to hours a fold, so a fold that is finished is written, and is not fitted again after a kill.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from grnet.dataset.directory import Dataset
from grnet.features.build import build_features
from grnet.features.pair_samples import PairSamples
from grnet.models.arrays import InputShape
from grnet.models.device import choose_device
from grnet.models.late import LateInteraction
from grnet.models.run_folder import load_model
from grnet.models.sdinet.classifier import check_compiler, choose_precision
from grnet.schema.configs import to_plain
from grnet.schema.errors import InputError
from grnet.schema.features import GeneFeatures
from grnet.schema.model_configs import SdinetConfig, SplitName, TrainConfig
from grnet.schema.progress import SILENT, Progress
from grnet.training.fitted import FittedFold, HeldOut, is_fold_written, read_fold, write_fold
from grnet.training.labelled import TrainingPairs, choose_pairs
from grnet.training.late_fit import fit_fold, score_rows
from grnet.training.late_pairs import LabelledPairs
from grnet.training.sdinet_fit import SampledPairs, fit_sdinet, samples_of_a_pass
from grnet.training.trust import nested_trust

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TrainingData:
    """A dataset as training sees it.

    Attributes
    ----------
    features : GeneFeatures
    samples : PairSamples or None
        What the networks of the paper read; None for late interaction.
    training : TrainingPairs
    n_genes : int
    """

    features: GeneFeatures
    samples: PairSamples | None
    training: TrainingPairs
    n_genes: int

    @classmethod
    def build(
        cls, dataset: Dataset, config: TrainConfig, device: torch.device, *, split: SplitName = "pair"
    ) -> TrainingData:
        """Compute features, and choose and divide the labelled pairs.

        Raises
        ------
        InputError
            Too few known edges that the modality can see.
        """
        features = build_features(dataset)
        model = config.model
        samples = PairSamples.build(dataset, model, device) if isinstance(model, SdinetConfig) else None
        training = choose_pairs(dataset, features, config, split=split, samples=samples)
        return cls(features, samples, training, len(dataset.genes))


def prepare_training(
    dataset: Dataset, config: TrainConfig, *, split: SplitName = "pair"
) -> tuple[TrainConfig, TrainingData, torch.device]:
    """Settle what "auto" stands for, and build what training sees.

    Returns
    -------
    TrainConfig
        With the device and the precision that are used, as a run folder is to record them.
    TrainingData
    torch.device

    Raises
    ------
    ConfigError
        The device is not here, or cannot compile.
    InputError
        Too few known edges that the modality can see.
    """
    device = choose_device(config.device)
    model = config.model
    if isinstance(model, SdinetConfig):
        check_compiler(model, device)
        model = replace(model, precision=choose_precision(model.precision, device))
    resolved = replace(config, model=model, device=str(device))
    return resolved, TrainingData.build(dataset, resolved, device, split=split), device


def describe_plan(dataset_mark: str, config: TrainConfig, data: TrainingData, *, version: str) -> dict[str, Any]:
    """Return all that decides the bytes of a fitted fold: what unfinished work has to share to be gone on with."""
    training = data.training
    digest = hashlib.sha256()
    for array in (training.pairs.tf, training.pairs.target, training.labels, training.folds, training.stops):
        digest.update(np.ascontiguousarray(array).tobytes())
    return {
        "grnet": version,
        "torch": torch.__version__,
        "dataset": dataset_mark,
        "labelled pairs": digest.hexdigest(),
        "train": to_plain(config),
    }


@dataclass(frozen=True)
class CrossFit:
    """Fold models and what they say of the pairs that they did not see.

    Attributes
    ----------
    fitted : list of FittedFold
    scores : float64 array [P]
        Out-of-fold logits.
    last_scores : float64 array [P] or None
        Those from the weights of the last epoch (networks of the paper).
    """

    fitted: list[FittedFold]
    scores: Floats
    last_scores: Floats | None = None


def fit_folds(
    data: TrainingData,
    config: TrainConfig,
    folder: Path,
    *,
    device: torch.device,
    progress: Progress = SILENT,
) -> CrossFit:
    """Fit one model for each fold, blind to that fold, and write it into `folder` as fold-K.

    Parameters
    ----------
    data : TrainingData
    config : TrainConfig
    folder : Path
        Folds of a network of the paper that are there already are taken as they are.
    device : torch.device
    progress : Progress

    Raises
    ------
    InputError
        The training diverged.
    """
    crossfit = (_fit_late if data.samples is None else _fit_sdinet)(data, config, folder, device, progress)
    lost = int((~np.isfinite(crossfit.scores)).sum())
    if lost:
        raise InputError(
            f"the training diverged, {lost:,} of {len(crossfit.scores):,} scores are no numbers; choose a "
            f"--learning-rate below {config.learning_rate:g}"
        )
    return crossfit


def _fit_sdinet(
    data: TrainingData, config: TrainConfig, folder: Path, device: torch.device, progress: Progress
) -> CrossFit:
    """Fit the networks of the paper, fold by fold."""
    assert data.samples is not None
    training = data.training
    pairs = SampledPairs.build(data.samples, training.pairs, training.labels)
    divisions = [training.rows_of(fold) for fold in range(config.folds)]
    counts = [samples_of_a_pass(pairs.take(rows.fit).count(), config) for rows in divisions]
    n_samples = [int(count.sum()) * config.epochs for count in counts]
    fitted: list[FittedFold] = []
    with progress.track(f"training {config.folds} folds", sum(n_samples), "samples") as advance:
        for fold, rows in enumerate(divisions):
            place = folder / f"fold-{fold}"
            if is_fold_written(place):
                fitted.append(read_fold(place, load_model(place, config.model, InputShape.of(data.features), device)))
                advance(n_samples[fold])
                progress.say(f"fold {fold}: fitted before, taken as it is")
                continue
            unseen = np.flatnonzero(training.folds == fold)
            member = fit_sdinet(pairs, rows, unseen, config=config, seed=config.seed + fold, advance=advance)
            write_fold(place, member)
            fitted.append(member)
            progress.say(_describe_fold(fold, member, config))
    held_out = [member.held_out for member in fitted]
    return CrossFit(fitted, *(_collect(held_out, name, len(training.pairs)) for name in ("score", "score_last_epoch")))


def _collect(held_out: list[HeldOut | None], name: str, n_pairs: int) -> Floats:
    """Put the scores of all folds in the order of the labelled pairs."""
    scores = np.full(n_pairs, np.nan)
    for part in held_out:
        assert part is not None
        scores[part.position] = getattr(part, name)
    return scores


def _describe_fold(fold: int, member: FittedFold, config: TrainConfig) -> str:
    last, (best,) = member.history[-1], member.best_epochs.values()
    loss = member.history[best - 1].validation_loss
    text = f"fold {fold}: best epoch {best} of {last.epoch}, validation loss {loss:.4f}"
    if last.epoch < config.epochs:
        text += f"; stopped, since {config.patience} epochs brought no better one"
    return text


def _fit_late(
    data: TrainingData, config: TrainConfig, folder: Path, device: torch.device, progress: Progress
) -> CrossFit:
    """Fit late-interaction models and decide how far each trusts images."""
    training, modality = data.training, config.model.modality
    shape = InputShape.of(data.features)
    pairs = LabelledPairs.build(training.pairs, training.labels, data.features, modality=modality, device=device)
    stages = len({profiles.modality for profiles in data.features.of_modality(modality)})
    fitted: list[FittedFold] = []
    with progress.track(f"training {config.folds} folds", stages * config.folds * config.epochs, "epochs") as advance:
        for fold in range(config.folds):
            rows = training.rows_of(fold)
            fitted.append(fit_fold(pairs, shape, rows, config=config, seed=config.seed + fold, advance=advance))
    scores = _score_out_of_fold(fitted, pairs, training)
    for fold, member in enumerate(fitted):
        write_fold(folder / f"fold-{fold}", member)
    return CrossFit(fitted, scores)


def _score_out_of_fold(fitted: list[FittedFold], data: LabelledPairs, training: TrainingPairs) -> Floats:
    """Return the logit of each pair from the model that did not see it; set how far each model trusts images."""
    rna, added, total = (np.zeros(len(training.pairs)) for _ in range(3))
    both = np.zeros(len(training.pairs), dtype=bool)
    models = [_as_late(member) for member in fitted]
    for fold, model in enumerate(models):
        unseen = np.flatnonzero(training.folds == fold)
        logits = score_rows(model, data, torch.from_numpy(unseen).to(data.labels.device))
        rna[unseen], total[unseen] = logits.rna.cpu().numpy(), logits.total.cpu().numpy()
        added[unseen] = (logits.image + logits.joint).cpu().numpy()
        both[unseen] = (logits.has_rna & logits.has_image).cpu().numpy()
    trusts = nested_trust(rna[both], added[both], training.labels[both], training.folds[both], n_folds=len(fitted))
    trusts = [trust if member.best_epochs.get("image") else 0.0 for member, trust in zip(fitted, trusts, strict=True)]
    for model, trust in zip(models, trusts, strict=True):
        model.trust.fill_(trust)
    return np.where(both, rna + np.asarray(trusts)[training.folds] * added, total)


def _as_late(member: FittedFold) -> LateInteraction:
    assert isinstance(member.model, LateInteraction)
    return member.model
