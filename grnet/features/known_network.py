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

from grnet.features.known_graph import NON_REGULATOR, NON_TARGET, REGULATOR, TARGET, KnownGraph, Links
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
MOST_HELD = 2**26
"""Numbers of TFs that are held for the next strip of targets."""


class KnownNetwork:
    """The known network of one model, for lists of pairs.

    Parameters
    ----------
    labels : PairLabels
        With values 1 (an edge) and 0 (a non-edge). A pair counts once, a pair of a gene with itself not at all.
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
            side = TfSide(self.blocks.graph, tfs[first : first + TFS_OF_A_LIST], hidden)
            place = (row[some] - first, 0, column)
            numbers[some] = torch.stack([plane[place] for plane in PlanesOfStrip(side, targets).work_out()], dim=-1)
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
        self._held: list[TfSide] = []

    def strip(self, tf: Tensor, target: Tensor) -> KnownNetworkStrip:
        """Return the numbers of TFs with these targets.

        Parameters
        ----------
        tf, target : int64 tensors [T] and [N]
            No gene twice in either.
        """
        return KnownNetworkStrip(PlanesOfStrip(self._side_of(tf), target).work_out())

    def _side_of(self, tf: Tensor) -> TfSide:
        """Return what depends on TFs alone; strips of targets often come with the same TFs."""
        for side in self._held:
            if torch.equal(side.tf, tf):
                return side
        side = TfSide(self.graph, tf, "pair")
        held = [*self._held, side]
        while held and sum(one.table.numel() for one in held) > MOST_HELD:
            held = held[1:]
        self._held = held
        return side


@dataclass(frozen=True)
class KnownNetworkStrip:
    """The numbers of TFs × targets: `planes` is a tuple of F float32 tensors [T, K, N]."""

    planes: tuple[Tensor, ...]

    def features(self, part: slice) -> Iterator[Tensor]:
        """Yield the numbers of some of the TFs with all targets, each [T, K, N]."""
        yield from (plane[part] for plane in self.planes)


class TfSide:
    """What depends on the TFs of a strip alone.

    Attributes
    ----------
    row : int64 tensor [G]
        Place of every gene among the TFs of the strip; T for all others.
    table : float32 tensor [K (V + 1), 4 T]
        For each gene c with known targets, and each TF of the strip: whether they share an edge; whether c is its
        regulator; and of the targets that they share, the number over sqrt(targets of c), and the sum of
        1 / sqrt(regulators).
    """

    def __init__(self, graph: KnownGraph, tf: Tensor, hidden: Hidden) -> None:
        self.graph, self.tf = graph, tf
        self.hides_tf, self.hides_target = hidden in ("tf", "both"), hidden in ("target", "both")
        self.row = place_among(tf, graph.n_genes)
        n_rows = len(graph.tfs) + 1
        table = torch.zeros(4, graph.n_models, n_rows, len(tf), device=tf.device)
        links = graph.links_of(tf)
        near = links.kind == REGULATOR if self.hides_tf else links.kind <= TARGET
        for plane, own in zip(table, (near, links.kind == REGULATOR), strict=False):
            plane[links.model[own], graph.row[links.neighbour[own]], links.place[own]] = 1.0
        table[0, :, -1] = 0.0
        if not self.hides_tf:
            table[2:] = graph.overlap[:2, :, :, graph.row[tf]]
            table[2, :, :-1] *= graph.weight[TARGET][:, graph.tfs].unsqueeze(-1)
        self.table = table.permute(1, 2, 0, 3).reshape(graph.n_models * n_rows, -1)


class PlanesOfStrip:
    """Works out the numbers of TFs × targets.

    What a pair adds to numbers of its own is taken out at `edge`, where the known edges of the strip are: row, model
    and column, three int64 tensors.
    """

    def __init__(self, side: TfSide, target: Tensor) -> None:
        self.side, self.graph, self.tf, self.target = side, side.graph, side.tf, target
        self.shape = (len(side.tf), self.graph.n_models, len(target))
        self.links = self.graph.links_of(target)
        self.inside = self.links.take(side.row[self.links.neighbour] < len(side.tf))
        self.edge = self._find(REGULATOR)

    def work_out(self) -> tuple[Tensor, ...]:
        """Return the planes, F tensors [T, K, N]."""
        return (*self._count_edges(), *self._compare(), *self._count_non_edges())

    def _count_edges(self) -> Iterator[Tensor]:
        """Yield degrees in both roles, and whether the reverse pair is known."""
        number, (n_tfs, _, n_targets) = self.graph.number, self.shape
        yield self._spread(TARGET, REGULATOR)
        yield self._spread(REGULATOR, REGULATOR)
        yield number[REGULATOR][:, self.tf].T.unsqueeze(-1).log1p().expand(-1, -1, n_targets)
        yield number[TARGET][:, self.target].log1p().expand(n_tfs, -1, -1)
        for kind in (TARGET, NON_TARGET):
            plane = self._empty()
            plane[self._find(kind)] = 1.0
            yield plane

    def _count_non_edges(self) -> Iterator[Tensor]:
        """Yield the numbers of non-edges of the TF and of the target."""
        yield self._spread(NON_TARGET, NON_REGULATOR)
        yield self._spread(NON_REGULATOR, NON_REGULATOR)

    def _compare(self) -> tuple[Tensor, ...]:
        """Return how many neighbours the genes of a pair share, and how alike their neighbours are."""
        shared_targets, weighed = self._empty(), self._weigh_shared_tfs()
        for plane, sums in zip((shared_targets, *weighed), (0, 2, 3), strict=True):
            self._add_shared_targets(plane, self.graph.overlap[sums])
        shared_regulators, similar_tfs, similar_targets = self._sum_over_regulators()
        planes = (shared_targets, shared_regulators, *weighed, similar_tfs, similar_targets)
        return tuple(plane.log1p_() for plane in planes)

    def _add_shared_targets(self, plane: Tensor, overlap: Tensor) -> None:
        """Add the sums over shared targets, `overlap` [K, V + 1, V + 1], to the columns of genes that have targets."""
        row = self.graph.row[self.target]
        columns = torch.nonzero(row < len(self.graph.tfs)).flatten()
        if len(columns) and not self.side.hides_tf:
            plane[..., columns] += overlap[:, self.graph.row[self.tf].unsqueeze(-1), row[columns]].transpose(0, 1)

    def _weigh_shared_tfs(self) -> Tensor:
        """Return Adamic-Adar and resource allocation over shared neighbours that are TFs, [2, T, K, N].

        With the edges of a TF hidden only its regulators are left of its neighbours; of a target only its targets.
        """
        links = self.links
        near = links.kind == TARGET if self.side.hides_target else links.once & (links.kind <= TARGET)
        own = links.take(near & (self.graph.row[links.neighbour] < len(self.graph.tfs)))
        weights = self.graph.weigh_neighbours()[:, own.model, own.neighbour]
        return self._sum_over(own, weights, self.side.table[:, : len(self.tf)]).squeeze(1)

    def _sum_over_regulators(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return shared regulators, and sums of cosines of similar TFs and of similar targets, each [T, K, N]."""
        if self.side.hides_target:
            return self._empty(), self._empty(), self._empty()
        regulators = self.links.take(self.links.kind == REGULATOR)
        ones = torch.ones(1, len(regulators.place), device=self.tf.device)
        shared, similar_tfs, similar_targets = self._sum_over(regulators, ones, self.side.table[:, len(self.tf) :])[0]
        if self.side.hides_tf:
            return shared, similar_tfs, similar_targets
        graph, (row, model, column) = self.graph, self.edge
        tfs, targets = self.tf[row], self.target[column]
        n_targets, n_regulators = graph.number[TARGET][model, tfs], graph.number[REGULATOR][model, targets]
        # An edge adds itself (as TF of its target, as target of its TF), and 1 to what its genes share with others.
        of_tf = graph.sum_of_weights[REGULATOR][model, targets] + (n_targets - 1) * n_targets.rsqrt()
        of_target = graph.sum_of_weights[TARGET][model, tfs] + (n_regulators - 1) * n_regulators.rsqrt()
        for sums, number, added in ((similar_tfs, n_targets, of_tf), (similar_targets, n_regulators, of_target)):
            rest = (sums[self.edge] - added).clamp_min(0.0)
            sums[self.edge] = rest * (number / (number - 1).clamp_min(1.0)).sqrt()
        similar_tfs *= graph.weight[TARGET][:, self.tf].T.unsqueeze(-1)
        similar_targets *= graph.weight[REGULATOR][:, self.target]
        return shared, similar_tfs, similar_targets

    def _sum_over(self, links: Links, weights: Tensor, table: Tensor) -> Tensor:
        """Return sums over TFs that are neighbours of targets, with weights [W, E], [W, B, T, K, N]."""
        n_tfs, n_models, n_targets = self.shape
        row, n_rows = links.model * n_targets + links.place, n_models * n_targets
        row = torch.cat([row + n_rows * number for number in range(len(weights))])
        column = (links.model * (len(self.graph.tfs) + 1) + self.graph.row[links.neighbour]).repeat(len(weights))
        shape = (len(weights) * n_rows, len(table))
        if len(row):
            place = torch.stack([row, column])
            sums = torch.sparse_coo_tensor(place, weights.flatten(), shape, check_invariants=False) @ table
        else:
            sums = table.new_zeros(shape[0], table.shape[1])
        return sums.view(len(weights), n_models, n_targets, -1, n_tfs).permute(0, 3, 4, 1, 2)

    def _spread(self, kind: int, of_pair: int) -> Tensor:
        """Return the plane of log(1 + neighbours of a kind), less the pair itself where it is a link `of_pair`.

        Targets and non-targets are those of the TF, regulators and non-regulators those of the target.
        """
        of_tf = kind in (TARGET, NON_TARGET)
        if self.side.hides_tf if of_tf else self.side.hides_target:
            return self._empty()
        n_tfs, _, n_targets = self.shape
        number, (row, model, column) = self.graph.number[kind], self._find(of_pair)
        if of_tf:
            plane, genes = number[:, self.tf].T.unsqueeze(-1).log1p().repeat(1, 1, n_targets), self.tf[row]
        else:
            plane, genes = number[:, self.target].log1p().repeat(n_tfs, 1, 1), self.target[column]
        plane[row, model, column] = number[model, genes].log()
        return plane

    def _find(self, kind: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return where TFs of the strip are neighbours of a kind of its targets: row, model, column."""
        links = self.inside.take(self.inside.kind == kind)
        return self.side.row[links.neighbour], links.model, links.place

    def _empty(self) -> Tensor:
        return torch.zeros(self.shape, device=self.tf.device)
