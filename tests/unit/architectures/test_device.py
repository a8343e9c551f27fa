"""Which device a name means, and the lines for names that mean none."""

from __future__ import annotations

import pytest
import torch

from grnet.architectures.device import choose_device, deterministic_algorithms
from grnet.schema.errors import ConfigError


@pytest.fixture
def devices(monkeypatch):
    def pretend(count):
        monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)

    return pretend


@pytest.mark.parametrize(
    ("name", "count", "expected"),
    [("auto", 0, "cpu"), ("auto", 2, "cuda"), ("cpu", 2, "cpu"), ("cuda", 1, "cuda"), ("cuda:1", 2, "cuda:1")],
)
def test_names(devices, name, count, expected):
    devices(count)
    assert choose_device(name) == torch.device(expected)


@pytest.mark.parametrize(
    ("name", "count", "text"),
    [
        ("gpu", 1, "--device: 'gpu' is no device; expected auto, cpu, cuda or cuda:N"),
        ("", 0, "--device: '' is no device; expected auto, cpu, cuda or cuda:N"),
        ("cuda:x", 1, "--device: 'cuda:x' is no device; expected auto, cpu, cuda or cuda:N"),
        ("meta", 0, "--device: 'meta' is not supported; expected auto, cpu, cuda or cuda:N"),
        ("cuda", 0, "--device: cuda asked for, but 0 CUDA devices are here; use --device cpu"),
        ("cuda:2", 2, "--device: cuda:2 asked for, but 2 CUDA devices are here; use --device cpu"),
    ],
)
def test_errors(devices, name, count, text):
    devices(count)
    with pytest.raises(ConfigError) as caught:
        choose_device(name)
    assert str(caught.value) == text


def test_deterministic_algorithms_are_asked_for_and_the_setting_comes_back():
    before = torch.are_deterministic_algorithms_enabled()
    with deterministic_algorithms():
        assert torch.are_deterministic_algorithms_enabled()
    assert torch.are_deterministic_algorithms_enabled() == before


def test_the_last_of_several_threads_sets_deterministic_algorithms_back():
    before = torch.are_deterministic_algorithms_enabled()
    first, second = deterministic_algorithms(), deterministic_algorithms()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert torch.are_deterministic_algorithms_enabled()
    second.__exit__(None, None, None)
    assert torch.are_deterministic_algorithms_enabled() == before
