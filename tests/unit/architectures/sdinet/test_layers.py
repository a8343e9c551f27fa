"""The layers of the paper's networks against Keras: its padding, its batch normalisation, its initial weights."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from grnet.architectures.sdinet.layers import (
    ChannelAttention,
    ConvNorm,
    Pyramid,
    Residual,
    SameConv,
    SamePool,
    average,
    dense,
    pad_same,
    stage,
)

PADDING = {(3, 8): (0, 1), (3, 9): (1, 1), (7, 8): (2, 3), (7, 9): (3, 3), (7, 1): (3, 3), (3, 2): (0, 1)}
"""(kernel, size) → rows that TensorFlow pads before and after, with stride 2."""
SIZES = [(3, 8, 9), (3, 9, 8), (7, 8, 9), (7, 9, 8), (7, 1, 8), (3, 2, 9)]


def pad_array(x, kernel, value):
    edges = [PADDING[kernel, size] for size in x.shape[2:]]
    return np.pad(x, [(0, 0), (0, 0), *edges], constant_values=value)


def slide(x, kernel):
    """Yield (row, column, window [B, C, kernel, kernel]) with stride 2, by row and column of the output."""
    rows, columns = ((size - kernel) // 2 + 1 for size in x.shape[2:])
    for i, j in product(range(rows), range(columns)):
        yield i, j, x[:, :, 2 * i : 2 * i + kernel, 2 * j : 2 * j + kernel]


def random_images(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize(("kernel", "height", "width"), SIZES)
def test_a_convolution_of_stride_2_pads_as_keras(kernel, height, width):
    torch.manual_seed(0)
    conv = SameConv(2, 3, kernel, stride=2)
    nn.init.normal_(conv.bias)
    images = random_images(2, 2, height, width)
    with torch.no_grad():
        found = conv(images).numpy()
    weight, bias = conv.weight.detach().numpy(), conv.bias.detach().numpy()
    expected = np.empty((2, 3, math.ceil(height / 2), math.ceil(width / 2)))
    for i, j, window in slide(pad_array(images.numpy(), kernel, 0), kernel):
        expected[:, :, i, j] = np.einsum("bchw,ochw->bo", window, weight) + bias
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("height", "width"), [(8, 9), (9, 8), (2, 9), (8, 8)])
def test_max_pooling_pads_as_keras_and_never_with_a_value(height, width):
    images = random_images(2, 3, height, width).abs().neg()  # a padding of 0 would be the largest
    expected = np.empty((2, 3, math.ceil(height / 2), math.ceil(width / 2)))
    for i, j, window in slide(pad_array(images.numpy(), 3, -np.inf), 3):
        expected[:, :, i, j] = window.max(axis=(2, 3))
    assert np.array_equal(SamePool()(images).numpy(), expected)


@pytest.mark.parametrize(("kernel", "size"), PADDING)
def test_where_padding_is_odd_more_of_it_is_below_and_right(kernel, size):
    before, after = PADDING[kernel, size]
    padded = pad_same(torch.ones(1, 1, size, size), kernel, 2)[0, 0]
    line = [0.0] * before + [1.0] * size + [0.0] * after
    assert padded[before].tolist() == line
    assert padded[:, before].tolist() == line


@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (3, 1), (3, 3), (3, 9), (7, 1)])
def test_a_convolution_of_stride_1_keeps_the_size(kernel, dilation):
    conv = SameConv(1, 1, kernel, dilation=dilation)
    nn.init.ones_(conv.weight)
    image = torch.zeros(1, 1, 24, 21)
    image[0, 0, 11, 10] = 1  # what is centred stays centred
    found = conv(image)[0, 0]
    reach = {dilation * step for step in range(-(kernel // 2), kernel // 2 + 1)}
    expected = {(11 + y, 10 + x) for y, x in product(reach, reach) if 0 <= 11 + y < 24 and 0 <= 10 + x < 21}
    assert found.shape == (24, 21)
    assert {tuple(place) for place in found.nonzero().tolist()} == expected


@pytest.mark.parametrize(
    "layer",
    [SameConv(32, 64, 3), SameConv(2, 32, 7, stride=2), dense(512, 128), dense(1280, 128), dense(128, 128, bias=False)],
    ids=repr,
)
def test_initial_weights_are_those_of_keras(layer):
    weight = layer.weight.detach()
    receptive = weight[0, 0].numel() if weight.dim() == 4 else 1
    bound = math.sqrt(6 / (receptive * (weight.shape[0] + weight.shape[1])))
    assert 0.99 * bound < weight.max() <= bound
    assert -bound <= weight.min() < -0.99 * bound
    assert weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.03)
    assert layer.bias is None or not layer.bias.any()


def test_batch_normalisation_is_that_of_keras():
    """Momentum 0.99 and epsilon 0.001, in Keras' words; gamma 1, beta 0, as it starts."""
    layer = ConvNorm(2, 4)
    images = random_images(8, 2, 6, 5)
    convolved = layer[0](images).detach()
    mean, variance = convolved.mean(dim=(0, 2, 3)), convolved.var(dim=(0, 2, 3), correction=0)
    expected = (convolved - mean.view(-1, 1, 1)) / (variance.view(-1, 1, 1) + 0.001).sqrt()
    torch.testing.assert_close(layer.train()(images), expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(layer[1].running_mean, 0.01 * mean)


def test_folding_makes_one_convolution_of_two_layers():
    torch.manual_seed(0)
    layer = ConvNorm(2, 4, stride=2)
    images = random_images(8, 2, 9, 8)
    for _ in range(200):
        layer(images)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 3)
        expected = layer.eval()(images)
        layer.fold()
        torch.testing.assert_close(layer(images), expected, rtol=1e-5, atol=1e-5)
    assert [type(part) for part in layer] == [SameConv, nn.Identity]


@pytest.mark.parametrize("kernel", [1, 3])
def test_a_residual_block_adds_its_shortcut_before_rectifying(kernel):
    torch.manual_seed(0)
    block = Residual(3, 5, shortcut_kernel=kernel).eval()
    images = random_images(2, 3, 6, 7)
    assert block.shortcut[0].kernel_size == (kernel, kernel)
    with torch.no_grad():
        expected = (block.body(images) + block.shortcut(images)).clamp_min(0)
        assert torch.equal(block(images), expected)
        nn.init.zeros_(block.body[1][1].weight)
        assert torch.equal(block(images), block.shortcut(images).clamp_min(0))


def test_a_plain_residual_block_lets_its_input_through():
    block = Residual(3, 3).eval()
    nn.init.zeros_(block.body[1][1].weight)
    images = random_images(2, 3, 6, 7)
    assert torch.equal(block(images), images.clamp_min(0))


def test_a_stage_halves_the_image_once():
    first, second = stage(4, 6)
    assert first(torch.zeros(1, 4, 9, 12)).shape == (1, 6, 5, 6)
    assert second(torch.zeros(1, 6, 5, 6)).shape == (1, 6, 5, 6)
    assert first.shortcut[0].kernel_size == (3, 3)
    assert isinstance(second.shortcut, nn.Identity)


def test_the_pyramid_sees_five_scales():
    torch.manual_seed(0)
    pyramid = Pyramid(6).eval()
    scales = [scale[0][0] for scale in pyramid.scales]
    assert [(conv.kernel_size[0], conv.dilation[0]) for conv in scales] == [(1, 1), (3, 3), (3, 6), (3, 9)]
    images = random_images(2, 6, 7, 5)
    whole = pyramid.whole(images.mean(dim=(2, 3), keepdim=True))
    assert whole.shape == (2, 128, 1, 1)
    seen = torch.cat([*(scale(images) for scale in pyramid.scales), whole.expand(-1, -1, 7, 5)], dim=1)
    assert seen.shape == (2, 640, 7, 5)
    assert torch.equal(pyramid(images), pyramid.merge(seen))


def test_attention_weighs_whole_channels_and_has_no_bias():
    torch.manual_seed(0)
    attention = ChannelAttention(4)
    assert [name for name, _ in attention.named_parameters()] == ["weigh.weight"]
    images = random_images(3, 4, 5, 6)
    with torch.no_grad():
        ratio = attention(images) / images
    means = images.numpy().mean(axis=(2, 3))
    expected = 1 / (1 + np.exp(-means @ attention.weigh.weight.detach().numpy().T))
    assert ratio.numpy() == pytest.approx(np.broadcast_to(expected[:, :, None, None], ratio.shape), abs=1e-5)


def test_the_average_is_over_space():
    images = random_images(3, 4, 5, 6)
    assert average(images).numpy() == pytest.approx(images.numpy().mean(axis=(2, 3)), abs=1e-6)
