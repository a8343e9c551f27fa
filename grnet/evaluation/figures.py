"""The table of figures: models and baselines on the same folds, one row each.

Enter: labels, folds, and for each name an out-of-fold probability of every pair. Leave: rows for the screen,
`metrics.json` and the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.evaluation.baselines import BASELINES
from grnet.evaluation.metrics import calibration_error, classification_metrics
from grnet.evaluation.ranking import check_scores
from grnet.schema.errors import InputError

PER_FOLD = ("accuracy", "f1", "auroc", "auprc", "brier")
COUNTS = ("tp", "fp", "tn", "fn")
MEAN, DEVIATION = "mean", "sd"


@dataclass(frozen=True)
class FigureRow:
    """Figures of one predictor: mean over folds, and standard deviation (n - 1) between folds.

    Attributes
    ----------
    name : str
    is_baseline : bool
    n : int
        Pairs of all folds.
    accuracy, f1, auroc, auprc, brier : float
        Means over the folds that have the figure; NaN where none has.
    accuracy_sd, f1_sd, auroc_sd, auprc_sd, brier_sd : float
        NaN with one fold.
    calibration_error : float
        Over the pairs of all folds together: a fold alone has too few for ten bins.
    """

    name: str
    is_baseline: bool
    n: int
    accuracy: float
    accuracy_sd: float
    f1: float
    f1_sd: float
    auroc: float
    auroc_sd: float
    auprc: float
    auprc_sd: float
    brier: float
    brier_sd: float
    calibration_error: float

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary of all figures."""
        return asdict(self)


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


def compare(labels: npt.ArrayLike, probabilities: Mapping[str, npt.ArrayLike], folds: npt.ArrayLike) -> list[FigureRow]:
    """Return a row for each named set of out-of-fold probabilities: models in the order given, then baselines.

    Parameters
    ----------
    labels, folds : int arrays [P]
    probabilities : mapping of name to float array [P]
        Names of :data:`~grnet.evaluation.baselines.BASELINES` are baselines, all others models.
    """
    rows = [_summarise(name, labels, p, folds) for name, p in probabilities.items()]
    return sorted(rows, key=lambda row: row.is_baseline)


def _summarise(name: str, labels: npt.ArrayLike, probabilities: npt.ArrayLike, folds: npt.ArrayLike) -> FigureRow:
    table = fold_table(labels, probabilities, folds)
    figures: dict[str, float] = {}
    for figure in PER_FOLD:
        mean, deviation = table[figure].to_numpy(np.float64)[-2:]
        figures[figure], figures[f"{figure}_sd"] = float(mean), float(deviation)
    return FigureRow(
        name=name,
        is_baseline=name in BASELINES,
        n=len(np.asarray(labels)),
        calibration_error=calibration_error(labels, probabilities),
        **figures,
    )
