"""Numbers of each gene that has a measurement, looked up by gene: genes without it share one row of zeros."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class GeneRows:
    """Rows of a measurement; they are not copied for the genes of the catalogue, of which most may lack it.

    Attributes
    ----------
    values : float32 tensor [R + 1, S]
        The last row is 0.
    row : int64 tensor [G]
        Which row is a gene's; the last for all genes without the measurement.
    """

    values: Tensor
    row: Tensor

    def __len__(self) -> int:
        """Return the number of genes G."""
        return len(self.row)

    def __getitem__(self, genes: Tensor) -> Tensor:
        """Return the rows of some genes, float32 [..., S]."""
        return self.values[self.row[genes]]
