"""95 % limits of the probability of candidates, and of the part of true edges among several of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Float64
from grnet.schema.errors import FormatError
from grnet.storage.entries import Form, ListOf, Number

LIMITS_FORM: Form = {name: ListOf(Number(0, 1), 1) for name in ("probability", "low", "high")}
"""What limits are as JSON."""

QUANTILES = (0.025, 0.975)
STANDARD_ERRORS = 1.96
DIGITS = 6
"""Of the limits that are stored."""


@dataclass(frozen=True)
class ProbabilityLimits:
    """How far a probability could be off: its limits, by linear interpolation between some probabilities.

    Attributes
    ----------
    probability : tuple of float
        Increasing.
    low, high : tuple of float
        Limits at each, non-decreasing.
    """

    probability: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.probability or not len(self.probability) == len(self.low) == len(self.high):
            raise FormatError("limits of probabilities need a lower and an upper limit for each probability")
        if np.any(np.diff(self.probability) <= 0) or np.any(np.diff(self.low) < 0) or np.any(np.diff(self.high) < 0):
            raise FormatError("limits of probabilities need increasing probabilities and non-decreasing limits")

    @classmethod
    def of(cls, probability: Float64, drawn: Float64) -> ProbabilityLimits:
        """Take the limits from rising probabilities [N] and what resamples make of each, [R, N]."""
        values, first = np.unique(probability.round(DIGITS), return_index=True)
        low, high = np.maximum.accumulate(np.quantile(drawn, QUANTILES, axis=0)[:, first].round(DIGITS), axis=1)
        low, high = np.minimum(low, values), np.maximum(high, values)
        return cls(tuple(values.tolist()), tuple(low.tolist()), tuple(high.tolist()))

    def of_mean(self, probability: npt.ArrayLike) -> tuple[float, float]:
        """Return limits of the part of true edges among candidates [N], one or more, of these probabilities.

        They are the limits of the mean probability, as if all were off in the same direction, widened by the chance of
        each candidate: half-widths are added as independent errors are.
        """
        p = np.asarray(probability, dtype=np.float64)
        mean, chance = float(p.mean()), STANDARD_ERRORS * float(np.sqrt((p * (1 - p)).sum())) / len(p)
        low, high = (float(np.interp(p, self.probability, limits).mean()) for limits in (self.low, self.high))
        return max(mean - float(np.hypot(mean - low, chance)), 0.0), min(
            mean + float(np.hypot(high - mean, chance)), 1.0
        )

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for a JSON file."""
        return {"probability": list(self.probability), "low": list(self.low), "high": list(self.high)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ProbabilityLimits:
        """Build from what :meth:`to_json` returned.

        Raises
        ------
        FormatError
            An entry is missing or wrong.
        """
        try:
            probability, low, high = (tuple(map(float, value[name])) for name in ("probability", "low", "high"))
            return cls(probability, low, high)
        except FormatError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"limits of probabilities: missing or wrong entry ({error})") from error
