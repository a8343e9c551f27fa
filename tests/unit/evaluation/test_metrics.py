import itertools

import numpy as np
import pytest
from sklearn import metrics as reference

from grnet.evaluation.metrics import (
    auprc_ratio,
    calibration_error,
    classification_metrics,
    early_precision,
    early_precision_ratio,
    equal_mass_bins,
    precision_at,
)
from grnet.schema.errors import InputError


def expected_precision_over_orders(labels, scores, k):
    """Mean precision at k over every order that respects the scores."""
    values = []
    for order in itertools.permutations(range(len(labels))):
        ranked = np.array(scores)[list(order)]
        if np.all(np.diff(ranked) <= 0):
            values.append(np.mean(np.array(labels)[list(order)][:k]))
    return np.mean(values)


@pytest.mark.parametrize("decimals", [1, 6])
def test_figures_equal_scikit_learn_with_and_without_ties(decimals):
    rng = np.random.default_rng(0)
    labels = (rng.random(500) < 0.3).astype(int)
    probabilities = np.round(np.clip(0.3 * labels + rng.random(500) * 0.7, 0, 1), decimals)
    got = classification_metrics(labels, probabilities)
    called = probabilities >= 0.5
    assert got.n == 500
    assert got.base_rate == labels.mean()
    assert got.accuracy == pytest.approx(reference.accuracy_score(labels, called))
    assert got.f1 == pytest.approx(reference.f1_score(labels, called))
    assert got.auroc == pytest.approx(reference.roc_auc_score(labels, probabilities))
    assert got.auprc == pytest.approx(reference.average_precision_score(labels, probabilities))
    assert got.brier == pytest.approx(reference.brier_score_loss(labels, probabilities))
    assert [got.tn, got.fp, got.fn, got.tp] == reference.confusion_matrix(labels, called).ravel().tolist()
    assert auprc_ratio(labels, probabilities) == pytest.approx(got.auprc / labels.mean())
    assert got.to_json()["auroc"] == got.auroc


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_gives_nan_areas_and_no_exception(label):
    got = classification_metrics([label] * 3, [0.2, 0.6, 0.9])
    assert np.isnan(got.auroc)
    assert np.isnan(got.auprc)
    assert got.accuracy == pytest.approx(2 / 3 if label else 1 / 3)
    assert np.isnan(auprc_ratio([label] * 3, [1, 2, 3]))


def test_no_pairs_give_nan_and_zero_counts():
    got = classification_metrics([], [])
    assert (got.n, got.tp, got.f1) == (0, 0, 0.0)
    assert np.isnan([got.base_rate, got.accuracy, got.brier, got.calibration_error, got.auroc]).all()


@pytest.mark.parametrize(
    ("labels", "values", "text"),
    [
        ([0, 1], [0.5, 1.5], "probabilities lie in 0..1, got 0.5 to 1.5"),
        ([0, 1], [0.5, np.nan], "scores are finite, got nan in row 1"),
        ([0, 3], [0.5, 0.5], "labels are 1 or 0, got 3 in row 1"),
        ([0], [0.5, 0.5], "expected a label for each of 2 pairs"),
    ],
)
def test_impossible_values_are_refused(labels, values, text):
    with pytest.raises(InputError, match=text):
        classification_metrics(labels, values)


def test_precision_at_counts_ties_as_in_random_order():
    labels, scores = [1, 0, 1, 0, 0, 1], [3, 2, 2, 2, 1, 1]
    ks = [1, 2, 3, 4, 5, 6]
    expected = [expected_precision_over_orders(labels, scores, k) for k in ks]
    assert precision_at(labels, scores, ks) == pytest.approx(expected)
    assert early_precision(labels, scores) == pytest.approx(expected[2])
    assert early_precision_ratio(labels, scores) == pytest.approx(2 * expected[2])


def test_precision_at_is_the_base_rate_when_all_scores_are_equal():
    assert precision_at([1, 0, 0, 0], [7, 7, 7, 7], [1, 2, 4]) == pytest.approx([0.25] * 3)


def test_precision_at_is_nan_beyond_the_pairs():
    assert np.isnan(precision_at([1, 0], [1, 2], [0, 3])).all()
    assert np.isnan(early_precision([0, 0], [1, 2]))
    assert np.isnan(early_precision_ratio([0, 0], [1, 2]))


def test_calibration_error_is_the_weighted_gap_of_equal_bins():
    rng = np.random.default_rng(1)
    p = rng.random(1000)
    y = (rng.random(1000) < p**2).astype(int)
    order = np.argsort(p)
    bins = np.array_split(order, 10)
    expected = sum(len(b) * abs(p[b].mean() - y[b].mean()) for b in bins) / 1000
    assert calibration_error(y, p) == pytest.approx(expected)


def test_equal_values_share_a_bin_whatever_the_order():
    values = np.array([0.5] * 30 + [0.1] * 5 + [0.9] * 5)
    bins = equal_mass_bins(values, 10)
    assert [sorted(set(values[bins == b])) for b in range(bins.max() + 1)] == [[0.1], [0.5], [0.9]]
    order = np.random.default_rng(0).permutation(40)
    np.testing.assert_array_equal(equal_mass_bins(values[order], 10), bins[order])
    assert calibration_error([1, 0, 1, 0], [0.5] * 4) == 0
