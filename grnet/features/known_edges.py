"""What the known edges of similar genes say about a pair: labels, weighted by how alike genes are.

Enters: expression as rows of length 1, and the edges that a model was trained on. Leaves: for any pair a few sums over
those edges; of the same TF (to targets like this one), of the same target (from TFs like this one), and of both alike.
A block of TFs × targets is a few matrix products. The pair itself and its reverse never count, so a pair looks in
training as it does when it is scored.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from grnet.schema.features import KNOWN_EDGE_FEATURES

Hidden = Literal["pair", "tf", "target", "both"]
HIDDEN: tuple[Hidden, ...] = ("pair", "tf", "target", "both")
"""What is held back of the known edges when a pair is looked at: itself alone; with all edges of its TF; of its target;
or of both, as for a gene without known edges."""
KERNELS = ((4.0, 1.0), (12.0, 1.0), (4.0, -1.0))
"""(g, s): two genes of correlation r are alike by exp(g (s r - 1)); s = -1 looks at genes of opposite expression."""
DOUBT = 0.2
"""Weight of "nothing known" in the mean label of similar edges."""
ROWS = 4096


@dataclass(frozen=True)
class KnownEdges:
    """The edges that a model was trained on.

    Attributes
    ----------
    tf, target : int64 tensors [E]
        Gene indices.
    value : float32 tensor [E]
        Label less the mean label, so that 0 is what nothing known comes to.
    """

    tf: Tensor
    target: Tensor
    value: Tensor

    @classmethod
    def from_labels(cls, tf: Tensor, target: Tensor, labels: Tensor) -> KnownEdges:
        """Centre `labels`, 1 or 0."""
        return cls(tf, target, labels.float() - labels.float().mean() if len(labels) else labels.float())

    def mask_known(self, n_genes: int) -> tuple[Tensor, Tensor]:
        """Return which genes [G] have known edges as TF, and which as target."""
        masks = []
        for genes in (self.tf, self.target):
            mask = torch.zeros(n_genes, dtype=torch.bool, device=genes.device)
            mask[genes] = True
            masks.append(mask)
        return masks[0], masks[1]


class KnownEdgeSums:
    """Sums over the known edges of one model or several, for lists and for blocks of pairs.

    Parameters
    ----------
    unit : float32 tensor [G, S]
        Expression, centred and of length 1 for each gene; 0 for a gene without expression.
    edges : list of KnownEdges
        Of each of K models.
    """

    def __init__(self, unit: Tensor, edges: list[KnownEdges]) -> None:
        self.unit = unit
        self.tfs = torch.cat([known.tf for known in edges]).unique()
        self.targets = torch.cat([known.target for known in edges]).unique()
        self.row, self.column = (self._places(genes) for genes in (self.tfs, self.targets))
        # A last row and a last column of zeros stand for genes without known edges.
        tables = unit.new_zeros(len(edges), 2, len(self.tfs) + 1, len(self.targets) + 1)
        for table, known in zip(tables, edges, strict=True):
            place = (self.row[known.tf], self.column[known.target])
            value = known.value.to(unit.dtype)
            table[0].index_put_(place, value, accumulate=True)
            table[1].index_put_(place, torch.ones_like(value), accumulate=True)
        self.tables = tables  # [K, 2, V + 1, U + 1]: sums of values, and counts
        self.of_tf, self.of_target = tables[:, 1].sum(dim=2), tables[:, 1].sum(dim=1)  # [K, V + 1], [K, U + 1]

    def of_pairs(self, tf: Tensor, target: Tensor, *, hidden: Hidden = "pair") -> Tensor:
        """Return the features of listed pairs for the first model.

        Parameters
        ----------
        tf, target : int64 tensors [P]
        hidden : {"pair", "tf", "target", "both"}

        Returns
        -------
        float32 tensor [P, 18]
            For each sum its value and the mean label that it stands for; then 1 where other edges of the TF are known,
            and 1 where others of the target are.
        """
        parts = [
            self._of_list(*rows, hidden)
            for rows in zip(tf.split(ROWS), target.split(ROWS), strict=True)
            if len(rows[0])
        ]
        return torch.cat(parts) if parts else self.unit.new_zeros(0, KNOWN_EDGE_FEATURES)

    def of_block(self, tf: Tensor, target: Tensor) -> Tensor:
        """Return the features of every pair of a block for all models.

        Parameters
        ----------
        tf : int64 tensor [T]
        target : int64 tensor [N]

        Returns
        -------
        float32 tensor [K, T, N, 18]
        """
        own = self.tables[:, :, self.row[tf]][..., self.column[target]]  # [K, 2, T, N]
        twin = self.tables[:, :, self.row[target]][..., self.column[tf]].transpose(-1, -2)
        sums: list[Tensor] = []
        for kernel in KERNELS:
            columns = self._alike(self.targets, target, kernel)  # [U, N]
            rows = self._alike(tf, self.tfs, kernel)  # [T, V]
            same_tf = self.tables[:, :, self.row[tf], :-1] @ columns
            same_target = rows @ self.tables[:, :, :-1, self.column[target]]
            both = alike = None
            if kernel[1] > 0:
                both = (rows @ self.tables[:, :, :-1, :-1]) @ columns
                alike = self._alike(tf, target, kernel)
            sums += _Sums(same_tf, same_target, both).leave_out(_Pair(own, twin, alike), kernel, "pair")
        others = (
            self.of_tf[:, self.row[tf], None] - own[:, 1],
            self.of_target[:, None, self.column[target]] - own[:, 1],
        )
        return _as_features(sums, others)

    def _of_list(self, tf: Tensor, target: Tensor, hidden: Hidden) -> Tensor:
        table = self.tables[0]  # [2, V + 1, U + 1]
        own = table[:, self.row[tf], self.column[target]]  # [2, P]
        twin = table[:, self.row[target], self.column[tf]]
        sums: list[Tensor] = []
        for kernel in KERNELS:
            columns = self._alike(target, self.targets, kernel)  # [P, U]
            rows = self._alike(tf, self.tfs, kernel)  # [P, V]
            same_tf = (table[:, self.row[tf], :-1] * columns).sum(dim=-1)
            same_target = (rows * table[:, :-1, self.column[target]].transpose(-1, -2)).sum(dim=-1)
            both = alike = None
            if kernel[1] > 0:
                both = ((rows @ table[:, :-1, :-1]) * columns).sum(dim=-1)
                alike = _weigh((self.unit[tf] * self.unit[target]).sum(dim=-1), kernel)
            sums += _Sums(same_tf, same_target, both).leave_out(_Pair(own, twin, alike), kernel, hidden)
        of_tf, of_target = self.of_tf[0, self.row[tf]] - own[1], self.of_target[0, self.column[target]] - own[1]
        others = (of_tf * (hidden not in ("tf", "both")), of_target * (hidden not in ("target", "both")))
        return _as_features(sums, others)

    def _alike(self, first: Tensor, second: Tensor, kernel: tuple[float, float]) -> Tensor:
        """Return how alike genes [A] and genes [B] are: [A, B]."""
        return _weigh(self.unit[first] @ self.unit[second].T, kernel)

    def _places(self, genes: Tensor) -> Tensor:
        """Return the place of every gene of the catalogue among `genes`, int64 [G]; the last one for all others."""
        places = torch.full((len(self.unit),), len(genes), dtype=torch.int64, device=genes.device)
        places[genes] = torch.arange(len(genes), device=genes.device)
        return places


def _weigh(correlation: Tensor, kernel: tuple[float, float]) -> Tensor:
    sharpness, sign = kernel
    return torch.exp(sharpness * (sign * correlation - 1.0))


@dataclass(frozen=True)
class _Pair:
    """What a pair itself adds to sums over all known edges: its own edge, its reverse, and how alike its genes are."""

    own: Tensor  # [..., 2, P] or [..., 2, T, N]: value, count
    twin: Tensor
    alike: Tensor | None


@dataclass(frozen=True)
class _Sums:
    """Sums over all known edges, of the shape of `_Pair.own`: of the same TF, of the same target, and of both alike."""

    same_tf: Tensor
    same_target: Tensor
    both: Tensor | None

    def leave_out(self, pair: _Pair, kernel: tuple[float, float], hidden: Hidden) -> list[Tensor]:
        """Take the hidden edges out."""
        itself = math.exp(kernel[0] * (kernel[1] - 1.0))  # how alike a gene is to itself
        hides_tf, hides_target = hidden in ("tf", "both"), hidden in ("target", "both")
        sums = [
            torch.zeros_like(self.same_tf) if hides_tf else self.same_tf - itself * pair.own,
            torch.zeros_like(self.same_target) if hides_target else self.same_target - itself * pair.own,
        ]
        if self.both is None or pair.alike is None:
            return sums
        rest = self.both - pair.alike.square() * pair.twin
        if hides_tf:
            rest = rest - itself * self.same_tf
        if hides_target:
            rest = rest - itself * self.same_target
        # The pair's own edge is among those of its TF and among those of its target: out once then, or out twice.
        surplus = {"pair": -1, "tf": 0, "target": 0, "both": 1}[hidden]
        return [*sums, rest + surplus * itself**2 * pair.own]


def _as_features(sums: list[Tensor], others: tuple[Tensor, Tensor]) -> Tensor:
    """Return value and mean of sums [..., 2, P] or [..., 2, T, N] (values, weights), features last.

    `others` are the numbers of other known edges of the TF and of the target.
    """
    axis = -3 if sums[0].dim() == 4 else -2
    features = []
    for total in sums:
        value, weight = total.unbind(dim=axis)
        features += [value, value / (weight.clamp_min(0.0) + DOUBT)]
    features += [(count > 0).to(features[0].dtype) for count in others]
    return torch.stack(features, dim=-1)
