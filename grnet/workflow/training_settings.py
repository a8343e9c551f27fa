"""What a user can set of a training: the settings of all architectures, as the commands offer them."""

from __future__ import annotations

from dataclasses import replace

from grnet.architectures.configuring import configure_training
from grnet.architectures.registry import DEFAULT as DEFAULT_ARCHITECTURE
from grnet.architectures.registry import find_config, names_of_architectures
from grnet.schema.settings import Setting, settings_of
from grnet.schema.training_config import TrainConfig

__all__ = ["DEFAULT_ARCHITECTURE", "configure_training", "list_training_settings", "names_of_architectures"]


def list_training_settings() -> dict[str, Setting]:
    """Return all settings by name: those of every training, then those of one architecture, whose help names it."""
    settings = settings_of(TrainConfig)
    for name in names_of_architectures():
        for field, own in settings_of(find_config(name)).items():
            settings[field] = replace(own, help=f"For --architecture {name}: {own.help[:1].lower()}{own.help[1:]}")
    return settings
