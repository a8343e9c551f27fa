"""Which pairs are trained on, and what is said of the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grnet.dataset.directory import load_dataset
from grnet.features.build import build_features
from grnet.schema.errors import InputError
from grnet.schema.model_configs import LateConfig, TrainConfig
from grnet.training.labelled import choose_pairs

CONFIG = TrainConfig(folds=3, model=LateConfig(modality="rna"))


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    return load_dataset(embryo_dataset)


@pytest.fixture(scope="module")
def features(dataset):
    return build_features(dataset)


def of_modality(modality, **settings):
    return replace(CONFIG, model=LateConfig(modality=modality), **settings)


def named(dataset, training):
    symbols = np.asarray(dataset.genes.symbols)
    return list(zip(symbols[training.pairs.tf], symbols[training.pairs.target], training.labels, strict=True))


def rows_of(known):
    return list(known[["tf", "target", "label"]].itertuples(index=False, name=None))


def only_positives(dataset):
    known = dataset.known_edges
    return replace(dataset, known_edges=known[known["label"] == 1])


@pytest.mark.parametrize("modality", ["rna", "fused"])
def test_all_known_edges_are_taken_in_order(dataset, features, modality):
    training = choose_pairs(dataset, features, of_modality(modality))
    assert named(dataset, training) == rows_of(dataset.known_edges)
    assert training.notes == ()
    assert (training.labels.dtype, training.folds.dtype) == (np.int8, np.int8)
    assert np.bincount(training.folds).tolist() == pytest.approx([51, 51, 51], abs=1)


def test_pairs_without_a_common_view_are_left_out_with_a_note(dataset, features):
    training = choose_pairs(dataset, features, of_modality("image"))
    known = dataset.known_edges
    tf, target = (dataset.genes.indices_of(known[column]) for column in ("tf", "target"))
    shares = (features.has_map[tf] & features.has_map[target]).any(axis=1)
    assert 0 < shares.sum() < len(known)
    assert named(dataset, training) == rows_of(known[shares])
    left_out = (~shares).sum()
    assert training.notes == (f"{left_out} of 154 known edges left out: a gene has no images",)


@pytest.mark.parametrize(("ratio", "expected"), [(1.0, 77), (2.0, 154), (0.5, 38)])
def test_negatives_are_sampled_where_none_are_known(dataset, features, ratio, expected):
    positive = only_positives(dataset)
    training = choose_pairs(positive, features, replace(CONFIG, negatives_per_positive=ratio))
    rows = named(dataset, training)
    assert rows[:77] == rows_of(positive.known_edges)
    negatives = rows[77:]
    assert len(negatives) == len(set(negatives)) == expected
    known = {row[:2] for row in rows[:77]}
    tfs = {dataset.genes.symbols[index] for index in dataset.genes.tfs}
    for tf, target, label in negatives:
        assert label == 0
        assert (tf, target) not in known
        assert tf in tfs
        assert tf != target
    assert training.notes == (
        f"the known edges hold positives only: {expected} negatives sampled uniformly from TF × gene pairs "
        "that are not known edges (seed 0); some may be true edges not yet known",
    )
    assert set(training.folds.tolist()) == {0, 1, 2}


def test_the_seed_decides_what_is_sampled(dataset, features):
    positive = only_positives(dataset)
    first, again, other = (choose_pairs(positive, features, replace(CONFIG, seed=seed)) for seed in (1, 1, 2))
    assert named(dataset, first) == named(dataset, again)
    assert np.array_equal(first.folds, again.folds)
    assert named(dataset, first) != named(dataset, other)
    folds = [choose_pairs(dataset, features, replace(CONFIG, seed=seed)).folds for seed in (1, 2)]
    assert not np.array_equal(*folds)


def test_negatives_have_images_where_images_are_asked_for(dataset, features):
    training = choose_pairs(only_positives(dataset), features, of_modality("image"))
    assert features.present("image")[np.r_[training.pairs.tf, training.pairs.target]].all()
    assert len(training.notes) == 2
    assert "left out" in training.notes[0]
    assert "sampled" in training.notes[1]


def test_too_few_positives(dataset, features):
    positive = only_positives(dataset)
    ten = replace(positive, known_edges=positive.known_edges.head(10))
    assert (choose_pairs(ten, features, CONFIG).labels == 1).sum() == 10
    with pytest.raises(InputError) as caught:
        choose_pairs(replace(positive, known_edges=positive.known_edges.head(9)), features, CONFIG)
    assert str(caught.value) == (
        f"{dataset.path}: 9 positive known edges whose genes have expression; training needs at least 10; "
        "give more with: grnet prepare --known-edges, or choose another --modality"
    )
    without = replace(features, profiles=features.profiles[:1], has_map=np.zeros_like(features.has_map))
    with pytest.raises(InputError, match=r": 0 positive known edges whose genes have images of one view; training"):
        choose_pairs(positive, without, of_modality("image"))
