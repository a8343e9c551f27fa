from dataclasses import replace

import numpy as np
import pytest

from grnet.division.splits import assign_folds
from grnet.evaluation.baselines import BaselineInputs, out_of_fold_baselines
from grnet.evaluation.metrics import auroc
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex

N_GENES = 120


def make_inputs(label_rule, seed=0, n=2000):
    """Random pairs whose labels are drawn with the probabilities that `label_rule(rng, pairs, r)` returns."""
    rng = np.random.default_rng(seed)
    key = rng.choice(20 * N_GENES, n, replace=False)
    pairs = PairIndex(key // N_GENES, key % N_GENES)
    profiles = rng.normal(size=(N_GENES, 12)).astype(np.float32)
    similarity = np.corrcoef(profiles).astype(np.float32)
    r = similarity[pairs.tf, pairs.target]
    labels = (rng.random(len(pairs)) < label_rule(rng, pairs, r)).astype(np.int8)
    folds = assign_folds(pairs, labels, n_genes=N_GENES, n_folds=5, seed=seed)
    return BaselineInputs(pairs, labels, folds, r, r, N_GENES, seed, similarity)


def by_chance(rng, pairs, r):
    return np.full(len(pairs), 0.4)


def by_degree(rng, pairs, r):
    strength = rng.normal(0, 2, N_GENES)
    return 1 / (1 + np.exp(-strength[pairs.tf] - strength[pairs.target]))


def by_correlation(rng, pairs, r):
    return 1 / (1 + np.exp(4 - 12 * np.abs(r)))


def test_all_baselines_are_there_with_a_probability_for_each_pair():
    results = out_of_fold_baselines(make_inputs(by_chance))
    assert list(results) == [
        "|Pearson|",
        "|Spearman|",
        "degree only",
        "known degrees",
        "expression neighbour",
        "random",
    ]
    for probabilities in results.values():
        assert probabilities.dtype == np.float64
        assert np.all((probabilities >= 0) & (probabilities <= 1))


def test_labels_by_chance_leave_every_baseline_at_one_half():
    inputs = [make_inputs(by_chance, seed=seed) for seed in range(3)]
    results = [out_of_fold_baselines(one) for one in inputs]
    for name in results[0]:
        areas = [auroc(one.labels, result[name]) for one, result in zip(inputs, results, strict=True)]
        assert abs(np.mean(areas) - 0.5) < 0.035, name


def test_degree_only_finds_a_planted_degree_effect_and_correlation_does_not():
    inputs = make_inputs(by_degree)
    results = out_of_fold_baselines(inputs)
    assert auroc(inputs.labels, results["degree only"]) > 0.85
    assert abs(auroc(inputs.labels, results["|Pearson|"]) - 0.5) < 0.06


def test_correlation_baseline_is_calibrated_and_ranks_as_the_correlation():
    inputs = make_inputs(by_correlation)
    probabilities = out_of_fold_baselines(inputs)["|Pearson|"]
    assert auroc(inputs.labels, probabilities) == pytest.approx(auroc(inputs.labels, np.abs(inputs.pearson)), abs=5e-3)
    np.testing.assert_allclose(probabilities, by_correlation(None, inputs.pairs, inputs.pearson), atol=0.08)


def test_a_pair_without_expression_gets_the_base_rate_of_the_other_folds():
    inputs = make_inputs(by_correlation)
    r = inputs.pearson.copy()
    r[:50] = np.nan
    results = out_of_fold_baselines(replace(inputs, pearson=r, spearman=np.full_like(r, np.nan)))
    for name, rows in (("|Pearson|", range(50)), ("|Spearman|", range(len(r)))):
        for row in rows:
            expected = inputs.labels[inputs.folds != inputs.folds[row]].mean()
            assert results[name][row] == pytest.approx(expected)


def test_neighbours_carry_labels_between_genes_with_the_same_expression():
    rng = np.random.default_rng(0)
    group = np.arange(N_GENES) % 6
    similarity = (group[:, None] == group[None, :]).astype(np.float32)
    rule = rng.random((6, 6)) < 0.5
    inputs = make_inputs(lambda rng, pairs, r: rule[group[pairs.tf], group[pairs.target]].astype(float))
    results = out_of_fold_baselines(replace(inputs, similarity=similarity))
    assert auroc(inputs.labels, results["expression neighbour"]) > 0.99


def test_similarity_may_be_a_function_or_absent():
    inputs = make_inputs(by_correlation)
    dense = inputs.similarity
    by_function = replace(inputs, similarity=lambda rows, columns: dense[np.ix_(rows, columns)])
    name = "expression neighbour"
    np.testing.assert_array_equal(out_of_fold_baselines(inputs)[name], out_of_fold_baselines(by_function)[name])
    assert name not in out_of_fold_baselines(replace(inputs, similarity=None))


def add_context(inputs, seed=0):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(len(inputs.pairs), 3)).astype(np.float32)
    context = np.column_stack([inputs.pearson, np.abs(inputs.pearson), noise]).astype(np.float32)
    context[rng.random(context.shape) < 0.1] = np.nan
    return replace(inputs, context=context)


def test_boosting_cuts_sharply_where_logistic_regression_cannot():
    inputs = make_inputs(lambda rng, pairs, r: np.where((r > 0.1) & (r < 0.3), 0.9, 0.1))
    results = out_of_fold_baselines(add_context(inputs))
    assert auroc(inputs.labels, results["gradient boosting on context"]) > 0.8
    assert auroc(inputs.labels, results["|Pearson|"]) < 0.7


def test_boosting_is_that_of_scikit_learn_fitted_on_the_other_folds():
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    inputs = add_context(make_inputs(by_correlation, n=600))
    result = out_of_fold_baselines(inputs)["gradient boosting on context"]
    test = inputs.folds == 2
    model = HistGradientBoostingClassifier(early_stopping=False, random_state=0)
    with threadpool_limits(1):
        expected = model.fit(inputs.context[~test], inputs.labels[~test]).predict_proba(inputs.context[test])[:, 1]
    np.testing.assert_allclose(result[test], expected, atol=1e-9)
    np.testing.assert_array_equal(result, out_of_fold_baselines(inputs)["gradient boosting on context"])


def test_baselines_learn_from_the_given_pairs_only_and_leave_untested_ones_alone():
    inputs = add_context(make_inputs(by_degree, n=800))
    folds = np.where(np.arange(800) % 4 == 0, -1, inputs.folds).astype(np.int8)
    train = np.array([(folds != fold) & (np.arange(800) % 3 > 0) for fold in range(5)])
    given = replace(inputs, folds=folds, train=train)
    before = out_of_fold_baselines(given)
    own = folds == 1
    unseen = ~train[1]
    flipped = replace(given, labels=np.where(unseen, 1 - inputs.labels, inputs.labels).astype(np.int8))
    after = out_of_fold_baselines(flipped)
    assert "gradient boosting on context" in before
    for name, values in before.items():
        np.testing.assert_array_equal(np.isnan(values), folds == -1)
        np.testing.assert_array_equal(values[own], after[name][own])
    rest = replace(given, train=np.array([folds != fold for fold in range(5)]))
    assert not np.array_equal(out_of_fold_baselines(rest)["degree only"][own], before["degree only"][own])


def test_all_pairs_of_other_folds_is_what_baselines_learn_from_unless_told():
    inputs = add_context(make_inputs(by_degree, n=500))
    train = np.array([inputs.folds != fold for fold in range(5)])
    one, two = out_of_fold_baselines(inputs), out_of_fold_baselines(replace(inputs, train=train))
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])


def test_no_baseline_looks_at_the_labels_of_the_own_fold():
    inputs = add_context(make_inputs(by_degree))
    own = inputs.folds == 3
    flipped = replace(inputs, labels=np.where(own, 1 - inputs.labels, inputs.labels).astype(np.int8))
    before, after = out_of_fold_baselines(inputs), out_of_fold_baselines(flipped)
    for name in before:
        np.testing.assert_array_equal(before[name][own], after[name][own])


def test_one_class_in_the_training_folds_is_no_error():
    inputs = make_inputs(by_chance, n=100)
    labels = np.zeros(100, dtype=np.int8)
    results = out_of_fold_baselines(replace(inputs, labels=labels))
    assert results["degree only"].max() == 0
    assert results["|Pearson|"].max() < 0.05


def test_inputs_that_do_not_align_are_refused():
    inputs = make_inputs(by_chance, n=100)
    with pytest.raises(InputError, match=r"pearson: expected a value for each of 100 pairs, got shape \(3,\)"):
        replace(inputs, pearson=np.zeros(3))
    with pytest.raises(InputError, match="two or more folds"):
        replace(inputs, folds=np.zeros(100, dtype=np.int8))
    with pytest.raises(InputError, match=r"context: expected features of each of 100 pairs, got shape \(99, 2\)"):
        replace(inputs, context=np.zeros((99, 2), np.float32))
    with pytest.raises(InputError, match=r"train: expected a row for each of 5 folds .* got shape \(2, 100\)"):
        replace(inputs, train=np.ones((2, 100), bool))
    with pytest.raises(InputError, match="train: fold 0 would learn from pairs that it is tested on"):
        replace(inputs, train=np.ones((5, 100), bool))
    with pytest.raises(InputError, match="train: fold 0 has no pairs to learn from"):
        replace(inputs, train=np.zeros((5, 100), bool))
