"""The device that a model runs on, and how to get the same bytes from it twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from grnet.schema.errors import ConfigError


def choose_device(name: str) -> torch.device:
    """Return the device that `name` asks for; "auto" is the first GPU, or the CPU where there is none.

    Raises
    ------
    ConfigError
        The name is not a device, or the device is not here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ConfigError(f"--device: {name!r} is no device; expected auto, cpu, cuda or cuda:N") from error
    if device.type not in ("cpu", "cuda"):
        raise ConfigError(f"--device: {name!r} is not supported; expected auto, cpu, cuda or cuda:N")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigError(
            f"--device: {name} asked for, but {torch.cuda.device_count()} CUDA devices are here; use --device cpu"
        )
    return device


def choose_devices(names: str) -> tuple[torch.device, ...]:
    """Return the devices that `names` asks for: one, or several GPUs such as "cuda:0,cuda:1".

    Raises
    ------
    ConfigError
        A name is not a device, a device is not here, or several are not different GPUs.
    """
    devices = tuple(choose_device(name.strip()) for name in names.split(","))
    if len(devices) > 1:
        numbered = {device.index for device in devices if device.type == "cuda"} - {None}
        if len(numbered) < len(devices):
            raise ConfigError(f"--device: {names!r}: expected one device, or different GPUs such as cuda:0,cuda:1")
    return devices


def kind_of(device: torch.device) -> str:
    """Return "cpu", or "accelerator" for whatever else: by this code decides how much work is done at a time."""
    return "cpu" if device.type == "cpu" else "accelerator"


@contextmanager
def own_random_numbers(device: torch.device, seed: int) -> Iterator[None]:
    """Start random numbers of the CPU and of a device from a seed; those of before go on after it."""
    has_own = kind_of(device) != "cpu" and hasattr(torch.get_device_module(device), "get_rng_state")
    device_type = device.type if has_own else "cuda"
    with torch.random.fork_rng(devices=[device.index or 0] if has_own else [], device_type=device_type):
        torch.manual_seed(seed)
        yield


def free_cache(device: torch.device) -> None:
    """Give memory back that torch keeps for later, where a device does that."""
    if kind_of(device) != "cpu":
        getattr(torch.get_device_module(device), "empty_cache", lambda: None)()


_settings_lock, _settings_before = threading.Lock(), list[tuple[bool, bool, bool]]()
"""The settings are those of the process, whatever its threads do: those of before, once for each that is inside."""


@contextmanager
def deterministic_algorithms() -> Iterator[None]:
    """Let torch add up gradients in a fixed order, on a GPU and on several threads too; the setting before comes back.

    Without it, gradients of gathered rows are summed in whatever order the threads reach them. Operations that have no
    such algorithm only warn. Of several threads the first sets it, and the last sets it back.
    """
    settings: Any = torch.utils.deterministic
    with _settings_lock:
        _settings_before.append(_settings_before[0] if _settings_before else _read_settings())
        torch.use_deterministic_algorithms(True, warn_only=True)
        # nothing here reads memory before it is written; filling it first would cost a pass over every output
        settings.fill_uninitialized_memory = False
    try:
        yield
    finally:
        with _settings_lock:
            mode, warns, fills = _settings_before.pop()
            if not _settings_before:
                torch.use_deterministic_algorithms(mode, warn_only=warns)
                settings.fill_uninitialized_memory = fills


def _read_settings() -> tuple[bool, bool, bool]:
    settings: Any = torch.utils.deterministic
    warns = torch.is_deterministic_algorithms_warn_only_enabled()
    return torch.are_deterministic_algorithms_enabled(), warns, settings.fill_uninitialized_memory


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread of the processor; the number before comes back.

    Small products are slower on many threads than on one as soon as another program runs, and one thread adds up in the
    same order every time.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
