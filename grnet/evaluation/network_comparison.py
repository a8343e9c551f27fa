"""Networks of any tools side by side: which edges they share, how alike they rank, how well they find known edges.

Enter: ranked lists of pairs, in which genes are numbers, and known edges. Leaves: one :class:`Comparison` for the
screen, JSON and report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.evaluation.known_comparison import KnownComparison
from grnet.evaluation.ranked_lists import RankedList
from grnet.schema.arrays import Float64, Indices
from grnet.schema.errors import InputError
from grnet.schema.notebook import render_block, render_figure, render_lines, render_table

PERSISTENCE = 0.99
"""Of rank-biased overlap: the first 100 places weigh 85 % of a comparison without end."""
_DEPTHS = 60


@dataclass(frozen=True)
class ListFigures:
    """What a network holds.

    Attributes
    ----------
    name : str
    edges, tfs, targets : int
        Of the network as it is.
    scored : int
        Pairs with a score, edges or not.
    lowest : float
        Score of the last of its best edges that are compared.
    """

    name: str
    edges: int
    tfs: int
    targets: int
    scored: int
    lowest: float


@dataclass(frozen=True)
class Agreement:
    """How alike two networks are.

    Attributes
    ----------
    first, second : str
    shared, jaccard : int, float
        Among the best edges of each, as many of both.
    shared_tfs, jaccard_tfs, shared_targets, jaccard_targets : int, float
        The same of their regulators and targets.
    shared_of_all, jaccard_of_all : int, float
        Of all edges, however many each holds.
    ranked : int
        Pairs that both give a score.
    spearman, kendall : float
        Rank correlation over these; NaN for fewer than three, or where one gives them all the same score.
    rank_biased_overlap : float
        Of the order of the edges, at persistence 0.99, extrapolated (Webber et al. 2010, doi:10.1145/1852102.1852106);
        NaN where one gives all its edges the same score, so that it has no order.
    signed, same_sign : int
        Edges among the best of both that both give a sign, and those with the same one.
    depths, overlap : tuple
        At each depth the part of the best edges that is shared.
    """

    first: str
    second: str
    shared: int
    jaccard: float
    shared_tfs: int
    jaccard_tfs: float
    shared_targets: int
    jaccard_targets: float
    shared_of_all: int
    jaccard_of_all: float
    ranked: int
    spearman: float
    kendall: float
    rank_biased_overlap: float
    signed: int
    same_sign: int
    depths: tuple[int, ...]
    overlap: tuple[float, ...]


@dataclass(frozen=True)
class Comparison:
    """Networks side by side.

    Attributes
    ----------
    top : int
        How many of the best edges of each network are compared.
    lists : tuple of ListFigures
    agreements : tuple of Agreement
        Each pair of networks.
    known : KnownComparison or None
        How well each finds known edges; None where none were given.
    notes : tuple of str
        What the user should know of the lists and figures.
    """

    top: int
    lists: tuple[ListFigures, ...]
    agreements: tuple[Agreement, ...]
    known: KnownComparison | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for a JSON file; curves against known edges are left out."""
        return {
            "top": self.top,
            "networks": [asdict(entry) for entry in self.lists],
            "agreements": [asdict(entry) for entry in self.agreements],
            "known": None if self.known is None else self.known.to_json(),
            "notes": list(self.notes),
        }

    def _repr_html_(self) -> str:
        lists = [(row.name, *map(render_figure, (row.edges, row.tfs, row.targets, row.scored))) for row in self.lists]
        names = ("shared", "jaccard", "spearman", "kendall", "rank_biased_overlap")
        pairs = [
            (f"{row.first} and {row.second}", *(render_figure(getattr(row, name)) for name in names))
            for row in self.agreements
        ]
        rows = [] if self.known is None else self.known.rows
        found = [
            (row.name, *map(render_figure, (row.auroc, row.auprc, row.auprc_ratio, row.recovered))) for row in rows
        ]
        return render_block(
            f"Networks compared by their {self.top:,} best edges",
            render_table(("network", "edges", "TFs", "targets", "pairs with a score"), lists),
            render_table(("networks", "shared", "Jaccard", "Spearman", "Kendall", "RBO"), pairs),
            render_table(("known edges", "AUROC", "AUPRC", "AUPRC / base", f"in best {self.top:,}"), found),
            render_lines(f"note: {note}" for note in self.notes),
        )


def compare_lists(lists: Sequence[RankedList], *, top: int | None = None, notes: Sequence[str] = ()) -> Comparison:
    """Compare ranked lists of edges with each other; `known` of the comparison is left empty.

    Parameters
    ----------
    lists : sequence of RankedList
        Two or more; a gene has the same number in all.
    top : int, optional
        How many of the best edges of each are compared; as many as the smallest has where it is not given.
    notes : sequence of str
        Stand before those on the lists.

    Raises
    ------
    InputError
        Fewer than two lists, names that repeat, or `top` below 1 or above what one of them holds.
    """
    names = [entry.name for entry in lists]
    if len(lists) < 2:
        raise InputError(f"a comparison needs two networks or more, got {len(lists)}")
    if len(set(names)) < len(names):
        raise InputError(f"each network needs a name of its own, got {', '.join(names)}; give them with --names")
    smallest = min(lists, key=lambda entry: entry.n_edges)
    if smallest.n_edges == 0:
        raise InputError(f"{smallest.name}: holds no edges, so there is nothing to compare")
    if top is not None and not 1 <= top <= smallest.n_edges:
        raise InputError(f"--top lies in 1..{smallest.n_edges}, the number of edges of {smallest.name}, got {top}")
    n = top or smallest.n_edges
    pairs = [(a, b) for place, a in enumerate(lists) for b in lists[place + 1 :]]
    return Comparison(
        top=n,
        lists=tuple(_describe(entry, n) for entry in lists),
        agreements=tuple(_compare(a, b, n) for a, b in pairs),
        known=None,
        notes=(*notes, *_note_limits(lists, pairs, n)),
    )


def _note_limits(lists: Sequence[RankedList], pairs: Sequence[tuple[RankedList, RankedList]], n: int) -> Iterator[str]:
    """Yield what makes overlaps mean less than they seem to."""
    for entry in lists:
        if n < entry.n_edges and not entry.ordered:
            yield f"{entry.name}: all its edges have the same score, so its best {n:,} are the first by name."
    for a, b in pairs:
        if not len(np.intersect1d(_genes_of(a), _genes_of(b))):
            yield (
                f"{a.name} and {b.name} have no gene in common; are the names of the same kind? --alias and --aliases "
                "translate them."
            )


def _genes_of(entry: RankedList) -> npt.NDArray[np.integer]:
    return np.unique(np.concatenate([entry.tf, entry.target]))


def _describe(entry: RankedList, n: int) -> ListFigures:
    edges = entry.edges()
    lowest = float(entry.score[edges[n - 1]])
    tfs, targets = len(np.unique(entry.tf[edges])), len(np.unique(entry.target[edges]))
    return ListFigures(entry.name, len(edges), tfs, targets, len(entry.tf), lowest)


def _compare(a: RankedList, b: RankedList, n: int) -> Agreement:
    edges = (a.edges(), b.edges())
    best = (edges[0][:n], edges[1][:n])
    keys = tuple(entry.keys()[rows] for entry, rows in zip((a, b), edges, strict=True))
    shared, jaccard = _overlap(keys[0][:n], keys[1][:n])
    shared_tfs, jaccard_tfs = _overlap(np.unique(a.tf[best[0]]), np.unique(b.tf[best[1]]))
    shared_targets, jaccard_targets = _overlap(np.unique(a.target[best[0]]), np.unique(b.target[best[1]]))
    shared_of_all, jaccard_of_all = _overlap(keys[0], keys[1])
    signed, same = _compare_signs(a, b, best)
    ranked, spearman, kendall = _correlate(a, b)
    fractions = overlap_at_depths(keys[0], keys[1])
    depths = np.unique(np.geomspace(1, len(fractions), _DEPTHS).round().astype(np.int64))
    return Agreement(
        first=a.name,
        second=b.name,
        shared=shared,
        jaccard=jaccard,
        shared_tfs=shared_tfs,
        jaccard_tfs=jaccard_tfs,
        shared_targets=shared_targets,
        jaccard_targets=jaccard_targets,
        shared_of_all=shared_of_all,
        jaccard_of_all=jaccard_of_all,
        ranked=ranked,
        spearman=spearman,
        kendall=kendall,
        rank_biased_overlap=rank_biased_overlap(fractions) if a.ordered and b.ordered else float("nan"),
        signed=signed,
        same_sign=same,
        depths=tuple(depths.tolist()),
        overlap=tuple(fractions[depths - 1].tolist()),
    )


def _overlap(first: npt.NDArray[np.integer], second: npt.NDArray[np.integer]) -> tuple[int, float]:
    """Return how many of distinct numbers are in both, and the Jaccard index."""
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared, shared / (len(first) + len(second) - shared)


def overlap_at_depths(first: Indices, second: Indices) -> Float64:
    """Return at each depth d the part of the d first of two lists that is in both, float64 [shorter length].

    Parameters
    ----------
    first, second : int64 arrays
        Distinct keys, best first.
    """
    n = min(len(first), len(second))
    _, places, others = np.intersect1d(first[:n], second[:n], assume_unique=True, return_indices=True)
    depth = np.maximum(places, others)  # from here on both lists hold it
    found = np.cumsum(np.bincount(depth, minlength=n))
    fractions: Float64 = found / np.arange(1, n + 1)
    return fractions


def rank_biased_overlap(fractions: Float64, *, persistence: float = PERSISTENCE) -> float:
    """Return RBO, extrapolated beyond the last depth as if the overlap stayed as it is there.

    Parameters
    ----------
    fractions : float64 array [D]
        Overlap at the depths 1..D: see :func:`overlap_at_depths`.
    persistence : float
        p: the part of the weight that each depth passes on to the next.

    Notes
    -----
    Equation 30 of Webber, Moffat & Zobel (2010), doi:10.1145/1852102.1852106, for lists of one length.
    """
    depth = len(fractions)
    weights = persistence ** np.arange(depth) * (1 - persistence)
    return float(fractions @ weights + fractions[-1] * persistence**depth)


def _compare_signs(a: RankedList, b: RankedList, best: tuple[Indices, ...]) -> tuple[int, int]:
    """Return how many edges among the best of both have a sign in both, and in how many it is the same."""
    keys = [entry.keys()[rows] for entry, rows in zip((a, b), best, strict=True)]
    _, first, second = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    signs = a.sign[best[0][first]].astype(np.int64), b.sign[best[1][second]].astype(np.int64)
    product = signs[0] * signs[1]
    return int((product != 0).sum()), int((product > 0).sum())


def _correlate(a: RankedList, b: RankedList) -> tuple[int, float, float]:
    """Return the number of pairs that both score, and Spearman's and Kendall's (tau-b) correlation over them."""
    from scipy.stats import kendalltau, spearmanr

    _, first, second = np.intersect1d(a.keys(), b.keys(), assume_unique=True, return_indices=True)
    x, y = a.score[first], b.score[second]
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return len(x), float("nan"), float("nan")
    return len(x), float(spearmanr(x, y).statistic), float(kendalltau(x, y).statistic)


def join_edges(lists: Sequence[RankedList]) -> tuple[Indices, Mapping[str, dict[str, npt.NDArray[Any]]]]:
    """Return the edges that any network holds, and what each says of them.

    Returns
    -------
    int64 array [U]
        Indices, ascending: see :func:`~grnet.evaluation.ranked_lists.pair_keys`.
    mapping of str to dict
        Of each network by name: `score` (float64, NaN where it has none), `rank` (int64 among all that it scores, 0
        where it scores not) and `sign` (int8), each [U].
    """
    union = np.unique(np.concatenate([entry.keys()[entry.edges()] for entry in lists]))
    columns = {}
    for entry in lists:
        rows = entry.find(union)
        there = rows >= 0
        score, rank, sign = np.full(len(union), np.nan), np.zeros(len(union), np.int64), np.zeros(len(union), np.int8)
        score[there], rank[there], sign[there] = (
            values[rows[there]] for values in (entry.score, entry.place, entry.sign)
        )
        columns[entry.name] = {"score": score, "rank": rank, "sign": sign}
    return union, columns
