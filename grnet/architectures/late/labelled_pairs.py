"""Labelled pairs as the training loop sees them: indices, labels, and their context on the device.

Also what the RNA part of a fold model is given: that context, and what the known edges of its own fold say of any pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.arrays import GeneInputs
from grnet.features.known_edges import KnownEdges, KnownEdgeSums
from grnet.features.pairs import ContextTable, context_tables
from grnet.schema.arrays import Indices, Int8
from grnet.schema.features import KNOWN_EDGES, GeneFeatures
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
    expression : (name, ContextTable) or None
        The measurement that RNA models look at.
    """

    pairs: PairIndex
    labels: Tensor
    tf: Tensor
    target: Tensor
    context: Mapping[str, Tensor]
    shared: Mapping[str, Tensor]
    genes: GeneInputs
    tfs: Indices
    expression: tuple[str, ContextTable] | None

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
        tables = context_tables(features, modality, device)
        rna = [profiles.name for profiles in features.of_modality(modality) if profiles.modality == "rna"]
        return cls(
            pairs=pairs,
            labels=torch.from_numpy(labels.astype(np.float32)).to(device),
            tf=tf,
            target=target,
            context={name: table.of_pairs(tf, target) for name, table in tables.items()},
            shared={name: table.present[tf] & table.present[target] for name, table in tables.items()},
            genes=GeneInputs.from_features(features, device),
            tfs=np.unique(pairs.tf if tfs is None else tfs),
            expression=(rna[0], tables[rna[0]]) if rna else None,
        )

    def with_known(self, known: KnownEdges) -> LabelledPairs:
        """Return the same pairs with what the edges that a model was trained on say of each."""
        assert self.expression is not None
        sums = KnownEdgeSums(self.expression[1].rows(), known)
        return replace(self, context={**self.context, KNOWN_EDGES: sums.of_pairs(self.tf, self.target)})

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
    name : str
        Of the measurement of expression.
    table : ContextTable
    level : float32 tensor [G, Q]
        What is known of each gene alone.
    known : KnownEdgeSums
        Of the edges that the model is trained on.
    knows : two bool tensors [G]
        Which genes have such edges as TF, and which as target.
    """

    name: str
    table: ContextTable
    level: Tensor
    known: KnownEdgeSums
    knows: tuple[Tensor, Tensor]

    @classmethod
    def build(cls, data: LabelledPairs, known: KnownEdges) -> RnaInputs:
        """Gather what a model that is trained on `known` is given."""
        assert data.expression is not None
        name, table = data.expression
        sums = KnownEdgeSums(table.rows(), known)
        return cls(name, table, data.genes.level[name], sums, known.mask_known(len(data.genes.level[name])))

    def context_of(self, tf: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Return the co-expression context of pairs [P] and what known edges say of them."""
        return {self.name: self.table.of_pairs(tf, target), KNOWN_EDGES: self.known.of_pairs(tf, target)}

    def situations_of(self, tf: Tensor, target: Tensor) -> Indices:
        """Return for each pair [P] its situation, a position in HIDDEN: whose known edges are there."""
        number = (~self.knows[0][tf]).long() + 2 * (~self.knows[1][target]).long()
        found: Indices = number.cpu().numpy()
        return found
