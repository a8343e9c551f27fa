"""A network of each modality that has memorised 32 samples, which are smaller than the paper's to save time."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.schema.training_config import MODALITIES, Modality

N_SAMPLES = 32
STEPS = {"rna": 50, "image": 12, "fused": 15}


class Memorised(NamedTuple):
    """A network in evaluation mode, and what it has learned by heart."""

    model: PairClassifier
    inputs: dict[str, Tensor]
    labels: Tensor


@pytest.fixture(scope="session", params=MODALITIES)
def memorised(request) -> Memorised:
    """A network after some steps of Adam on 32 samples of noise with labels that say nothing about them."""
    torch.manual_seed(0)
    model = PairClassifier(SdinetConfig(request.param, precision="fp32"))
    inputs = make_inputs(request.param)
    for name, values in inputs.items():
        exact = values.double()
        model.fit_normaliser(name, float(exact.sum()), float(exact.square().sum()), values.numel())
    labels = torch.arange(N_SAMPLES).remainder(2).float()
    optimizer = torch.optim.Adam(model.train().parameters(), lr=1e-3)
    for _ in range(STEPS[request.param]):
        optimizer.zero_grad()
        binary_cross_entropy_with_logits(model(**inputs), labels).backward()
        optimizer.step()
    settle_norms(model, inputs)
    return Memorised(model.eval(), inputs, labels)


def make_inputs(modality: Modality) -> dict[str, Tensor]:
    """Return 32 samples of noise: images 16 × 40, histograms 16 × 16 of about 77 values."""
    generator = torch.Generator().manual_seed(1)
    inputs = {}
    if modality != "rna":
        inputs["images"] = torch.rand(N_SAMPLES, 2, 16, 40, generator=generator)
    if modality != "image":
        inputs["histograms"] = torch.poisson(torch.full((N_SAMPLES, 1, 16, 16), 0.3), generator=generator)
    return inputs


def settle_norms(model: PairClassifier, inputs: dict[str, Tensor]) -> None:
    """Set the running statistics to those of the samples without dropout; with Keras' momentum that takes 500 steps."""
    model.eval()
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.train().momentum = 1.0
    with torch.no_grad():
        model(**inputs)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
