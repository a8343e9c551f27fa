"""Which pairs a model can look at, and in words what the others lack."""

from __future__ import annotations

from dataclasses import dataclass

from grnet.schema.arrays import Bools, Indices
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import Modality

_HAS = {"rna": "expression", "image": "images of one view", "fused": "expression or images"}
_LACKS = {"rna": "expression", "image": "images", "fused": "expression and images in common"}


@dataclass(frozen=True)
class VisiblePairs:
    """The pairs whose genes share a measurement that the model looks at.

    Attributes
    ----------
    features : GeneFeatures
    modality : {"rna", "image", "fused"}
    """

    features: GeneFeatures
    modality: Modality

    def usable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs [P] the model can see."""
        return self.features.scorable(self.modality, tf, target)

    def genes(self) -> Bools:
        """Return which genes [G] can be part of such a pair."""
        return self.features.present(self.modality)

    def describe_lack(self) -> str:
        """Say what a gene of a pair lacks that the model cannot see."""
        return f"a gene has no {_LACKS[self.modality]}"

    def describe_need(self) -> str:
        """Say what both genes of a pair have that the model can see."""
        return _HAS[self.modality]

    def describe_remedy(self) -> str:
        """Say which option can let a model see more pairs; "" where none can."""
        return "" if self.modality == "fused" else "choose another --modality"
