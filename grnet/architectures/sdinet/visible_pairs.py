"""Which pairs the networks of the paper can look at: those that have samples."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.architectures.visible_pairs import VisiblePairs
from grnet.schema.arrays import Bools, Indices


@dataclass(frozen=True)
class SampledVisiblePairs(VisiblePairs):
    """The pairs that have at least as many samples as the settings ask for.

    Attributes
    ----------
    samples : PairSamples
    """

    samples: PairSamples

    def usable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs [P] the model can see."""
        counts = self.samples.count(*(torch.from_numpy(index).to(self.samples.device) for index in (tf, target)))
        mask: Bools = counts.cpu().numpy() > 0
        return mask

    def genes(self) -> Bools:
        """Return which genes [G] can be part of such a pair."""
        if self.modality != "fused":
            return super().genes()
        return self.features.present("rna") & self.features.present("image")

    def describe_lack(self) -> str:
        """Say what a gene of a pair lacks that the model cannot see."""
        if self.modality == "rna":
            return super().describe_lack()
        expression = "a gene has no expression, or there are " if self.modality == "fused" else "there are "
        if self.samples.fewest == 1:
            return f"{expression}no images of one view of both genes"
        return f"{expression}fewer than {self.samples.fewest} combinations of a TF image and a target image of one view"

    def describe_need(self) -> str:
        """Say what both genes of a pair have that the model can see."""
        if self.modality == "rna":
            return super().describe_need()
        images = "images of one view"
        if self.samples.fewest > 1:
            images = f"at least {self.samples.fewest} combinations of a TF image and a target image of one view"
        return f"expression and {images}" if self.modality == "fused" else images

    def describe_remedy(self) -> str:
        """Say which option can let a model see more pairs."""
        return f"choose another --modality{' or a lower --min-image-pairs' if self.samples.fewest > 1 else ''}"
