"""Cross-fitting one model at a time: a fold that is finished is written, and is not fitted again after a kill."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from torch import nn

from grnet.architectures.base import FitJob
from grnet.architectures.fitted_fold import FittedFold, is_fold_written, read_fold, write_fold
from grnet.architectures.weights import load_weights, place_of
from grnet.division.training_pairs import FoldRows
from grnet.schema.arrays import Indices

Fit = Callable[[FoldRows, Indices, int, Callable[[int], None]], FittedFold]
"""Takes the rows that a model may learn from, those of its fold, a seed, and who is told of work done."""


def fit_fold_by_fold(
    job: FitJob,
    fit: Fit,
    *,
    build: Callable[[], nn.Module],
    measure: Callable[[FoldRows], int] = lambda rows: 1,
    unit: str = "models",
    describe: Callable[[FittedFold], str] = lambda fold: "",
) -> list[list[FittedFold]]:
    """Fit the model of each seed and fold in turn; each scores the labelled pairs of its fold.

    Parameters
    ----------
    job : FitJob
    fit : callable
        Fits one model and gives it with its held-out scores.
    build : callable
        Returns an untrained model, which takes the weights of a fold that is there already.
    measure : callable
        How much work the training of a model is, in units of the progress.
    unit : str
        Of the progress.
    describe : callable
        What to say of a model that was fitted.

    Returns
    -------
    list of lists of FittedFold
        S seeds, each with K folds.
    """
    training, config = job.data.training, job.config
    places = [(member, fold) for member in range(config.seeds) for fold in range(config.folds)]
    work = [measure(training.rows_of(fold, member)) for member, fold in places]
    fitted: list[list[FittedFold]] = [[] for _ in range(config.seeds)]
    with job.progress.track(job.title, sum(work), unit) as advance:
        for (member, fold), amount in zip(places, work, strict=True):
            place = None if job.folder is None else place_of(job.folder, fold, member)
            name = f"seed {member}, fold {fold}" if member else f"fold {fold}"
            if place is not None and is_fold_written(place):
                fitted[member].append(read_fold(place, load_weights(build(), place, job.device)))
                advance(amount)
                job.progress.say(f"{name}: fitted before, taken as it is")
                continue
            rows, unseen = training.rows_of(fold, member), np.flatnonzero(training.folds == fold)
            model = fit(rows, unseen, job.seed(fold, member), advance)
            if place is not None:
                write_fold(place, model)
            fitted[member].append(model)
            said = describe(model)
            if said:
                job.progress.say(f"{name}: {said}")
    return fitted
