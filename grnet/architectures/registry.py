"""The kinds of models by name. Their settings are light and here at once; all else is imported when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from grnet.architectures.late.config import LateConfig
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.schema.training_config import ModelConfig

if TYPE_CHECKING:
    from grnet.architectures.base import Architecture

DEFAULT = LateConfig.architecture
_CONFIGS: dict[str, type[ModelConfig]] = {}
_MAKERS: dict[str, Callable[[], Architecture]] = {}


def register(config: type[ModelConfig], make: str | Callable[[], Architecture]) -> None:
    """Add an architecture.

    Parameters
    ----------
    config : type
        Its settings, a subclass of ModelConfig whose `architecture` names it.
    make : str or callable
        "package.module:Class", imported when it is first used, or what makes it.
    """

    def load() -> Architecture:
        if callable(make):
            return make()
        module, name = make.split(":")
        made: Architecture = getattr(importlib.import_module(module), name)()
        return made

    _CONFIGS[config.architecture], _MAKERS[config.architecture] = config, cache(load)


register(LateConfig, "grnet.architectures.late.architecture:LateArchitecture")
register(SdinetConfig, "grnet.architectures.sdinet.architecture:SdinetArchitecture")


def names_of_architectures() -> tuple[str, ...]:
    """Return the names of all kinds of models."""
    return tuple(_CONFIGS)


def find_architecture(name: str) -> Architecture:
    """Return a kind of model.

    Raises
    ------
    KeyError
        There is none of this name.
    """
    return _MAKERS[name]()


def find_config(name: str) -> type[ModelConfig]:
    """Return the class of the settings of a kind of model.

    Raises
    ------
    KeyError
        There is none of this name.
    """
    return _CONFIGS[name]


def read_model_config(architecture: str, plain: Mapping[str, Any]) -> ModelConfig:
    """Return the settings of a model as `run.toml` has them.

    Raises
    ------
    KeyError, TypeError, ValueError
        No such architecture, or an entry is missing, unknown or out of range.
    """
    return find_config(architecture).from_plain(plain)
