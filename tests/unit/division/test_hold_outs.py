import numpy as np
import pytest

from grnet.division.hold_outs import hold_out
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex


def random_pairs(seed, n=2000, n_genes=150):
    rng = np.random.default_rng(seed)
    tf, target = rng.integers(0, n_genes, n), rng.integers(0, n_genes, n)
    return PairIndex(tf, target), (rng.random(n) < 0.3).astype(np.int8), n_genes


@pytest.mark.parametrize("split", ["pair", "tf", "target"])
def test_the_fraction_of_each_class_is_held_out(split):
    pairs, labels, n_genes = random_pairs(2)
    held = hold_out(pairs, labels, n_genes=n_genes, fraction=0.1, seed=4, split=split)
    np.testing.assert_array_equal(held.fit, ~held.stop)
    assert abs(held.stop.mean() - 0.1) < 0.015
    assert abs(held.stop[labels == 1].mean() - 0.1) < 0.025
    keys = pairs.unordered_keys(n_genes) if split == "pair" else getattr(pairs, split)
    assert not set(keys[held.fit]) & set(keys[held.stop])
    again = hold_out(pairs, labels, n_genes=n_genes, fraction=0.1, seed=4, split=split)
    np.testing.assert_array_equal(held.stop, again.stop)
    other = hold_out(pairs, labels, n_genes=n_genes, fraction=0.1, seed=5, split=split)
    assert np.any(held.stop != other.stop)


@pytest.mark.parametrize("seed", range(4))
def test_with_both_tfs_and_targets_are_new(seed):
    pairs, labels, n_genes = random_pairs(seed)
    fit, stop = hold_out(pairs, labels, n_genes=n_genes, fraction=0.2, seed=seed, split="both")
    assert not (fit & stop).any()
    assert not set(pairs.tf[fit]) & set(pairs.tf[stop])
    assert not set(pairs.target[fit]) & set(pairs.target[stop])
    left_out = ~fit & ~stop
    held_tfs, held_targets = (
        set(pairs.tf[stop | left_out]) - set(pairs.tf[fit]),
        set(pairs.target) - set(pairs.target[fit]),
    )
    assert all((tf in held_tfs) != (gene in held_targets) for tf, gene in zip(*pairs_of(pairs, left_out), strict=True))
    assert abs(stop.mean() - 0.04) < 0.02
    assert abs(fit.mean() - 0.64) < 0.06


def pairs_of(pairs, rows):
    return pairs.tf[rows], pairs.target[rows]


@pytest.mark.parametrize("split", ["pair", "tf", "target", "both"])
def test_what_is_held_out_follows_the_genes_not_the_rows(split):
    pairs, labels, n_genes = random_pairs(1)
    order = np.random.default_rng(9).permutation(len(pairs))
    one = hold_out(pairs, labels, n_genes=n_genes, fraction=0.2, seed=3, split=split)
    two = hold_out(pairs.take(order), labels[order], n_genes=n_genes, fraction=0.2, seed=3, split=split)
    np.testing.assert_array_equal(one.stop[order], two.stop)
    np.testing.assert_array_equal(one.fit[order], two.fit)


def test_an_empty_side_is_refused():
    pairs = PairIndex(np.arange(3), np.arange(3) + 3)
    with pytest.raises(InputError, match=r"fraction of 0\.01 of 3 pairs \(3 gene pairs\) leaves no pairs"):
        hold_out(pairs, [0, 1, 0], n_genes=6, fraction=0.01, seed=0)
    with pytest.raises(InputError, match=r"fraction of 0\.01 of 3 pairs \(3 genes\) leaves no pairs"):
        hold_out(pairs, [0, 1, 0], n_genes=6, fraction=0.01, seed=0, split="both")
