"""The parts that a score is the sum of, and which of them count for which pairs."""

from __future__ import annotations

import pytest
import torch

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.parts import PATTERNS, Part, find_pattern, list_parts, towers_alone
from grnet.schema.training_config import KNOWN_NETWORK

TOWERS = [Part("tower", "rna"), Part("tower", "image")]
KERNELS = [Part("kernel", "rna", "expression"), Part("kernel", "image", "dorsal"), Part("kernel", "image", "ventral")]


@pytest.fixture
def shape(patchy_features):
    return InputShape.of(patchy_features)


@pytest.mark.parametrize("modalities", [("rna",), ("image",), ("rna", "image")])
def test_a_model_has_a_tower_for_each_modality_and_a_kernel_for_each_measurement(shape, modalities):
    found = [part for part in list_parts(shape, modalities) if part.modality]
    assert found == [part for part in (*TOWERS, *KERNELS) if part.modality in modalities]


def test_the_known_network_comes_last_unless_models_do_not_look_at_it(shape, patchy_features):
    assert list_parts(shape, ("rna", "image")) == (*TOWERS, *KERNELS, Part("known network"))
    without = InputShape.of(patchy_features, without=(KNOWN_NETWORK,))
    assert list_parts(without, ("rna", "image")) == (*TOWERS, *KERNELS)


def test_a_part_counts_where_its_modality_is_shared():
    counts = {part: [part.counts_in(pattern) for pattern in PATTERNS] for part in (*TOWERS, Part("known network"))}
    assert PATTERNS == ("rna", "image", "fused")
    assert counts == {
        TOWERS[0]: [True, False, True],
        TOWERS[1]: [False, True, True],
        Part("known network"): [True, True, True],
    }


def test_the_pattern_of_a_pair_is_what_its_genes_share():
    has_rna, has_image = torch.tensor([True, False, True, False]), torch.tensor([False, True, True, False])
    assert [PATTERNS[place] for place in find_pattern(has_rna, has_image)] == ["rna", "image", "fused", "rna"]


@pytest.mark.parametrize(
    ("modalities", "expected"),
    [
        (("rna", "image"), {"rna": "rna", "image": "image", "fused": "rna"}),
        (("rna",), {"rna": "rna", "fused": "rna"}),
        (("image",), {"rna": "image", "image": "image", "fused": "image"}),
    ],
)
def test_at_first_one_tower_counts(shape, modalities, expected):
    parts = list_parts(shape, modalities)
    weights = towers_alone(parts)
    assert (weights.shape, weights.dtype) == ((3, len(parts)), torch.float32)
    for pattern, row in zip(PATTERNS, weights, strict=True):
        own = [float(part == Part("tower", expected.get(pattern, "none"))) for part in parts]
        assert row.tolist() == own, pattern
