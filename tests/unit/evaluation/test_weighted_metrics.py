import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, brier_score_loss, f1_score, roc_auc_score

from grnet.evaluation.metrics import early_precision_ratio
from grnet.evaluation.weighted_metrics import FOLD_FIGURES, WeightedFigures
from grnet.schema.errors import InputError


def make_pairs(n, *, decimals, rate=0.5, seed=0):
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < rate).astype(int)
    labels[:2] = (0, 1)
    return labels, np.clip(0.6 * rng.random(n) + 0.3 * labels, 0, 1).round(decimals)


def by_name(figures):
    return dict(zip(FOLD_FIGURES, figures, strict=True))


@pytest.mark.parametrize(("n", "decimals", "rate"), [(300, 8, 0.5), (300, 1, 0.5), (40, 2, 0.05), (2, 3, 0.5)])
def test_weighted_figures_are_those_of_scikit_learn(n, decimals, rate):
    labels, p = make_pairs(n, decimals=decimals, rate=rate)
    weights = np.random.default_rng(1).integers(0, 4, (20, n)).astype(float)
    weights[:, :2] += 1
    result = WeightedFigures(labels, p).under(weights)
    assert result.shape == (20, len(FOLD_FIGURES))
    for figures, w in zip(result, weights, strict=True):
        found = by_name(figures)
        area = average_precision_score(labels, p, sample_weight=w)
        expected = {
            "accuracy": accuracy_score(labels, p >= 0.5, sample_weight=w),
            "f1": f1_score(labels, p >= 0.5, sample_weight=w, zero_division=0),
            "auroc": roc_auc_score(labels, p, sample_weight=w),
            "auprc": area,
            "auprc_ratio": area / np.average(labels, weights=w),
            "early_precision_ratio": early_precision_ratio(
                np.repeat(labels, w.astype(int)), np.repeat(p, w.astype(int))
            ),
            "brier": brier_score_loss(labels, p, sample_weight=w),
        }
        assert found == pytest.approx(expected, abs=1e-12)


def test_equal_scores_are_one_step():
    labels, p = np.array([1, 0, 0, 0]), np.full(4, 0.5)
    found = by_name(WeightedFigures(labels, p).under(np.array([[2.0, 1, 0, 1]]))[0])
    assert found["auroc"] == 0.5
    assert found["auprc"] == 0.5
    assert found["auprc_ratio"] == 1
    assert found["early_precision_ratio"] == 1


@pytest.mark.parametrize("weights", [[1.0, 1, 0, 0], [0.0, 0, 1, 1]])
def test_weights_on_one_class_leave_ranking_figures_unknown(weights):
    found = by_name(WeightedFigures([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1]).under(np.array([weights]))[0])
    for name in ("auroc", "auprc", "auprc_ratio", "early_precision_ratio"):
        assert np.isnan(found[name])
    assert found["accuracy"] == 0.5


def test_the_order_of_the_rows_changes_no_figure():
    labels, p = make_pairs(60, decimals=1)
    order = np.random.default_rng(3).permutation(60)
    weights = np.random.default_rng(1).integers(0, 4, (5, 60)).astype(float)
    one = WeightedFigures(labels, p).under(weights)
    two = WeightedFigures(labels[order], p[order]).under(weights[:, order])
    np.testing.assert_allclose(one, two, rtol=1e-12)


def test_a_probability_above_one_is_refused():
    with pytest.raises(InputError, match=r"probabilities lie in 0\.\.1, got 0\.2 to 1\.5"):
        WeightedFigures([0, 1], [0.2, 1.5])
