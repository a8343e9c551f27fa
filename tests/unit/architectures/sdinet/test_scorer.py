"""Blocks of gene pairs through the networks of the paper, against one sample at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grnet.architectures.sdinet import scorer as sdinet_blocks
from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.architectures.sdinet.scorer import SdinetScorer
from grnet.dataset.directory import load_dataset
from grnet.schema.training_config import MODALITIES

CPU = torch.device("cpu")

pytestmark = pytest.mark.usefixtures("small_networks")


@pytest.fixture(scope="module")
def dataset(gappy_dataset):
    return load_dataset(gappy_dataset)


def build(dataset, modality, *, n_models=3, **settings):
    """Fold models that were not trained, and what they read."""
    config = SdinetConfig(modality, **{"image_size": (32, 64), "precision": "fp32", **settings})
    torch.manual_seed(0)
    models = [PairClassifier(config).eval() for _ in range(n_models)]
    for place, model in enumerate(models):
        for name in model.normalisers:
            model.fit_normaliser(name, 0.1 * place, 1.0, 10)
    return models, PairSamples.build(dataset, config, CPU)


def score_one(models, samples, tf, target):
    """The logit of the mean probability over the samples of a pair, model by model, one sample at a time."""
    ends = torch.tensor([tf]), torch.tensor([target])
    probabilities = [
        [
            torch.sigmoid(model(**samples.gather(*ends, torch.zeros(1).long(), torch.tensor([number])))).item()
            for number in range(int(samples.count(*ends)))
        ]
        for model in models
    ]
    means = [np.mean(of_model) if of_model else np.nan for of_model in probabilities]
    return [np.log(mean / (1 - mean)) for mean in means]


@pytest.mark.parametrize("modality", MODALITIES)
@pytest.mark.parametrize("size", [1, 7, 1024])
def test_a_pair_has_the_mean_probability_of_its_samples(dataset, monkeypatch, modality, size):
    monkeypatch.setattr(sdinet_blocks, "samples_of_a_batch", lambda config, device: size)
    models, samples = build(dataset, modality)
    scorer = SdinetScorer(models, samples)
    tf, target = dataset.genes.indices_of(["t5", "t0"]), dataset.genes.indices_of(["g9", "t0", "g11", "g3", "g10"])
    logits = scorer.score(tf, target)
    assert (logits.shape, logits.dtype, scorer.n_models) == ((3, 2, 5), np.float32, 3)
    with torch.inference_mode():
        expected = [[score_one(models, samples, row, column) for column in target] for row in tf]
    assert logits == pytest.approx(np.moveaxis(np.array(expected), 2, 0), abs=1e-5, nan_ok=True)
    lacking = {
        "rna": [[0, 0, 1, 0, 0], [0, 0, 1, 0, 0]],
        "image": [[1, 0, 0, 0, 1], [0, 0, 0, 0, 1]],
        "fused": [[1, 0, 1, 0, 1], [0, 0, 1, 0, 1]],
    }
    assert np.isnan(logits).astype(int).tolist() == [lacking[modality]] * 3
    scorable = scorer.scorable(tf, target)
    assert scorable.dtype == np.bool_
    assert (~scorable).astype(int).reshape(2, 5).tolist() == lacking[modality]


def test_the_models_are_left_as_they_were_and_do_not_know_each_other(dataset):
    models, samples = build(dataset, "fused")
    tf, target = dataset.genes.tfs[:2], np.arange(8)
    together = SdinetScorer(models, samples).score(tf, target)
    for member, model in enumerate(models):
        (alone,) = SdinetScorer([model], samples).score(tf, target)
        assert alone == pytest.approx(together[member], abs=1e-6, nan_ok=True)
    assert np.nanmax(np.abs(together[0] - together[1])) > 1e-3


@pytest.mark.parametrize("modality", ["image", "fused"])
def test_pairs_below_the_fewest_image_pairs_are_not_scorable(dataset, modality):
    tf, target = dataset.genes.tfs, np.arange(len(dataset.genes))
    pairs = np.repeat(tf, len(target)), np.tile(target, len(tf))
    of_one, of_two = (SdinetScorer(*build(dataset, modality, min_image_pairs=fewest)) for fewest in (1, 2))
    counts = of_one.samples.count(*(torch.from_numpy(genes) for genes in pairs)).numpy()
    assert of_one.scorable(tf, target).ravel().tolist() == (counts >= 1).tolist()
    assert of_two.scorable(tf, target).ravel().tolist() == (counts >= 2).tolist()
    assert 0 < (counts >= 2).sum() < (counts >= 1).sum()
    logits, fewer = of_one.score(tf[:3], target), of_two.score(tf[:3], target)
    enough = (counts >= 2).reshape(len(tf), -1)[:3]
    assert (np.isfinite(fewer) == enough).all()
    assert fewer[:, enough] == pytest.approx(logits[:, enough], abs=1e-6)


def test_scoring_takes_all_image_pairs_whatever_a_pass_of_the_training_takes(dataset):
    tf, target = dataset.genes.indices_of(["t0"]), dataset.genes.indices_of(["t0", "g3", "g5"])
    every, one = (
        SdinetScorer(*build(dataset, "image", max_image_pairs=most)).score(tf, target).tolist() for most in (None, 1)
    )
    assert every == one


def test_a_block_without_any_sample(dataset):
    scorer = SdinetScorer(*build(dataset, "fused"))
    tf, target = dataset.genes.indices_of(["t1"]), dataset.genes.indices_of(["g10", "g11"])
    assert np.isnan(scorer.score(tf, target)).all()
    assert scorer.score(tf, target).shape == (3, 1, 2)
    assert scorer.scorable(tf[:0], target[:0]).shape == (0, 0)


def test_indices_in_any_memory_layout(dataset):
    scorer = SdinetScorer(*build(dataset, "rna"))
    target = np.arange(10)
    backwards = scorer.score(dataset.genes.tfs[::-2], target[::-3])
    forwards = scorer.score(dataset.genes.tfs, target)
    assert backwards == pytest.approx(forwards[:, ::-2, ::-3], abs=1e-6)
