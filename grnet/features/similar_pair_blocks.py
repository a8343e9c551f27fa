"""What the labelled pairs of similar genes say about every pair of a block, to many models at once.

Enters: a measurement as rows of length 1, and the edges that each model was trained on. Leaves: the features of
:mod:`grnet.features.similar_pairs` for TFs × targets. Labelled pairs are few, so sums over them are products with
sparse matrices; what depends on targets alone is worked out once for all TFs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from grnet.features.gene_rows import GeneRows
from grnet.features.similar_pairs import (
    KERNELS,
    PairItself,
    PairLabels,
    PairSums,
    as_features,
    multiply_sparse,
    place_among,
    weigh,
)


class SimilarPairBlocks:
    """Sums over the labelled pairs of K models, for blocks of TFs × targets.

    Parameters
    ----------
    unit : GeneRows
        A measurement, centred and of length 1 for each gene; 0 for a gene without it.
    edges : list of PairLabels
        Of each of K models.
    """

    def __init__(self, unit: GeneRows, edges: list[PairLabels]) -> None:
        self.unit, self.n_models = unit, len(edges)
        self.tf, self.target = (torch.cat([getattr(known, name) for known in edges]) for name in ("tf", "target"))
        self.model = torch.cat([torch.full_like(known.tf, number) for number, known in enumerate(edges)])
        value = torch.cat([known.value for known in edges]).to(unit.values.dtype)
        self.value = torch.stack([value, torch.ones_like(value)])  # [2, E]: centred labels, and counts
        self.tfs, self.targets = self.tf.unique(), self.target.unique()
        self.row, self.column = (place_among(genes, len(unit)) for genes in (self.tfs, self.targets))
        self.of_tf = self._count(self.row[self.tf], len(self.tfs))  # [K, V + 1]
        self.of_target = self._count(self.column[self.target], len(self.targets))  # [K, U + 1]
        every = torch.arange(len(self.tf), device=unit.row.device)
        row = 2 * self.n_models * self.row[self.tf] + self.model  # the order of rows is V, 2, K
        shape = (len(self.tfs) * 2 * self.n_models, len(self.targets))
        self.by_tf = self._as_sparse(every, row, self.n_models, self.column[self.target], shape)

    def alike_tfs(self, tf: Tensor) -> Tensor:
        """Return for each kernel how alike TFs [T] and the V TFs with labelled pairs are, [kernels, T, V]."""
        correlation = self.unit[tf] @ self.unit[self.tfs].T
        return torch.stack([weigh(correlation, kernel) for kernel in KERNELS])

    def of_targets(self, target: Tensor) -> TargetSums:
        """Work out, once for all TFs, what depends on targets alone.

        Parameters
        ----------
        target : int64 tensor [N]
        """
        column = place_among(target, len(self.unit))
        edges = torch.nonzero(column[self.target] < len(target)).flatten()
        row = self.model[edges] * len(target) + column[self.target[edges]]  # the order of rows is 2, K, N
        shape = (2 * self.n_models * len(target), len(self.tfs))
        return TargetSums(
            target=target,
            same_tf=self._sum_by_tf(target),
            by_target=self._as_sparse(edges, row, self.n_models * len(target), self.row[self.tf[edges]], shape),
            column=column,
            edges=edges,
            reverses=torch.nonzero(column[self.tf] < len(target)).flatten(),
        )

    def strip(self, sums: TargetSums, tf: Tensor, alike: Tensor) -> SimilarPairStrip:
        """Work out the sums over labelled pairs for TFs with these targets.

        Parameters
        ----------
        sums : TargetSums
        tf : int64 tensor [T]
        alike : float32 tensor [kernels, T, V]
            See :meth:`alike_tfs`.
        """
        both = [
            (rows @ of_tf[:-1].flatten(1)).unflatten(-1, of_tf.shape[1:]) if kernel[1] > 0 else None
            for kernel, rows, of_tf in zip(KERNELS, alike, sums.same_tf, strict=True)
        ]
        row, target = place_among(tf, len(self.unit)), sums.target
        return SimilarPairStrip(
            same_tf=tuple(sums.same_tf),
            same_target=tuple(self._sum_by_target(sums, alike)),
            both=tuple(both),
            own=self._place(sums.edges, row[self.tf], sums.column[self.target], (len(tf), len(target))),
            twin=self._place(sums.reverses, row[self.target], sums.column[self.tf], (len(tf), len(target))),
            correlation=self.unit[tf] @ self.unit[target].T,
            row=self.row[tf],
            others=(self.of_tf[:, self.row[tf]].T.unsqueeze(-1), self.of_target[:, self.column[target]]),
        )

    def _sum_by_tf(self, target: Tensor) -> Tensor:
        """Return the sums over labelled pairs of each TF with such, for each kernel: [kernels, V + 1, 2, K, N].

        The last of the TFs stands for those without labelled pairs.
        """
        correlation = self.unit[self.targets] @ self.unit[target].T
        alike = torch.cat([weigh(correlation, kernel) for kernel in KERNELS], dim=1)  # [U, kernels N]
        shape = (len(self.tfs), 2, self.n_models, len(KERNELS), len(target))
        sums = multiply_sparse(self.by_tf, alike).view(shape).permute(3, 0, 1, 2, 4)
        padded = alike.new_zeros(len(KERNELS), len(self.tfs) + 1, *sums.shape[2:])
        padded[:, :-1] = sums
        return padded

    def _sum_by_target(self, of_targets: TargetSums, alike: Tensor) -> Tensor:
        """Return the sums over labelled pairs of each target, for each kernel: [kernels, T, 2, K, N]."""
        sums = multiply_sparse(of_targets.by_target, alike.flatten(0, 1).T.contiguous())  # [2 K N, kernels T]
        n_kernels, n_tfs = alike.shape[:2]
        planes = sums.view(2, self.n_models, len(of_targets.target), n_kernels, n_tfs)
        return planes.permute(3, 4, 0, 1, 2).contiguous()

    def _count(self, place: Tensor, n_places: int) -> Tensor:
        """Return how many edges each model has in each place, and 0 in a last one."""
        counts = self.value.new_zeros(self.n_models, n_places + 1)
        return counts.index_put((self.model, place), self.value[1], accumulate=True)

    def _as_sparse(self, edges: Tensor, row: Tensor, step: int, column: Tensor, shape: tuple[int, int]) -> Tensor:
        """Return values of some edges in rows and, `step` rows further down, their counts, as one sparse matrix."""
        place = torch.stack([torch.cat([row, row + step]), column.repeat(2)])
        return torch.sparse_coo_tensor(place, self.value[:, edges].flatten(), shape, check_invariants=False).coalesce()

    def _place(self, edges: Tensor, row: Tensor, column: Tensor, shape: tuple[int, int]) -> Tensor:
        """Return values and counts of those of some edges that lie in a block, [T, 2, K, N]."""
        inside = edges[row[edges] < shape[0]]
        block = self.value.new_zeros(shape[0], 2, self.n_models, shape[1])
        for kind, value in enumerate(self.value):
            place = (row[inside], torch.full_like(inside, kind), self.model[inside], column[inside])
            block.index_put_(place, value[inside], accumulate=True)
        return block


@dataclass(frozen=True)
class TargetSums:
    """What is known of targets, whichever TFs they are looked at with.

    Attributes
    ----------
    target : int64 tensor [N]
    same_tf : tensor [kernels, V + 1, 2, K, N]
        Sums over the labelled pairs of each TF with such; the last of the TFs stands for those without.
    by_target : sparse tensor [2 K N, V]
        Labelled pairs of these targets.
    column : int64 tensor [G]
        Place of every gene among the targets; N for all others.
    edges, reverses : int64 tensors
        Positions of the labelled pairs to these targets, and of those whose TF is among them.
    """

    target: Tensor
    same_tf: Tensor
    by_target: Tensor
    column: Tensor
    edges: Tensor
    reverses: Tensor


@dataclass(frozen=True)
class SimilarPairStrip:
    """Sums over labelled pairs for TFs × targets: values, and weights.

    Attributes
    ----------
    same_tf : tuple of tensor [V + 1, 2, K, N]
        For each kernel, of the TFs with labelled pairs.
    same_target : tuple of tensor [T, 2, K, N]
    both : tuple of tensor [T, 2, K, N] or None
    own, twin : tensor [T, 2, K, N]
        The edge of a pair itself, and its reverse: value and count.
    correlation : tensor [T, N]
    row : int64 tensor [T]
        Place of the TFs among those with labelled pairs.
    others : tensors [T, K, 1] and [K, N]
        Numbers of labelled pairs of the TFs and of the targets.
    """

    same_tf: tuple[Tensor, ...]
    same_target: tuple[Tensor, ...]
    both: tuple[Tensor | None, ...]
    own: Tensor
    twin: Tensor
    correlation: Tensor
    row: Tensor
    others: tuple[Tensor, Tensor]

    def features(self, part: slice) -> Iterator[Tensor]:
        """Yield the SIMILAR_PAIR_FEATURES features of some of the TFs with all targets, each [T, K, N]."""
        own, twin = self.own[part], self.twin[part]
        sums: list[Tensor] = []
        for kernel, of_tf, of_target, of_both in zip(KERNELS, self.same_tf, self.same_target, self.both, strict=True):
            whole = PairSums(of_tf[self.row[part]], of_target[part], None if of_both is None else of_both[part])
            alike = None if of_both is None else weigh(self.correlation[part], kernel)[:, None, None]
            sums += whole.leave_out(PairItself(own, twin, alike), kernel, "pair")
        counts = own[:, 1]
        yield from as_features(sums, (self.others[0][part] - counts, self.others[1] - counts), axis=1)
