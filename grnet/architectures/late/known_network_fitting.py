"""Fitting the part that reads the known network: trees learn from the labelled pairs, a small network from the trees.

Enters: the labelled pairs of a fold's training, and the genes whose pairs are candidates. Leaves: the part. It answers
which of ALL candidates are edges, so the trees see a sample of candidates without a label beside the given non-edges.

What the trees see of a pair is counted without a group of labelled pairs that the pair is in. Of a TF with as many
edges as non-edges, a group takes as many of both. With the pair alone left out, trees would learn labels from what is
missing: where a target of 57 known regulators stands out, its edges are the pairs that count 56.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from grnet.architectures.device import one_thread, own_random_numbers
from grnet.architectures.late.known_network_part import KnownNetworkPart
from grnet.architectures.late.optimisation import LARGEST_GRADIENT, one_cycle
from grnet.architectures.late.teacher_trees import LARGEST_LOGIT, boost, choose_situations, score_boosted
from grnet.division.negatives import count_unknown, sample_negatives
from grnet.features.known_network import KNOWN_NETWORK_FEATURES, KnownNetwork
from grnet.features.similar_pairs import HIDDEN, Hidden, PairLabels
from grnet.schema.arrays import Float32, Float64, Indices, Int8
from grnet.schema.genes import PairIndex

FEWEST_EDGES = 10
"""With fewer known edges the part says nothing."""
N_GROUPS = 20
"""That labelled pairs are divided into."""
CANDIDATES_PER_EDGE = 4
"""That the trees see as negatives."""
MOST_CANDIDATES = 20_000
"""That the network is taught with."""
PASSES, BATCH, RATE = 12, 512, 0.01


@dataclass(frozen=True)
class Seen:
    """Pairs that the trees see.

    Attributes
    ----------
    tf, target : int64 tensors [P]
    group : int64 array [P]
        Which group of labelled pairs is left out of what is counted.
    """

    tf: Tensor
    target: Tensor
    group: Indices


def fit_known_network(
    labels: PairLabels, tfs: Indices, targets: Indices, *, n_genes: int, seed: int
) -> KnownNetworkPart:
    """Fit the part on labelled pairs.

    Parameters
    ----------
    labels : PairLabels
        That a fold may learn from, with values 1 (an edge) and 0 (a non-edge).
    tfs, targets : int64 arrays
        Genes whose pairs are candidates.
    n_genes : int
        Of the catalogue.
    seed : int
        Decides which candidates are drawn, the groups, the trees and the initial weights.

    Returns
    -------
    KnownNetworkPart
        Says nothing where there are fewer than FEWEST_EDGES edges, or nothing else than edges.
    """
    device = labels.tf.device
    part = KnownNetworkPart().to(device)
    labels = labels.distinct(n_genes)
    n_edges = int((labels.value > 0).sum())
    candidates = _draw_candidates(labels, tfs, targets, n_genes=n_genes, seed=seed)
    n_shown = min(CANDIDATES_PER_EDGE * n_edges, len(candidates[0]))
    if n_edges < FEWEST_EDGES or n_edges == len(labels.value) + n_shown:
        return part.eval()
    rng = np.random.default_rng(seed)
    seen = Seen(
        tf=torch.cat([labels.tf, candidates[0][:n_shown]]),
        target=torch.cat([labels.target, candidates[1][:n_shown]]),
        group=np.concatenate([divide_evenly(labels, rng), rng.integers(0, N_GROUPS, n_shown)]),
    )
    is_edge = np.zeros(len(seen.tf), dtype=np.int8)
    is_edge[: len(labels.value)] = (labels.value > 0).cpu().numpy()
    teacher = NetworkTeacher(labels, seen, is_edge, candidates, n_genes=n_genes, seed=seed)
    network = KnownNetwork(labels, n_genes)
    numbers = torch.cat([network.of_pairs(*candidates), torch.from_numpy(teacher.tables["pair"]).to(device)])
    tf, target = torch.cat([candidates[0], seen.tf]), torch.cat([candidates[1], seen.target])
    logits = torch.from_numpy(teacher.judge(numbers.cpu().numpy(), tf, target)).float().to(device)
    _teach(part, numbers, logits.sigmoid(), seed=seed)
    return part.eval()


class NetworkTeacher:
    """Trees for each situation that candidates are in: a TF, a target, both or neither without labelled pairs.

    Parameters
    ----------
    labels : PairLabels
    seen : Seen
        The labelled pairs, and candidates without a label.
    is_edge : int8 array [P]
        Of both classes.
    candidates : two int64 tensors
        TFs and targets of candidates, by which situations are chosen.
    n_genes, seed : int

    Attributes
    ----------
    tables : dict of str to float32 array [P, F]
        For "pair" and each chosen situation, the numbers of what is seen.
    trees : dict of str to HistGradientBoostingClassifier
    """

    def __init__(
        self,
        labels: PairLabels,
        seen: Seen,
        is_edge: Int8,
        candidates: tuple[Tensor, Tensor],
        *,
        n_genes: int,
        seed: int,
    ) -> None:
        self.has_labels = labels.mask_genes(n_genes)
        situation = self._find_situations(*candidates)
        situations = choose_situations(situation)
        self.tables = _look(labels, seen, tuple(dict.fromkeys(("pair", *situations))), n_genes=n_genes)
        with threadpool_limits(1):
            self.trees = {name: boost(len(is_edge), seed=seed).fit(self.tables[name], is_edge) for name in situations}
        self.offset = _weigh_situations(labels, situation, n_genes=n_genes)

    def judge(self, numbers: Float32, tf: Tensor, target: Tensor) -> Float64:
        """Return the logits [P] that the trees of each pair's situation give its `numbers` [P, F]."""
        situation = self._find_situations(tf, target)
        logits = np.empty(len(numbers))
        with threadpool_limits(1):
            for number, name in enumerate(HIDDEN):
                rows = np.flatnonzero(situation == number)
                if len(rows):
                    trees = self.trees.get(name, next(iter(self.trees.values())))
                    logits[rows] = score_boosted(trees, numbers[rows]) + self.offset[number] * (name in self.trees)
        clipped: Float64 = np.clip(logits, -LARGEST_LOGIT, LARGEST_LOGIT)
        return clipped

    def _find_situations(self, tf: Tensor, target: Tensor) -> Indices:
        """Return for each pair [P] a position in HIDDEN: which of its genes have no labelled pairs."""
        number = (~self.has_labels[0][tf]).long() + 2 * (~self.has_labels[1][target]).long()
        found: Indices = number.cpu().numpy()
        return found


def divide_evenly(labels: PairLabels, rng: np.random.Generator) -> Indices:
    """Return the group of each labelled pair, 0..N_GROUPS - 1.

    Edges of a TF are spread evenly, and its non-edges over the same groups; where it has as many of both, so has every
    group.
    """
    tf, value = labels.tf.cpu().numpy(), labels.value.cpu().numpy() > 0
    order = np.lexsort((rng.random(len(tf)), value, tf))
    key = 2 * tf[order] + value[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    size = np.diff(first, append=len(key))
    start = rng.integers(0, N_GROUPS, tf.max(initial=0) + 1)[key[first] // 2]
    place = np.arange(len(key)) - np.repeat(first - start, size)
    group = np.empty(len(tf), dtype=np.int64)
    group[order] = place % N_GROUPS
    return group


def _look(labels: PairLabels, seen: Seen, situations: tuple[Hidden, ...], *, n_genes: int) -> dict[Hidden, Float32]:
    """Return the numbers of what is seen, each pair without its group, for some situations."""
    tables = {name: np.empty((len(seen.tf), len(KNOWN_NETWORK_FEATURES)), dtype=np.float32) for name in situations}
    group = torch.from_numpy(seen.group).to(seen.tf.device)
    for number in range(N_GROUPS):
        rest = group[: len(labels.tf)] != number
        network = KnownNetwork(PairLabels(labels.tf[rest], labels.target[rest], labels.value[rest]), n_genes)
        own = torch.nonzero(group == number).flatten()
        for name, table in tables.items():
            numbers = network.of_pairs(seen.tf[own], seen.target[own], hidden=name)
            table[own.cpu().numpy()] = numbers.cpu().numpy()
    return tables


def _weigh_situations(labels: PairLabels, situation: Indices, *, n_genes: int) -> Float64:
    """Return for each of HIDDEN the logarithm of how much commoner it is among edges than among candidates.

    Each edge is in the situation that it would be in without its label.
    """
    edge = labels.value > 0
    alone = [torch.bincount(genes, minlength=n_genes)[genes[edge]] == 1 for genes in (labels.tf, labels.target)]
    of_edges = (alone[0].long() + 2 * alone[1].long()).cpu().numpy()
    shares = [
        (np.bincount(numbers, minlength=len(HIDDEN)) + 1.0) / (len(numbers) + len(HIDDEN))
        for numbers in (of_edges, situation)
    ]
    weight: Float64 = np.log(shares[0] / shares[1])
    return weight


def _draw_candidates(
    labels: PairLabels, tfs: Indices, targets: Indices, *, n_genes: int, seed: int
) -> tuple[Tensor, Tensor]:
    """Return TFs and targets of candidates without a label, drawn uniformly."""
    known = PairIndex(labels.tf.cpu().numpy(), labels.target.cpu().numpy())
    n = min(MOST_CANDIDATES, count_unknown(known, tfs, targets, n_genes=n_genes))
    drawn = sample_negatives(known, tfs, targets, n=n, n_genes=n_genes, seed=seed)
    device = labels.tf.device
    return torch.from_numpy(drawn.tf).to(device), torch.from_numpy(drawn.target).to(device)


def _teach(part: KnownNetworkPart, numbers: Tensor, probability: Tensor, *, seed: int) -> None:
    """Fit the part to the trees' probabilities [P] of pairs with `numbers` [P, F]."""
    part.encoding.fit(numbers)
    device, rng = numbers.device, np.random.default_rng(seed)
    with own_random_numbers(device, seed), one_thread():
        for layer in (part.first, part.second, part.out):
            layer.reset_parameters()
        optimizer = torch.optim.AdamW(part.parameters(), lr=RATE, weight_decay=1e-4, foreach=True)
        n_batches = max(len(numbers) // BATCH, 1)
        schedule = one_cycle(optimizer, RATE, PASSES * n_batches)
        for _ in range(PASSES):
            for rows in torch.from_numpy(rng.permutation(len(numbers))).to(device).tensor_split(n_batches):
                loss = binary_cross_entropy_with_logits(part(numbers[rows]), probability[rows])
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(part.parameters(), LARGEST_GRADIENT, foreach=True)
                optimizer.step()
                schedule.step()
