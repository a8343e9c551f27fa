"""Context features of pairs as tensors: a list of pairs, or a whole block of TFs × targets as matrix products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grnet.schema.configs import Modality
from grnet.schema.features import GeneFeatures, Profiles
from grnet.schema.genes import PairIndex

Floats = npt.NDArray[np.float64]

SMALLEST = 1e-6


@dataclass(frozen=True)
class ContextTable:
    """The profiles of one measurement on a device, ready to be multiplied.

    Attributes
    ----------
    unit : float32 tensor [M, G, S]
    mean, deviation : float32 tensors [M, G]
    present : bool tensor [G]
    """

    unit: Tensor
    mean: Tensor
    deviation: Tensor
    present: Tensor

    @classmethod
    def from_profiles(cls, profiles: Profiles, device: torch.device) -> ContextTable:
        """Copy `profiles` to `device`."""
        unit, mean, deviation, present = (
            torch.from_numpy(array).to(device)
            for array in (profiles.unit, profiles.mean, profiles.deviation, profiles.present)
        )
        return cls(unit, mean, deviation, present)

    def of_pairs(self, tf: Tensor, target: Tensor) -> Tensor:
        """Return the context of listed pairs.

        Parameters
        ----------
        tf, target : int64 tensors [P]

        Returns
        -------
        float32 tensor [P, 3 M]
            For each transform the correlation, its z-score in the TF's background, and in the target's.
        """
        correlation = torch.stack([(u[tf] * u[target]).sum(dim=1) for u in self.unit])  # [M, P]
        background = (self.mean[:, tf], self.deviation[:, tf], self.mean[:, target], self.deviation[:, target])
        return _against_background(correlation, *background).permute(2, 0, 1).flatten(1)

    def of_block(self, tf: Tensor, target: Tensor) -> Tensor:
        """Return the context of every pair of a block.

        Parameters
        ----------
        tf : int64 tensor [T]
        target : int64 tensor [N]

        Returns
        -------
        float32 tensor [T, N, 3 M]
            As :meth:`of_pairs`.
        """
        correlation = torch.matmul(self.unit[:, tf], self.unit[:, target].transpose(1, 2))  # [M, T, N]
        rows = (self.mean[:, tf, None], self.deviation[:, tf, None])
        columns = (self.mean[:, None, target], self.deviation[:, None, target])
        return _against_background(correlation, *rows, *columns).permute(2, 3, 0, 1).flatten(2)


def _against_background(correlation: Tensor, tf_mean: Tensor, tf_dev: Tensor, mean: Tensor, dev: Tensor) -> Tensor:
    """Stack correlation and its z-scores, CLR of Faith et al. 2007 in both directions: [M, 3, ...]."""
    from_tf = (correlation - tf_mean) / tf_dev.clamp_min(SMALLEST)
    from_target = (correlation - mean) / dev.clamp_min(SMALLEST)
    return torch.stack([correlation, from_tf.clamp(-50, 50), from_target.clamp(-50, 50)], dim=1)


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
