"""What the features room hands to models, training and scoring: arrays for each gene, from which pairs are products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Bools, Float32, Indices
from grnet.schema.training_config import Modality

KNOWN_EDGES = "known edges"
"""Name, among the context of pairs, of what the known edges of similar genes say."""
KNOWN_EDGE_FEATURES = 18


@dataclass(frozen=True)
class Profiles:
    """One kind of measurement of every gene, in M transforms; correlations of genes are products of its rows.

    Attributes
    ----------
    name : str
        "expression" or the view of the images.
    modality : {"rna", "image"}
    transforms : tuple of str
        The M transforms, such as "pearson" or "spearman, 3 components removed".
    unit : float32 array [M, R, S]
        Rows centred over their S samples (or pixels) and scaled to length 1; the last is 0.
    row : int64 array [G]
        Which row of `unit` is a gene's; the last for all genes without the measurement.
    background : float32 array [4, M, G]
        Of a gene's correlations r with all measured genes: mean and standard deviation of r, then of |r|.
    level : float32 array [G, Q]
        What is known of a gene alone: its backgrounds, mean and standard deviation of the raw measurement, and for
        expression its leading principal coordinates.
    present : bool array [G]
    """

    name: str
    modality: Modality
    transforms: tuple[str, ...]
    unit: Float32
    row: Indices
    background: Float32
    level: Float32
    present: Bools

    def of_transform(self, name: str) -> Float32:
        """Return the rows of one of the transforms for all genes, float32 [G, S]."""
        rows: Float32 = self.unit[self.transforms.index(name)][self.row]
        return rows

    @property
    def n_pair_features(self) -> int:
        """Number of context features of a pair: r, and the z-scores of r and |r| against both genes, a transform."""
        return 5 * len(self.transforms)


@dataclass(frozen=True)
class GeneFeatures:
    """All that a model may look at, for each gene of the catalogue.

    Attributes
    ----------
    profiles : tuple of Profiles
        Expression first, then one for each view.
    maps : float32 array [R, V, H, W]
        Mean image of a gene in each view, 0..1; 0 where it has none. The last row is 0.
    map_row : int64 array [G]
        Which row of `maps` is a gene's; the last for all genes without images.
    has_map : bool array [G, V]
    views : tuple of str
    """

    profiles: tuple[Profiles, ...]
    maps: Float32
    map_row: Indices
    has_map: Bools
    views: tuple[str, ...]

    def of_modality(self, modality: Modality) -> tuple[Profiles, ...]:
        """Return the profiles that a model of `modality` looks at."""
        return tuple(p for p in self.profiles if modality in ("fused", p.modality))

    def present(self, modality: Modality) -> Bools:
        """Return which genes [G] have any measurement of `modality`."""
        masks = [p.present for p in self.of_modality(modality)]
        mask: Bools = np.any(masks, axis=0) if masks else np.zeros(len(self.has_map), dtype=bool)
        return mask

    def scorable(self, modality: Modality, tf: Indices, target: Indices) -> Bools:
        """Return which pairs share at least one measurement: [P], or a block [T, N] from [T, 1] and [N]."""
        shared = [p.present[tf] & p.present[target] for p in self.of_modality(modality)]
        mask: Bools = np.any(shared, axis=0) if shared else np.zeros(np.broadcast(tf, target).shape, dtype=bool)
        return mask


def rows_of(present: Bools) -> Indices:
    """Return the row of each gene [G] among those that are `present`; the one after the last for all others."""
    rows: Indices = np.where(present, np.cumsum(present) - 1, int(present.sum())).astype(np.int64)
    return rows
