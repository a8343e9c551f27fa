"""Cross-fitting: K fold models, each blind to one fold, and the honest figures that come of it → a run folder."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from grnet.dataset.directory import Dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.evaluation.splits import validation_mask
from grnet.features.build import build_features
from grnet.models.arrays import InputShape
from grnet.models.device import choose_device
from grnet.models.run_folder import SETTINGS_FILE, describe_dataset, save_model, write_settings
from grnet.schema.configs import to_plain
from grnet.schema.errors import InputError
from grnet.schema.features import GeneFeatures
from grnet.schema.model_configs import TrainConfig
from grnet.schema.progress import SILENT, Progress
from grnet.schema.storage import new_folder, write_json
from grnet.training.fit import FittedFold, FoldRows, fit_fold, score_rows
from grnet.training.fusion import nested_trust
from grnet.training.labelled import TrainingPairs, choose_pairs
from grnet.training.pairs import LabelledPairs
from grnet.training.run_figures import Outcome, TrainingResult, write_figures

Floats = npt.NDArray[np.float64]


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
    with new_folder(out, overwrite=overwrite, marker=SETTINGS_FILE) as folder:
        features = build_features(dataset)
        training = choose_pairs(dataset, features, config)
        fitted, scores = fit_folds(dataset, features, training, config, device=device, progress=progress)
        source = describe_dataset(dataset.path, out, name=dataset.name, fingerprint=fingerprint(dataset.path))
        resolved = to_plain(replace(config, device=str(device)))
        write_settings(folder, train=resolved, shape=InputShape.of(features), dataset=source, version=version)
        _write_members(folder, fitted)
        outcome = Outcome.judge(training, features, scores, config=config)
        title = f"{outcome.model} on {dataset.name}"
        return write_figures(folder, outcome, fitted, title=title, symbols=dataset.genes.symbols)


def _write_members(folder: Path, fitted: list[FittedFold]) -> None:
    """Write weights and history of every fold model."""
    for fold, member in enumerate(fitted):
        place = folder / f"fold-{fold}"
        place.mkdir()
        save_model(member.model, place)
        history = {"best_epochs": member.best_epochs, "epochs": [asdict(epoch) for epoch in member.history]}
        write_json(history, place / "history.json")


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

    Raises
    ------
    InputError
        The training diverged.
    """
    shape = InputShape.of(features)
    data = LabelledPairs.build(training.pairs, training.labels, features, modality=config.model.modality, device=device)
    stages = len({profiles.modality for profiles in features.of_modality(config.model.modality)})
    fitted: list[FittedFold] = []
    with progress.track(f"training {config.folds} folds", stages * config.folds * config.epochs, "epochs") as advance:
        for fold in range(config.folds):
            rows = _rows_of(training, fold, n_genes=len(dataset.genes), config=config)
            fitted.append(fit_fold(data, shape, rows, config=config, seed=config.seed + fold, advance=advance))
    scores = _score_out_of_fold(fitted, data, training)
    if not np.isfinite(scores).all():
        raise InputError(
            f"{dataset.path}: the training diverged, {(~np.isfinite(scores)).sum():,} of {len(scores):,} scores are "
            f"no numbers; choose a --learning-rate below {config.learning_rate:g}"
        )
    return fitted, scores


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
    trusts = nested_trust(rna[both], added[both], training.labels[both], training.folds[both], n_folds=len(fitted))
    trusts = [trust if member.best_epochs.get("image") else 0.0 for member, trust in zip(fitted, trusts, strict=True)]
    for member, trust in zip(fitted, trusts, strict=True):
        member.model.trust.fill_(trust)
    return np.where(both, rna + np.asarray(trusts)[training.folds] * added, total)
