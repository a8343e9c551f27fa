"""Which pairs an evaluation of a network counts, and what known edges say about them.

Enter: the table of candidates and a table of known edges. Leave: the rows of the candidates to count with a label
each, one sentence that states them, and the known edges that have no score, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.evaluation.splits import check_labels
from grnet.schema.errors import InputError
from grnet.schema.genes import Indices
from grnet.schema.tables import LABEL, TARGET, TF

UniverseName = Literal["auto", "labelled", "tested", "all"]
UNIVERSES: tuple[UniverseName, ...] = ("auto", "labelled", "tested", "all")
_UNLISTED = -1
_SHOWN = 3


@dataclass(frozen=True)
class UnscoredEdge:
    """A known edge that is not among the candidates, and why."""

    tf: str
    target: str
    label: int
    reason: str


@dataclass(frozen=True)
class Universe:
    """The pairs that count.

    Attributes
    ----------
    name : {"labelled", "tested", "all"}
    statement : str
        What is counted, as a sentence.
    rows : int64 array [N]
        Positions in the table of candidates.
    labels : int64 array [N]
        1 or 0.
    tf : int64 array [C]
        Number of the TF of every candidate (not of the rows alone).
    trained : int64 array [C]
        Label that the model was trained on: 1, 0, or -1 for none.
    n_known, n_repeats, n_left_out : int
        Distinct known edges; further rows that repeat one; candidates left out because they were trained on.
    unscored : tuple of UnscoredEdge
    """

    name: str
    statement: str
    rows: Indices
    labels: Indices
    tf: Indices
    trained: Indices
    n_known: int
    n_repeats: int
    n_left_out: int
    unscored: tuple[UnscoredEdge, ...]


@dataclass(frozen=True)
class _Joined:
    """Candidates and distinct known edges with genes as numbers of one vocabulary of V symbols."""

    n_genes: int
    tf: Indices  # [C]
    target: Indices  # [C]
    listed: Indices  # [C] label by the known edges, -1 where unlisted
    trained: Indices  # [C]
    unscored: tuple[UnscoredEdge, ...]


def choose_universe(
    candidates: pd.DataFrame, known: pd.DataFrame, *, universe: UniverseName = "auto", novel_only: bool = False
) -> Universe:
    """Join the known edges to the candidates and choose the pairs that count.

    Parameters
    ----------
    candidates : DataFrame
        Columns tf, target, label (1, 0 or null: what the model was trained on); each pair once.
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
    require_columns(candidates, (TF, TARGET, LABEL), "candidates")
    edges, n_repeats = _merge_known(known)
    joined = _join(candidates, edges)
    name = universe
    if universe == "auto":
        name = "labelled" if (edges[LABEL] == 0).any() else "tested"
    if name == "labelled" and not (edges[LABEL] == 0).any():
        raise InputError(
            "the universe 'labelled' needs known edges of label 0 as well; give negatives or use 'tested' or 'all'"
        )
    allowed = joined.trained == _UNLISTED if novel_only else np.ones(len(candidates), dtype=bool)
    positive = (joined.listed == 1) & allowed
    if not positive.any():
        raise InputError(_explain_no_positives(edges, joined, novel_only))
    inside, statement = _select(name, joined, positive)
    rows = np.flatnonzero(inside & allowed)
    statement += _state_trained(joined.trained, inside, novel_only)
    return Universe(
        name=name,
        statement=statement,
        rows=rows,
        labels=(joined.listed[rows] == 1).astype(np.int64),
        tf=joined.tf,
        trained=joined.trained,
        n_known=len(edges),
        n_repeats=n_repeats,
        n_left_out=int(np.sum(inside & ~allowed)),
        unscored=joined.unscored,
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


def _join(candidates: pd.DataFrame, edges: pd.DataFrame) -> _Joined:
    """Look every candidate up among the known edges, by name."""
    factors = [pd.factorize(candidates[column]) for column in (TF, TARGET)]
    vocabulary = pd.Index(
        pd.unique(
            np.concatenate(
                [
                    *(np.asarray(names, dtype=object) for _, names in factors),
                    edges[TF].to_numpy(object),
                    edges[TARGET].to_numpy(object),
                ]
            )
        )
    )
    tf, target = (
        vocabulary.get_indexer(pd.Index(names).astype(object))[codes].astype(np.int64) for codes, names in factors
    )
    known_tf, known_target = (vocabulary.get_indexer(edges[column].astype(object)) for column in (TF, TARGET))
    known_keys = known_tf.astype(np.int64) * len(vocabulary) + known_target
    order = np.argsort(known_keys)
    keys = tf * len(vocabulary) + target
    place = np.minimum(np.searchsorted(known_keys[order], keys), len(order) - 1)
    row = order[place]
    hit = known_keys[row] == keys
    listed = np.where(hit, edges[LABEL].to_numpy()[row], _UNLISTED)
    hits = np.bincount(row[hit], minlength=len(edges))
    if (hits > 1).any():
        first = edges.iloc[int(np.argmax(hits > 1))]
        raise InputError(f"candidates: the pair {first[TF]} → {first[TARGET]} stands in more than one row")
    has_tf, has_target = np.zeros(len(vocabulary), dtype=bool), np.zeros(len(vocabulary), dtype=bool)
    has_tf[tf], has_target[target] = True, True
    missing = np.flatnonzero(hits == 0)
    unscored = _explain_unscored(edges.iloc[missing], has_tf[known_tf[missing]], has_target[known_target[missing]])
    trained = candidates[LABEL].to_numpy(np.float64, na_value=np.nan)
    trained = np.where(np.isnan(trained), _UNLISTED, trained).astype(np.int64)
    return _Joined(len(vocabulary), tf, target, listed, trained, unscored)


def _explain_unscored(
    edges: pd.DataFrame, tf_known: npt.NDArray[np.bool_], target_known: npt.NDArray[np.bool_]
) -> tuple[UnscoredEdge, ...]:
    """Give each known edge without a score the first reason that holds."""
    unscored = []
    columns = (edges[TF], edges[TARGET], edges[LABEL], tf_known, target_known)
    for tf, target, label, has_tf, has_target in zip(*columns, strict=True):
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


def _select(name: str, joined: _Joined, positive: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], str]:
    """Return which candidates the universe holds, and the sentence that says so."""
    if name == "labelled":
        return joined.listed != _UNLISTED, "Counted are the candidates that the known edges list, with their labels."
    if name == "all":
        return np.ones(len(joined.tf), dtype=bool), (
            "Counted is every candidate; pairs that the known edges do not list count as negatives."
        )
    tested_tf, tested_target = np.zeros(joined.n_genes, dtype=bool), np.zeros(joined.n_genes, dtype=bool)
    tested_tf[joined.tf[positive]], tested_target[joined.target[positive]] = True, True
    return tested_tf[joined.tf] & tested_target[joined.target], (
        f"Counted are the candidates of {tested_tf.sum():,} TFs × {tested_target.sum():,} targets that have a known "
        "positive edge; pairs that are not listed count as negatives."
    )


def _state_trained(trained: Indices, inside: npt.NDArray[np.bool_], novel_only: bool) -> str:
    n = int(np.sum(inside & (trained != _UNLISTED)))
    if not n:
        return " The model was trained on none of them."
    if novel_only:
        return f" {n:,} further pairs are left out because the model was trained on them."
    return f" {n:,} of them were training pairs, each scored by the fold model that did not see it."


def _explain_no_positives(edges: pd.DataFrame, joined: _Joined, novel_only: bool) -> str:
    n = int((edges[LABEL] == 1).sum())
    if not n:
        return f"all {len(edges)} known edges have the label 0; expected some with label 1"
    if novel_only and (joined.listed == 1).any():
        return (
            f"none of the {n} known positive edges is new to the model: it was trained on all that have a score; "
            "evaluate without --novel-only or give edges from another source"
        )
    first = next((edge for edge in joined.unscored if edge.label == 1), None)
    example = f" (first: {first.tf} → {first.target}, {first.reason})" if first else ""
    return f"none of the {n} known positive edges has a score{example}; are the gene names of the same kind?"
