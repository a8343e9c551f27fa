"""Fitting one fold of a network of the paper: which samples a pass takes, at what rate, and when it ends."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

from grnet.architectures.configuring import configure_training
from grnet.architectures.sdinet import fitting as sdinet_fit
from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.fitting import (
    SampledPairs,
    fit_normalisation,
    fit_sdinet,
    mean_loss,
    samples_of_a_pass,
    score_pairs,
)
from grnet.architectures.sdinet.image_pairs import ImagePairs
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.dataset.directory import load_dataset
from grnet.dataset.measurements.samples import measure_samples
from grnet.division.training_pairs import FoldRows
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import MODALITIES

CPU = torch.device("cpu")
ROWS = FoldRows(np.arange(18), np.arange(18, 22))
UNSEEN = np.arange(22, 28)


@pytest.fixture(scope="module")
def dataset(gappy_dataset):
    return load_dataset(gappy_dataset)


@pytest.fixture
def loop(monkeypatch):
    """What the training loop does from now on: weights and rate before every pass, its batches of (owner, number)."""
    notes = SimpleNamespace(weights=[], rates=[], passes=[], optimizer=None)
    real_pass, real_step = sdinet_fit._Loop._pass, sdinet_fit._Loop._step

    def one_pass(self, advance):
        notes.optimizer = self.optimizer
        notes.weights.append(torch.cat([value.detach().flatten() for value in self.model.parameters()]))
        notes.rates.append(self.optimizer.param_groups[0]["lr"])
        notes.passes.append([])
        return real_pass(self, advance)

    def step(self, owner, number):
        notes.passes[-1].append(list(zip(owner.tolist(), number.tolist(), strict=True)))
        return real_step(self, owner, number)

    monkeypatch.setattr(sdinet_fit._Loop, "_pass", one_pass)
    monkeypatch.setattr(sdinet_fit._Loop, "_step", step)
    return notes


def prepare(dataset, modality="image", **settings):
    """The pairs of the gappy lab that every network sees, and settings."""
    chosen = {"epochs": 3, "batch_size": 4, "learning_rate": 0.01, "image_size": (32, 64), "precision": "fp32"}
    chosen |= {"device": "cpu", **settings}
    if modality == "rna":
        chosen = {name: value for name, value in chosen.items() if name not in ("image_size", "max_image_pairs")}
    config = configure_training("sdinet", modality, **chosen)
    known = dataset.labelled_pairs
    pairs = PairIndex.from_frame(known, dataset.genes)
    data = SampledPairs.build(
        PairSamples.build(dataset, config.model, CPU), pairs, known["label"].to_numpy(dtype=np.int8)
    )
    seen_by_all = PairSamples.build(dataset, replace(config.model, modality="fused"), CPU).count(data.tf, data.target)
    return data.take(np.flatnonzero(seen_by_all.numpy())), config


def fit(data, config, seed=0, rows=ROWS, unseen=UNSEEN, **options):
    return fit_sdinet(data, rows, unseen, config=config, seed=seed, **options)


def state_of(member):
    return {name: value.clone() for name, value in member.model.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


def say_losses(monkeypatch, *losses):
    """Let the loss on the pairs to stop by be what is said."""
    said = iter(losses)
    monkeypatch.setattr(sdinet_fit, "mean_loss", lambda *_: next(said))


@pytest.mark.usefixtures("small_networks")
@pytest.mark.parametrize("modality", MODALITIES)
def test_the_seed_decides_the_weights(dataset, modality):
    data, config = prepare(dataset, modality)
    before = torch.random.get_rng_state()
    first, again, other = (fit(data, config, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert same(state_of(first), state_of(again))
    assert first.history == again.history
    assert first.held_out.score.tolist() == again.held_out.score.tolist()
    assert not torch.equal(*(member.model.network.layers[1].weight for member in (first, other)))
    assert first.history != other.history
    assert first.held_out.position.tolist() == UNSEEN.tolist()
    assert first.held_out.score.dtype == np.float64
    assert not first.model.training


@pytest.mark.usefixtures("small_networks")
def test_initial_weights_and_order_follow_the_seed(dataset, loop):
    data, config = prepare(dataset)
    for seed in (1, 1, 2):
        fit(data, config, seed)
    assert torch.equal(loop.weights[0], loop.weights[3])
    assert not torch.isclose(loop.weights[0][:-1], loop.weights[6][:-1]).any()
    assert loop.passes[:3] == loop.passes[3:6]
    assert loop.passes[0] != loop.passes[1]
    assert loop.passes[0] != loop.passes[6]


@pytest.mark.usefixtures("small_networks")
@pytest.mark.parametrize("modality", MODALITIES)
def test_a_pass_takes_every_sample_once(dataset, loop, modality):
    data, config = prepare(dataset, modality)
    fit(data, config)
    counts = data.take(ROWS.fit).count().tolist()
    every = [(pair, number) for pair, count in enumerate(counts) for number in range(count)]
    assert len(every) == {"rna": 18, "image": 31, "fused": 31}[modality]
    for batches in loop.passes:
        assert sorted(sample for batch in batches for sample in batch) == every
        assert {len(batch) for batch in batches} <= {3, 4}
        assert len(batches) == -(-len(every) // 4)


@pytest.mark.usefixtures("small_networks")
@pytest.mark.parametrize("most", [1, 2])
def test_a_pass_takes_at_most_so_many_samples_of_a_pair_and_others_every_time(dataset, loop, most):
    data, config = prepare(dataset, max_image_pairs=most, epochs=30, patience=30)
    done = []
    fit(data, config, advance=done.append)
    counts = data.take(ROWS.fit).count().tolist()
    assert set(counts) == {1, 2, 3}
    for batches in loop.passes:
        taken = [sample for batch in batches for sample in batch]
        assert len(taken) == len(set(taken))
        assert np.bincount([pair for pair, _ in taken]).tolist() == [min(count, most) for count in counts]
    ever = {sample for batches in loop.passes for batch in batches for sample in batch}
    assert ever == {(pair, number) for pair, count in enumerate(counts) for number in range(count)}
    assert sum(done) == 30 * sum(min(count, most) for count in counts)
    assert samples_of_a_pass(torch.tensor(counts), config).tolist() == [min(count, most) for count in counts]


def test_no_limit_takes_all_samples():
    counts, config = torch.tensor([5, 0, 2]), configure_training("sdinet", "image")
    assert samples_of_a_pass(counts, config).tolist() == [5, 0, 2]


def test_no_batch_is_a_single_sample(dataset, loop):
    """Batch normalisation of an average over space has nothing to go by in a batch of one."""
    data, config = prepare(dataset, "rna", batch_size=2, epochs=1)
    member = fit(data, config, rows=FoldRows(np.arange(5), np.arange(5, 6)), unseen=np.arange(6, 8))
    assert [len(batch) for batch in loop.passes[0]] == [3, 2]
    assert np.isfinite(member.held_out.score).all()


@pytest.mark.usefixtures("small_networks")
@pytest.mark.parametrize(
    ("drops", "rates"), [((), [1, 1, 1, 1, 1]), ((2, 4), [1, 1, 0.1, 0.1, 0.01]), ((1,), [1, 0.1, 0.1, 0.1, 0.1])]
)
def test_the_rate_is_a_tenth_after_each_drop(dataset, loop, drops, rates):
    data, config = prepare(dataset, epochs=5, patience=5, rate_drops=drops)
    fit(data, config)
    assert loop.rates == pytest.approx([0.01 * rate for rate in rates])


@pytest.mark.usefixtures("small_networks")
def test_the_rates_of_the_paper_drop_after_epochs_10_and_15(dataset, loop):
    data, config = prepare(dataset, "fused", epochs=16, patience=16, learning_rate=None)
    fit(data, config)
    assert loop.rates == pytest.approx([3e-4] * 10 + [3e-5] * 5 + [3e-6])
    assert type(loop.optimizer) is torch.optim.Adam
    settings = loop.optimizer.param_groups[0]
    assert (settings["betas"], settings["eps"], settings["weight_decay"]) == ((0.9, 0.999), 1e-7, 0.0)


@pytest.mark.usefixtures("small_networks")
def test_after_many_drops_weights_hardly_move(dataset, monkeypatch):
    data, config = prepare(dataset, patience=9)
    weights = []
    for epochs, drops in ((1, ()), (2, ()), (2, (1, 1, 1, 1))):
        say_losses(monkeypatch, 0.9, 0.8)
        weights.append(fit(data, replace(config, epochs=epochs, rate_drops=drops)).model.network.layers[1].weight)
    first, moving, resting = weights
    assert (moving - first).abs().max() > 1e-3
    assert 0 < (resting - first).abs().max() < 1e-5


@pytest.mark.usefixtures("small_networks")
def test_training_stops_when_the_loss_has_settled_and_keeps_the_best_weights(dataset, monkeypatch):
    data, config = prepare(dataset, epochs=9, patience=3)
    done, (test, n_samples) = [], (data.take(UNSEEN), int(data.take(ROWS.fit).count().sum()))
    say_losses(monkeypatch, 0.9, 0.5, 0.7, 0.5, 0.6)
    member = fit(data, config, advance=done.append)
    assert member.best_epochs == {"image": 2}
    assert [(epoch.stage, epoch.epoch) for epoch in member.history] == [("image", n) for n in range(1, 6)]
    assert [epoch.validation_loss for epoch in member.history] == [0.9, 0.5, 0.7, 0.5, 0.6]
    assert sum(done) == 9 * n_samples

    say_losses(monkeypatch, 0.9, 0.5)
    two_epochs = fit(data, replace(config, epochs=2))
    assert two_epochs.best_epochs == {"image": 2}
    assert same(state_of(member), state_of(two_epochs))
    assert [epoch.train_loss for epoch in member.history[:2]] == [epoch.train_loss for epoch in two_epochs.history]
    assert member.held_out.score.tolist() == score_pairs(member.model, test).tolist()
    assert two_epochs.held_out.score_last_epoch.tolist() == two_epochs.held_out.score.tolist()

    say_losses(monkeypatch, 0.9, 0.8, 0.7, 0.6, 0.5)
    five_epochs = fit(data, replace(config, epochs=5))
    assert member.held_out.score_last_epoch.tolist() == five_epochs.held_out.score.tolist()
    assert member.held_out.score_last_epoch.tolist() != member.held_out.score.tolist()


@pytest.mark.usefixtures("small_networks")
def test_the_loss_to_stop_by_is_that_of_the_pairs_to_stop_by(dataset):
    data, config = prepare(dataset, epochs=4, patience=4)
    member = fit(data, config)
    best = member.history[member.best_epochs["image"] - 1].validation_loss
    assert best == min(epoch.validation_loss for epoch in member.history)
    assert best == mean_loss(member.model, data.take(ROWS.stop))
    flipped = replace(data, labels=data.labels.clone())
    flipped.labels[ROWS.stop] = 1 - flipped.labels[ROWS.stop]
    again = fit(flipped, config)
    assert [epoch.train_loss for epoch in again.history] == [epoch.train_loss for epoch in member.history]
    assert again.held_out.score_last_epoch.tolist() == member.held_out.score_last_epoch.tolist()


@pytest.mark.usefixtures("small_networks")
@pytest.mark.parametrize("most", [None, 1])
def test_normalisation_is_fitted_on_all_samples_of_the_fitted_pairs(dataset, most, monkeypatch):
    monkeypatch.setattr(sdinet_fit, "samples_of_a_batch", lambda config, device: 7)
    data, config = prepare(dataset, "fused", max_image_pairs=most)
    normalisers = fit(data, config).model.normalisers
    fitted = data.take(ROWS.fit)
    ((_, inputs),) = data.samples.batches(fitted.tf, fitted.target, size=10_000)
    assert inputs["images"].shape == (31, 2, 32, 64)
    for name, values in inputs.items():
        exact = values.numpy().astype(np.float64)
        assert float(normalisers[name].mean) == pytest.approx(exact.mean(), rel=1e-6)
        assert float(normalisers[name].deviation) == pytest.approx(exact.std(), rel=1e-6)
        assert normalisers[name](values).mean().item() == pytest.approx(0.0, abs=1e-5)
        assert normalisers[name](values).std().item() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.usefixtures("small_networks")
def test_unseen_pairs_change_nothing_but_their_own_scores(dataset):
    """Neither the statistics nor the weights know the images, expression or labels of the pairs that are tested."""
    data, config = prepare(dataset, "fused")
    gene = int(dataset.genes.indices_of(["g3"])[0])
    unseen = np.flatnonzero((data.target == gene).numpy())
    others = np.flatnonzero((data.target != gene).numpy())
    rows = FoldRows(others[:-4], others[-4:])
    assert len(unseen) == 5
    images, expression = np.array(dataset.images), dataset.expression.copy()
    images[dataset.image_gene == gene] //= 3
    expression[gene] = np.sort(expression[gene])
    changed, _ = prepare(
        replace(dataset, images=images, measurements=(measure_samples(expression, dataset.samples),)), "fused"
    )
    changed.labels[unseen] = 1 - changed.labels[unseen]
    first, other = (fit(pairs, config, rows=rows, unseen=unseen) for pairs in (data, changed))
    assert same(state_of(first), state_of(other))
    assert first.history == other.history
    assert np.abs(first.held_out.score - other.held_out.score).min() > 1e-6


@pytest.mark.usefixtures("small_networks")
def test_the_normalisation_of_the_paper_has_no_statistics(dataset):
    data, config = prepare(dataset, "fused", paper_normalisation=True)
    member = fit(data, config)
    for name, values in data.samples.gather(data.tf, data.target, torch.arange(5), torch.zeros(5).long()).items():
        normaliser = member.model.normalisers[name]
        assert (float(normaliser.mean), float(normaliser.deviation)) == (0.0, 1.0)
        flat = normaliser(values).flatten(1)
        assert (flat.amin(dim=1).tolist(), flat.amax(dim=1).tolist()) == ([0.0] * 5, pytest.approx([1.0] * 5))
    assert member.history != fit(data, replace(config, model=replace(config.model, paper_normalisation=False))).history


@pytest.mark.usefixtures("small_networks")
@pytest.mark.parametrize("modality", MODALITIES)
@pytest.mark.parametrize(("size", "most"), [(5, None), (1024, 1)])
def test_the_score_is_the_mean_probability_over_samples_and_the_loss_is_that_of_a_pass(
    dataset, modality, size, most, monkeypatch
):
    monkeypatch.setattr(sdinet_fit, "samples_of_a_batch", lambda config, device: size)
    data, config = prepare(dataset, modality, max_image_pairs=most)
    model = PairClassifier(config.model).eval()
    fit_normalisation(model, data)
    probabilities, losses = [], []
    for pair, count in enumerate(data.count().tolist()):
        owner = torch.full((count,), pair)
        with torch.inference_mode():
            logits = model(**data.samples.gather(data.tf, data.target, owner, torch.arange(count)))
        probabilities.append(torch.sigmoid(logits).double().mean().item())
        losses += binary_cross_entropy_with_logits(logits, data.labels[owner], reduction="none").tolist()[:most]
    exact = np.array(probabilities)
    assert score_pairs(model, data) == pytest.approx(np.log(exact / (1 - exact)), abs=1e-5)
    assert mean_loss(model, data) == pytest.approx(np.mean(losses), abs=1e-6)
    assert len(losses) == (len(data.tf) if most else int(data.count().sum()))


@pytest.mark.usefixtures("small_networks")
def test_what_the_images_show_is_learned():
    """A pair is an edge where the target's image is brighter than the TF's; the tested pairs are new to the network."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 1, 1)) // 2 + rng.integers(0, 128, (40, 32, 32))
    one_each = torch.ones(40, 1, dtype=torch.int64)
    held = ImagePairs(torch.from_numpy(images.astype(np.uint8)), torch.arange(40)[:, None], one_each, size=(32, 32))
    cells = rng.permutation(40 * 40)[:400]
    pairs = PairIndex(cells // 40, cells % 40)
    brightness = images.mean(axis=(1, 2))
    labels = (brightness[pairs.target] > brightness[pairs.tf]).astype(np.int8)
    data = SampledPairs.build(PairSamples(None, held), pairs, labels)
    settings = {"image_size": (32, 32), "epochs": 12, "batch_size": 32, "learning_rate": 0.02, "precision": "fp32"}
    config = configure_training("sdinet", "image", **settings)
    member = fit(data, config, rows=FoldRows(np.arange(270), np.arange(270, 300)), unseen=np.arange(300, 400))
    assert member.history[-1].train_loss < 0.25 < 0.35 < member.history[0].train_loss
    score = torch.from_numpy(member.held_out.score)
    assert ((score > 0).numpy() == labels[300:]).mean() > 0.93
    assert binary_cross_entropy(torch.sigmoid(score), torch.from_numpy(labels[300:]).double()) < 0.25
