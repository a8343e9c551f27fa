import numpy as np
import pytest
from sklearn.calibration import _SigmoidCalibration

from grnet.evaluation.metrics import calibration_error
from grnet.probability.calibration import Calibration
from grnet.probability.calibration_fit import cross_calibrate, fit_calibration
from grnet.schema.errors import InputError


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def draw(n, seed=0, distort=lambda x: x):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, n)
    return distort(logits), (rng.random(n) < sigmoid(logits)).astype(int)


def test_platt_equals_scikit_learns_sigmoid():
    scores, labels = draw(400)
    fitted = fit_calibration(scores, labels)
    reference = _SigmoidCalibration().fit(scores, labels)
    assert fitted.method == "platt"
    assert fitted.n == 400
    np.testing.assert_allclose(fitted.apply(scores), reference.predict(scores), atol=2e-4)


@pytest.mark.parametrize(("n", "method", "tolerance"), [(900, "platt", 0.03), (20000, "isotonic", 0.04)])
def test_calibrated_logits_stay_nearly_as_they_are(n, method, tolerance):
    scores, labels = draw(n)
    fitted = fit_calibration(scores, labels)
    assert fitted.method == method
    grid = np.linspace(-5, 5, 101)
    assert np.max(np.abs(fitted.apply(grid) - sigmoid(grid))) < tolerance


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_calibration_mends_overconfident_logits_on_new_pairs(method):
    fitted = fit_calibration(*draw(3000, distort=lambda x: 3 * x + 2), method=method)
    scores, labels = draw(3000, seed=1, distort=lambda x: 3 * x + 2)
    assert calibration_error(labels, sigmoid(scores)) > 0.15
    assert calibration_error(labels, fitted.apply(scores)) < 0.035


def test_isotonic_mends_what_no_line_can():
    def bend(x):
        return np.sign(x) * x**2

    fitted = fit_calibration(*draw(20000, distort=bend))
    scores, labels = draw(20000, seed=1, distort=bend)
    assert calibration_error(labels, fitted.apply(scores)) < 0.012


@pytest.mark.parametrize("method", ["platt", "isotonic"])
@pytest.mark.parametrize("seed", range(4))
def test_any_fit_is_monotone_finite_and_extrapolates_gently(method, seed):
    rng = np.random.default_rng(seed)
    scores = np.round(rng.normal(size=300), 1)
    labels = (rng.random(300) < 0.5).astype(int) if seed % 2 else (scores > 0).astype(int)
    fitted = fit_calibration(scores, labels, method=method)
    probabilities = fitted.apply(np.linspace(-50, 50, 2001))
    assert np.all(np.diff(probabilities) >= 0)
    assert np.isfinite(fitted.values).all()
    slopes = np.diff(fitted.values) / np.diff(fitted.knots)
    assert 0 <= slopes[0] < 20
    assert 0 <= slopes[-1] < 20
    assert Calibration.from_json(fitted.to_json()) == fitted


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_scores_that_rank_backwards_give_the_base_rate(method):
    scores, labels = draw(2000)
    probabilities = fit_calibration(-scores, labels, method=method).apply(-scores)
    np.testing.assert_allclose(probabilities, labels.mean(), atol=2e-3)


@pytest.mark.parametrize("method", ["platt", "isotonic"])
@pytest.mark.parametrize(
    ("scores", "labels"),
    [([1.5] * 5, [0, 1, 1, 0, 1]), ([0.2], [1]), ([0.1, 0.2, 0.3], [1, 1, 1]), ([-1.0, 2.0], [0, 1])],
)
def test_tiny_constant_and_one_class_inputs_give_a_usable_map(method, scores, labels):
    probabilities = fit_calibration(scores, labels, method=method).apply([-100, 0, 100])
    assert np.all((probabilities > 0) & (probabilities < 1) | np.isclose(probabilities, [0, 0.5, 1]))
    assert np.all(np.diff(probabilities) >= 0)


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_nested_calibration_never_uses_the_own_fold(method):
    scores, labels = draw(1200)
    folds = np.arange(1200) % 4
    before = cross_calibrate(scores, labels, folds, method=method)
    changed = np.where(folds == 2, 1 - labels, labels)
    after = cross_calibrate(scores, changed, folds, method=method)
    np.testing.assert_array_equal(before[folds == 2], after[folds == 2])
    assert np.any(before[folds != 2] != after[folds != 2])


def test_nested_calibration_chooses_its_method_by_all_pairs():
    scores, labels = draw(1100)
    folds = np.arange(1100) % 5
    np.testing.assert_array_equal(
        cross_calibrate(scores, labels, folds), cross_calibrate(scores, labels, folds, method="isotonic")
    )


def test_nothing_to_fit_is_refused():
    with pytest.raises(InputError, match="needs scored pairs with labels, got none"):
        fit_calibration([], [])
    with pytest.raises(InputError, match="two or more folds"):
        cross_calibrate([0.1, 0.2], [0, 1], [0, 0])
    with pytest.raises(InputError, match="scores are finite, got inf in row 1"):
        fit_calibration([0.1, np.inf], [0, 1])
