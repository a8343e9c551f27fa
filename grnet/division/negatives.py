"""Sampled negatives, where a lab knows edges but no non-edges: uniform, or like the edges in degree or correlation.

Enter: a pool of pairs that may be drawn, and the positives to resemble. Leave: new pairs, drawn without replacement.
What is drawn depends on nothing but the pool, the positives given and the seed; so whoever draws for a test fold and
for a training fold apart keeps the one out of the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Bools, Float64, Indices
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex

Measure = Callable[[Indices, Indices], npt.NDArray[np.floating]]
"""Correlation of genes [A] with genes [B]: [A, B], NaN where unknown."""
ROUNDS = 100
"""Times that the ends of pairs which may not be drawn are joined anew before the pool counts as run out."""
MOST_BINS, FEWEST_IN_A_BIN = 20, 3
_BLOCK_PAIRS = 500_000


@dataclass(frozen=True)
class Pool:
    """Ordered pairs that may be drawn: every TF with every target, but no gene with itself.

    Attributes
    ----------
    tfs, targets : int64 arrays
        Genes to combine; repeats count once.
    forbidden : PairIndex
        Pairs that are never drawn: the known ones, of any label.
    n_genes : int
    usable : callable or None
        Takes tf and target [P], returns which pairs may be drawn, bool [P]; None allows all.
    """

    tfs: Indices
    targets: Indices
    forbidden: PairIndex
    n_genes: int
    usable: Callable[[Indices, Indices], Bools] | None = None

    def allows(self, pairs: PairIndex) -> Bools:
        """Return which pairs [P] may be drawn; their genes are of the pool."""
        allowed: Bools = (pairs.tf != pairs.target) & ~np.isin(
            pairs.keys(self.n_genes), self.forbidden.keys(self.n_genes)
        )
        if self.usable is not None:
            allowed &= self.usable(pairs.tf, pairs.target)
        return allowed


def sample_negatives(
    known: PairIndex, tfs: npt.ArrayLike, targets: npt.ArrayLike, *, n: int, n_genes: int, seed: int
) -> PairIndex:
    """Draw `n` distinct TF × target pairs, uniformly, that are neither known nor a gene with itself.

    Parameters
    ----------
    known : PairIndex
        Pairs that are never drawn, of any label.
    tfs, targets : int arrays
        Genes to combine; repeats count once.
    n, n_genes, seed : int

    Returns
    -------
    PairIndex of n pairs, in random order

    Raises
    ------
    InputError
        Fewer than `n` such pairs exist.

    Notes
    -----
    Draws ranks among the allowed pairs and maps each to its pair by a search in the sorted forbidden ones: exact,
    and memory grows with `n` and `known`, not with TFs × targets (up to a factor of 50, NumPy's choice).
    """
    rows, columns = (np.unique(np.asarray(genes, dtype=np.int64)) for genes in (tfs, targets))
    forbidden = _forbidden_cells(known, rows, columns, n_genes)
    allowed = len(rows) * len(columns) - len(forbidden)
    if n > allowed:
        raise InputError(
            f"cannot sample {n} negative pairs: {len(rows)} TFs × {len(columns)} targets leave {allowed} pairs that "
            "are not known and not a gene with itself; ask for fewer or give more targets"
        )
    ranks = np.random.default_rng(seed).choice(allowed, size=n, replace=False)
    cells = ranks + np.searchsorted(forbidden - np.arange(len(forbidden)), ranks, side="right")
    return PairIndex(rows[cells // max(len(columns), 1)], columns[cells % max(len(columns), 1)])


def count_unknown(known: PairIndex, tfs: npt.ArrayLike, targets: npt.ArrayLike, *, n_genes: int) -> int:
    """Return how many pairs :func:`sample_negatives` can draw at most."""
    rows, columns = (np.unique(np.asarray(genes, dtype=np.int64)) for genes in (tfs, targets))
    return len(rows) * len(columns) - len(_forbidden_cells(known, rows, columns, n_genes))


def draw_degree_matched(pool: Pool, positives: PairIndex, *, n: int, seed: int) -> PairIndex:
    """Draw at most `n` pairs in which TFs and targets are as frequent as in the positives.

    Parameters
    ----------
    pool : Pool
        Its genes are those of the positives; others are never drawn.
    positives : PairIndex
    n, seed : int

    Returns
    -------
    PairIndex
        Fewer than `n` where the pool has run out: where too few pairs of these genes are not known.

    Notes
    -----
    The configuration model: each gene has as many open ends as it has positives (times n over their number), ends of
    TFs are joined with ends of targets at random, and what may not be drawn is taken apart and joined anew (Newman,
    Strogatz & Watts 2001, doi:10.1103/PhysRevE.64.026118). Ends of TFs that find no partner that way are joined with
    targets in proportion to their positives.
    """
    rng = np.random.default_rng(seed)
    if n <= 0 or not len(positives):
        return _no_pairs()
    tf, target = (_repeat(genes, n, rng) for genes in (positives.tf, positives.target))
    drawn = _no_pairs()
    for spare in (None, positives.target):
        drawn, tf, target = _join_ends(pool, drawn, tf, target, spare, rng)
    return drawn


def draw_correlation_matched(pool: Pool, positives: PairIndex, measure: Measure, *, n: int, seed: int) -> PairIndex:
    """Draw at most `n` pairs whose |r| is distributed as that of the positives.

    Parameters
    ----------
    pool : Pool
    positives : PairIndex
        Those without a correlation say nothing.
    measure : callable
        Correlation of genes [A] with genes [B]: [A, B], -1..1, NaN where unknown.
    n, seed : int

    Returns
    -------
    PairIndex
        Fewer than `n` where a bin of |r| has run out of pairs.

    Notes
    -----
    Up to MOST_BINS bins of equal numbers of positives, from their lowest to their highest |r|; in each, as large a part
    of `n` as the bin has of the positives, uniformly without replacement. Memory grows with `n` and a block of pairs.
    """
    rng = np.random.default_rng(seed)
    sizes = _sizes_of(positives, measure)
    sizes = sizes[np.isfinite(sizes)]
    if n <= 0 or not len(sizes):
        return _no_pairs()
    n_bins = int(np.clip(len(sizes) // FEWEST_IN_A_BIN, 1, MOST_BINS))
    edges = np.unique(np.quantile(sizes, np.linspace(0, 1, n_bins + 1)))
    n_bins = max(len(edges) - 1, 1)
    share = np.bincount(_bin_of(sizes, edges), minlength=n_bins) / len(sizes)
    quota = np.diff(np.round(np.concatenate([[0], share.cumsum()]) * n)).astype(np.int64)
    lottery = _Lottery(quota)
    rows, columns = np.unique(pool.tfs), np.unique(pool.targets)
    step = max(_BLOCK_PAIRS // max(len(columns), 1), 1)
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        size = np.abs(np.asarray(measure(block, columns), dtype=np.float64)).ravel()
        place = np.flatnonzero((size >= edges[0]) & (size <= edges[-1]))  # NaN is neither
        bins, tickets = _bin_of(size[place], edges), rng.random(len(place))
        hopeful = lottery.may_win(bins, tickets)
        place, bins, tickets = place[hopeful], bins[hopeful], tickets[hopeful]
        pairs = PairIndex(block[place // len(columns)], columns[place % len(columns)])
        allowed = pool.allows(pairs)
        lottery.enter(pairs.take(allowed), bins[allowed], tickets[allowed])
    return lottery.winners(rng)


class _Lottery:
    """Draws a fixed number of pairs of each bin, uniformly, from pairs that come in blocks: the lowest tickets win."""

    def __init__(self, quota: Indices) -> None:
        self.quota = quota
        self.pairs = [_no_pairs() for _ in quota]
        self.tickets: list[Float64] = [np.empty(0) for _ in quota]
        self.limit = np.where(quota > 0, 1.0, 0.0)

    def may_win(self, bins: Indices, tickets: Float64) -> Bools:
        """Return which tickets [P] are lower than those that have won so far."""
        hopeful: Bools = tickets < self.limit[bins]
        return hopeful

    def enter(self, pairs: PairIndex, bins: Indices, tickets: Float64) -> None:
        """Keep the winners of each bin so far."""
        for number, quota in enumerate(self.quota):
            own = bins == number
            joined = _join(self.pairs[number], pairs.take(own))
            all_tickets = np.concatenate([self.tickets[number], tickets[own]])
            order = np.argsort(all_tickets, kind="stable")[:quota]
            self.pairs[number], self.tickets[number] = joined.take(order), all_tickets[order]
            if quota and len(order) == quota:
                self.limit[number] = self.tickets[number][-1]

    def winners(self, rng: np.random.Generator) -> PairIndex:
        """Return the pairs of all bins in random order."""
        everything = _join(*self.pairs)
        return everything.take(rng.permutation(len(everything)))


def _join_ends(
    pool: Pool, drawn: PairIndex, tf: Indices, target: Indices, spare: Indices | None, rng: np.random.Generator
) -> tuple[PairIndex, Indices, Indices]:
    """Join ends of TFs with ends of targets, or with `spare` targets; return all drawn pairs and the ends left over."""
    for _ in range(ROUNDS):
        if not len(tf):
            break
        target = rng.permutation(target) if spare is None else rng.choice(spare, len(tf))
        asked = PairIndex(tf, target)
        keys = asked.keys(pool.n_genes)
        first = np.zeros(len(keys), dtype=bool)
        first[np.unique(keys, return_index=True)[1]] = True
        new = first & ~np.isin(keys, drawn.keys(pool.n_genes)) & pool.allows(asked)
        drawn = _join(drawn, asked.take(new))
        tf, target = tf[~new], target[~new]
    return drawn, tf, target


def _repeat(genes: Indices, n: int, rng: np.random.Generator) -> Indices:
    """Return `n` ends: every one of `genes` as often as that divides, and a random part of them once more."""
    whole, rest = divmod(n, len(genes))
    return np.concatenate([np.tile(genes, whole), rng.choice(genes, rest, replace=False)])


def _sizes_of(pairs: PairIndex, measure: Measure) -> Float64:
    """Return |r| of listed pairs [P], TF by TF."""
    sizes = np.full(len(pairs), np.nan)
    for tf in np.unique(pairs.tf):
        own = np.flatnonzero(pairs.tf == tf)
        sizes[own] = np.abs(np.asarray(measure(np.array([tf]), pairs.target[own]), dtype=np.float64))[0]
    return sizes


def _bin_of(sizes: Float64, edges: Float64) -> Indices:
    """Return the bin of each size; a bin holds its lower edge, and the last one also its upper."""
    last = max(len(edges) - 2, 0)
    return np.clip(np.searchsorted(edges, sizes, side="right") - 1, 0, last).astype(np.int64)


def _no_pairs() -> PairIndex:
    return PairIndex(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def _join(*parts: PairIndex) -> PairIndex:
    return PairIndex(np.concatenate([p.tf for p in parts]), np.concatenate([p.target for p in parts]))


def _forbidden_cells(known: PairIndex, rows: Indices, columns: Indices, n_genes: int) -> Indices:
    """Return the sorted positions, in the rows × columns grid, of known pairs and of genes with themselves."""
    row_of, column_of = np.full(n_genes, -1), np.full(n_genes, -1)
    row_of[rows], column_of[columns] = np.arange(len(rows)), np.arange(len(columns))
    both = np.intersect1d(rows, columns)
    tf, target = row_of[np.concatenate([known.tf, both])], column_of[np.concatenate([known.target, both])]
    inside = (tf >= 0) & (target >= 0)
    return np.unique(tf[inside] * len(columns) + target[inside]).astype(np.int64)
