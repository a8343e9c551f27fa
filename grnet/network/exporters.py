"""The network in the formats of other tools: a registry of functions (edges, nodes, path) that write one file.

Every exporter writes atomically and keeps gene names as they are, whatever characters they hold.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pandas as pd

from grnet.network.graph import build_graph, shorten
from grnet.schema.errors import InputError
from grnet.schema.storage import replace_file
from grnet.schema.tables import ID, PROBABILITY, TARGET, TF

log = logging.getLogger(__name__)

Exporter = Callable[[pd.DataFrame, pd.DataFrame, Path], None]

GENE_ID, NODE_NAME = "gene_id", "name"


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
    graph = build_graph(edges, nodes)
    names = {symbol: _as_xml_text(symbol) for symbol in graph}
    changed = [symbol for symbol, name in names.items() if symbol != name]
    if changed:
        log.warning("GraphML cannot hold control characters; %d symbols are changed, such as %r", len(changed), changed)
    if len(set(names.values())) < len(names):
        raise InputError(f"{path.name}: symbols such as {changed[0]!r} are equal without their control characters")
    for symbol, attributes in graph.nodes(data=True):
        gene_id = _as_xml_text(attributes.pop(ID))
        graph.add_node(symbol, **{NODE_NAME: names[symbol], GENE_ID: gene_id})
    with replace_file(path) as temporary:
        nx.write_graphml_xml(nx.relabel_nodes(graph, names), temporary, encoding="utf-8", prettyprint=True)
        # An XML reader turns a bare carriage return into a line feed; the writer escapes it in ids but not in text.
        temporary.write_bytes(temporary.read_bytes().replace(b"\r", b"&#13;"))


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
    table = pd.DataFrame(
        {header[0]: edges[TF].to_numpy(), header[1]: edges[TARGET].to_numpy(), header[2]: shorten(edges[PROBABILITY])}
    )
    # csv quotes line feeds by itself, but readers end a line at a bare carriage return as well.
    bare_return = any("\r" in name for name in {*edges[TF], *edges[TARGET]})
    with replace_file(path) as temporary:
        table.to_csv(
            temporary,
            index=False,
            lineterminator="\n",
            encoding="utf-8",
            quoting=csv.QUOTE_NONNUMERIC if bare_return else csv.QUOTE_MINIMAL,
        )


def _as_xml_text(text: str) -> str:
    """Replace the characters that XML 1.0 excludes: controls by their pictures, others by U+FFFD."""
    return "".join(character if _is_xml(ord(character)) else _picture(ord(character)) for character in text)


def _is_xml(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def _picture(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
