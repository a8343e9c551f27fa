import numpy as np
import pytest

from grnet.division.splits import Division, assign_folds, balance_genes, check_division, contiguous_folds, divide_pairs
from grnet.schema.arrays import NO_FOLD
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


@pytest.mark.parametrize("split", ["pair", "tf", "target", "both"])
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


def divide_by_hand(pairs, group, n_folds):
    """The split by TF and target, pair by pair: (fold or -1, folds whose model may learn from the pair)."""
    for tf, target in zip(group[pairs.tf], group[pairs.target], strict=True):
        others = {fold for fold in range(n_folds) if fold not in (tf, target)}
        yield (int(tf) if tf == target else -1), others


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n_folds", [2, 3, 5])
def test_both_tests_pairs_of_new_tfs_and_new_targets(seed, n_folds):
    pairs, labels, n_genes = random_pairs(seed, n=800, n_genes=60)
    division = divide_pairs(pairs, labels, n_genes=n_genes, n_folds=n_folds, seed=seed, split="both")
    group = balance_genes(pairs, labels, n_genes=n_genes, n_folds=n_folds, seed=seed, split="both")
    expected = list(divide_by_hand(pairs, group, n_folds))
    assert division.folds.tolist() == [fold for fold, _ in expected]
    assert [set(np.flatnonzero(column)) for column in division.allowed.T] == [others for _, others in expected]
    assert set(division.folds) == {NO_FOLD, *range(n_folds)}
    for fold in range(n_folds):
        test, learnt = pairs.take(division.folds == fold), pairs.take(division.allowed[fold])
        seen = set(learnt.tf) | set(learnt.target)
        assert not (set(test.tf) | set(test.target)) & seen, "a gene is new in either role"
    assert abs((division.folds != NO_FOLD).mean() - 1 / n_folds) < 0.1
    assert abs(division.allowed.mean() - (1 - 1 / n_folds) ** 2) < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_groups_of_genes_are_even_in_pairs_of_each_label_and_role(seed):
    pairs, labels, n_genes = random_pairs(seed, n=2000, n_genes=80)
    group = balance_genes(pairs, labels, n_genes=n_genes + 7, n_folds=4, seed=seed, split="both")
    assert len(group) == n_genes + 7
    for genes in (pairs.tf, pairs.target):
        for label in (0, 1):
            counts = np.bincount(group[genes[labels == label]], minlength=4)
            assert np.ptp(counts) < 0.15 * counts.mean() + 10
    assert np.ptp(np.bincount(group[-7:], minlength=4)) <= 1, "genes without pairs are spread over the folds"


@pytest.mark.parametrize("split", ["tf", "target"])
def test_the_reverse_of_a_tested_pair_is_not_learnt_from(split):
    pairs, labels, n_genes = random_pairs(5, n=500, n_genes=40)
    division = divide_pairs(pairs, labels, n_genes=n_genes, n_folds=4, seed=1, split=split)
    keys = pairs.unordered_keys(n_genes)
    for fold in range(4):
        tested = division.folds == fold
        expected = [not tested[row] and keys[row] not in set(keys[tested]) for row in range(len(pairs))]
        assert division.allowed[fold].tolist() == expected
    assert (division.allowed.sum(axis=0) < 3).any()


def test_a_split_by_pair_learns_from_all_other_folds():
    pairs, labels, n_genes = random_pairs(5)
    division = divide_pairs(pairs, labels, n_genes=n_genes, n_folds=4, seed=1)
    np.testing.assert_array_equal(division.allowed, division.folds != np.arange(4)[:, None])


def test_few_pairs_cannot_be_split_by_both():
    pairs = PairIndex(np.array([0, 0, 1, 1, 2, 2]), np.array([3, 4, 4, 5, 5, 3]))
    labels = np.array([1, 0, 1, 0, 1, 0])
    with pytest.raises(InputError, match="3 distinct TFs cannot fill 4 folds"):
        divide_pairs(pairs, labels, n_genes=6, n_folds=4, seed=0, split="both")
    with pytest.raises(InputError, match="2 distinct targets cannot fill 3 folds"):
        divide_pairs(PairIndex(pairs.tf, pairs.tf % 2 + 3), labels, n_genes=6, n_folds=3, seed=0, split="both")
    with pytest.raises(
        InputError, match=r"the split by both leaves|a split by both; use fewer folds or give more known"
    ):
        divide_pairs(pairs.take(np.arange(4)), labels[:4], n_genes=6, n_folds=2, seed=0, split="both")


def test_what_a_fold_lacks_is_told():
    pairs = PairIndex(np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.array([4, 5, 4, 5, 6, 7, 6, 7]))
    labels = np.array([1, 0, 1, 0, 1, 0, 1, 0])
    split_apart = np.array([0, 0, 1, 1, 1, 1, 0, 0])  # no pair has its TF and its target in one group
    with pytest.raises(
        InputError, match="all pairs of label 0 fall into no fold, so a model would be trained or judged"
    ):
        check_division(Division.of_genes(pairs, split_apart, split="both", n_folds=2), labels, "both")
    one_label = Division(
        np.array([0, 0, 1, 1, 0, 1], dtype=np.int8), np.array([[1, 0, 1, 0, 0, 0], [1] * 6], dtype=bool)
    )
    with pytest.raises(InputError, match="leaves the model of fold 0 no pairs of both labels; use fewer folds or give"):
        check_division(one_label, np.array([1, 0, 1, 0, 0, 1]), "tf")
    empty = Division(np.array([0, 0, 1, 1], dtype=np.int8), np.ones((3, 4), dtype=bool))
    with pytest.raises(InputError, match="2 pairs of label 0 cannot fill 3 folds"):
        check_division(empty, np.array([0, 1, 0, 1]), "tf")
    empty = Division(np.array([0, 0, 1, 1, 0, 1], dtype=np.int8), np.ones((3, 6), dtype=bool))
    with pytest.raises(InputError, match="the split by tf leaves fold 2 no pair to test"):
        check_division(empty, np.array([0, 1, 0, 1, 0, 1]), "tf")
