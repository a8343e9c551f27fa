"""Two networks in one: the edges that either keeps, who keeps each, and how probable it is in both.

Enter: two networks with the scores of all their candidates, such as those of two cell types. Leaves: one network, laid
out once, so that what differs is seen at a glance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.summary import summarise
from grnet.schema.arrays import Float32
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import ID, IS_TF, KNOWN, N_IMAGES, PROBABILITY, RANK, SYMBOL, TARGET, TF
from grnet.scores.pair_scores import GeneNames, Shards, read_pairs

FIRST, SECOND, BOTH = "first", "second", "both"


@dataclass(frozen=True)
class ScoredNetwork:
    """A network with the scores of its candidates, the genes that they are among, and its name."""

    name: str
    network: Network
    shards: Shards
    genes: GeneCatalogue


@dataclass(frozen=True)
class TwoNetworks:
    """The edges of two networks.

    Attributes
    ----------
    network : Network
        The edges that either keeps, with the higher of their two probabilities, best first; `rank` is their place in
        this order. `known` is whether either knows the edge; sign, correlation, score and spread are those of the
        network that keeps it, of both the one that gives it the higher probability.
    names : tuple of str
    held : str array [E]
        Who keeps each edge: FIRST, SECOND or BOTH.
    probability : tuple of float32 arrays [E]
        Of each edge in both; NaN where the pair is no candidate there.
    """

    network: Network
    names: tuple[str, str]
    held: np.ndarray
    probability: tuple[Float32, Float32]

    def strongest(self, count: int) -> TwoNetworks:
        """Return the `count` best edges with the genes that they link."""
        first, second = self.probability
        return TwoNetworks(
            self.network.strongest(count), self.names, self.held[:count], (first[:count], second[:count])
        )


def join_networks(first: ScoredNetwork, second: ScoredNetwork) -> TwoNetworks:
    """Return two networks as one.

    Parameters
    ----------
    first, second : ScoredNetwork
        Their genes may differ; those of one symbol are the same gene.
    """
    pairs = [pd.MultiIndex.from_frame(own.network.edges[[TF, TARGET]]) for own in (first, second)]
    edges = pd.concat([first.network.edges, second.network.edges], ignore_index=True)
    edges = edges.assign(**{KNOWN: edges.groupby([TF, TARGET], sort=False)[KNOWN].transform("any")})
    edges = edges.sort_values(PROBABILITY, ascending=False, kind="stable").drop_duplicates([TF, TARGET])
    in_both = [find_probability(own.shards, edges) for own in (first, second)]
    edges = edges.assign(**{PROBABILITY: np.fmax(*in_both)}, before=np.arange(len(edges)))
    edges = edges.sort_values([PROBABILITY, TF, TARGET], ascending=[False, True, True], kind="stable")
    order = edges.pop("before").to_numpy()
    edges = edges.assign(**{RANK: np.arange(1, len(edges) + 1)}).reset_index(drop=True)
    probability = in_both[0][order], in_both[1][order]
    index = pd.MultiIndex.from_frame(edges[[TF, TARGET]])
    in_first, in_second = (index.isin(own) for own in pairs)
    held = np.select([in_first & in_second, in_first], [BOTH, FIRST], SECOND)
    nodes = build_nodes(edges, join_genes([first.genes, second.genes]), seed=first.network.seed)
    summary = summarise(
        edges,
        nodes,
        n_candidates=len(edges),
        name=f"{first.name} and {second.name}",
        settings={"seed": first.network.seed},
    )
    counts = {holder: f"{np.count_nonzero(held == holder):,}" for holder in (FIRST, SECOND, BOTH)}
    summary["candidates"] = summary["kept"] = None  # of which network?
    summary["ranking_only"] = any(own.network.summary.get("ranking_only", False) for own in (first, second))
    summary["statement"] = [
        f"{len(first.network.edges):,} edges of {first.name} and {len(second.network.edges):,} of {second.name}: "
        f"{counts[BOTH]} in both, {counts[FIRST]} only in {first.name}, {counts[SECOND]} only in {second.name}.",
        "Each edge is shown with the higher of its two probabilities.",
    ]
    return TwoNetworks(Network(edges, nodes, summary), (first.name, second.name), held, probability)


def find_probability(shards: Shards, edges: pd.DataFrame) -> Float32:
    """Return the probability of listed edges among all candidates, float32 [E]; NaN where an edge is none of these."""
    names = GeneNames()
    tf, target = (names.number(pa.array(edges[end], type=pa.string())).astype(np.int64) for end in (TF, TARGET))
    keys = tf << 32 | target
    order = np.argsort(keys)
    found = np.full(len(edges), np.nan, dtype=np.float32)
    if not len(edges):
        return found
    for block in read_pairs(shards(), names):
        own = block.tf.astype(np.int64) << 32 | block.target.astype(np.int64)
        place = order[np.minimum(np.searchsorted(keys[order], own), len(keys) - 1)]
        hit = keys[place] == own
        found[place[hit]] = block.probability[hit]
    return found


def join_genes(catalogues: Sequence[GeneCatalogue]) -> GeneCatalogue:
    """Return the genes of several datasets: a TF in one is a TF, and the first id counts."""
    table = pd.concat([genes.to_frame() for genes in catalogues], ignore_index=True)
    table[ID] = table[ID].replace("", pd.NA)
    joined = table.groupby(SYMBOL, sort=False).agg({ID: "first", IS_TF: "any", N_IMAGES: "max"}).reset_index()
    return GeneCatalogue.from_frame(joined)
