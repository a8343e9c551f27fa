"""The known edges and non-edges of K models as graphs: neighbours, degrees, and what targets two TFs share.

Enters: the labelled pairs that each model was trained on. Leaves: what does not depend on the pairs that are looked at;
:mod:`grnet.features.known_network` makes numbers of pairs from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from grnet.features.similar_pairs import PairLabels, place_among

REGULATOR, TARGET, NON_REGULATOR, NON_TARGET = range(4)
"""What a neighbour is to a gene: its known regulator, its known target, or known not to be."""
TFS_AT_ONCE = 256
"""TFs whose targets are held as a dense table at a time."""


@dataclass(frozen=True)
class Links:
    """Neighbours of genes in K graphs.

    Attributes
    ----------
    place, model, neighbour, kind : int64 tensors [E]
        The gene, or its position among those that were asked for; the graph; the neighbour; and one of REGULATOR,
        TARGET, NON_REGULATOR and NON_TARGET.
    once : bool tensor [E]
        False for the second of two links to one neighbour, which is regulator and target at once.
    """

    place: Tensor
    model: Tensor
    neighbour: Tensor
    kind: Tensor
    once: Tensor

    def take(self, rows: Tensor) -> Links:
        """Return some of the links, bool [E] or int64."""
        return Links(self.place[rows], self.model[rows], self.neighbour[rows], self.kind[rows], self.once[rows])


class KnownGraph:
    """The graphs of K models.

    Parameters
    ----------
    labels : list of PairLabels
        Of each model, with values 1 (an edge) and 0 (a non-edge). A pair counts once; pairs of a gene with itself are
        left out.
    n_genes : int
        Of the catalogue, G.

    Attributes
    ----------
    number : float32 tensor [4, K, G]
        How many neighbours of each kind a gene has.
    joined : float32 tensor [K, G]
        How many genes share a known edge with a gene, in either direction.
    tfs : int64 tensor [V]
        Genes with known targets in any of the graphs; `row` [G] is the place of a gene among them, V for all others.
    weight : float32 tensor [4, K, G]
        1 / sqrt(number).
    sum_of_weights : float32 tensor [2, K, G]
        Over the regulators of a gene, of 1 / sqrt(their targets); over its targets, of 1 / sqrt(their regulators).
    overlap : float32 tensor [4, K, V + 1, V + 1]
        Sums over the targets that two TFs share: of 1; of 1 / sqrt(regulators of the target); and over those that are
        no TFs themselves, of 1 / log(1 + joined) and 1 / joined. The last row and column are 0.
    """

    def __init__(self, labels: list[PairLabels], n_genes: int) -> None:
        self.n_models, self.n_genes = len(labels), n_genes
        self.links, self.starts = self._link(labels)
        links = self.links
        place = (links.kind, links.model, links.place)
        ones = torch.ones(len(links.place), device=links.place.device)
        empty = ones.new_zeros(4, self.n_models, n_genes)
        self.number = empty.index_put(place, ones, accumulate=True)
        joined = links.once & (links.kind <= TARGET)
        self.joined = empty[0].index_put((links.model[joined], links.place[joined]), ones[joined], accumulate=True)
        self.tfs = links.place[links.kind == TARGET].unique()
        self.row = place_among(self.tfs, n_genes)
        self.weight = self.number.clamp_min(1.0).rsqrt()
        of_neighbour = self.weight[1 - links.kind.clamp_max(1), links.model, links.neighbour]
        self.sum_of_weights = empty.index_put(place, of_neighbour, accumulate=True)[:2]
        self.overlap = self._overlap_targets()

    def weigh_neighbours(self) -> Tensor:
        """Return 1 / log(1 + joined) and 1 / joined, [2, K, G]; what stands for genes without edges is never used."""
        joined = self.joined.clamp_min(1.0)
        return torch.stack([joined.log1p().reciprocal(), joined.reciprocal()])

    def links_of(self, genes: Tensor) -> Links:
        """Return the links of some genes [N]; their place is that among `genes`."""
        first, last = self.starts[genes], self.starts[genes + 1]
        count = last - first
        place = torch.repeat_interleave(torch.arange(len(genes), device=genes.device), count)
        before = (count.cumsum(0) - count - first)[place]
        links = self.links.take(torch.arange(len(place), device=genes.device) - before)
        return Links(place, links.model, links.neighbour, links.kind, links.once)

    def _link(self, labels: list[PairLabels]) -> tuple[Links, Tensor]:
        """Return the links of all genes, sorted by gene, and where those of each gene start [G + 1]."""
        labels = [known.distinct(self.n_genes) for known in labels]
        model = torch.cat([torch.full_like(known.tf, number) for number, known in enumerate(labels)])
        tf, target, value = (
            torch.cat([getattr(known, name) for known in labels]) for name in ("tf", "target", "value")
        )
        is_edge = value > 0
        kind = torch.where(is_edge, TARGET, NON_TARGET)
        there, back = ((model * self.n_genes + a) * self.n_genes + b for a, b in ((tf, target), (target, tf)))
        first = ~torch.isin(there, back[is_edge])
        links = Links(
            place=torch.cat([target, tf]),
            model=model.repeat(2),
            neighbour=torch.cat([tf, target]),
            kind=torch.cat([kind - 1, kind]),
            once=torch.cat([torch.ones_like(first), first]),
        )
        order = links.place.argsort(stable=True)
        return links.take(order), torch.searchsorted(
            links.place[order], torch.arange(self.n_genes + 1, device=tf.device)
        )

    def _overlap_targets(self) -> Tensor:
        n_tfs, links = len(self.tfs), self.links.take(self.links.kind == TARGET)
        overlap = self.number.new_zeros(4, self.n_models, n_tfs + 1, n_tfs + 1)
        is_no_tf = self.row == n_tfs
        ones = torch.ones_like(self.joined)
        weights = torch.stack([ones, self.weight[REGULATOR], *(self.weigh_neighbours() * is_no_tf)])  # [4, K, G]
        for model in range(self.n_models):
            own = links.model == model
            place, target = self.row[links.place[own]], links.neighbour[own]
            row = torch.cat([place + plane * n_tfs for plane in range(4)])
            values, shape = weights[:, model, target].flatten(), (4 * n_tfs, self.n_genes)
            if not len(place):
                continue
            sparse = torch.sparse_coo_tensor(
                torch.stack([row, target.repeat(4)]), values, shape, check_invariants=False
            )
            sparse = sparse.coalesce()
            for first in range(0, n_tfs, TFS_AT_ONCE):
                some = (place >= first) & (place < first + TFS_AT_ONCE)
                table = overlap.new_zeros(self.n_genes, min(TFS_AT_ONCE, n_tfs - first))
                table[target[some], place[some] - first] = 1.0
                overlap[:, model, :-1, first : first + table.shape[1]] = (sparse @ table).view(4, n_tfs, -1)
        return overlap
