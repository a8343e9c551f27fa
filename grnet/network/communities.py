"""Groups of genes that are linked more among themselves than with the rest, and igraph made repeatable."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from grnet.schema.arrays import Float64, Indices, Int32

LEAST_WEIGHT = 1e-6


@contextmanager
def seeded_igraph(seed: int) -> Iterator[None]:
    """Let igraph draw from a generator of its own inside the block, and from Python's `random` again after it.

    igraph has one generator for the process and draws from `random` unless told otherwise.
    """
    import igraph

    igraph.set_random_number_generator(random.Random(seed))
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)


def find_communities(n_nodes: int, source: Indices, target: Indices, *, weight: Float64, seed: int) -> Int32:
    """Return the community of each node: Leiden, modularity, on the undirected graph (doi:10.1038/s41598-019-41695-z).

    Parameters
    ----------
    n_nodes : int
    source, target : int64 arrays [E]
        Ends of the edges, in 0..n_nodes-1; an edge and its reverse add up, loops are passed over.
    weight : float64 array [E]
        0 or more.
    seed : int

    Returns
    -------
    int32 array [n_nodes]
        Numbers from 1, the largest community first; of two of one size the one with the first node.
    """
    import igraph

    if n_nodes == 0:
        return np.zeros(0, dtype=np.int32)
    between = source != target
    if not between.any():
        return np.arange(1, n_nodes + 1, dtype=np.int32)
    low, high = np.minimum(source, target)[between], np.maximum(source, target)[between]
    pairs, row = np.unique(low * n_nodes + high, return_inverse=True)
    total = np.bincount(row, weights=np.maximum(weight[between], LEAST_WEIGHT), minlength=len(pairs))
    graph = igraph.Graph(n=n_nodes, edges=np.stack(np.divmod(pairs, n_nodes), axis=1))
    with seeded_igraph(seed):
        found = graph.community_leiden(objective_function="modularity", weights=total, n_iterations=10).membership
    return _number_by_size(np.asarray(found, dtype=np.int64))


def _number_by_size(membership: Indices) -> Int32:
    """Renumber communities from 1, largest first, ties by their first member."""
    _, first, compact, sizes = np.unique(membership, return_index=True, return_inverse=True, return_counts=True)
    number = np.empty(len(sizes), dtype=np.int32)
    number[np.lexsort((first, -sizes))] = np.arange(1, len(sizes) + 1)
    return number[compact]
