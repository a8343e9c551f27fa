"""From scores to probabilities: fits the monotone map between them.

Enter: out-of-fold scores (logits) with labels. Leave: a :class:`~grnet.probability.calibration.Calibration`, or nested
probabilities whose calibration can be reported honestly. Platt scaling for few pairs, isotonic regression for many.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from grnet.probability.calibration import Calibration
from grnet.schema.arrays import Float64, Indices, check_scores
from grnet.schema.errors import InputError

Method = Literal["auto", "platt", "isotonic"]
ISOTONIC_FROM = 1000
"""Pairs from which "auto" is isotonic; below, it overfits (Niculescu-Mizil & Caruana 2005)."""
_SMALLEST_BLOCK = 30


def fit_calibration(scores: npt.ArrayLike, labels: npt.ArrayLike, *, method: Method = "auto") -> Calibration:
    """Fit the map from scores to probabilities.

    Parameters
    ----------
    scores : float array [P]
        Logits of pairs that the model was not trained on.
    labels : int array [P]
    method : {"auto", "platt", "isotonic"}
        "auto" is "platt" below 1,000 pairs.

    Raises
    ------
    InputError
        No pairs, lengths that differ, or a score that is not finite.
    """
    y, s = check_scores(labels, scores)
    if not len(y):
        raise InputError("a calibration needs scored pairs with labels, got none")
    if _resolve_method(method, len(y)) == "platt":
        return _fit_platt(s, y)
    return _fit_isotonic(s, y)


def cross_calibrate(
    scores: npt.ArrayLike, labels: npt.ArrayLike, folds: npt.ArrayLike, *, method: Method = "auto"
) -> Float64:
    """Return the probability of each pair from a calibration fitted on the other folds.

    Parameters
    ----------
    scores : float array [P]
        Out-of-fold logits.
    labels, folds : int arrays [P]
    method : {"auto", "platt", "isotonic"}
        "auto" is decided once, by P, so that it agrees with :func:`fit_calibration` of all pairs.

    Returns
    -------
    float64 array [P]

    Raises
    ------
    InputError
        Fewer than two folds, or as for :func:`fit_calibration`.
    """
    y, s = check_scores(labels, scores)
    fold = np.asarray(folds)
    if len(np.unique(fold)) < 2:
        raise InputError("nested calibration needs two or more folds")
    chosen = _resolve_method(method, len(y))
    probabilities = np.empty(len(y))
    for number in np.unique(fold):
        own = fold == number
        probabilities[own] = fit_calibration(s[~own], y[~own], method=chosen).apply(s[own])
    return probabilities


def _resolve_method(method: Method, n: int) -> Literal["platt", "isotonic"]:
    if method == "auto":
        return "isotonic" if n >= ISOTONIC_FROM else "platt"
    return method


def _fit_platt(scores: Float64, labels: Indices) -> Calibration:
    """Fit logit = slope · score + intercept, slope 0 or more, and store it as one piece over the range of scores."""
    slope, intercept = _platt_line(scores, labels)
    low, high = float(scores.min()), float(scores.max())
    if high - low < 1e-9 * max(1.0, abs(low), abs(high)):
        low, high = low - 1.0, high + 1.0
    return Calibration("platt", (low, high), (slope * low + intercept, slope * high + intercept), len(scores))


def _platt_line(scores: Float64, labels: Indices) -> tuple[float, float]:
    """Return slope and intercept of Platt scaling with smoothed targets.

    Platt 1999, "Probabilistic outputs for support vector machines"; Lin, Lin & Weng 2007,
    doi:10.1007/s10994-007-5018-6. The bound keeps the map monotone; smoothing keeps separable classes finite.
    """
    from scipy.optimize import minimize

    positives = int(labels.sum())
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2))
    centre, scale = scores.mean(), scores.std()
    if scale < 1e-12 * max(1.0, abs(centre)):
        return 0.0, float(_logit(targets.mean()))
    x = (scores - centre) / scale

    def loss(line: Float64) -> tuple[float, Float64]:
        z = line[0] * x + line[1]
        error = 1.0 / (1.0 + np.exp(-z)) - targets
        return float(np.mean(np.logaddexp(0.0, z) - targets * z)), np.array([np.mean(error * x), np.mean(error)])

    start = np.array([0.0, _logit(targets.mean())])
    options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500}
    fit = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)], options=options)
    slope = float(fit.x[0] / scale)
    return slope, float(fit.x[1] - slope * centre)


def _fit_isotonic(scores: Float64, labels: Indices) -> Calibration:
    """Fit a monotone step function, smooth it, and join the steps' centres by lines in the logit.

    Each step has 30 pairs or more, and its rate is drawn towards the base rate by the weight of one pair, so no logit
    is infinite. Beyond the outer centres the line goes on with the slope of Platt scaling: the few pairs there
    say nothing about a slope of their own.
    """
    from scipy.optimize import isotonic_regression

    block = _monotone_blocks(scores, labels)
    count = np.bincount(block)
    knots = np.bincount(block, weights=scores) / count
    rate = (np.bincount(block, weights=labels) + labels.mean()) / (count + 1)
    smallest = 1 / (len(labels) + 2)
    rate = np.clip(isotonic_regression(rate, weights=count).x, smallest, 1 - smallest)
    values = np.maximum.accumulate(_logit(rate))
    slope = _platt_line(scores, labels)[0]
    knots = np.concatenate([[knots[0] - 1], knots, [knots[-1] + 1]])
    values = np.concatenate([[values[0] - slope], values, [values[-1] + slope]])
    return Calibration("isotonic", tuple(knots.tolist()), tuple(values.tolist()), len(scores))


def _monotone_blocks(scores: Float64, labels: Indices) -> Indices:
    """Return the step of each pair, 0.. from low to high; steps of pool-adjacent-violators, the small ones merged."""
    from scipy.optimize import isotonic_regression

    distinct, level = np.unique(scores, return_inverse=True)
    weights = np.bincount(level).astype(np.float64)
    rates = np.bincount(level, weights=labels) / weights
    starts = isotonic_regression(rates, weights=weights).blocks[:-1]
    sizes = np.add.reduceat(weights, starts)
    smallest = max(_SMALLEST_BLOCK, int(np.sqrt(len(scores))))
    merged = np.zeros(len(sizes), dtype=np.int64)
    filled = 0.0
    for step in range(1, len(sizes)):
        filled += sizes[step - 1]
        full = filled >= smallest and sizes[step:].sum() >= smallest
        merged[step] = merged[step - 1] + full
        filled = 0.0 if full else filled
    step_of_level = np.searchsorted(starts, np.arange(len(distinct)), side="right") - 1
    block: Indices = merged[step_of_level][level]
    return block


def _logit(probability: npt.ArrayLike) -> Float64:
    p = np.asarray(probability, dtype=np.float64)
    return np.asarray(np.log(p) - np.log1p(-p))
