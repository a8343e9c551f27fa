"""The gene catalogue and the pair index: how genes and ordered pairs of genes are named in arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from grnet.schema.arrays import Bools, Indices, Int32
from grnet.schema.tables import ID, IS_TF, N_IMAGES, SYMBOL


@dataclass(frozen=True)
class GeneCatalogue:
    """All genes of a dataset, in one order that every array follows.

    Attributes
    ----------
    symbols : tuple of str
        Distinct gene symbols; position = index in every per-gene array.
    ids : tuple of str
        Database ids, "" where unknown.
    is_tf : bool array [G]
    n_images : int32 array [G]
    """

    symbols: tuple[str, ...]
    ids: tuple[str, ...]
    is_tf: Bools
    n_images: Int32

    def __post_init__(self) -> None:
        sizes = {len(self.symbols), len(self.ids), len(self.is_tf), len(self.n_images)}
        if len(sizes) != 1:
            raise ValueError(f"a gene catalogue needs columns of one length, got {sorted(sizes)}")
        if len(self.position) != len(self.symbols):
            raise ValueError("a gene catalogue needs distinct symbols")

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> GeneCatalogue:
        """Build from a table with the columns symbol, id, is_tf, n_images."""
        return cls(
            symbols=tuple(frame[SYMBOL].astype(str)),
            ids=tuple(frame[ID].fillna("").astype(str)),
            is_tf=frame[IS_TF].to_numpy(bool),
            n_images=frame[N_IMAGES].to_numpy(np.int32),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the table with the columns symbol, id, is_tf, n_images."""
        return pd.DataFrame(
            {SYMBOL: list(self.symbols), ID: list(self.ids), IS_TF: self.is_tf, N_IMAGES: self.n_images}
        )

    @cached_property
    def position(self) -> dict[str, int]:
        """Symbol → index."""
        return {symbol: index for index, symbol in enumerate(self.symbols)}

    @cached_property
    def tfs(self) -> Indices:
        """Indices of the transcription factors, ascending."""
        return np.flatnonzero(self.is_tf).astype(np.int64)

    def __len__(self) -> int:
        return len(self.symbols)

    def indices_of(self, symbols: Iterable[str]) -> Indices:
        """Return the index of each symbol.

        Raises
        ------
        KeyError
            A symbol is not in the catalogue.
        """
        return np.fromiter((self.position[symbol] for symbol in symbols), dtype=np.int64)


@dataclass(frozen=True)
class PairIndex:
    """Ordered pairs of genes as two aligned index arrays.

    Attributes
    ----------
    tf, target : int64 arrays [P]
        Indices into a :class:`GeneCatalogue`.
    """

    tf: Indices
    target: Indices

    def __post_init__(self) -> None:
        if self.tf.shape != self.target.shape or self.tf.ndim != 1:
            raise ValueError(f"pairs need two vectors of one length, got {self.tf.shape} and {self.target.shape}")

    def __len__(self) -> int:
        return len(self.tf)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, genes: GeneCatalogue) -> PairIndex:
        """Build from a table with the columns tf and target; every symbol must be in `genes`."""
        return cls(genes.indices_of(frame["tf"]), genes.indices_of(frame["target"]))

    def keys(self, n_genes: int) -> Indices:
        """Return one integer for each ordered pair: tf * n_genes + target."""
        return self.tf * n_genes + self.target

    def unordered_keys(self, n_genes: int) -> Indices:
        """Return one integer for each pair that is equal for a pair and its reverse."""
        low, high = np.minimum(self.tf, self.target), np.maximum(self.tf, self.target)
        return low * n_genes + high

    def take(self, rows: Bools | Indices) -> PairIndex:
        """Return the pairs at `rows` (a mask or positions)."""
        return PairIndex(self.tf[rows], self.target[rows])
