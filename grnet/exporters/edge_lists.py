"""The edges as tables of text, under the column names of other tools.

Enters: a network. Leave: CSV or TSV files, best edge first, written a chunk at a time. Names are as they are;
what would break a cell (a separator, a quote, a line end) is quoted as RFC 4180 has it, which pandas, R and
spreadsheets read.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from grnet.exporters.graphml import CHUNK
from grnet.network.graph import shorten
from grnet.network.network import Network
from grnet.schema.tables import (
    CORRELATION,
    EDGES,
    PROBABILITY,
    REPRESSION,
    SCORE,
    SEED_SPREAD,
    SIGN,
    SPREAD,
    TARGET,
    TF,
)
from grnet.storage.files import replace_file
from grnet.storage.tables import write_table

Columns = Callable[[pd.DataFrame], dict[str, Any]]
_FLOATS = (PROBABILITY, SPREAD, SEED_SPREAD, SCORE, CORRELATION)


def export_arboreto(network: Network, path: Path) -> None:
    """Write the adjacencies of arboreto and pySCENIC, a TSV: `TF`, `target`, `importance`, which is the probability."""
    _write(network.edges, path, lambda part: _three(part, ("TF", "target", "importance")), separator="\t")


def export_beeline(network: Network, path: Path) -> None:
    """Write BEELINE's rankedEdges.csv, which is tab-separated: `Gene1`, `Gene2`, `EdgeWeight`, the probability."""
    _write(network.edges, path, lambda part: _three(part, ("Gene1", "Gene2", "EdgeWeight")), separator="\t")


def export_decoupler(network: Network, path: Path) -> None:
    """Write a CSV of `source`, `target`, `weight` for decoupler.

    A weight is the probability, negative where the two genes are co-expressed negatively: decoupler's methods take it
    as the mode of regulation, and without the sign a repressed target would speak for its regulator, not against it.
    """
    _write(network.edges, path, weigh_edges)


def export_csv(network: Network, path: Path) -> None:
    """Write all columns of `EDGES` as a CSV; null is an empty cell."""
    _write(network.edges, path, _take_all)


def export_parquet(network: Network, path: Path) -> None:
    """Write the table of edges as it stands in a network folder."""
    write_table(network.edges, path, EDGES)


def weigh_edges(part: pd.DataFrame) -> dict[str, Any]:
    """Return TF, target and probability, which is negative for a repression, under the names of decoupler."""
    table = _three(part, ("source", "target", "weight"))
    negative = (part[SIGN] == REPRESSION).to_numpy(bool)
    return {**table, "weight": np.where(negative, -1.0, 1.0) * np.array(table["weight"])}


def _three(part: pd.DataFrame, header: tuple[str, str, str]) -> dict[str, Any]:
    """Return TF, target and probability under the names in `header`."""
    columns = (part[TF].to_numpy(), part[TARGET].to_numpy(), shorten(part[PROBABILITY]))
    return dict(zip(header, columns, strict=True))


def _take_all(part: pd.DataFrame) -> dict[str, Any]:
    """Return all columns of `EDGES`, numbers in as few digits as they need."""
    return {name: shorten(part[name]) if name in _FLOATS else part[name].to_numpy() for name in EDGES.names}


def _write(edges: pd.DataFrame, path: Path, columns: Columns, *, separator: str = ",") -> None:
    """Write the columns that `columns` makes of each chunk of the edges."""
    genes = pd.unique(pd.concat([edges[TF], edges[TARGET]]))
    # csv quotes line feeds by itself, but readers end a line at a bare carriage return as well.
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if any("\r" in name for name in genes) else csv.QUOTE_MINIMAL
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        for start in range(0, max(len(edges), 1), CHUNK):
            table = pd.DataFrame(columns(edges.iloc[start : start + CHUNK]))
            table.to_csv(file, sep=separator, index=False, header=start == 0, lineterminator="\n", quoting=quoting)
