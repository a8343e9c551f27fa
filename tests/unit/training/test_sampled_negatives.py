"""Negatives that resemble the positives tell a model nothing of what it is tested on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from chosen_pairs import choose_pairs
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from grnet.architectures.late.config import LateConfig
from grnet.dataset.directory import load_dataset
from grnet.evaluation.baselines import DEGREE, PEARSON
from grnet.features.build import build_features
from grnet.features.pairs import correlations
from grnet.schema.errors import ConfigError, InputError
from grnet.schema.training_config import NEGATIVES, TrainConfig
from grnet.training.training_data import build_training_data
from grnet.workflow.split_report import score_baselines

CONFIG = TrainConfig(folds=3, model=LateConfig(modality="rna"))
MATCHED = NEGATIVES[1:]
SPLITS = ("pair", "tf", "target", "both")


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    """The embryo with its positives alone."""
    loaded = load_dataset(embryo_dataset)
    known = loaded.labelled_pairs
    return replace(loaded, labelled_pairs=known[known["label"] == 1])


@pytest.fixture(scope="module")
def features(dataset):
    return build_features(dataset)


def choose(dataset, features, scheme, split="pair", **settings):
    return choose_pairs(dataset, features, replace(CONFIG, negatives=scheme, **settings), split=split)


def keys_of(training, dataset):
    return training.pairs.keys(len(dataset.genes))


def sizes(features, training):
    return np.abs(correlations(features, training.pairs)[0])


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("scheme", NEGATIVES)
def test_negatives_are_new_distinct_and_said(dataset, features, scheme, split):
    training = choose(dataset, features, scheme, split, negatives_per_positive=1.5)
    negative = training.labels == 0
    keys = keys_of(training, dataset)
    assert len(keys) == len(set(keys.tolist()))
    assert int((~negative).sum()) == 77
    assert 80 < negative.sum() <= 116
    assert np.all(training.pairs.tf[negative] != training.pairs.target[negative])
    assert dataset.genes.is_tf[training.pairs.tf].all()
    note = training.notes[0]
    wanted = "" if negative.sum() == 116 else " (of 116 wanted; there are no more such pairs)"
    assert note.startswith(f"the known edges hold positives only: {negative.sum()} negatives{wanted} sampled ")
    assert f"(--negatives {scheme}, 1.5 per positive, seed 0); some may be true edges not yet known" in note


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("scheme", NEGATIVES)
def test_what_is_held_out_is_in_no_training(dataset, features, scheme, split):
    training = choose(dataset, features, scheme, split)
    pairs, keys = training.pairs, training.pairs.unordered_keys(len(dataset.genes))
    for fold in range(3):
        rows = training.rows_of(fold)
        learnt, test = np.concatenate([rows.fit, rows.stop]), training.folds == fold
        assert training.allowed[fold][learnt].all()
        assert not set(keys[learnt]) & set(keys[test])
        if split in ("tf", "both"):
            assert not set(pairs.tf[learnt]) & set(pairs.tf[test])
        if split in ("target", "both"):
            assert not set(pairs.target[learnt]) & set(pairs.target[test])


@pytest.mark.parametrize("scheme", MATCHED)
@pytest.mark.parametrize("split", ["tf", "target"])
def test_the_positives_of_a_held_out_gene_do_not_shape_what_is_learnt(dataset, features, scheme, split):
    """Moving the positives of a fold to other genes of the fold leaves the negatives of the other folds as they are."""
    training = choose(dataset, features, scheme, split)
    before = learnt_negatives(training, dataset)
    known, other = dataset.labelled_pairs.copy(), "target" if split == "tf" else "tf"
    table = training.folds[: len(known)]
    own = np.flatnonzero(table == 0)
    for seed in range(100):
        shuffled = known[other].to_numpy(copy=True)  # as many positives for each gene as before: the same folds
        shuffled[own] = shuffled[np.random.default_rng(seed).permutation(own)]
        moved = known.assign(**{other: shuffled})
        if not moved.duplicated(["tf", "target"]).any() and (moved["tf"] != moved["target"]).all():
            break
    assert (moved["tf"] + moved["target"] != known["tf"] + known["target"]).sum() > 10
    after = choose(replace(dataset, labelled_pairs=moved), features, scheme, split)
    np.testing.assert_array_equal(after.folds[: len(known)], table)
    found = learnt_negatives(after, dataset)
    assert before[0] == found[0], "the model of fold 0 learns from the same negatives"
    assert before[1] != found[1], "those of the others, which were drawn for fold 0 too, are others"


def learnt_negatives(training, dataset):
    keys = keys_of(training, dataset)
    return [set(keys[training.allowed[fold] & (training.labels == 0)].tolist()) for fold in range(3)]


@pytest.mark.parametrize("split", ["pair", "tf"])
def test_degrees_are_matched_within_each_fold(dataset, features, split):
    training = choose(dataset, features, "degree-matched", split)
    moved = 0
    for fold in range(3):
        positive, negative = (
            Counter(training.pairs.tf[(training.folds == fold) & (training.labels == label)].tolist())
            for label in (1, 0)
        )
        moved += sum((positive - negative).values())
    assert moved <= 4
    everywhere = choose(dataset, features, "random", split)
    uniform = Counter(everywhere.pairs.tf[everywhere.labels == 0].tolist())
    assert sum((Counter(everywhere.pairs.tf[everywhere.labels == 1].tolist()) - uniform).values()) > 10


@pytest.mark.parametrize("split", SPLITS)
def test_the_size_of_the_correlation_is_matched(dataset, features, split):
    training = choose(dataset, features, "correlation-matched", split)
    size, positive = sizes(features, training), training.labels == 1
    matched = ks_2samp(size[positive], size[~positive]).statistic
    everywhere = choose(dataset, features, "random", split)
    size, positive = sizes(features, everywhere), everywhere.labels == 1
    assert matched < (0.2 if split == "both" else 0.15) < ks_2samp(size[positive], size[~positive]).statistic


@pytest.mark.parametrize(("scheme", "rule"), [("degree-matched", DEGREE), ("correlation-matched", PEARSON)])
@pytest.mark.parametrize("split", SPLITS)
def test_what_is_matched_predicts_nothing(dataset, features, scheme, rule, split):
    """The rule that a scheme takes away is at chance, and not below it, which would tell of the held-out pairs."""
    areas, whole = [], build_training_data(dataset, CONFIG, torch.device("cpu"))
    for seed in range(4):
        training = choose(dataset, features, scheme, split, seed=seed)
        tested, data = training.tested, replace(whole, training=training)
        areas.append(roc_auc_score(training.labels[tested], score_baselines(data, seed=0)[rule][tested]))
    assert np.mean(areas) == pytest.approx(0.5, abs=0.06)


def test_the_seed_decides_what_is_drawn(dataset, features):
    for scheme in NEGATIVES:
        first, again, other = (choose(dataset, features, scheme, seed=seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(keys_of(first, dataset), keys_of(again, dataset))
        assert set(keys_of(first, dataset)) != set(keys_of(other, dataset))


def test_matching_correlation_needs_expression(dataset, features):
    dark = replace(features, profiles=features.profiles[1:])
    config = replace(CONFIG, negatives="correlation-matched", model=LateConfig(modality="image"))
    with pytest.raises(InputError) as caught:
        choose_pairs(dataset, dark, config)
    assert str(caught.value) == (
        f"{dataset.path}: --negatives correlation-matched needs expression, and the dataset has none; choose "
        "--negatives degree-matched or random"
    )


def test_a_scheme_is_not_used_where_negatives_are_given(embryo_dataset, features):
    training = choose(load_dataset(embryo_dataset), features, "degree-matched")
    (note,) = training.notes
    assert note.startswith("--negatives degree-matched was ignored")


def test_too_few_negatives_are_refused(dataset, features):
    with pytest.raises(InputError) as caught:
        choose(dataset, features, "degree-matched", negatives_per_positive=0.02)
    assert str(caught.value) == (
        f"{dataset.path}: 2 negatives could be sampled (--negatives degree-matched); training needs one for each of 3 "
        "folds; choose --negatives random, or a higher --negatives-per-positive"
    )


def test_an_unknown_scheme_is_a_problem_of_the_settings():
    with pytest.raises(ConfigError) as caught:
        replace(CONFIG, negatives="hard", seeds=0)
    assert str(caught.value) == (
        "--seeds lies in 1..100, got 0; --negatives is one of random, degree-matched, correlation-matched, got 'hard'"
    )
