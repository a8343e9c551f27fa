"""What a caller gives as a network → its folder, or a list of edges that is read like a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol, runtime_checkable

from grnet.dataset.sources import TableLike, take_table
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenTable, TableSource
from grnet.schema.tables import TARGET, TF


@runtime_checkable
class InFolder(Protocol):
    """What has a folder: a network as :func:`grnet.load_network` and :func:`grnet.infer_network` return it."""

    @property
    def path(self) -> Path:
        """The folder."""


NetworkLike = InFolder | TableLike
"""A network, its folder, or a list of edges: a file, a DataFrame, a list of rows, a networkx.DiGraph."""


def folder_of(network: str | Path | InFolder) -> Path:
    """Return the folder of a network."""
    return Path(network) if isinstance(network, str | Path) else network.path


def take_network(value: NetworkLike, argument: str) -> TableSource:
    """Return the folder of a network, or the source of a list of edges.

    Parameters
    ----------
    value : network, path, DataFrame, list of rows, or networkx.DiGraph
        Columns or attributes of edges are read as those of a file.
    argument : str
        Name of the argument, for messages.

    Raises
    ------
    InputError
        It is nothing of these, or a graph without directions.
    """
    if isinstance(value, InFolder) and not isinstance(value, str | Path):
        return value.path
    networkx = sys.modules.get("networkx")
    if networkx is not None and isinstance(value, networkx.Graph):
        if not value.is_directed():
            raise InputError(f"{argument}: the graph has no directions; expected a networkx.DiGraph, TF → target")
        return take_table(networkx.to_pandas_edgelist(value, TF, TARGET), argument)
    return take_table(value, argument)


def is_folder(source: TableSource) -> bool:
    """Tell whether a source is a network folder, and no list of edges."""
    return not isinstance(source, GivenTable) and source.is_dir()
