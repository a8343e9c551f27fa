"""The settings of a training from what a user gives: the architecture's own, with some of them replaced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from grnet.architectures.registry import DEFAULT, find_config, names_of_architectures
from grnet.schema.errors import ConfigError
from grnet.schema.settings import Setting, settings_of
from grnet.schema.training_config import Modality, TrainConfig


def configure_training(
    architecture: str | None = None,
    modality: Modality | None = None,
    *,
    base: TrainConfig | None = None,
    **settings: Any,
) -> TrainConfig:
    """Return the settings of an architecture and modality, with some of them replaced.

    Parameters
    ----------
    architecture : str, optional
        That of `base`, or "late".
    modality : {"rna", "image", "fused"}, optional
        That of `base`, or "fused".
    base : TrainConfig, optional
        Settings to start from; else the architecture's own: for sdinet those of the paper, with early stopping.
    **settings
        Fields of :class:`TrainConfig` and of the architecture's own config; None stands for "not given".

    Raises
    ------
    ConfigError
        A setting is unknown, out of range, of another architecture, or about images where none are looked at; or `base`
        is of another architecture, or has the rates and epochs of another modality where these matter.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    if "without" in given:
        given["without"] = _list_names(given["without"])
    if base is not None:
        _check_base(base, architecture, modality)
        architecture, modality = base.architecture, modality or base.model.modality
    architecture, modality = architecture or DEFAULT, modality or "fused"
    if architecture not in names_of_architectures():
        raise ConfigError(f"--architecture is one of {', '.join(names_of_architectures())}, got {architecture!r}")
    config = find_config(architecture)
    own = settings_of(config)
    _refuse_foreign(given, architecture)
    _refuse_image_settings(given, own, modality)
    of_model = {name: given.pop(name) for name in own if name in given}
    known = {name for name in TrainConfig.__dataclass_fields__ if name != "model"}
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ConfigError(
            f"{', '.join(unknown)}: no such setting; expected some of {', '.join(sorted(known | set(own)))}"
        )
    if base is not None:
        return replace(base, model=replace(base.model, modality=modality, **of_model), **given)
    return TrainConfig(**{**config.training_of(modality), "model": config(modality, **of_model), **given})


def _list_names(names: str | Iterable[str]) -> tuple[str, ...]:
    """Return names without repeats; a text is one name."""
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def _refuse_foreign(given: dict[str, Any], architecture: str) -> None:
    """Raise where a setting is of another architecture; flags that are not set are left out."""
    own = settings_of(find_config(architecture))
    for other in names_of_architectures():
        foreign = {name: entry for name, entry in settings_of(find_config(other)).items() if name not in own}
        flags = [entry.flag for name, entry in foreign.items() if given.get(name) not in (None, False)]
        if flags:
            raise ConfigError(f"{', '.join(flags)}: only for --architecture {other}; add that or leave it out")
        for name in foreign:
            given.pop(name, None)


def _refuse_image_settings(given: dict[str, Any], own: dict[str, Setting], modality: str) -> None:
    flags = [entry.flag for name, entry in own.items() if entry.of_images and name in given]
    if modality == "rna" and flags:
        raise ConfigError(f"{', '.join(flags)}: --modality rna looks at no images; leave it out")


def _check_base(base: TrainConfig, architecture: str | None, modality: Modality | None) -> None:
    """Refuse settings of another architecture, or rates that are those of another modality."""
    own, config = base.model.modality, type(base.model)
    if architecture not in (None, base.architecture):
        raise ConfigError(f"config is of the architecture {base.architecture}, got architecture={architecture!r}")
    if modality not in (None, own) and config.training_of(own) != config.training_of(modality or own):
        raise ConfigError(f"config has the epochs and rates of modality {own!r}, got modality={modality!r}")
