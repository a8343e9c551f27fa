"""What a user can set of the networks of the SDINet paper, and how the paper trains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from grnet.schema.problems import Problems
from grnet.schema.settings import setting
from grnet.schema.training_config import PRECISIONS, Modality, ModelConfig, Precision

PATIENCE = 15
"""Epochs without a better validation loss after which a network of the paper has settled; the paper goes on."""
TRAINING: Mapping[Modality, Mapping[str, Any]] = {
    "rna": {"epochs": 300, "batch_size": 32, "learning_rate": 3e-4},
    "fused": {"epochs": 60, "batch_size": 32, "learning_rate": 3e-4, "rate_drops": (10, 15)},
    "image": {"epochs": 40, "batch_size": 16, "learning_rate": 3e-6},
}
"""Epochs, batches and rates of the paper."""
SMALLEST_IMAGE, LARGEST_IMAGE = 32, 2048
"""Pixels; the networks halve an image five times."""


@dataclass(frozen=True)
class SdinetConfig(ModelConfig):
    """The networks of the SDINet paper; their layers are fixed.

    Attributes
    ----------
    modality : {"rna", "image", "fused"}
        The RNA network, SDINet, or the fusion of both.
    min_image_pairs : int
        Fewest combinations of a TF image and a target image of one view; pairs of genes with fewer are left out
        (image and fused). The paper has 6.
    max_image_pairs : int or None
        Most image pairs of a gene pair that one pass of the training takes, others in every pass, and that the loss on
        held-out pairs takes; None takes all, as the paper does. Scoring takes all.
    image_size : (height, width) in pixels
        What images are resampled to before a network sees them; the paper's are 128 × 320.
    paper_normalisation : bool
        Scale every sample to 0..1, which is what the paper's normalisation comes to; else standardise with the mean
        and standard deviation of the training samples.
    precision : {"auto", "fp32", "bf16"}
        Of the convolutions; auto is bf16 where the device computes in it.
    compile : bool
        Let torch.compile fuse the networks' operations; it needs a C++ compiler and costs a minute at the start.
    """

    architecture: ClassVar[str] = "sdinet"
    min_image_pairs: int = setting(
        1, "--min-image-pairs", "Leave out gene pairs with fewer image pairs than this.", shown="1", of_images=True
    )
    max_image_pairs: int | None = setting(
        None,
        "--max-image-pairs",
        "Use at most this many image pairs per gene pair and epoch.",
        shown="all",
        of_images=True,
    )
    image_size: tuple[int, int] = setting(
        (128, 320),
        "--network-image-size",
        "Resample images to this size.",
        kind="size",
        shown="128x320",
        of_images=True,
    )
    paper_normalisation: bool = setting(
        False, "--paper-normalisation", "Scale every sample to 0..1, as in the paper.", kind="flag"
    )
    precision: Precision = setting(
        "auto", "--precision", "Precision of the convolutions.", kind="text", choices=PRECISIONS, shown="auto"
    )
    compile: bool = setting(False, "--compile", "Compile the networks with torch.compile when scoring.", kind="flag")

    def __post_init__(self) -> None:
        problems = Problems()
        self.require_modality(problems)
        problems.require_count("--min-image-pairs", self.min_image_pairs)
        fits = all(SMALLEST_IMAGE <= side <= LARGEST_IMAGE for side in self.image_size)
        problems.require(
            fits, f"--network-image-size: both sides lie in {SMALLEST_IMAGE}..{LARGEST_IMAGE}, got {self.image_size}"
        )
        problems.require_count("--max-image-pairs", self.max_image_pairs)
        problems.require(
            self.precision in PRECISIONS, f"--precision is one of {', '.join(PRECISIONS)}, got {self.precision!r}"
        )
        problems.raise_any()

    @classmethod
    def training_of(cls, modality: Modality) -> Mapping[str, Any]:
        """Return epochs, batches and rates of the paper, with early stopping."""
        return {"patience": PATIENCE, "weight_decay": 0.0, **TRAINING.get(modality, {})}
