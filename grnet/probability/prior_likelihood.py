"""The probability that a candidate is an edge, from the scores of known edges and of all candidates, without negatives.

Enter: scores of known edges, the histogram of the candidates' scores. Leave: a logistic curve of the score, and the
fraction of candidates that are edges, which is the mean of that curve.

Known edges are taken to be edges like any other, so their scores have the density p(s) f(s) / π: f that of the
candidates, p the probability at a score, π its mean over candidates. The curve maximises Σ log p(sᵢ) − n log π over the
n known edges (Lele & Keim 2006, doi:10.1890/0012-9658(2006)87[3021:WDAEOR]2.0.CO;2; Royle et al. 2012,
doi:10.1111/j.2041-210X.2011.00182.x). Only the form of p makes π known at all (Ward et al. 2009,
doi:10.1111/j.1541-0420.2008.01116.x): here a logit that is linear in the score, but for a bend where one is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from grnet.probability.calibration import Calibration
from grnet.schema.arrays import Float64, Indices

METHOD = "use-availability"
BINS = 1000
STEEPEST, FARTHEST = 20.0, 25.0
"""Bounds of slopes (a standard deviation of the candidates' scores) and of the intercept, in logits."""
STARTS = (-1.0, -3.0, -6.0)


@dataclass(frozen=True)
class ScoreBins:
    """Where candidates' scores are divided: into even counts, and ever finer towards the highest ones.

    Attributes
    ----------
    edges : float64 array [B - 1]
        Rising.
    """

    edges: Float64

    @classmethod
    def of(cls, scores: npt.ArrayLike, n_bins: int = BINS, *, fewest: int = 1) -> ScoreBins:
        """Divide scores [N] into at most `n_bins`, of about `fewest` scores or more each."""
        values = np.asarray(scores, dtype=np.float64)
        low = np.linspace(0, 1, n_bins // 2, endpoint=False)[1:]
        high = 1 - np.logspace(0, -np.log10(max(len(values) / fewest, 10)), n_bins - len(low))
        return cls(np.unique(np.quantile(values, np.unique(np.concatenate([low, high])))))

    def place(self, scores: npt.ArrayLike) -> Indices:
        """Return the number of the bin of each score."""
        return np.searchsorted(self.edges, np.asarray(scores, dtype=np.float64), side="right")

    def of_groups(self, scores: npt.ArrayLike, groups: Indices, n_groups: int) -> tuple[Float64, Float64]:
        """Return the mean score of each bin, [B], and the number of scores of each group in it, [G, B].

        Bins that nothing falls into are left out.
        """
        values, place = np.asarray(scores, dtype=np.float64), self.place(scores)
        size = len(self.edges) + 1
        counts = np.bincount(groups * size + place, minlength=n_groups * size).reshape(n_groups, size)
        filled = counts.sum(axis=0) > 0
        centres = np.bincount(place, weights=values, minlength=size)[filled] / counts.sum(axis=0)[filled]
        return centres, counts[:, filled].astype(np.float64)


@dataclass(frozen=True)
class PresenceCurve:
    """A logistic curve of the score with at most one bend.

    Attributes
    ----------
    bend : float
        Score at which the slope changes.
    height : float
        Logit there.
    below, above : float
        Slopes, 0 or more.
    prior : float
        Mean probability over the candidates.
    gain : float
        Log-likelihood above that of a constant probability.
    """

    bend: float
    height: float
    below: float
    above: float
    prior: float
    gain: float

    def to_calibration(self, n: int) -> Calibration:
        """Return the curve as the map of scores that can be stored; `n` known edges were compared."""
        knots = (self.bend - 1.0, self.bend, self.bend + 1.0)
        values = (self.height - self.below, self.height, self.height + self.above)
        return Calibration(METHOD, knots, values, n)


def fit_presence(
    known: Float64,
    centres: Float64,
    weights: Float64,
    *,
    bend: float | None = None,
    prior: float | None = None,
    near: PresenceCurve | None = None,
) -> PresenceCurve:
    """Fit the curve.

    Parameters
    ----------
    known : float64 array [P]
        Scores of known edges.
    centres, weights : float64 arrays [B]
        Scores of candidates, and how many there are of each; any scale.
    bend : float, optional
        Score at which the slope may change; none where it is not given.
    prior : float, optional
        Fraction of candidates that are edges, between 0 and 1; estimated where it is not given.
    near : PresenceCurve, optional
        Where to look for the best curve, such as that of much the same scores; several places where it is not given.
    """
    return _Likelihood(centres, weights / weights.sum(), bend, known).fit(prior, near)


@dataclass(frozen=True)
class LogisticShape:
    """Logits that rise with the score, with at most one bend, over weighted scores of candidates.

    Attributes
    ----------
    centres, weights : float64 arrays [B]
        Scores of candidates, and their weights, which add up to 1.
    bend : float or None
        Score at which the slope may change.
    """

    centres: Float64
    weights: Float64
    bend: float | None

    @cached_property
    def origin(self) -> float:
        """The score at which the logit is the height: the bend, or the mean of the candidates."""
        return float(self.weights @ self.centres) if self.bend is None else self.bend

    @cached_property
    def scale(self) -> float:
        """What a score is divided by: the standard deviation of the candidates."""
        spread = float(np.sqrt(self.weights @ (self.centres - self.weights @ self.centres) ** 2))
        return spread if spread > 1e-9 * max(1.0, abs(self.origin)) else 1.0

    def design(self, scores: Float64) -> Float64:
        """Return the columns whose sum, weighted with the slopes, is the logit above the height, [N, 1 or 2]."""
        x = (scores - self.origin) / self.scale
        return x[:, None] if self.bend is None else np.column_stack([np.minimum(x, 0), np.maximum(x, 0)])

    @cached_property
    def of_candidates(self) -> Float64:
        """The design of the candidates."""
        return self.design(self.centres)

    def find_height(self, slopes: Float64, prior: float) -> float:
        """Return the height at which the mean probability is `prior`."""
        from scipy.optimize import brentq

        rise = self.of_candidates @ slopes
        logit = np.log(prior) - np.log1p(-prior)
        low, high = logit - rise.max() - 1, logit - rise.min() + 1
        return float(brentq(lambda height: self.weights @ logistic(height + rise) - prior, low, high))

    def height_change(self, height: float, slopes: Float64) -> Float64:
        """Return by how much that height moves with each slope."""
        p = logistic(height + self.of_candidates @ slopes)
        slack = self.weights * p * (1 - p)
        return np.asarray(-(slack @ self.of_candidates) / max(float(slack.sum()), 1e-300))


@dataclass(frozen=True)
class _Likelihood(LogisticShape):
    """The likelihood of the scores of known edges, [P]."""

    known: Float64

    @cached_property
    def of_known(self) -> Float64:
        return self.design(self.known)

    def fit(self, prior: float | None, near: PresenceCurve | None) -> PresenceCurve:
        """Return the most likely curve, of all or of those with a prior."""
        from scipy.optimize import minimize

        n_slopes = self.of_known.shape[1]
        slopes = [(0.0, STEEPEST)] * n_slopes
        if prior is not None:
            best = minimize(self._loss_at, np.full(n_slopes, 1.5), (prior,), "L-BFGS-B", jac=True, bounds=slopes)
            return self._curve(self.find_height(best.x, prior), best.x)
        bounds = [(-FARTHEST, FARTHEST), *slopes]
        starts = [np.concatenate([[start], np.full(n_slopes, 1.5)]) for start in STARTS]
        if near is not None:
            slopes_near = np.array([near.below, near.above][-n_slopes:]) * self.scale
            starts = [np.concatenate([[np.clip(near.height, -FARTHEST, FARTHEST)], np.clip(slopes_near, 0, STEEPEST)])]
        fits = [minimize(self._loss, start, method="L-BFGS-B", jac=True, bounds=bounds) for start in starts]
        best = min(fits, key=lambda fit: float(fit.fun))
        return self._curve(float(best.x[0]), best.x[1:])

    def _loss(self, parameters: Float64) -> tuple[float, Float64]:
        """Return the negative mean log-likelihood of (height, slopes), and its gradient."""
        height, slopes = parameters[0], parameters[1:]
        z = height + self.of_known @ slopes
        p = logistic(height + self.of_candidates @ slopes)
        mean = max(float(self.weights @ p), 1e-300)
        loss = float(np.mean(np.logaddexp(0.0, -z))) + float(np.log(mean))
        rest, slack = 1 - logistic(z), self.weights * p * (1 - p) / mean
        of_slopes = slack @ self.of_candidates - (rest @ self.of_known) / len(z)
        return loss, np.concatenate([[slack.sum() - rest.mean()], of_slopes])

    def _loss_at(self, slopes: Float64, prior: float) -> tuple[float, Float64]:
        """Return the same of slopes alone: the height is the one at which the mean probability is `prior`."""
        height = self.find_height(slopes, prior)
        loss, gradient = self._loss(np.concatenate([[height], slopes]))
        return loss, gradient[1:] + gradient[0] * self.height_change(height, slopes)

    def _curve(self, height: float, slopes: Float64) -> PresenceCurve:
        loss, _ = self._loss(np.concatenate([[height], slopes]))
        below, above = float(slopes[0] / self.scale), float(slopes[-1] / self.scale)
        prior = float(self.weights @ logistic(height + self.of_candidates @ slopes))
        return PresenceCurve(self.origin, height, below, above, prior, -loss * len(self.known))


def logistic(z: npt.ArrayLike) -> Float64:
    """Return 1 / (1 + exp(−z))."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -700.0, 700.0))))
