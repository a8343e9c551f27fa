"""A classifier of gene pairs: it learns, it is the same in any batch, on disk, folded, and nearly so in bfloat16."""

from __future__ import annotations

import copy
import tomllib

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.testing import assert_close

import grnet
from grnet.architectures.input_shape import InputShape
from grnet.architectures.registry import find_architecture, read_model_config
from grnet.architectures.run_folder import describe_dataset, write_settings
from grnet.architectures.sdinet.classifier import (
    PairClassifier,
    check_compiler,
    choose_precision,
    samples_of_a_batch,
    stack_vertically,
)
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.histograms import JointHistograms
from grnet.architectures.sdinet.layers import SameConv
from grnet.architectures.weights import load_weights, save_weights
from grnet.schema.configs import to_plain
from grnet.schema.errors import ConfigError, FormatError
from grnet.schema.training_config import PRECISIONS, TrainConfig

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
NO_FEATURES = InputShape({}, {}, {}, ())
MODALITY_OF = {"images": "image", "histograms": "rna"}


def predict(model, inputs):
    with torch.inference_mode():
        return model(**inputs)


def take(inputs, rows):
    return {name: values[rows] for name, values in inputs.items()}


def count_histogram(x_tf, x_target):
    histograms = JointHistograms.build(np.stack([x_tf, x_target]).astype(np.float32), CPU)
    return histograms.of_pairs(torch.tensor([0]), torch.tensor([1]))


def test_it_memorises_a_few_samples(memorised):
    logits = predict(memorised.model, memorised.inputs)
    assert torch.equal(logits > 0, memorised.labels > 0.5)
    assert binary_cross_entropy_with_logits(logits, memorised.labels) < 0.1


def test_every_weight_gets_a_gradient(memorised):
    """In evaluation mode: in training, batch normalisation takes back what the bias before it adds."""
    torch.manual_seed(1)
    model = PairClassifier(memorised.model.config).eval()
    binary_cross_entropy_with_logits(model(**memorised.inputs), memorised.labels).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, name


def test_a_batch_of_one_scores_as_a_batch_of_all(memorised):
    together = predict(memorised.model, memorised.inputs)
    assert together.shape == (32,)
    assert together.dtype == torch.float32
    for row in range(0, 32, 5):
        alone = predict(memorised.model, take(memorised.inputs, slice(row, row + 1)))
        assert_close(alone, together[row : row + 1], rtol=1e-5, atol=1e-5)


def test_tf_and_target_are_not_interchangeable(memorised):
    inputs = memorised.inputs
    swapped = {name: values.flip(1) if name == "images" else values.transpose(2, 3) for name, values in inputs.items()}
    ahead = predict(memorised.model, inputs)
    for back in (swapped, *({**inputs, name: values} for name, values in swapped.items())):
        difference = (predict(memorised.model, back) - ahead).abs()
        assert difference.min() > 1e-3
        assert difference.mean() > 0.1


def test_what_a_network_does_not_read_changes_nothing(memorised):
    unread = {name: torch.full((32, 1, 4, 4), torch.nan) for name in MODALITY_OF if name not in memorised.inputs}
    found = predict(memorised.model, {**memorised.inputs, **unread})
    assert torch.equal(found, predict(memorised.model, memorised.inputs))


def test_inputs_are_left_as_they_were(memorised):
    inputs = {name: values.clone() for name, values in memorised.inputs.items()}
    predict(memorised.model.for_scoring(), inputs)
    for name, values in inputs.items():
        assert torch.equal(values, memorised.inputs[name]), name


def test_the_tf_is_along_the_columns_of_a_histogram():
    rises, steps = np.arange(64), np.repeat([0, 1], 32)
    ahead, back = count_histogram(rises, steps), count_histogram(steps, rises)
    expected = torch.zeros(64, 64)
    expected[0, :32] = expected[63, 32:] = 1  # the target is low in the first 32 samples, where the TF rises
    assert torch.equal(ahead, expected.view(1, 1, 64, 64))
    assert torch.equal(back, ahead.transpose(2, 3))
    torch.manual_seed(0)
    model = PairClassifier(SdinetConfig("rna", precision="fp32")).eval()
    scores = [predict(model, {"histograms": histogram}).item() for histogram in (ahead, back)]
    assert scores[0] != pytest.approx(scores[1], rel=0.01)


def test_the_fusion_reads_the_tf_above_the_target():
    images = torch.arange(2 * 2 * 3 * 4).view(2, 2, 3, 4).float()
    stacked = stack_vertically(images)
    assert stacked.shape == (2, 1, 6, 4)
    assert torch.equal(stacked[:, 0, :3], images[:, 0])
    assert torch.equal(stacked[:, 0, 3:], images[:, 1])
    torch.manual_seed(0)
    model, seen = PairClassifier(SdinetConfig("fused", precision="fp32")).eval(), {}
    model.network.image.register_forward_pre_hook(lambda _, args: seen.update(read=args[0]))
    predict(model, {"images": images, "histograms": torch.zeros(2, 1, 8, 8)})
    assert torch.equal(seen["read"], stacked)


def test_a_folded_copy_scores_the_same(memorised):
    model, inputs = memorised.model, memorised.inputs
    folded = model.for_scoring()
    assert_close(predict(folded, inputs), predict(model, inputs), rtol=1e-4, atol=1e-4)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    weights = [module.weight for module in folded.modules() if isinstance(module, SameConv) and module.in_channels > 1]
    assert weights
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in weights)


def test_folding_leaves_the_original_as_it_was(memorised):
    model = copy.deepcopy(memorised.model).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    folded = model.for_scoring()
    with torch.no_grad():
        for parameter in folded.parameters():
            parameter.zero_()
    assert not folded.training
    assert all(module.training for module in model.modules())
    after = model.state_dict()
    assert list(after) == list(before)
    for name, value in before.items():
        assert torch.equal(after[name], value), name


def test_only_a_copy_for_scoring_is_compiled(monkeypatch):
    compiled = []
    monkeypatch.setattr(nn.Module, "compile", lambda module, **options: compiled.append((module, options)))
    PairClassifier(SdinetConfig("rna", compile=False)).for_scoring()
    assert compiled == []
    folded = PairClassifier(SdinetConfig("rna", compile=True)).for_scoring()
    assert compiled == [(folded.network, {})]


@pytest.mark.parametrize("folds", [False, True])
def test_bfloat16_is_close_to_float32(memorised, folds):
    """Some 20 layers round to 8 bits, 0.4 %; together that was 0.6 to 2.2 % of the logits' standard deviation."""
    model = PairClassifier(SdinetConfig(memorised.model.config.modality, precision="bf16")).eval()
    model.load_state_dict(memorised.model.state_dict())
    model, dtypes = model.for_scoring() if folds else model, []
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(lambda _, __, out: dtypes.append(out.dtype))
    exact, found = (predict(one, memorised.inputs) for one in (memorised.model, model))
    assert set(dtypes) == {torch.bfloat16}
    assert found.dtype == torch.float32
    assert 0 < (found - exact).abs().max() < 0.05 * exact.std()
    assert torch.equal(found > 0, exact > 0)


@pytest.mark.parametrize(("able", "automatic"), [(False, "fp32"), (True, "bf16")])
def test_precision_is_what_was_asked_for_or_what_the_device_computes_in(monkeypatch, able, automatic):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: able, raising=False)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *, including_emulation: able or including_emulation)
    for device in (CPU, CUDA):
        chosen = {precision: choose_precision(precision, device) for precision in PRECISIONS}
        assert chosen == {"auto": automatic, "fp32": "fp32", "bf16": "bf16"}


def test_a_torch_that_cannot_tell_computes_in_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    assert choose_precision("auto", CPU) == "fp32"


@pytest.mark.parametrize(
    ("size", "device", "samples"),
    [
        ((128, 320), CPU, 64),
        ((64, 160), CPU, 256),
        ((128, 320), CUDA, 512),
        ((1000, 1000), CPU, 2),
        ((2048, 2048), CPU, 1),
    ],
)
def test_larger_images_come_in_smaller_batches(size, device, samples):
    assert samples_of_a_batch(SdinetConfig("image", image_size=size), device) == samples


def test_a_missing_compiler_is_told_before_training(monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    check_compiler(SdinetConfig(compile=False), CPU)
    check_compiler(SdinetConfig(compile=True), CUDA)
    with pytest.raises(ConfigError) as caught:
        check_compiler(SdinetConfig(compile=True), CPU)
    expected = "--compile: no C++ compiler (no-such-compiler) is here; install one, or leave --compile out"
    assert str(caught.value) == expected
    monkeypatch.setenv("CXX", "sh")  # any program that is there
    check_compiler(SdinetConfig(compile=True), CPU)


def test_a_saved_model_predicts_as_before(memorised, tmp_path):
    save_weights(memorised.model, tmp_path)
    config = memorised.model.config
    loaded = load_weights(PairClassifier(config), tmp_path, CPU)
    assert isinstance(loaded, PairClassifier)
    assert not loaded.training
    assert torch.equal(predict(loaded, memorised.inputs), predict(memorised.model, memorised.inputs))
    torch.manual_seed(5)
    untrained = find_architecture("sdinet").build(config, NO_FEATURES).eval()
    assert not torch.allclose(predict(untrained, memorised.inputs), predict(loaded, memorised.inputs), atol=0.1)


def test_weights_of_another_modality_are_refused(memorised, tmp_path):
    save_weights(memorised.model, tmp_path)
    other = {"rna": "image", "image": "fused", "fused": "rna"}[memorised.model.config.modality]
    with pytest.raises(FormatError) as caught:
        load_weights(PairClassifier(SdinetConfig(other)), tmp_path, CPU)
    text = str(caught.value)
    assert text.startswith(
        f"{tmp_path / 'weights.safetensors'}: not readable as the weights of a model (Error(s) in loading state_dict"
    )
    assert text.endswith("; train the run anew with: grnet train")


@pytest.mark.parametrize(
    "config",
    [
        SdinetConfig(),
        SdinetConfig(
            "image",
            min_image_pairs=6,
            max_image_pairs=4,
            image_size=(64, 160),
            paper_normalisation=True,
            precision="bf16",
            compile=True,
        ),
        SdinetConfig("rna", precision="fp32"),
    ],
    ids=lambda config: config.modality,
)
def test_settings_go_through_a_run_folder(config, tmp_path):
    dataset = describe_dataset(tmp_path / "data", tmp_path, name="n", fingerprint="f")
    train = to_plain(TrainConfig(model=config, rate_drops=(10, 15)))
    write_settings(
        tmp_path,
        architecture="sdinet",
        train=train,
        shape=NO_FEATURES,
        dataset=dataset,
        version=grnet.__version__,
    )
    settings = tomllib.loads((tmp_path / "run.toml").read_text(encoding="utf-8"))
    assert settings["architecture"] == "sdinet"
    assert read_model_config("sdinet", settings["train"]["model"]) == config
    assert find_architecture("sdinet").build(config, NO_FEATURES).config == config


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"modality": "both"}, ValueError, "--modality is rna, image or fused, got 'both'"),
        ({"precision": "fp16"}, ValueError, "--precision is one of auto, fp32, bf16, got 'fp16'"),
        ({"min_image_pairs": 0}, ValueError, "--min-image-pairs is at least 1, got 0"),
        ({"layers": 3}, TypeError, "unexpected keyword argument 'layers'"),
    ],
)
def test_settings_that_no_network_has_are_refused(change, error, text):
    with pytest.raises(error) as caught:
        read_model_config("sdinet", {**to_plain(SdinetConfig()), **change})
    assert text in str(caught.value)
