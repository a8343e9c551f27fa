"""The network as GraphML, written line by line: a million edges need no more memory than a chunk of them.

Enter: a network. Leaves: text that networkx, igraph, Cytoscape and Gephi read. Symbols are escaped once;
the lines of a chunk are put together as Arrow columns, without a Python object for each value.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from grnet.exporters.registry import check_names
from grnet.network.graph import as_decimals, end_points
from grnet.network.network import Network
from grnet.schema.tables import (
    COMMUNITY,
    CORRELATION,
    ID,
    IN_DEGREE,
    IS_TF,
    KNOWN,
    N_IMAGES,
    OUT_DEGREE,
    PROBABILITY,
    RANK,
    SCORE,
    SEED_SPREAD,
    SIGN,
    SPREAD,
    SYMBOL,
)
from grnet.storage.files import replace_file

log = logging.getLogger(__name__)

CHUNK = 32_768
NODE_NAME, GENE_ID = "name", "gene_id"
_BOOLEAN, _LONG, _DOUBLE, _STRING = "boolean", "long", "double", "string"
_NODE_COLUMNS = {IS_TF: _BOOLEAN, N_IMAGES: _LONG, IN_DEGREE: _LONG, OUT_DEGREE: _LONG, COMMUNITY: _LONG}
_NODE_KEYS = {**_NODE_COLUMNS, NODE_NAME: _STRING, GENE_ID: _STRING}
_EDGE_KEYS = {
    PROBABILITY: _DOUBLE,
    SPREAD: _DOUBLE,
    SEED_SPREAD: _DOUBLE,
    SCORE: _DOUBLE,
    RANK: _LONG,
    CORRELATION: _DOUBLE,
    SIGN: _STRING,
    KNOWN: _BOOLEAN,
}
_HEAD = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


def export_graphml(network: Network, path: Path) -> None:
    """Write GraphML for Cytoscape, Gephi, networkx and igraph: the attributes of :func:`build_graph`.

    The symbol is the id of the node and, as most readers look for it there, its attribute `name`. A gene's database id
    is called `gene_id`, since igraph keeps the ids of nodes under `id`. XML cannot hold control characters (other than
    tab and line ends): in a symbol they are written as their pictures (U+2400…), with a warning.

    Raises
    ------
    InputError
        Two symbols differ in control characters only.
    """
    symbols = network.nodes[SYMBOL].tolist()
    names = [replace_controls(symbol) for symbol in symbols]
    changed = [symbol for symbol, name in zip(symbols, names, strict=True) if symbol != name]
    if changed:
        log.warning(
            "GraphML cannot hold control characters; %d symbols are changed, such as %r", len(changed), changed[:5]
        )
    check_names(symbols, ["graphml"])
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(write_graphml(network.edges, network.nodes, names))


def write_graphml(edges: pd.DataFrame, nodes: pd.DataFrame, names: Sequence[str]) -> Iterator[str]:
    """Yield the text of a GraphML file in pieces.

    Parameters
    ----------
    edges, nodes : DataFrame
        Columns of `EDGES` and `NODES`; every gene of an edge is a node.
    names : sequence of str [N]
        Of the nodes, distinct, without characters that XML excludes: their keys and their attribute `name`.

    Yields
    ------
    str
        The head first, then nodes and edges, at most `CHUNK` at a time. What is null (the correlation without
        expression, the spread of one seed) is no attribute; numbers have the fewest digits that give the same float32.
    """
    yield _HEAD
    for owner, kinds in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for name, kind in kinds.items():
            yield f'  <key id="{name}" for="{owner}" attr.name="{name}" attr.type="{kind}" />\n'
    yield '  <graph edgedefault="directed">\n'
    quoted = pa.array([quoteattr(name) for name in names], type=pa.string())
    for start in range(0, len(nodes), CHUNK):
        rows = slice(start, start + CHUNK)
        part = nodes.iloc[rows]
        values = {name: _to_text(part[name], kind) for name, kind in _NODE_COLUMNS.items()}
        values[NODE_NAME] = _escape(names[rows])
        values[GENE_ID] = _escape([replace_controls(gene_id) for gene_id in part[ID]])
        yield _join_lines(["    <node id=", quoted[rows], ">"], "node", values)
    source, target = end_points(edges, nodes)
    for start in range(0, len(edges), CHUNK):
        rows = slice(start, start + CHUNK)
        part = edges.iloc[rows]
        values = {name: _to_text(part[name], kind) for name, kind in _EDGE_KEYS.items()}
        ends = (quoted.take(pa.array(column[rows])) for column in (source, target))
        yield _join_lines(["    <edge source=", next(ends), " target=", next(ends), ">"], "edge", values)
    yield "  </graph>\n</graphml>\n"


def replace_controls(text: str) -> str:
    """Replace the characters that XML 1.0 excludes: controls by their pictures, others by U+FFFD."""
    return "".join(character if _is_xml(ord(character)) else _picture(ord(character)) for character in text)


def _join_lines(start: list[str | pa.Array], owner: str, values: dict[str, pa.Array]) -> str:
    """Return one line for each row: its start, its attributes that are not null, its end."""
    parts = list(start)
    for name, texts in values.items():
        # One null makes the whole element null, and that nothing at all.
        parts.append(pc.binary_join_element_wise(f'<data key="{name}">', texts, "</data>", ""))
    lines = pc.binary_join_element_wise(*parts, f"</{owner}>\n", "", null_handling="replace", null_replacement="")
    return "".join(lines.to_pylist())


def _to_text(column: pd.Series, kind: str) -> pa.Array:
    """Return the values of a column as text, null where they are."""
    if kind == _DOUBLE:
        return as_decimals(column)
    if kind == _STRING:
        return _escape(column)
    return pc.cast(pa.array(column.to_numpy(bool if kind == _BOOLEAN else np.int64)), pa.string())


def _escape(texts: Sequence[str] | pd.Series) -> pa.Array:
    # An XML reader turns a bare carriage return into a line feed.
    return pa.array([escape(text, {"\r": "&#13;"}) for text in texts], type=pa.string())


def _is_xml(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def _picture(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
