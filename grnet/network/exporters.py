"""The network in the formats of other tools: a registry of functions (edges, nodes, path) that write one file.

Every exporter writes atomically and keeps gene names as they are, whatever characters they hold.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pandas as pd

from grnet.network.graph import shorten
from grnet.network.graphml import CHUNK, replace_controls, write_graphml
from grnet.schema.errors import InputError
from grnet.schema.storage import replace_file
from grnet.schema.tables import PROBABILITY, SYMBOL, TARGET, TF

log = logging.getLogger(__name__)

Exporter = Callable[[pd.DataFrame, pd.DataFrame, Path], None]


def export_graphml(edges: pd.DataFrame, nodes: pd.DataFrame, path: Path) -> None:
    """Write GraphML for Cytoscape, Gephi, networkx and igraph: the attributes of :func:`build_graph`.

    The symbol is the id of the node and, as most readers look for it there, its attribute `name`. A gene's database id
    is called `gene_id`, since igraph keeps the ids of nodes under `id`. XML cannot hold control characters (other than
    tab and line ends): in a symbol they are written as their pictures (U+2400…), with a warning.

    Raises
    ------
    InputError
        Two symbols differ in control characters only.
    """
    symbols = nodes[SYMBOL].tolist()
    names = [replace_controls(symbol) for symbol in symbols]
    changed = [symbol for symbol, name in zip(symbols, names, strict=True) if symbol != name]
    if changed:
        log.warning(
            "GraphML cannot hold control characters; %d symbols are changed, such as %r", len(changed), changed[:5]
        )
    if len(set(names)) < len(names):
        raise InputError(f"{path.name}: symbols such as {changed[0]!r} are equal without their control characters")
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(write_graphml(edges, nodes, names))


def export_arboreto(edges: pd.DataFrame, nodes: pd.DataFrame, path: Path) -> None:
    """Write `TF,target,importance` as arboreto and pySCENIC name it; importance is the probability."""
    _write_edge_list(edges, path, ("TF", "target", "importance"))


def export_decoupler(edges: pd.DataFrame, nodes: pd.DataFrame, path: Path) -> None:
    """Write `source,target,weight` as decoupler names it; weight is the probability, without the sign."""
    _write_edge_list(edges, path, ("source", "target", "weight"))


def export_beeline(edges: pd.DataFrame, nodes: pd.DataFrame, path: Path) -> None:
    """Write `Gene1,Gene2,EdgeWeight` as BEELINE names it; the weight is the probability."""
    _write_edge_list(edges, path, ("Gene1", "Gene2", "EdgeWeight"))


EXPORTERS: dict[str, tuple[str, Exporter]] = {
    "graphml": ("network.graphml", export_graphml),
    "arboreto": ("edges.arboreto.csv", export_arboreto),
    "decoupler": ("edges.decoupler.csv", export_decoupler),
    "beeline": ("edges.beeline.csv", export_beeline),
}
"""Name of a format → name of its file in a network folder, and the function that writes it."""


def _write_edge_list(edges: pd.DataFrame, path: Path, header: tuple[str, str, str]) -> None:
    """Write a CSV of TF, target and probability, best first, under the names in `header`."""
    genes = pd.unique(pd.concat([edges[TF], edges[TARGET]]))
    # csv quotes line feeds by itself, but readers end a line at a bare carriage return as well.
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if any("\r" in name for name in genes) else csv.QUOTE_MINIMAL
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        for start in range(0, max(len(edges), 1), CHUNK):
            part = edges.iloc[start : start + CHUNK]
            columns = (part[TF].to_numpy(), part[TARGET].to_numpy(), shorten(part[PROBABILITY]))
            table = pd.DataFrame(dict(zip(header, columns, strict=True)))
            table.to_csv(file, index=False, header=start == 0, lineterminator="\n", quoting=quoting)
