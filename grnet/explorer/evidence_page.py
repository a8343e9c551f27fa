"""The evidence for one edge, or a few, as a page of its own: what `grnet explain` writes.

It is put together from the scripts and looks that the explorer page has for an edge, and the evidence as JSON.
Everything is inside the file. Its content security policy lets the browser run these scripts alone and fetch nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from grnet.explorer.page_files import read_code, render_page
from grnet.explorer.page_sentences import words_of
from grnet.schema.evidence import Evidence
from grnet.schema.tables import EDGES, NODES, SYMBOL, TARGET, TF
from grnet.storage.documents import drop_nan
from grnet.storage.files import replace_file

STYLES = ("theme.css", "evidence.css", "panels.css")
EARLY, ENTRY = "theme_of_system.js", "evidence_page.js"


def write_evidence_page(
    path: Path,
    evidence: Evidence,
    edges: pd.DataFrame,
    nodes: pd.DataFrame,
    *,
    title: str,
    summary: Mapping[str, Any] | None = None,
) -> None:
    """Write the page, atomically. Same input: same bytes.

    Parameters
    ----------
    path : Path
        The HTML file.
    evidence : Evidence
    edges, nodes : DataFrame
        Columns of `EDGES` and `NODES`, in the order of the page; only what names pairs and genes has to be there, a
        column that is not is said to be unknown.
    title : str
    summary : mapping or None
        From :func:`grnet.network.summary.summarise`, or a part of it such as `candidates` and `prior`.
    """
    nodes = nodes[nodes[SYMBOL].isin({*edges[TF], *edges[TARGET]})]
    data = {
        "nodes": _columns(nodes, NODES.names),
        "edges": _columns(edges, EDGES.names) | _ends(edges, nodes),
        "summary": drop_nan(summary or {}),
        "words": words_of(summary or {}),
    }
    fields = {
        "title": title,
        "about": f"grnet {version('grnet')}. Everything is in this file; nothing is fetched.",
        **read_code(early=EARLY, entry=ENTRY, styles=STYLES),
    }
    page = render_page("evidence.html", fields, data, (evidence, edges, nodes))
    with replace_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")


def _ends(edges: pd.DataFrame, nodes: pd.DataFrame) -> dict[str, list[int]]:
    """Return the ends of the edges as rows in `nodes`."""
    row_of = {symbol: row for row, symbol in enumerate(nodes[SYMBOL])}
    return {end: [row_of[symbol] for symbol in edges[end]] for end in (TF, TARGET)}


def _columns(table: pd.DataFrame, names: Sequence[str]) -> dict[str, list[Any]]:
    """Return columns as JSON values, null where a value or a whole column is missing."""
    return {
        name: [None if pd.isna(value) else value for value in table[name].tolist()]
        if name in table
        else [None] * len(table)
        for name in names
    }
