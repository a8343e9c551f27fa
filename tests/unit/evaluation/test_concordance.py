from dataclasses import replace

import numpy as np
import pytest

from grnet.evaluation.bootstrap import Resampling
from grnet.evaluation.concordance import Comparisons, count_concordant, estimate_card_figures, estimate_concordance
from grnet.evaluation.metrics import auroc
from grnet.schema.errors import InputError


def make_pairs(n=400, n_tfs=12, n_folds=3, seed=0, n_draws=200):
    """Return pairs of random TFs, labels and folds, and values with many ties."""
    rng = np.random.default_rng(seed)
    labels, folds = rng.integers(0, 2, n).astype(np.int8), rng.integers(0, n_folds, n).astype(np.int8)
    tf = rng.choice(1000, n_tfs, replace=False)[rng.integers(0, n_tfs, n)]
    values = (labels * 0.2 + rng.random(n) * 0.8).round(1)
    return Resampling(labels, folds, np.arange(n), 0, n_draws, tf), values


def compare_one_by_one(sample, values):
    """Return points and comparisons by TF, from a loop over all pairs of pairs."""
    points, counts = {}, {}
    for i in np.flatnonzero(sample.labels == 1):
        for j in np.flatnonzero(sample.labels == 0):
            if (sample.compared[i], sample.folds[i]) == (sample.compared[j], sample.folds[j]):
                tf = int(sample.compared[i])
                points[tf] = points.get(tf, 0) + (values[i] > values[j]) + 0.5 * (values[i] == values[j])
                counts[tf] = counts.get(tf, 0) + 1
    return points, counts


@pytest.mark.parametrize("n", [30, 400])
def test_it_is_what_a_loop_over_pairs_of_pairs_counts(n):
    sample, values = make_pairs(n)
    points, counts = compare_one_by_one(sample, values)
    comparisons = Comparisons.count(sample)
    assert dict(zip(comparisons.gene.tolist(), comparisons.n.tolist(), strict=True)) == counts
    assert comparisons.to_json() == {"n_tfs": len(counts), "n_comparisons": sum(counts.values())}
    found = estimate_concordance(sample, {"model": values})["model"]
    assert found.value == pytest.approx(sum(points.values()) / sum(counts.values()), abs=1e-12)


def test_in_one_tf_and_fold_it_is_the_auroc():
    sample, values = make_pairs(n_tfs=1, n_folds=1)
    assert estimate_concordance(sample, {"model": values})["model"].value == pytest.approx(auroc(sample.labels, values))


def test_what_knows_tfs_and_folds_alone_is_random_whatever_its_auroc():
    """A TF with more positives in a fold has a higher value there: no more is known."""
    sample, _ = make_pairs()
    keys = sample.compared * 3 + sample.folds
    rates = {key: sample.labels[keys == key].mean() for key in np.unique(keys)}
    values = np.array([rates[key] for key in keys])
    found = estimate_card_figures(sample, {"model": values})["model"]
    assert found["auroc"].value > 0.6
    assert (found["concordance_within_tfs"].value, found["concordance_within_tfs"].interval) == (0.5, (0.5, 0.5))


def test_draws_are_of_tfs_paired_and_the_same_in_any_order():
    sample, values = make_pairs()
    found = estimate_concordance(sample, {"model": values, "same": values / 2, "inverse": 1 - values})
    np.testing.assert_array_equal(found["model"].draws, found["same"].draws)
    np.testing.assert_allclose(found["model"].draws + found["inverse"].draws, 1)
    assert not np.any(found["model"].minus(found["same"]).draws)
    order = np.random.default_rng(1).permutation(len(values))
    again = estimate_concordance(sample.take(order), {"model": values[order]})["model"]
    assert again.value == found["model"].value
    np.testing.assert_array_equal(again.draws, found["model"].draws)
    points, counts = compare_one_by_one(sample, values)
    by_tf = np.array([(points[tf], counts[tf]) for tf in sorted(counts)])
    rng = np.random.default_rng(0)
    resampled = [by_tf[rng.integers(12, size=11)].sum(axis=0) for _ in range(4000)]
    expected = np.std([right / total for right, total in resampled])
    assert np.std(found["model"].draws) == pytest.approx(expected, rel=0.2)


def test_tfs_of_one_label_are_not_compared_and_without_others_it_is_unknown():
    labels, folds = np.array([1, 1, 0, 0], np.int8), np.zeros(4, np.int8)
    values = np.array([0.9, 0.8, 0.2, 0.1])
    sample = Resampling(labels, folds, np.arange(4), 0, 20, np.array([1, 1, 2, 2]))
    assert Comparisons.count(sample).to_json() == {"n_tfs": 0, "n_comparisons": 0}
    found = estimate_concordance(sample, {"model": values})["model"]
    assert found.to_json() == {"mean": None, "low": None, "high": None}
    in_two_folds = Resampling(labels, np.array([0, 0, 1, 1], np.int8), np.arange(4), 0, 20, np.zeros(4, np.int64))
    assert np.isnan(estimate_concordance(in_two_folds, {"model": values})["model"].value)
    mixed = Resampling(labels, folds, np.arange(4), 0, 20, np.array([1, 1, 1, 2]))
    assert estimate_concordance(mixed, {"model": values})["model"].to_json() == {"mean": 1, "low": 1, "high": 1}


def test_within_targets_it_is_the_same_figure_of_the_other_gene():
    sample, values = make_pairs()
    within = replace(sample, role="target")
    found, same = (estimate_card_figures(one, {"model": values})["model"] for one in (within, sample))
    assert "concordance_within_tfs" not in found
    np.testing.assert_array_equal(found["concordance_within_targets"].draws, same["concordance_within_tfs"].draws)
    assert list(Comparisons.count(within).to_json()) == ["n_targets", "n_comparisons"]
    assert Comparisons.count(within).describe().endswith(" comparisons in 12 targets")


def test_strata_without_pairs_have_no_points():
    points = count_concordant(np.array([2, 2]), np.array([1, 0]), np.array([0.3, 0.3]), n_strata=4)
    assert points.tolist() == [0, 0, 0.5, 0]


def test_lengths_and_values_are_checked():
    sample, _ = make_pairs(20)
    with pytest.raises(InputError, match="compared: expected a value for each of 20 pairs"):
        Resampling(sample.labels, sample.folds, sample.groups, 0, 20, sample.compared[:19])
    with pytest.raises(InputError):
        estimate_concordance(sample, {"model": np.full(20, np.nan)})
