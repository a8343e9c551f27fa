"""How far a figure would move with other pairs: bootstrap intervals, paired over predictors.

Enter: labels, folds, the group of each pair, and the probabilities of each predictor. Leave: each figure as its mean
over folds with 1,000 draws of it. What is drawn, within each fold, is the group that the split keeps together, because
pairs of one group are not independent (cluster bootstrap: Davison & Hinkley 1997, doi:10.1017/CBO9780511802843, 3.8).
Of G groups G - 1 are drawn, so that intervals are not too narrow where a fold has few (Rao & Wu 1988,
doi:10.1080/01621459.1988.10478591). All predictors see the same draws, so the draws of a difference are the differences
of the draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from grnet.evaluation.metrics import CALIBRATION_BINS, equal_mass_bins
from grnet.evaluation.weighted_metrics import FOLD_FIGURES, WeightedFigures
from grnet.schema.arrays import Bools, Float64, Indices, check_scores
from grnet.schema.errors import InputError

FIGURES = (*FOLD_FIGURES, "calibration_error")
N_DRAWS = 1_000
Role = Literal["tf", "target"]
_TAILS = (2.5, 97.5)
_BLOCK_CELLS = 500_000


@dataclass(frozen=True)
class Estimate:
    """A figure with its bootstrap draws.

    Attributes
    ----------
    value : float
        Mean over the folds that have the figure; NaN where none has.
    draws : float64 array [B]
        The same of each draw; NaN where a fold drew one class only.
    """

    value: float
    draws: Float64

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % percentile interval over the draws that have the figure; NaN where none has."""
        known = self.draws[np.isfinite(self.draws)]
        if not len(known) or not np.isfinite(self.value):
            return float("nan"), float("nan")
        low, high = np.percentile(known, _TAILS)
        return float(low), float(high)

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.interval[0]

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.interval[1]

    @property
    def lost(self) -> float:
        """Part of the draws that do not have the figure."""
        return float(np.mean(~np.isfinite(self.draws))) if len(self.draws) else 0.0

    def minus(self, other: Estimate) -> Estimate:
        """Return the difference to a figure with the same draws, paired."""
        return Estimate(self.value - other.value, self.draws - other.draws)

    def to_json(self) -> dict[str, float | None]:
        """Return mean, low and high; None for what is not known."""
        low, high = self.interval
        return {"mean": as_json(self.value), "low": as_json(low), "high": as_json(high)}


@dataclass(frozen=True)
class Resampling:
    """What is drawn from.

    Attributes
    ----------
    labels, folds : int arrays [P]
    groups : int64 array [P]
        What is drawn as one; the same number in two folds is two groups.
    seed : int
    n_draws : int
    compared : int64 array [P] or None
        The TF or target within which the concordance compares each pair; None where nothing is compared so.
    role : {"tf", "target"}
        Which of the two that is.
    """

    labels: npt.NDArray[np.integer[Any]]
    folds: npt.NDArray[np.integer[Any]]
    groups: Indices
    seed: int
    n_draws: int = N_DRAWS
    compared: Indices | None = None
    role: Role = "tf"

    def __post_init__(self) -> None:
        for name in ("labels", "folds", "groups", *([] if self.compared is None else ["compared"])):
            if getattr(self, name).shape != self.labels.shape or self.labels.ndim != 1:
                raise InputError(f"{name}: expected a value for each of {len(self.labels)} pairs")

    def take(self, rows: Bools | Indices) -> Resampling:
        """Return the same for some of the pairs (a mask or positions)."""
        return replace(
            self,
            labels=self.labels[rows],
            folds=self.folds[rows],
            groups=self.groups[rows],
            compared=None if self.compared is None else self.compared[rows],
        )

    def fewest_groups(self) -> int:
        """Return the number of groups of the fold that has fewest."""
        return min(len(np.unique(self.groups[rows])) for rows in self.rows_of_folds())

    def rows_of_folds(self) -> list[Indices]:
        """Return the rows of each fold, folds ascending."""
        return [np.flatnonzero(self.folds == fold).astype(np.int64) for fold in np.unique(self.folds)]

    def draw(self) -> Iterator[tuple[slice, list[Float64]]]:
        """Yield blocks of draws: their positions, and for each fold how much each of its pairs counts [b, P_fold].

        The draws do not depend on the size of the blocks, nor on the order of the rows.
        """
        parts = []
        for fold in np.unique(self.folds):
            distinct, member = np.unique(self.groups[self.folds == fold], return_inverse=True)
            parts.append((len(distinct), member, np.random.default_rng([self.seed, int(fold)])))
        step = max(1, _BLOCK_CELLS // max(len(self.labels), 1))
        for start in range(0, self.n_draws, step):
            size = min(step, self.n_draws - start)
            yield slice(start, start + size), [draw_weights(rng, size, n)[:, member] for n, member, rng in parts]


def estimate_figures(resampling: Resampling, predictors: Mapping[str, Float64]) -> dict[str, dict[str, Estimate]]:
    """Return each of :data:`FIGURES` of each predictor as the mean over folds, with its draws.

    The calibration error is over the pairs of all folds together, in the bins of the pairs as they are.

    Raises
    ------
    InputError
        Lengths differ, or a value is impossible.
    """
    if not len(resampling.labels):
        empty = Estimate(float("nan"), np.empty(0))
        return {name: dict.fromkeys(FIGURES, empty) for name in predictors}
    folds = resampling.rows_of_folds()
    cards = {name: _Predictor(resampling.labels, values, folds) for name, values in predictors.items()}
    draws = {name: np.empty((resampling.n_draws, len(FIGURES))) for name in predictors}
    for place, weights in resampling.draw():
        for name, card in cards.items():
            draws[name][place] = card.under(weights)
    results = {}
    for name, card in cards.items():
        values = card.under([np.ones((1, len(rows))) for rows in folds])[0]
        results[name] = {
            figure: Estimate(float(values[place]), _settle(figure, values[place], draws[name][:, place]))
            for place, figure in enumerate(FIGURES)
        }
    return results


class _Predictor:
    """The sorted folds of one predictor."""

    def __init__(self, labels: npt.NDArray[np.integer[Any]], values: Float64, folds: list[Indices]) -> None:
        y, p = check_scores(labels, values)
        bins = np.eye(CALIBRATION_BINS)[equal_mass_bins(p, CALIBRATION_BINS)] * (p - y)[:, None]  # [P, 10]
        self._folds = [(WeightedFigures(y[rows], p[rows]), bins[rows]) for rows in folds]
        whole = np.vstack(
            [part.under(np.ones((1, len(rows)))) for (part, _), rows in zip(self._folds, folds, strict=True)]
        )
        self._known = np.isfinite(whole)  # [K, F]

    def under(self, weights: list[Float64]) -> Float64:
        """Return the figures [b, F] for the weights of each fold, each [b, P_fold]."""
        n = len(weights[0])
        sums, gaps, total = np.zeros((n, len(FOLD_FIGURES))), np.zeros((n, CALIBRATION_BINS)), np.zeros(n)
        for (part, bins), known, weight in zip(self._folds, self._known, weights, strict=True):
            sums += np.where(known, part.under(weight), 0.0)
            gaps += weight @ bins
            total += weight.sum(axis=1)
        counts = self._known.sum(axis=0)
        means = np.divide(sums, counts, where=counts > 0, out=np.full_like(sums, np.nan))
        return np.column_stack([means, np.abs(gaps).sum(axis=1) / total])


def draw_weights(rng: np.random.Generator, n_draws: int, n_groups: int) -> Float64:
    """Draw one group less than there are, with replacement; return weights of mean 1, [n_draws, n_groups].

    A single group always counts once: nothing can be said of how far it would move.
    """
    if n_groups == 1:
        return np.ones((n_draws, 1))
    n = n_groups - 1
    drawn = rng.integers(n_groups, size=(n_draws, n)) + np.arange(n_draws)[:, None] * n_groups
    counts = np.bincount(drawn.ravel(), minlength=n_draws * n_groups).reshape(n_draws, n_groups)
    return counts.astype(np.float64) * (n_groups / n)


def _settle(figure: str, value: float, draws: Float64) -> Float64:
    """Return the draws; those of the calibration error are moved so that their mean is the figure.

    Drawing adds noise to every bin, and a mean of distances only grows by noise: unmoved, the interval of a
    well-calibrated model would lie above its own figure.
    """
    if figure != "calibration_error":
        return draws
    moved: Float64 = np.maximum(draws - (draws.mean() - value), 0.0)
    return moved


def as_json(value: float) -> float | None:
    """Return a float that JSON can hold: None for NaN."""
    return float(value) if np.isfinite(value) else None


def format_estimate(estimate: Estimate, *, sign: bool = False) -> str:
    """Return "0.801 (95 % interval 0.775 to 0.826)"."""
    value, low, high = (format_figure(number, sign=sign) for number in (estimate.value, *estimate.interval))
    return f"{value} (95 % interval {low} to {high})"


def format_figure(value: float, *, sign: bool = False) -> str:
    """Return a figure with three decimals, with its sign where that is asked; a zero is never negative."""
    return f"{round(value, 3) + 0.0:{'+.3f' if sign else '.3f'}}"
