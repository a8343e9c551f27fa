"""The figures of a network: what `summary.json` holds and the page shows in its header."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import pandas as pd

from grnet.network.graph import shorten
from grnet.network.novel_edges import NovelEdges
from grnet.network.selection import Selection
from grnet.network.statement import state_network
from grnet.schema.configs import InferConfig
from grnet.schema.tables import (
    ACTIVATION,
    COMMUNITY,
    IN_DEGREE,
    IS_TF,
    KNOWN,
    OUT_DEGREE,
    PROBABILITY,
    REPRESSION,
    SIGN,
    SYMBOL,
    UNKNOWN_SIGN,
)

FORMAT, FORMAT_VERSION = "grnet network", 1
PACKAGES = ("grnet", "igraph", "networkx", "numpy", "pandas", "plotly", "pyarrow", "scikit-learn", "torch")


def summarise(
    edges: pd.DataFrame,
    nodes: pd.DataFrame,
    *,
    n_candidates: int,
    name: str = "",
    settings: Mapping[str, Any] | None = None,
    selection: Mapping[str, Any] | None = None,
    novel_edges: NovelEdges | None = None,
    n_hubs: int = 10,
) -> dict[str, Any]:
    """Return the summary of a network as JSON values; nothing in it depends on the time or the place of the run.

    Parameters
    ----------
    edges, nodes : DataFrame
        Columns of `EDGES` and `NODES`.
    n_candidates : int
        How many pairs were scored.
    name : str
        What the network is of, for titles.
    settings : mapping or None
        Options to keep with the network, such as the limits and the seed.
    selection : mapping or None
        By which rule edges were kept: see :func:`describe_selection`.
    novel_edges : NovelEdges or None
        What the new edges are worth.
    n_hubs : int
        How many of the TFs with most targets are named.

    Returns
    -------
    dict
        Counts; `density`: edges / (genes × (genes - 1)); `kept`: edges / candidates; `probability`: lowest and highest
        of the kept edges or null; `selection`; `prior`, `ranking_only`, `unlabelled`, `survival`: see
        :class:`~grnet.network.novel_edges.NovelEdges`; `communities`: the size of each, the largest first;
        `hubs`, `settings`,
        `versions`; `statement`: see :func:`~grnet.network.statement.state_network`.
    """
    n_nodes, n_edges = len(nodes), len(edges)
    probability = shorten(edges[PROBABILITY])
    known = int(edges[KNOWN].sum())
    signs = edges[SIGN].value_counts()
    sizes = nodes[COMMUNITY].value_counts().sort_index()
    summary = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": name,
        "candidates": int(n_candidates),
        "edges": n_edges,
        "known": known,
        "novel": n_edges - known,
        "genes": n_nodes,
        "tfs": int((nodes[OUT_DEGREE] > 0).sum()),
        "targets": int((nodes[IN_DEGREE] > 0).sum()),
        "tfs_as_targets": int((nodes[IS_TF] & (nodes[IN_DEGREE] > 0)).sum()),
        "density": n_edges / (n_nodes * (n_nodes - 1)) if n_nodes > 1 else 0.0,
        "kept": n_edges / n_candidates if n_candidates else 0.0,
        "probability": {"lowest": min(probability, default=None), "highest": max(probability, default=None)},
        **({"selection": dict(selection)} if selection is not None else {}),
        **(novel_edges.to_json() if novel_edges is not None else {}),
        "signs": {sign: int(signs.get(sign, 0)) for sign in (ACTIVATION, REPRESSION, UNKNOWN_SIGN)},
        "communities": sizes.astype(int).tolist(),
        "hubs": [
            {SYMBOL: hub[SYMBOL], OUT_DEGREE: int(hub[OUT_DEGREE]), IN_DEGREE: int(hub[IN_DEGREE])}
            for hub in find_hubs(nodes, n_hubs).to_dict("records")
        ],
        "settings": dict(settings or {}),
        "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}},
    }
    return {**summary, "statement": state_network(summary)}


def describe_selection(selection: Selection, config: InferConfig, *, known_without_score: int) -> dict[str, Any]:
    """Return by which rule edges were kept, as JSON values.

    Parameters
    ----------
    selection : Selection
    config : InferConfig
        What the edges were selected by.
    known_without_score : int
        Known positive edges of the dataset that are no candidates.

    Returns
    -------
    dict
        `rule`: "default", or "limits" where any was given; `known_candidates`: candidates that were labelled as edges;
        `with_known`, `added_known`: whether those that the limits leave out are kept too, and how many these are;
        `known_without_score`; `highest_probability` of any candidate, null where there are none.
    """
    return {
        "rule": "limits" if config.limits else "default",
        "known_candidates": selection.counts.known,
        "with_known": config.with_known,
        "added_known": int(selection.added.sum()),
        "known_without_score": known_without_score,
        "highest_probability": selection.counts.highest,
    }


def find_hubs(nodes: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the rows of at most `count` genes with most targets, most first, ties by symbol."""
    regulators = nodes[nodes[OUT_DEGREE] > 0]
    return regulators.sort_values([OUT_DEGREE, SYMBOL], ascending=[False, True], kind="stable").head(count)
