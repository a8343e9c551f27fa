"""What the features room hands to models, training and scoring: arrays for each gene, from which pairs are products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Bools, Float32, Indices
from grnet.schema.measurements import Measurement
from grnet.schema.training_config import Modality

SIMILAR_PAIR_FEATURES = 18
"""How many numbers say what the labelled pairs of similar genes say of a pair, by one measurement."""


def by_similar_pairs(name: str) -> str:
    """Return the name, among the context of pairs, of what the labelled pairs of similar genes say by a measurement."""
    return f"similar pairs by {name}"


BY_KNOWN_NETWORK = "known network"
"""Name, among the context of pairs, of what the graph of known edges says."""


def by_kernel(name: str) -> str:
    """Return the name, among the context of pairs, of what the known targets of a TF say by a measurement."""
    return f"known targets by {name}"


@dataclass(frozen=True)
class Profiles:
    """One measurement of every gene, in M transforms; correlations of genes are products of its rows.

    Attributes
    ----------
    name : str
        Of the measurement.
    modality : {"rna", "image"}
    transforms : tuple of str
        The M transforms, such as "pearson" or "spearman, 3 components removed".
    unit : float32 array [M, R + 1, P]
        Rows centred over their P places and scaled to length 1; the last is 0.
    row : int64 array [G]
        Which row is a gene's; the last for all genes without the measurement.
    background : float32 array [4, M, G]
        Of a gene's correlations r with all measured genes: mean and standard deviation of r, then of |r|.
    level : float32 array [G, Q]
        What is known of a gene alone: its backgrounds, mean and standard deviation over its places, and its leading
        principal coordinates.
    present : bool array [G]
    measurement : Measurement
        What the profiles were made of.
    maps : float32 array [R + 1, H, W] or None
        The pictures of the genes, where the measurement has any; the last is 0.
    """

    name: str
    modality: Modality
    transforms: tuple[str, ...]
    unit: Float32
    row: Indices
    background: Float32
    level: Float32
    present: Bools
    measurement: Measurement
    maps: Float32 | None = None

    def of_transform(self, name: str) -> Float32:
        """Return the rows of one of the transforms for all genes, float32 [G, P]."""
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
    n_genes : int
        G.
    profiles : tuple of Profiles
        One for each measurement.
    """

    n_genes: int
    profiles: tuple[Profiles, ...]

    def of_modality(self, modality: Modality) -> tuple[Profiles, ...]:
        """Return the profiles that a model of `modality` looks at."""
        return tuple(p for p in self.profiles if modality in ("fused", p.modality))

    def present(self, modality: Modality) -> Bools:
        """Return which genes [G] have any measurement of `modality`."""
        masks = [p.present for p in self.of_modality(modality)]
        mask: Bools = np.any(masks, axis=0) if masks else np.zeros(self.n_genes, dtype=bool)
        return mask

    def scorable(self, modality: Modality, tf: Indices, target: Indices) -> Bools:
        """Return which pairs share at least one measurement: [P], or a block [T, N] from [T, 1] and [N]."""
        shared = [p.present[tf] & p.present[target] for p in self.of_modality(modality)]
        mask: Bools = np.any(shared, axis=0) if shared else np.zeros(np.broadcast(tf, target).shape, dtype=bool)
        return mask
