"""A network of the paper with what it needs around it: its inputs, their normalisation, and its fast form for scoring.

Enters: image pairs and joint histograms as they come from the features room. Leaves: logits. The statistics of the
normalisation are fitted on training samples and saved with the weights.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

from grnet.architectures.device import kind_of
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.layers import ConvNorm
from grnet.architectures.sdinet.networks import FusionNetwork, ImageNetwork, RnaNetwork
from grnet.schema.errors import ConfigError
from grnet.schema.training_config import Precision

SMALLEST = 1e-6
BATCH_PIXELS = {"cpu": 64 * 128 * 320, "accelerator": 512 * 128 * 320}
"""Pixels of the images that go through a network at a time when nothing is learned; what bounds memory."""


def samples_of_a_batch(config: SdinetConfig, device: torch.device) -> int:
    """Return how many samples go through a network at a time when nothing is learned."""
    height, width = config.image_size
    return max(BATCH_PIXELS[kind_of(device)] // (height * width), 1)


def choose_precision(precision: Precision, device: torch.device) -> Precision:
    """Return "fp32" or "bf16"; "auto" is bf16 where the device computes in it."""
    if precision != "auto":
        return precision
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    # torch has no public question for the CPU; versions without this one compute in float32
    return "bf16" if getattr(torch.cpu, "_is_avx512_bf16_supported", bool)() else "fp32"


def check_compiler(config: SdinetConfig, device: torch.device) -> None:
    """Make sure, before hours of training, that torch.compile finds the compiler that it needs on a CPU.

    Raises
    ------
    ConfigError
        There is none.
    """
    compiler = os.environ.get("CXX", "g++")
    if config.compile and device.type == "cpu" and shutil.which(compiler) is None:
        raise ConfigError(f"--compile: no C++ compiler ({compiler}) is here; install one, or leave --compile out")


class Normaliser(nn.Module):
    """Standardises with statistics of training samples, or scales every sample to 0..1 as the paper does.

    The paper standardises a whole set with its own mean and standard deviation and then scales every sample to 0..1 by
    its own smallest and largest value. The second step undoes the first, so the second is all that there is to do.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, *, per_sample: bool) -> None:
        super().__init__()
        self.per_sample = per_sample
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("deviation", torch.ones(()))

    def fit(self, total: float, total_of_squares: float, count: int) -> None:
        """Set mean and standard deviation from sums over the values of the training samples."""
        mean = total / count
        self.mean.fill_(mean)
        self.deviation.fill_(max(total_of_squares / count - mean**2, 0.0) ** 0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise samples [B, ...]; a sample of one value throughout becomes 0 when scaled by itself."""
        if not self.per_sample:
            return (x - self.mean) / self.deviation.clamp_min(SMALLEST)
        values = list(range(1, x.dim()))
        smallest, largest = x.amin(values, keepdim=True), x.amax(values, keepdim=True)
        return (x - smallest) / (largest - smallest).clamp_min(SMALLEST)


class PairClassifier(nn.Module):
    """The network of a modality: "rna" the RNA network, "image" SDINet, "fused" the fusion.

    Parameters
    ----------
    config : SdinetConfig
    """

    def __init__(self, config: SdinetConfig) -> None:
        super().__init__()
        self.config = config
        self.normalisers = nn.ModuleDict(
            {
                name: Normaliser(per_sample=config.paper_normalisation)
                for name, reads in (("images", self.reads_images), ("histograms", self.reads_histograms))
                if reads
            }
        )
        self.network = {"rna": RnaNetwork, "image": ImageNetwork, "fused": FusionNetwork}[config.modality]()

    @property
    def reads_images(self) -> bool:
        """Whether a sample is an image pair; else it is a gene pair."""
        return self.config.modality != "rna"

    @property
    def reads_histograms(self) -> bool:
        """Whether joint histograms are looked at."""
        return self.config.modality != "image"

    def forward(self, images: Tensor | None = None, histograms: Tensor | None = None) -> Tensor:
        """Score samples.

        Parameters
        ----------
        images : float32 tensor [B, 2, H, W], optional
            Grey 0..1; TF image and target image ("image" and "fused").
        histograms : float32 tensor [B, 1, 64, 64], optional
            Counts of samples; TF along the columns ("rna" and "fused").

        Returns
        -------
        float32 tensor [B]
            Logits.
        """
        parts = []
        if self.reads_images:
            assert images is not None
            images = self.normalisers["images"](images)
            parts.append(stack_vertically(images) if self.config.modality == "fused" else images)
        if self.reads_histograms:
            assert histograms is not None
            parts.append(self.normalisers["histograms"](histograms))
        parts = [part.contiguous(memory_format=torch.channels_last) for part in parts]
        device = parts[0].device
        is_bf16 = choose_precision(self.config.precision, device) == "bf16"
        with torch.autocast(device.type, torch.bfloat16, enabled=is_bf16):
            logits: Tensor = self.network(*parts)
        return logits.float()

    def fit_normaliser(self, name: str, total: float, total_of_squares: float, count: int) -> None:
        """Set the statistics of "images" or "histograms" from sums over the values of all training samples."""
        normaliser = self.normalisers[name]
        assert isinstance(normaliser, Normaliser)
        normaliser.fit(total, total_of_squares, count)

    def for_scoring(self) -> PairClassifier:
        """Return a copy in evaluation mode whose batch normalisations are folded into the convolutions before them."""
        folded = copy.deepcopy(self).eval()
        for module in folded.modules():
            if isinstance(module, ConvNorm):
                module.fold()
        folded.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if self.config.compile:
            # dynamic=True would leave heights and widths open too; SDINet was then not compiled within 15 minutes.
            folded.network.compile()
        return folded


def stack_vertically(images: Tensor) -> Tensor:
    """Put the image of the TF above that of the target: [B, 2, H, W] → [B, 1, 2 H, W]."""
    return images.flatten(1, 2).unsqueeze(1)


def mean_probabilities(
    models: Sequence[nn.Module], batches: Iterable[tuple[Tensor, Mapping[str, Tensor]]], *, n_pairs: int
) -> Tensor:
    """Average each model's probability over the samples of each gene pair.

    Parameters
    ----------
    models : sequence of Module
        K models on one device, in evaluation mode, that are called as :class:`PairClassifier` is.
    batches : iterable of (owner, inputs)
        owner, int64 tensor [B], is the gene pair of each sample; inputs are what :meth:`PairClassifier.forward` takes.
    n_pairs : int
        P.

    Returns
    -------
    float64 tensor [K, P]
        NaN for a pair without samples.
    """
    device = next(models[0].parameters()).device
    total = torch.zeros(len(models), n_pairs, dtype=torch.float64, device=device)
    count = torch.zeros(n_pairs, dtype=torch.float64, device=device)
    with torch.inference_mode():
        for owner, inputs in batches:
            probability = torch.stack([torch.sigmoid(model(**inputs)) for model in models]).double()
            total.index_add_(1, owner, probability)
            count.index_add_(0, owner, torch.ones_like(owner, dtype=torch.float64))
        return torch.where(count > 0, total / count, torch.nan)


def to_logits(probabilities: Tensor) -> Tensor:
    """Return the logits of probabilities, which are kept off 0 and 1 so that they stay finite."""
    return torch.logit(probabilities, eps=SMALLEST)
