"""Exporters by the name of their format: functions (network, path) that write one file for another tool.

Every exporter writes atomically and in chunks, and keeps gene names as they are, whatever characters they hold. Which
formats there are stands in :mod:`grnet.schema.network_formats`; a module is imported when its format is asked for.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol

from grnet.network.network import Network
from grnet.schema.network_formats import find_format


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
    module, function = find_format(name).exporter.split(":")
    exporter: Exporter = getattr(importlib.import_module(module), function)
    return exporter
