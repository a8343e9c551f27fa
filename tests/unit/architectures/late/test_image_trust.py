"""How far images are trusted, against a loop and at its extremes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from grnet.architectures.late.image_trust import FEWEST_PAIRS, ImageSay, choose_say, choose_trust, nested_say


@pytest.fixture
def pairs():
    """Labels of 200 pairs and RNA logits that say something about them."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 200).astype(np.int8)
    return np.where(labels == 1, 1.0, -1.0) + rng.normal(size=200), labels


def platt_losses(scores, labels):
    """Return the cross-entropy of each pair after Platt scaling: logistic regression on smoothed labels."""
    n = len(labels)
    target = np.where(labels == 1, (labels.sum() + 1) / (labels.sum() + 2), 1 / (n - labels.sum() + 2))
    doubled = np.r_[scores, scores][:, None]
    line = LogisticRegression(C=np.inf, tol=1e-9, max_iter=1000)
    line.fit(doubled, np.r_[np.ones(n), np.zeros(n)], sample_weight=np.r_[target, 1 - target])
    return -np.log(line.predict_proba(scores[:, None])[np.arange(n), labels])


def trust_by_rule(rna, added, labels):
    """Return the smallest of 0, 0.1, … 1 whose mean excess loss is within its own standard error of the best."""
    losses = [platt_losses(rna + step / 10 * added, labels) for step in range(11)]
    best = min(losses, key=np.sum)
    within = [np.mean(own - best) <= np.std(own - best, ddof=1) / np.sqrt(len(labels)) for own in losses]
    return within.index(True) / 10


@pytest.mark.parametrize("strength", [0.0, 0.3, 0.6, 1.0, 2.0])
def test_it_is_the_one_standard_error_rule_on_calibrated_scores(pairs, strength):
    rna, labels = pairs
    added = strength * np.where(labels == 1, 1, -1) + np.random.default_rng(1).normal(size=200)
    assert choose_trust(rna, added, labels) == pytest.approx(trust_by_rule(rna, added, labels))


def test_overconfidence_does_not_count(pairs):
    rna, labels = pairs
    added = np.where(labels == 1, 0.4, -0.4) + np.random.default_rng(1).normal(size=200)
    trust = choose_trust(rna, added, labels)
    assert 0 < trust < 1
    assert choose_trust(10 * rna, 10 * added, labels) == trust


def test_useless_images_are_not_trusted(pairs):
    rna, labels = pairs
    assert choose_trust(rna, np.random.default_rng(2).normal(size=200), labels) == 0.0
    assert choose_trust(rna, np.zeros(200), labels) == 0.0
    assert choose_trust(rna, -np.where(labels == 1, 1.0, -1.0), labels) == 0.0


def test_images_that_know_what_rna_does_not_are_trusted(pairs):
    rna, labels = pairs
    added = np.where(labels == 1, 2.0, -2.0)
    assert choose_trust(rna, added, labels) >= 0.9
    assert choose_trust(-rna, added, labels) == 1.0


def test_few_pairs_cannot_tell_and_leave_rna_alone(pairs):
    rna, labels = pairs
    added = np.where(labels == 1, 2.0, -2.0)
    few = slice(FEWEST_PAIRS - 1)
    assert choose_trust(rna[few], added[few], labels[few]) == 0.0
    assert choose_trust(rna[:FEWEST_PAIRS], added[:FEWEST_PAIRS], labels[:FEWEST_PAIRS]) > 0.0


def test_the_part_for_both_is_added_where_it_lowers_the_loss(pairs):
    rna, labels = pairs
    rng = np.random.default_rng(3)
    image = np.where(labels == 1, 0.8, -0.8) + rng.normal(size=200)
    told, noise = np.where(labels == 1, 1.0, -1.0), 3 * rng.normal(size=200)
    assert choose_say(rna, image, told, labels) == ImageSay(choose_trust(rna, image + told, labels), joint=True)
    alone = choose_say(rna, image, noise, labels)
    assert alone == ImageSay(choose_trust(rna, image, labels), joint=False)
    assert alone.trust > 0
    assert np.array_equal(alone.add_to(rna, image, noise), rna + alone.trust * image)
    assert np.array_equal(ImageSay(0.5, joint=True).add_to(rna, image, noise), rna + 0.5 * (image + noise))


def test_a_fold_has_no_say_in_its_own_trust(pairs):
    rna, labels = pairs
    folds = np.arange(200) % 4
    image, joint = np.where(labels == 1, 2.0, -2.0), np.random.default_rng(4).normal(size=200)
    image[folds == 3] *= -1
    say = nested_say(rna, image, joint, labels, folds, n_folds=4)
    others = [folds != k for k in range(4)]
    assert say == [choose_say(rna[own], image[own], joint[own], labels[own]) for own in others]
    assert say[3].trust > max(one.trust for one in say[:3])
    own = folds == 1
    rna[own], image[own], labels[own] = 5.0, -5.0, 1 - labels[own]
    changed = nested_say(rna, image, joint, labels, folds, n_folds=4)
    assert changed[1] == say[1]
    assert changed != say
