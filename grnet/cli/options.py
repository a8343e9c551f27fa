"""Parsing of options that several commands share."""

from __future__ import annotations

import click


def parse_alias(text: str) -> tuple[str, str]:
    """Return name and symbol of an `--alias NAME=SYMBOL`."""
    name, mark, symbol = text.partition("=")
    if not mark or not name.strip() or not symbol.strip():
        raise click.BadParameter(f"{text!r}: expected NAME=SYMBOL, such as Dp=Dp2", param_hint="--alias")
    return name.strip(), symbol.strip()
