"""What the labelled pairs of a model say of any pair: similar pairs, and sums over kernels."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from late_models import derive_kernels, teach

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.label_context import LabelContext
from grnet.architectures.late.network import LateInteraction
from grnet.features.pairs import context_tables
from grnet.features.similar_pairs import PairLabels, SimilarPairContext
from grnet.schema.features import by_kernel, by_similar_pairs

CPU = torch.device("cpu")
TFS, TARGETS = (torch.tensor(genes) for genes in zip(*product(range(9), range(14)), strict=True))
LABELLED = torch.tensor([3, 3, 4, 7, 8]), torch.tensor([5, 8, 5, 9, 3]), torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])


@pytest.fixture(scope="module")
def model(patchy_features):
    model = LateInteraction(LateConfig(hidden=8, bins=4, channels=(4,)), InputShape.of(patchy_features)).eval()
    teach(model, patchy_features, *LABELLED)
    return model


@pytest.fixture(scope="module")
def kernels(patchy_features):
    return derive_kernels(patchy_features, "fused")


@pytest.fixture(scope="module")
def tables(patchy_features):
    return context_tables(patchy_features, "fused", CPU)


@pytest.fixture(scope="module")
def said(model, tables, kernels):
    return LabelContext(model, tables, kernels).of_pairs(TFS, TARGETS)


def test_similar_pairs_are_those_of_the_labels_of_the_model(said, tables):
    expected = SimilarPairContext(tables, PairLabels(*LABELLED)).of_pairs(TFS, TARGETS)
    assert set(expected) == {by_similar_pairs(name) for name in ("expression", "dorsal", "ventral")}
    for name, values in expected.items():
        assert torch.equal(said[name], values), name


@pytest.mark.parametrize("name", ["expression", "dorsal", "ventral"])
def test_a_kernel_adds_up_over_the_labelled_pairs(said, model, kernels, name):
    kernel, (tf, target, _) = kernels[name], LABELLED
    dual = model.labelled_dual[[part.measurement for part in model.kernels].index(name)]
    expected = []
    for a, b in zip(TFS.tolist(), TARGETS.tolist(), strict=True):
        of_tfs = kernel.compare_tfs(torch.tensor([a]), tf)[0]
        expected.append(sum(dual * of_tfs * (kernel.features[target] @ kernel.features[b])))
    assert dual.abs().max() > 0
    torch.testing.assert_close(said[by_kernel(name)], torch.stack(expected), atol=1e-5, rtol=0)
    shared = kernel.present[TFS] & kernel.present[TARGETS]
    assert not said[by_kernel(name)][~shared].any()
    assert (~shared).any()


def test_a_model_without_labelled_pairs_says_nothing(patchy_features, tables, kernels):
    model = LateInteraction(LateConfig(hidden=8, bins=4, channels=(4,)), InputShape.of(patchy_features)).eval()
    said = LabelContext(model, tables, kernels).of_pairs(TFS, TARGETS)
    for part in model.kernels:
        assert not said[by_kernel(part.measurement)].any()


def test_labels_of_another_model_say_something_else(said, patchy_features, tables, kernels):
    other = LateInteraction(LateConfig(hidden=8, bins=4, channels=(4,)), InputShape.of(patchy_features)).eval()
    tf, target, value = LABELLED
    teach(other, patchy_features, tf, target, 1 - value)
    flipped = LabelContext(other, tables, kernels).of_pairs(TFS, TARGETS)
    for part in other.kernels:
        name = by_kernel(part.measurement)
        torch.testing.assert_close(flipped[name], -said[name], atol=1e-5, rtol=0)
