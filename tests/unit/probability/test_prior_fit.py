"""The prior of an ensemble's candidates, estimated or given, and the probabilities that follow from it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import norm

from grnet.probability.prior import Prior
from grnet.probability.prior_fit import FEWEST_KNOWN, CandidateScores, PriorFit, fit_prior
from grnet.schema.errors import InputError

FOLDS, TFS = 5, 40
GAP = 3.0


def make_scores(prior, *, n_known=800, n_candidates=20_000, seeds=1, levels=None, gap=GAP, seed=0):
    """An edge scores N(gap, 1), another pair N(0, 1); members add noise of their own, and the level of their fold."""
    rng = np.random.default_rng(seed)
    edges = int(prior * n_candidates)
    own = np.concatenate([rng.normal(gap, 1, edges), rng.normal(0, 1, n_candidates - edges)])
    shift = np.zeros(seeds * FOLDS) if levels is None else np.asarray(levels)
    folds = rng.integers(0, FOLDS, n_known)
    known = rng.normal(gap, 1, n_known) + 0.01 * rng.normal(size=(seeds, n_known))
    known = known + shift.reshape(seeds, FOLDS)[:, folds]
    members = own + 0.01 * rng.normal(size=(seeds * FOLDS, n_candidates)) + shift[:, None]
    return CandidateScores(
        known=known.astype(np.float32),
        known_folds=folds,
        known_tfs=rng.integers(0, TFS, n_known),
        candidates=members.astype(np.float32),
        candidate_tfs=rng.integers(0, TFS, n_candidates),
        n_known=n_known,
        n_candidates=n_candidates,
    )


def true_probability(scores, prior, gap=GAP):
    edge = prior * norm.pdf(scores, gap)
    return edge / (edge + (1 - prior) * norm.pdf(scores))


@pytest.mark.parametrize("prior", [0.02, 0.1, 0.3])
def test_the_estimate_is_near_the_truth_and_its_interval_holds_it(prior):
    fitted = fit_prior(make_scores(prior)).prior
    assert fitted.source == "estimated"
    assert fitted.value == pytest.approx(prior, rel=0.25)
    assert fitted.low < prior < fitted.high
    assert fitted.low < fitted.value < fitted.high
    assert (fitted.known_edges, fitted.candidates) == (800, 20_000)


def test_a_given_prior_is_the_mean_probability_of_the_candidates_and_follows_bayes_rule():
    scores = make_scores(0.05)
    fit = fit_prior(scores, prior=0.05)
    assert fit.prior == Prior(0.05, None, None, "given", 800, 20_000)
    probability = fit.calibration.together(scores.candidates)
    assert probability.mean() == pytest.approx(0.05, rel=0.02)
    level = np.median(scores.candidates, axis=1)
    grid = np.linspace(0, 4, 21)
    np.testing.assert_allclose(
        fit.calibration.by_fold(np.tile(grid, (FOLDS, 1)) + 0 * level[:, None])[0],
        true_probability(grid, 0.05),
        atol=0.08,
    )


@pytest.mark.parametrize("seeds", [1, 3])
def test_members_of_other_levels_give_the_same_probabilities(seeds):
    levels = np.random.default_rng(5).normal(0, 2, seeds * FOLDS)
    plain, shifted = make_scores(0.1, seeds=seeds), make_scores(0.1, seeds=seeds, levels=levels)
    one, two = fit_prior(plain), fit_prior(shifted)
    assert two.prior.value == pytest.approx(one.prior.value, rel=1e-3)
    np.testing.assert_allclose(
        one.calibration.by_fold(plain.candidates), two.calibration.by_fold(shifted.candidates), atol=1e-3
    )
    assert len(two.calibration.levels) == seeds * FOLDS
    assert two.calibration.folds == FOLDS


def test_known_edges_that_score_like_any_candidate_tell_nothing():
    fitted = fit_prior(make_scores(0.05, gap=0.0)).prior
    assert (fitted.source, fitted.low, fitted.high) == ("known", None, None)
    assert fitted.value == pytest.approx(800 / 20_800)


def test_a_handful_of_known_edges_tells_nothing():
    for n_known, source in ((FEWEST_KNOWN - 1, "known"), (FEWEST_KNOWN, "estimated")):
        assert fit_prior(make_scores(0.1, n_known=n_known, n_candidates=2_000)).prior.source == source


def test_few_known_edges_and_few_tfs_are_enough_for_a_wide_interval():
    few = make_scores(0.1, n_known=25, n_candidates=2_000)
    one_tf = CandidateScores(
        few.known, few.known_folds, few.known_tfs * 0, few.candidates, few.candidate_tfs * 0, 25, 2_000
    )
    for scores in (few, one_tf):
        fitted = fit_prior(scores).prior
        assert 0 < fitted.low < 0.1 < fitted.high < 1


def test_the_same_seed_gives_the_same_fit():
    scores = make_scores(0.1, n_known=120, n_candidates=3_000)
    assert fit_prior(scores, seed=3) == fit_prior(scores, seed=3)
    assert fit_prior(scores, seed=3).prior.low != fit_prior(scores, seed=4).prior.low


def test_a_fit_reads_back_as_it_was_stored():
    scores = make_scores(0.1, n_known=120, n_candidates=3_000)
    for prior in (None, 0.2):
        fit = fit_prior(scores, prior=prior)
        assert fit.limits is not None
        assert PriorFit.from_json(json.loads(json.dumps(fit.to_json()))) == fit


def test_nothing_to_compare_is_refused():
    scores = make_scores(0.1, n_known=50, n_candidates=500)
    empty = CandidateScores(
        scores.known[:, :0], scores.known_folds[:0], scores.known_tfs[:0], scores.candidates, scores.candidate_tfs, 0, 9
    )
    with pytest.raises(InputError, match="needs known edges and candidates without a label, got 0 and 500"):
        fit_prior(empty)
