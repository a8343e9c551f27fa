"""Choose the candidates that become edges.

In: score shards (tables of `SCORES`, every candidate once). Out: one table of `EDGES`, best first.

Candidates have one total order: probability, then score (both descending), then the names of TF and target. Each limit
keeps a beginning of that order, of all candidates or of one target's, so shards can be pruned as they pass: memory is
bounded by the kept edges and one shard.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.network.precision import find_probability
from grnet.network.score_tables import Shards, check_table
from grnet.schema.configs import InferConfig
from grnet.schema.errors import FormatError
from grnet.schema.tables import (
    ACTIVATION,
    CORRELATION,
    EDGES,
    KNOWN,
    LABEL,
    PROBABILITY,
    RANK,
    REPRESSION,
    SCORE,
    SCORES,
    SEED_SPREAD,
    SIGN,
    SPREAD,
    TARGET,
    TF,
    UNKNOWN_SIGN,
    empty_table,
)

FRESH_ROWS = 262_144
"""Rows that may gather before the pool is sorted and pruned again."""

Keys = npt.NDArray[np.uint64]


def select_edges(shards: Shards, config: InferConfig) -> pd.DataFrame:
    """Return the candidates that pass all limits of `config`, in the columns of `EDGES`, best first.

    Parameters
    ----------
    shards : callable
        Returns a new iterator over tables of `SCORES` each time; read twice where `top_per_target` is set, and twice
        more where `expected_precision` is.
    config : InferConfig
        An edge has at least `probability` (compared as float32, as it is stored) and at least the one that
        `expected_precision` comes to (see :func:`~grnet.network.precision.find_probability`), is among the `top` of all
        candidates, and is among the `top_per_target` of all candidates with its target; limits of None are not applied.

    Returns
    -------
    DataFrame
        `rank` is the position among ALL candidates (1 = best); `known` is label 1; `sign` is the sign of the
        co-expression (activation above 0, repression below 0, else unknown), which suggests a mode of regulation
        and does not prove it.

    Raises
    ------
    FormatError
        A shard lacks a column, a candidate has no probability or score, or a pair occurs twice.
    """
    if config.expected_precision is not None:
        lowest = find_probability(shards, config.expected_precision)
        if lowest is None:
            return _as_edges(empty_table(SCORES), np.empty(0, dtype=np.int64))
        config = replace(config, probability=max(lowest, config.probability or 0.0))
    best = _collect_best(shards(), config)
    # Without a limit per target the kept edges are the beginning of the order, so position is rank.
    rank = np.arange(1, len(best) + 1) if config.top_per_target is None else _count_ranks(shards(), best)
    if config.top is not None:
        best, rank = best[rank <= config.top], rank[rank <= config.top]
    return _as_edges(best, rank)


def _collect_best(shards: Iterable[pd.DataFrame], config: InferConfig) -> pd.DataFrame:
    """Return a superset of the edges, sorted: what the limits keep when rank is counted among the kept alone."""
    pool = empty_table(SCORES)
    fresh: list[pd.DataFrame] = []
    floor = np.float32(-np.inf if config.probability is None else config.probability)
    for shard in shards:
        checked = check_table(shard)
        fresh.append(checked[checked[PROBABILITY].to_numpy() >= floor])
        if sum(map(len, fresh)) >= max(len(pool), FRESH_ROWS):
            pool, fresh = _keep_best([pool, *fresh], config), []
            if config.top is not None and len(pool) == config.top:
                floor = max(floor, pool[PROBABILITY].iloc[-1])
    return _keep_best([pool, *fresh], config)


def _keep_best(parts: list[pd.DataFrame], config: InferConfig) -> pd.DataFrame:
    """Join `parts`, sort best first, and drop what cannot become an edge whatever is still to come."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty_table(SCORES)
    pool = pd.concat(filled, ignore_index=True).sort_values(
        [PROBABILITY, SCORE, TF, TARGET], ascending=[False, False, True, True], kind="stable", ignore_index=True
    )
    if config.top_per_target is not None:
        pool = pool[pool.groupby(TARGET, sort=False).cumcount() < config.top_per_target]
    if config.top is not None:
        pool = pool.head(config.top)
    return pool.reset_index(drop=True)


def _count_ranks(shards: Iterable[pd.DataFrame], best: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the position of each row of `best` (sorted) among all candidates, int64 [E], from 1."""
    keys = _descending_keys(best)
    names = list(zip(best[TF], best[TARGET], strict=True))
    arrivals = np.zeros(len(best) + 1, dtype=np.int64)  # candidates whose place is just before (or at) this row
    for shard in shards:
        checked = check_table(shard)
        candidate_keys = _descending_keys(checked)
        low = np.searchsorted(keys, candidate_keys, side="left")
        high = np.searchsorted(keys, candidate_keys, side="right")
        arrivals += np.bincount(low[low == high], minlength=len(arrivals))
        tied = np.flatnonzero(low < high)
        tied_names = checked[[TF, TARGET]].iloc[tied].itertuples(index=False, name=None)
        for row, name in zip(tied, tied_names, strict=True):
            arrivals[bisect_left(names, name, int(low[row]), int(high[row]))] += 1
    ranks: npt.NDArray[np.int64] = np.cumsum(arrivals[:-1])
    return ranks


def _descending_keys(frame: pd.DataFrame) -> Keys:
    """Return one integer per row, uint64 [P], that is smaller the better its probability, then its score."""
    better = _ordered_bits(frame[PROBABILITY]) << np.uint64(32) | _ordered_bits(frame[SCORE])
    return ~better


def _ordered_bits(values: pd.Series) -> Keys:
    """Return the bits of float32 values as integers in the order of the values, uint64 below 2^32."""
    bits = (values.to_numpy(np.float32) + np.float32(0.0)).view(np.uint32)  # + 0 joins -0.0 to 0.0
    ordered = np.where(bits >> 31 == 1, ~bits, bits | np.uint32(1 << 31))
    return ordered.astype(np.uint64)


def _as_edges(best: pd.DataFrame, rank: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the table of `EDGES` from sorted rows of `SCORES` and their ranks.

    Raises
    ------
    FormatError
        A pair occurs twice.
    """
    repeated = best.duplicated([TF, TARGET])
    if repeated.any():
        first = best[repeated].iloc[0]
        raise FormatError(f"the pair {first[TF]!r} → {first[TARGET]!r} occurs twice in the scores; score them again")
    correlation = best[CORRELATION].to_numpy(np.float32)
    sign = np.select([correlation > 0, correlation < 0], [ACTIVATION, REPRESSION], UNKNOWN_SIGN)
    return pd.DataFrame(
        {
            TF: best[TF].astype("str").to_numpy(),
            TARGET: best[TARGET].astype("str").to_numpy(),
            PROBABILITY: best[PROBABILITY].to_numpy(np.float32),
            SPREAD: best[SPREAD].to_numpy(np.float32),
            SEED_SPREAD: best[SEED_SPREAD].to_numpy(np.float32),
            SCORE: best[SCORE].to_numpy(np.float32),
            RANK: rank,
            CORRELATION: correlation,
            SIGN: pd.Series(sign, dtype="str"),
            KNOWN: best[LABEL].to_numpy(np.float32) == 1,
        },
        columns=list(EDGES.names),
    )
