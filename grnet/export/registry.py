"""The network in the formats of other tools: a registry of functions (edges, nodes, path, summary) that write one file.

Every exporter writes atomically, in chunks, and keeps gene names as they are, whatever characters they hold.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from grnet.export.anndata_file import export_anndata
from grnet.export.cx2 import export_cx2
from grnet.export.edge_lists import export_arboreto, export_beeline, export_csv, export_decoupler, export_parquet
from grnet.export.graphml import replace_controls, write_graphml
from grnet.export.sif import export_sif
from grnet.schema.errors import InputError
from grnet.schema.tables import SYMBOL
from grnet.storage.files import replace_file

log = logging.getLogger(__name__)


class Exporter(Protocol):
    """Writes `edges` and `nodes` (columns of `EDGES` and `NODES`) to `path`; the summary names and describes them."""

    def __call__(
        self, edges: pd.DataFrame, nodes: pd.DataFrame, path: Path, *, summary: Mapping[str, Any] | None = None
    ) -> None:
        """Write the file, whole or not at all."""


def export_graphml(
    edges: pd.DataFrame, nodes: pd.DataFrame, path: Path, *, summary: Mapping[str, Any] | None = None
) -> None:
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


EXPORTERS: dict[str, tuple[str, Exporter]] = {
    "graphml": ("network.graphml", export_graphml),
    "cx2": ("network.cx2", export_cx2),
    "sif": ("network.sif", export_sif),
    "decoupler": ("edges.decoupler.csv", export_decoupler),
    "arboreto": ("adjacencies.tsv", export_arboreto),
    "beeline": ("rankedEdges.csv", export_beeline),
    "anndata": ("network.h5ad", export_anndata),
    "csv": ("edges.csv", export_csv),
    "parquet": ("edges.parquet", export_parquet),
}
"""Name of a format, one of `EXPORT_FORMATS` → name of its file, and the function that writes it."""
DEFAULT_FORMATS = ("graphml", "cx2")
"""Those that every network folder holds."""
