from collections import Counter

import numpy as np
import pytest
from scipy.stats import ks_2samp

from grnet.division.negatives import Pool, draw_correlation_matched, draw_degree_matched, sample_negatives
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex


def random_pairs(seed, n=400, n_genes=30):
    rng = np.random.default_rng(seed)
    tf, target = rng.integers(0, n_genes, n), rng.integers(0, n_genes, n)
    return PairIndex(tf, target), (rng.random(n) < 0.3).astype(np.int8), n_genes


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


N_GENES = 200


@pytest.fixture
def lab():
    """300 positives of hubs and others among 20 TFs and 180 targets, all pairs of a TF with a target as the pool."""
    rng = np.random.default_rng(0)
    weights = 1 / np.arange(1, 21)
    tf = rng.choice(20, 2000, p=weights / weights.sum())
    target = 20 + np.minimum(rng.geometric(0.02, 2000) - 1, 179)
    keys = np.unique(tf * N_GENES + target)
    keys = rng.permutation(keys)[:300]
    positives = PairIndex(keys // N_GENES, keys % N_GENES)
    return positives, Pool(np.arange(20), np.arange(N_GENES), positives, N_GENES)


def keys_of(pairs):
    return set(pairs.keys(N_GENES).tolist())


def check_drawn(drawn, positives, n):
    assert len(drawn) == len(keys_of(drawn)) == n
    assert not keys_of(drawn) & keys_of(positives)
    assert np.all(drawn.tf != drawn.target)


def test_degrees_of_the_negatives_are_those_of_the_positives(lab):
    positives, pool = lab
    drawn = draw_degree_matched(pool, positives, n=300, seed=1)
    check_drawn(drawn, positives, 300)
    assert Counter(drawn.tf.tolist()) == Counter(positives.tf.tolist())
    moved = Counter(drawn.target.tolist()) - Counter(positives.target.tolist())
    assert sum(moved.values()) < 20, "nearly all targets are as frequent as among the positives, hubs too"
    assert keys_of(draw_degree_matched(pool, positives, n=300, seed=1)) == keys_of(drawn)
    assert keys_of(draw_degree_matched(pool, positives, n=300, seed=2)) != keys_of(drawn)


@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_degrees_are_in_proportion_with_other_ratios(lab, ratio):
    positives, pool = lab
    n = int(300 * ratio)
    drawn = draw_degree_matched(pool, positives, n=n, seed=1)
    check_drawn(drawn, positives, n)
    wanted, found = (np.bincount(pairs.tf, minlength=20) for pairs in (positives, drawn))
    tolerance = 0 if ratio == 2 else 5 * np.sqrt(wanted)
    assert np.all(np.abs(found - ratio * wanted) <= tolerance)


def test_a_degree_matched_pool_runs_out():
    positives = PairIndex(np.array([0, 0, 0, 1]), np.array([5, 6, 7, 5]))
    pool = Pool(np.arange(2), np.arange(5, 8), positives, 8)
    drawn = draw_degree_matched(pool, positives, n=4, seed=0)
    assert set(zip(drawn.tf.tolist(), drawn.target.tolist(), strict=True)) <= {(1, 6), (1, 7)}
    assert len(drawn) == 1, "TF 0 has no pair left, and TF 1 has one end"


def test_nothing_is_drawn_that_is_not_usable(lab):
    positives, pool = lab
    odd = Pool(pool.tfs, pool.targets, positives, N_GENES, usable=lambda tf, target: (tf + target) % 2 == 1)
    by_degree = draw_degree_matched(odd, positives, n=100, seed=0)
    by_size = draw_correlation_matched(odd, positives, sizes_by_number, n=100, seed=0)
    for drawn in (by_degree, by_size):
        assert len(drawn) > 90
        assert np.all((drawn.tf + drawn.target) % 2 == 1)


def sizes_by_number(a, b):
    """A correlation for every pair, from a hash of its numbers; gene 7 has none."""
    mixed = ((a[:, None] * 7919 + b[None] * 104729) % 1000) / 1000
    r = np.where((a[:, None] + b) % 2 == 0, mixed, -mixed)
    r[a == 7] = np.nan
    r[:, b == 7] = np.nan
    return r


def size_of(pairs):
    return np.array(
        [abs(sizes_by_number(np.array([t]), np.array([g]))[0, 0]) for t, g in zip(pairs.tf, pairs.target, strict=True)]
    )


def test_the_size_of_the_correlation_is_distributed_as_among_the_positives():
    everything = PairIndex(np.repeat(np.arange(20), 200), np.tile(np.arange(200), 20))
    everything = everything.take((everything.tf != everything.target) & (everything.tf != 7) & (everything.target != 7))
    sizes = size_of(everything)
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(everything), 300, replace=False, p=sizes**3 / (sizes**3).sum())
    positives = everything.take(chosen)
    pool = Pool(np.arange(20), np.arange(200), positives, N_GENES)
    drawn = draw_correlation_matched(pool, positives, sizes_by_number, n=300, seed=3)
    check_drawn(drawn, positives, 300)
    assert 7 not in drawn.tf
    assert 7 not in drawn.target
    assert ks_2samp(size_of(drawn), sizes[chosen]).statistic < 0.05
    uniform = sample_negatives(positives, pool.tfs, pool.targets, n=300, n_genes=N_GENES, seed=0)
    assert ks_2samp(np.nan_to_num(size_of(uniform)), sizes[chosen]).statistic > 0.3
    again = draw_correlation_matched(pool, positives, sizes_by_number, n=300, seed=3)
    np.testing.assert_array_equal(again.keys(N_GENES), drawn.keys(N_GENES))


def test_blocks_do_not_change_which_pairs_may_be_drawn(monkeypatch):
    positives = PairIndex(np.arange(10), np.arange(10) + 20)
    pool = Pool(np.arange(10), np.arange(20, 60), positives, N_GENES)
    drawn = [draw_correlation_matched(pool, positives, sizes_by_number, n=50, seed=1)]
    monkeypatch.setattr("grnet.division.negatives._BLOCK_PAIRS", 90)
    drawn.append(draw_correlation_matched(pool, positives, sizes_by_number, n=50, seed=1))
    np.testing.assert_array_equal(*(np.sort(pairs.keys(N_GENES)) for pairs in drawn))


def test_a_bin_runs_out():
    positives = PairIndex(np.array([0, 0, 1, 1]), np.array([5, 6, 5, 6]))
    pool = Pool(np.arange(2), np.arange(5, 9), positives, 9)
    table = np.zeros((9, 9))
    table[0, 5:9], table[1, 5:9] = [0.9, 0.8, 0.85, 0.1], [0.9, 0.8, 0.2, 0.1]
    drawn = draw_correlation_matched(pool, positives, lambda a, b: table[np.ix_(a, b)], n=4, seed=0)
    assert list(zip(drawn.tf, drawn.target, strict=True)) == [(0, 7)], "the only other pair between 0.8 and 0.9"


def test_no_positives_and_no_correlation_draw_nothing(lab):
    positives, pool = lab
    none = PairIndex(np.empty(0, np.int64), np.empty(0, np.int64))
    assert len(draw_degree_matched(pool, none, n=5, seed=0)) == 0
    assert len(draw_correlation_matched(pool, none, sizes_by_number, n=5, seed=0)) == 0
    unknown = draw_correlation_matched(pool, positives, lambda a, b: np.full((len(a), len(b)), np.nan), n=5, seed=0)
    assert len(unknown) == 0
