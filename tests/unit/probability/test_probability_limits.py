from __future__ import annotations

import json

import numpy as np
import pytest

from grnet.probability.probability_limits import ProbabilityLimits
from grnet.schema.errors import FormatError

LIMITS = ProbabilityLimits((0.1, 0.5, 0.9), (0.05, 0.4, 0.7), (0.2, 0.7, 0.95))


def test_limits_are_quantiles_that_hold_the_probability():
    drawn = np.linspace(0, 1, 41)[:, None] * [0.2, 0.2, 0.8]
    limits = ProbabilityLimits.of(np.array([0.001, 0.001, 0.5]), drawn)
    assert limits.probability == (0.001, 0.5)
    assert limits.low == (0.001, pytest.approx(0.02))
    assert limits.high == (pytest.approx(0.195), pytest.approx(0.78))


def test_the_limits_of_a_mean_join_those_of_its_probabilities_and_chance():
    low, high = LIMITS.of_mean([0.5] * 100)
    chance = 1.96 * np.sqrt(0.25 / 100)
    assert (low, high) == pytest.approx((0.5 - np.hypot(0.1, chance), 0.5 + np.hypot(0.2, chance)))
    low, high = LIMITS.of_mean(np.repeat([0.3, 0.7], 10**6))  # in the middle between knots; chance plays no part
    assert (low, high) == pytest.approx(((0.225 + 0.55) / 2, (0.45 + 0.825) / 2), abs=1e-4)
    assert LIMITS.of_mean([0.9])[1] == 1.0
    assert LIMITS.of_mean([0.1])[0] == 0.0


def test_limits_read_back_as_they_were_stored():
    stored = json.loads(json.dumps(LIMITS.to_json()))
    assert ProbabilityLimits.from_json(stored) == LIMITS
    with pytest.raises(FormatError, match="missing or wrong entry"):
        ProbabilityLimits.from_json({**stored, "low": None})
    with pytest.raises(FormatError, match="a lower and an upper limit for each probability"):
        ProbabilityLimits.from_json({**stored, "low": [0.1]})
    with pytest.raises(FormatError, match="increasing probabilities"):
        ProbabilityLimits.from_json({**stored, "high": [0.9, 0.5, 0.2]})
