"""The network as CX2, Cytoscape's exchange format, with layout and visual style, written piece by piece.

Enters: a network. Leaves: one JSON document as the "Cytoscape Exchange Format
Specification (Version 2)" has it (cytoscape.org/cx/cx2). Lines of a chunk are put together as Arrow columns, as in
GraphML, so that a million edges take no more memory than a chunk of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from grnet.exporters.cx2_style import (
    DEGREE,
    KNOWN_STATUS,
    NOVEL_STATUS,
    ROLE,
    STATUS,
    TARGET_ROLE,
    TF_ROLE,
    describe_editor,
    describe_style,
)
from grnet.exporters.graphml import CHUNK, GENE_ID, NODE_NAME
from grnet.exporters.sif import INTERACTIONS
from grnet.network.graph import as_decimals, end_points
from grnet.network.network import Network
from grnet.schema.arrays import Float64, Indices
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

INTERACTION = "interaction"
PIXELS = 60.0
"""Between genes that are next to each other in the layout."""
_BOOLEAN, _INTEGER, _LONG, _DOUBLE, _STRING = "boolean", "integer", "long", "double", "string"
_NETWORK_TYPES = {"name": _STRING, "description": _STRING, "grnet_version": _STRING, "candidates": _LONG}
_NODE_TYPES = {
    NODE_NAME: _STRING,
    GENE_ID: _STRING,
    ROLE: _STRING,
    IS_TF: _BOOLEAN,
    N_IMAGES: _INTEGER,
    IN_DEGREE: _INTEGER,
    OUT_DEGREE: _INTEGER,
    DEGREE: _INTEGER,
    COMMUNITY: _INTEGER,
}
_EDGE_TYPES = {
    "name": _STRING,
    INTERACTION: _STRING,
    PROBABILITY: _DOUBLE,
    SPREAD: _DOUBLE,
    SEED_SPREAD: _DOUBLE,
    SCORE: _DOUBLE,
    RANK: _LONG,
    CORRELATION: _DOUBLE,
    SIGN: _STRING,
    KNOWN: _BOOLEAN,
    STATUS: _STRING,
}


def export_cx2(network: Network, path: Path) -> None:
    """Write CX2 for Cytoscape, Cytoscape Web and NDEx.

    Nodes carry the attributes of GraphML, their `degree` and their `role`; edges also a `status` (known, novel), and
    the `name` and `interaction` that Cytoscape's table of edges begins with. What is null is no attribute. Places are
    those of the page, unless that holds the strongest edges only.
    """
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(write_cx2(network))


def write_cx2(network: Network) -> Iterator[str]:
    """Yield the text of a CX2 document in pieces, at most `CHUNK` nodes or edges in each.

    Name, version and seed are those of the summary, where it has them.
    """
    edges, nodes = network.edges, network.nodes
    about = _describe_network(network)
    aspects = ("attributeDeclarations", "networkAttributes", "nodes", "edges", "visualProperties")
    counts = dict.fromkeys((*aspects, "visualEditorProperties"), 1) | {"nodes": len(nodes), "edges": len(edges)}
    declared = {"networkAttributes": _NETWORK_TYPES, "nodes": _NODE_TYPES, "edges": _EDGE_TYPES}
    types = {aspect: {name: {"d": kind} for name, kind in kinds.items()} for aspect, kinds in declared.items()}
    yield "[\n" + _dump({"CXVersion": "2.0", "hasFragments": False}) + ",\n"
    yield _dump({"metaData": [{"name": name, "elementCount": count} for name, count in counts.items()]}) + ",\n"
    yield _dump({"attributeDeclarations": [types]}) + ",\n" + _dump({"networkAttributes": [about]}) + ",\n"
    yield from _write_aspect("nodes", _write_nodes(nodes, network.layout))
    yield from _write_aspect("edges", _write_edges(edges, nodes))
    degree = _degrees(nodes)
    lowest = edges[PROBABILITY].min() if len(edges) else 1.0
    style = describe_style(highest_degree=int(degree.max(initial=0)), lowest_probability=float(lowest))
    yield _dump({"visualProperties": [style]}) + ",\n"
    yield _dump({"visualEditorProperties": [describe_editor()]}) + ",\n"
    yield _dump({"status": [{"error": "", "success": True}]}) + "\n]\n"


def _describe_network(network: Network) -> dict[str, Any]:
    """Return the attributes of the network; what the summary does not tell is left out."""
    edges, nodes, summary = network.edges, network.nodes, network.summary
    known = int(edges[KNOWN].sum())
    about = {
        "name": str(summary.get("name") or "grnet network"),
        "description": f"Gene regulatory network inferred by grnet: {len(edges):,} edges, {known:,} of them known, "
        f"among {len(nodes):,} genes. The probability of an edge is a model's; its sign is that of the co-expression.",
        "grnet_version": summary.get("versions", {}).get("grnet"),
        "candidates": summary.get("candidates"),
    }
    return {name: value for name, value in about.items() if value is not None}


def _write_nodes(nodes: pd.DataFrame, layout: Float64) -> Iterator[pa.Array]:
    """Yield the elements of the aspect `nodes`; the id of a node is its row."""
    places = np.round(layout * PIXELS, 2)
    roles = np.where(nodes[IS_TF].to_numpy(bool), TF_ROLE, TARGET_ROLE)
    table = nodes.assign(**{DEGREE: _degrees(nodes), ROLE: roles})
    for start in range(0, len(nodes), CHUNK):
        part = table.iloc[start : start + CHUNK]
        values = {name: _as_json(part[name], kind) for name, kind in _NODE_TYPES.items() if name in part}
        values |= {NODE_NAME: _as_json(part[SYMBOL], _STRING), GENE_ID: _as_json(part[ID], _STRING)}
        # The layout has its y axis upwards, a screen downwards.
        x, y = (pa.array(column).cast(pa.string()) for column in (places[start : start + CHUNK] * (1, -1) + 0.0).T)
        ids = pa.array(range(start, start + len(part))).cast(pa.string())
        yield pc.binary_join_element_wise('{"id":', ids, ',"x":', x, ',"y":', y, ',"v":{', _join(values), "}}", "")


def _write_edges(edges: pd.DataFrame, nodes: pd.DataFrame) -> Iterator[pa.Array]:
    """Yield the elements of the aspect `edges`; ids go on after those of the nodes: cytoscape.js has one set."""
    source, target = end_points(edges, nodes)
    inside = pa.array([json.dumps(symbol, ensure_ascii=False)[1:-1] for symbol in nodes[SYMBOL]], type=pa.string())
    for start in range(0, len(edges), CHUNK):
        rows = slice(start, start + CHUNK)
        part = edges.iloc[rows]
        values = {name: _as_json(part[name], kind) for name, kind in _EDGE_TYPES.items() if name in part}
        kind = pa.array(part[SIGN].map(INTERACTIONS), type=pa.string())
        ends = [inside.take(pa.array(column[rows])) for column in (source, target)]
        values |= {
            "name": pc.binary_join_element_wise('"', ends[0], " (", kind, ") ", ends[1], '"', ""),
            INTERACTION: pc.binary_join_element_wise('"', kind, '"', ""),
        }
        status = np.where(part[KNOWN].to_numpy(bool), KNOWN_STATUS, NOVEL_STATUS)
        values[STATUS] = _as_json(pd.Series(status), _STRING)
        first = len(nodes) + start
        ids = pa.array(range(first, first + len(part))).cast(pa.string())
        s, t = (pa.array(column[rows]).cast(pa.string()) for column in (source, target))
        yield pc.binary_join_element_wise('{"id":', ids, ',"s":', s, ',"t":', t, ',"v":{', _join(values), "}}", "")


def _write_aspect(name: str, chunks: Iterator[pa.Array]) -> Iterator[str]:
    """Yield an aspect with one element on a line."""
    yield f'{{"{name}":['
    separator = "\n"
    for lines in chunks:
        yield separator + ",\n".join(lines.to_pylist())
        separator = ",\n"
    yield "\n]},\n"


def _join(values: Mapping[str, pa.Array]) -> pa.Array:
    """Return the attributes of each row, those that are not null, with commas between them."""
    # One null makes the whole element null, which is then skipped.
    members = [pc.binary_join_element_wise(f'"{name}":', texts, "") for name, texts in values.items()]
    return pc.binary_join_element_wise(*members, ",", null_handling="skip")


def _as_json(column: pd.Series, kind: str) -> pa.Array:
    """Return the values of a column as JSON, null where they are."""
    if kind == _DOUBLE:
        return as_decimals(column)
    if kind == _STRING:
        return pa.array([json.dumps(text, ensure_ascii=False) for text in column], type=pa.string())
    return pc.cast(pa.array(column.to_numpy(bool if kind == _BOOLEAN else np.int64)), pa.string())


def _degrees(nodes: pd.DataFrame) -> Indices:
    """Return the number of edges of each node, int64 [N]."""
    degree: Indices = nodes[IN_DEGREE].to_numpy(np.int64) + nodes[OUT_DEGREE].to_numpy(np.int64)
    return degree


def _dump(value: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
