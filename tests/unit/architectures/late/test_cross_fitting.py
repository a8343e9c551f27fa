"""How much each part of a score counts: fitted across folds, for labelled pairs and for candidates apart."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from late_models import score_listed, teach

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late import cross_fitting
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.cross_fitting import _draw_candidates, _Member, describe_fusion, weighs_images
from grnet.architectures.late.labelled_pairs import LabelledPairs
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.parts import PATTERNS, Part
from grnet.architectures.late.stacking import PartScores, Weights, fit_nested, fit_weights
from grnet.dataset.directory import load_dataset
from grnet.schema.genes import PairIndex
from grnet.training.training_data import build_training_data

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    return load_dataset(embryo_dataset)


@pytest.fixture(scope="module")
def data(dataset, tiny_config):
    return build_training_data(dataset, tiny_config, CPU)


@pytest.fixture(scope="module")
def pairs(data):
    training = data.training
    return LabelledPairs.build(
        training.pairs, training.labels, data.features, modality="fused", device=CPU, tfs=data.tfs
    )


@pytest.fixture
def models(data):
    """A model for each fold: its towers say what they may, its kernels learned from the pairs of the other folds."""
    training, made = data.training, []
    for fold in range(3):
        torch.manual_seed(fold)
        model = LateInteraction(LateConfig(hidden=8, bins=4, channels=(4,)), InputShape.of(data.features)).eval()
        own = training.folds != fold
        tf, target = (torch.from_numpy(genes[own]) for genes in (training.pairs.tf, training.pairs.target))
        teach(model, data.features, tf, target, torch.from_numpy(training.labels[own].astype(np.float32)))
        made.append(model)
    return made


@pytest.fixture
def member(models, pairs, data):
    return _Member(models, pairs, data.training)


@pytest.fixture(scope="module")
def both(data):
    """That every labelled pair has both modalities."""
    return np.ones(len(data.training.pairs), dtype=bool)


def made_member(model, weight_of_images):
    """Return what is told of a seed whose three folds weigh the tower of images so beside RNA."""
    weights = [Weights(np.zeros(3), np.zeros((3, len(model.parts)))) for _ in range(3)]
    for of_fold, value in zip(weights, weight_of_images, strict=True):
        of_fold.of_parts[-1, [part.modality == "image" and part.source == "tower" for part in model.parts]] = value
    return SimpleNamespace(models=[model] * 3, weights=weights)


def scores_of(models, features, pairs, folds):
    """Return what the parts say of each pair, from the model of its fold."""
    tf, target = torch.from_numpy(pairs.tf), torch.from_numpy(pairs.target)
    logits = [score_listed(model, features, tf, target) for model in models]
    values = np.stack([entry.parts.numpy() for entry in logits])[folds, :, np.arange(len(folds))].T
    return PartScores(models[0].parts, values, logits[0].has_rna.numpy(), logits[0].has_image.numpy())


def assert_same_weights(found, expected):
    np.testing.assert_allclose(found.of_parts, expected.of_parts, atol=2e-3)
    np.testing.assert_allclose(found.base, expected.base, atol=2e-3)


def test_images_that_count_need_no_word(data, both, tiny_config, models):
    assert describe_fusion(data, both, [made_member(models[0], [0.0, 0.0, 0.4])], tiny_config) == ()
    seeds = [made_member(models[0], [0.0] * 3), made_member(models[0], [0.1] * 3)]
    assert describe_fusion(data, both, seeds, tiny_config) == ()
    assert [weighs_images(models[0], weights) for weights in seeds[1].weights] == [True] * 3
    assert not any(weighs_images(models[0], weights) for weights in seeds[0].weights)


def test_images_without_weight_are_told_with_the_reason(data, both, tiny_config, models):
    silent = [made_member(models[0], [0.0] * 3)]
    (note,) = describe_fusion(data, both, silent, tiny_config)
    assert note == (
        "images have no weight beside RNA: on out-of-fold pairs they do not improve on RNA, so the fused scores of "
        "pairs with both are those of RNA alone"
    )
    few = both.copy()
    few[np.flatnonzero(data.training.labels == 1)[29:]] = False
    for mask in (few, ~both):
        assert describe_fusion(data, mask, silent, tiny_config) == (
            "images have no weight beside RNA: outside each fold, fewer than 30 labelled pairs of each label have "
            "both, too few to estimate what images add",
        )


def test_a_fused_model_of_one_modality_is_called_what_it_is(data, both, tiny_config, models):
    def told(modality):
        some = tuple(p for p in data.features.profiles if p.modality == modality)
        alone = replace(data, features=replace(data.features, profiles=some))
        return describe_fusion(alone, both, [made_member(models[0], [1.0] * 3)], tiny_config)

    assert told("rna") == ("the dataset has no images: the model was trained on RNA alone",)
    assert told("image") == ("the dataset has no expression: the model was trained on images alone",)


def test_images_are_not_told_of_in_an_rna_run(data, both, tiny_config, models):
    config = replace(tiny_config, model=LateConfig(modality="rna"))
    assert describe_fusion(data, both, [made_member(models[0], [0.0] * 3)], config) == ()


def test_labelled_pairs_are_scored_by_the_model_and_the_weights_that_did_not_see_them(member, models, data):
    training = data.training
    scores = scores_of(models, data.features, training.pairs, training.folds)
    np.testing.assert_allclose(member.scores.values, scores.values, atol=1e-5)
    assert np.array_equal(member.scores.has_image, scores.has_image)
    expected = fit_nested(scores, training.labels, training.folds, n_folds=3)
    for found, wanted in zip(member.weights, expected, strict=True):
        assert_same_weights(found, wanted)
    assert max(weights.of_parts[:, 2:].max() for weights in expected) > 0.1, "some kernel counts"
    totals = np.stack([weights.add_up(scores) for weights in expected])
    np.testing.assert_allclose(member.score(), totals[training.folds, np.arange(len(training.pairs))], atol=5e-3)


@pytest.mark.parametrize("pattern", ["rna", "image"])
def test_one_modality_alone_is_scored_by_its_own_weights_where_a_pair_has_it(member, pattern):
    found, has = member.score(pattern), member.scores.sharing(pattern)
    assert np.array_equal(np.isfinite(found), has)
    row = PATTERNS.index(pattern)
    for place in np.flatnonzero(has)[::10]:
        weights = member.weights[member.training.folds[place]]
        expected = weights.base[row] + weights.of_parts[row] @ member.scores.values[:, place]
        assert found[place] == pytest.approx(expected, abs=1e-9)


def test_the_same_models_are_scored_without_the_known_network(member, data):
    part, training = Part("known network"), data.training
    without = member.scores.without(part)
    weights = fit_nested(without, training.labels, training.folds, n_folds=3)
    expected = np.stack([of_fold.add_up(without) for of_fold in weights])[
        training.folds, np.arange(len(training.pairs))
    ]
    np.testing.assert_allclose(member.score_without(part), expected, atol=1e-9)
    assert np.abs(member.score_without(part) - member.score()).max() > 0.01


def test_pairs_in_no_test_have_no_score_and_no_say(models, pairs, data):
    training = data.training
    folds = training.folds.copy()
    folds[::5] = -1
    fewer = SimpleNamespace(pairs=training.pairs, labels=training.labels, folds=folds, tested=folds >= 0)
    member = _Member(models, pairs, fewer)
    assert np.array_equal(np.isnan(member.score()), folds < 0)
    turned = training.labels.copy()
    turned[::5] = 1 - turned[::5]
    again = _Member(models, pairs, SimpleNamespace(**{**vars(fewer), "labels": turned}))
    for first, second in zip(member.weights, again.weights, strict=True):
        assert np.array_equal(first.of_parts, second.of_parts)


def test_candidates_are_random_pairs_without_a_label_that_share_a_measurement(data, monkeypatch):
    monkeypatch.setattr(cross_fitting, "FEWEST_CANDIDATES", 300)
    candidates, labels = _draw_candidates(data, "fused", 3)
    n_genes, known = data.n_genes, data.training.pairs
    keys = candidates.keys(n_genes)
    assert len(np.unique(keys)) == len(keys) == len(labels)
    assert 300 <= len(keys) <= 5 * data.training.labels.sum() == 385
    assert not labels.any()
    assert not np.isin(keys, known.keys(n_genes)).any()
    assert set(candidates.tf) <= set(data.tfs)
    assert data.features.scorable("fused", candidates.tf, candidates.target).all()
    assert np.array_equal(_draw_candidates(data, "fused", 3)[0].tf, candidates.tf)
    assert not np.array_equal(_draw_candidates(data, "fused", 4)[0].keys(n_genes), keys)


def test_models_keep_the_weights_by_which_positives_stand_out_of_candidates(member, models, pairs, data):
    before = [weights.of_parts.copy() for weights in member.weights]
    drawn, labels = _draw_candidates(data, "fused", 3)
    member.keep_weights_for(pairs.select(drawn, labels))
    training, of_candidates = data.training, (np.arange(len(drawn)) % 3).astype(np.int8)
    positive = training.labels == 1
    scores = scores_of(models, data.features, training.pairs, training.folds).take(positive)
    scores = scores.join(scores_of(models, data.features, drawn, of_candidates))
    truth = np.r_[np.ones(positive.sum(), np.int8), np.zeros(len(drawn), np.int8)]
    folds = np.r_[training.folds[positive], of_candidates]
    for fold, model in enumerate(models):
        expected = fit_weights(scores.take(folds != fold), truth[folds != fold])
        assert_same_weights(Weights(model.base.numpy(), model.weights.numpy()), expected)
        assert model.base[PATTERNS.index("rna")] < -1, "edges are few among candidates"
        assert np.array_equal(member.weights[fold].of_parts, before[fold]), "the report keeps its own"


def test_without_candidates_models_keep_the_weights_of_the_report(member, models, pairs):
    nothing = PairIndex(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    member.keep_weights_for(pairs.select(nothing, np.empty(0, dtype=np.int8)))
    for model, weights in zip(models, member.weights, strict=True):
        np.testing.assert_allclose(model.weights.numpy(), weights.of_parts, rtol=1e-6)
        np.testing.assert_allclose(model.base.numpy(), weights.base, rtol=1e-6)
