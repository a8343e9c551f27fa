"""The figures of each fold of one predictor, their mean and their deviation.

Enter: labels, folds, and an out-of-fold probability of every pair. Leaves: a table for the screen, `metrics.json` and
the page.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.evaluation.metrics import classification_metrics
from grnet.schema.arrays import check_scores
from grnet.schema.errors import InputError

PER_FOLD = ("accuracy", "f1", "auroc", "auprc", "brier")
COUNTS = ("tp", "fp", "tn", "fn")
MEAN, DEVIATION = "mean", "sd"


def fold_table(labels: npt.ArrayLike, probabilities: npt.ArrayLike, folds: npt.ArrayLike) -> pd.DataFrame:
    """Return the figures of each fold, then their mean and standard deviation.

    Parameters
    ----------
    labels, folds : int arrays [P]
    probabilities : float array [P]

    Returns
    -------
    DataFrame
        One row for each fold, in order, then "mean" and "sd"; columns fold (text), n, base_rate, accuracy, f1, auroc,
        auprc, brier, tp, fp, tn, fn (counts at a probability of 0.5).

    Raises
    ------
    InputError
        Lengths differ, or a value is impossible.
    """
    y, p = check_scores(labels, probabilities)
    fold = np.asarray(folds)
    if fold.shape != y.shape:
        raise InputError(f"expected a fold for each of {len(y)} pairs, got an array of shape {fold.shape}")
    numbers = np.unique(fold)
    columns = ["n", "base_rate", *PER_FOLD, *COUNTS]
    rows = [classification_metrics(y[fold == number], p[fold == number]).to_json() for number in numbers]
    table = pd.DataFrame(rows, columns=columns).astype(float)
    summary = pd.DataFrame([table.mean(), table.std(ddof=1)])
    table = pd.concat([table, summary], ignore_index=True)
    table.insert(0, "fold", [*(str(number) for number in numbers), MEAN, DEVIATION])
    return table
