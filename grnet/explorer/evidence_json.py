"""Evidence as JSON for a page, within a budget of bytes.

Enter: an :class:`~grnet.schema.evidence.Evidence` and the edges and genes of a page. Leaves: columns aligned with them,
and sentences that say what did not find room. A page has to stay small enough to be sent by mail, whatever a dataset
holds; so the least telling goes first: maps of saliency, sharp images, images of genes of few edges, profiles of
such genes (those of the last measurement first), their terms, and at last the evidence of the weakest edges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from grnet.explorer.page_room import Room, size_added, size_of
from grnet.explorer.pictures_json import describe_view, fill_images, fill_saliency
from grnet.explorer.profiles_json import describe_profiles, fill_profiles, say_thinned
from grnet.explorer.terms_json import describe_terms, fill_terms
from grnet.schema.evidence import Evidence, PairEvidence, Place
from grnet.schema.tables import SYMBOL, TARGET, TF

EDGE_COLUMNS = (
    *("label", "fold", "fold_probabilities", "method"),
    *("baseline", "rna", "image", "interaction", "network", "details"),
    *("spearman", "of_target", "of_tf", "correlation_of_target", "correlation_of_tf", "correlation_of_all"),
    *("near", "saliency", "notes", "correlations"),
)
_SPARE = 1500  # bytes for what is said of what was left out


def encode_evidence(evidence: Evidence, edges: pd.DataFrame, nodes: pd.DataFrame, *, budget: int) -> dict[str, Any]:
    """Return the evidence of a page as JSON values whose text takes at most `budget` bytes.

    Parameters
    ----------
    evidence : Evidence
    edges : DataFrame
        Columns `tf` and `target`, best first; pairs that `evidence` does not have get null in every column.
    nodes : DataFrame
        Column `symbol`.
    budget : int
        Bytes of compact ASCII JSON, as it stands in a script element. Less than the columns take without a single
        entry, about 100 bytes for an edge and 25 for a gene, cannot be kept.

    Returns
    -------
    dict
        `model`; `profiles`: for each measurement that is shown as a chart {name, units, place: what one place is
        called, places: names of those shown, at most 200, evenly spaced, n_places: of all, correlated: whether `r` and
        `ρ` of edges are of it, values: for each node base64 of little-endian uint16 for the shown places, "" where the
        gene has none, with low and high, the values that 0 and 65535 stand for; where places have groups also what
        :mod:`grnet.explorer.groups_json` says}; `terms`: see :mod:`grnet.explorer.terms_json`; `pictures`: the views
        {name, measurement, place, units, drawn: from values, masked: not everywhere, mask: which pixels of images show
        the specimen, {rows, columns, values: base64 of bits}, or null}; `images`: for each node [{name, n: how many
        images it is the mean of, or null, top: the value that white stands for, or null, src: data URI}];
        values and images are null where they did not find room; `edges`: the columns EDGE_COLUMNS, null where an edge
        has none. In them places are [place, among], `near` is [[tf, target, r of the TFs, r of the targets]],
        `correlations` is {measurement: {way: r}}, and `saliency` is {method, limit: the change of the logit at full
        colour, tf: {name: map}, target: {name: map}}, a map being {rows, columns, values: base64 of int8, ±127 for ±
        limit}; `left_out`: sentences.
    """
    pairs = [evidence.pairs.get(pair) for pair in zip(edges[TF], edges[TARGET], strict=True)]
    genes = [evidence.genes.get(symbol) for symbol in nodes[SYMBOL]]
    result: dict[str, Any] = {
        "model": evidence.model,
        "profiles": [describe_profiles(entry, evidence, len(genes)) for entry in evidence.profiles],
        "pictures": [describe_view(view) for view in evidence.views],
        "terms": [describe_terms(entry, genes) for entry in evidence.terms],
        "images": [None] * len(genes),
        "edges": {name: [None] * len(pairs) for name in EDGE_COLUMNS},
        "left_out": (left_out := say_thinned(evidence)),
    }
    room = Room(budget - size_of(result) - _SPARE)
    by_degree = _order_by_degree(edges, nodes)
    left_out += _fill_edges(result["edges"], pairs, room)
    for entry, columns in zip(evidence.terms, result["terms"], strict=True):
        left_out += fill_terms(columns, entry, genes, by_degree, room)
    for entry, columns in zip(evidence.profiles, result["profiles"], strict=True):
        what = "expression" if len(evidence.profiles) == 1 else f"profile by {entry.name}"
        left_out += fill_profiles(columns, entry, genes, by_degree, room, what)
    left_out += fill_images(result["images"], genes, evidence.views, by_degree, room)
    left_out += fill_saliency(result["edges"], pairs, evidence.views, room)
    return result


def _order_by_degree(edges: pd.DataFrame, nodes: pd.DataFrame) -> list[int]:
    """Return the rows of `nodes`, those with most of the edges first, equals in their order."""
    degree = pd.concat([edges[TF], edges[TARGET]]).value_counts()
    counts = nodes[SYMBOL].map(degree).fillna(0).to_numpy(np.int64)
    return [int(row) for row in np.argsort(-counts, kind="stable")]


def _fill_edges(columns: dict[str, list[Any]], pairs: Sequence[PairEvidence | None], room: Room) -> list[str]:
    """Enter all of the pairs but saliency, the best first."""
    rows = {e: _describe_pair(pair) for e, pair in enumerate(pairs) if pair is not None}
    taken = room.take_in_order((e, size_added(*row.values())) for e, row in rows.items())
    for e in taken:
        for name, value in rows[e].items():
            columns[name][e] = value
    missing = len(pairs) - len(taken)
    return [f"The evidence of the {missing:,} weakest of {len(pairs):,} edges is not in this page."] if missing else []


def _describe_pair(pair: PairEvidence) -> dict[str, Any]:
    """Return the entries of one edge, without saliency."""
    parts, places = pair.contributions, pair.places
    return {
        "label": pair.label,
        "fold": pair.fold,
        "fold_probabilities": [_short(value) for value in pair.fold_probabilities],
        "method": parts.method,
        "baseline": _short(parts.baseline),
        "rna": _short(parts.rna),
        "image": _short(parts.image),
        "interaction": _short(parts.interaction),
        "network": _short(parts.network),
        "details": {name: _short(value) for name, value in parts.details.items()},
        "spearman": _short(pair.spearman),
        "of_target": _as_list(places.of_target),
        "of_tf": _as_list(places.of_tf),
        "correlation_of_target": _as_list(places.correlation_of_target),
        "correlation_of_tf": _as_list(places.correlation_of_tf),
        "correlation_of_all": _as_list(places.correlation_of_all),
        "near": [
            [near.tf, near.target, _short(near.tf_correlation), _short(near.target_correlation)] for near in pair.near
        ],
        "notes": list(pair.notes),
        "correlations": _shorten_all(pair.correlations) or None,
    }


def _shorten_all(correlations: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float | None]]:
    return {name: {way: _short(r) for way, r in ways.items()} for name, ways in correlations.items()}


def _short(value: float | None, digits: int = 5) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), digits)


def _as_list(place: Place | None) -> list[int] | None:
    return None if place is None else [int(place.place), int(place.among)]
