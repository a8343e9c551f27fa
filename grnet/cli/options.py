"""Options that several commands share, and their parsing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from grnet.schema.configs import LIMITS, InferConfig
from grnet.schema.prepare_config import PrepareConfig
from grnet.schema.settings import Setting, settings_of


def parse_aliases(texts: Iterable[str]) -> dict[str, str]:
    """Return name → symbol of every `--alias NAME=SYMBOL`."""
    aliases: dict[str, str] = {}
    for name, symbol in map(parse_alias, texts):
        if aliases.setdefault(name, symbol) != symbol:
            raise click.BadParameter(
                f"{name!r} stands for {aliases[name]!r} and for {symbol!r}; keep one of them", param_hint="--alias"
            )
    return aliases


def parse_alias(text: str) -> tuple[str, str]:
    """Return name and symbol of an `--alias NAME=SYMBOL`."""
    name, mark, symbol = text.partition("=")
    if not mark or not name.strip() or not symbol.strip():
        raise click.BadParameter(f"{text!r}: expected NAME=SYMBOL, such as Dp=Dp2", param_hint="--alias")
    return name.strip(), symbol.strip()


def parse_size(text: str, *, flag: str) -> tuple[int, int]:
    """Return height and width of HEIGHTxWIDTH, pixels."""
    sides = re.fullmatch(r"\s*([0-9]{1,6})\s*[x×]\s*([0-9]{1,6})\s*", text.lower())
    if sides is None:
        raise click.BadParameter(f"{text!r}: expected HEIGHTxWIDTH in pixels, such as 32x64", param_hint=flag)
    return int(sides[1]), int(sides[2])


def memory_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the limit of the memory that the contents of a file may take to a command that reads tables."""
    return settings_options(PrepareConfig, ("memory",))(command)


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the limits that an edge has to pass to a command that chooses edges from scores."""
    return settings_options(InferConfig, (*LIMITS, "with_known"))(command)


def gene_sets_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the files of gene sets that the targets of TFs are tested against."""
    option = click.option(
        "--gene-sets",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="GMT file: which gene sets are enriched among the targets of each TF. May be repeated.",
    )
    return option(command)


def settings_options(
    config: type[Any], names: Iterable[str] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the options of a config class, all or some of them, in its order."""
    settings = settings_of(config)
    wanted = tuple(settings) if names is None else tuple(names)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed([name for name in settings if name in wanted]):
            command = as_option(name, settings[name])(command)
        return command

    return decorate


def as_option(name: str, setting: Setting) -> Callable[[Any], Any]:
    """Return the click option of a field of a config; what is not given is None, and a flag False."""
    shown = f"  [default: {setting.shown}]" if setting.shown else ""
    if setting.kind == "flag":
        return click.option(setting.flag, name, is_flag=True, help=setting.help + shown)
    if setting.kind == "size":

        def parse(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[int, int] | None:
            return None if text is None else parse_size(text, flag=setting.flag)

        return click.option(setting.flag, name, metavar="HEIGHTxWIDTH", callback=parse, help=setting.help + shown)
    if setting.kind == "names":
        return click.option(
            setting.flag, name, metavar=setting.metavar, multiple=True, callback=_parse_names, help=setting.help + shown
        )
    kind: Any = {"int": int, "float": float, "text": str, "file": click.Path(path_type=Path)}[setting.kind]
    return click.option(
        setting.flag,
        name,
        required=setting.required,
        type=click.Choice(setting.choices) if setting.choices else kind,
        metavar=setting.metavar or None,
        multiple=setting.multiple,
        help=setting.help + shown,
    )


def _parse_names(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    return parse_aliases(texts)
