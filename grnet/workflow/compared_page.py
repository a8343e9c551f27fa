"""The page of two networks that `grnet compare --page` writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grnet.explorer.network_page import write_page
from grnet.network.folder import load_network
from grnet.network.two_networks import ScoredNetwork, join_networks
from grnet.schema.errors import ConfigError, FormatError
from grnet.schema.network_folder import GENES_FILE
from grnet.schema.sources import GivenTable, TableSource
from grnet.scores.reader import read_shards
from grnet.workflow.given_networks import is_folder
from grnet.workflow.reselection import load_catalogue


def check_page(sources: Sequence[TableSource], out: str | Path | None) -> None:
    """Make sure that there is a place for a page of two networks, and that it could show these.

    Raises
    ------
    ConfigError
    """
    if out is None:
        raise ConfigError("--page: give a folder with --out, into which network.html is written")
    if len(sources) != 2:
        raise ConfigError(f"--page: draws two networks, got {len(sources)}; name two")
    for source in sources:
        if isinstance(source, GivenTable) or not is_folder(source):
            raise ConfigError(
                f"--page: {source.name}: is a list of edges, which has no probabilities; name two folders of "
                "`grnet infer-network`"
            )
        if not (source / GENES_FILE).is_file():
            raise FormatError(f"--page: {source}: lacks {GENES_FILE}; infer the network anew with this version")


def write_compared_page(path: Path, sources: Sequence[TableSource], titles: Sequence[str]) -> None:
    """Write the page of two network folders."""
    first, second = (_open_scored(source, title) for source, title in zip(sources, titles, strict=True))
    two = join_networks(first, second)
    write_page(path, two.network, two=two)


def _open_scored(folder: TableSource, title: str) -> ScoredNetwork:
    """Return the network of a folder with its scores."""
    assert isinstance(folder, Path)
    return ScoredNetwork(
        title, load_network(folder), lambda: read_shards(folder, check_bytes=False), load_catalogue(folder)
    )
