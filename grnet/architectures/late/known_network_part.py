"""The part of late interaction that reads the known network alone: a small network for the numbers of a pair.

Enters: the numbers of :mod:`grnet.features.known_network`. Leaves: a logit for each pair, for lists of pairs and one
model, or for blocks and all models of a run. :mod:`grnet.architectures.late.known_network_fitting` fits it.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from grnet.architectures.device import kind_of
from grnet.architectures.late.encoding import LARGEST_DEVIATION, Standardise
from grnet.features.known_network import KNOWN_NETWORK_FEATURES, KnownNetwork

HIDDEN_UNITS = 24


class KnownNetworkPart(nn.Module):
    """Numbers of the known network → logit. It says 0 of every pair until it is fitted, or where it could not be."""

    def __init__(self) -> None:
        super().__init__()
        n_inputs = len(KNOWN_NETWORK_FEATURES)
        self.encoding = Standardise(n_inputs)
        self.first = nn.Linear(n_inputs, HIDDEN_UNITS)
        self.second = nn.Linear(HIDDEN_UNITS, HIDDEN_UNITS)
        self.out = nn.Linear(HIDDEN_UNITS, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the logits [...] of pairs with `numbers`, float32 [..., F]."""
        hidden = self.first(self.encoding(numbers)).relu()
        logit: Tensor = self.out(self.second(hidden).relu()).squeeze(-1)
        return logit

    @property
    def is_silent(self) -> bool:
        """Whether the part says 0 of every pair."""
        return not (bool(self.out.weight.any()) or bool(self.out.bias.any()))

    def score_pairs(self, network: KnownNetwork, tf: Tensor, target: Tensor) -> Tensor:
        """Return the logits of listed pairs, float32 [P], without gradients.

        Parameters
        ----------
        network : KnownNetwork
            Of the labelled pairs that the part was fitted on.
        tf, target : int64 tensors [P]
        """
        if self.is_silent:
            return torch.zeros(len(tf), device=tf.device)
        with torch.no_grad():
            logit: Tensor = self(network.of_pairs(tf, target))
        return logit


class KnownNetworkEnsemble:
    """The parts of K models as one.

    Parameters
    ----------
    parts : list of KnownNetworkPart
        On one device.
    dtype : torch.dtype
        Of the products in the hidden layers.
    """

    def __init__(self, parts: list[KnownNetworkPart], *, dtype: torch.dtype = torch.float32) -> None:
        self.dtype, self.n_models = dtype, len(parts)
        self.is_silent = all(part.is_silent for part in parts)
        # (x - mean) / scale as x / scale - mean / scale
        self.factor = torch.stack([1.0 / part.encoding.scale for part in parts])[..., None, None]  # [K, F, 1, 1]
        self.shift = torch.stack([-part.encoding.mean for part in parts])[..., None, None] * self.factor
        self.first, self.second = (
            _stack([getattr(part, name) for part in parts], dtype) for name in ("first", "second")
        )
        self.out = _stack([part.out for part in parts], torch.float32)

    def score(self, numbers: Iterable[Tensor]) -> Tensor:
        """Return the logits of every pair of a block.

        Parameters
        ----------
        numbers : iterable of F float32 tensors [T, K, N]
            Of the known network of each model; see :class:`~grnet.features.known_network.KnownNetworkStrip`.

        Returns
        -------
        float32 tensor [K, T, N]
        """
        planes = torch.stack([plane.transpose(0, 1) for plane in numbers], dim=1)  # [K, F, T, N]
        n_models, _, n_tfs, n_targets = planes.shape
        if self.is_silent:
            return planes.new_zeros(n_models, n_tfs, n_targets)
        # One model after the other keeps what a processor works on in its cache; a GPU wants all at once.
        at_once = 1 if kind_of(planes.device) == "cpu" else n_models
        logits = [
            self._score_some(slice(first, first + at_once), planes[first : first + at_once])
            for first in range(0, n_models, at_once)
        ]
        blocks: Tensor = torch.cat(logits).unflatten(-1, (n_tfs, n_targets))
        return blocks

    def _score_some(self, models: slice, planes: Tensor) -> Tensor:
        """Return the logits [k, T N] of some of the models."""
        encoded = torch.addcmul(self.shift[models], planes, self.factor[models])
        hidden = encoded.clamp_(-LARGEST_DEVIATION, LARGEST_DEVIATION).flatten(-2).to(self.dtype)  # [k, F, T N]
        for weight, bias in (self.first, self.second):
            hidden = torch.baddbmm(bias[models], weight[models], hidden).relu_()
        weight, bias = self.out
        logit: Tensor = torch.baddbmm(bias[models], weight[models], hidden.float()).squeeze(1)
        return logit


def _stack(layers: list[nn.Linear], dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return weights [K, out, in] and biases [K, out, 1] of the same layer of K models."""
    weight = torch.stack([layer.weight.detach() for layer in layers])
    bias = torch.stack([layer.bias.detach() for layer in layers]).unsqueeze(-1)
    return weight.to(dtype), bias.to(dtype)
