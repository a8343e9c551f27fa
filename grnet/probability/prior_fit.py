"""Which fraction of the candidates is edges, and how probable that makes a candidate of any score.

Enter: what the members of an ensemble say of known edges that they were not trained on, and of a sample of candidates.
Leave: a :class:`~grnet.probability.prior.Prior` and a :class:`~grnet.probability.calibration.CandidateCalibration`.

Labelled negatives are not used: a study chooses them in its own way, and where there are none they are sampled from
the candidates, edges among them. What is compared is how known edges and candidates score, by the likelihood of
:mod:`grnet.probability.prior_likelihood`. It holds where known edges score like edges not yet known.

Where the logit bends is not known, so several curves are fitted: the prior is their median, its interval is over all of
them. What a candidate's mean score over folds makes of that prior is fitted in
:mod:`grnet.probability.ensemble_fit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.probability.calibration import CANDIDATE_FORM, CandidateCalibration
from grnet.probability.ensemble_fit import FEWEST_FOR_A_BEND, EnsembleFit
from grnet.probability.ensemble_likelihood import EnsembleTable
from grnet.probability.prior import PRIOR_FORM, Prior
from grnet.probability.prior_likelihood import PresenceCurve, ScoreBins, fit_presence
from grnet.probability.probability_limits import LIMITS_FORM, QUANTILES, ProbabilityLimits
from grnet.probability.resamples import Resample, draw_resamples
from grnet.schema.arrays import Float64, Indices
from grnet.schema.errors import FormatError, InputError
from grnet.storage.documents import read_json
from grnet.storage.entries import Form, OrNull

FORM: Form = {**CANDIDATE_FORM, "prior": PRIOR_FORM, "limits?": OrNull(LIMITS_FORM)}
"""What is read of `calibration.json`."""
MEND = "infer the network anew with: grnet infer-network"
BENDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Part of the known edges that score below the bend of a curve; 0 is a curve without one."""
FEWEST_KNOWN = 20
"""Known edges with fewer of which the prior is not estimated: resampling so few does not show how wrong it may be."""
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
    """The prior, what it makes of scores, and how far the probabilities could be off.

    Attributes
    ----------
    prior : Prior
    calibration : CandidateCalibration
    limits : ProbabilityLimits or None
        None where the scores cannot tell the prior.
    """

    prior: Prior
    calibration: CandidateCalibration
    limits: ProbabilityLimits | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for a JSON file."""
        limits = None if self.limits is None else self.limits.to_json()
        return {"prior": self.prior.to_json(), **self.calibration.to_json(), "limits": limits}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> PriorFit:
        """Build from what :meth:`to_json` returned.

        Raises
        ------
        FormatError
            An entry is missing or wrong.
        """
        limits = None if value.get("limits") is None else ProbabilityLimits.from_json(value["limits"])
        return cls(Prior.from_json(value.get("prior", {})), CandidateCalibration.from_json(value), limits)


def read_prior_fit(file: Path) -> PriorFit:
    """Read `calibration.json` of a network folder.

    Raises
    ------
    MissingInputError, FormatError
        It is absent or damaged.
    """
    value = read_json(file, form=FORM, mend=MEND)
    try:
        return PriorFit.from_json(value)
    except FormatError as error:
        raise FormatError(f"{file}: {error}; {MEND}") from error


def fit_prior(scores: CandidateScores, *, prior: float | None = None, seed: int = 0) -> PriorFit:
    """Estimate the prior, unless it is given, and the probability of a candidate at each score.

    Parameters
    ----------
    scores : CandidateScores
    prior : float, optional
        Fraction of the candidates without a label that are edges, between 0 and 1.
    seed : int
        Of the resampling that gives the intervals.

    All of it runs on one thread: the sums of several may end in another last bit each time.

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
    import scipy.optimize  # noqa: F401  loaded first: a library that is loaded within the limits is not held to them
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return _fit(scores, prior, seed)


def _fit(scores: CandidateScores, prior: float | None, seed: int) -> PriorFit:
    """Fit on one thread."""
    known, of_folds = scores.centre_known(), scores.centre_candidates()
    tfs, group = np.unique(np.concatenate([scores.known_tfs, scores.candidate_tfs]), return_inverse=True)
    of_known, of_candidates = group[: len(known)], group[len(known) :]
    table = _ScoreTable.of(known, of_folds, of_candidates, len(tfs))
    resamples = draw_resamples(of_known, len(tfs), seed=seed)
    stated, priors = _state_prior(table, scores, resamples, prior)
    fit = EnsembleFit.of(EnsembleTable.of(known, of_folds, of_candidates, len(tfs)), stated.value)
    levels = tuple(float(level) for level in scores.levels)
    calibration = CandidateCalibration(levels, scores.folds, *fit.to_calibrations())
    return PriorFit(stated, calibration, fit.find_limits(resamples, priors) if priors else None)


def _state_prior(
    table: _ScoreTable, scores: CandidateScores, resamples: Sequence[Resample], given: float | None
) -> tuple[Prior, list[float]]:
    """Return the prior, and that of each resample; none where the scores cannot tell it."""
    counts = len(table.known), scores.candidates.shape[1]
    if given is not None:
        return Prior(given, None, None, "given", *counts), [given] * len(resamples)
    share = scores.n_known / (scores.n_known + scores.n_candidates)
    if len(table.known) < FEWEST_KNOWN or table.fit(0.0, share).gain < TOO_SMALL_A_GAIN:
        return Prior(share, None, None, "known", *counts), []
    value = _within(table.estimate())
    priors = table.estimate_resampled(resamples)
    low, high = np.quantile(priors, QUANTILES)
    stated = Prior(value, min(float(low), value), max(float(high), value), "estimated", *counts)
    return stated, [_within(prior) for prior in priors]


def _within(prior: float) -> float:
    return min(max(prior, 1e-9), 1 - 1e-9)


@dataclass(frozen=True)
class _ScoreTable:
    """Known edges, and candidates counted in bins of their score, by groups that are drawn as a whole."""

    known: Float64  # [P]
    centres: Float64  # [B]
    counts: Float64  # [G, B]

    @classmethod
    def of(cls, known: Float64, candidates: Float64, groups: Indices, n_groups: int) -> _ScoreTable:
        """Count candidates [K, N], each in a group [N]: its TF, whose edges resemble each other."""
        bins = ScoreBins.of(candidates.ravel())
        return cls(known, *bins.of_groups(candidates.ravel(), np.tile(groups, len(candidates)), n_groups))

    def fit(self, bend: float, prior: float | None = None) -> PresenceCurve:
        """Fit the curve with a bend where `bend` of the known edges lie below."""
        return _fit_with_bend(self.known, self.centres, self.counts.sum(axis=0), bend, prior=prior)

    def estimate(self) -> float:
        """Return the prior: the median over bends."""
        return float(np.median([self.fit(bend).prior for bend in BENDS]))

    def estimate_resampled(self, resamples: Sequence[Resample]) -> list[float]:
        """Return the prior of each resample; its bend is another one each time."""
        whole, priors = [self.fit(bend) for bend in BENDS], []
        for number, resample in enumerate(resamples):
            bend, near = BENDS[number % len(BENDS)], whole[number % len(BENDS)]
            weights = resample.groups @ self.counts
            priors.append(_fit_with_bend(self.known[resample.rows], self.centres, weights, bend, near=near).prior)
        return priors


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
