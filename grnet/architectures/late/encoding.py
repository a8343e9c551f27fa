"""Small building blocks of the networks: two encodings of numbers, and the image encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

ROLES = ("tf", "target")
LARGEST_DEVIATION = 8.0
"""Standard deviations at which a standardised feature is cut off."""


class Standardise(nn.Module):
    """Scale numeric features to mean 0 and standard deviation 1, cut off far from it.

    Parameters
    ----------
    n_features : int
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.n_out = n_features
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("scale", torch.ones(n_features))

    def fit(self, values: Tensor) -> None:
        """Take mean and standard deviation from training rows.

        Parameters
        ----------
        values : float32 tensor [N, n_features]
            No NaN; N may be 0, then the scale stays as it is.
        """
        if len(values) == 0:
            return
        exact = values.double()
        self.mean.copy_(exact.mean(dim=0))
        self.scale.copy_(exact.std(dim=0, correction=0).clamp_min(1e-6))

    def forward(self, values: Tensor) -> Tensor:
        """Scale float tensors [..., n_features]."""
        return ((values - self.mean) / self.scale).clamp(-LARGEST_DEVIATION, LARGEST_DEVIATION)


class PiecewiseLinear(nn.Module):
    """Quantile-binned piecewise-linear encoding of numeric features, which lets a small head make sharp cuts.

    Each feature becomes `bins` numbers in 0..1: how far the value has passed through each bin. Gorishniy, Rubachev
    and Babenko 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", arXiv:2203.05556.

    Parameters
    ----------
    n_features, bins : int
    """

    start: Tensor
    width: Tensor

    def __init__(self, n_features: int, bins: int) -> None:
        super().__init__()
        self.n_features, self.bins = n_features, bins
        self.register_buffer("start", torch.zeros(n_features, bins))
        self.register_buffer("width", torch.ones(n_features, bins))

    @property
    def n_out(self) -> int:
        """Length of the encoding of one row."""
        return self.n_features * self.bins

    def fit(self, values: Tensor) -> None:
        """Set the bins to the quantiles of training rows.

        Parameters
        ----------
        values : float32 tensor [N, n_features]
            No NaN; N may be 0, then the bins stay as they are.
        """
        if len(values) == 0:
            return
        levels = np.linspace(0, 1, self.bins + 1)
        columns = values.T.cpu().numpy().astype(np.float64)
        edges = torch.from_numpy(np.stack([np.quantile(column, levels) for column in columns])).float()  # [F, B + 1]
        self.start.copy_(edges[:, :-1])
        self.width.copy_((edges[:, 1:] - edges[:, :-1]).clamp_min(1e-6))

    def forward(self, values: Tensor) -> Tensor:
        """Encode float tensors [..., n_features] as [..., n_features * bins]."""
        passed = (values.unsqueeze(-1) - self.start) / self.width
        return passed.clamp(0, 1).flatten(-2)


class Halve(nn.Module):
    """Average 2 × 2 pixels; what is left at an odd edge is averaged alone."""

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps [..., H, W] at half the size, rounded up."""
        if maps.shape[-2] % 2 or maps.shape[-1] % 2:
            return nn.functional.avg_pool2d(maps, 2, ceil_mode=True)
        rows = maps[..., ::2, :] + maps[..., 1::2, :]  # several times faster than pooling on a processor
        return (rows[..., ::2] + rows[..., 1::2]) * 0.25


class MapEncoder(nn.Module):
    """Mean images → feature maps whose channels are compared between two genes, one set for each role.

    Parameters
    ----------
    channels : tuple of int
        Of the 3 × 3 convolutions; the last is the number of feature maps C.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 1
        for index, channel in enumerate(channels):
            layers += [nn.Conv2d(before, channel, 3, padding=1), nn.ReLU()]
            if index == 0:
                layers.append(Halve())
            before = channel
        self.trunk = nn.Sequential(*layers)
        self.as_tf = nn.Conv2d(before, before, 1, bias=False)
        self.as_target = nn.Conv2d(before, before, 1, bias=False)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # few channels: 1.5 times as fast

    def forward(self, pictures: Tensor, present: Tensor, roles: Sequence[str] = ROLES) -> list[Tensor]:
        """Encode pictures in some roles; only those that are there cost anything.

        Parameters
        ----------
        pictures : float32 tensor [G, H, W]
        present : bool tensor [G]
        roles : sequence of {"tf", "target"}

        Returns
        -------
        list of float32 tensors [G, C, H' W']
            For each role; centred over space and of length 1, 0 where there is no picture.
        """
        every = bool(present.all())
        features = self.trunk((pictures if every else pictures[present]).unsqueeze(1))  # [n, C, H', W']
        encoded = []
        for role in roles:
            project = self.as_tf if role == "tf" else self.as_target
            rows = unit_length(project(features).flatten(2))  # [n, C, S]
            encoded.append(rows if every else rows.new_zeros(len(present), *rows.shape[1:]).index_put((present,), rows))
        return encoded


def unit_length(rows: Tensor) -> Tensor:
    """Centre the last axis and scale it to length 1; constant rows become (almost) 0."""
    centred = rows - rows.mean(dim=-1, keepdim=True)
    return centred / (centred.square().sum(dim=-1, keepdim=True) + 1e-8).sqrt()
