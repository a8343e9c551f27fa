from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from grnet.evaluation import ranking
from grnet.evaluation.ranking import rank_pairs


def count_by_hand(labels: np.ndarray, scores: np.ndarray) -> tuple[list[int], list[int]]:
    cuts = sorted(set(scores.tolist()), reverse=True)
    called = [0, *(int((scores >= cut).sum()) for cut in cuts)]
    return called, [0, *(int(labels[scores >= cut].sum()) for cut in cuts)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(20))
def test_counts_and_areas_equal_those_by_hand(seed, dtype, monkeypatch):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 200))
    labels = np.append([0, 1], rng.random(n) < 0.3).astype(np.int8)
    scores = np.round(rng.normal(size=n + 2), int(rng.integers(0, 4))).astype(dtype)
    monkeypatch.setattr(ranking, "_CHUNK", int(rng.integers(1, 50)))
    counts = rank_pairs(labels, scores)
    assert (counts.called.tolist(), counts.positives.tolist()) == count_by_hand(labels, scores)
    assert counts.called.dtype == counts.positives.dtype == np.int64
    assert counts.auroc() == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert counts.auprc() == pytest.approx(average_precision_score(labels, scores), abs=1e-12)


def test_nothing_to_rank():
    counts = rank_pairs([], [])
    assert (counts.called.tolist(), counts.positives.tolist(), counts.n) == ([0], [0], 0)
    assert np.isnan(counts.auroc())
