"""Parsing of options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click


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
