"""Curves that stay below 1 where the data do, how they are stored, and limits that hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from grnet.probability.ensemble_fit import EnsembleFit
from grnet.probability.ensemble_likelihood import EnsembleTable
from grnet.probability.resamples import draw_resamples

FOLDS, TFS = 5, 30


def draw(ceiling, n_known=800, n_candidates=20_000, seed=0):
    """Edges have a mean score of 5, others of 0, but for decoys that score as edges do."""
    rng = np.random.default_rng(seed)
    n_edges = n_candidates // 40
    n_high = round(n_edges / ceiling)
    mean = np.concatenate([rng.normal(5, 1, n_high), rng.normal(0, 1, n_candidates - n_high)])
    folds = mean + rng.normal(0, 0.5, (FOLDS, n_candidates))
    known = rng.normal(5, 1, n_known) + rng.normal(0, 0.5, n_known)
    groups = rng.integers(0, TFS, n_candidates)
    return EnsembleTable.of(known, folds, groups, TFS), folds, n_edges / n_candidates


@pytest.mark.parametrize("ceiling", [1.0, 0.9])
def test_what_is_promised_of_the_best_is_what_is_true_of_them(ceiling):
    table, folds, prior = draw(ceiling)
    fit = EnsembleFit.of(table, prior)
    curve, _ = fit.to_calibrations()
    best = np.sort(curve.apply(folds.mean(axis=0)))[-200:]
    assert best.mean() == pytest.approx(ceiling, abs=0.05)
    assert fit.weights.sum() == pytest.approx(1)


def test_the_stored_curves_are_the_fitted_ones_and_level_off():
    table, folds, prior = draw(0.9)
    fit = EnsembleFit.of(table, prior)
    curve, alone = fit.to_calibrations()
    means = np.linspace(-3, 8, 40)
    np.testing.assert_allclose(curve.apply(means), fit.apply(means), atol=0.02)
    for stored in (curve, alone):
        assert stored.apply(1e9) == stored.apply(stored.knots[-1]) < 0.99
        assert stored.n == 800
    assert curve.apply(folds.mean(axis=0)).mean() == pytest.approx(prior, rel=0.03)
    assert alone.apply(folds).mean() == pytest.approx(prior, rel=0.03)


def test_limits_hold_the_true_precision():
    held = []
    for seed in range(5):
        table, folds, prior = draw(0.9, seed=seed)
        fit = EnsembleFit.of(table, prior)
        resamples = draw_resamples(np.arange(800) % TFS, TFS, seed=seed)
        limits = fit.find_limits(resamples, [prior] * len(resamples))
        p = fit.apply(folds.mean(axis=0))
        best = np.argsort(-p)[:400]
        low, high = limits.of_mean(p[best])
        assert low < p[best].mean() < high < low + 0.3
        held.append(low <= 0.9 <= high)
    assert all(held)


@pytest.mark.parametrize(("prior", "n_known"), [(0.95, 800), (0.5, 30), (1e-9, 200)])
def test_any_prior_and_few_known_edges_give_curves(prior, n_known):
    table, _, _ = draw(1.0, n_known=n_known, n_candidates=2_000)
    fit = EnsembleFit.of(table, prior)
    assert fit.apply(table.together) @ table.counts.sum(axis=0) / table.counts.sum() == pytest.approx(prior, rel=1e-3)
    assert len(fit.curves) <= 48
    if n_known < 100:
        assert set(fit.bends) == {None}


def test_scores_may_all_be_equal():
    table = EnsembleTable.of(np.full(50, 0.3), np.full((FOLDS, 400), 0.3), np.zeros(400, dtype=np.int64), 1)
    curve, alone = EnsembleFit.of(table, 0.05).to_calibrations()
    np.testing.assert_allclose([curve.apply(0.3), alone.apply(0.3)], 0.05, rtol=0.01)


def test_the_ceiling_costs_nothing_where_the_prior_is_raised_by_as_much():
    table, _, prior = draw(1.0)
    raised, capped = table.fit(3.0, 1.0, prior / 0.9), table.fit(3.0, 0.9, prior)
    scores = np.linspace(-2, 8, 20)
    np.testing.assert_allclose(capped.apply(scores), 0.9 * raised.apply(scores), rtol=1e-9)
