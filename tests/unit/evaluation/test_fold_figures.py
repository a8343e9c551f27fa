import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from grnet.evaluation.correlation_strata import tabulate_strata
from grnet.evaluation.fold_figures import fold_table
from grnet.schema.errors import InputError


@pytest.fixture
def scored():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    return labels, np.clip(0.4 * labels + 0.6 * rng.random(300), 0, 1), np.arange(300) % 3


def test_fold_table_has_each_fold_then_mean_and_deviation(scored):
    labels, p, folds = scored
    table = fold_table(labels, p, folds)
    assert list(table["fold"]) == ["0", "1", "2", "mean", "sd"]
    columns = ["fold", "n", "base_rate", "accuracy", "f1", "auroc", "auprc", "brier", "tp", "fp", "tn", "fn"]
    assert list(table.columns) == columns
    for k in range(3):
        tn, fp, fn, tp = confusion_matrix(labels[folds == k], p[folds == k] >= 0.5).ravel()
        assert table.loc[k, ["tp", "fp", "tn", "fn"]].tolist() == [tp, fp, tn, fn]
    areas = [roc_auc_score(labels[folds == k], p[folds == k]) for k in range(3)]
    np.testing.assert_allclose(table["auroc"], [*areas, np.mean(areas), np.std(areas, ddof=1)])


def test_a_fold_of_one_class_is_left_out_of_the_mean_area():
    table = fold_table([1, 1, 0, 1], [0.9, 0.8, 0.1, 0.7], [0, 0, 1, 1]).set_index("fold")
    assert table.loc["mean", "auroc"] == 1
    assert np.isnan(table.loc["sd", "auroc"])
    assert table.loc["mean", "accuracy"] == 1


def test_folds_must_align(scored):
    with pytest.raises(InputError, match="expected a fold for each of 300 pairs"):
        fold_table(scored[0], scored[1], [0, 1])


def test_strata_hold_equal_counts_of_rising_correlation_and_a_row_without():
    rng = np.random.default_rng(0)
    r = np.concatenate([rng.uniform(-1, 1, 400), [np.nan] * 20])
    labels = rng.integers(0, 2, 420)
    table = tabulate_strata(labels, {"m": labels * 0.5, "|r|": np.nan_to_num(np.abs(r))}, r, n_strata=4)
    assert list(table.columns) == ["low", "high", "n", "base_rate", "m", "|r|"]
    assert list(table["n"]) == [100, 100, 100, 100, 20]
    assert np.all(table["high"][:3].to_numpy() < table["low"][1:4].to_numpy())
    assert np.isnan(table["low"][4])
    assert list(table["m"]) == [1.0] * 5
    inside = np.isnan(r)
    assert table["base_rate"][4] == labels[inside].mean()
    with pytest.raises(InputError, match="expected a correlation for each of 420 pairs"):
        tabulate_strata(labels, {"m": labels * 0.5}, [0.1])
