"""Score tables as the network room takes them: columns as NumPy arrays, genes as numbers.

Enter: Arrow tables of `SCORES`, rows in any order. Leave: blocks of :class:`PairScores`, where a gene is its number in
one :class:`GeneNames`: millions of pairs cost no Python objects, and each name is looked at once for a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from grnet.schema.arrays import UNLABELLED, Float32, Indices, Int8, Int32, UInt64
from grnet.schema.errors import FormatError
from grnet.schema.tables import CORRELATION, LABEL, PROBABILITY, SCORE, SCORES, SEED_SPREAD, SPREAD, TARGET, TF

Shards = Callable[[], Iterator[pa.Table]]
"""Returns a new iterator over tables of `SCORES`, every candidate once, each time it is called."""


class GeneNames:
    """The gene names met so far, numbered in the order in which they came."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._ranks = np.empty(0, dtype=np.int64)
        self._last: dict[str, tuple[pa.Array, Int32]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, names: pa.Array, role: str = "") -> Int32:
        """Return the number of each name, int32 [N]; new names get the next ones.

        `role` says what the names are: those of the last call in a role are not looked up again.
        """
        last = self._last.get(role)
        if last is None or not last[0].equals(names):
            numbers = [self._numbers.setdefault(name, len(self._numbers)) for name in names.to_pylist()]
            last = self._last[role] = (names, np.array(numbers, dtype=np.int32))
        return last[1]

    def name(self, numbers: Int32) -> pa.Array:
        """Return the names of `numbers` as an Arrow array of strings."""
        return self._names().take(pa.array(numbers))

    def ranks(self) -> Indices:
        """Return the place of each name in the order of the alphabet (of code points), int64 [V]."""
        if len(self._ranks) < len(self):
            order = pc.sort_indices(self._names()).to_numpy()
            self._ranks = np.empty(len(self), dtype=np.int64)
            self._ranks[order] = np.arange(len(self))
        return self._ranks

    def _names(self) -> pa.Array:
        return pa.array(list(self._numbers), type=pa.string())


@dataclass(frozen=True, eq=False)
class PairScores:
    """Scored candidates as arrays of one length P.

    Attributes
    ----------
    names : GeneNames
    tf, target : int32 arrays
        Numbers in `names`.
    score, probability, spread, seed_spread, correlation : float32 arrays
        NaN where null; score and probability never are.
    label : int8 array
        Of the training: 1, 0 or UNLABELLED.
    """

    names: GeneNames
    tf: Int32
    target: Int32
    score: Float32
    probability: Float32
    spread: Float32
    seed_spread: Float32
    correlation: Float32
    label: Int8

    def __len__(self) -> int:
        return len(self.tf)

    def take(self, rows: npt.NDArray[Any]) -> PairScores:
        """Return the pairs at `rows` (a mask or positions)."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return PairScores(self.names, *(getattr(self, name)[rows] for name in _COLUMNS))

    @staticmethod
    def join(parts: Sequence[PairScores]) -> PairScores:
        """Return the pairs of `parts`, at least one, one after the other."""
        if len(parts) == 1:
            return parts[0]
        columns = (np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS)
        return PairScores(parts[0].names, *columns)

    @staticmethod
    def empty(names: GeneNames) -> PairScores:
        """Return no pairs."""
        return take_columns(SCORES.empty_table(), names)

    @cached_property
    def key(self) -> UInt64:
        """One integer for each pair, uint64 [P], that is smaller the better its probability, then its score."""
        better = _ordered_bits(self.probability) << np.uint64(32) | _ordered_bits(self.score)
        return ~better

    def name_key(self) -> Indices:
        """Return one integer for each pair, int64 [P], in the order of the names of TF, then target."""
        rank = self.names.ranks()
        return rank[self.tf] * len(self.names) + rank[self.target]

    def order(self) -> Indices:
        """Return the positions from the best pair to the worst: by probability, score, names of TF and target."""
        order = np.argsort(self.key)
        ranked = self.key[order]
        same = ranked[1:] == ranked[:-1]
        if same.any():
            tied = np.append(same, False) | np.append(False, same)
            rows = order[tied]
            order[tied] = rows[np.lexsort((self.take(rows).name_key(), ranked[tied]))]
        return order


_COLUMNS = tuple(field.name for field in fields(PairScores))[1:]


def read_pairs(tables: Iterable[pa.Table], names: GeneNames) -> Iterator[PairScores]:
    """Yield the pairs of each table; the genes get numbers in `names`.

    Raises
    ------
    FormatError
        A column is missing, or a TF, target, probability or score is null.
    """
    for table in tables:
        yield take_columns(table, names)


def take_columns(table: pa.Table, names: GeneNames) -> PairScores:
    """Return the pairs of one table; see :func:`read_pairs`."""
    missing = [name for name in SCORES.names if name not in table.column_names]
    if missing:
        raise FormatError(f"a score table lacks {', '.join(missing)}; expected the columns {', '.join(SCORES.names)}")
    tf, target = (_number_genes(table, name, names) for name in (TF, TARGET))
    floats = {name: _as_floats(table[name]) for name in (SCORE, PROBABILITY, SPREAD, SEED_SPREAD, CORRELATION)}
    label = pc.fill_null(table[LABEL].cast(pa.int8()), UNLABELLED).combine_chunks().to_numpy(zero_copy_only=False)
    pairs = PairScores(names, tf, target, **floats, label=label)
    for name in (PROBABILITY, SCORE):
        empty = np.flatnonzero(np.isnan(floats[name]))
        if len(empty):
            first = pairs.take(empty[:1])
            tf_name, target_name = names.name(first.tf)[0].as_py(), names.name(first.target)[0].as_py()
            raise FormatError(
                f"{len(empty)} candidates have no {name}, the first is {tf_name!r} → {target_name!r}; "
                "every candidate needs one: score them again"
            )
    return pairs


def _number_genes(table: pa.Table, column: str, names: GeneNames) -> Int32:
    """Return the number of each row's gene, int32 [P]."""
    values = table[column]
    if values.null_count:
        raise FormatError(
            f"{values.null_count} candidates have no {column}; every candidate needs one: score them again"
        )
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    whole = values.unify_dictionaries().combine_chunks()
    numbers: Int32 = names.number(whole.dictionary, column)[whole.indices.to_numpy(zero_copy_only=False)]
    return numbers


def _as_floats(column: pa.ChunkedArray) -> Float32:
    values: Float32 = column.cast(pa.float32()).combine_chunks().to_numpy(zero_copy_only=False)
    return values


def _ordered_bits(values: Float32) -> UInt64:
    """Return the bits of float32 values as integers in the order of the values, uint64 below 2^32."""
    bits = (values + np.float32(0.0)).view(np.uint32)  # + 0 joins -0.0 to 0.0
    ordered = np.where(bits >> 31 == 1, ~bits, bits | np.uint32(1 << 31))
    return ordered.astype(np.uint64)
