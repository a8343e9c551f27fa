"""How well each of several networks finds known edges, on the same pairs.

Enter: ranked lists and known edges, in which genes are numbers. Leaves: one row of figures for each list, and for the
baselines on the same pairs. A list that names its best pairs only gives the others no score: they rank below those that
it names, all alike, as its makers meant them; how many they are is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.evaluation.curves import Curve, trace_precision_recall, trace_roc
from grnet.evaluation.network_evaluation import CORRELATION_BASELINE, RANDOM_BASELINE
from grnet.evaluation.ranked_lists import RankedList, pair_keys, split_keys
from grnet.evaluation.ranking import rank_pairs
from grnet.schema.arrays import Bools, Indices, Int8, Int32
from grnet.schema.errors import InputError


@dataclass(frozen=True)
class KnownFigures:
    """Figures of one list on the pairs that count.

    Attributes
    ----------
    name : str
    is_baseline : bool
    auroc, auprc, auprc_ratio, early_precision, early_precision_ratio : float
        Ratios are over the base rate; early precision is that among as many pairs as there are positives. NaN with one
        class only.
    recovered : int or None
        Known edges among the best edges of the network, as many as are compared; None of a baseline.
    absent : int
        Pairs that count and that the list does not contain.
    """

    name: str
    is_baseline: bool
    auroc: float
    auprc: float
    auprc_ratio: float
    early_precision: float
    early_precision_ratio: float
    recovered: int | None
    absent: int


@dataclass(frozen=True)
class KnownComparison:
    """The evaluation of all lists on one set of pairs.

    Attributes
    ----------
    statement : str
        Which pairs count, in sentences.
    n_pairs, n_positives : int
    base_rate : float
    rows : tuple of KnownFigures
        The lists in their order, then the baselines.
    notes : tuple of str
    roc, precision_recall : mapping of name to Curve
    """

    statement: str
    n_pairs: int
    n_positives: int
    base_rate: float
    rows: tuple[KnownFigures, ...]
    notes: tuple[str, ...]
    roc: Mapping[str, Curve]
    precision_recall: Mapping[str, Curve]

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for a JSON file, without the curves."""
        kept = ("statement", "n_pairs", "n_positives", "base_rate")
        plain = {name: getattr(self, name) for name in kept}
        return {**plain, "rows": [asdict(row) for row in self.rows], "notes": list(self.notes)}


def evaluate_lists(
    lists: Sequence[RankedList],
    known: tuple[Int32, Int32, Int8],
    *,
    top: int | None = None,
) -> KnownComparison:
    """Compare each list with known edges.

    Parameters
    ----------
    lists : sequence of RankedList
    known : (tf, target, label)
        Distinct pairs: numbers of genes, and 1 or 0.
    top : int, optional
        How many of the best edges of each list are looked through for known ones; as many as the smallest list has.

    Returns
    -------
    KnownComparison
        Counted are, where some known edges have label 0, the pairs that are listed; else TFs × targets of the known
        positives, what is not listed being negative (Pratapa et al. 2020, doi:10.1038/s41592-019-0690-6). Only pairs
        that every complete list scores count; where no list is complete, those of TFs and targets of any.

    Raises
    ------
    InputError
        No known positive edge counts.
    """
    keys, labels, statement = _choose_pairs(lists, known)
    n = top or min(entry.n_edges for entry in lists)
    positives = keys[labels == 1]
    rate = float(labels.mean())
    rows, roc, precision_recall = [], {}, {}
    for name, scores, entry, absent in _score(lists, keys):
        counts = rank_pairs(labels, scores)
        early = counts.precision_at([counts.n_positives])[0] if counts.has_both else float("nan")
        best = None if entry is None else entry.keys()[entry.edges()[:n]]
        recovered = None if best is None else int(np.isin(best, positives).sum())
        areas = counts.auroc(), counts.auprc()
        rows.append(KnownFigures(name, entry is None, *areas, areas[1] / rate, early, early / rate, recovered, absent))
        roc[name], precision_recall[name] = trace_roc(counts), trace_precision_recall(counts)
    if 0 < rate < 1:
        rows.append(KnownFigures(RANDOM_BASELINE, True, 0.5, rate, 1.0, rate, 1.0, None, 0))
    return KnownComparison(
        statement=statement,
        n_pairs=len(keys),
        n_positives=len(positives),
        base_rate=rate,
        rows=tuple(rows),
        notes=tuple(_explain(lists, keys, {row.name: row.absent for row in rows})),
        roc=roc,
        precision_recall=precision_recall,
    )


def _choose_pairs(lists: Sequence[RankedList], known: tuple[Int32, Int32, Int8]) -> tuple[Indices, Int8, str]:
    """Return the keys that count, ascending, a label each, and the sentences that say which they are."""
    tf, target, label = known
    listed = pair_keys(tf, target)
    counts = _scored_by_all(lists, listed) & (tf != target)
    complete = any(entry.complete for entry in lists)
    scored = "that every network of grnet scores" if complete else "of TFs and targets that any of the lists names"
    if not (counts & (label == 1)).any():
        raise InputError(
            f"none of the {int((label == 1).sum()):,} known positive edges is among the pairs {scored}; are the gene "
            "names of the same kind? --alias and --aliases translate them"
        )
    n_out = int((~counts).sum())
    left_out = f" Known edges that do not count, without a score or of a gene with itself: {n_out:,}." if n_out else ""
    if (label == 0).any():
        order = np.argsort(listed[counts])
        statement = f"Counted are the pairs {scored} and the known edges list, with their labels."
        return listed[counts][order], label[counts][order], statement + left_out
    found = counts & (label == 1)
    tfs, targets = np.unique(tf[found]), np.unique(target[found])
    keys = pair_keys(np.repeat(tfs, len(targets)), np.tile(targets, len(tfs)))
    ends = split_keys(keys)
    keys = keys[_scored_by_all(lists, keys) & (ends[0] != ends[1])]
    statement = (
        f"Counted are the pairs {scored} of {len(tfs):,} TFs × {len(targets):,} targets that have a known edge; those "
        "that are not listed count as negatives."
    )
    return keys, np.isin(keys, listed[found]).astype(np.int8), statement + left_out


def _scored_by_all(lists: Sequence[RankedList], keys: Indices) -> Bools:
    """Return which pairs all complete lists score; without any, those of a TF and a target that some list names."""
    complete = [entry for entry in lists if entry.complete]
    if complete:
        scored: Bools = np.logical_and.reduce([entry.find(keys) >= 0 for entry in complete])
        return scored
    tf, target = split_keys(keys)
    tfs, targets = (np.unique(np.concatenate([getattr(entry, end) for entry in lists])) for end in ("tf", "target"))
    inside: Bools = np.isin(tf, tfs) & np.isin(target, targets)
    return inside


def _score(
    lists: Sequence[RankedList], keys: Indices
) -> Iterator[tuple[str, npt.NDArray[np.floating], RankedList | None, int]]:
    """Yield name, score of each pair, the list (None of a baseline) and how many pairs it does not list."""
    for entry in lists:
        rows = entry.find(keys)
        there = rows >= 0
        scores = np.full(len(keys), float(entry.score.min(initial=0.0)) - 1.0)
        scores[there] = entry.score[rows[there]]
        yield entry.name, scores, entry, int((~there).sum())
    first = next((entry for entry in lists if entry.complete and entry.correlation is not None), None)
    if first is not None and first.correlation is not None:
        correlation = first.correlation[first.find(keys)]
        if np.isfinite(correlation).any():
            yield CORRELATION_BASELINE, np.abs(np.nan_to_num(correlation, nan=0.0)), None, 0


def _explain(lists: Sequence[RankedList], keys: Indices, absent: Mapping[str, int]) -> Iterator[str]:
    """Say what the figures of each list rest on."""
    for entry in lists:
        if absent[entry.name]:
            yield (
                f"{entry.name} does not list {absent[entry.name]:,} of the {len(keys):,} pairs. These are tied below "
                "all pairs that it lists."
            )
        if entry.trained is not None:
            rows = entry.find(keys)
            n = int(entry.trained[rows[rows >= 0]].sum())
            yield (
                f"{entry.name}: {n:,} of the pairs were labelled in its training, each scored by models that did not "
                "see it."
            )
    others = [entry.name for entry in lists if entry.trained is None]
    if others:
        yield (
            f"It is not known whether {' and '.join(others)} used these edges. The figures of a network that did are "
            "too high."
        )
