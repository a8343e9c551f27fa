"""Curves of the mean score of all folds, weighted by how likely they are, and how far they could be off.

Enter: known edges and candidates by their scores, and the prior. Leave: the maps from scores to probabilities that are
stored, and 95 % limits of the probabilities.

Neither the bend of the logit nor its ceiling is known. The probability at a score is the mean of curves with several of
both, weighted by their likelihoods (Hoeting et al. 1999, doi:10.1214/ss/1009212519). So it stays below 1 as far as the
data allow for a ceiling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grnet.probability.calibration import Calibration
from grnet.probability.ensemble_likelihood import EnsembleCurve, EnsembleTable
from grnet.probability.prior_likelihood import METHOD
from grnet.probability.probability_limits import ProbabilityLimits
from grnet.probability.resamples import Resample
from grnet.schema.arrays import Float64

BENDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
"""Part of the known edges that score below the bend of a curve; 0 is a curve without one."""
CEILINGS = (1.0, 0.98, 0.96, 0.94, 0.92, 0.9)
KNOTS = 65
"""Of the curves that are stored."""
BEYOND = 0.25
"""How far they go on above the highest score, of the range of scores; from there on they are level."""
FEWEST_FOR_A_BEND = 100


@dataclass(frozen=True)
class EnsembleFit:
    """The curves at a prior.

    Attributes
    ----------
    table : EnsembleTable
    prior : float
    bends : tuple of float or None
        Scores at which the slopes change, one for each curve.
    curves : tuple of EnsembleCurve
    """

    table: EnsembleTable
    prior: float
    bends: tuple[float | None, ...]
    curves: tuple[EnsembleCurve, ...]

    @classmethod
    def of(cls, table: EnsembleTable, prior: float) -> EnsembleFit:
        """Fit the curves; ceilings that are not above the prior are left out, but for 1."""
        parts = BENDS if len(table.known) >= FEWEST_FOR_A_BEND else BENDS[:1]
        places = [float(np.quantile(table.known, part)) if part else None for part in parts]
        ceilings = [ceiling for ceiling in CEILINGS if ceiling > prior or ceiling == 1]
        models = [(bend, ceiling) for bend in places for ceiling in ceilings]
        curves = tuple(table.fit(bend, ceiling, prior) for bend, ceiling in models)
        return cls(table, prior, tuple(bend for bend, _ in models), curves)

    @property
    def weights(self) -> Float64:
        """The weights of the curves, which add up to 1."""
        gains = np.array([curve.gain for curve in self.curves])
        weights = np.exp(gains - gains.max())
        return np.asarray(weights / weights.sum())

    @property
    def knots(self) -> Float64:
        """Mean scores at which the curve is stored."""
        low, high = float(self.table.together[0]), float(self.table.together[-1])
        return np.linspace(low, high + BEYOND * (high - low), KNOTS) if high > low else np.array([low - 1.0, low + 1.0])

    def apply(self, scores: Float64) -> Float64:
        """Return the mean probability of the curves at each mean score."""
        return np.asarray(self.weights @ np.stack([curve.apply(scores) for curve in self.curves]))

    def to_calibrations(self) -> tuple[Calibration, Calibration]:
        """Return the map of the mean score, and that of the score of one fold alone."""
        alone = self.table.average_alone(self.apply(self.table.together))
        low, high = float(self.table.alone[0]), float(self.table.alone[-1])
        knots = np.linspace(low, high, KNOTS) if high > low else np.array([low - 1.0, low + 1.0])
        n = len(self.table.known)
        return (
            _level_off(self.knots, self.apply(self.knots), n),
            _level_off(knots, np.interp(knots, self.table.alone, alone), n),
        )

    def find_limits(self, resamples: Sequence[Resample], priors: Sequence[float]) -> ProbabilityLimits:
        """Return 95 % limits of the probability over resamples, each with its prior, and over curves alike.

        Each resample is fitted with one bend and ceiling, the likely ones in as many resamples as they weigh.
        """
        drawn = []
        which = np.searchsorted(np.cumsum(self.weights), (np.arange(len(resamples)) + 0.5) / len(resamples))
        for number, resample, prior in zip(which, resamples, priors, strict=True):
            number = min(int(number), len(self.curves) - 1)
            ceiling = self.curves[number].ceiling if self.curves[number].ceiling > prior else 1.0
            curve = self.table.fit(self.bends[number], ceiling, prior, rows=resample.rows, groups=resample.groups)
            drawn.append(curve.apply(self.knots))
        return ProbabilityLimits.of(self.apply(self.knots), np.stack(drawn))


def _level_off(knots: Float64, probability: Float64, n: int) -> Calibration:
    """Return the map through a rising probability at each knot, which is level above the last of them."""
    p = np.maximum.accumulate(np.clip(probability, 1e-12, 1 - 1e-12))
    values = np.log(p) - np.log1p(-p)
    step = float(knots[-1] - knots[-2])
    return Calibration(METHOD, (*knots.tolist(), float(knots[-1]) + step), (*values.tolist(), float(values[-1])), n)
