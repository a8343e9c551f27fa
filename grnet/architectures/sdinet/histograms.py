"""Joint histograms of the expression of two genes: what the paper's RNA network looks at.

Enters: the expression matrix, genes × samples. Leaves: :class:`JointHistograms`, which knows for each gene into which
of its bins each sample falls, and from that counts the histograms of any batch of pairs on the device. A histogram can
be many times larger than the samples that it counts, so none is stored: memory depends on the genes and on the batch,
not on the number of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grnet.schema.arrays import Float32, Indices

BINS = 64
"""Bins along each axis, as in the paper."""
BLOCK_VALUES = 2**22
"""Expression values whose bins are found at once: 32 MiB in float64, and as much for the bins found."""


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
        genes = np.flatnonzero(present)
        step = max(BLOCK_VALUES // max(expression.shape[1], 1), 1)
        for start in range(0, len(genes), step):
            block = genes[start : start + step]
            found[block] = find_bins(expression[block], bins)
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


def find_bins(values: Float32, bins: int) -> Indices:
    """Return into which of `bins` equal bins from its gene's smallest to its largest value each value falls.

    As in NumPy's histograms, a value on an edge belongs to the bin above it, the largest to the last bin, and a gene
    whose values are all equal has a range of width 1 around them.

    Parameters
    ----------
    values : float32 array [B, S]
        Finite; S at least 1.
    bins : int

    Returns
    -------
    int64 array [B, S]
        0..bins - 1.
    """
    exact = values.astype(np.float64)
    low, high = exact.min(axis=1, keepdims=True), exact.max(axis=1, keepdims=True)
    margin = np.where(low == high, 0.5, 0.0)
    low, high = low - margin, high + margin
    # Rounded as numpy.linspace rounds a single range; given many at once it rounds otherwise if one has no width.
    edges = np.arange(1, bins) * ((high - low) / bins) + low  # [B, bins - 1], without the two ends
    return torch.searchsorted(torch.from_numpy(edges), torch.from_numpy(exact), right=True).numpy()
