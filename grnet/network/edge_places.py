"""Where kept edges stand among the candidates of their target and of their TF, and by |r| among all.

Enter: all candidates, once, block by block. Leave: the places of some thousand edges. Memory is that of the edges and
of a block. A candidate matters only where it is above the lowest kept edge of its gene, so most are merely counted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.schema.arrays import Float32, Indices, Int32, UInt64
from grnet.schema.evidence import Place, Places
from grnet.schema.tables import CORRELATION, PROBABILITY, TARGET, TF
from grnet.scores.consumers import feed
from grnet.scores.pair_scores import GeneNames, PairScores, Shards, read_pairs


def find_places(shards: Shards, edges: pd.DataFrame) -> list[Places]:
    """Find where each edge stands, in one pass over all candidates.

    Parameters
    ----------
    shards : callable
        Returns an iterator over tables of `SCORES`.
    edges : DataFrame
        Columns tf, target, probability and correlation, with the values of the scores; each edge is a candidate.

    Returns
    -------
    list of Places
        In the order of `edges`.

    Raises
    ------
    FormatError
        A shard lacks a column, or a candidate has no probability or score.
    """
    names = GeneNames()
    counts = PlaceCounts(names, edges)
    feed(read_pairs(shards(), names), [counts])
    return counts.result()


class PlaceCounts:
    """Finds the places of some edges among all candidates, which it is shown.

    Parameters
    ----------
    names : GeneNames
        Those of the candidates.
    edges : DataFrame
        See :func:`find_places`.
    """

    def __init__(self, names: GeneNames, edges: pd.DataFrame) -> None:
        tf, target = (names.number(pa.array(edges[column].tolist(), pa.string())) for column in (TF, TARGET))
        probability = edges[PROBABILITY].to_numpy(np.float32)
        correlation = np.abs(edges[CORRELATION].to_numpy(np.float32))
        self._of = [
            _GroupCounts(names, genes, values, (read_genes, read_values))
            for values, read_values in ((probability, _read_probability), (correlation, _read_correlation))
            for genes, read_genes in ((target, _read_target), (tf, _read_tf))
        ]
        everyone = np.zeros(len(edges), dtype=np.int32)
        self._of.append(_GroupCounts(names, everyone, correlation, (_read_nobody, _read_correlation)))

    def consume(self, pairs: PairScores) -> None:
        """Count the candidates above the edges, and all."""
        for counts in self._of:
            counts.consume(pairs)

    def result(self) -> list[Places]:
        """Return the places of the edges."""
        of_target, of_tf, r_of_target, r_of_tf, r_of_all = (counts.result() for counts in self._of)
        found = []
        for place, places in enumerate(zip(of_target, of_tf, strict=True)):
            assert places[0] is not None
            assert places[1] is not None
            found.append(Places(places[0], places[1], r_of_target[place], r_of_tf[place], r_of_all[place]))
        return found


class _GroupCounts:
    """Counts, for each edge, the candidates of its group (one gene in one role, or all) that some value puts above it.

    A key has the number of the group in its upper half and the bits of the value, which is never negative, in its lower
    one, so that keys sort by group, then value.
    """

    def __init__(
        self,
        names: GeneNames,
        groups: Int32,
        values: Float32,
        read: tuple[Callable[[PairScores], Int32], Callable[[PairScores], Float32]],
    ) -> None:
        self._names, self._groups, self._values, self._read = names, groups, values, read
        self._known = ~np.isnan(values)
        self._keys = np.unique(_as_keys(groups[self._known], values[self._known]))
        self._arrivals = np.zeros(len(self._keys) + 1, dtype=np.int64)
        self._lowest = np.full(len(names), np.inf, dtype=np.float32)
        np.minimum.at(self._lowest, groups[self._known], values[self._known])
        self._among = np.zeros(len(names), dtype=np.int64)
        self._above = np.zeros(len(names), dtype=np.int64)

    def consume(self, pairs: PairScores) -> None:
        """Count the candidates of each group, and those above each edge."""
        groups, values = self._read[0](pairs), self._read[1](pairs)
        n_names = len(self._names)
        if n_names > len(self._lowest):
            more = n_names - len(self._lowest)
            self._lowest = np.append(self._lowest, np.full(more, np.inf, dtype=np.float32))
            self._among, self._above = (np.append(counts, np.zeros(more, int)) for counts in (self._among, self._above))
        self._among += np.bincount(groups[~np.isnan(values)], minlength=n_names)
        rows = np.flatnonzero(values > self._lowest[groups])
        groups, values = groups[rows], values[rows]
        self._above += np.bincount(groups, minlength=n_names)
        keys = np.sort(_as_keys(groups, values))  # sorted keys are found in a fraction of the time
        below = np.searchsorted(self._keys, keys)  # how many edges' keys a candidate's is above
        self._arrivals += np.bincount(below, minlength=len(self._arrivals))

    def result(self) -> list[Place | None]:
        """Return the place of each edge; None where it has no value."""
        beyond = np.cumsum(self._arrivals[::-1])[::-1]  # candidates above the key before each place
        further = np.cumsum(self._above[::-1])[::-1] - self._above  # of those, candidates of later groups
        groups = self._groups[self._known]
        keys = np.searchsorted(self._keys, _as_keys(groups, self._values[self._known]))
        figures = beyond[keys + 1] - further[groups] + 1, self._among[groups]
        result: list[Place | None] = [None] * len(self._groups)
        for edge, *of_edge in zip(np.flatnonzero(self._known).tolist(), *(f.tolist() for f in figures), strict=True):
            result[edge] = Place(*of_edge)
        return result


def _as_keys(groups: Int32 | Indices, values: Float32) -> UInt64:
    bits = np.ascontiguousarray(values + np.float32(0.0)).view(np.uint32)  # + 0 joins -0.0 to 0.0
    return groups.astype(np.uint64) << np.uint64(32) | bits.astype(np.uint64)


def _read_target(pairs: PairScores) -> Int32:
    return pairs.target


def _read_tf(pairs: PairScores) -> Int32:
    return pairs.tf


def _read_nobody(pairs: PairScores) -> Int32:
    """Put all candidates into one group."""
    return np.zeros_like(pairs.tf)


def _read_probability(pairs: PairScores) -> Float32:
    return pairs.probability


def _read_correlation(pairs: PairScores) -> Float32:
    size: Float32 = np.abs(pairs.correlation)
    return size
