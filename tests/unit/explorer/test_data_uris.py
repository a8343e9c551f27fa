from __future__ import annotations

import io
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from grnet.explorer.data_uris import encode_image, encode_map, encode_mask, encode_profile


def read(source):
    kind, text = source.split(",")
    assert kind == "data:image/webp;base64"
    return np.asarray(Image.open(io.BytesIO(b64decode(text))))


def test_a_small_image_comes_back_as_it_was():
    image = np.zeros((16, 32), dtype=np.uint8)
    image[4:9, 10:20] = 200
    shown = read(encode_image(image, width=128))
    assert shown.shape == (16, 32, 3)
    assert np.abs(shown.astype(int) - image[..., None]).max() <= 2


def test_a_wide_image_becomes_the_means_of_its_pixels():
    image = np.random.default_rng(0).integers(0, 256, (128, 256)).astype(np.uint8)
    shown = read(encode_image(image, width=64))
    assert shown.shape == (32, 64, 3)
    means = image.reshape(32, 4, 64, 4).mean(axis=(1, 3))
    assert np.abs(shown[..., 0] - means).mean() < 3


def test_the_same_image_is_the_same_text():
    image = np.arange(64 * 64, dtype=np.uint32).reshape(64, 64).astype(np.uint8)
    assert encode_image(image, width=48) == encode_image(image.copy(), width=48)


def test_a_profile_comes_back_within_half_a_step():
    values = np.random.default_rng(1).normal(5, 3, 200).astype(np.float32)
    text, low, high = encode_profile(values)
    steps = np.frombuffer(b64decode(text), dtype="<u2")
    assert (low, high) == (values.min(), values.max())
    assert (steps.min(), steps.max()) == (0, 65535)
    back = low + (high - low) * steps / 65535
    assert np.abs(back - values).max() <= (high - low) / 65535 / 2 + 1e-6


def test_a_profile_of_one_value_has_no_range():
    text, low, high = encode_profile(np.full(3, 2.5, dtype=np.float32))
    assert (low, high, b64decode(text)) == (2.5, 2.5, bytes(6))


def test_a_map_keeps_places_and_signs():
    values = np.array([[0.5, -1.0, 0.0], [1.0, 0.25, -0.25]], dtype=np.float32)
    found = encode_map(values, 1.0, width=32)
    assert (found["rows"], found["columns"]) == (2, 3)
    assert np.frombuffer(b64decode(found["values"]), np.int8).tolist() == [64, -127, 0, 127, 32, -32]


@pytest.mark.parametrize(("columns", "expected"), [(64, 32), (65, 22), (32, 32), (33, 17)])
def test_a_fine_map_is_coarsened_by_means_of_blocks(columns, expected):
    values = np.random.default_rng(2).uniform(-1, 1, (10, columns)).astype(np.float32)
    found = encode_map(values, 1.0, width=32)
    step = -(-columns // 32)
    blocks = [[values[i : i + step, j : j + step].mean() for j in range(0, columns, step)] for i in range(0, 10, step)]
    assert found["columns"] == expected
    steps = np.frombuffer(b64decode(found["values"]), np.int8).reshape(found["rows"], found["columns"])
    assert np.abs(steps / 127 - np.array(blocks)).max() <= 0.5 / 127 + 1e-6


def test_a_mask_is_a_bit_for_each_place():
    mask = np.array([[1, 0, 0, 1, 1], [0, 1, 0, 0, 1]], dtype=bool)
    found = encode_mask(mask)
    assert (found["rows"], found["columns"]) == (2, 5)
    assert [f"{byte:08b}" for byte in b64decode(found["values"])] == ["10011010", "01000000"]
