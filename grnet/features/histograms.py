"""Joint histograms of the expression of two genes: what the paper's RNA network looks at.

Enters: the expression matrix, genes × samples. Leaves: :class:`JointHistograms`, which knows for each gene into which
of its bins each sample falls, and from that counts the histograms of any batch of pairs on the device. A histogram can
be many times larger than the samples that it counts, so none is stored: memory depends on the genes and on the batch,
not on the number of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grnet.schema.features import Float32

BINS = 64
"""Bins along each axis, as in the paper."""


@dataclass(frozen=True)
class JointHistograms:
    """The bin of each sample in its gene's own range, ready to be counted for pairs.

    Attributes
    ----------
    bin : uint8 tensor [G, S], or int16 with more than 256 bins
        0..bins - 1; 0 where a gene has no expression.
    present : bool tensor [G]
        Genes that have expression.
    bins : int
        Bins along each axis.
    """

    bin: Tensor
    present: Tensor
    bins: int = BINS

    @classmethod
    def build(cls, expression: Float32, device: torch.device, *, bins: int = BINS) -> JointHistograms:
        """Find the bins of every gene and copy them to `device`.

        Parameters
        ----------
        expression : float32 array [G, S]
            Finite, or NaN in rows of genes that have none.
        device : torch.device
        bins : int
            1..32768.
        """
        present = np.isfinite(expression).all(axis=1) & (expression.shape[1] > 0)
        found = np.zeros(expression.shape, dtype=np.uint8 if bins <= 256 else np.int16)
        for gene in np.flatnonzero(present):
            found[gene] = find_bins(expression[gene], bins)
        return cls(torch.from_numpy(found).to(device), torch.from_numpy(present).to(device), bins)

    def of_pairs(self, tf: Tensor, target: Tensor) -> Tensor:
        """Count the joint histograms of listed pairs.

        Parameters
        ----------
        tf, target : int64 tensors [P]
            Genes, on the device of `bin`.

        Returns
        -------
        float32 tensor [P, 1, bins, bins]
            Samples in each cell: the target's bins along the rows, the TF's along the columns. Equal to
            `numpy.histogram2d(x_tf, x_target, bins)[0].T` of the expression as float64. All 0 where either gene has no
            expression (which `present` tells beforehand); every other histogram adds up to S.
        """
        cell = self.bin[target].long() * self.bins + self.bin[tf]  # [P, S]
        counted = (self.present[tf] & self.present[target]).float()
        empty = torch.zeros(len(tf), self.bins * self.bins, device=cell.device)
        # Sums of ones are exact in float32 (up to 2²⁴ samples), so the order in which a GPU adds them does not matter.
        counts = empty.scatter_add_(1, cell, counted[:, None].expand(cell.shape))
        return counts.view(-1, 1, self.bins, self.bins)


def find_bins(values: Float32, bins: int) -> npt.NDArray[np.int64]:
    """Return into which of `bins` equal bins from its smallest to its largest each value falls, as NumPy counts them.

    A value on an edge belongs to the bin above it, the largest to the last bin. Values that are all equal lie in the
    middle of a range of width 1.

    Parameters
    ----------
    values : float32 array [S]
        Finite, at least one.
    bins : int

    Returns
    -------
    int64 array [S]
        0..bins - 1.
    """
    # The edges of numpy.histogram2d, bit for bit: its bounds in float64, widened where equal, then linspace.
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, bins + 1)
    return np.searchsorted(edges[1:-1], values.astype(np.float64), side="right")
