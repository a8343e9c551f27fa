"""Choose the candidates that become edges.

In: score shards (tables of `SCORES`, every candidate once). Out: one table of `EDGES`, best first, and counts.

The shards are read once, or twice where `top_per_target`, `expected_precision` or `with_known` is set. Memory is
bounded by a few shards and what the limits keep, with `with_known` also by the known edges; where both `top_per_target`
and `expected_precision` are set, by what they keep without the expected precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.network.expected_precision import CoarseMeans, FineMeans
from grnet.schema.arrays import UNLABELLED, Bools, Indices
from grnet.schema.configs import MOST_EDGES, InferConfig, default_edges
from grnet.schema.errors import FormatError
from grnet.schema.tables import (
    ACTIVATION,
    CORRELATION,
    EDGES,
    KNOWN,
    PROBABILITY,
    RANK,
    REPRESSION,
    SCORE,
    SEED_SPREAD,
    SIGN,
    SPREAD,
    TARGET,
    TF,
    UNKNOWN_SIGN,
)
from grnet.scores.consumers import BestPairs, CandidateCounts, Consumer, Counts, KnownPairs, RankCounts, feed
from grnet.scores.pair_scores import GeneNames, PairScores, Shards, read_pairs


@dataclass(frozen=True)
class Selection:
    """The edges, and counts of all candidates.

    Attributes
    ----------
    edges : DataFrame
        Columns of `EDGES`, best first.
    labelled : bool array [E]
        Which edges were labelled in the training, as edges or as none.
    added : bool array [E]
        Which edges the limits leave out: known ones that `with_known` adds.
    counts : Counts
    limits : dict
        Name → value of the limits that were applied: those of the config, or `top` of the default network.
    """

    edges: pd.DataFrame
    labelled: Bools
    added: Bools
    counts: Counts
    limits: dict[str, float | int]

    @property
    def lowest(self) -> float | None:
        """Lowest probability of an edge that passes the limits; None where none does."""
        probability = self.edges[PROBABILITY].to_numpy()[~self.added]
        return float(probability.min()) if len(probability) else None


def select_edges(shards: Shards, config: InferConfig) -> pd.DataFrame:
    """Return the candidates that pass all limits of `config`, in the columns of `EDGES`, best first.

    See :func:`select_candidates`.
    """
    return select_candidates(shards, config).edges


def select_candidates(shards: Shards, config: InferConfig) -> Selection:
    """Choose the candidates that pass all limits of `config`.

    Parameters
    ----------
    shards : callable
        Returns a new iterator over tables of `SCORES` each time; read once, or twice where `top_per_target`,
        `expected_precision` or `with_known` is set.
    config : InferConfig
        An edge has at least `probability` (compared as float32, as it is stored) and at least the one that
        `expected_precision` comes to (see :func:`~grnet.network.expected_precision.find_probability`),
        is among the `top` of all
        candidates, and is among the `top_per_target` of all candidates with its target; limits of None are not applied.
        Without any limit, `top` is what :func:`~grnet.schema.configs.default_edges` says. With `with_known` candidates
        of label 1 are edges in any case.

    Returns
    -------
    Selection
        `rank` of an edge is the position among ALL candidates (1 = best); `known` is label 1; `sign` is the sign of the
        co-expression (activation above 0, repression below 0, else unknown), which suggests a mode of regulation
        and does not prove it.

    Raises
    ------
    FormatError
        A shard lacks a column, a candidate has no probability or score, or a pair occurs twice.
    """
    names, counts = GeneNames(), CandidateCounts()
    top = config.top if config.limits else MOST_EDGES
    best = BestPairs(names, probability=config.probability, top=top, top_per_target=config.top_per_target)
    coarse = None if config.expected_precision is None else CoarseMeans(config.expected_precision)
    known = KnownPairs(names) if config.with_known else None
    # Exact ranks are counted in a pass of their own, so what is ranked is gathered in the first one. Where nothing
    # needs that, an expected precision gathers in the second one, when its least probability is almost known.
    ranked = config.top_per_target is not None
    _feed(shards, names, [counts, coarse, known, best if ranked or coarse is None else None])
    fine = None if coarse is None else FineMeans(coarse.wanted, coarse.result())
    found, ranks = None, None
    if ranked:
        found = best.result()
        found = found if fine is None else found.take(found.probability >= np.float32(fine.floor))
        ranks = RankCounts(found)
    known_found = None if known is None else known.result()
    known_ranks = None if known_found is None else RankCounts(known_found)
    rising = None if fine is None or ranked else _Rising(best, fine)
    _feed(shards, names, [ranks, fine, rising, known_ranks])
    found = best.result() if found is None else found
    # Without a limit for each target the kept pairs are the beginning of the order.
    rank = np.arange(1, len(found) + 1, dtype=np.int64) if ranks is None else ranks.result()
    limits = config.limits or {"top": default_edges(counts.result().known)}
    kept = np.ones(len(found), dtype=bool) if "top" not in limits else rank <= limits["top"]
    if fine is not None:
        lowest = fine.result()
        kept &= found.probability >= np.float32(np.inf if lowest is None else lowest)
    chosen, rank, added = found.take(kept), rank[kept], np.zeros(int(kept.sum()), dtype=bool)
    if known_found is not None and known_ranks is not None:
        chosen, rank, added = _add_known((chosen, rank), (known_found, known_ranks.result()))
    return Selection(_as_edges(chosen, rank), chosen.label != UNLABELLED, added, counts.result(), limits)


def _feed(shards: Shards, names: GeneNames, consumers: list[Consumer[Any] | None]) -> None:
    """Read the shards once for the consumers that are there; not at all where there are none."""
    asked = [consumer for consumer in consumers if consumer is not None]
    if asked:
        feed(read_pairs(shards(), names), asked)


def _add_known(
    kept: tuple[PairScores, Indices], known: tuple[PairScores, Indices]
) -> tuple[PairScores, Indices, Bools]:
    """Join pairs that were kept with those of the known ones that are not among them, by rank; say which these are."""
    lacking = ~np.isin(known[0].name_key(), kept[0].name_key())
    pairs = PairScores.join([kept[0], known[0].take(lacking)])
    rank = np.concatenate([kept[1], known[1][lacking]])
    order = np.argsort(rank, kind="stable")
    return pairs.take(order), rank[order], (np.arange(len(rank)) >= len(kept[1]))[order]


class _Rising:
    """Best pairs above a probability that rises as another consumer, asked before this one, learns more of it."""

    def __init__(self, best: BestPairs, fine: FineMeans) -> None:
        self._best, self._fine = best, fine

    def consume(self, pairs: PairScores) -> None:
        self._best.raise_floor(self._fine.floor)
        self._best.consume(pairs)

    def result(self) -> PairScores:
        return self._best.result()


def _as_edges(best: PairScores, rank: Indices) -> pd.DataFrame:
    """Return the table of `EDGES` from sorted pairs and their ranks.

    Raises
    ------
    FormatError
        A pair occurs twice.
    """
    keys = np.sort(best.name_key())
    twice = np.flatnonzero(keys[1:] == keys[:-1])
    if len(twice):
        first = best.take(np.flatnonzero(best.name_key() == keys[twice[0]])[:1])
        tf, target = best.names.name(first.tf)[0].as_py(), best.names.name(first.target)[0].as_py()
        raise FormatError(f"the pair {tf!r} → {target!r} occurs twice in the scores; score them again")
    signs = np.select([best.correlation > 0, best.correlation < 0], [0, 1], 2).astype(np.int8)
    table = pa.table(
        {
            TF: best.names.name(best.tf),
            TARGET: best.names.name(best.target),
            PROBABILITY: best.probability,
            SPREAD: best.spread,
            SEED_SPREAD: best.seed_spread,
            SCORE: best.score,
            RANK: rank,
            CORRELATION: best.correlation,
            SIGN: pa.array([ACTIVATION, REPRESSION, UNKNOWN_SIGN]).take(pa.array(signs)),
            KNOWN: best.label == 1,
        }
    )
    frame: pd.DataFrame = table.select(EDGES.names).cast(EDGES).to_pandas()
    return frame
