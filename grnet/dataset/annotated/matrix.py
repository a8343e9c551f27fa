"""A matrix of cells × genes with what is known of both, whatever the file or object it is read from.

The values stay where they are, on disk if need be. They are read some rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp

from grnet.schema.arrays import Float64, Indices
from grnet.schema.sources import GivenAnnData, GivenTable, MatrixSource

Contents = Literal["counts", "log", "linear", "scaled"]
CONTENT_WORDS: Mapping[Contents, str] = {
    "counts": "counts",
    "log": "log-normalised values",
    "linear": "values that are neither counts nor logarithms",
    "scaled": "scaled values",
}
_VALUES_AT_ONCE = 1 << 25
"""A block of rows has at most this many values, zeros included: 128 MiB where a matrix is not sparse."""


@dataclass(frozen=True)
class AnnotatedOptions:
    """How cells or spots are read.

    Attributes
    ----------
    layer : str
        "auto", "counts", "raw", "X", or the name of a layer.
    gene_names : str
        Column of the genes with their symbols; "" finds it.
    """

    layer: str = "auto"
    gene_names: str = ""


@dataclass(frozen=True)
class AnnotatedPlan:
    """How one file of cells or spots is read.

    Attributes
    ----------
    source : Path, GivenTable or GivenAnnData
    kind : str
        What its rows are: "cells" or "spots".
    layer : str
        Where the values are from: "X", "raw", or 'layer "counts"'.
    contents : str
    symbol, gene_id : str
        Where the names of the genes are from: "var_names" or a column; no id is "".
    n_cells : int
    remarks : tuple of str
        What else was decided: groups, pools, cells that were kept.
    """

    source: MatrixSource
    kind: str
    layer: str
    contents: Contents
    symbol: str
    gene_id: str
    n_cells: int
    remarks: tuple[str, ...] = ()

    def describe(self) -> str:
        """Return the plan in a line: "cells pbmc.h5ad: counts of X; symbol = var_names; 700 cells; …"."""
        given = isinstance(self.source, GivenTable | GivenAnnData)
        name = self.source.name if given else f"{self.kind} {self.source.name}"
        parts = [f"{CONTENT_WORDS[self.contents]} of {self.layer}", f"symbol = {self.symbol}"]
        if self.gene_id:
            parts.append(f"id = {self.gene_id}")
        return f"{name}: {'; '.join([*parts, f'{self.n_cells:,} {self.kind}', *self.remarks])}"

    def to_json(self) -> dict[str, Any]:
        """Return the plan for `dataset.toml`; without the folder of the file."""
        return {
            "file": self.source.name,
            "kind": self.kind,
            "shape": "annotated matrix",
            "layer": self.layer,
            "contents": self.contents,
            "symbol": self.symbol,
            **({"id": self.gene_id} if self.gene_id else {}),
            "value_rows": self.n_cells,
            "description": self.describe(),
        }


def _do_nothing() -> None:
    """Stand for closing what is not open."""


def _say_nothing(rows: int) -> None:
    """Stand for progress that nobody looks at."""


@dataclass(frozen=True, eq=False)
class AnnotatedMatrix:
    """Cells or spots × genes. Close it after use, or use it in a `with` block.

    Attributes
    ----------
    source : Path, GivenTable or GivenAnnData
    symbols, ids : tuple of str
        Of the genes, in the order of the columns; symbols may repeat, ids are "" where there is none.
    cells : DataFrame
        What is known of the cells; its index holds their names.
    layer : str
        Where the values are from, see :class:`AnnotatedPlan`.
    contents : {"counts", "log", "linear", "scaled"}
        "scaled" only where the user insists.
    coordinates : float64 array [C, 2 or 3] or None
        Where the cells lie.
    libraries : tuple of str
        Names of those in `uns["spatial"]`.
    read : callable
        Takes a slice of rows, or their numbers; returns float32 CSR [n, genes].
    plan : AnnotatedPlan
    notes : tuple of str
        What the user should know of how the file is read.
    close : callable
    advance : callable
        Takes the number of rows of each block that was worked on.
    """

    source: MatrixSource
    symbols: tuple[str, ...]
    ids: tuple[str, ...]
    cells: pd.DataFrame
    layer: str
    contents: Contents
    coordinates: Float64 | None
    libraries: tuple[str, ...]
    read: Callable[[slice | Indices], sp.csr_matrix]
    plan: AnnotatedPlan
    notes: tuple[str, ...] = ()
    close: Callable[[], None] = field(default=_do_nothing)
    advance: Callable[[int], None] = field(default=_say_nothing)

    def blocks(self, rows: Indices) -> Iterator[tuple[slice, sp.csr_matrix]]:
        """Yield the values of rows, some at a time.

        Parameters
        ----------
        rows : int64 array [n]
            Ascending.

        Yields
        ------
        place : slice
            Which of `rows` these are.
        values : float32 CSR matrix [rows of the block, genes]
        """
        size = max(1, _VALUES_AT_ONCE // max(1, len(self.symbols)))
        for start in range(0, len(self.cells), size):
            stop = min(start + size, len(self.cells))
            first, last = (int(place) for place in np.searchsorted(rows, [start, stop]))
            if first < last:
                whole = self.read(slice(start, stop))
                yield slice(first, last), whole if last - first == stop - start else whole[rows[first:last] - start]
                self.advance(last - first)

    def __enter__(self) -> AnnotatedMatrix:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
