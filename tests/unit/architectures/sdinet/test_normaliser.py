"""Normalisation: by statistics of the training samples, or sample by sample, which is all that the paper's comes to."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grnet.architectures.sdinet.classifier import Normaliser, PairClassifier
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.schema.training_config import MODALITIES


def make_samples(*, scale=40.0, shift=100.0):
    """Return float32 samples [12, 2, 5, 7], each of another range."""
    rng = np.random.default_rng(4)
    samples = rng.gamma(2.0, size=(12, 2, 5, 7)) * rng.uniform(0.5, 2.0, size=(12, 1, 1, 1))
    return (samples * scale + shift).astype(np.float32)


def fit(normaliser, samples, *, parts=5):
    """Set statistics from sums over batches, as training does."""
    batches = [batch.astype(np.float64) for batch in np.array_split(samples, parts)]
    total, squares = (sum(float((batch**power).sum()) for batch in batches) for power in (1, 2))
    normaliser.fit(total, squares, samples.size)


@pytest.mark.parametrize(("scale", "shift"), [(40.0, 100.0), (0.01, 0.0), (1.0, 1000.0)])
def test_fitted_statistics_are_numpys(scale, shift):
    samples, normaliser = make_samples(scale=scale, shift=shift), Normaliser(per_sample=False)
    fit(normaliser, samples)
    assert normaliser.mean.item() == pytest.approx(samples.mean(dtype=np.float64), rel=1e-6)
    assert normaliser.deviation.item() == pytest.approx(samples.std(dtype=np.float64), rel=1e-6)


def test_samples_are_standardised_by_the_statistics_of_the_training():
    training, others = make_samples(), make_samples(scale=3.0, shift=-8.0)
    normaliser = Normaliser(per_sample=False)
    fit(normaliser, training)
    for samples in (training, others):
        expected = (samples - training.mean(dtype=np.float64)) / training.std(dtype=np.float64)
        assert normaliser(torch.from_numpy(samples)).numpy() == pytest.approx(expected, abs=1e-5)


def test_before_fitting_nothing_changes():
    samples = torch.from_numpy(make_samples())
    assert torch.equal(Normaliser(per_sample=False)(samples), samples)


def test_scaling_each_sample_is_what_the_paper_does():
    """The paper standardises a whole set first; each sample's own scaling takes that back, so it has no effect."""
    samples = make_samples()
    standardised = (samples.astype(np.float64) - samples.mean(dtype=np.float64)) / samples.std(dtype=np.float64)
    expected = np.stack([(sample - sample.min()) / (sample.max() - sample.min()) for sample in standardised])
    found = Normaliser(per_sample=True)(torch.from_numpy(samples)).numpy()
    assert found == pytest.approx(expected, abs=1e-6)
    assert (found.min(axis=(1, 2, 3)) == 0).all()
    assert (found.max(axis=(1, 2, 3)) == 1).all()


def test_scaling_each_sample_knows_no_statistics_and_no_other_sample():
    samples, normaliser = make_samples(), Normaliser(per_sample=True)
    together = normaliser(torch.from_numpy(samples))
    fit(normaliser, samples)
    alone = torch.cat([normaliser(torch.from_numpy(samples[i : i + 1])) for i in range(len(samples))])
    assert torch.equal(alone, together)


@pytest.mark.parametrize("per_sample", [True, False])
@pytest.mark.parametrize("value", [0.0, 0.1, 255.0])
def test_a_constant_gives_0(per_sample, value):
    samples, normaliser = np.full((3, 1, 4, 4), value, dtype=np.float32), Normaliser(per_sample=per_sample)
    fit(normaliser, samples)
    assert torch.equal(normaliser(torch.from_numpy(samples)), torch.zeros(3, 1, 4, 4))


def test_a_constant_sample_gives_0_beside_others():
    samples = make_samples()
    samples[3] = 7.0
    found = Normaliser(per_sample=True)(torch.from_numpy(samples))
    assert not found[3].any()
    assert torch.isfinite(found).all()


@pytest.mark.parametrize("modality", MODALITIES)
@pytest.mark.parametrize("paper", [True, False])
def test_a_classifier_normalises_what_it_reads(modality, paper):
    model = PairClassifier(SdinetConfig(modality, paper_normalisation=paper))
    expected = {"rna": ["histograms"], "image": ["images"], "fused": ["images", "histograms"]}[modality]
    assert list(model.normalisers) == expected
    assert {normaliser.per_sample for normaliser in model.normalisers.values()} == {paper}
    for place, name in enumerate(expected, start=1):
        model.fit_normaliser(name, 10.0 * place, 104.0 * place**2, 4)
        saved = model.state_dict()
        assert saved[f"normalisers.{name}.mean"].item() == 2.5 * place
        assert saved[f"normalisers.{name}.deviation"].item() == pytest.approx(19.75**0.5 * place)
