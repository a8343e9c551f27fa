"""The curve of the mean score, from known edges of which the score of one fold is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from grnet.probability.ensemble_likelihood import EnsembleTable, _EnsembleLikelihood
from grnet.probability.prior_likelihood import logistic

FOLDS, PRIOR = 5, 0.05


def draw(n_known, n_candidates, *, ceiling=1.0, noise=1.0, seed=0):
    """Candidates are edges with ceiling · logistic(2 m − 6) at a mean m; folds add noise that is 0 in the mean."""
    rng = np.random.default_rng(seed)
    mean = rng.normal(0, 1.5, n_candidates)
    folds = noise * rng.normal(size=(FOLDS, n_candidates))
    folds += mean - folds.mean(axis=0)
    edge = np.flatnonzero(rng.random(n_candidates) < ceiling * logistic(2 * mean - 6))
    chosen = rng.choice(edge, n_known, replace=False)
    known = folds[rng.integers(FOLDS, size=n_known), chosen]
    return known, folds, float(len(edge) / n_candidates)


def table_of(known, folds):
    return EnsembleTable.of(known, folds, np.zeros(folds.shape[1], dtype=np.int64), 1)


@pytest.mark.parametrize("ceiling", [1.0, 0.8])
def test_the_curve_of_the_mean_is_found_from_the_scores_of_one_fold(ceiling):
    known, folds, prior = draw(5_000, 300_000, ceiling=ceiling)
    curve = table_of(known, folds).fit(None, ceiling, prior)
    means = np.linspace(-1, 5, 25)
    np.testing.assert_allclose(curve.apply(means), ceiling * logistic(2 * means - 6), atol=0.03)


def test_a_fold_alone_promises_what_is_true_at_its_score():
    known, folds, prior = draw(5_000, 300_000)
    table = table_of(known, folds)
    alone = table.average_alone(logistic(2 * table.together - 6))
    assert np.all(np.diff(alone) >= 0)
    assert alone @ table.joint.sum(axis=1) / table.joint.sum() == pytest.approx(prior, rel=0.05)
    at = np.abs(folds - 4) < 0.1
    expected = np.tile(logistic(2 * folds.mean(axis=0) - 6), (FOLDS, 1))[at].mean()
    assert np.interp(4.0, table.alone, alone) == pytest.approx(expected, abs=0.02)
    assert expected < logistic(2 * 4 - 6) - 0.05


def test_the_mean_is_the_prior_and_a_ceiling_is_never_passed():
    known, folds, _ = draw(500, 20_000)
    table = table_of(known, folds)
    for bend in (None, 2.0):
        curve = table.fit(bend, 0.9, PRIOR)
        assert curve.apply(table.together) @ table.counts[0] / table.counts.sum() == pytest.approx(PRIOR, rel=1e-6)
        assert curve.apply(np.array([1e6]))[0] <= 0.9


def test_a_resample_of_everything_once_is_the_whole():
    known, folds, _ = draw(300, 10_000)
    groups = np.arange(10_000) % 3
    table = EnsembleTable.of(known, folds, groups, 3)
    assert table.fit(1.0, 1.0, PRIOR) == table.fit(1.0, 1.0, PRIOR, rows=np.arange(300), groups=np.ones(3))
    assert table.counts.sum(axis=1).tolist() == np.bincount(groups).tolist()


@pytest.mark.parametrize("bend", [None, 1.5])
def test_gradients_are_those_of_the_loss(bend):
    known, folds, _ = draw(100, 5_000)
    table = table_of(known, folds)
    share = np.bincount(table.place, minlength=len(table.alone)) / len(known)
    weights = table.counts[0] / table.counts.sum()
    likelihood = _EnsembleLikelihood(table.together, weights, bend, share, table.given)
    rng = np.random.default_rng(1)
    for _ in range(5):
        slopes = rng.uniform(0.2, 3, 1 if bend is None else 2)
        expected = approx_fprime(slopes, lambda x: likelihood.loss_at(x, PRIOR)[0], 1e-7)
        np.testing.assert_allclose(likelihood.loss_at(slopes, PRIOR)[1], expected, atol=1e-5)
