"""Labelled pairs as the training loop sees them: indices, labels, and their context on the device.

Also what the RNA part of a fold model is given: that context, and what the labelled pairs of its own fold say of any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.arrays import GeneInputs
from grnet.features.pairs import ContextTable, context_tables
from grnet.features.pairwise_kernel import PairwiseKernel
from grnet.features.similar_pairs import PairLabels, SimilarPairContext
from grnet.schema.arrays import Indices, Int8
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import Modality


@dataclass(frozen=True)
class LabelledPairs:
    """Pairs with labels, and all that a model reads of them.

    Attributes
    ----------
    pairs : PairIndex
        P pairs.
    labels : float32 tensor [P]
        1 or 0.
    tf, target : int64 tensors [P]
        Gene indices.
    context : mapping of str to float32 tensor [P, F]
    shared : mapping of str to bool tensor [P]
        Whether both genes have the measurement.
    genes : GeneInputs
        Of the whole catalogue.
    tfs : int64 array
        Genes that can be the TF of a candidate.
    tables : mapping of str to ContextTable
        Of each measurement that the model looks at.
    kernels : mapping of str to PairwiseKernel
        Of the same.
    modality : mapping of str to str
        "rna" or "image", of each of them.
    """

    pairs: PairIndex
    labels: Tensor
    tf: Tensor
    target: Tensor
    context: Mapping[str, Tensor]
    shared: Mapping[str, Tensor]
    genes: GeneInputs
    tfs: Indices
    tables: Mapping[str, ContextTable]
    kernels: Mapping[str, PairwiseKernel]
    modality: Mapping[str, str]

    @classmethod
    def build(
        cls,
        pairs: PairIndex,
        labels: Int8,
        features: GeneFeatures,
        *,
        modality: Modality,
        device: torch.device,
        tfs: Indices | None = None,
    ) -> LabelledPairs:
        """Compute the context of `pairs` and put everything on `device`; `tfs` are those of `pairs` unless given."""
        tf, target = (torch.from_numpy(index).to(device) for index in (pairs.tf, pairs.target))
        tables, looked_at = context_tables(features, modality, device), features.of_modality(modality)
        return cls(
            pairs=pairs,
            labels=torch.from_numpy(labels.astype(np.float32)).to(device),
            tf=tf,
            target=target,
            context={name: table.of_pairs(tf, target) for name, table in tables.items()},
            shared={name: table.present[tf] & table.present[target] for name, table in tables.items()},
            genes=GeneInputs.from_features(features, device),
            tfs=np.unique(pairs.tf if tfs is None else tfs),
            tables=tables,
            kernels={profiles.name: PairwiseKernel.of(profiles, device) for profiles in looked_at},
            modality={profiles.name: profiles.modality for profiles in looked_at},
        )

    def select(self, pairs: PairIndex, labels: Int8) -> LabelledPairs:
        """Return other pairs of the same genes."""
        tf, target = (torch.from_numpy(index).to(self.labels.device) for index in (pairs.tf, pairs.target))
        return replace(
            self,
            pairs=pairs,
            labels=torch.from_numpy(labels.astype(np.float32)).to(self.labels.device),
            tf=tf,
            target=target,
            context={name: table.of_pairs(tf, target) for name, table in self.tables.items()},
            shared={name: table.present[tf] & table.present[target] for name, table in self.tables.items()},
        )

    def with_similar(self, labels: PairLabels) -> LabelledPairs:
        """Return the same pairs with what the pairs that a model was trained on say of each, by each measurement."""
        said = SimilarPairContext(self.tables, labels).of_pairs(self.tf, self.target)
        return replace(self, context={**self.context, **said})

    def context_of(self, rows: Tensor) -> dict[str, Tensor]:
        """Return the context of the pairs at `rows`."""
        return {name: values[rows] for name, values in self.context.items()}

    def has(self, modality: str, shape: InputShape) -> Tensor:
        """Return which pairs [P] share a measurement of "rna" or "image"."""
        masks = [self.shared[name] for name in shape.measurements(modality)]
        return torch.stack(masks).any(dim=0)


@dataclass(frozen=True)
class RnaInputs:
    """What the RNA part of one fold model is given of any pair.

    Attributes
    ----------
    names : tuple of str
        Of the measurements of RNA.
    tables : mapping of str to ContextTable
    level : mapping of str to float32 tensor [G, Q]
        What is known of each gene alone.
    similar : SimilarPairContext
        Of the pairs that the model is trained on.
    labelled : two bool tensors [G]
        Which genes have such pairs as TF, and which as target.
    """

    names: tuple[str, ...]
    tables: Mapping[str, ContextTable]
    level: Mapping[str, Tensor]
    similar: SimilarPairContext
    labelled: tuple[Tensor, Tensor]

    @classmethod
    def build(cls, data: LabelledPairs, labels: PairLabels) -> RnaInputs:
        """Gather what a model that is trained on `labels` is given."""
        names = tuple(name for name, modality in data.modality.items() if modality == "rna")
        tables = {name: data.tables[name] for name in names}
        levels = {name: data.genes.level[name] for name in names}
        similar = SimilarPairContext(tables, labels)
        return cls(names, tables, levels, similar, labels.mask_genes(data.genes.n_genes))

    @property
    def present(self) -> Tensor:
        """Which genes [G] have any measurement of RNA."""
        return torch.stack([table.present for table in self.tables.values()]).any(dim=0)

    def share(self, tf: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Return which pairs [P] have each measurement of both genes."""
        return {name: table.present[tf] & table.present[target] for name, table in self.tables.items()}

    def context_of(self, tf: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Return the context of pairs [P] by each measurement, and what similar pairs say of them."""
        context = {name: table.of_pairs(tf, target) for name, table in self.tables.items()}
        return context | self.similar.of_pairs(tf, target)

    def situations_of(self, tf: Tensor, target: Tensor) -> Indices:
        """Return for each pair [P] its situation, a position in HIDDEN: whose labelled pairs are there."""
        number = (~self.labelled[0][tf]).long() + 2 * (~self.labelled[1][target]).long()
        found: Indices = number.cpu().numpy()
        return found
