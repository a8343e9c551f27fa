import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from grnet.evaluation.per_tf import take_tf_medians


def test_medians_are_over_the_tfs_with_five_of_each_label():
    rng = np.random.default_rng(0)
    tf = np.repeat([3, 7, 9, 11], (20, 40, 30, 12))
    labels = np.concatenate([np.arange(20) < 5, np.arange(40) < 20, np.arange(30) < 12, np.arange(12) < 4]).astype(int)
    p = np.clip(rng.random(102) * 0.7 + 0.3 * labels, 0, 1).round(1)
    order = rng.permutation(102)
    result = take_tf_medians(tf[order], labels[order], {"model": p[order]})["model"]
    areas = [roc_auc_score(labels[tf == gene], p[tf == gene]) for gene in (3, 7, 9)]
    ratios = [average_precision_score(labels[tf == g], p[tf == g]) / labels[tf == g].mean() for g in (3, 7, 9)]
    assert result.n_tfs == 3
    assert result.auroc == pytest.approx(np.median(areas))
    assert result.auprc_ratio == pytest.approx(np.median(ratios))


def test_without_such_tfs_there_is_no_median():
    result = take_tf_medians(np.arange(10), np.arange(10) % 2, {"model": np.full(10, 0.5)})["model"]
    assert result.to_json() == {"auroc": None, "auprc_ratio": None, "n_tfs": 0}
