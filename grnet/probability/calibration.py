"""Monotone maps from scores (logits) to probabilities, as they are stored: of labelled pairs and of candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Float64
from grnet.schema.errors import FormatError
from grnet.storage.entries import Form, ListOf, Number, OrNull, Text, Whole

CURVE_FORM: Form = {"method": Text(), "knots": ListOf(Number(), 2), "values": ListOf(Number(), 2), "n": Whole(0)}
CANDIDATE_FORM: Form = {
    "folds": Whole(1),
    "levels": ListOf(Number(), 1),
    "curve": CURVE_FORM,
    "alone?": OrNull(CURVE_FORM),
}
"""What the two calibrations are as JSON."""


@dataclass(frozen=True)
class Calibration:
    """Piecewise-linear, non-decreasing map of logits to logits, then the logistic function.

    Attributes
    ----------
    method : str
        "platt", "isotonic", "use-availability" or "identity": how it was fitted.
    knots : tuple of float
        Logits, strictly increasing, two or more. Outside them the first and last pieces go on.
    values : tuple of float
        Calibrated logits at the knots, non-decreasing.
    n : int
        Number of labelled pairs that it was fitted on.
    """

    method: str
    knots: tuple[float, ...]
    values: tuple[float, ...]
    n: int

    def __post_init__(self) -> None:
        if len(self.knots) < 2 or len(self.knots) != len(self.values):
            raise FormatError(f"a calibration needs two or more knots with a value each, got {len(self.knots)}")
        if np.any(np.diff(self.knots) <= 0) or np.any(np.diff(self.values) < 0):
            raise FormatError("a calibration needs increasing knots and non-decreasing values")

    @classmethod
    def identity(cls) -> Calibration:
        """Return the map that leaves logits as they are."""
        return cls("identity", (-1.0, 1.0), (-1.0, 1.0), 0)

    def apply(self, scores: npt.ArrayLike) -> Float64:
        """Return the probability of each score, float64 in 0..1, of the shape of `scores`."""
        x = np.asarray(scores, dtype=np.float64)
        knots, values = np.asarray(self.knots), np.asarray(self.values)
        piece = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
        slope = np.diff(values) / np.diff(knots)
        logit = values[piece] + slope[piece] * (x - knots[piece])
        probability: Float64 = 1.0 / (1.0 + np.exp(-np.clip(logit, -60.0, 60.0)))
        return probability

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary of JSON values."""
        return {"method": self.method, "knots": list(self.knots), "values": list(self.values), "n": self.n}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Calibration:
        """Build from what :meth:`to_json` returned.

        Raises
        ------
        FormatError
            A key is missing or a value is no calibration.
        """
        try:
            knots = tuple(float(knot) for knot in value["knots"])
            values = tuple(float(entry) for entry in value["values"])
            return cls(str(value["method"]), knots, values, int(value["n"]))
        except FormatError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"calibration.json: missing or wrong entry ({error})") from error


@dataclass(frozen=True)
class CandidateCalibration:
    """What the members of an ensemble say of a candidate → the probability that it is an edge.

    Members are models of S seeds × K folds, the folds of the first seed first. The logits of a member are taken
    relative to its own level, its median over candidates, since two models may be as sure and yet score all pairs
    higher or lower. A candidate has the probability of the mean over all members. A pair that only the models of one
    fold may judge has that of their mean, by a curve of its own: one fold tells less than all of them.

    Attributes
    ----------
    levels : tuple of float
        Of the S · K members.
    folds : int
        K.
    curve : Calibration
        Of centred logits, averaged over members.
    alone : Calibration or None
        Of centred logits of one fold, averaged over seeds; None where it is `curve`.
    """

    levels: tuple[float, ...]
    folds: int
    curve: Calibration
    alone: Calibration | None = None

    def __post_init__(self) -> None:
        if self.folds < 1 or not self.levels or len(self.levels) % self.folds:
            raise FormatError(f"expected a level for each of S × {self.folds} members, got {len(self.levels)}")

    def together(self, logits: npt.ArrayLike) -> Float64:
        """Return the probabilities [...] of candidates, from the logits [S · K, ...] of all members."""
        return self.curve.apply(self._centre(logits).mean(axis=0))

    def by_unseen(self, logits: npt.ArrayLike) -> Float64:
        """Return the probabilities [K, ...] of pairs that the models of that fold alone may judge."""
        return (self.alone or self.curve).apply(self._average_seeds(logits))

    def by_fold(self, logits: npt.ArrayLike) -> Float64:
        """Return the probabilities [K, ...] of candidates, if all members said what those of a fold say."""
        return self.curve.apply(self._average_seeds(logits))

    def by_seed(self, logits: npt.ArrayLike) -> Float64:
        """Return the probabilities [S, ...] of candidates, if all members said what those of a seed say."""
        centred = self._centre(logits)
        return self.curve.apply(
            centred.reshape(len(centred) // self.folds, self.folds, *centred.shape[1:]).mean(axis=1)
        )

    def by_member(self, logits: npt.ArrayLike) -> Float64:
        """Return the probabilities [S · K, ...] of candidates, if all members said what one of them says."""
        return self.curve.apply(self._centre(logits))

    def _average_seeds(self, logits: npt.ArrayLike) -> Float64:
        centred = self._centre(logits)
        seeds = len(centred) // self.folds
        return np.asarray(centred.reshape(seeds, self.folds, *centred.shape[1:]).mean(axis=0), dtype=np.float64)

    def _centre(self, logits: npt.ArrayLike) -> Float64:
        values = np.asarray(logits, dtype=np.float64)
        if len(values) != len(self.levels):
            raise ValueError(f"expected logits of {len(self.levels)} members, got {len(values)}")
        return np.asarray(values - np.reshape(self.levels, (-1,) + (1,) * (values.ndim - 1)))

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for a JSON file."""
        alone = None if self.alone is None else self.alone.to_json()
        return {"folds": self.folds, "levels": list(self.levels), "curve": self.curve.to_json(), "alone": alone}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> CandidateCalibration:
        """Build from what :meth:`to_json` returned.

        Raises
        ------
        FormatError
            A key is missing or a value is no calibration.
        """
        try:
            levels = tuple(float(level) for level in value["levels"])
            alone = None if value.get("alone") is None else Calibration.from_json(value["alone"])
            return cls(levels, int(value["folds"]), Calibration.from_json(value["curve"]), alone)
        except FormatError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"calibration of candidates: missing or wrong entry ({error})") from error


def move_base_rate(probability: npt.ArrayLike, *, before: float, after: float) -> Float64:
    """Return probabilities for pairs of which another fraction is edges, by Bayes' rule.

    The odds of a pair are multiplied by the odds of `after` over those of `before` (Saerens, Latinne & Decaestecker
    2002, doi:10.1162/089976602753284446); edges and non-edges must each look alike at both rates.

    Parameters
    ----------
    probability : float array, 0..1
        Right where the fraction `before` is edges.
    before, after : float
        Above 0 and below 1.
    """
    p = np.asarray(probability, dtype=np.float64)
    edge, other = p * (after / before), (1 - p) * ((1 - after) / (1 - before))
    return np.asarray(edge / (edge + other))
