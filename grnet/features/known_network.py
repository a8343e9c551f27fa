"""What the known edges around a pair say about it: degrees, the reverse pair, shared neighbours, similar neighbours.

Enters: the labelled pairs that each model was trained on. Leaves: numbers of the graph of known edges, for lists of
pairs and one model, or for blocks of TFs × targets and many models.
The pair itself never counts, so a labelled pair looks in training as it does when it is scored. Labelled pairs are few:
a pair's sums are products with sparse matrices, and what the pair itself adds is taken out at its own place alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from grnet.features.known_graph import KnownGraph, Links
from grnet.features.similar_pairs import Hidden, PairLabels, place_among

KNOWN_NETWORK_FEATURES: tuple[str, ...] = (
    "targets of the TF",
    "regulators of the target",
    "regulators of the TF",
    "targets of the target",
    "reverse edge",
    "reverse non-edge",
    "shared targets",
    "shared regulators",
    "Adamic-Adar",
    "resource allocation",
    "similar TFs",
    "similar targets",
    "non-edges of the TF",
    "non-edges of the target",
)
"""Names of the numbers of a pair, in their order; all but the reverse pair, which is 1 or 0, are log(1 + number).

Adamic-Adar and resource allocation count the genes that share a known edge with both, in any direction, by
1 / log(1 + degree) and 1 / degree (Adamic & Adar 2003, doi:10.1016/S0378-8733(03)00009-1; Zhou, Lü & Zhang 2009,
doi:10.1140/epjb/e2009-00335-8). "similar TFs" sums over the other TFs of the target the cosine of their sets of targets
with that of the TF; "similar targets" sums over the other targets of the TF the cosine of their sets of regulators with
that of the target.
"""
TFS_OF_A_LIST = 64
"""TFs of listed pairs that are looked at with all targets of the list at a time."""


class KnownNetwork:
    """The known network of one model, for lists of pairs.

    Parameters
    ----------
    labels : PairLabels
        With values 1 (an edge) and 0 (a non-edge); each pair once. Pairs of a gene with itself do not count.
    n_genes : int
        Of the catalogue.
    """

    def __init__(self, labels: PairLabels, n_genes: int) -> None:
        self.blocks = KnownNetworkBlocks([labels], n_genes)

    def of_pairs(self, tf: Tensor, target: Tensor, *, hidden: Hidden = "pair") -> Tensor:
        """Return the numbers of listed pairs.

        Parameters
        ----------
        tf, target : int64 tensors [P]
        hidden : {"pair", "tf", "target", "both"}
            What is held back: the pair alone; with all pairs of its TF as TF; with those of its target as target; both.

        Returns
        -------
        float32 tensor [P, F]
            In the order of KNOWN_NETWORK_FEATURES.
        """
        numbers = torch.zeros(len(tf), len(KNOWN_NETWORK_FEATURES), device=tf.device)
        tfs, row = tf.unique(return_inverse=True)
        for first in range(0, len(tfs), TFS_OF_A_LIST):
            some = torch.nonzero((row >= first) & (row < first + TFS_OF_A_LIST)).flatten()
            targets, column = target[some].unique(return_inverse=True)
            strip = self.blocks.strip(tfs[first : first + TFS_OF_A_LIST], targets, hidden=hidden)
            place = (row[some] - first, 0, column)
            numbers[some] = torch.stack([plane[place] for plane in strip.planes], dim=-1)
        return numbers


class KnownNetworkBlocks:
    """The known networks of K models, for blocks of TFs × targets.

    Parameters
    ----------
    labels : list of PairLabels
        Of each model; see :class:`KnownNetwork`.
    n_genes : int
    """

    def __init__(self, labels: list[PairLabels], n_genes: int) -> None:
        self.graph = KnownGraph(labels, n_genes)

    def strip(self, tf: Tensor, target: Tensor, *, hidden: Hidden = "pair") -> KnownNetworkStrip:
        """Return the numbers of TFs with these targets.

        Parameters
        ----------
        tf, target : int64 tensors [T] and [N]
            No gene twice in either.
        hidden : {"pair", "tf", "target", "both"}
            See :meth:`KnownNetwork.of_pairs`.
        """
        planes = _PlanesOfStrip(self.graph, tf, target, hidden)
        return KnownNetworkStrip((*planes.count(), *planes.compare(), *planes.count_non_edges()))


@dataclass(frozen=True)
class KnownNetworkStrip:
    """The numbers of TFs × targets: `planes` is a tuple of F float32 tensors [T, K, N]."""

    planes: tuple[Tensor, ...]

    def features(self, part: slice) -> Iterator[Tensor]:
        """Yield the numbers of some of the TFs with all targets, each [T, K, N]."""
        yield from (plane[part] for plane in self.planes)


class _PlanesOfStrip:
    """Works out the planes [T, K, N] of one strip.

    A known edge of the strip is left out of its own numbers. `edge` tells where those are: row, model and column, three
    int64 tensors.
    """

    def __init__(self, graph: KnownGraph, tf: Tensor, target: Tensor, hidden: Hidden) -> None:
        self.graph, self.tf, self.target = graph, tf, target
        self.hides_tf, self.hides_target = hidden in ("tf", "both"), hidden in ("target", "both")
        self.row, self.column = place_among(tf, graph.n_genes), place_among(target, graph.n_genes)
        self.shape = (len(tf), graph.n_models, len(target))
        self.edge = self._find(graph.targets)

    def count(self) -> Iterator[Tensor]:
        """Yield degrees in both roles, and whether the reverse pair is known."""
        graph = self.graph
        yield self._spread_over_targets(graph.n_targets, self.edge, hides=self.hides_tf)
        yield self._spread_over_tfs(graph.n_regulators, self.edge, hides=self.hides_target)
        yield graph.n_regulators[:, self.tf].T.unsqueeze(-1).log1p().expand(self.shape)
        yield graph.n_targets[:, self.target].log1p().expand(self.shape)
        for links in (graph.targets, graph.non_targets):
            plane = self._empty()
            plane[self._find(links.turn())] = 1.0
            yield plane

    def count_non_edges(self) -> Iterator[Tensor]:
        """Yield the numbers of non-edges of the TF and of the target."""
        own = self._find(self.graph.non_targets)
        yield self._spread_over_targets(self.graph.n_non_targets, own, hides=self.hides_tf)
        yield self._spread_over_tfs(self.graph.n_non_regulators, own, hides=self.hides_target)

    def compare(self) -> Iterator[Tensor]:
        """Yield how many neighbours the genes of a pair share, and how alike their neighbours are."""
        shared_regulators, similar_tfs, similar_targets = self._sum_over_regulators()
        yield self._share_targets()
        yield shared_regulators.log1p()
        yield from self._weigh_shared_neighbours().log1p()
        yield similar_tfs.log1p()
        yield similar_targets.log1p()

    def _share_targets(self) -> Tensor:
        if self.hides_tf:
            return self._empty()
        row = self.graph.row
        return self.graph.overlap[0][:, row[self.tf][:, None], row[self.target]].log1p().transpose(0, 1)

    def _weigh_shared_neighbours(self) -> Tensor:
        """Return Adamic-Adar and resource allocation, [2, T, K, N].

        With the edges of a TF hidden only its regulators are left of its neighbours; of a target only its targets.
        """
        graph = self.graph
        near_target = self._of_target(graph.targets if self.hides_target else graph.joined)
        near_tf = graph.regulators if self.hides_tf else graph.joined
        keys, place = self._key(near_target).unique(return_inverse=True)
        degree = graph.n_joined[near_target.model, near_target.neighbour]
        weight = torch.stack([degree.log1p().reciprocal(), degree.reciprocal()])
        table = self._tabulate(near_tf, keys)  # [Z, T]
        return torch.stack([self._multiply(near_target, place, own, table)[0] for own in weight])

    def _sum_over_regulators(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return shared regulators and sums of cosines of similar TFs and of similar targets, each [T, K, N]."""
        graph, edge = self.graph, self.edge
        if self.hides_target:
            return self._empty(), self._empty(), self._empty()
        regulators = self._of_target(graph.regulators)
        keys, place = self._key(regulators).unique(return_inverse=True)
        model, tf = keys // graph.n_genes, keys % graph.n_genes
        tables = [self._tabulate(graph.regulators, keys)]
        if not self.hides_tf:
            overlap = graph.overlap[:, model, graph.row[tf]][:, :, graph.row[self.tf]]  # [2, Z, T]
            tables += [overlap[0] * graph.per_tf[model, tf][:, None], overlap[1]]
        sums = self._multiply(regulators, place, torch.ones(len(place), device=place.device), torch.cat(tables, dim=1))
        if self.hides_tf:
            return sums[0], self._empty(), self._empty()
        row, model, column = edge
        tfs, targets = self.tf[row], self.target[column]
        of_tf, of_target = graph.n_targets[model, tfs] - 1, graph.n_regulators[model, targets] - 1
        # An edge adds itself (as a TF of its target, as a target of its TF), and 1 to what its genes share with others.
        sums[1][edge] -= graph.sum_per_tf[model, targets] + graph.per_tf[model, tfs] * of_tf
        sums[2][edge] -= graph.sum_per_target[model, tfs] + graph.per_target[model, targets] * of_target
        sums[1] *= graph.per_tf[:, self.tf].T.unsqueeze(-1)
        sums[2] *= graph.per_target[:, self.target]
        sums[1][edge] *= (graph.n_targets[model, tfs] / of_tf.clamp_min(1.0)).sqrt()
        sums[2][edge] *= (graph.n_regulators[model, targets] / of_target.clamp_min(1.0)).sqrt()
        return sums[0], sums[1].clamp_min_(0.0), sums[2].clamp_min_(0.0)

    def _multiply(self, links: Links, place: Tensor, weight: Tensor, table: Tensor) -> Tensor:
        """Return sums over neighbours of targets of the rows of `table` [Z, B T] at `place`, [B, T, K, N]."""
        n_tfs, n_models, n_targets = self.shape
        row = links.model * n_targets + self.column[links.gene]
        shape = (n_models * n_targets, len(table))
        sums = table.new_zeros(shape[0], table.shape[1])
        if len(place):
            rows = torch.stack([row, place])
            sums = torch.sparse_coo_tensor(rows, weight, shape, check_invariants=False).coalesce() @ table
        return sums.view(n_models, n_targets, -1, n_tfs).permute(2, 3, 0, 1).contiguous()

    def _tabulate(self, links: Links, keys: Tensor) -> Tensor:
        """Return where links lead from the TFs of the strip to the genes that `keys` [Z] stand for, [Z, T]."""
        table = torch.zeros(len(keys), len(self.tf), device=keys.device)
        if len(keys):
            own = links.take(self.row[links.gene] < len(self.tf))
            wanted = self._key(own)
            place = torch.searchsorted(keys, wanted).clamp_max(len(keys) - 1)
            found = keys[place] == wanted
            table[place[found], self.row[own.gene[found]]] = 1.0
        return table

    def _spread_over_targets(self, number: Tensor, own: tuple[Tensor, Tensor, Tensor], *, hides: bool) -> Tensor:
        """Return the plane of log(1 + number [K, G] of the TF), less 1 where a pair itself counts."""
        if hides:
            return self._empty()
        plane = number[:, self.tf].T.unsqueeze(-1).log1p().repeat(1, 1, len(self.target))
        plane[own] = number[own[1], self.tf[own[0]]].log()
        return plane

    def _spread_over_tfs(self, number: Tensor, own: tuple[Tensor, Tensor, Tensor], *, hides: bool) -> Tensor:
        """Return the plane of log(1 + number [K, G] of the target), less 1 where a pair itself counts."""
        if hides:
            return self._empty()
        plane = number[:, self.target].log1p().repeat(len(self.tf), 1, 1)
        plane[own] = number[own[1], self.target[own[2]]].log()
        return plane

    def _find(self, links: Links) -> tuple[Tensor, Tensor, Tensor]:
        """Return the places (row, model, column) of those links from gene to neighbour that lie in the strip."""
        inside = links.take((self.row[links.gene] < len(self.tf)) & (self.column[links.neighbour] < len(self.target)))
        return self.row[inside.gene], inside.model, self.column[inside.neighbour]

    def _of_target(self, links: Links) -> Links:
        return links.take(self.column[links.gene] < len(self.target))

    def _key(self, links: Links) -> Tensor:
        return links.model * self.graph.n_genes + links.neighbour

    def _empty(self) -> Tensor:
        return torch.zeros(self.shape, device=self.tf.device)
