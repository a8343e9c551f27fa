"""What a training says of how far images are trusted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.cross_fitting import describe_trust
from grnet.dataset.directory import load_dataset
from grnet.training.training_data import build_training_data

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    return load_dataset(embryo_dataset)


@pytest.fixture(scope="module")
def data(dataset, tiny_config):
    return build_training_data(dataset, tiny_config, CPU)


@pytest.fixture(scope="module")
def both(data):
    """That every labelled pair has both modalities."""
    return np.ones(len(data.training.pairs), dtype=bool)


def test_trust_is_told_as_a_part_of_what_images_say(data, both, tiny_config):
    (note,) = describe_trust(data, both, [[0.3, 0.0, 1.0]], tiny_config)
    assert note.startswith("images may move a score that RNA gives by this part of what they say (1 is fully)")
    assert note.endswith(", fold by fold: 0.3, 0.0, 1.0")
    assert describe_trust(data, both, [[0.0] * 3, [0.1] * 3], tiny_config)[0].endswith(": 0.0, 0.0, 0.0, 0.1, 0.1, 0.1")


def test_no_trust_is_told_with_its_reason(data, both, tiny_config):
    silent = [[0.0] * 3]
    assert "do not improve on RNA by more than one standard error" in describe_trust(data, both, silent, tiny_config)[0]
    few = both & (np.arange(len(both)) < 29)
    for mask in (few, ~both):
        assert describe_trust(data, mask, silent, tiny_config) == (
            "images were given no say where there is RNA: outside of each fold fewer than 30 labelled pairs have both, "
            "too few to tell what images add",
        )


def test_a_fused_model_of_one_modality_is_called_what_it_is(data, both, tiny_config):
    def told(modality):
        some = tuple(p for p in data.features.profiles if p.modality == modality)
        alone = replace(data, features=replace(data.features, profiles=some))
        return describe_trust(alone, both, [[1.0] * 3], tiny_config)

    assert told("rna") == ("the dataset has no images: the model was trained on RNA alone",)
    assert told("image") == ("the dataset has no expression: the model was trained on images alone",)


def test_trust_is_not_told_of_an_rna_run(data, both, tiny_config):
    config = replace(tiny_config, model=LateConfig(modality="rna"))
    assert describe_trust(data, both, [[1.0] * 3], config) == ()
