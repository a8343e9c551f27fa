"""Edges and the gene catalogue → the table of nodes, and both → a `networkx.DiGraph`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.network.communities import find_communities
from grnet.schema.arrays import Indices
from grnet.schema.errors import FormatError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import (
    COMMUNITY,
    CORRELATION,
    ID,
    IN_DEGREE,
    IS_TF,
    KNOWN,
    N_IMAGES,
    NODES,
    OUT_DEGREE,
    PROBABILITY,
    RANK,
    SCORE,
    SEED_SPREAD,
    SIGN,
    SPREAD,
    SYMBOL,
    TARGET,
    TF,
)

if TYPE_CHECKING:
    import networkx as nx


def build_nodes(edges: pd.DataFrame, genes: GeneCatalogue, *, seed: int) -> pd.DataFrame:
    """Return the genes that have an edge, in the columns of `NODES` and the order of the catalogue.

    Parameters
    ----------
    edges : DataFrame
        Columns of `EDGES`.
    genes : GeneCatalogue
    seed : int
        Of the search for communities (Leiden on the undirected graph, weighted by probability).

    Raises
    ------
    FormatError
        An edge names a gene that the catalogue lacks.
    """
    catalogue = pd.Index(genes.symbols, dtype="str")
    source, target = (catalogue.get_indexer(pd.Index(edges[name])).astype(np.int64) for name in (TF, TARGET))
    unknown = sorted({*edges[TF][source < 0], *edges[TARGET][target < 0]})
    if unknown:
        raise FormatError(
            f"the edges name {len(unknown)} genes that the dataset lacks, the first is {unknown[0]!r}; "
            "do the scores come from another dataset?"
        )
    used = np.unique(np.concatenate([source, target]))
    source, target = np.searchsorted(used, source), np.searchsorted(used, target)
    weight = edges[PROBABILITY].to_numpy(np.float64)
    return pd.DataFrame(
        {
            SYMBOL: pd.Series([genes.symbols[gene] for gene in used], dtype="str"),
            ID: pd.Series([genes.ids[gene] for gene in used], dtype="str"),
            IS_TF: genes.is_tf[used].astype(bool),
            N_IMAGES: genes.n_images[used].astype(np.int32),
            IN_DEGREE: np.bincount(target, minlength=len(used)).astype(np.int32),
            OUT_DEGREE: np.bincount(source, minlength=len(used)).astype(np.int32),
            COMMUNITY: find_communities(len(used), source, target, weight=weight, seed=seed),
        },
        columns=list(NODES.names),
    )


def build_graph(edges: pd.DataFrame, nodes: pd.DataFrame) -> nx.DiGraph[str]:
    """Return the network with the symbol as node key and plain Python values as attributes.

    Node attributes: id, is_tf, n_images, in_degree, out_degree, community. Edge attributes: probability, spread,
    seed_spread, score, rank, correlation, sign, known; what is null (the correlation without expression, the spread of
    one seed) is no attribute. Float32 values become the shortest decimal that is the same float32 (0.9, not
    0.8999999761581421).
    """
    from networkx import DiGraph  # only those who ask for a graph wait for it

    graph: nx.DiGraph[str] = DiGraph()
    node_columns = {name: nodes[name].tolist() for name in (ID, IS_TF, N_IMAGES, IN_DEGREE, OUT_DEGREE, COMMUNITY)}
    for row, symbol in enumerate(nodes[SYMBOL]):
        graph.add_node(symbol, **{name: values[row] for name, values in node_columns.items()})
    columns: dict[str, list[object]] = {
        **{name: list(shorten(edges[name])) for name in (PROBABILITY, SPREAD, SEED_SPREAD, SCORE)},
        RANK: edges[RANK].tolist(),
        CORRELATION: list(shorten(edges[CORRELATION])),
        SIGN: edges[SIGN].tolist(),
        KNOWN: edges[KNOWN].tolist(),
    }
    for row, (tf, target) in enumerate(zip(edges[TF], edges[TARGET], strict=True)):
        attributes = {name: values[row] for name, values in columns.items() if values[row] == values[row]}
        graph.add_edge(tf, target, **attributes)
    return graph


def shorten(values: pd.Series) -> list[float]:
    """Return float32 values as Python floats with the fewest digits that give the same float32; null becomes NaN."""
    numbers: list[float] = as_decimals(values).cast(pa.float64()).to_numpy(zero_copy_only=False).tolist()
    return numbers


def as_decimals(values: pd.Series) -> pa.Array:
    """Return float32 values as text with the fewest digits that give the same float32, null where they are NaN."""
    return pa.array(values.to_numpy(np.float32), from_pandas=True).cast(pa.string())


def end_points(edges: pd.DataFrame, nodes: pd.DataFrame) -> tuple[Indices, Indices]:
    """Return the rows in `nodes` of each edge's TF and target, two int64 arrays [E].

    Raises
    ------
    FormatError
        An edge names a gene that is no node.
    """
    row = pd.Index(nodes[SYMBOL])
    source, target = (row.get_indexer(edges[name]).astype(np.int64) for name in (TF, TARGET))
    lost = np.flatnonzero((source < 0) | (target < 0))
    if len(lost):
        first = edges.iloc[lost[0]]
        raise FormatError(
            f"{len(lost)} edges name a gene that is no node, the first is {first[TF]!r} → {first[TARGET]!r}; "
            "infer the network anew"
        )
    return source, target
