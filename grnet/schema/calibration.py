"""A monotone map from a score (logit) to a probability, as it is stored in `calibration.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.schema.errors import FormatError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """Piecewise-linear, non-decreasing map of logits to logits, then the logistic function.

    Attributes
    ----------
    method : str
        "platt", "isotonic" or "identity": how it was fitted.
    knots : tuple of float
        Logits, strictly increasing, two or more. Outside them the first and last pieces go on.
    values : tuple of float
        Calibrated logits at the knots, non-decreasing.
    n : int
        Number of out-of-fold pairs that it was fitted on.
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

    def apply(self, scores: npt.ArrayLike) -> Floats:
        """Return the probability of each score, float64 in 0..1, of the shape of `scores`."""
        x = np.asarray(scores, dtype=np.float64)
        knots, values = np.asarray(self.knots), np.asarray(self.values)
        piece = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
        slope = np.diff(values) / np.diff(knots)
        logit = values[piece] + slope[piece] * (x - knots[piece])
        probability: Floats = 1.0 / (1.0 + np.exp(-np.clip(logit, -60.0, 60.0)))
        return probability

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for `calibration.json`."""
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
