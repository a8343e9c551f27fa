"""Labelled pairs as the training loop sees them: indices, labels, and their context on the device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grnet.features.pairs import context_tables
from grnet.models.arrays import GeneInputs, InputShape
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex
from grnet.schema.model_configs import Modality


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
    """

    pairs: PairIndex
    labels: Tensor
    tf: Tensor
    target: Tensor
    context: Mapping[str, Tensor]
    shared: Mapping[str, Tensor]
    genes: GeneInputs

    @classmethod
    def build(
        cls,
        pairs: PairIndex,
        labels: npt.NDArray[np.int8],
        features: GeneFeatures,
        *,
        modality: Modality,
        device: torch.device,
    ) -> LabelledPairs:
        """Compute the context of `pairs` and put everything on `device`."""
        tf, target = (torch.from_numpy(index).to(device) for index in (pairs.tf, pairs.target))
        tables = context_tables(features, modality, device)
        return cls(
            pairs=pairs,
            labels=torch.from_numpy(labels.astype(np.float32)).to(device),
            tf=tf,
            target=target,
            context={name: table.of_pairs(tf, target) for name, table in tables.items()},
            shared={name: table.present[tf] & table.present[target] for name, table in tables.items()},
            genes=GeneInputs.from_features(features, device),
        )

    def context_of(self, rows: Tensor) -> dict[str, Tensor]:
        """Return the context of the pairs at `rows`."""
        return {name: values[rows] for name, values in self.context.items()}

    def has(self, modality: str, shape: InputShape) -> Tensor:
        """Return which pairs [P] share a measurement of "rna" or "image"."""
        masks = [self.shared[name] for name in shape.measurements(modality)]
        return torch.stack(masks).any(dim=0)
