"""SDINet (two images of a pair), the RNA network (their joint histogram), and the fusion of both at three depths.

Source: "Inferring gene regulatory network via fusing gene expression image and RNA-seq data" (2022). Every network is a
trunk, whose features the fusion reads at three depths, and dense layers.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from grnet.architectures.sdinet.layers import (
    PYRAMID_CHANNELS,
    ChannelAttention,
    Pyramid,
    Residual,
    SamePool,
    average,
    conv_norm_relu,
    dense,
    stage,
)

IMAGE_SIZE = (128, 320)
"""Height and width of one image, pixels."""
BINS = 64
"""Bins of the joint histogram along each axis."""
FEATURES = 512
DROPOUT = 0.5


class Depths(NamedTuple):
    """What a trunk knows at three depths: features averaged over space [B, 64], [B, 128], and at its end [B, 512]."""

    shallow: Tensor
    middle: Tensor
    deep: Tensor


class ImageTrunk(nn.Module):
    """SDINet without its last layer.

    Parameters
    ----------
    channels : int
        2 for TF and target as channels; 1 for the TF above the target.
    detail_stage : int
        Stage whose output branch B reads: 2 in SDINet, 4 in the fusion.
    """

    def __init__(self, channels: int = 2, *, detail_stage: int = 2) -> None:
        super().__init__()
        self.detail_stage = detail_stage
        self.stem = nn.Sequential(conv_norm_relu(channels, 32, 7, stride=2), SamePool())
        self.stage2 = nn.Sequential(Residual(32, 32), Residual(32, 32))
        self.stage3, self.stage4, self.stage5 = stage(32, 64), stage(64, 128), stage(128, 256)
        self.detail = nn.Sequential(
            Pyramid({2: 32, 4: 128}[detail_stage]),
            ChannelAttention(PYRAMID_CHANNELS),
            Residual(PYRAMID_CHANNELS, 256, shortcut_kernel=1),
        )

    def forward(self, images: Tensor) -> Depths:
        """Read images [B, channels, H, W]."""
        two = self.stage2(self.stem(images))
        three = self.stage3(two)
        four = self.stage4(three)
        semantics = average(self.stage5(four))
        detail = average(self.detail(two if self.detail_stage == 2 else four))
        return Depths(average(three), average(four), torch.cat([semantics, detail], dim=1))


class RnaTrunk(nn.Module):
    """The RNA network without its last layer."""

    def __init__(self) -> None:
        super().__init__()
        self.block1, self.block2, self.block3 = _double(1, 32), _double(32, 64), _double(64, 128)
        self.shrink = nn.Sequential(nn.MaxPool2d(2), nn.Dropout(DROPOUT))
        self.semantics = _double(128, 256)
        self.detail = nn.Sequential(
            Pyramid(128), ChannelAttention(PYRAMID_CHANNELS), conv_norm_relu(PYRAMID_CHANNELS, 256)
        )

    def forward(self, histograms: Tensor) -> Depths:
        """Read joint histograms [B, 1, 64, 64]."""
        two = self.block2(self.shrink(self.block1(histograms)))
        three = self.block3(self.shrink(two))
        semantics, detail = average(self.semantics(self.shrink(three))), average(self.detail(three))
        return Depths(average(two), average(three), torch.cat([semantics, detail], dim=1))


def _double(n_in: int, n_out: int) -> nn.Sequential:
    return nn.Sequential(conv_norm_relu(n_in, n_out), conv_norm_relu(n_out, n_out))


class ImageNetwork(nn.Module):
    """SDINet: TF image and target image as two channels → logit."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk, self.out = ImageTrunk(), dense(FEATURES, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Score image pairs [B, 2, H, W] → [B]."""
        logits: Tensor = self.out(self.trunk(images).deep).squeeze(-1)
        return logits


class RnaNetwork(nn.Module):
    """The RNA network: joint histogram → logit."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk, self.out = RnaTrunk(), dense(FEATURES, 1)

    def forward(self, histograms: Tensor) -> Tensor:
        """Score joint histograms [B, 1, 64, 64] → [B]."""
        logits: Tensor = self.out(self.trunk(histograms).deep).squeeze(-1)
        return logits


class FusionNetwork(nn.Module):
    """The fusion: images and histogram, joined at three depths → logit."""

    def __init__(self) -> None:
        super().__init__()
        self.image, self.rna = ImageTrunk(1, detail_stage=4), RnaTrunk()
        self.join_shallow = nn.Sequential(dense(64 + 64, 128), nn.ReLU())
        self.join_middle = nn.Sequential(dense(128 + 128 + 128, 256), nn.ReLU())
        self.join_deep = nn.Sequential(dense(FEATURES + 256 + FEATURES, 128), nn.ReLU())
        self.out = dense(128, 1)

    def forward(self, images: Tensor, histograms: Tensor) -> Tensor:
        """Score image pairs [B, 1, 2 H, W], TF above target, with the joint histograms [B, 1, 64, 64] → [B]."""
        image, rna = self.image(images), self.rna(histograms)
        shallow = self.join_shallow(torch.cat([rna.shallow, image.shallow], dim=1))
        middle = self.join_middle(torch.cat([rna.middle, image.middle, shallow], dim=1))
        deep = self.join_deep(torch.cat([image.deep, middle, rna.deep], dim=1))
        logits: Tensor = self.out(deep).squeeze(-1)
        return logits
