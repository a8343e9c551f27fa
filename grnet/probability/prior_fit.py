"""Which fraction of the candidates is edges, and how probable that makes a candidate of any score.

Enter: what the members of an ensemble say of known edges that they were not trained on, and of a sample of candidates.
Leave: a :class:`~grnet.probability.prior.Prior` and a :class:`~grnet.probability.calibration.CandidateCalibration`.

Labelled negatives are not used: a study chooses them in its own way, and where there are none they are sampled from
the candidates, edges among them. What is compared is how known edges and candidates score, by the likelihood of
:mod:`grnet.probability.prior_likelihood`. It holds where known edges score like edges not yet known.

Where the logit bends is not known, so several curves are fitted: the prior is their median, its interval is over all of
them, and the probability at a score is their mean, weighted by their likelihoods at that prior (Hoeting et al. 1999,
doi:10.1214/ss/1009212519).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.probability.calibration import Calibration, CandidateCalibration
from grnet.probability.prior import Prior
from grnet.probability.prior_likelihood import METHOD, PresenceCurve, ScoreBins, fit_presence
from grnet.schema.arrays import Float64, Indices
from grnet.schema.errors import InputError

BENDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Part of the known edges that score below the bend of a curve; 0 is a curve without one."""
KNOTS = 65
"""Of the curve that is stored."""
FEWEST_FOR_A_BEND = 100
RESAMPLES = 120
FEWEST_GROUPS = 8
TOO_SMALL_A_GAIN = 1.92
"""Log-likelihood at a fixed prior below which known edges and candidates may as well score alike (χ², 5 %)."""


@dataclass(frozen=True)
class CandidateScores:
    """What the members of an ensemble say of known edges and of candidates.

    Attributes
    ----------
    known : float array [S, P]
        Logits of known edges, each from the S members that were not trained on it.
    known_folds, known_tfs : int64 arrays [P]
        The fold of these members, and the TF.
    candidates : float array [S · K, N]
        Logits of candidates without a label from all members, the K folds of the first seed first.
    candidate_tfs : int64 array [N]
    n_known, n_candidates : int
        How many known edges and candidates there are, those that were not sampled too.
    """

    known: npt.NDArray[np.floating[Any]]
    known_folds: Indices
    known_tfs: Indices
    candidates: npt.NDArray[np.floating[Any]]
    candidate_tfs: Indices
    n_known: int
    n_candidates: int

    @property
    def folds(self) -> int:
        """Number of folds K."""
        return len(self.candidates) // len(self.known)

    @property
    def levels(self) -> Float64:
        """The median logit of each member over candidates, float64 [S · K]."""
        return np.asarray(np.median(self.candidates, axis=1), dtype=np.float64)

    def centre_known(self) -> Float64:
        """Return the score of each known edge, [P]: relative to the members' levels, averaged over seeds."""
        levels = self.levels.reshape(-1, self.folds)
        return np.asarray((self.known - levels[:, self.known_folds]).mean(axis=0), dtype=np.float64)

    def centre_candidates(self) -> Float64:
        """Return the scores of each candidate by each fold, [K, N], in the same way."""
        centred = self.candidates - self.levels[:, None]
        return np.asarray(centred.reshape(-1, self.folds, centred.shape[1]).mean(axis=0), dtype=np.float64)


@dataclass(frozen=True)
class PriorFit:
    """The prior, and what it makes of scores."""

    prior: Prior
    calibration: CandidateCalibration

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for a JSON file."""
        return {"prior": self.prior.to_json(), **self.calibration.to_json()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> PriorFit:
        """Build from what :meth:`to_json` returned.

        Raises
        ------
        FormatError
            An entry is missing or wrong.
        """
        return cls(Prior.from_json(value.get("prior", {})), CandidateCalibration.from_json(value))


def fit_prior(scores: CandidateScores, *, prior: float | None = None, seed: int = 0) -> PriorFit:
    """Estimate the prior, unless it is given, and the probability of a candidate at each score.

    Parameters
    ----------
    scores : CandidateScores
    prior : float, optional
        Fraction of the candidates without a label that are edges, between 0 and 1.
    seed : int
        Of the resampling that gives the interval.

    Raises
    ------
    InputError
        There are no known edges, or no candidates without a label.
    """
    if not scores.known.shape[1] or not scores.candidates.shape[1]:
        raise InputError(
            f"a prior needs known edges and candidates without a label, got {scores.known.shape[1]:,} and "
            f"{scores.candidates.shape[1]:,}"
        )
    known, of_folds = scores.centre_known(), scores.centre_candidates()
    table = _ScoreTable.of(known, scores.known_tfs, of_folds, scores.candidate_tfs)
    counts = len(known), scores.candidates.shape[1]
    if prior is not None:
        stated = Prior(prior, None, None, "given", *counts)
    else:
        share = scores.n_known / (scores.n_known + scores.n_candidates)
        stated = Prior(share, None, None, "known", *counts)
        if table.fit(0.0, share).gain >= TOO_SMALL_A_GAIN:
            value = min(max(table.estimate(), 1e-9), 1 - 1e-9)
            low, high = table.interval(seed)
            stated = Prior(value, min(low, value), max(high, value), "estimated", *counts)
    levels = tuple(float(level) for level in scores.levels)
    return PriorFit(stated, CandidateCalibration(levels, scores.folds, table.blend(stated.value)))


@dataclass(frozen=True)
class _ScoreTable:
    """Known edges, and candidates counted in bins of their score, by groups that are drawn as a whole."""

    known: Float64  # [P]
    known_group: Indices  # [P]
    centres: Float64  # [B]
    counts: Float64  # [G, B]

    @classmethod
    def of(cls, known: Float64, known_tfs: Indices, candidates: Float64, candidate_tfs: Indices) -> _ScoreTable:
        """Count candidates [K, N]; groups are TFs, whose edges resemble each other."""
        tfs, group = np.unique(np.concatenate([known_tfs, candidate_tfs]), return_inverse=True)
        of_known, of_candidates = group[: len(known)], group[len(known) :]
        bins = ScoreBins.of(candidates.ravel())
        repeated = np.tile(of_candidates, len(candidates))
        return cls(known, of_known, *bins.of_groups(candidates.ravel(), repeated, len(tfs)))

    def fit(self, bend: float, prior: float | None = None) -> PresenceCurve:
        """Fit the curve with a bend where `bend` of the known edges lie below."""
        return _fit_with_bend(self.known, self.centres, self.counts.sum(axis=0), bend, prior=prior)

    def estimate(self) -> float:
        """Return the prior: the median over bends."""
        return float(np.median([self.fit(bend).prior for bend in BENDS]))

    def blend(self, prior: float) -> Calibration:
        """Return the mean of the curves at a prior, each weighted by its likelihood."""
        curves = [self.fit(bend, prior) for bend in BENDS]
        weights = np.exp(np.array([curve.gain for curve in curves]) - max(curve.gain for curve in curves))
        low, high = self.centres[0], self.centres[-1]
        knots = np.linspace(low, high, KNOTS) if high > low else np.array([low - 1.0, low + 1.0])
        each = np.stack([curve.to_calibration(len(self.known)).apply(knots) for curve in curves])
        p = np.clip(weights @ each / weights.sum(), 1e-12, 1 - 1e-12)
        values = np.maximum.accumulate(np.log(p) - np.log1p(-p))
        return Calibration(METHOD, tuple(knots.tolist()), tuple(values.tolist()), len(self.known))

    def interval(self, seed: int) -> tuple[float, float]:
        """Return the 95 % interval of the prior over resampled TFs and over bends.

        TFs are drawn with replacement, each with its known edges and candidates (Davison & Hinkley 1997,
        doi:10.1017/CBO9780511802843, section 3.8); known edges one by one where too few TFs have any.
        """
        rng = np.random.default_rng(seed)
        draws = self._draw_groups(rng) if len(np.unique(self.known_group)) >= FEWEST_GROUPS else self._draw_known(rng)
        whole = [self.fit(bend) for bend in BENDS]
        priors = []
        for number, (known, weights) in enumerate(draws):
            bend, near = BENDS[number % len(BENDS)], whole[number % len(BENDS)]
            priors.append(_fit_with_bend(known, self.centres, weights, bend, near=near).prior)
        low, high = np.quantile(priors, [0.025, 0.975])
        return float(low), float(high)

    def _draw_groups(self, rng: np.random.Generator) -> Iterator[tuple[Float64, Float64]]:
        rows = [np.flatnonzero(self.known_group == group) for group in range(len(self.counts))]
        for _ in range(RESAMPLES):
            known = np.empty(0, dtype=np.int64)
            while not len(known):
                drawn = rng.integers(len(rows), size=len(rows))
                known = np.concatenate([rows[group] for group in drawn])
            yield self.known[known], np.bincount(drawn, minlength=len(rows)) @ self.counts

    def _draw_known(self, rng: np.random.Generator) -> Iterator[tuple[Float64, Float64]]:
        weights = self.counts.sum(axis=0)
        for _ in range(RESAMPLES):
            yield self.known[rng.integers(len(self.known), size=len(self.known))], weights


def _fit_with_bend(
    known: Float64,
    centres: Float64,
    weights: Float64,
    bend: float,
    *,
    prior: float | None = None,
    near: PresenceCurve | None = None,
) -> PresenceCurve:
    filled = weights > 0
    place = float(np.quantile(known, bend)) if bend and len(known) >= FEWEST_FOR_A_BEND else None
    return fit_presence(known, centres[filled], weights[filled], bend=place, prior=prior, near=near)
