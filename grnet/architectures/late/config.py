"""What a user can set of the late-interaction network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from grnet.schema.problems import Problems
from grnet.schema.training_config import ModelConfig


@dataclass(frozen=True)
class LateConfig(ModelConfig):
    """The late-interaction network.

    Attributes
    ----------
    modality : {"rna", "image", "fused"}
    channels : tuple of int
        Channels of the image encoder's convolutions; the last is the number of feature maps that are compared.
    bins : int
        Quantile bins of the piecewise-linear encoding of one pair feature.
    hidden : int
        Width of the head.
    dropout : float
        Dropout of the head.
    single_modality_weight : float
        Weight in the loss of the score from RNA alone and of that from images alone, where a pair has both. It is
        modality dropout in expectation, without its noise: a gene that lacks one modality is handled (fused).
    """

    architecture: ClassVar[str] = "late"
    channels: tuple[int, ...] = (8, 12)
    bins: int = 8
    hidden: int = 64
    dropout: float = 0.3
    single_modality_weight: float = 0.5

    def __post_init__(self) -> None:
        problems = Problems()
        self.require_modality(problems)
        problems.require(all(c >= 1 for c in self.channels) and bool(self.channels), "channels are at least 1")
        problems.require(min(self.bins, self.hidden) >= 1, "bins and hidden are at least 1")
        problems.require(0 <= self.dropout < 1, f"dropout lies in 0..1, got {self.dropout}")
        problems.require(self.single_modality_weight >= 0, "single_modality_weight is 0 or more")
        problems.raise_any()
