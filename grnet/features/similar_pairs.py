"""What the labelled pairs of similar genes say about a pair: labels, weighted by how alike genes are.

Enters: a measurement as rows of length 1, and the labelled pairs that a model was trained on. Leaves: for any pair a
few sums over those pairs; of the same TF (to targets like this one), of the same target (from TFs like this one), and
of both alike.
The pair itself and its reverse never count, so a pair looks in training as it does when it is scored. Here for lists of
pairs and one model; :mod:`grnet.features.similar_pair_blocks` has the same for blocks and many models.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from grnet.features.gene_rows import GeneRows
from grnet.features.pairs import ContextTable
from grnet.schema.features import SIMILAR_PAIR_FEATURES, by_similar_pairs

Hidden = Literal["pair", "tf", "target", "both"]
HIDDEN: tuple[Hidden, ...] = ("pair", "tf", "target", "both")
"""What is held back of the labelled pairs when a pair is looked at: itself alone; with all pairs of its TF; of its
target; or of both, as for a gene without labelled pairs."""
KERNELS = ((4.0, 1.0), (12.0, 1.0), (4.0, -1.0))
"""(g, s): two genes of correlation r are alike by exp(g (s r - 1)); s = -1 looks at genes of opposite expression."""
DOUBT = 0.2
"""Weight of "nothing known" in the mean label of similar edges."""
ROWS = 4096


@dataclass(frozen=True)
class PairLabels:
    """The labelled pairs that a model was trained on.

    Attributes
    ----------
    tf, target : int64 tensors [E]
        Gene indices.
    value : float32 tensor [E]
        The labels, 1 or 0; :meth:`among` some genes less their mean, so that 0 is what nothing known comes to.
    """

    tf: Tensor
    target: Tensor
    value: Tensor

    def among(self, present: Tensor) -> PairLabels:
        """Return the pairs of genes that are `present`, bool [G], with centred labels.

        Of the others a measurement says nothing.
        """
        own = present[self.tf] & present[self.target]
        value = self.value[own].float()
        return PairLabels(self.tf[own], self.target[own], value - value.mean() if len(value) else value)

    def distinct(self, n_genes: int) -> PairLabels:
        """Return each pair of two genes once, an edge where it has both labels: what a graph is made of."""
        key = self.tf * n_genes + self.target
        order = torch.argsort(self.value, descending=True, stable=True)
        order = order[torch.argsort(key[order], stable=True)]
        is_first = torch.diff(key[order], prepend=key.new_full((1,), -1)) != 0
        kept = order[is_first].sort().values
        kept = kept[self.tf[kept] != self.target[kept]]
        return PairLabels(self.tf[kept], self.target[kept], self.value[kept])

    def mask_genes(self, n_genes: int) -> tuple[Tensor, Tensor]:
        """Return which genes [G] have labelled pairs as TF, and which as target."""
        masks = []
        for genes in (self.tf, self.target):
            mask = torch.zeros(n_genes, dtype=torch.bool, device=genes.device)
            mask[genes] = True
            masks.append(mask)
        return masks[0], masks[1]


class SimilarPairSums:
    """Sums over the labelled pairs of one model, for lists of pairs.

    Parameters
    ----------
    unit : GeneRows
        A measurement, centred and of length 1 for each gene; 0 for a gene without it.
    edges : PairLabels
    """

    def __init__(self, unit: GeneRows, edges: PairLabels) -> None:
        self.unit = unit
        self.tfs, self.targets = edges.tf.unique(), edges.target.unique()
        self.row, self.column = (place_among(genes, len(unit)) for genes in (self.tfs, self.targets))
        # A last row and a last column of zeros stand for genes without labelled pairs.
        table = unit.values.new_zeros(2, len(self.tfs) + 1, len(self.targets) + 1)
        place = (self.row[edges.tf], self.column[edges.target])
        value = edges.value.to(unit.values.dtype)
        table[0].index_put_(place, value, accumulate=True)
        table[1].index_put_(place, torch.ones_like(value), accumulate=True)
        self.table = table  # [2, V + 1, U + 1]: sums of values, and counts
        self.of_tf, self.of_target = table[1].sum(dim=1), table[1].sum(dim=0)  # [V + 1], [U + 1]
        # Labelled pairs are few: sums over them are products with sparse matrices.
        known = table[:, :-1, :-1]
        self.by_tf, self.by_target = known.flatten(0, 1).to_sparse(), known.transpose(1, 2).flatten(0, 1).to_sparse()

    def of_pairs(self, tf: Tensor, target: Tensor, *, hidden: Hidden = "pair") -> Tensor:
        """Return the features of listed pairs.

        Parameters
        ----------
        tf, target : int64 tensors [P]
        hidden : {"pair", "tf", "target", "both"}

        Returns
        -------
        float32 tensor [P, 18]
            For each sum its value and the mean label that it stands for; then 1 where there are other labelled pairs of
            the TF, and 1 where there are others of the target.
        """
        features = self.unit.values.new_zeros(len(tf), SIMILAR_PAIR_FEATURES)
        tfs, place = tf.unique(return_inverse=True)
        alike = [weigh(self.unit[tfs] @ self.unit[self.tfs].T, kernel) for kernel in KERNELS]  # [A, V]
        same_target = [_pad(multiply_sparse(self.by_target, rows.T).unflatten(0, (2, -1))) for rows in alike]
        for some in target.argsort(stable=True).split(ROWS):  # pairs of a target lie together
            of_tfs = _OfTfs(tf[some], place[some], alike, same_target)
            features[some] = self._of_list(of_tfs, target[some], hidden)
        return features

    def _of_list(self, of_tfs: _OfTfs, target: Tensor, hidden: Hidden) -> Tensor:
        table, tf, row, column = self.table, of_tfs.tf, self.row, self.column
        own, twin = table[:, row[tf], column[target]], table[:, row[target], column[tf]]  # [2, P]
        targets, place = target.unique(return_inverse=True)
        correlation = self.unit[self.targets] @ self.unit[targets].T  # [U, B]
        r = (self.unit[tf] * self.unit[target]).sum(dim=-1)
        sums: list[Tensor] = []
        for kernel, rows, same_target in zip(KERNELS, of_tfs.alike, of_tfs.same_target, strict=True):
            of_tf = multiply_sparse(self.by_tf, weigh(correlation, kernel)).unflatten(0, (2, -1))  # [2, V, B]
            both = alike = None
            if kernel[1] > 0:
                both = (of_tf[..., place] * rows[of_tfs.place].T).sum(dim=1)
                alike = weigh(r, kernel)
            whole = PairSums(_pad(of_tf)[:, row[tf], place], same_target[:, column[target], of_tfs.place], both)
            sums += whole.leave_out(PairItself(own, twin, alike), kernel, hidden)
        of_tf, of_target = self.of_tf[row[tf]] - own[1], self.of_target[column[target]] - own[1]
        others = (of_tf * (hidden not in ("tf", "both")), of_target * (hidden not in ("target", "both")))
        return torch.stack(list(as_features(sums, others, axis=0)), dim=-1)


@dataclass(frozen=True)
class _OfTfs:
    """TFs [P] of some pairs, their places among A distinct ones, and for each kernel what is known of these.

    `alike` are tensors [A, V]: how alike they are to the TFs with labelled pairs. `same_target` are tensors
    [2, U + 1, A]: the sums over the labelled pairs of each target.
    """

    tf: Tensor
    place: Tensor
    alike: list[Tensor]
    same_target: list[Tensor]


def multiply_sparse(sparse: Tensor, dense: Tensor) -> Tensor:
    """Return the product of a sparse matrix, perhaps without any value, and a dense one."""
    if sparse._nnz() == 0:
        return dense.new_zeros(sparse.shape[0], dense.shape[1])
    return sparse @ dense.contiguous()


def _pad(sums: Tensor) -> Tensor:
    """Add zeros [2, 1, ...] to sums [2, V, ...], for genes without labelled pairs."""
    return torch.cat([sums, sums.new_zeros(2, 1, *sums.shape[2:])], dim=1)


class SimilarPairContext:
    """What the labelled pairs of similar genes say to one model by each measurement, for lists of pairs.

    Parameters
    ----------
    tables : mapping of str to ContextTable
        Of each measurement.
    labels : PairLabels
        All that the model was trained on; each measurement compares those of the genes that it has.
    """

    def __init__(self, tables: Mapping[str, ContextTable], labels: PairLabels) -> None:
        self.sums = {name: SimilarPairSums(table.rows(), labels.among(table.present)) for name, table in tables.items()}

    def of_pairs(self, tf: Tensor, target: Tensor, *, hidden: Hidden = "pair") -> dict[str, Tensor]:
        """Return the features of pairs, float32 [P, 18], under the names of :func:`by_similar_pairs`."""
        return {by_similar_pairs(name): sums.of_pairs(tf, target, hidden=hidden) for name, sums in self.sums.items()}


def place_among(genes: Tensor, n_genes: int) -> Tensor:
    """Return the place of every gene of the catalogue among `genes`, int64 [n_genes]; len(genes) for all others."""
    places = torch.full((n_genes,), len(genes), dtype=torch.int64, device=genes.device)
    places[genes] = torch.arange(len(genes), device=genes.device)
    return places


def weigh(correlation: Tensor, kernel: tuple[float, float]) -> Tensor:
    """Return how alike genes of some correlation are, by one of KERNELS."""
    sharpness, sign = kernel
    return torch.exp(sharpness * (sign * correlation - 1.0))


@dataclass(frozen=True)
class PairItself:
    """What a pair adds to sums over all labelled pairs: its own label, its reverse, and how alike its genes are."""

    own: Tensor  # [2, P], or [T, 2, K, N] for a block: value, count
    twin: Tensor
    alike: Tensor | None


@dataclass(frozen=True)
class PairSums:
    """Sums over labelled pairs, of the shape of `PairItself.own`: of the same TF, the same target, and both alike."""

    same_tf: Tensor
    same_target: Tensor
    both: Tensor | None

    def leave_out(self, pair: PairItself, kernel: tuple[float, float], hidden: Hidden) -> list[Tensor]:
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


def as_features(sums: list[Tensor], others: tuple[Tensor, Tensor], *, axis: int) -> Iterator[Tensor]:
    """Yield the SIMILAR_PAIR_FEATURES features of pairs: value and mean of each sum.

    Values and weights of a sum lie on `axis`; `others` are the numbers of other labelled pairs of the TF and of the
    target.
    """
    for total in sums:
        value, weight = total.unbind(axis)
        yield value
        yield value / (weight.clamp_min(0.0) + DOUBT)
    for count in others:
        yield (count > 0).to(sums[0].dtype)
