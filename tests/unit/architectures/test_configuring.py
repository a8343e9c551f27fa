"""Settings of models and training: the paper's where nothing is said, a user's where something is, errors that mend."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grnet.architectures.configuring import configure_training
from grnet.architectures.late.config import LateConfig
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.schema.errors import ConfigError
from grnet.schema.training_config import MODALITIES, TrainConfig

OF_LATE = {"epochs": 30, "patience": 8, "batch_size": 128, "learning_rate": 2e-3, "weight_decay": 1e-3}
OF_THE_PAPER = {"patience": 15, "weight_decay": 0.0}


@pytest.mark.parametrize("modality", MODALITIES)
def test_defaults_of_late_interaction(modality):
    config = configure_training("late", modality)
    assert config == TrainConfig(model=LateConfig(modality), **OF_LATE, rate_drops=())
    assert config == TrainConfig(model=LateConfig(modality))
    assert config.architecture == "late"


@pytest.mark.parametrize(
    ("modality", "epochs", "batch_size", "learning_rate", "rate_drops"),
    [("rna", 300, 32, 3e-4, ()), ("image", 40, 16, 3e-6, ()), ("fused", 60, 32, 3e-4, (10, 15))],
)
def test_defaults_of_the_networks_are_those_of_the_paper(modality, epochs, batch_size, learning_rate, rate_drops):
    config = configure_training("sdinet", modality)
    of_modality = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate, "rate_drops": rate_drops}
    assert config == TrainConfig(model=SdinetConfig(modality), **OF_THE_PAPER, **of_modality)
    assert config.architecture == "sdinet"
    assert (config.folds, config.seed, config.device, config.validation_fraction) == (5, 0, "auto", 0.1)
    model = config.model
    assert (model.min_image_pairs, model.max_image_pairs, model.image_size) == (1, None, (128, 320))
    assert (model.paper_normalisation, model.precision, model.compile) == (False, "auto", False)


def test_a_given_setting_replaces_the_default():
    config = configure_training(
        "sdinet",
        "fused",
        epochs=7,
        learning_rate=0.01,
        rate_drops=(2,),
        seed=3,
        min_image_pairs=6,
        max_image_pairs=2,
        image_size=(32, 64),
        paper_normalisation=True,
        precision="bf16",
        compile=True,
    )
    expected = configure_training("sdinet", "fused")
    model = SdinetConfig("fused", 6, 2, (32, 64), paper_normalisation=True, precision="bf16", compile=True)
    assert config == replace(expected, model=model, epochs=7, learning_rate=0.01, rate_drops=(2,), seed=3)
    assert config.batch_size == 32


@pytest.mark.parametrize("architecture", ["late", "sdinet"])
def test_none_stands_for_not_given(architecture):
    nothing = dict.fromkeys(("epochs", "patience", "batch_size", "min_image_pairs", "image_size", "precision"))
    assert configure_training(architecture, "rna", **nothing) == configure_training(architecture, "rna")


def test_flags_that_are_not_set_are_not_meant_for_late_interaction():
    flags = {"paper_normalisation": False, "compile": False}
    assert configure_training("late", "rna", **flags) == configure_training("late", "rna")


def test_settings_to_start_from_are_kept():
    late = TrainConfig(model=LateConfig("rna", hidden=7), epochs=3, folds=4)
    expected = replace(late, model=LateConfig("image", hidden=7), seed=2)
    assert configure_training("late", "image", base=late, seed=2) == expected
    sdinet = configure_training("sdinet", "image", epochs=2, image_size=(64, 32), min_image_pairs=3)
    again = configure_training(base=sdinet, folds=3, min_image_pairs=4)
    assert again == replace(sdinet, model=SdinetConfig("image", 4, image_size=(64, 32)), folds=3)
    assert (again.epochs, again.learning_rate, again.rate_drops) == (2, 3e-6, ())
    assert configure_training() == TrainConfig(model=LateConfig())


def test_settings_of_another_network_are_not_started_from():
    late, sdinet = TrainConfig(model=LateConfig(), epochs=3, folds=4), configure_training("sdinet", "rna", epochs=2)
    for architecture, base in (("sdinet", late), ("late", sdinet)):
        with pytest.raises(ConfigError) as caught:
            configure_training(architecture, base=base)
        assert (
            str(caught.value) == f"config is of the architecture {base.architecture}, got architecture={architecture!r}"
        )
    with pytest.raises(ConfigError) as caught:
        configure_training("sdinet", "fused", base=sdinet)
    assert str(caught.value) == "config has the epochs and rates of modality 'rna', got modality='fused'"


@pytest.mark.parametrize(
    ("settings", "flags"),
    [
        ({"min_image_pairs": 6}, "--min-image-pairs"),
        ({"max_image_pairs": 2, "epochs": 3}, "--max-image-pairs"),
        ({"image_size": (64, 160)}, "--network-image-size"),
        ({"precision": "fp32", "paper_normalisation": True}, "--paper-normalisation, --precision"),
        ({"compile": True, "paper_normalisation": False, "min_image_pairs": 1}, "--min-image-pairs, --compile"),
    ],
)
def test_settings_of_the_networks_are_refused_with_late_interaction(settings, flags):
    with pytest.raises(ConfigError) as caught:
        configure_training("late", "fused", **settings)
    assert str(caught.value) == f"{flags}: only for --architecture sdinet; add that or leave it out"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"folds": 1}, "--folds is at least 2, got 1"),
        ({"seed": -1}, "--seed is 0 or more, got -1"),
        ({"seed": 2**32}, "--seed is at most 4294967295, got 4294967296"),
        ({"epochs": 0}, "--epochs is at least 1, got 0"),
        ({"patience": 0}, "--patience is at least 1, got 0"),
        ({"batch_size": 1}, "--batch-size is at least 2, got 1"),
        ({"learning_rate": 0.0}, "--learning-rate is above 0 and at most 1, got 0.0"),
        ({"learning_rate": 1.5}, "--learning-rate is above 0 and at most 1, got 1.5"),
        ({"learning_rate": float("nan")}, "--learning-rate is above 0 and at most 1, got nan"),
        ({"negatives_per_positive": 0.0}, "--negatives-per-positive is above 0 and finite, got 0.0"),
        ({"validation_fraction": 0.5}, "validation_fraction lies between 0 and 0.5"),
    ],
)
@pytest.mark.parametrize("architecture", ["late", "sdinet"])
def test_training_settings_out_of_range(architecture, settings, message):
    with pytest.raises(ConfigError) as caught:
        configure_training(architecture, "rna", **settings)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_image_pairs": 0}, "--min-image-pairs is at least 1, got 0"),
        ({"max_image_pairs": 0}, "--max-image-pairs is at least 1, got 0"),
        ({"image_size": (31, 64)}, "--network-image-size: both sides lie in 32..2048, got (31, 64)"),
        ({"image_size": (32, 2049)}, "--network-image-size: both sides lie in 32..2048, got (32, 2049)"),
        ({"precision": "fp16"}, "--precision is one of auto, fp32, bf16, got 'fp16'"),
    ],
)
def test_network_settings_out_of_range(settings, message):
    with pytest.raises(ConfigError) as caught:
        configure_training("sdinet", "fused", **settings)
    assert str(caught.value) == message


@pytest.mark.parametrize("architecture", ["late", "sdinet"])
def test_an_unknown_modality(architecture):
    with pytest.raises(ConfigError) as caught:
        configure_training(architecture, "sound")
    assert str(caught.value) == "--modality is rna, image or fused, got 'sound'"


def test_an_unknown_architecture():
    with pytest.raises(ConfigError) as caught:
        configure_training("early", "rna")
    assert str(caught.value) == "--architecture is one of late, sdinet, got 'early'"


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        configure_training("sdinet", "rna", folds=0, epochs=0, batch_size=1)
    assert str(caught.value) == (
        "--folds is at least 2, got 0; --epochs is at least 1, got 0; --batch-size is at least 2, got 1"
    )
    with pytest.raises(ConfigError) as caught:
        configure_training("sdinet", "fused", min_image_pairs=-1, image_size=(1, 4000), max_image_pairs=0)
    assert str(caught.value) == (
        "--min-image-pairs is at least 1, got -1; --network-image-size: both sides lie in 32..2048, got (1, 4000); "
        "--max-image-pairs is at least 1, got 0"
    )
