"""Exporters by the name of their format: functions (network, path) that write one file for another tool.

Every exporter writes atomically and in chunks, and keeps gene names as they are, whatever characters they hold. Which
formats there are stands in :mod:`grnet.schema.network_formats`; a module is imported when its format is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from grnet.network.network import Network
from grnet.schema.errors import InputError
from grnet.schema.network_formats import NETWORK_FORMATS, find_format


class Exporter(Protocol):
    """Writes a network to a file."""

    def __call__(self, network: Network, path: Path) -> None:
        """Write the file, whole or not at all."""


def find_exporter(name: str) -> Exporter:
    """Return the exporter of a format.

    Raises
    ------
    KeyError
        There is no format of this name.
    """
    exporter: Exporter = _import(find_format(name).exporter)
    return exporter


def formats_of_folder(asked: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the formats that an inference writes: those of every folder, and those that are asked for."""
    wanted = set(asked)
    return tuple(entry.name for entry in NETWORK_FORMATS if entry.in_every_folder or entry.name in wanted)


def check_names(symbols: Iterable[str], formats: Iterable[str]) -> None:
    """Make sure that formats can tell the names of genes apart, before long work is done for them.

    Parameters
    ----------
    symbols : iterable of str
        Distinct.
    formats : iterable of str
        Names of formats.

    Raises
    ------
    InputError
        A format writes two of them alike.
    """
    symbols = tuple(symbols)
    for name in formats:
        spelling = find_format(name).spelling
        if not spelling:
            continue
        spell, first = _import(spelling), dict[str, str]()
        for symbol in symbols:
            other = first.setdefault(spell(symbol), symbol)
            if other != symbol:
                raise InputError(
                    f"the genes {other!r} and {symbol!r} have one name in the format {name}, which cannot hold their "
                    "special characters; give one of them another name with: grnet prepare --aliases FILE"
                )


def _import(name: str) -> Any:
    """Return what "package.module:function" names."""
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)
