"""Context features of pairs as tensors: a list of pairs, or a whole block of TFs × targets as matrix products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grnet.features.gene_rows import GeneRows
from grnet.schema.arrays import Float32, Float64, Indices
from grnet.schema.features import GeneFeatures, Profiles
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import Modality

SMALLEST = 1e-6


@dataclass(frozen=True)
class ContextTable:
    """The profiles of one measurement on a device, ready to be multiplied.

    Attributes
    ----------
    unit : float32 tensor [M, R, S]
    row : int64 tensor [G]
        Which row of `unit` is a gene's.
    background : float32 tensor [4, M, G]
    present : bool tensor [G]
    similarity : int
        The transform, 0..M - 1, that says how alike genes are.
    """

    unit: Tensor
    row: Tensor
    background: Tensor
    present: Tensor
    similarity: int = 0

    @classmethod
    def from_profiles(cls, profiles: Profiles, device: torch.device) -> ContextTable:
        """Copy `profiles` to `device`."""
        return cls(
            unit=torch.from_numpy(profiles.unit).to(device),
            row=torch.from_numpy(profiles.row).to(device),
            background=torch.from_numpy(profiles.background).to(device),
            present=torch.from_numpy(profiles.present).to(device),
            similarity=profiles.transforms.index(profiles.measurement.kind.recipe.similarity),
        )

    def rows(self) -> GeneRows:
        """Return the unit rows of genes in the transform that says how alike they are."""
        return GeneRows(self.unit[self.similarity], self.row)

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
        rows, columns = self.row[tf], self.row[target]
        r = torch.stack([(unit[rows] * unit[columns]).sum(dim=1) for unit in self.unit])  # [M, P]
        features = _against_backgrounds(r, self.background[:, :, tf], self.background[:, :, target])
        return torch.stack(list(features), dim=-1).movedim(0, -2).flatten(1)

    def strip(self, tf: Tensor, target: Tensor) -> ContextStrip:
        """Gather what the context of TFs × targets is worked out from.

        Parameters
        ----------
        tf : int64 tensor [T]
        target : int64 tensor [N]
        """
        units = self.unit[:, self.row[tf]], self.unit[:, self.row[target]].transpose(1, 2).contiguous()
        return ContextStrip(units, (self.background[:, :, tf, None], self.background[:, :, None, target]))


@dataclass(frozen=True)
class ContextStrip:
    """Unit rows [M, T, S] and [M, S, N] of TFs and targets, and their backgrounds [4, M, T, 1] and [4, M, 1, N]."""

    units: tuple[Tensor, Tensor]
    backgrounds: tuple[Tensor, Tensor]

    def features(self, part: slice) -> Tensor:
        """Return the context of some of the TFs with all targets: the features of `of_pairs` as planes [5 M, T, N]."""
        r = self.units[0][:, part] @ self.units[1]  # [M, T, N]
        planes = r.new_empty(len(r), 5, *r.shape[1:])
        of_tfs, of_targets = self.backgrounds
        for place, feature in enumerate(_against_backgrounds(r, of_tfs[:, :, part], of_targets)):
            planes[:, place] = feature
        return planes.flatten(0, 1)


def _against_backgrounds(r: Tensor, tf: Tensor, target: Tensor) -> Iterator[Tensor]:
    """Yield r [M, ...] and its z-scores in backgrounds [4, M, ...], five features."""
    yield r
    size = r.abs()
    for mean, deviation, size_mean, size_deviation in (tf, target):
        yield ((r - mean) / deviation.clamp_min(SMALLEST)).clamp(-50, 50)
        yield ((size - size_mean) / size_deviation.clamp_min(SMALLEST)).clamp(-50, 50)


def context_tables(features: GeneFeatures, modality: Modality, device: torch.device) -> dict[str, ContextTable]:
    """Return the tables that a model of `modality` looks at, by the name of the measurement."""
    return {p.name: ContextTable.from_profiles(p, device) for p in features.of_modality(modality)}


def correlations(features: GeneFeatures, pairs: PairIndex) -> tuple[Float64, Float64]:
    """Return Pearson and Spearman correlation of the expression of each pair.

    Returns
    -------
    pearson, spearman : float64 arrays [P]
        NaN where a gene has no expression.
    """
    unknown = np.full(len(pairs), np.nan)
    expression = next(iter(features.of_modality("rna")), None)
    if expression is None:
        return unknown, unknown.copy()
    known = expression.present[pairs.tf] & expression.present[pairs.target]
    results = []
    for kind in ("pearson", "spearman"):
        unit = expression.of_transform(kind)
        value = np.einsum("ps,ps->p", unit[pairs.tf], unit[pairs.target]).astype(np.float64)
        results.append(np.where(known, value, np.nan))
    return results[0], results[1]


def expression_similarity(features: GeneFeatures) -> Callable[[Indices, Indices], Float32] | None:
    """Return a function that correlates genes [A] with genes [B] as [A, B] (Pearson); None without expression.

    Genes without expression correlate with nothing: their rows and columns are 0.
    """
    expression = next(iter(features.of_modality("rna")), None)
    if expression is None:
        return None
    unit = expression.of_transform("pearson")
    return lambda a, b: unit[a] @ unit[b].T
