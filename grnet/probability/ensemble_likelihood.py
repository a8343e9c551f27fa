"""The probability of a candidate at the mean score of all folds, from known edges that the models of one fold judged.

Enter: the scores of known edges by one fold each, and of candidates by every fold. Leave: curves of the mean score.

A mean over folds tells edges from others better than the score of one fold, and probabilities that are right for each
fold are too cautious once they are averaged (Ranjan & Gneiting 2010, doi:10.1111/j.1467-9868.2009.00726.x). No known
edge has such a mean, since the models of the other folds were trained on it. But candidates have both. Let q(m) be the
probability at a mean m. Then the probability at a score s of one fold is E[q(m) | s], the mean over candidates of that
score, and with the likelihood of :mod:`grnet.probability.prior_likelihood` q maximises Σ log E[q(m) | sᵢ] − n log π.
This treats the score of one fold as the mean with an error, whose size candidates tell (Carroll et al. 2006,
doi:10.1201/9781420010138).

q is a logistic curve times a ceiling, below which the best scores stay: some pairs score as edges do and are none, such
as targets of a TF that is itself regulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grnet.probability.prior_likelihood import STEEPEST, LogisticShape, ScoreBins, logistic
from grnet.schema.arrays import Float64, Indices

BINS_ALONE, BINS_TOGETHER = 200, 400
"""Of the scores of one fold, and of their mean over folds."""
FEWEST_ALONE = 25
"""Scores of candidates in a bin, of which a mean is taken."""


@dataclass(frozen=True)
class EnsembleCurve:
    """A logistic curve of the mean score with at most one bend, times a ceiling.

    Attributes
    ----------
    bend : float
        Score at which the slope changes.
    height : float
        Logit there, before the ceiling.
    below, above : float
        Slopes, 0 or more.
    ceiling : float
        Above 0, at most 1: the probability of the highest scores.
    gain : float
        Log-likelihood above that of a constant probability.
    """

    bend: float
    height: float
    below: float
    above: float
    ceiling: float
    gain: float

    def apply(self, scores: Float64) -> Float64:
        """Return the probability at each score."""
        x = scores - self.bend
        return self.ceiling * logistic(self.height + self.below * np.minimum(x, 0) + self.above * np.maximum(x, 0))


@dataclass(frozen=True)
class EnsembleTable:
    """Known edges by the score of one fold, and candidates by that score and by the mean over folds, both in bins.

    Attributes
    ----------
    known : float64 array [P]
        Scores of known edges.
    place : int64 array [P]
        Their bins.
    alone : float64 array [A]
        Mean score of one fold in each bin.
    joint : float64 array [A, B]
        Number of scores of one fold by their bin, and by that of the mean of the candidate.
    together : float64 array [B]
        Mean of the means in each bin.
    counts : float64 array [G, B]
        Number of candidates of each group by the bin of their mean.
    """

    known: Float64
    place: Indices
    alone: Float64
    joint: Float64
    together: Float64
    counts: Float64

    @classmethod
    def of(cls, known: Float64, candidates: Float64, groups: Indices, n_groups: int) -> EnsembleTable:
        """Count candidates [K, N], each in a group [N], by their scores."""
        mean, alone = candidates.mean(axis=0), candidates.ravel()
        bins, bins_alone = ScoreBins.of(mean, BINS_TOGETHER), ScoreBins.of(alone, BINS_ALONE, fewest=FEWEST_ALONE)
        filled, place = np.unique(bins_alone.place(alone), return_inverse=True)
        together, counts = bins.of_groups(mean, groups, n_groups)
        _, joint = bins.of_groups(np.tile(mean, len(candidates)), place, len(filled))
        centres = np.bincount(place, weights=alone) / np.bincount(place)
        own = np.minimum(np.searchsorted(filled, bins_alone.place(known)), len(filled) - 1)
        return cls(known, own, centres, joint, together, counts)

    @cached_property
    def given(self) -> Float64:
        """The distribution of the mean at each score of one fold, [A, B]."""
        return np.asarray(self.joint / self.joint.sum(axis=1, keepdims=True))

    def fit(
        self,
        bend: float | None,
        ceiling: float,
        prior: float,
        *,
        rows: Indices | None = None,
        groups: Float64 | None = None,
    ) -> EnsembleCurve:
        """Return the most likely curve of those with a bend, a ceiling and a mean.

        Parameters
        ----------
        bend : float, optional
            Score at which the slope may change; none where it is not given.
        ceiling : float
            Above `prior`, at most 1.
        prior : float
            Mean probability of the candidates.
        rows : int64 array, optional
            Known edges of a resample; all where it is not given.
        groups : float64 array [G], optional
            How often each group of candidates is in the resample.
        """
        place = self.place if rows is None else self.place[rows]
        weights = self.counts.sum(axis=0) if groups is None else groups @ self.counts
        known = np.bincount(place, minlength=len(self.alone)) / len(place)
        likelihood = _EnsembleLikelihood(self.together, weights / weights.sum(), bend, known, self.given)
        return likelihood.fit(prior, ceiling, n_known=len(place))

    def average_alone(self, probability: Float64) -> Float64:
        """Return the probability at each score of one fold, [A], from that at each mean, [B]: rising."""
        from scipy.optimize import isotonic_regression

        return np.asarray(isotonic_regression(self.given @ probability, weights=self.joint.sum(axis=1)).x)


@dataclass(frozen=True)
class _EnsembleLikelihood(LogisticShape):
    """The likelihood of known edges, of which `known` [A] is the part in each bin, and `given` [A, B] as above."""

    known: Float64
    given: Float64

    def fit(self, prior: float, ceiling: float, *, n_known: int) -> EnsembleCurve:
        """Return the most likely curve: that of a ceiling of 1 and a prior that is higher by as much."""
        from scipy.optimize import minimize

        n_slopes = self.of_candidates.shape[1]
        bounds = [(0.0, STEEPEST)] * n_slopes
        raised = prior / ceiling
        best = minimize(self.loss_at, np.full(n_slopes, 1.5), (raised,), "L-BFGS-B", jac=True, bounds=bounds)
        height = self.find_height(best.x, raised)
        below, above = float(best.x[0] / self.scale), float(best.x[-1] / self.scale)
        return EnsembleCurve(self.origin, height, below, above, ceiling, -float(best.fun) * n_known)

    def loss_at(self, slopes: Float64, prior: float) -> tuple[float, Float64]:
        """Return the negative mean log-likelihood of slopes, and its gradient; the height keeps the mean at `prior`."""
        height = self.find_height(slopes, prior)
        q = logistic(height + self.of_candidates @ slopes)
        p = np.maximum(self.given @ q, 1e-300)
        moved = (q * (1 - q))[:, None] * (self.of_candidates + self.height_change(height, slopes))  # [B, 1 or 2]
        loss = float(np.log(prior) - self.known @ np.log(p))
        return loss, -(self.known / p) @ (self.given @ moved)
