"""A network folder: what inference leaves behind, written and loaded back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from grnet.network.network import Network
from grnet.network.page_display import show_page
from grnet.network.summary import FORMAT, FORMAT_VERSION
from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.network_folder import EDGES_FILE, NODES_FILE, PAGE_FILE, SUMMARY_FILE
from grnet.schema.tables import EDGES, NODES, SCORES, SYMBOL, TARGET, TF
from grnet.scores.reader import read_shards
from grnet.storage.documents import read_json
from grnet.storage.tables import read_table


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredNetwork(Network):
    """A network in its folder.

    Attributes
    ----------
    path : Path
        The folder.
    """

    path: Path

    def scores(self) -> Iterator[pd.DataFrame]:
        """Yield the score shards, every candidate in the columns of `SCORES`: see :func:`read_shards`."""
        for table in read_shards(self.path):
            yield table.cast(SCORES).to_pandas()

    def show(self) -> Any:
        """Show the network's page: in a notebook in the cell, else in a browser; see :func:`show_page`."""
        return show_page(self.path / PAGE_FILE)


def load_network(path: str | Path) -> StoredNetwork:
    """Load the network in the folder `path`.

    Raises
    ------
    MissingInputError
        The folder is not there.
    FormatError
        It is no network folder, is damaged, or was written by another format version.
    """
    path = Path(path)
    if not path.exists():
        raise MissingInputError(
            f"{path}: no such folder; expected a network folder, as `grnet infer-network` writes it"
        )
    missing = [name for name in (EDGES_FILE, NODES_FILE, SUMMARY_FILE) if not (path / name).is_file()]
    if missing:
        raise FormatError(
            f"{path}: not a network folder (lacks {', '.join(missing)}); expected what `grnet infer-network` writes"
        )
    summary = read_json(path / SUMMARY_FILE)
    found = (summary.get("format"), summary.get("format_version"))
    if found != (FORMAT, FORMAT_VERSION):
        raise FormatError(
            f"{path / SUMMARY_FILE}: format {found[0]!r} version {found[1]!r}, expected {FORMAT!r} version "
            f"{FORMAT_VERSION}; infer the network anew with this version of grnet"
        )
    edges, nodes = read_table(path / EDGES_FILE, EDGES), read_table(path / NODES_FILE, NODES)
    _check_tables(path, edges, nodes)
    return StoredNetwork(edges, nodes, summary, path=path)


def _check_tables(path: Path, edges: pd.DataFrame, nodes: pd.DataFrame) -> None:
    """Raise FormatError where the two tables do not belong together."""
    repeated = nodes[SYMBOL][nodes[SYMBOL].duplicated()]
    if len(repeated):
        raise FormatError(f"{path / NODES_FILE}: the gene {repeated.iloc[0]!r} occurs twice; infer the network anew")
    lacking = sorted({*edges[TF], *edges[TARGET]} - set(nodes[SYMBOL]))
    if lacking:
        raise FormatError(
            f"{path / EDGES_FILE}: {len(lacking)} genes are not in {NODES_FILE}, the first is {lacking[0]!r}; "
            "infer the network anew"
        )
