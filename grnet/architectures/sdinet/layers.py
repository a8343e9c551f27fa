"""Layers that the paper's networks share, as Keras defines them: padding, batch normalisation, initial weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, pad
from torch.nn.utils.fusion import fuse_conv_bn_eval

EPSILON, MOMENTUM = 1e-3, 0.01
"""Of batch normalisation; Keras writes the momentum as 1 - 0.01 = 0.99."""
PYRAMID_CHANNELS = 128
DILATIONS = (3, 6, 9)


def pad_same(x: Tensor, kernel: int, stride: int, value: float = 0.0) -> Tensor:
    """Pad so that a stride divides the size, rounded up; where the padding is odd, more of it is below and right."""
    height, width = (max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in (x.shape[-2], x.shape[-1]))
    return pad(x, (width // 2, width - width // 2, height // 2, height - height // 2), value=value)


class SameConv(nn.Conv2d):
    """A convolution with a bias and "same" padding, whose stride may be above 1."""

    def __init__(self, n_in: int, n_out: int, kernel: int, *, stride: int = 1, dilation: int = 1) -> None:
        padding = dilation * (kernel - 1) // 2 if stride == 1 else 0
        super().__init__(n_in, n_out, kernel, stride=stride, dilation=dilation, padding=padding)
        nn.init.xavier_uniform_(self.weight)
        assert self.bias is not None
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve [B, n_in, H, W] → [B, n_out, ceil(H / stride), ceil(W / stride)]."""
        if self.stride[0] > 1:
            x = pad_same(x, self.kernel_size[0], self.stride[0])
        return super().forward(x)


class ConvNorm(nn.Sequential):
    """Convolution and batch normalisation; :meth:`fold` makes one convolution of the two."""

    def __init__(self, n_in: int, n_out: int, kernel: int = 3, *, stride: int = 1, dilation: int = 1) -> None:
        super().__init__(
            SameConv(n_in, n_out, kernel, stride=stride, dilation=dilation),
            nn.BatchNorm2d(n_out, eps=EPSILON, momentum=MOMENTUM),
        )

    def fold(self) -> None:
        """Put the running statistics into the convolution, which then does the work of both; evaluation mode only."""
        conv, norm = self
        assert isinstance(conv, SameConv)
        assert isinstance(norm, nn.BatchNorm2d)
        self[0], self[1] = fuse_conv_bn_eval(conv, norm), nn.Identity()


def conv_norm_relu(n_in: int, n_out: int, kernel: int = 3, *, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Return convolution, batch normalisation and ReLU."""
    return nn.Sequential(ConvNorm(n_in, n_out, kernel, stride=stride, dilation=dilation), nn.ReLU(inplace=True))


class SamePool(nn.Module):
    """Max pooling 3 × 3 with stride 2 and "same" padding."""

    def forward(self, x: Tensor) -> Tensor:
        """Pool [B, C, H, W] → [B, C, ceil(H / 2), ceil(W / 2)]."""
        return max_pool2d(pad_same(x, 3, 2, value=float("-inf")), 3, 2)


class Residual(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut, added and rectified (He et al. 2016, doi:10.1109/CVPR.2016.90).

    Parameters
    ----------
    n_in, n_out : int
    stride : int
    shortcut_kernel : int or None
        Of the convolution in the shortcut; None lets the input through as it is.
    """

    def __init__(self, n_in: int, n_out: int, *, stride: int = 1, shortcut_kernel: int | None = None) -> None:
        super().__init__()
        self.body = nn.Sequential(conv_norm_relu(n_in, n_out, stride=stride), ConvNorm(n_out, n_out))
        self.shortcut: nn.Module = nn.Identity()
        if shortcut_kernel is not None:
            self.shortcut = ConvNorm(n_in, n_out, shortcut_kernel, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, n_in, H, W] → [B, n_out, ceil(H / stride), ceil(W / stride)]."""
        return torch.relu(self.body(x) + self.shortcut(x))


def stage(n_in: int, n_out: int) -> nn.Sequential:
    """Return a residual block that halves the image and a plain one."""
    return nn.Sequential(Residual(n_in, n_out, stride=2, shortcut_kernel=3), Residual(n_out, n_out))


class Pyramid(nn.Module):
    """Atrous spatial pyramid pooling (Chen et al. 2017, arXiv:1706.05587): the same place seen at five scales."""

    def __init__(self, n_in: int) -> None:
        super().__init__()
        width = PYRAMID_CHANNELS
        self.scales = nn.ModuleList(
            [conv_norm_relu(n_in, width, 1), *(conv_norm_relu(n_in, width, dilation=d) for d in DILATIONS)]
        )
        self.whole = conv_norm_relu(n_in, width, 1)
        self.merge = conv_norm_relu((len(self.scales) + 1) * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, n_in, H, W] → [B, 128, H, W]."""
        whole = self.whole(x.mean(dim=(2, 3), keepdim=True)).expand(-1, -1, *x.shape[2:])
        merged: Tensor = self.merge(torch.cat([*(scale(x) for scale in self.scales), whole], dim=1))
        return merged


class ChannelAttention(nn.Module):
    """Weigh channels by what they hold over the whole image (Hu et al. 2018, doi:10.1109/CVPR.2018.00745)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weigh = dense(channels, channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Scale [B, C, H, W] by a weight 0..1 for each channel."""
        return x * torch.sigmoid(self.weigh(average(x))).unsqueeze(-1).unsqueeze(-1)


def dense(n_in: int, n_out: int, *, bias: bool = True) -> nn.Linear:
    """Return a dense layer with the initial weights of Keras."""
    layer = nn.Linear(n_in, n_out, bias=bias)
    nn.init.xavier_uniform_(layer.weight)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


def average(x: Tensor) -> Tensor:
    """Average over space: [B, C, H, W] → [B, C]."""
    return x.mean(dim=(2, 3))
