"""A gene pair's probability is the mean over its samples, whatever the batches; its logit stays finite."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from grnet.architectures.sdinet.classifier import PairClassifier, mean_probabilities, to_logits
from grnet.architectures.sdinet.config import SdinetConfig

SAMPLES = [3, 0, 1, 5, 2, 0]
"""Of each gene pair."""


@pytest.fixture(scope="module")
def models():
    """Return three fold models of little histograms."""
    torch.manual_seed(0)
    return [PairClassifier(SdinetConfig("rna", precision="fp32")).eval() for _ in range(3)]


@pytest.fixture(scope="module")
def histograms():
    return torch.poisson(torch.full((sum(SAMPLES), 1, 8, 8), 0.5), generator=torch.Generator().manual_seed(1))


OWNER = torch.tensor([pair for pair, count in enumerate(SAMPLES) for _ in range(count)])


def cut(histograms, size, order):
    for rows in order.split(size):
        yield OWNER[rows], {"histograms": histograms[rows]}


def average_one_by_one(models, histograms):
    """Return the means of the samples' probabilities, a sample at a time, by the formula of the sigmoid."""
    expected = np.full((len(models), len(SAMPLES)), np.nan)
    for k, model in enumerate(models):
        with torch.no_grad():
            logits = [model(histograms=histogram[None]).item() for histogram in histograms]
        for pair in set(OWNER.tolist()):
            own = [1 / (1 + math.exp(-logit)) for logit, owner in zip(logits, OWNER, strict=True) if owner == pair]
            expected[k, pair] = sum(own) / len(own)
    return expected


@pytest.mark.parametrize("size", [1, 3, 4, 11, 64])
@pytest.mark.parametrize("shuffles", [False, True])
def test_means_are_those_of_a_loop(models, histograms, size, shuffles):
    order = torch.arange(len(OWNER))
    if shuffles:
        order = torch.randperm(len(OWNER), generator=torch.Generator().manual_seed(2))
    found = mean_probabilities(models, cut(histograms, size, order), n_pairs=len(SAMPLES))
    assert found.shape == (3, 6)
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found.numpy(), average_one_by_one(models, histograms), rtol=1e-5)
    assert torch.equal(found.isnan().any(dim=0), torch.tensor(SAMPLES) == 0)


def test_without_samples_there_is_no_probability(models):
    found = mean_probabilities(models, [], n_pairs=4)
    assert found.shape == (3, 4)
    assert found.isnan().all()


def test_nothing_is_learned(models, histograms):
    before = [model.state_dict() for model in models]
    found = mean_probabilities(models, cut(histograms, 4, torch.arange(len(OWNER))), n_pairs=len(SAMPLES))
    assert not found.requires_grad
    for model, state in zip(models, before, strict=True):
        for name, value in model.state_dict().items():
            assert torch.equal(value, state[name]), name


def test_logits_undo_the_sigmoid():
    logits = torch.tensor([-9.0, -2.5, 0.0, 0.3, 8.0], dtype=torch.float64)
    torch.testing.assert_close(to_logits(torch.sigmoid(logits)), logits, rtol=1e-9, atol=1e-9)


def test_logits_are_finite_at_0_and_1_and_stay_missing_where_missing():
    found = to_logits(torch.tensor([0.0, 1.0, 1e-9, torch.nan], dtype=torch.float64))
    limit = math.log(1e6 - 1)
    assert found[:3].tolist() == pytest.approx([-limit, limit, -limit])
    assert found[3].isnan()
