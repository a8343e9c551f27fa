"""Cross-fitting the networks of the paper: minutes to hours a fold, so each fold is kept as soon as it is fitted."""

from __future__ import annotations

from collections.abc import Callable

from grnet.architectures.base import FitJob
from grnet.architectures.cross_fit import CrossFit, collect_held_out
from grnet.architectures.fitted_fold import FittedFold
from grnet.architectures.fold_by_fold import fit_fold_by_fold
from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.fitting import SampledPairs, fit_sdinet, samples_of_a_pass
from grnet.division.training_pairs import FoldRows
from grnet.schema.arrays import Indices
from grnet.schema.training_config import TrainConfig

NO_ABLATION = (
    "this network has no separate contributions of images and RNA. Compare crossval with --modality image, rna and "
    "fused"
)


def fit_networks(job: FitJob) -> CrossFit:
    """Fit the networks of the paper, fold by fold."""
    training, config = job.data.training, job.config
    pairs = SampledPairs.build(job.data.inputs, training.pairs, training.labels)
    model_config = config.model
    assert isinstance(model_config, SdinetConfig)

    def fit(rows: FoldRows, unseen: Indices, seed: int, advance: Callable[[int], None]) -> FittedFold:
        return fit_sdinet(pairs, rows, unseen, config=config, seed=seed, advance=advance)

    fitted = fit_fold_by_fold(
        job,
        fit,
        build=lambda: PairClassifier(model_config),
        measure=lambda rows: _count_samples(pairs, rows, config),
        unit="samples",
        describe=lambda fold: _describe_fold(fold, config),
    )
    best, last = (collect_held_out(fitted, name, len(training.pairs)) for name in ("score", "score_last_epoch"))
    notes = _note_stops(fitted, config)
    if model_config.modality == "fused":
        notes.append(NO_ABLATION)
    return CrossFit(fitted, best, last, notes=tuple(notes))


def _count_samples(pairs: SampledPairs, rows: FoldRows, config: TrainConfig) -> int:
    """Return how many samples the training of a model takes, if nothing ends it early."""
    return int(samples_of_a_pass(pairs.take(rows.fit).count(), config).sum()) * config.epochs


def _describe_fold(fit: FittedFold, config: TrainConfig) -> str:
    last, (best,) = fit.history[-1], fit.best_epochs.values()
    loss = fit.history[best - 1].validation_loss
    text = f"best epoch {best} of {last.epoch}, validation loss {loss:.4f}"
    if last.epoch < config.epochs:
        text += f"; stopped, since {config.patience} epochs brought no better one"
    return text


def _note_stops(fitted: list[list[FittedFold]], config: TrainConfig) -> list[str]:
    """Say where training ended before its last epoch."""
    lasts = [fold.history[-1].epoch for folds in fitted for fold in folds]
    if min(lasts) == config.epochs:
        return []
    return [
        f"training stopped after {', '.join(map(str, lasts))} of {config.epochs} epochs (fold by fold): "
        f"{config.patience} epochs had brought no lower validation loss; --patience {config.epochs} trains to the end"
    ]
