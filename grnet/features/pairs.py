"""Context features of pairs as tensors: a list of pairs, or a whole block of TFs × targets as matrix products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grnet.schema.features import Float32, GeneFeatures, Profiles
from grnet.schema.genes import Indices, PairIndex
from grnet.schema.model_configs import Modality

Floats = npt.NDArray[np.float64]

SMALLEST = 1e-6


@dataclass(frozen=True)
class ContextTable:
    """The profiles of one measurement on a device, ready to be multiplied.

    Attributes
    ----------
    unit : float32 tensor [M, G, S]
    background : float32 tensor [4, M, G]
    present : bool tensor [G]
    """

    unit: Tensor
    background: Tensor
    present: Tensor

    @classmethod
    def from_profiles(cls, profiles: Profiles, device: torch.device) -> ContextTable:
        """Copy `profiles` to `device`."""
        arrays = (profiles.unit, profiles.background, profiles.present)
        unit, background, present = (torch.from_numpy(array).to(device) for array in arrays)
        return cls(unit, background, present)

    def of_pairs(self, tf: Tensor, target: Tensor) -> Tensor:
        """Return the context of listed pairs.

        Parameters
        ----------
        tf, target : int64 tensors [P]

        Returns
        -------
        float32 tensor [P, 5 M]
            For each transform the correlation r, and the z-scores of r and of |r| in the TF's and in the target's
            background.
        """
        r = torch.stack([(unit[tf] * unit[target]).sum(dim=1) for unit in self.unit])  # [M, P]
        return _against_backgrounds(r, self.background[:, :, tf], self.background[:, :, target]).flatten(1)

    def of_block(self, tf: Tensor, target: Tensor) -> Tensor:
        """Return the context of every pair of a block.

        Parameters
        ----------
        tf : int64 tensor [T]
        target : int64 tensor [N]

        Returns
        -------
        float32 tensor [T, N, 5 M]
            As :meth:`of_pairs`.
        """
        r = torch.matmul(self.unit[:, tf], self.unit[:, target].transpose(1, 2))  # [M, T, N]
        rows, columns = self.background[:, :, tf, None], self.background[:, :, None, target]
        return _against_backgrounds(r, rows, columns).flatten(2)


def _against_backgrounds(r: Tensor, tf: Tensor, target: Tensor) -> Tensor:
    """Return r [M, ...] and its z-scores in backgrounds [4, M, ...], features last: [..., M, 5]."""
    size = r.abs()
    features = [r]
    for mean, deviation, size_mean, size_deviation in (tf, target):
        features.append(((r - mean) / deviation.clamp_min(SMALLEST)).clamp(-50, 50))
        features.append(((size - size_mean) / size_deviation.clamp_min(SMALLEST)).clamp(-50, 50))
    return torch.stack(features, dim=-1).movedim(0, -2)


def context_tables(features: GeneFeatures, modality: Modality, device: torch.device) -> dict[str, ContextTable]:
    """Return the tables that a model of `modality` looks at, by the name of the measurement."""
    return {p.name: ContextTable.from_profiles(p, device) for p in features.of_modality(modality)}


def correlations(features: GeneFeatures, pairs: PairIndex) -> tuple[Floats, Floats]:
    """Return Pearson and Spearman correlation of the expression of each pair.

    Returns
    -------
    pearson, spearman : float64 arrays [P]
        NaN where a gene has no expression.
    """
    unknown = np.full(len(pairs), np.nan)
    expression = next((p for p in features.profiles if p.modality == "rna"), None)
    if expression is None:
        return unknown, unknown.copy()
    known = expression.present[pairs.tf] & expression.present[pairs.target]
    results = []
    for kind in ("pearson", "spearman"):
        unit = expression.unit[expression.transforms.index(kind)]
        value = np.einsum("ps,ps->p", unit[pairs.tf], unit[pairs.target]).astype(np.float64)
        results.append(np.where(known, value, np.nan))
    return results[0], results[1]


def expression_similarity(features: GeneFeatures) -> Callable[[Indices, Indices], Float32] | None:
    """Return a function that correlates genes [A] with genes [B] as [A, B] (Pearson); None without expression.

    Genes without expression correlate with nothing: their rows and columns are 0.
    """
    expression = next((p for p in features.profiles if p.modality == "rna"), None)
    if expression is None:
        return None
    unit = expression.unit[expression.transforms.index("pearson")]
    return lambda a, b: unit[a] @ unit[b].T
