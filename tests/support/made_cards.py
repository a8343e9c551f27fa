"""Synthetic inputs of report cards: pairs whose labels follow a rule, a model, and the baselines on the same folds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grnet.division.splits import assign_folds
from grnet.evaluation.baselines import BaselineInputs, out_of_fold_baselines
from grnet.evaluation.report_card import CardInputs
from grnet.schema.genes import PairIndex

N_GENES = 120


def correlate_genes(seed=0, n_genes=N_GENES):
    """Return the correlation matrix of random profiles, float32 [G, G]."""
    profiles = np.random.default_rng([seed, 1]).normal(size=(n_genes, 12))
    return np.corrcoef(profiles).astype(np.float32)


def make_card_inputs(rule, *, split="pair", n=1000, seed=0, fidelity=1.5, with_baselines=True):
    """Return the inputs of a card.

    `rule(rng, pairs, r)` returns the probability of label 1 of each pair; the model sees that probability's logit with
    noise: the higher `fidelity`, the clearer; 0 is noise alone.
    """
    rng = np.random.default_rng(seed)
    key = rng.choice(20 * N_GENES, n, replace=False)
    pairs = PairIndex(key // N_GENES, key % N_GENES)
    similarity = correlate_genes(seed)
    r = similarity[pairs.tf, pairs.target].astype(np.float64)
    rate = np.clip(rule(rng, pairs, r), 0, 1)
    labels = (rng.random(n) < rate).astype(np.int8)
    folds = assign_folds(pairs, labels, n_genes=N_GENES, n_folds=5, seed=seed, split=split)
    hint = np.log(np.clip(rate, 0.02, 0.98) / np.clip(1 - rate, 0.02, 0.98))
    model = 1 / (1 + np.exp(-(fidelity * hint + rng.normal(size=n))))
    given = BaselineInputs(
        pairs, labels, folds, r, r, N_GENES, seed, similarity, np.column_stack([r, np.abs(r)]).astype(np.float32)
    )
    return CardInputs(
        split=split,
        pairs=pairs,
        labels=labels,
        folds=folds,
        models={"model": model},
        baselines=out_of_fold_baselines(given) if with_baselines else {},
        correlation=r,
        with_images=np.arange(n) % 3 == 0,
        ablation={},
        n_genes=N_GENES,
        seed=seed,
    )


def refold(inputs, folds):
    """Return the same inputs with other folds."""
    return replace(inputs, folds=np.asarray(folds, dtype=np.int8))


def by_chance(rng, pairs, r):
    """Half of the pairs, whatever they are."""
    return np.full(len(pairs), 0.5)


def by_own_rule(rng, pairs, r):
    """A rule of the two genes' numbers, unrelated to correlation and balanced for each gene."""
    return np.where((pairs.tf + pairs.target) % 2 == 0, 0.95, 0.05)


def by_threshold(rng, pairs, r):
    """Exactly the pairs of high |r|."""
    return (np.abs(r) > np.median(np.abs(r))).astype(float)


def by_tf(rng, pairs, r):
    """Some TFs have mostly positives, the others mostly negatives."""
    return np.where(pairs.tf % 2 == 0, 0.9, 0.1)
