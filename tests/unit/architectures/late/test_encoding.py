"""The encodings of numbers and images, against loops and by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from grnet.architectures.late.encoding import Halve, MapEncoder, PiecewiseLinear, unit_length


def encode_by_loop(value, edges):
    """Return how far `value` has passed through each bin between consecutive `edges`."""
    parts = []
    for low, high in pairwise(edges):
        if high - low < 1e-6:
            parts.append(min(max((value - low) / 1e-6, 0.0), 1.0))
        else:
            parts.append(min(max((value - low) / (high - low), 0.0), 1.0))
    return parts


def test_bins_are_quantiles_and_values_pass_through_them():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(101, 3)).astype(np.float32) * [1, 10, 0.1]
    encode = PiecewiseLinear(3, 5)
    encode.fit(torch.from_numpy(rows).float())
    edges = np.quantile(rows, np.linspace(0, 1, 6), axis=0)
    assert encode.start.numpy() == pytest.approx(edges[:-1].T, abs=1e-5)
    queries = np.vstack([rows[:20], rows.min(axis=0) - 5, rows.max(axis=0) + 5])
    expected = [
        [part for feature in range(3) for part in encode_by_loop(row[feature], edges[:, feature])] for row in queries
    ]
    found = encode(torch.from_numpy(queries).float())
    assert found.shape == (22, encode.n_out) == (22, 15)
    assert found.numpy() == pytest.approx(np.array(expected), abs=1e-4)
    assert found[20].tolist() == [0.0] * 15
    assert found[21].tolist() == [1.0] * 15


def test_repeated_values_make_steps_that_are_finite():
    encode = PiecewiseLinear(1, 4)
    encode.fit(torch.tensor([[1.0]] * 9 + [[2.0]]))
    found = encode(torch.tensor([[0.0], [1.0], [1.5], [2.0]]))
    assert found.tolist() == [[0, 0, 0, 0], [0, 0, 0, found[1, 3]], [1, 1, 1, found[2, 3]], [1, 1, 1, 1]]
    assert 0 <= found[1, 3] < found[2, 3] < 1
    constant = PiecewiseLinear(1, 2)
    constant.fit(torch.full((5, 1), 3.0))
    assert constant(torch.tensor([[2.0], [3.0], [4.0]])).tolist() == [[0, 0], [0, 0], [1, 1]]


def test_nothing_to_fit_leaves_the_bins():
    encode = PiecewiseLinear(2, 3)
    before = {name: value.clone() for name, value in encode.state_dict().items()}
    encode.fit(torch.zeros(0, 2))
    assert all(torch.equal(value, before[name]) for name, value in encode.state_dict().items())


def test_leading_axes_are_kept():
    encode = PiecewiseLinear(2, 3)
    values = torch.rand(4, 5, 2)
    assert torch.equal(encode(values).flatten(0, 1), encode(values.flatten(0, 1)))


def test_unit_length_centres_and_scales():
    rows = unit_length(torch.tensor([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]]))
    assert rows[0].numpy() == pytest.approx([-(0.5**0.5), 0, 0.5**0.5], abs=1e-6)
    assert rows[1].tolist() == [0, 0, 0]


def test_pictures_are_encoded_where_they_are():
    torch.manual_seed(0)
    encoder = MapEncoder((4, 5))
    pictures = torch.rand(6, 9, 12)  # [G, H, W]
    present = torch.tensor([1, 0, 1, 1, 0, 1], dtype=torch.bool)
    tf, target = encoder(pictures, present)
    assert tf.shape == target.shape == (6, 5, 5 * 6)
    for codes in (tf, target):
        assert not codes[~present].any()
        assert torch.allclose(codes[present].sum(dim=-1), torch.zeros(()), atol=1e-4)
        length = codes[present].norm(dim=-1)
        live = length > 0.5
        assert live.float().mean() > 0.5
        assert torch.allclose(length[live], torch.ones(()), atol=1e-3)
    assert not torch.allclose(tf, target, atol=1e-2)
    alone, _ = encoder(pictures[2:3], present[2:3])
    assert torch.allclose(alone[0], tf[2], atol=1e-5)


def test_pictures_of_nobody_are_zero():
    tf, target = MapEncoder((3,))(torch.rand(4, 8, 8), torch.zeros(4, dtype=torch.bool))
    assert tf.shape == target.shape == (4, 3, 16)
    assert not tf.any()
    assert not target.any()


@pytest.mark.parametrize("size", [(4, 6), (5, 6), (4, 7), (1, 1), (9, 3)])
def test_halving_is_average_pooling(size):
    maps = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0))
    expected = torch.nn.functional.avg_pool2d(maps, 2, ceil_mode=True)
    torch.testing.assert_close(Halve()(maps), expected)
