"""Choose the candidates that become edges.

In: score shards (tables of `SCORES`, every candidate once). Out: one table of `EDGES`, best first, and counts.

The shards are read once, or twice where `top_per_target` or `expected_precision` is set, whatever else is. Memory is
bounded by a few shards and what the limits keep; where both are set, by what they keep without the expected precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from grnet.network.consumers import BestPairs, CandidateCounts, Consumer, Counts, RankCounts, feed
from grnet.network.precision import CoarseMeans, FineMeans
from grnet.network.score_tables import UNLABELLED, GeneNames, PairScores, Rows, Shards, read_pairs
from grnet.schema.configs import InferConfig
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


@dataclass(frozen=True)
class Selection:
    """The edges, and counts of all candidates.

    Attributes
    ----------
    edges : DataFrame
        Columns of `EDGES`, best first.
    labelled : bool array [E]
        Which edges were labelled in the training, as edges or as none.
    counts : Counts
    """

    edges: pd.DataFrame
    labelled: npt.NDArray[np.bool_]
    counts: Counts


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
        Returns a new iterator over tables of `SCORES` each time; read once, or twice where `top_per_target` or
        `expected_precision` is set.
    config : InferConfig
        An edge has at least `probability` (compared as float32, as it is stored) and at least the one that
        `expected_precision` comes to (see :func:`~grnet.network.precision.find_probability`), is among the `top` of all
        candidates, and is among the `top_per_target` of all candidates with its target; limits of None are not applied.

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
    best = BestPairs(names, probability=config.probability, top=config.top, top_per_target=config.top_per_target)
    coarse = None if config.expected_precision is None else CoarseMeans(config.expected_precision)
    # Exact ranks are counted in a pass of their own, so what is ranked is gathered in the first one. Where nothing
    # needs that, an expected precision gathers in the second one, when its least probability is almost known.
    ranked = config.top_per_target is not None
    first: list[Consumer[Any] | None] = [counts, coarse, best if ranked or coarse is None else None]
    feed(read_pairs(shards(), names), [consumer for consumer in first if consumer is not None])
    fine = None if coarse is None else FineMeans(coarse.wanted, coarse.result())
    if ranked:
        found = best.result()
        found = found if fine is None else found.take(found.probability >= np.float32(fine.floor))
        ranks = RankCounts(found)
        feed(read_pairs(shards(), names), [ranks] if fine is None else [ranks, fine])
        rank = ranks.result()
    else:
        if fine is not None:
            feed(read_pairs(shards(), names), [fine, _Rising(best, fine)])
        found = best.result()
        rank = np.arange(1, len(found) + 1, dtype=np.int64)  # the kept pairs are the beginning of the order
    kept = np.ones(len(found), dtype=bool) if config.top is None else rank <= config.top
    if fine is not None:
        lowest = fine.result()
        kept &= found.probability >= np.float32(np.inf if lowest is None else lowest)
    chosen = found.take(kept)
    return Selection(_as_edges(chosen, rank[kept]), chosen.label != UNLABELLED, counts.result())


class _Rising:
    """Best pairs above a probability that rises as another consumer, asked before this one, learns more of it."""

    def __init__(self, best: BestPairs, fine: FineMeans) -> None:
        self._best, self._fine = best, fine

    def consume(self, pairs: PairScores) -> None:
        self._best.raise_floor(self._fine.floor)
        self._best.consume(pairs)

    def result(self) -> PairScores:
        return self._best.result()


def _as_edges(best: PairScores, rank: Rows) -> pd.DataFrame:
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
