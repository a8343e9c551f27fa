"""Maps from logits to probabilities: of an ensemble's members, and from one base rate to another."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import norm

from grnet.probability.calibration import Calibration, CandidateCalibration, move_base_rate
from grnet.schema.errors import FormatError

CURVE = Calibration("use-availability", (-1.0, 0.5, 2.0), (-4.0, -1.0, 3.0), 70)


def test_logits_are_averaged_relative_to_the_level_of_their_member():
    levels = (0.5, -0.25, 1.0, 0.0, 0.75, -1.0)  # two seeds of three folds
    calibration = CandidateCalibration(levels, 3, CURVE)
    logits = np.random.default_rng(0).normal(size=(6, 4, 5)).astype(np.float32)
    expected = [
        CURVE.apply(((logits[fold] - levels[fold]) + (logits[3 + fold] - levels[3 + fold])) / 2) for fold in range(3)
    ]
    np.testing.assert_allclose(calibration.by_fold(logits), expected, rtol=1e-6)
    alone = [CURVE.apply(logits[member] - levels[member]) for member in range(6)]
    np.testing.assert_allclose(calibration.by_member(logits), alone, rtol=1e-6)
    centred = logits - np.reshape(levels, (6, 1, 1))
    np.testing.assert_allclose(calibration.together(logits), CURVE.apply(centred.mean(axis=0)), rtol=1e-6)
    of_seeds = [CURVE.apply(centred[:3].mean(axis=0)), CURVE.apply(centred[3:].mean(axis=0))]
    np.testing.assert_allclose(calibration.by_seed(logits), of_seeds, rtol=1e-6)
    assert calibration.by_fold(np.empty((6, 0))).shape == (3, 0)
    with pytest.raises(ValueError, match="expected logits of 6 members, got 5"):
        calibration.by_member(logits[:5])


def test_a_pair_that_one_fold_may_judge_has_a_curve_of_its_own():
    alone = Calibration("use-availability", (-1.0, 2.0), (-4.0, 1.0), 70)
    logits = np.linspace(-2, 3, 14).reshape(2, 7)
    calibration = CandidateCalibration((0.5, -1.0), 2, CURVE, alone)
    expected = [alone.apply(logits[0] - 0.5), alone.apply(logits[1] + 1)]
    np.testing.assert_allclose(calibration.by_unseen(logits), expected, rtol=1e-12)
    plain = CandidateCalibration((0.5, -1.0), 2, CURVE)
    np.testing.assert_array_equal(plain.by_unseen(logits), plain.by_fold(logits))


@pytest.mark.parametrize("alone", [None, Calibration("use-availability", (-1.0, 2.0), (-4.0, 1.0), 70)])
def test_a_calibration_of_candidates_reads_back_as_it_was_stored(alone):
    calibration = CandidateCalibration((0.1, 0.2), 2, CURVE, alone)
    stored = json.loads(json.dumps(calibration.to_json()))
    assert CandidateCalibration.from_json(stored) == calibration
    for broken in ({**stored, "levels": [0.1, 0.2, 0.3]}, {**stored, "levels": []}, {**stored, "folds": 0}):
        with pytest.raises(FormatError, match=r"expected a level for each of S × \d members"):
            CandidateCalibration.from_json(broken)
    for broken in ({**stored, "folds": "two"}, {name: stored[name] for name in ("folds", "levels")}):
        with pytest.raises(FormatError, match="missing or wrong entry"):
            CandidateCalibration.from_json(broken)


@pytest.mark.parametrize(("before", "after"), [(0.5, 0.02), (0.02, 0.5), (0.3, 0.3)])
def test_another_base_rate_is_bayes_rule(before, after):
    scores = np.linspace(-3, 5, 41)
    edge, other = norm.pdf(scores, 2), norm.pdf(scores)
    known, wanted = (rate * edge / (rate * edge + (1 - rate) * other) for rate in (before, after))
    np.testing.assert_allclose(move_base_rate(known, before=before, after=after), wanted, rtol=1e-12)
    np.testing.assert_array_equal(move_base_rate([0.0, 1.0], before=before, after=after), [0.0, 1.0])
