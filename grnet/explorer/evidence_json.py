"""Evidence as JSON for a page, within a budget of bytes.

Enter: an :class:`~grnet.schema.evidence.Evidence` and the edges and genes of a page. Leaves: columns aligned with them,
and sentences that say what did not find room. A page has to stay small enough to be sent by mail, whatever a dataset
holds; so the least telling goes first: maps of saliency, sharp images, images of genes of few edges, profiles of
such genes (those of the last measurement first), and at last the evidence of the weakest edges.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from grnet.explorer.data_uris import encode_image, encode_map, encode_profile
from grnet.explorer.profiles_json import choose_places, describe_profiles, profile_of, say_thinned
from grnet.schema.arrays import Float32
from grnet.schema.evidence import Evidence, GeneEvidence, PairEvidence, Place, Saliency
from grnet.schema.tables import SYMBOL, TARGET, TF

IMAGE_WIDTHS = (128, 96, 64, 48, 32)
MAP_WIDTH = 32
EDGE_COLUMNS = (
    *("label", "fold", "fold_probabilities", "method", "baseline", "rna", "image", "interaction", "details"),
    *("spearman", "of_target", "of_tf", "correlation_of_target", "correlation_of_tf", "correlation_of_all"),
    *("near", "saliency", "notes"),
)
_SPARE = 1500  # bytes for what is said of what was left out
_PROBED = 40  # genes whose images tell how long those of all will be

Picture = dict[str, Any]


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
        gene has none, with low and high, the values that 0 and 65535 stand for}; `pictures`: names of the measurements
        that are shown as pictures; `images`: for each node [{name, n: how many images it is the mean of, or null, src:
        data URI}]; values and images are null where they did not find room; `edges`: the columns EDGE_COLUMNS, null
        where an edge has none. In them places are [place, among], `near` is [[tf, target, r of the TFs, r of the
        targets]], and `saliency` is {method, limit: the change of the logit at full colour, tf: {name: map}, target:
        {name: map}}, a map being {rows, columns, values: base64 of int8, ±127 for ± limit}; `left_out`: sentences.
    """
    pairs = [evidence.pairs.get(pair) for pair in zip(edges[TF], edges[TARGET], strict=True)]
    genes = [evidence.genes.get(symbol) for symbol in nodes[SYMBOL]]
    result: dict[str, Any] = {
        "model": evidence.model,
        "profiles": [describe_profiles(entry, evidence, len(genes)) for entry in evidence.profiles],
        "pictures": list(evidence.pictures),
        "images": [None] * len(genes),
        "edges": {name: [None] * len(pairs) for name in EDGE_COLUMNS},
        "left_out": (left_out := say_thinned(evidence)),
    }
    room = _Room(budget - size_of(result) - _SPARE)
    by_degree = _order_by_degree(edges, nodes)
    left_out += _fill_edges(result["edges"], pairs, room)
    for entry, columns in zip(evidence.profiles, result["profiles"], strict=True):
        what = "expression" if len(evidence.profiles) == 1 else f"profile by {entry.name}"
        left_out += _fill_profiles(columns, [profile_of(gene, entry.name) for gene in genes], by_degree, room, what)
    left_out += _fill_images(result["images"], genes, evidence.pictures, by_degree, room)
    left_out += _fill_saliency(result["edges"], pairs, room)
    return result


def _order_by_degree(edges: pd.DataFrame, nodes: pd.DataFrame) -> list[int]:
    """Return the rows of `nodes`, those with most of the edges first, equals in their order."""
    degree = pd.concat([edges[TF], edges[TARGET]]).value_counts()
    counts = nodes[SYMBOL].map(degree).fillna(0).to_numpy(np.int64)
    return [int(row) for row in np.argsort(-counts, kind="stable")]


def size_of(value: Any) -> int:
    """Return how many bytes `value` takes as JSON in a script element, where <, > and & are written as six each."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return len(text) + 5 * sum(text.count(character) for character in "<>&")


def _added(*values: Any) -> int:
    """Return how many bytes `values` take more than the nulls in whose places they come."""
    return sum(size_of(value) - len("null") for value in values)


class _Room:
    """Bytes that are still free."""

    def __init__(self, free: int) -> None:
        self.free = free

    def take_in_order(self, sizes: Iterable[tuple[int, int]]) -> list[int]:
        """Return the items that fit, of (item, bytes) in order, up to the first that does not.

        Then there is no room for anything else either, which tells less.
        """
        taken = []
        for item, size in sizes:
            if size > self.free:
                self.free = 0
                break
            self.free -= size
            taken.append(item)
        return taken


def _fill_edges(columns: dict[str, list[Any]], pairs: Sequence[PairEvidence | None], room: _Room) -> list[str]:
    """Enter all of the pairs but saliency, the best first."""
    rows = {e: _describe_pair(pair) for e, pair in enumerate(pairs) if pair is not None}
    taken = room.take_in_order((e, _added(*row.values())) for e, row in rows.items())
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
    }


def _short(value: float | None, digits: int = 5) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), digits)


def _as_list(place: Place | None) -> list[int] | None:
    return None if place is None else [int(place.place), int(place.among)]


def _fill_profiles(
    columns: dict[str, Any], profiles: Sequence[Float32 | str | None], order: Sequence[int], room: _Room, what: str
) -> list[str]:
    """Enter the profiles by one measurement, those of genes with most edges first."""
    chosen = choose_places(columns["n_places"])
    encoded = {}
    for i in order:
        profile = profiles[i]
        if isinstance(profile, str):
            columns["values"][i] = profile
        elif profile is not None and len(chosen):
            text, low, high = encode_profile(profile[chosen])
            encoded[i] = (text, float(f"{low:.6g}"), float(f"{high:.6g}"))
    taken = room.take_in_order((i, _added(*entry)) for i, entry in encoded.items())
    for i in taken:
        columns["values"][i], columns["low"][i], columns["high"][i] = encoded[i]
    return _say_missing(what, "is", len(encoded) - len(taken), len(encoded))


def _say_missing(what: str, verb: str, missing: int, among: int) -> list[str]:
    if not missing:
        return []
    if missing == among:
        return [f"The {what} of all {among:,} genes {verb} not in this page."]
    return [f"The {what} of {missing:,} of {among:,} genes, those with fewest edges, {verb} not in this page."]


def _fill_images(
    column: list[Any],
    genes: Sequence[GeneEvidence | None],
    names: Sequence[str],
    order: Sequence[int],
    room: _Room,
) -> list[str]:
    """Enter images as wide as there is room for; at the least width those of genes with most edges first."""
    seen = {i: gene for i in order if (gene := genes[i]) is not None}
    for i in seen:
        column[i] = []
    shown = {i: gene for i, gene in seen.items() if any(name in gene.values for name in names)}
    if not shown:
        return []
    native = max(gene.values[name].shape[1] for gene in shown.values() for name in names if name in gene.values)
    widths = [min(native, IMAGE_WIDTHS[0]), *(width for width in IMAGE_WIDTHS[1:] if width < native)]
    width, pictures = _encode_within(list(shown.items()), names, widths, room.free)
    taken = room.take_in_order((i, _added(entry)) for i, entry in pictures.items())
    for i in pictures:
        column[i] = None
    for i in taken:
        column[i] = pictures[i]
    smaller = taken and width < native
    said = [f"Images are {width} pixels wide in this page, {native:,} in the dataset."] if smaller else []
    return said + _say_missing("images", "are", len(pictures) - len(taken), len(pictures))


def _encode_within(
    genes: Sequence[tuple[int, GeneEvidence]], names: Sequence[str], widths: Sequence[int], free: int
) -> tuple[int, dict[int, list[Picture]]]:
    """Return the largest of `widths` at which all images take `free` bytes, else the least, and the images."""
    probed = genes[:: max(1, len(genes) // _PROBED)]
    for width in widths[:-1]:
        expected = sum(size_of(_draw(gene, names, width)) for _, gene in probed) * len(genes) / len(probed)
        if expected > 1.1 * free:
            continue
        pictures = {i: _draw(gene, names, width) for i, gene in genes}
        if sum(map(size_of, pictures.values())) <= free:
            return width, pictures
    return widths[-1], {i: _draw(gene, names, widths[-1]) for i, gene in genes}


def _draw(gene: GeneEvidence, names: Sequence[str], width: int) -> list[Picture]:
    return [
        {"name": name, "n": gene.counts.get(name), "src": encode_image(picture, width=width)}
        for name in names
        if (picture := gene.picture(name)) is not None
    ]


def _fill_saliency(columns: dict[str, list[Any]], pairs: Sequence[PairEvidence | None], room: _Room) -> list[str]:
    """Enter maps of saliency, those of the best edges first."""
    maps = {e: _encode_saliency(pair.saliency) for e, pair in enumerate(pairs) if pair is not None and pair.saliency}
    taken = room.take_in_order((e, _added(entry)) for e, entry in maps.items())
    for e in taken:
        columns["saliency"][e] = maps[e]
    if len(taken) == len(maps):
        return []
    if not taken:
        return [f"Where the models look is not shown for {len(maps):,} edges that have it."]
    return [f"Where the models look is shown for the {len(taken):,} strongest of {len(maps):,} edges that have it."]


def _encode_saliency(saliency: Saliency) -> dict[str, Any]:
    values = [value for side in (saliency.tf, saliency.target) for value in side.values()]
    largest = max((float(np.abs(value).max(initial=0.0)) for value in values), default=0.0)
    limit = float(f"{largest:.4g}") or 1.0
    tf, target = (
        {name: encode_map(value, limit, width=MAP_WIDTH) for name, value in side.items()}
        for side in (saliency.tf, saliency.target)
    )
    return {"method": saliency.method, "limit": limit, "tf": tf, "target": target}
