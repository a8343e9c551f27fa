"""What a model takes and gives: inputs and codes of genes, scores of pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from grnet.schema.features import GeneFeatures


@dataclass(frozen=True)
class GeneInputs:
    """What the model reads of each gene, on its device.

    Attributes
    ----------
    level : mapping of str to float32 tensor [G, Q]
        For each measurement.
    present : mapping of str to bool tensor [G]
        For each measurement.
    maps : float32 tensor [R, V, H, W]
    map_row : int64 tensor [G]
        Which row of `maps` is a gene's.
    """

    level: Mapping[str, Tensor]
    present: Mapping[str, Tensor]
    maps: Tensor
    map_row: Tensor

    @classmethod
    def from_features(cls, features: GeneFeatures, device: torch.device) -> GeneInputs:
        """Copy what the model reads of `features` to `device`."""
        return cls(
            level={p.name: torch.from_numpy(p.level).to(device) for p in features.profiles},
            present={p.name: torch.from_numpy(p.present).to(device) for p in features.profiles},
            maps=torch.from_numpy(features.maps).to(device),
            map_row=torch.from_numpy(features.map_row).to(device),
        )

    def take(self, genes: Tensor) -> GeneInputs:
        """Return the inputs of the genes at the given indices."""
        level = {name: values[genes] for name, values in self.level.items()}
        present = {name: mask[genes] for name, mask in self.present.items()}
        return GeneInputs(level, present, self.maps, self.map_row[genes])

    def mean_images(self) -> Tensor:
        """Return the mean images of all genes, float32 [G, V, H, W]."""
        return self.maps[self.map_row]


@dataclass(frozen=True)
class GeneCodes:
    """Genes after encoding; all that a pair needs of either gene.

    Attributes
    ----------
    tf, target : mapping of str to float32 tensor [G, hidden]
        What the gene adds to the first hidden layer of a tower ("rna", "image") in each role.
    tf_maps, target_maps : float32 tensor [V, G, C, S] or None
        Feature maps of length 1 over space, 0 for a view without images.
    present : mapping of str to bool tensor [G]
    """

    tf: Mapping[str, Tensor]
    target: Mapping[str, Tensor]
    tf_maps: Tensor | None
    target_maps: Tensor | None
    present: Mapping[str, Tensor]

    def only(self, modalities: tuple[str, ...]) -> GeneCodes:
        """Return the codes of some modalities; the others are as if the genes lacked them."""
        keeps_maps = "image" in modalities
        return GeneCodes(
            {name: self.tf[name] for name in modalities},
            {name: self.target[name] for name in modalities},
            self.tf_maps if keeps_maps else None,
            self.target_maps if keeps_maps else None,
            self.present,
        )

    def take(self, genes: Tensor) -> GeneCodes:
        """Return the codes of the genes at the given indices."""
        return GeneCodes(
            {name: code[genes] for name, code in self.tf.items()},
            {name: code[genes] for name, code in self.target.items()},
            None if self.tf_maps is None else self.tf_maps[:, genes],
            None if self.target_maps is None else self.target_maps[:, genes],
            {name: mask[genes] for name, mask in self.present.items()},
        )


@dataclass(frozen=True)
class Logits:
    """Scores of pairs and their parts.

    Attributes
    ----------
    total : float32 tensor [P] or [T, N]
        rna + trust · (image + joint) where a pair has both modalities, else the part that it has.
    rna, image, joint : float32 tensors of the same shape
        What each tower, and both together, say; 0 where a modality is missing for one of the two genes.
    has_rna, has_image : bool tensors of the same shape
    """

    total: Tensor
    rna: Tensor
    image: Tensor
    joint: Tensor
    has_rna: Tensor
    has_image: Tensor

    @classmethod
    def cat(cls, parts: list[Logits]) -> Logits:
        """Join the scores of consecutive lists of pairs."""
        return cls(*(torch.cat([getattr(part, field.name) for part in parts]) for field in fields(cls)))
