"""Which pairs a model can see, and in words what the others lack."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from grnet.features.pair_samples import PairSamples
from grnet.schema.features import Bools, GeneFeatures
from grnet.schema.genes import Indices
from grnet.schema.model_configs import TrainConfig


@dataclass(frozen=True)
class PairFilter:
    """Which pairs a model can see.

    Attributes
    ----------
    features : GeneFeatures
    config : TrainConfig
    samples : PairSamples or None
        What a network of the paper reads; None for late interaction.
    """

    features: GeneFeatures
    config: TrainConfig
    samples: PairSamples | None = None

    def usable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs [P] the model can see."""
        if self.samples is None:
            return self.features.scorable(self.config.model.modality, tf, target)
        counts = self.samples.count(*(torch.from_numpy(index).to(self.samples.device) for index in (tf, target)))
        mask: Bools = counts.cpu().numpy() > 0
        return mask

    def genes(self) -> Bools:
        """Return which genes [G] can be part of such a pair."""
        modality = self.config.model.modality
        if self.samples is None or modality != "fused":
            return self.features.present(modality)
        return self.features.present("rna") & self.features.present("image")

    def describe_lack(self) -> str:
        """Say what a gene of a pair lacks that the model cannot see."""
        if self.samples is None or self.config.model.modality == "rna":
            return f"a gene has no {_lacks(self.config.model.modality)}"
        expression = (
            "a gene has no expression, or there are " if self.config.model.modality == "fused" else "there are "
        )
        if self.samples.fewest == 1:
            return f"{expression}no images of one view of both genes"
        return f"{expression}fewer than {self.samples.fewest} combinations of a TF image and a target image of one view"

    def describe_need(self) -> str:
        """Say what both genes of a pair have that the model can see."""
        modality = self.config.model.modality
        if self.samples is None or modality == "rna":
            return _has(modality)
        images = "images of one view"
        if self.samples.fewest > 1:
            images = f"at least {self.samples.fewest} combinations of a TF image and a target image of one view"
        return f"expression and {images}" if modality == "fused" else images


def _has(modality: str) -> str:
    return {"rna": "expression", "image": "images of one view", "fused": "expression or images"}[modality]


def _lacks(modality: str) -> str:
    return {"rna": "expression", "image": "images", "fused": "expression and images in common"}[modality]
