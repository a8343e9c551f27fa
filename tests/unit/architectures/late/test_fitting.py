"""Fitting one fold: repeatable, staged, stopped at its best epoch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.fitting import FoldRows, _ImageLoss, fit_fold, positive_weight, score_rows
from grnet.architectures.late.known_network_fitting import fit_known_network
from grnet.architectures.late.labelled_pairs import LabelledPairs
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.parts import Part
from grnet.dataset.directory import load_dataset
from grnet.features.build import build_features
from grnet.features.similar_pairs import PairLabels
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import TrainConfig

CPU = torch.device("cpu")


def settings(modality="fused", **changes):
    return TrainConfig(
        model=LateConfig(modality=modality, hidden=16, bins=6, channels=(4,)), **{"epochs": 3, "patience": 3} | changes
    )


@pytest.fixture(scope="module")
def features(embryo_dataset):
    return build_features(load_dataset(embryo_dataset))


@pytest.fixture(scope="module")
def shape(features):
    return InputShape.of(features)


@pytest.fixture(scope="module")
def data(embryo_dataset, features):
    """Return a function that gives the known edges of the embryo as a model of a modality sees them."""
    dataset = load_dataset(embryo_dataset)
    pairs = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    labels = dataset.labelled_pairs["label"].to_numpy(np.int8)
    return {
        modality: LabelledPairs.build(pairs, labels, features, modality=modality, device=CPU)
        for modality in ("rna", "image", "fused")
    }


@pytest.fixture(scope="module")
def rows():
    shuffled = np.random.default_rng(0).permutation(154)
    return FoldRows(shuffled[:100], shuffled[100:130])


def weights(fitted, part=""):
    return {name: value for name, value in fitted.model.state_dict().items() if name.startswith(part)}


def said_by(fitted, data, rows, part):
    """Return what one part of a fitted model says of the labelled pairs at `rows`."""
    return score_rows(fitted.model, data, rows).parts[fitted.model.parts.index(part)]


def same(first, second):
    assert first.keys() == second.keys()
    return all(torch.equal(value, second[name]) for name, value in first.items())


def test_the_seed_decides_the_weights(data, shape, rows):
    before = torch.random.get_rng_state()
    fitted = fit_fold(data["fused"], shape, rows, config=settings(), seed=3)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(77)
    again = fit_fold(data["fused"], shape, rows, config=settings(), seed=3)
    assert same(weights(fitted), weights(again))
    assert fitted.history == again.history
    other = fit_fold(data["fused"], shape, rows, config=settings(), seed=4)
    assert not same(weights(fitted), weights(other))
    assert not fitted.model.training


def test_the_rna_tower_of_a_fused_fit_is_that_of_an_rna_fit(data, shape, rows):
    fused = fit_fold(data["fused"], shape, rows, config=settings(epochs=5), seed=1)
    rna = fit_fold(data["rna"], shape, rows, config=settings("rna", epochs=5), seed=1)
    assert len(weights(rna, "towers.rna")) > 10
    assert same(weights(fused, "towers.rna"), weights(rna, "towers.rna"))
    everything = torch.arange(154)
    for part in (Part("tower", "rna"), Part("kernel", "rna", "expression")):
        expected = said_by(rna, data["rna"], everything, part)
        assert expected.abs().max() > 0
        assert torch.equal(said_by(fused, data["fused"], everything, part), expected)
    assert [epoch for epoch in fused.history if epoch.stage == "rna"] == list(rna.history)


def test_pairs_outside_the_fold_rows_are_never_looked_at(data, shape, rows):
    unseen = np.setdiff1d(np.arange(154), np.r_[rows.fit, rows.stop])
    labels = data["fused"].labels.clone()
    labels[torch.from_numpy(unseen)] = 1 - labels[torch.from_numpy(unseen)]
    context = {name: values.clone() for name, values in data["fused"].context.items()}
    for values in context.values():
        values[torch.from_numpy(unseen)] = 9.0
    changed = replace(data["fused"], labels=labels, context=context)
    expected = fit_fold(data["fused"], shape, rows, config=settings(), seed=3)
    assert same(weights(expected), weights(fit_fold(changed, shape, rows, config=settings(), seed=3)))


@pytest.mark.parametrize("modality", ["rna", "image"])
def test_training_stops_when_no_better_epoch_comes(data, shape, rows, modality):
    config = settings(modality, epochs=40, patience=2, learning_rate=0.3)
    fitted = fit_fold(data[modality], shape, rows, config=config, seed=0)
    losses = [epoch.validation_loss for epoch in fitted.history]
    best = fitted.best_epochs[modality]
    assert [epoch.epoch for epoch in fitted.history] == list(range(1, len(losses) + 1))
    assert losses[best - 1] == min(losses)
    assert len(losses) == best + 2 < 40


def test_the_best_epoch_of_images_is_kept(data, shape, rows):
    config = settings("image", epochs=40, patience=2, learning_rate=0.05)
    fitted = fit_fold(data["image"], shape, rows, config=config, seed=0)
    losses = [epoch.validation_loss for epoch in fitted.history]
    has = data["image"].has("image", shape).numpy()
    stop, fit = (torch.from_numpy(part[has[part]]) for part in (rows.stop, rows.fit))
    labels = data["image"].labels
    weight = (labels[fit] == 0).sum() / (labels[fit] == 1).sum()
    logits = said_by(fitted, data["image"], stop, Part("tower", "image"))
    loss = binary_cross_entropy_with_logits(logits, labels[stop], pos_weight=weight)
    assert loss.item() == pytest.approx(min(losses), abs=1e-6)


def test_both_stages_are_in_the_history(data, shape, rows):
    config = settings(epochs=4, patience=4)
    fitted = fit_fold(data["fused"], shape, rows, config=config, seed=0)
    assert [(epoch.stage, epoch.epoch) for epoch in fitted.history] == [
        (stage, number) for stage in ("rna", "image") for number in (1, 2, 3, 4)
    ]
    assert set(fitted.best_epochs) == {"rna", "image"}
    assert all(np.isfinite([epoch.train_loss, epoch.validation_loss]).all() for epoch in fitted.history)


def test_training_lowers_the_loss(data, shape, rows):
    config = settings("rna", epochs=25, patience=25, learning_rate=0.01, batch_size=16)
    fitted = fit_fold(data["rna"], shape, rows, config=config, seed=0)
    assert fitted.history[-1].train_loss < fitted.history[0].train_loss - 0.03  # what the trees leave open stays


def test_every_weight_moves(data, shape, rows):
    fitted = fit_fold(data["fused"], shape, rows, config=settings(epochs=3), seed=2)
    torch.manual_seed(2)
    start = dict(LateInteraction(settings().model, shape).named_parameters())
    assert [name for name, value in fitted.model.named_parameters() if torch.equal(value, start[name])] == []


def test_a_stage_without_pairs_says_nothing(data, shape, rows):
    nobody = {name: torch.zeros_like(mask) for name, mask in data["fused"].shared.items() if name != "expression"}
    blind = replace(data["fused"], shared={"expression": data["fused"].shared["expression"], **nobody})
    fitted = fit_fold(blind, shape, rows, config=settings(), seed=0)
    assert fitted.best_epochs["image"] == 0
    everything = torch.arange(len(data["fused"].labels))
    assert (said_by(fitted, data["fused"], everything, Part("tower", "image")) == 0).all()
    assert (said_by(fitted, data["fused"], everything, Part("tower", "rna")) != 0).any()
    assert {epoch.stage for epoch in fitted.history} == {"rna"}


def test_kernels_are_fitted_on_the_pairs_of_the_fold(data, shape, rows):
    model = fit_fold(data["fused"], shape, rows, config=settings(epochs=1), seed=0).model
    tf, target, label = (
        values[rows.allowed] for values in (data["fused"].tf, data["fused"].target, data["fused"].labels)
    )
    assert [part.measurement for part in model.kernels] == ["expression", "dorsal", "lateral", "ventral"]
    for part, dual in zip(model.kernels, model.labelled_dual, strict=True):
        assert torch.equal(dual, data["fused"].kernels[part.measurement].fit(tf, target, label))
        assert dual.abs().max() > 0


def test_the_known_network_is_fitted_on_the_pairs_of_the_fold(data, shape, rows):
    model = fit_fold(data["fused"], shape, rows, config=settings(epochs=1), seed=5).model
    labels = PairLabels(
        *(values[rows.allowed] for values in (data["fused"].tf, data["fused"].target, data["fused"].labels))
    )
    n_genes = data["fused"].genes.n_genes
    expected = fit_known_network(labels, data["fused"].tfs, np.arange(n_genes), n_genes=n_genes, seed=5)
    assert not expected.is_silent
    assert same(model.known_network.state_dict(), expected.state_dict())
    without = replace(shape, known_network=False)
    assert fit_fold(data["fused"], without, rows, config=settings(epochs=1), seed=5).model.known_network is None


def test_images_are_taught_what_rna_leaves_and_alone(data, shape, rows):
    """The loss is that of RNA and images together, and half as much that of images alone."""
    model = fit_fold(data["fused"], shape, rows, config=settings(epochs=1), seed=0).model
    said = data["fused"].with_similar(PairLabels(*model.labelled))
    beside = np.random.default_rng(0).normal(size=154).astype(np.float32)
    weight, some = torch.tensor(1.7), torch.from_numpy(rows.fit[:20])
    image = score_rows(model, data["fused"], some).parts[model.parts.index(Part("tower", "image"))]
    labels = data["fused"].labels[some]

    def cross_entropy(logits):
        return binary_cross_entropy_with_logits(logits, labels, pos_weight=weight)

    alone = cross_entropy(image)
    together = cross_entropy(image + torch.from_numpy(beside)[some])
    assert model.config.single_modality_weight == 0.5
    with torch.no_grad():
        assert _ImageLoss(said, weight, None)(model, some).item() == pytest.approx(alone.item(), abs=1e-5)
        found = _ImageLoss(said, weight, beside)(model, some).item()
    assert found == pytest.approx((together + 0.5 * alone).item(), abs=1e-5)


@pytest.mark.parametrize(
    ("labels", "expected"), [([1, 0, 0, 0], 3.0), ([1, 1, 1, 0], 1 / 3), ([1, 0], 1.0), ([1, 1], 1.0), ([0, 0], 1.0)]
)
def test_positive_weight(labels, expected):
    weight = positive_weight(torch.tensor(labels, dtype=torch.float32))
    assert weight.item() == pytest.approx(expected)


def test_rows_are_scored_alike_in_any_portion(data, shape, rows, monkeypatch):
    fitted = fit_fold(data["fused"], shape, rows, config=settings(epochs=1), seed=0)
    whole = score_rows(fitted.model, data["fused"], torch.arange(154)).total
    monkeypatch.setattr("grnet.architectures.late.fitting.SCORING_ROWS", 13)
    assert torch.allclose(score_rows(fitted.model, data["fused"], torch.arange(154)).total, whole, atol=1e-5)
    assert not whole.requires_grad
    few = score_rows(fitted.model, data["fused"], torch.tensor([150, 3])).total
    assert torch.allclose(few, whole[[150, 3]], atol=1e-5)
