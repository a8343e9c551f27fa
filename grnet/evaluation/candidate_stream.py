"""Scored candidates, block by block, looked up among known edges; of each block only what may count is kept.

Enter: blocks of arrays in which genes are numbers, and the distinct known edges. Leave: the arrays of the pairs that
may count, and what has to be known of all candidates. So an evaluation of the pairs that known edges list takes no
memory for the millions that they do not, and one of every candidate takes some twenty bytes for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.evaluation.reverse_pairs import TrainedPairs
from grnet.schema.arrays import UNLABELLED, Bools, Indices, Int8, Int32
from grnet.schema.tables import LABEL, TARGET, TF

LISTED = "listed"
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class CandidateBlock:
    """Some candidates as arrays of one length.

    Attributes
    ----------
    tf, target : int32 arrays [C]
        Numbers of genes.
    score, probability, correlation : float arrays [C]
        Correlation is NaN where unknown.
    trained : int8 array [C]
        Label that the model was trained on: 1, 0, or -1 for none.
    kept : bool array [C] or None
        Which are edges of the network; None where that is not known, then of every block.
    """

    tf: Int32
    target: Int32
    score: Floats
    probability: Floats
    correlation: Floats
    trained: Int8
    kept: Bools | None = None


@dataclass(frozen=True, eq=False)
class CandidateStream:
    """Every candidate once, to be read once.

    Attributes
    ----------
    blocks : iterable of CandidateBlock
        At least one.
    number : callable
        The number of each of some names, int32, as the blocks have it; a number of its own for a name that they lack.
    """

    blocks: Iterable[CandidateBlock]
    number: Callable[[Sequence[str]], Int32]


class KnownEdges:
    """Distinct known edges, for the lookup of candidates, and what was seen of them in a stream.

    Parameters
    ----------
    table : DataFrame
        Columns tf, target, label (1 or 0).
    number : callable
        See :class:`CandidateStream`.
    """

    def __init__(self, table: pd.DataFrame, number: Callable[[Sequence[str]], Int32]) -> None:
        self.table = table
        self.tf, self.target = (number(table[name].tolist()) for name in (TF, TARGET))
        self.label = table[LABEL].to_numpy(np.int8)
        self.hits = np.zeros(len(table), dtype=np.int64)
        """How many candidates were each edge."""
        keys = _pair_keys(self.tf, self.target)
        self._order = np.argsort(keys)
        self._keys = keys[self._order]

    def find(self, tf: Int32, target: Int32) -> Int8:
        """Return the label of each pair, UNLABELLED where there is none, int8 [C], and count the hits."""
        row, hit = self._look_up(tf, target)
        self.hits += np.bincount(row[hit], minlength=len(self.hits))
        return np.where(hit, self.label[row], np.int8(UNLABELLED))

    def label_of(self, tf: Int32, target: Int32) -> Int8:
        """Return the label of each pair, UNLABELLED where there is none, int8 [C], without counting."""
        row, hit = self._look_up(tf, target)
        return np.where(hit, self.label[row], np.int8(UNLABELLED))

    def _look_up(self, tf: Int32, target: Int32) -> tuple[Indices, Bools]:
        """Return the row of each pair, and whether it is there."""
        keys = _pair_keys(tf, target)
        row = self._order[np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)]
        return row, (self.tf[row] == tf) & (self.target[row] == target)


class GeneSet:
    """A set of genes by their numbers, which may grow."""

    def __init__(self, numbers: Int32 | None = None) -> None:
        self._inside = np.zeros(0, dtype=bool)
        if numbers is not None:
            self.add(numbers)

    def __len__(self) -> int:
        return int(self._inside.sum())

    def add(self, numbers: Int32) -> None:
        """Add genes; repeats do not matter."""
        self._reach(numbers)
        self._inside[numbers] = True

    def holds(self, numbers: Int32) -> Bools:
        """Return which of `numbers` are in the set."""
        self._reach(numbers)
        return self._inside[numbers]

    def _reach(self, numbers: Int32) -> None:
        lacking = int(numbers.max(initial=-1)) + 1 - len(self._inside)
        if lacking > 0:
            self._inside = np.append(self._inside, np.zeros(lacking, dtype=bool))


@dataclass(frozen=True, eq=False)
class GatheredPairs:
    """The candidates that may count, and tallies of all.

    Attributes
    ----------
    columns : dict of str to array [N]
        Those of :class:`CandidateBlock`, in the order of the stream, without `kept` where that is not known and with
        `target` in the universe "tested" alone; and `listed`, the label by the known edges, int8, else
        UNLABELLED.
    tfs, targets : GeneSet
        Of all candidates.
    degree : int64 array
        By number of a gene: positive edges from this TF that the model was trained on.
    trained : TrainedPairs
    """

    columns: dict[str, npt.NDArray[Any]]
    tfs: GeneSet
    targets: GeneSet
    degree: Indices
    trained: TrainedPairs


def gather_pairs(blocks: Iterable[CandidateBlock], known: KnownEdges, universe: str) -> GatheredPairs:
    """Look every candidate up and keep those that may count.

    Parameters
    ----------
    blocks : iterable of CandidateBlock
    known : KnownEdges
        Its hits are counted.
    universe : {"labelled", "tested", "all"}
        What may count: the pairs that are listed; those of a TF and a target that have a listed positive edge each,
        whether it has a score or not; every pair.
    """
    edges = known.label == 1
    tested_tfs, tested_targets = GeneSet(known.tf[edges]), GeneSet(known.target[edges])
    tfs, targets, degree = GeneSet(), GeneSet(), np.zeros(0, dtype=np.int64)
    parts: dict[str, list[npt.NDArray[Any]]] = {}
    trained: list[tuple[Int32, Int32, Int8]] = []
    for block in blocks:
        tfs.add(block.tf)
        targets.add(block.target)
        degree = _add_degrees(degree, block)
        known_to_model = block.trained != UNLABELLED
        trained.append((block.tf[known_to_model], block.target[known_to_model], block.trained[known_to_model]))
        columns = {name: values for name, values in vars(block).items() if values is not None}
        columns[LISTED] = known.find(block.tf, block.target)
        if universe == "labelled":
            rows = np.flatnonzero(columns[LISTED] != UNLABELLED)
        elif universe == "tested":
            rows = np.flatnonzero(tested_tfs.holds(block.tf) & tested_targets.holds(block.target))
        else:
            rows = None
        if universe != "tested":
            del columns[TARGET]  # is not needed further
        for name, values in columns.items():
            # Copied in any case: a view would hold the larger memory that a block was read into.
            parts.setdefault(name, []).append(values.copy() if rows is None else values[rows])
    # One column after the other, so that no more than one is there twice.
    joined = {name: np.concatenate(parts.pop(name)) for name in list(parts)}
    learnt = TrainedPairs(*(np.concatenate(column) for column in zip(*trained, strict=True)))
    return GatheredPairs(joined, tfs, targets, degree, learnt)


def _pair_keys(tf: Int32, target: Int32) -> Indices:
    return tf.astype(np.int64) << 32 | target.astype(np.int64)


def _add_degrees(degree: Indices, block: CandidateBlock) -> Indices:
    """Return `degree` with the trained positive edges of a block, as long as its TFs need."""
    n_genes = max(len(degree), int(block.tf.max(initial=-1)) + 1)
    added = np.bincount(block.tf[block.trained == 1], minlength=n_genes)
    added[: len(degree)] += degree
    return added
