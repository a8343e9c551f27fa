"""The true network: layers of TFs, and targets with one to four regulators each.

Genes are numbered: TFs first, then targets. A TF of a layer is regulated by TFs of lower layers only, so there are no
loops and the steady state can be solved in one pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from grnet.schema.arrays import Bools, Float64, Indices, Int8

Kind = Literal["patterned", "responsive", "both"]
KINDS: tuple[Kind, ...] = ("patterned", "responsive", "both")
KIND_CYCLE: tuple[Kind, ...] = ("patterned", "both", "responsive", "both", "patterned")
"""Kinds are dealt to the TFs in this order, over and over."""

LAYER_PARTS = (0.4, 0.35, 0.25)
REGULATOR_COUNTS = (0.25, 0.35, 0.25, 0.15)
"""Part of the targets with one, two, three and four regulators."""
ACTIVATORS = 0.75
JOINT = 0.15
"""Part of the genes that need all their activators at once."""
HUB_EXPONENT = 0.55
"""The number of targets of the k-th TF of a kind falls as k to the power of minus this."""


@dataclass(frozen=True)
class Network:
    """Every true edge with its strength.

    Attributes
    ----------
    n_tfs, n_targets : int
    layer : int64 array [F]
        Layer of each TF; 0 reads the maternal gradients.
    kind : tuple of str, length F
        "patterned": placed in space, steady between samples; "responsive": everywhere, varies between samples;
        "both".
    tf, target : int64 arrays [E]
        Gene numbers.
    sign : int8 array [E]
        1 activation, -1 repression.
    threshold : float64 array [E]
        TF activity at half effect; a TF's typical activity where it is on is 1.
    exponent : float64 array [E]
        Hill exponent.
    joint : bool array [G]
        The gene needs all its activators (a product); otherwise any of them is enough (a mean).
    """

    n_tfs: int
    n_targets: int
    layer: Indices
    kind: tuple[Kind, ...]
    tf: Indices
    target: Indices
    sign: Int8
    threshold: Float64
    exponent: Float64
    joint: Bools

    @property
    def n_genes(self) -> int:
        """Number of TFs and targets."""
        return self.n_tfs + self.n_targets

    def edges_into(self, gene: int) -> Indices:
        """Return the positions of the edges that regulate `gene`."""
        return self._incoming[gene]

    @cached_property
    def _incoming(self) -> list[Indices]:
        order = np.argsort(self.target, kind="stable")
        bounds = np.searchsorted(self.target[order], np.arange(self.n_genes + 1))
        return [order[low:high] for low, high in pairwise(bounds)]


def build_network(n_tfs: int, n_targets: int, rng: np.random.Generator) -> Network:
    """Draw a network: kinds are dealt evenly over layers, hubs evenly over kinds, so that seeds differ little."""
    layer = np.repeat(np.arange(3), _split(n_tfs, LAYER_PARTS)).astype(np.int64)
    kind = tuple(KIND_CYCLE[position % len(KIND_CYCLE)] for position in range(n_tfs))
    weight = _hub_weights(kind, rng)
    edges = [pair for tf in range(n_tfs) for pair in _regulators_of_tf(tf, layer, kind, weight, rng)]
    counts = np.repeat(np.arange(1, 5), _split(n_targets, REGULATOR_COUNTS))
    for number, count in enumerate(rng.permutation(counts)):
        chosen = rng.choice(n_tfs, size=count, replace=False, p=weight / weight.sum())
        edges += [(int(tf), n_tfs + number) for tf in np.sort(chosen)]
    tf, target = (np.array(column, dtype=np.int64) for column in zip(*edges, strict=True))
    return Network(
        n_tfs=n_tfs,
        n_targets=n_targets,
        layer=layer,
        kind=kind,
        tf=tf,
        target=target,
        sign=np.where(rng.random(len(tf)) < ACTIVATORS, 1, -1).astype(np.int8),
        threshold=rng.uniform(0.5, 1.0, len(tf)),
        exponent=rng.uniform(2.0, 4.0, len(tf)),
        joint=rng.random(n_tfs + n_targets) < JOINT,
    )


def _split(total: int, parts: tuple[float, ...]) -> Indices:
    """Return whole numbers in the proportion of `parts` that sum to `total`."""
    bounds = np.round(np.cumsum((0.0, *parts)) * total).astype(np.int64)
    return np.diff(bounds)


def _hub_weights(kind: tuple[Kind, ...], rng: np.random.Generator) -> Float64:
    """Return how often each TF is drawn as a regulator: the same falling series within each kind, shuffled, [F]."""
    weight = np.empty(len(kind))
    for name in KINDS:
        members = np.array([number for number, own in enumerate(kind) if own == name])
        weight[rng.permutation(members)] = (np.arange(len(members)) + 1.0) ** -HUB_EXPONENT
    return weight


def _regulators_of_tf(
    tf: int, layer: Indices, kind: tuple[Kind, ...], weight: Float64, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Return the edges into one TF: none in layer 0, else one to three from lower layers, of a fitting kind."""
    if layer[tf] == 0:
        return []
    fits = np.array([own == kind[tf] or "both" in (own, kind[tf]) for own in kind])
    lower = np.flatnonzero((layer < layer[tf]) & fits)
    count = min(int(rng.integers(1, 4)), len(lower))
    chosen = rng.choice(lower, size=count, replace=False, p=weight[lower] / weight[lower].sum())
    return [(int(regulator), tf) for regulator in np.sort(chosen)]
