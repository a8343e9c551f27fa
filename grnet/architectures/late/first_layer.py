"""The first hidden layer of a late-interaction tower as a sum of what each group of inputs adds to it.

Enters: a tower. Leaves: addends [P, hidden], which can be exchanged one by one: for a group that is left out, or a gene
with a part of its image covered. All of them together give the layer that the tower itself works out.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from grnet.architectures.late.network import Tower, as_encoding
from grnet.schema.features import SIMILAR_PAIR_FEATURES


class FirstLayer:
    """What groups of inputs add to the first hidden layer of a tower.

    Parameters
    ----------
    tower : Tower
    """

    def __init__(self, tower: Tower) -> None:
        self.tower, self.names = tower, tower.names
        weight = tower.from_pair.weight  # [H, context of each measurement, flags, known edges or maps]
        sizes = [as_encoding(encode).n_out for encode in tower.context]
        n_names, n_similar = len(self.names), len(self.names) * SIMILAR_PAIR_FEATURES
        rest = weight.shape[1] - sum(sizes) - n_names - n_similar
        *contexts, flags, similar, maps = weight.split([*sizes, n_names, n_similar, rest], dim=1)
        self.of_context: dict[str, Tensor] = dict(zip(self.names, contexts, strict=True))
        self.of_flags: Tensor = flags
        self.of_similar: dict[str, Tensor] = dict(zip(self.names, similar.chunk(n_names, dim=1), strict=True))
        of_pictures = maps.chunk(len(tower.pictures), dim=1) if tower.pictures else ()
        self.of_maps: dict[str, Tensor] = dict(zip(tower.pictures, of_pictures, strict=True))
        levels = [as_encoding(encode).n_out for encode in tower.level]
        self.of_level: dict[str, dict[str, Tensor]] = {
            role: dict(zip(self.names, layer.weight.split(levels, dim=1), strict=True))
            for role, layer in (("tf", tower.from_tf), ("target", tower.from_target))
        }

    def add_flags(self, shared: Mapping[str, Tensor]) -> Tensor:
        """Return what the bias, and which measurements are shared (bool [P] each), add."""
        flags = torch.stack([shared[name] for name in self.names], dim=-1).to(self.of_flags.dtype)
        added: Tensor = flags @ self.of_flags.T + self.tower.from_pair.bias
        return added

    def add_context(self, name: str, context: Tensor, shared: Tensor) -> Tensor:
        """Return what the context [P, F] of a measurement adds, where it is `shared` [P]."""
        encode = self.tower.context[self.names.index(name)]
        added: Tensor = (encode(context) * shared.unsqueeze(-1)) @ self.of_context[name].T
        return added

    def add_similar(self, name: str, similar: Tensor) -> Tensor:
        """Return what the labelled pairs of similar genes [P, 18] by a measurement add."""
        encode = self.tower.similar[self.names.index(name)]
        added: Tensor = encode(similar) @ self.of_similar[name].T
        return added

    def add_maps(self, name: str, maps: Tensor) -> Tensor:
        """Return what the correlations of feature maps [P, C] of a picture add."""
        return maps @ self.of_maps[name].T

    def add_level(self, role: str, name: str, level: Tensor, present: Tensor) -> Tensor:
        """Return what the level [P, Q] of a measurement of genes in a role adds, where it is `present` [P]."""
        encode = self.tower.level[self.names.index(name)]
        added: Tensor = (encode(level) * present.unsqueeze(-1)) @ self.of_level[role][name].T
        return added
