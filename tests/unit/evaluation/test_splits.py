import numpy as np
import pytest

from grnet.evaluation.splits import assign_folds, contiguous_folds, sample_negatives, validation_mask
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex


def random_pairs(seed, n=400, n_genes=30):
    rng = np.random.default_rng(seed)
    tf, target = rng.integers(0, n_genes, n), rng.integers(0, n_genes, n)
    return PairIndex(tf, target), (rng.random(n) < 0.3).astype(np.int8), n_genes


def folds_per_key(keys, folds):
    return max(len(set(folds[keys == key])) for key in np.unique(keys))


@pytest.mark.parametrize("seed", range(12))
def test_a_pair_its_repeats_and_its_reverse_share_a_fold(seed):
    pairs, labels, n_genes = random_pairs(seed)
    folds = assign_folds(pairs, labels, n_genes=n_genes, n_folds=5, seed=seed)
    assert folds.dtype == np.int8
    assert set(folds) == {0, 1, 2, 3, 4}
    assert folds_per_key(pairs.unordered_keys(n_genes), folds) == 1
    mask = validation_mask(pairs, labels, n_genes=n_genes, fraction=0.2, seed=seed)
    assert folds_per_key(pairs.unordered_keys(n_genes), mask) == 1


@pytest.mark.parametrize("seed", range(5))
def test_folds_of_pairs_have_even_sizes_and_the_overall_base_rate(seed):
    pairs, labels, n_genes = random_pairs(seed, n=600, n_genes=200)
    folds = assign_folds(pairs, labels, n_genes=n_genes, n_folds=5, seed=seed)
    assert np.ptp(np.bincount(folds)) <= 2
    assert np.ptp(np.bincount(folds[labels == 1])) <= 2


@pytest.mark.parametrize(("split", "column"), [("tf", "tf"), ("target", "target")])
def test_a_split_by_gene_keeps_all_pairs_of_a_gene_in_one_fold_and_balances_sizes(split, column):
    pairs, labels, n_genes = random_pairs(3, n=1000, n_genes=50)
    folds = assign_folds(pairs, labels, n_genes=n_genes, n_folds=4, seed=0, split=split)
    assert folds_per_key(getattr(pairs, column), folds) == 1
    assert np.ptp(np.bincount(folds)) <= 25
    rates = [labels[folds == fold].mean() for fold in range(4)]
    assert np.ptp(rates) < 0.06


@pytest.mark.parametrize("split", ["pair", "tf", "target"])
def test_folds_follow_the_genes_and_the_seed_not_the_rows(split):
    pairs, labels, n_genes = random_pairs(1)
    order = np.random.default_rng(9).permutation(len(pairs))
    one = assign_folds(pairs, labels, n_genes=n_genes, n_folds=3, seed=5, split=split)
    two = assign_folds(pairs.take(order), labels[order], n_genes=n_genes, n_folds=3, seed=5, split=split)
    np.testing.assert_array_equal(one[order], two)
    other = assign_folds(pairs, labels, n_genes=n_genes, n_folds=3, seed=6, split=split)
    assert np.any(one != other)


def test_too_few_groups_or_members_are_refused():
    pairs = PairIndex(np.array([0, 0, 0, 1]), np.array([2, 3, 4, 5]))
    labels = np.array([1, 1, 0, 0])
    with pytest.raises(InputError, match="2 distinct TFs cannot fill 3 folds"):
        assign_folds(pairs, labels, n_genes=6, n_folds=3, seed=0, split="tf")
    with pytest.raises(InputError, match="2 pairs of label 0 cannot fill 3 folds"):
        assign_folds(pairs, labels, n_genes=6, n_folds=3, seed=0)
    with pytest.raises(InputError, match=r"number of folds lies in 2\.\.127, got 1"):
        assign_folds(pairs, labels, n_genes=6, n_folds=1, seed=0)
    one_tf_has_all = np.array([1, 1, 1, 0]), PairIndex(np.array([0, 0, 0, 1]), np.array([2, 3, 4, 5]))
    with pytest.raises(InputError, match="label 1 fall into one fold"):
        assign_folds(one_tf_has_all[1], [1, 1, 0, 0], n_genes=6, n_folds=2, seed=0, split="tf")


def test_labels_must_be_zero_or_one_and_as_many_as_pairs():
    pairs = PairIndex(np.arange(4), np.arange(4) + 4)
    with pytest.raises(InputError, match="labels are 1 or 0, got 2 in row 3"):
        assign_folds(pairs, [0, 1, 0, 2], n_genes=8, n_folds=2, seed=0)
    with pytest.raises(InputError, match=r"each of 4 pairs, got an array of shape \(3,\)"):
        assign_folds(pairs, [0, 1, 0], n_genes=8, n_folds=2, seed=0)


@pytest.mark.parametrize(
    ("n", "n_folds", "sizes"),
    [
        (5566, 5, [1113, 1113, 1113, 1113, 1114]),
        (14, 5, [2, 2, 2, 2, 6]),
        (15, 5, [3, 3, 3, 3, 3]),
        (9, 2, [4, 5]),
        (3, 3, [1, 1, 1]),
    ],
)
def test_contiguous_folds_keep_the_order_and_give_the_remainder_to_the_last(n, n_folds, sizes):
    folds = contiguous_folds(n, n_folds)
    assert folds.dtype == np.int8
    assert folds.tolist() == np.repeat(np.arange(n_folds), sizes).tolist()


@pytest.mark.parametrize("n", [0, 4])
def test_fewer_rows_than_contiguous_folds(n):
    with pytest.raises(InputError) as caught:
        contiguous_folds(n, 5)
    assert str(caught.value) == (f"{n} labelled rows cannot fill 5 folds; use fewer folds or give more known edges")


@pytest.mark.parametrize("split", ["pair", "tf", "target"])
def test_validation_mask_takes_the_fraction_of_each_class(split):
    pairs, labels, n_genes = random_pairs(2, n=2000, n_genes=150)
    mask = validation_mask(pairs, labels, n_genes=n_genes, fraction=0.1, seed=4, split=split)
    assert abs(mask.mean() - 0.1) < 0.015
    assert abs(mask[labels == 1].mean() - 0.1) < 0.025
    if split != "pair":
        keys = getattr(pairs, split)
        assert not set(keys[mask]) & set(keys[~mask])
    again = validation_mask(pairs, labels, n_genes=n_genes, fraction=0.1, seed=4, split=split)
    np.testing.assert_array_equal(mask, again)


def test_validation_mask_refuses_an_empty_side():
    pairs = PairIndex(np.arange(3), np.arange(3) + 3)
    with pytest.raises(InputError, match=r"fraction of 0\.01 of 3 pairs \(3 gene pairs\) leaves no pairs"):
        validation_mask(pairs, [0, 1, 0], n_genes=6, fraction=0.01, seed=0)


def test_sampled_negatives_are_new_distinct_and_no_self_pairs():
    known, _, n_genes = random_pairs(0, n=60)
    tfs, targets = np.array([1, 2, 3, 3, 8]), np.arange(30)
    drawn = sample_negatives(known, tfs, targets, n=50, n_genes=n_genes, seed=1)
    keys = drawn.keys(n_genes)
    assert len(drawn) == len(set(keys.tolist())) == 50
    assert not set(keys.tolist()) & set(known.keys(n_genes).tolist())
    assert np.all(drawn.tf != drawn.target)
    assert set(drawn.tf) <= {1, 2, 3, 8}
    again = sample_negatives(known, tfs, targets, n=50, n_genes=n_genes, seed=1)
    np.testing.assert_array_equal(again.keys(n_genes), keys)


def test_asking_for_all_remaining_pairs_gives_each_once_and_one_more_is_refused():
    known = PairIndex(np.array([0, 0, 5]), np.array([2, 4, 1]))
    remaining = {(t, g) for t in (0, 1) for g in (1, 2, 3, 4)} - {(0, 2), (0, 4), (1, 1)}
    drawn = sample_negatives(known, [1, 0], [4, 3, 2, 1], n=len(remaining), n_genes=6, seed=0)
    assert set(zip(drawn.tf.tolist(), drawn.target.tolist(), strict=True)) == remaining
    with pytest.raises(InputError, match="cannot sample 6 negative pairs: 2 TFs × 4 targets leave 5 pairs"):
        sample_negatives(known, [0, 1], [1, 2, 3, 4], n=6, n_genes=6, seed=0)


def test_sampled_negatives_are_uniform():
    known = PairIndex(np.array([0, 2]), np.array([3, 5]))
    counts = np.zeros((3, 7))
    for seed in range(3000):
        drawn = sample_negatives(known, [0, 1, 2], np.arange(7), n=2, n_genes=7, seed=seed)
        counts[drawn.tf, drawn.target] += 1
    allowed = counts[counts > 0]
    assert len(allowed) == 3 * 7 - 2 - 3
    assert np.all(np.abs(allowed / allowed.mean() - 1) < 0.25)
