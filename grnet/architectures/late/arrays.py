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
    maps : mapping of str to float32 tensor [R + 1, H, W]
        For each measurement whose values are pictures; the last is 0.
    map_row : mapping of str to int64 tensor [G]
        Which of them is a gene's.
    """

    level: Mapping[str, Tensor]
    present: Mapping[str, Tensor]
    maps: Mapping[str, Tensor]
    map_row: Mapping[str, Tensor]

    @classmethod
    def from_features(cls, features: GeneFeatures, device: torch.device) -> GeneInputs:
        """Copy what the model reads of `features` to `device`."""
        return cls(
            level={p.name: torch.from_numpy(p.level).to(device) for p in features.profiles},
            present={p.name: torch.from_numpy(p.present).to(device) for p in features.profiles},
            maps={p.name: torch.from_numpy(p.maps).to(device) for p in features.profiles if p.maps is not None},
            map_row={p.name: torch.from_numpy(p.row).to(device) for p in features.profiles if p.maps is not None},
        )

    def take(self, genes: Tensor) -> GeneInputs:
        """Return the inputs of the genes at the given indices."""
        level = {name: values[genes] for name, values in self.level.items()}
        present = {name: mask[genes] for name, mask in self.present.items()}
        rows = {name: row[genes] for name, row in self.map_row.items()}
        return GeneInputs(level, present, self.maps, rows)

    def pictures(self, name: str) -> Tensor:
        """Return the pictures of all genes by a measurement, float32 [G, H, W]."""
        return self.maps[name][self.map_row[name]]

    @property
    def n_genes(self) -> int:
        """Number of genes G."""
        return len(next(iter(self.present.values())))


@dataclass(frozen=True)
class GeneCodes:
    """Genes after encoding; all that a pair needs of either gene.

    Attributes
    ----------
    tf, target : mapping of str to float32 tensor [G, hidden]
        What the gene adds to the first hidden layer of a tower ("rna", "image") in each role.
    tf_maps, target_maps : mapping of str to float32 tensor [G, C, S]
        Feature maps of length 1 over space of each measurement whose values are pictures, 0 for a gene without one.
    present : mapping of str to bool tensor [G]
    """

    tf: Mapping[str, Tensor]
    target: Mapping[str, Tensor]
    tf_maps: Mapping[str, Tensor]
    target_maps: Mapping[str, Tensor]
    present: Mapping[str, Tensor]

    def take(self, genes: Tensor) -> GeneCodes:
        """Return the codes of the genes at the given indices."""
        return GeneCodes(
            {name: code[genes] for name, code in self.tf.items()},
            {name: code[genes] for name, code in self.target.items()},
            {name: maps[genes] for name, maps in self.tf_maps.items()},
            {name: maps[genes] for name, maps in self.target_maps.items()},
            {name: mask[genes] for name, mask in self.present.items()},
        )


@dataclass(frozen=True)
class TowerLogits:
    """What the towers say of pairs.

    Attributes
    ----------
    rna, image : float32 tensors [P]
        0 where a modality is missing for one of the two genes.
    has_rna, has_image : bool tensors [P]
    """

    rna: Tensor
    image: Tensor
    has_rna: Tensor
    has_image: Tensor


@dataclass(frozen=True)
class Logits:
    """Scores of pairs and their parts.

    Attributes
    ----------
    total : float32 tensor [P]
        The base of each pair's pattern, and its weighted parts.
    parts : float32 tensor [parts, P]
        0 where a pair lacks what a part looks at.
    weighted : float32 tensor [parts, P]
        The parts as they count.
    has_rna, has_image : bool tensors [P]
    """

    total: Tensor
    parts: Tensor
    weighted: Tensor
    has_rna: Tensor
    has_image: Tensor

    @classmethod
    def cat(cls, pieces: list[Logits]) -> Logits:
        """Join the scores of consecutive lists of pairs."""
        return cls(*(torch.cat([getattr(piece, field.name) for piece in pieces], dim=-1) for field in fields(cls)))
