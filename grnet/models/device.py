"""Choosing the device that a model runs on."""

from __future__ import annotations

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
