import numpy as np
import pytest

from grnet.evaluation.matching import match_negatives, training_degrees
from grnet.schema.genes import PairIndex


def closest_first(labels, folds, x, calipers):
    """The whole matrix of distances of each fold, walked from the smallest."""
    couples = []
    for fold in np.unique(folds):
        positives, negatives = (np.flatnonzero((labels == label) & (folds == fold)) for label in (1, 0))
        distance = np.abs((x[positives, None] - x[None, negatives]) / np.asarray(calipers)).max(axis=2)
        while distance.size and distance.min() <= 1:
            row, column = np.unravel_index(np.argmin(distance), distance.shape)
            couples.append((positives[row], negatives[column]))
            distance[row], distance[:, column] = np.inf, np.inf
    return set(couples)


@pytest.mark.parametrize("calipers", [(0.02,), (0.3, 0.2)])
@pytest.mark.parametrize("n", [30, 700])
def test_the_closest_couples_are_joined_first_within_fold_and_caliper(calipers, n):
    rng = np.random.default_rng(0)
    labels, folds, x = rng.integers(0, 2, n), rng.integers(0, 3, n), rng.random((n, len(calipers)))
    x[:, 0] = np.where(labels == 1, np.sqrt(x[:, 0]), x[:, 0])
    couples = match_negatives(labels, folds, x, calipers=calipers, keys=np.arange(n))
    assert set(zip(*couples, strict=True)) == closest_first(labels, folds, x, calipers)
    assert len(couples.positives) > n // 70


def test_a_negative_is_used_once_even_where_all_are_alike():
    labels = np.repeat([1, 0], (100, 60))
    couples = match_negatives(labels, np.zeros(160), np.zeros((160, 1)), calipers=(0.1,), keys=np.arange(160))
    assert sorted(couples.negatives) == list(range(100, 160))
    assert len(set(couples.positives)) == 60


def test_the_order_of_the_rows_changes_no_couple():
    rng = np.random.default_rng(1)
    n = 400
    labels, folds, keys = rng.integers(0, 2, n), rng.integers(0, 5, n), rng.permutation(n)
    x = rng.random((n, 2)).round(1)
    order = rng.permutation(n)
    one = match_negatives(labels, folds, x, calipers=(0.15, 0.15), keys=keys)
    two = match_negatives(labels[order], folds[order], x[order], calipers=(0.15, 0.15), keys=keys[order])
    assert set(zip(*one, strict=True)) == set(zip(*(order[rows] for rows in two), strict=True))


def test_pairs_without_a_coordinate_are_not_matched():
    labels, folds = np.array([1, 1, 0, 0]), np.zeros(4)
    x = np.array([[np.nan], [0.5], [np.nan], [0.5]])
    couples = match_negatives(labels, folds, x, calipers=(0.1,), keys=np.arange(4))
    assert (couples.positives.tolist(), couples.negatives.tolist()) == ([1], [3])


def test_nothing_to_match_gives_no_couples():
    couples = match_negatives(np.ones(3, int), np.zeros(3), np.zeros((3, 1)), calipers=(1.0,), keys=np.arange(3))
    assert len(couples.positives) == len(couples.negatives) == 0


def test_degrees_count_the_positives_of_the_other_folds():
    pairs = PairIndex(np.array([0, 0, 0, 1, 1]), np.array([2, 3, 4, 2, 3]))
    labels, folds = np.array([1, 1, 0, 1, 1]), np.array([0, 1, 0, 1, 0])
    tf, target = training_degrees(pairs, labels, folds, n_genes=5)
    assert tf.tolist() == [1, 1, 1, 1, 1]
    assert target.tolist() == [1, 1, 0, 1, 1]
