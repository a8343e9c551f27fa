"""Which pairs an evaluation of a network counts, and what known edges say about them.

Enter: the candidates, block by block, and a table of known edges. Leave: the pairs to count with a label each, one
sentence that states them, and the known edges that have no score, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.evaluation.candidate_stream import (
    LISTED,
    CandidateStream,
    Floats,
    GatheredPairs,
    GeneSet,
    KnownEdges,
    gather_pairs,
)
from grnet.evaluation.reverse_pairs import ReverseTally, tally_reverses
from grnet.schema.arrays import UNLABELLED, Bools, Int8, Int32, check_labels
from grnet.schema.errors import InputError
from grnet.schema.tables import CORRELATION, LABEL, PROBABILITY, SCORE, TARGET, TF

UniverseName = Literal["auto", "labelled", "tested", "all"]
UNIVERSES: tuple[UniverseName, ...] = ("auto", "labelled", "tested", "all")
_SHOWN = 3


@dataclass(frozen=True)
class UnscoredEdge:
    """A known edge that is not among the candidates, and why."""

    tf: str
    target: str
    label: int
    reason: str


@dataclass(frozen=True, eq=False)
class CountedPairs:
    """The pairs that count, as arrays of one length N in the order of the candidates.

    Attributes
    ----------
    name : {"labelled", "tested", "all"}
    statement : str
        What is counted, as a sentence.
    labels : int8 array
        1 or 0.
    score, probability, correlation : float arrays
        Of the candidates; correlation is NaN where unknown.
    kept : bool array or None
        Which are edges of the network; None where that is not known.
    degree : int32 array or None
        How many positive edges of the pair's TF the model was trained on; None where there are none at all.
    n_trained : int
        Pairs that the model was trained on, among those that count.
    n_known, n_repeats, n_left_out : int
        Distinct known edges; further rows that repeat one; candidates left out because they were trained on.
    unscored : tuple of UnscoredEdge
    reverses : ReverseTally
        Which of them have a reverse that the model was trained on.
    """

    name: str
    statement: str
    labels: Int8
    score: Floats
    probability: Floats
    correlation: Floats
    kept: Bools | None
    degree: Int32 | None
    n_trained: int
    n_known: int
    n_repeats: int
    n_left_out: int
    unscored: tuple[UnscoredEdge, ...]
    reverses: ReverseTally


def choose_counted_pairs(
    candidates: CandidateStream, known: pd.DataFrame, *, universe: UniverseName = "auto", novel_only: bool = False
) -> CountedPairs:
    """Join the known edges to the candidates, which are read once, and choose the pairs that count.

    Parameters
    ----------
    candidates : CandidateStream
    known : DataFrame
        Columns tf, target and, unless all are positive, label.
    universe : {"auto", "labelled", "tested", "all"}
        "labelled": the pairs listed in `known`. "tested": TFs × targets of the known positives, unlisted pairs are
        negatives (Pratapa et al. 2020, doi:10.1038/s41592-019-0690-6). "all": every candidate, unlisted pairs are
        negatives. "auto": "labelled" where `known` has negatives, else "tested".
    novel_only : bool
        Leave out the pairs that the model was trained on.

    Raises
    ------
    InputError
        A column or label is missing or wrong, known edges contradict each other, or no known positive has a score.
    """
    if universe not in UNIVERSES:
        raise InputError(f"the universe is one of {', '.join(UNIVERSES)}, got {universe!r}")
    table, n_repeats = _merge_known(known)
    has_negatives = bool((table[LABEL] == 0).any())
    name = ("labelled" if has_negatives else "tested") if universe == "auto" else universe
    if name == "labelled" and not has_negatives:
        raise InputError(
            "the universe 'labelled' needs known edges of label 0 as well; give negatives or use 'tested' or 'all'"
        )
    edges = KnownEdges(table, candidates.number)
    gathered = gather_pairs(candidates.blocks, edges, name)
    unscored = _explain_unscored(edges, gathered)
    columns = gathered.columns
    trained = columns["trained"] != UNLABELLED
    positive = columns[LISTED] == 1
    if novel_only:
        positive &= ~trained
    if not positive.any():
        raise InputError(_explain_no_positives(edges, unscored))
    inside, statement = _select(name, columns, positive)
    n_trained = int(np.sum(inside & trained))
    statement += _state_trained(n_trained, novel_only)
    reverses = _tally_reverses(name, gathered, edges, positive=positive, untrained=inside & ~trained)
    counted = inside & ~trained if novel_only else inside
    if not counted.all():
        for column, values in columns.items():
            columns[column] = values[counted]
    return CountedPairs(
        name=name,
        statement=statement,
        labels=(columns[LISTED] == 1).astype(np.int8),
        score=columns[SCORE],
        probability=columns[PROBABILITY],
        correlation=columns[CORRELATION],
        kept=columns.get("kept"),
        degree=gathered.degree.astype(np.int32)[columns[TF]] if gathered.degree.any() else None,
        n_trained=0 if novel_only else n_trained,
        n_known=len(table),
        n_repeats=n_repeats,
        n_left_out=n_trained if novel_only else 0,
        unscored=unscored,
        reverses=reverses,
    )


def require_columns(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Raise :class:`InputError` where `frame` lacks one of `columns`."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise InputError(f"{what}: lacks the columns {', '.join(missing)}; got {', '.join(map(str, frame.columns))}")


def _merge_known(known: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return distinct known edges tf, target, label in their order, and how many rows repeated one."""
    require_columns(known, (TF, TARGET), "known edges")
    if not len(known):
        raise InputError("known edges: the table has no rows")
    labels = known[LABEL].to_numpy(np.float64, na_value=np.nan) if LABEL in known.columns else np.ones(len(known))
    edges = pd.DataFrame(
        {
            TF: known[TF].astype(str).to_numpy(),
            TARGET: known[TARGET].astype(str).to_numpy(),
            LABEL: check_labels(labels, len(known)),
        }
    )
    distinct = edges.drop_duplicates(ignore_index=True)
    twice = distinct[distinct.duplicated([TF, TARGET])]
    if len(twice):
        names = [f"{tf} → {target}" for tf, target in zip(twice[TF], twice[TARGET], strict=True)]
        shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        raise InputError(f"known edges: {len(names)} pairs have both labels, 1 and 0: {shown}; keep one label of each")
    return distinct, len(edges) - len(distinct)


def _explain_unscored(edges: KnownEdges, gathered: GatheredPairs) -> tuple[UnscoredEdge, ...]:
    """Give each known edge without a score the first reason that holds.

    Raises
    ------
    InputError
        A known edge is more than one candidate.
    """
    if (edges.hits > 1).any():
        first = edges.table.iloc[int(np.argmax(edges.hits > 1))]
        raise InputError(f"candidates: the pair {first[TF]} → {first[TARGET]} stands in more than one row")
    missing = np.flatnonzero(edges.hits == 0)
    rows = edges.table.iloc[missing]
    has_tfs, has_targets = gathered.tfs.holds(edges.tf[missing]), gathered.targets.holds(edges.target[missing])
    unscored = []
    for tf, target, label, has_tf, has_target in zip(
        rows[TF], rows[TARGET], rows[LABEL], has_tfs, has_targets, strict=True
    ):
        if tf == target:
            reason = "a gene with itself is no candidate"
        elif not has_tf and not has_target:
            reason = "neither gene was scored in this role"
        elif not has_tf:
            reason = "its TF is not among the scored TFs"
        elif not has_target:
            reason = "its target is not among the scored targets"
        else:
            reason = "the pair is not among the candidates"
        unscored.append(UnscoredEdge(str(tf), str(target), int(label), reason))
    return tuple(unscored)


def _select(name: str, columns: Mapping[str, npt.NDArray[Any]], positive: Bools) -> tuple[Bools, str]:
    """Return which of the gathered pairs the universe holds, and the sentence that says so."""
    everything = np.ones(len(positive), dtype=bool)
    if name == "labelled":
        return everything, "Counted are the candidates that the known edges list, with their labels."
    if name == "all":
        return everything, "Counted is every candidate; pairs that the known edges do not list count as negatives."
    tfs, targets = GeneSet(columns[TF][positive]), GeneSet(columns[TARGET][positive])
    return tfs.holds(columns[TF]) & targets.holds(columns[TARGET]), (
        f"Counted are the candidates of {len(tfs):,} TFs × {len(targets):,} targets that have a known "
        "positive edge; pairs that are not listed count as negatives."
    )


def _tally_reverses(
    name: str, gathered: GatheredPairs, edges: KnownEdges, *, positive: Bools, untrained: Bools
) -> ReverseTally:
    """Count the pairs that count and that the model was not trained on, by whether it was on their reverse.

    Both genes of a pair that was trained on share a measurement, so its reverse is a candidate too, where its genes
    have these roles among the candidates.
    """
    columns = gathered.columns
    tfs, targets = gathered.tfs, gathered.targets
    if name == "tested":
        tfs, targets = GeneSet(columns[TF][positive]), GeneSet(columns[TARGET][positive])

    def counts(tf: Int32, target: Int32) -> Bools:
        inside = tfs.holds(tf) & targets.holds(target)
        return inside & (edges.label_of(tf, target) != UNLABELLED) if name == "labelled" else inside

    return tally_reverses(
        gathered.trained,
        counts=counts,
        is_positive=lambda tf, target: edges.label_of(tf, target) == 1,
        n_untrained=int(untrained.sum()),
        n_untrained_positives=int(np.sum(untrained & positive)),
    )


def _state_trained(n: int, novel_only: bool) -> str:
    if not n:
        return " The model was trained on none of them."
    if novel_only:
        return f" {n:,} further pairs are left out because the model was trained on them."
    return f" {n:,} of them were training pairs, each scored by the fold model that did not see it."


def _explain_no_positives(edges: KnownEdges, unscored: tuple[UnscoredEdge, ...]) -> str:
    n = int((edges.label == 1).sum())
    if not n:
        return f"all {len(edges.label)} known edges have the label 0; expected some with label 1"
    if (edges.hits[edges.label == 1] > 0).any():
        return (
            f"none of the {n} known positive edges is new to the model: it was trained on all that have a score; "
            "evaluate without --novel-only or give edges from another source"
        )
    first = next((edge for edge in unscored if edge.label == 1), None)
    example = f" (first: {first.tf} → {first.target}, {first.reason})" if first else ""
    return f"none of the {n} known positive edges has a score{example}; are the gene names of the same kind?"
