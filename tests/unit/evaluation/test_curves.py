import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics as reference

from grnet.evaluation.curves import calibration_curve, precision_recall_curve, roc_curve, wilson_interval


@pytest.fixture
def scored():
    rng = np.random.default_rng(0)
    labels = (rng.random(5000) < 0.2).astype(int)
    return labels, labels + rng.normal(size=5000)


def test_thinned_roc_keeps_its_ends_and_its_area(scored):
    curve = roc_curve(*scored)
    assert len(curve.x) <= 300
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(reference.roc_auc_score(*scored), abs=2e-3)


def test_thinned_precision_recall_lies_on_the_full_curve(scored):
    curve = precision_recall_curve(*scored)
    precision, recall, _ = reference.precision_recall_curve(*scored)
    full = set(zip(recall.tolist(), precision.tolist(), strict=True))
    assert len(curve.x) <= 300
    assert set(zip(curve.x[1:].tolist(), curve.y[1:].tolist(), strict=True)) <= full
    assert (curve.x[0], curve.x[-1]) == (0, 1)
    assert curve.y[-1] == pytest.approx(scored[0].mean(), abs=1e-3)
    assert np.all(np.diff(curve.x) >= 0)


def test_a_short_curve_is_left_as_it_is():
    curve = roc_curve([0, 1, 1], [0.1, 0.2, 0.3])
    np.testing.assert_array_equal(curve.y[-2:], [1, 1])
    assert np.trapezoid(curve.y, curve.x) == 1


@pytest.mark.parametrize("draw", [roc_curve, precision_recall_curve])
def test_one_class_gives_no_points(draw):
    assert len(draw([1, 1], [0.1, 0.2]).x) == 0


def test_wilson_interval_equals_scipy():
    low, high = wilson_interval([0, 3, 10], [10, 10, 10])
    for k, got in zip([0, 3, 10], zip(low, high, strict=True), strict=True):
        expected = binomtest(k, 10).proportion_ci(0.95, method="wilson")
        assert got == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_calibration_curve_counts_every_pair_once():
    labels, p = np.array([0, 0, 1, 0, 1, 1]), np.array([0.1, 0.1, 0.1, 0.8, 0.8, 0.8])
    curve = calibration_curve(labels, p, n_bins=2)
    np.testing.assert_allclose(curve.mean, [0.1, 0.8])
    np.testing.assert_allclose(curve.observed, [1 / 3, 2 / 3])
    np.testing.assert_array_equal(curve.count, [3, 3])
    assert np.all((curve.low < curve.observed) & (curve.observed < curve.high))
    assert len(calibration_curve([], []).count) == 0
