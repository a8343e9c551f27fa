"""What the parts of a score count: against other optimisers, and at the extremes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from grnet.architectures.late import stacking
from grnet.architectures.late.parts import PATTERNS, Part
from grnet.architectures.late.stacking import (
    DOUBT,
    ENTRANCE,
    FEWEST_PAIRS,
    LEAST_OF_START,
    PartScores,
    Weights,
    describe_weights,
    fit_nested,
    fit_weights,
    name_part,
)

RNA, IMAGES = Part("tower", "rna"), Part("tower", "image")
EXPRESSION, DORSAL = Part("kernel", "rna", "expression"), Part("kernel", "image", "dorsal")
KNOWN = Part("known network")
PARTS = (RNA, IMAGES, EXPRESSION, DORSAL, KNOWN)
N_PAIRS = 600
OF_RNA, OF_IMAGES, OF_BOTH = map(PATTERNS.index, ("rna", "image", "fused"))


def make_scores(strengths, *, n_pairs=N_PAIRS, seed=0, parts=PARTS, with_rna=1.0, with_image=1.0):
    """Return labels, and parts that say so much of them, beside noise of 1; genes of some pairs lack a modality."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n_pairs).astype(np.int8)
    values = np.outer(strengths, 2.0 * labels - 1) + rng.normal(size=(len(parts), n_pairs))
    has_rna, has_image = rng.random(n_pairs) < with_rna, rng.random(n_pairs) < with_image
    has_rna |= ~has_image
    for row, part in enumerate(parts):
        values[row, ~{"rna": has_rna, "image": has_image, "": has_rna | has_image}[part.modality]] = 0.0
    return PartScores(parts, values, has_rna, has_image), labels


def penalised_loss(line, values, labels, start):
    """Return the cross-entropy of a line [1 + parts], what its distance from the start costs, and further parts."""
    z = line[0] + values.T @ line[1:]
    spread = values.std(axis=1)
    away = (line[1:] - start) * spread
    toll = ENTRANCE * np.sqrt(len(labels) * labels.mean() * (1 - labels.mean())) * (start == 0)
    loss = np.logaddexp(0, -np.where(labels == 1, z, -z)).sum()
    return loss + DOUBT / 2 * np.sum(away**2) + toll @ (line[1:] * spread)


def test_weights_are_the_optimum_that_another_method_finds():
    scores, labels = make_scores([0.5, 0.3, 0.2, -0.4, 0.4])
    start = np.array([1.0, 0, 0, 0, 0])
    found = fit_weights(scores, labels)
    columns = np.flatnonzero([part.counts_in("rna") for part in PARTS])
    values = scores.values[columns]
    expected = minimize(
        penalised_loss,
        np.full(1 + len(columns), 0.5),
        args=(values, labels, start[columns]),
        method="Powell",
        bounds=[(-5, 5), *[(0, 20)] * len(columns)],
        options={"xtol": 1e-8, "ftol": 1e-12, "maxiter": 20_000},
    )
    line = np.r_[found.base[OF_RNA], found.of_parts[OF_RNA, columns]]
    assert penalised_loss(line, values, labels, start[columns]) <= expected.fun + 1e-4
    np.testing.assert_allclose(line, expected.x, atol=5e-3)
    # With both modalities, the start is what counts for RNA alone.
    everything = np.r_[found.base[OF_BOTH], found.of_parts[OF_BOTH]]
    began = found.of_parts[OF_RNA]
    own = penalised_loss(everything, scores.values, labels, began)
    rng = np.random.default_rng(1)
    for _ in range(200):
        step = 0.02 * rng.normal(size=6)
        moved = everything + step
        moved[1:] = np.maximum(moved[1:], 0)
        assert penalised_loss(moved, scores.values, labels, began) >= own - 1e-6
    assert found.of_parts[OF_BOTH, PARTS.index(DORSAL)] == 0, "what speaks against the labels is not turned around"


def test_with_many_pairs_weights_are_those_of_plain_logistic_regression(monkeypatch):
    monkeypatch.setattr(stacking, "ENTRANCE", 0.0)
    parts = (RNA, EXPRESSION, KNOWN)
    scores, labels = make_scores([0.4, 0.5, 0.3], n_pairs=40_000, parts=parts)
    found = fit_weights(scores, labels)
    plain = LogisticRegression(C=np.inf, tol=1e-10, max_iter=2000).fit(scores.values.T, labels)
    assert (plain.coef_ > 0).all()
    np.testing.assert_allclose(found.of_parts[OF_RNA], plain.coef_[0], atol=5e-3)
    assert found.base[OF_RNA] == pytest.approx(plain.intercept_[0], abs=5e-3)


def test_a_part_enters_where_it_speaks_for_itself_by_more_than_a_standard_error():
    entered = 0
    for seed in range(200):
        scores, labels = make_scores([0.5, 0.0], seed=seed, parts=(RNA, KNOWN))
        entered += fit_weights(scores, labels).of_parts[OF_RNA, 1] > 0
    assert 0.08 * 200 < entered < 0.25 * 200, "of parts that say nothing, a sixth lies a standard error above 0"


def test_what_the_start_consists_of_stays():
    scores, labels = make_scores([-0.5, 0.0, 0.0, 0.0, 0.0])
    of_rna = fit_weights(scores, labels).of_parts[OF_RNA]
    assert of_rna[PARTS.index(RNA)] == pytest.approx(LEAST_OF_START)


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_never_negative_and_count_only_where_their_part_does(seed):
    strengths = np.random.default_rng(seed).normal(0, 0.5, 5)
    scores, labels = make_scores(strengths, seed=seed, with_rna=0.8, with_image=0.7)
    found = fit_weights(scores, labels)
    assert (found.of_parts >= 0).all()
    for row, pattern in enumerate(PATTERNS):
        silent = [not part.counts_in(pattern) for part in PARTS]
        assert not found.of_parts[row, silent].any(), pattern


def test_noise_gets_about_nothing_and_what_helps_gets_weight():
    scores, labels = make_scores([0.6, 0.0, 0.6, 0.6, 0.0], n_pairs=3000)
    of_both = dict(zip(PARTS, fit_weights(scores, labels).of_parts[OF_BOTH], strict=True))
    for part in (IMAGES, KNOWN):
        assert of_both[part] < 0.1
    for part in (EXPRESSION, DORSAL):
        assert of_both[part] > 0.8


def test_a_part_that_knows_all_is_not_weighed_without_end():
    scores, labels = make_scores([0.5, 0.0, 50.0, 0.0, 0.0])
    found = fit_weights(scores, labels)
    assert np.isfinite(found.of_parts).all()
    assert found.add_up(scores)[labels == 1].min() > found.add_up(scores)[labels == 0].max()


def test_a_silent_part_keeps_its_start():
    scores, labels = make_scores([0.6, 0.0, 0.6, 0.0, 0.0])
    scores.values[[PARTS.index(RNA), PARTS.index(KNOWN)]] = 0.0
    of_rna = fit_weights(scores, labels).of_parts[OF_RNA]
    assert (of_rna[PARTS.index(RNA)], of_rna[PARTS.index(KNOWN)]) == (1.0, 0.0)
    assert of_rna[PARTS.index(EXPRESSION)] > 0.5


@pytest.mark.parametrize("label", [0, 1])
def test_few_pairs_of_either_label_decide_nothing(label):
    scores, labels = make_scores([0.2, 0.8, 0.8, 0.8, 0.8])
    own = np.flatnonzero(labels == label)
    few = np.r_[own[: FEWEST_PAIRS - 1], np.flatnonzero(labels != label)]
    found = fit_weights(scores.take(few), labels[few])
    assert not found.base.any()
    assert found.of_parts.tolist() == [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [1, 0, 0, 0, 0]]
    enough = np.r_[few, own[FEWEST_PAIRS - 1]]
    assert fit_weights(scores.take(enough), labels[enough]).of_parts[OF_RNA, PARTS.index(EXPRESSION)] > 0


def test_few_pairs_of_both_modalities_count_as_of_rna_alone():
    scores, labels = make_scores([0.5, 0.9, 0.5, 0.9, 0.2])
    scores.has_image[2 * FEWEST_PAIRS - 10 :] = False
    found = fit_weights(scores, labels)
    assert min((labels[scores.has_image] == label).sum() for label in (0, 1)) < FEWEST_PAIRS
    assert found.of_parts[OF_BOTH].tolist() == found.of_parts[OF_RNA].tolist()
    assert found.base[OF_BOTH] == found.base[OF_RNA] != 0
    assert found.of_parts[OF_RNA, PARTS.index(EXPRESSION)] > 0.1
    assert found.of_parts[OF_IMAGES].tolist() == [0, 1, 0, 0, 0], "images alone keep their start"


def test_a_pattern_is_fitted_on_all_pairs_that_share_at_least_that():
    scores, labels = make_scores([0.5, 0.7, 0.3, 0.4, 0.2], with_rna=0.6, with_image=0.6)
    found = fit_weights(scores, labels)
    for pattern, has in (("rna", scores.has_rna), ("image", scores.has_image)):
        assert np.array_equal(scores.sharing(pattern), has)
        alone = fit_weights(scores.take(has), labels[has])
        row = PATTERNS.index(pattern)
        np.testing.assert_allclose(alone.of_parts[row], found.of_parts[row], atol=1e-9)
    assert np.array_equal(scores.sharing("fused"), scores.has_rna & scores.has_image)
    assert 0 < scores.sharing("fused").sum() < N_PAIRS


def test_a_fold_has_no_say_in_its_own_weights():
    scores, labels = make_scores([0.5, 0.3, 0.3, 0.3, 0.3])
    folds = (np.arange(N_PAIRS) % 4).astype(np.int8)
    nested = fit_nested(scores, labels, folds, n_folds=4)
    for fold, found in enumerate(nested):
        expected = fit_weights(scores.take(folds != fold), labels[folds != fold])
        assert np.array_equal(found.of_parts, expected.of_parts)
        assert np.array_equal(found.base, expected.base)
    changed = labels.copy()
    changed[folds == 1] = 1 - changed[folds == 1]
    again = fit_nested(scores, changed, folds, n_folds=4)
    same = [np.array_equal(a.of_parts, b.of_parts) for a, b in zip(nested, again, strict=True)]
    assert same == [False, True, False, False]


def test_scores_are_added_up_by_what_a_pair_shares():
    scores, _ = make_scores([0.5] * 5, with_rna=0.6, with_image=0.6)
    rng = np.random.default_rng(3)
    weights = Weights(rng.normal(size=3), rng.random((3, 5)))
    row = np.where(scores.has_rna & scores.has_image, OF_BOTH, np.where(scores.has_rna, OF_RNA, OF_IMAGES))
    assert len(set(row)) == 3
    expected = [weights.base[r] + weights.of_parts[r] @ scores.values[:, p] for p, r in enumerate(row)]
    np.testing.assert_allclose(weights.add_up(scores), expected)
    of_rna = weights.base[OF_RNA] + weights.of_parts[OF_RNA] @ scores.values
    np.testing.assert_allclose(weights.add_up(scores, "rna"), of_rna)


def test_pairs_are_joined_one_list_after_the_other():
    scores, _ = make_scores([0.5] * 5, with_rna=0.6, with_image=0.6)
    first, second = scores.take(np.arange(10)), scores.take(np.arange(10, N_PAIRS))
    joined = first.join(second)
    assert joined.parts == PARTS
    for name in ("values", "has_rna", "has_image"):
        assert np.array_equal(getattr(joined, name), getattr(scores, name)), name


def test_without_a_part_it_has_no_say_and_the_others_are_weighed_anew():
    scores, labels = make_scores([0.5, 0.4, 0.4, 0.4, 0.6])
    before = scores.values.copy()
    without = scores.without(KNOWN)
    assert np.array_equal(scores.values, before)
    assert not without.values[PARTS.index(KNOWN)].any()
    assert np.array_equal(np.delete(without.values, PARTS.index(KNOWN), axis=0), before[:-1])
    fitted, fewer = fit_weights(without, labels), PartScores(PARTS[:-1], before[:-1], scores.has_rna, scores.has_image)
    assert not fitted.of_parts[:, PARTS.index(KNOWN)].any()
    np.testing.assert_allclose(fitted.of_parts[:, :-1], fit_weights(fewer, labels).of_parts, atol=1e-3)


def test_weights_are_described_by_the_names_of_the_parts():
    entries = [Weights(np.zeros(3), np.arange(15.0).reshape(3, 5) + shift) for shift in (0.0, 1.0)]
    assert describe_weights(PARTS, entries) == {
        "RNA network": 10.5,
        "image network": 11.5,
        "known targets by expression": 12.5,
        "known targets by dorsal": 13.5,
        "known network": 14.5,
    }
    for first, row in ((RNA, OF_RNA), (IMAGES, OF_IMAGES)):
        alone = describe_weights((first, KNOWN), [Weights(np.zeros(3), np.arange(6.0).reshape(3, 2))])
        assert alone == {name_part(first): 2.0 * row, "known network": 2.0 * row + 1}
