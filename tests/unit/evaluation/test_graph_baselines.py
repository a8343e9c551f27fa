"""What known degrees and the graph of known edges tell, with and without something to tell."""

from dataclasses import replace

import numpy as np
import pytest

from grnet.division.splits import assign_folds
from grnet.evaluation.baseline_inputs import INNER_FOLDS, BaselineInputs
from grnet.evaluation.baselines import out_of_fold_baselines
from grnet.evaluation.bootstrap import Resampling
from grnet.evaluation.concordance import estimate_concordance
from grnet.evaluation.metrics import auroc
from grnet.schema.genes import PairIndex

N_GENES, N_TFS = 90, 12


def make_inputs(label, seed=0, n=900):
    """Random pairs; `label(rng, pairs)` returns their labels."""
    rng = np.random.default_rng(seed)
    key = rng.choice(N_TFS * N_GENES, n, replace=False)
    pairs = PairIndex(key // N_GENES, key % N_GENES)
    labels = label(rng, pairs).astype(np.int8)
    folds = assign_folds(pairs, labels, n_genes=N_GENES, n_folds=4, seed=seed)
    unknown = np.full(n, np.nan)
    inputs = BaselineInputs(pairs, labels, folds, unknown, unknown, N_GENES, seed)
    return replace(inputs, known_network=count_around(pairs, labels), kernels={"RNA": remember_targets(pairs, labels)})


def count_around(pairs, labels):
    """Return a table of two numbers of a pair: known targets of its TF and known regulators of its target."""

    def tell(known, rows):
        edges = pairs.take(known & (labels == 1))
        counts = [np.bincount(genes, minlength=N_GENES) for genes in (edges.tf, edges.target)]
        own = pairs.take(rows)
        return np.column_stack([counts[0][own.tf], counts[1][own.target]]).astype(np.float32)

    return tell


def remember_targets(pairs, labels):
    """Return a score that stands for kernel ridge: how many more edges than non-edges the target has."""

    def score(known):
        signs = np.where(labels[known] == 1, 1.0, -1.0)
        return np.bincount(pairs.target[known], weights=signs, minlength=N_GENES)[pairs.target]

    return score


def by_strength(rng, pairs):
    strength = rng.normal(0, 2, N_GENES)
    return rng.random(len(pairs)) < 1 / (1 + np.exp(-strength[pairs.tf] - strength[pairs.target]))


def balanced_by_tf(rng, pairs):
    """Half of the pairs of each TF, at random."""
    labels = np.zeros(len(pairs))
    for tf in np.unique(pairs.tf):
        rows = rng.permutation(np.flatnonzero(pairs.tf == tf))
        labels[rows[: len(rows) // 2]] = 1
    return labels


def test_known_degrees_rank_as_their_formula():
    inputs = make_inputs(by_strength)
    found = out_of_fold_baselines(inputs)["known degrees"]
    for fold in range(4):
        own = inputs.folds == fold
        edges = inputs.pairs.take(~own & (inputs.labels == 1))
        targets, regulators = (np.bincount(genes, minlength=N_GENES) for genes in (edges.tf, edges.target))
        expected = (np.log1p(targets[inputs.pairs.tf]) + np.log1p(regulators[inputs.pairs.target]))[own]
        order = np.argsort(expected, kind="stable")
        assert np.all(np.diff(found[own][order]) >= 0)
        assert auroc(inputs.labels[own], found[own]) == pytest.approx(auroc(inputs.labels[own], expected), abs=1e-12)
    assert auroc(inputs.labels, found) > 0.72
    assert np.mean(np.square(found - inputs.labels)) < 0.235


def test_the_known_network_and_kernels_find_what_is_there_to_find():
    inputs = make_inputs(by_strength)
    found = out_of_fold_baselines(inputs)
    assert auroc(inputs.labels, found["known network"]) > 0.7
    assert auroc(inputs.labels, found["kernel ridge (RNA)"]) > 0.7
    assert np.mean(np.square(found["kernel ridge (RNA)"] - inputs.labels)) < 0.23


def test_both_kernels_are_summed_and_a_lack_of_them_is_no_row():
    inputs = make_inputs(by_strength)
    rna = inputs.kernels["RNA"]
    found = out_of_fold_baselines(replace(inputs, kernels={"RNA": rna, "images": lambda known: np.zeros(900)}))
    np.testing.assert_allclose(found["kernel ridge (RNA and images)"], found["kernel ridge (RNA)"])
    assert list(found)[-4:] == [
        "kernel ridge (RNA)",
        "kernel ridge (images)",
        "kernel ridge (RNA and images)",
        "random",
    ]
    none = out_of_fold_baselines(replace(inputs, kernels={}, known_network=None))
    assert not {"known network", "kernel ridge (RNA)"} & set(none)


def test_labels_shuffled_within_tfs_leave_nothing_to_any_baseline():
    """Each TF has as many negatives as positives: its base rate leaks, but cannot order its own pairs."""
    found: dict[str, list[float]] = {}
    for seed in range(6):
        inputs = make_inputs(balanced_by_tf, seed)
        sample = Resampling(inputs.labels, inputs.folds, np.arange(900), 0, 20, compared=inputs.pairs.tf)
        for name, estimate in estimate_concordance(sample, out_of_fold_baselines(inputs)).items():
            found.setdefault(name, []).append(estimate.value)
    for name, values in found.items():
        assert np.mean(values) == pytest.approx(0.5, abs=0.02), name


def test_numbers_of_a_training_pair_are_told_without_its_own_part():
    inputs = make_inputs(by_strength)
    seen = []

    def tell(known, rows):
        seen.append((known, rows))
        return np.zeros((rows.sum(), 1), dtype=np.float32)

    out_of_fold_baselines(replace(inputs, known_network=tell))
    assert len(seen) == 4 * (1 + INNER_FOLDS)
    for known, rows in seen:
        assert not np.any(known & rows)
    tested = [rows for known, rows in seen if np.all(known | rows)]
    assert np.all(np.sum(tested, axis=0) == 1)


def test_pairs_of_a_group_share_an_inner_fold():
    inputs = make_inputs(by_strength)
    by_target = replace(inputs, groups=inputs.pairs.target).inner_folds
    for target in np.unique(inputs.pairs.target):
        assert len(set(by_target[inputs.pairs.target == target])) == 1
    assert set(by_target) == set(range(INNER_FOLDS))
    flipped = replace(inputs, labels=1 - inputs.labels)
    np.testing.assert_array_equal(flipped.inner_folds, inputs.inner_folds)
