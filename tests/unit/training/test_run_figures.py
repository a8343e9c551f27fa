"""What a run says in words of the trust in images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grnet.schema.genes import PairIndex
from grnet.schema.model_configs import LateConfig, TrainConfig
from grnet.training.labelled import TrainingPairs
from grnet.training.run_figures import Outcome, _describe_trust, as_sentence

BOTH = frozenset({"rna", "image"})


@pytest.fixture
def outcome():
    n = 60
    pairs = PairIndex(np.zeros(n, dtype=np.int64), np.arange(1, n + 1))
    training = TrainingPairs(
        pairs, np.arange(n, dtype=np.int8) % 2, (np.arange(n) % 3).astype(np.int8), np.zeros((3, n), dtype=bool), ()
    )
    config = TrainConfig(model=LateConfig(modality="fused"))
    return Outcome(training, np.zeros(n), {}, np.full(n, 0.5), np.ones(n, dtype=bool), config, BOTH)


def test_trust_is_told_as_a_part_of_what_images_say(outcome):
    assert _describe_trust(outcome, [0.3, 0.0, 1.0]) == [
        "images may move a score that RNA gives by this part of what they say (0 not at all, 1 fully; one number for "
        "each fold model, chosen on the pairs of the other folds): 0.3, 0.0, 1.0"
    ]


def test_no_trust_is_told_with_its_reason(outcome):
    assert "do not improve on RNA by more than one standard error" in _describe_trust(outcome, [0.0] * 3)[0]
    few = replace(outcome, with_images=np.arange(60) < 42)
    assert _describe_trust(few, [0.0] * 3) == [
        "images were given no say where there is RNA: outside of each fold fewer than 30 labelled pairs have both, "
        "too few to tell what images add"
    ]


def test_no_pair_with_both_is_too_few(outcome):
    for lacking in ({"with_images": np.zeros(60, dtype=bool)}, {"pearson": np.full(60, np.nan)}):
        assert "fewer than 30 labelled pairs have both" in _describe_trust(replace(outcome, **lacking), [0.0] * 3)[0]


def test_a_fused_model_of_one_modality_is_called_what_it_is(outcome):
    alone = replace(outcome, modalities=frozenset({"rna"}))
    assert alone.model == "grnet (RNA)"
    assert _describe_trust(alone, [1.0] * 3) == ["the dataset has no images: the model was trained on RNA alone"]
    assert replace(outcome, modalities=frozenset({"image"})).model == "grnet (images)"
    assert outcome.model == "grnet (fused)"


def test_trust_is_not_told_of_an_rna_run(outcome):
    assert _describe_trust(replace(outcome, config=TrainConfig(model=LateConfig(modality="rna"))), [1.0] * 3) == []


def test_a_note_reads_as_a_sentence():
    assert as_sentence("images were given no say") == "Images were given no say."
    assert as_sentence("12 left out.") == "12 left out."
