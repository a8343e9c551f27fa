"""The cells or spots, and the genes, of an annotated matrix that become a measurement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from grnet.dataset.annotated.matrix import AnnotatedMatrix
from grnet.schema.arrays import Bools, Float64, Indices


@dataclass(frozen=True, eq=False)
class ChosenCells:
    """Some rows and genes of a matrix.

    Attributes
    ----------
    matrix : AnnotatedMatrix
    rows : int64 array [n]
        Ascending.
    kept : bool array [G]
        Genes that count.
    totals : float64 array [n]
        Sum of each row's values over all genes.
    """

    matrix: AnnotatedMatrix
    rows: Indices
    kept: Bools
    totals: Float64

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def genes(self) -> Indices:
        """The genes that count, int64 array."""
        return np.flatnonzero(self.kept)

    @property
    def holds_counts(self) -> bool:
        """Whether the values are counts."""
        return self.matrix.contents == "counts"

    def blocks(self) -> Iterator[tuple[slice, sp.csr_matrix]]:
        """Yield consecutive rows with all genes, and their place among the n rows."""
        return self.matrix.blocks(self.rows)

    def scale(self, place: slice, block: sp.csr_matrix, depth: float) -> sp.csr_matrix:
        """Return the rows of a block, each brought to the sum `depth`; a row without any value stays zero."""
        totals = self.totals[place]
        factor = np.divide(depth, totals, out=np.zeros(len(totals)), where=totals > 0).astype(np.float32)
        data = block.data * np.repeat(factor, np.diff(block.indptr))
        return sp.csr_matrix((data, block.indices, block.indptr), shape=block.shape)
