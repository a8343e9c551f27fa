"""The known edges and non-edges of K models as graphs: neighbours, degrees, and how alike the targets of TFs are.

Enters: the labelled pairs that each model was trained on. Leaves: what does not depend on the pairs that are looked at;
:mod:`grnet.features.known_network` makes numbers of pairs from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from grnet.features.similar_pairs import PairLabels, place_among

TFS_AT_ONCE = 256
"""TFs whose targets are held as a dense table at a time."""


@dataclass(frozen=True)
class Links:
    """Neighbours of genes in K graphs.

    Attributes
    ----------
    model, gene, neighbour : int64 tensors [E]
    """

    model: Tensor
    gene: Tensor
    neighbour: Tensor

    def turn(self) -> Links:
        """Return the links from the neighbour to the gene."""
        return Links(self.model, self.neighbour, self.gene)

    def take(self, rows: Tensor) -> Links:
        """Return some of the links, bool [E] or int64."""
        return Links(self.model[rows], self.gene[rows], self.neighbour[rows])

    def count(self, n_models: int, n_genes: int) -> Tensor:
        """Return how many neighbours each gene has, float32 [K, G]."""
        return self.sum(torch.ones(n_models, n_genes, device=self.gene.device))

    def sum(self, values: Tensor) -> Tensor:
        """Return the sum over the neighbours of each gene of `values`, float32 [K, G]."""
        place = (self.model, self.gene)
        return torch.zeros_like(values).index_put_(place, values[self.model, self.neighbour], accumulate=True)


class KnownGraph:
    """The graphs of K models.

    Parameters
    ----------
    labels : list of PairLabels
        Of each model, with values 1 (an edge) and 0 (a non-edge); each pair once. Pairs of a gene with itself are left
        out.
    n_genes : int
        Of the catalogue, G.

    Attributes
    ----------
    targets, regulators : Links
        From each TF to its known targets, and from each gene to its known regulators.
    joined : Links
        From each gene to those that share a known edge with it, in either direction, each once.
    non_targets : Links
        From each TF to its known non-targets.
    n_targets, n_regulators, n_joined, n_non_targets, n_non_regulators : float32 tensors [K, G]
    tfs : int64 tensor [V]
        Genes with known targets in any of the graphs; `row` [G] is the place of a gene among them, V for all others.
    per_tf, per_target : float32 tensors [K, G]
        1 / sqrt(targets) and 1 / sqrt(regulators) of a gene.
    sum_per_tf, sum_per_target : float32 tensors [K, G]
        Sums of `per_tf` over the regulators of a gene, and of `per_target` over its targets.
    overlap : float32 tensor [2, K, V + 1, V + 1]
        Targets that two TFs share: their number, and their sum of `per_target`. The last row and column are 0.
    """

    def __init__(self, labels: list[PairLabels], n_genes: int) -> None:
        self.n_models, self.n_genes = len(labels), n_genes
        edges, non_edges = ([_select(known, value) for known in labels] for value in (True, False))
        self.targets, self.non_targets = _stack(edges), _stack(non_edges)
        self.regulators = self.targets.turn()
        self.joined = self._join()
        self.n_targets, self.n_regulators, self.n_joined, self.n_non_targets, self.n_non_regulators = (
            links.count(self.n_models, n_genes)
            for links in (self.targets, self.regulators, self.joined, self.non_targets, self.non_targets.turn())
        )
        self.tfs = self.targets.gene.unique()
        self.row = place_among(self.tfs, n_genes)
        self.per_target = self.n_regulators.clamp_min(1.0).rsqrt()
        self.per_tf = self.n_targets.clamp_min(1.0).rsqrt()
        self.sum_per_tf, self.sum_per_target = self.regulators.sum(self.per_tf), self.targets.sum(self.per_target)
        self.overlap = self._overlap_targets()

    def _join(self) -> Links:
        """Return the links of genes in either direction."""
        there, back = self.targets, self.regulators
        keys = torch.cat(
            [self._key(there) * self.n_genes + there.neighbour, self._key(back) * self.n_genes + there.gene]
        )
        keys = keys.unique()
        place, neighbour = keys // self.n_genes, keys % self.n_genes
        return Links(place // self.n_genes, place % self.n_genes, neighbour)

    def _key(self, links: Links) -> Tensor:
        return links.model * self.n_genes + links.gene

    def _overlap_targets(self) -> Tensor:
        """Return what targets two TFs share, [2, K, V + 1, V + 1]."""
        links, n_tfs = self.targets, len(self.tfs)
        overlap = self.n_targets.new_zeros(2, self.n_models, n_tfs + 1, n_tfs + 1)
        row = self.row[links.gene]
        for model in range(self.n_models):
            own = links.model == model
            place, target = row[own], links.neighbour[own]
            weights = torch.stack([torch.ones_like(target, dtype=torch.float32), self.per_target[model, target]])
            for first in range(0, n_tfs if len(place) else 0, TFS_AT_ONCE):
                some = (place >= first) & (place < first + TFS_AT_ONCE)
                table = overlap.new_zeros(self.n_genes, min(TFS_AT_ONCE, n_tfs - first))
                table[target[some], place[some] - first] = 1.0
                for plane, weight in zip(overlap[:, model], weights, strict=True):
                    sparse = torch.sparse_coo_tensor(
                        torch.stack([place, target]), weight, (n_tfs, self.n_genes), check_invariants=False
                    )
                    plane[:-1, first : first + table.shape[1]] = sparse.coalesce() @ table
        return overlap


def _select(known: PairLabels, value: bool) -> tuple[Tensor, Tensor]:
    """Return TFs and targets of the edges, or of the non-edges, of one model."""
    own = ((known.value > 0) == value) & (known.tf != known.target)
    return known.tf[own], known.target[own]


def _stack(pairs: list[tuple[Tensor, Tensor]]) -> Links:
    """Return the pairs of K models as links from TF to target."""
    model = torch.cat([torch.full_like(tf, number) for number, (tf, _) in enumerate(pairs)])
    return Links(model, torch.cat([tf for tf, _ in pairs]), torch.cat([target for _, target in pairs]))
