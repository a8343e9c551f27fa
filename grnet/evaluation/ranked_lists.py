"""A network as a ranked list of pairs, in which genes are numbers: what comparisons are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Bools, Indices, Int8, Int32


@dataclass(frozen=True, eq=False)
class RankedList:
    """Pairs that a network scores, each once, as arrays of one length P.

    Attributes
    ----------
    name : str
    tf, target : int32 arrays
        Numbers of genes.
    score : float array
        Finite; the higher the surer.
    place : int64 array
        1..P, 1 is the best; tells apart what has one score.
    sign : int8 array
        1, -1, or 0 where unknown.
    held : bool array
        Which are edges of the network.
    complete : bool
        Every candidate is here, so a pair that is not is none; of other lists it is one that did not make it.
    correlation : float array or None
        Of the expression, NaN where unknown.
    trained : bool array or None
        Pairs that were labelled in the training of the model.
    """

    name: str
    tf: Int32
    target: Int32
    score: npt.NDArray[np.floating]
    place: Indices
    sign: Int8
    held: Bools
    complete: bool = False
    correlation: npt.NDArray[np.floating] | None = None
    trained: Bools | None = None

    @cached_property
    def n_edges(self) -> int:
        """Number of edges of the network."""
        return int(self.held.sum())

    def edges(self) -> Indices:
        """Return the rows of the edges of the network, best first."""
        return self._edges

    def keys(self) -> Indices:
        """Return one integer for each pair."""
        return self._keys

    def find(self, keys: Indices) -> Indices:
        """Return the row of each key, -1 where the pair has no score."""
        order, ranked = self._sorted
        if not len(ranked):
            return np.full(len(keys), -1)
        place = np.minimum(np.searchsorted(ranked, keys), len(ranked) - 1)
        return np.where(ranked[place] == keys, order[place], -1)

    @cached_property
    def ordered(self) -> bool:
        """Whether scores, and not names alone, say which of its edges is surer; a single edge needs no order."""
        scores = self.score[self.held]
        return len(scores) < 2 or bool(np.ptp(scores) > 0)

    @cached_property
    def _edges(self) -> Indices:
        rows = np.flatnonzero(self.held)
        edges: Indices = rows[np.argsort(self.place[rows], kind="stable")]
        return edges

    @cached_property
    def _keys(self) -> Indices:
        return pair_keys(self.tf, self.target)

    @cached_property
    def _sorted(self) -> tuple[Indices, Indices]:
        order = np.argsort(self._keys)
        return order, self._keys[order]


def pair_keys(tf: npt.NDArray[np.integer], target: npt.NDArray[np.integer]) -> Indices:
    """Return one integer for each pair of genes by their numbers, 0 or more."""
    return tf.astype(np.int64) << 32 | target.astype(np.int64)


def split_keys(keys: Indices) -> tuple[Int32, Int32]:
    """Return the numbers of TF and target of keys of :func:`pair_keys`."""
    return (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)
