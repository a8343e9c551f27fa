"""The curve of known edges against candidates: its likelihood, its limits, and mixtures of which the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import norm

from grnet.probability.prior_likelihood import METHOD, ScoreBins, _Likelihood, fit_presence


def logistic(z):
    return 1 / (1 + np.exp(-z))


def draw(n_known, n_candidates, prior, *, gap=2.5, seed=0):
    """Edges score from N(gap, 1), others from N(0, 1): by Bayes' rule the logit of an edge is linear in the score."""
    rng = np.random.default_rng(seed)
    edges = int(prior * n_candidates)
    candidates = np.concatenate([rng.normal(gap, 1, edges), rng.normal(0, 1, n_candidates - edges)])
    return rng.normal(gap, 1, n_known), candidates


def bayes(scores, prior, gap=2.5):
    edge, other = prior * norm.pdf(scores, gap), (1 - prior) * norm.pdf(scores)
    return edge / (edge + other)


def in_bins(candidates, n_bins=1000):
    groups = np.zeros(len(candidates), dtype=np.int64)
    centres, counts = ScoreBins.of(candidates, n_bins).of_groups(candidates, groups, 1)
    return centres, counts[0]


@pytest.mark.parametrize("bend", [None, 1.2])
@pytest.mark.parametrize("prior", [0.02, 0.1, 0.4])
def test_recovers_the_prior_of_a_mixture_and_bayes_rule(prior, bend):
    known, candidates = draw(20_000, 200_000, prior)
    curve = fit_presence(known, *in_bins(candidates), bend=bend)
    assert curve.prior == pytest.approx(prior, rel=0.08)
    calibration = curve.to_calibration(len(known))
    scores = np.linspace(-1, 4, 51)
    np.testing.assert_allclose(calibration.apply(scores), bayes(scores, prior), atol=0.03)
    assert (calibration.method, calibration.n) == (METHOD, 20_000)


@pytest.mark.parametrize("prior", [0.005, 0.05, 0.3])
def test_a_given_prior_is_kept_exactly_and_the_curve_is_bayes_rule(prior):
    known, candidates = draw(5_000, 100_000, prior)
    centres, counts = in_bins(candidates)
    curve = fit_presence(known, centres, counts, prior=prior)
    assert curve.prior == pytest.approx(prior, rel=1e-6)
    p = curve.to_calibration(len(known)).apply(centres)
    assert p @ counts / counts.sum() == pytest.approx(prior, rel=1e-6)
    scores = np.linspace(-1, 4, 51)
    np.testing.assert_allclose(curve.to_calibration(1).apply(scores), bayes(scores, prior), atol=0.04)


@pytest.mark.parametrize("bend", [None, 0.7])
@pytest.mark.parametrize("prior", [None, 0.07])
def test_the_curve_has_the_highest_likelihood(bend, prior):
    known, candidates = draw(300, 3_000, 0.1, seed=4)
    centres, counts = in_bins(candidates, 200)
    weights = counts / counts.sum()
    curve = fit_presence(known, centres, counts, bend=bend, prior=prior)

    def gain(height, below, above):
        def p(s):
            return logistic(height + below * np.minimum(s - curve.bend, 0) + above * np.maximum(s - curve.bend, 0))

        return np.log(p(known)).sum() - len(known) * np.log(weights @ p(centres)), weights @ p(centres)

    best, mean = gain(curve.height, curve.below, curve.above)
    assert curve.gain == pytest.approx(best, abs=1e-6)
    assert curve.prior == pytest.approx(mean)
    for change in np.random.default_rng(0).normal(0, 0.05, (200, 3)):
        below, above = max(curve.below + change[1], 0), max(curve.above + change[2], 0)
        value, other = gain(curve.height + change[0], above if bend is None else below, above)
        if prior is None or abs(other - prior) < 1e-9:
            assert value <= best + 1e-6


@pytest.mark.parametrize("bend", [None, 0.4])
def test_gradients_are_those_of_the_loss(bend):
    known, candidates = draw(50, 400, 0.2, seed=1)
    centres, counts = in_bins(candidates, 60)
    likelihood = _Likelihood(centres, counts / counts.sum(), bend, known)
    rng = np.random.default_rng(2)
    n_slopes = 1 if bend is None else 2
    for _ in range(5):
        slopes = rng.uniform(0.2, 3, n_slopes)
        at = np.concatenate([[rng.uniform(-4, 1)], slopes])
        expected = approx_fprime(at, lambda x: likelihood._loss(x)[0], 1e-7)
        np.testing.assert_allclose(likelihood._loss(at)[1], expected, atol=1e-5)
        expected = approx_fprime(slopes, lambda x: likelihood._loss_at(x, 0.1)[0], 1e-7)
        np.testing.assert_allclose(likelihood._loss_at(slopes, 0.1)[1], expected, atol=1e-5)


def test_slopes_never_fall_and_scores_may_all_be_equal():
    rng = np.random.default_rng(0)
    backwards = fit_presence(rng.normal(-3, 1, 200), *in_bins(rng.normal(0, 1, 5_000)))
    assert backwards.above == 0
    assert backwards.gain == pytest.approx(0, abs=1e-6)
    alike = fit_presence(np.full(50, 0.3), np.array([0.3]), np.array([400.0]), prior=0.05)
    np.testing.assert_allclose(alike.to_calibration(50).apply([0.3]), 0.05, rtol=1e-6)


def test_bins_count_every_score_once_in_its_group_and_are_finest_at_the_top():
    rng = np.random.default_rng(0)
    scores, groups = rng.normal(size=5_000), rng.integers(0, 3, 5_000)
    bins = ScoreBins.of(scores, 100)
    centres, counts = bins.of_groups(scores, groups, 3)
    assert counts.sum(axis=1).tolist() == np.bincount(groups).tolist()
    assert np.all(np.diff(centres) > 0)
    assert (counts.sum(axis=0) @ centres) / 5_000 == pytest.approx(scores.mean())
    assert counts.sum(axis=0)[-10:].max() <= 2 < 50 < counts.sum(axis=0).max()
    place = np.searchsorted(bins.edges, scores, side="right")
    filled = np.unique(place)
    expected = [[np.sum((place == b) & (groups == g)) for b in filled] for g in range(3)]
    np.testing.assert_array_equal(counts, expected)
