"""The kinds of models by the name that a run folder gives them: their settings from TOML, and an untrained one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from grnet.models.arrays import InputShape
from grnet.models.late import LateInteraction
from grnet.models.sdinet.classifier import PairClassifier
from grnet.schema.model_configs import LateConfig, SdinetConfig

FoldModel: TypeAlias = LateInteraction | PairClassifier
ModelConfig: TypeAlias = LateConfig | SdinetConfig


def read_model_config(architecture: str, plain: Mapping[str, Any]) -> ModelConfig:
    """Return the settings of a model as `run.toml` has them.

    Raises
    ------
    KeyError, TypeError, ValueError
        No such architecture, or an entry is missing, unknown or out of range.
    """
    if architecture == "sdinet":
        return SdinetConfig(**{**plain, "image_size": tuple(plain["image_size"])})
    if architecture == "late":
        return LateConfig(**{**plain, "channels": tuple(plain["channels"])})
    raise ValueError(f"architecture {architecture!r}")


def build_model(config: ModelConfig, shape: InputShape) -> FoldModel:
    """Return an untrained model; the sizes of the features matter to late interaction only."""
    return PairClassifier(config) if isinstance(config, SdinetConfig) else LateInteraction(config, shape)
