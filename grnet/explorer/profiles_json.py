"""Profiles on a page: which places of a measurement it shows, and what it says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grnet.explorer.data_uris import encode_profile
from grnet.explorer.groups_json import SHOWN_PLACES as SHOWN_OF_GROUPS
from grnet.explorer.groups_json import describe_groups, encode_groups
from grnet.explorer.page_room import Room, say_missing, size_added
from grnet.schema.arrays import Float32
from grnet.schema.evidence import Evidence, GeneEvidence, MeasurementInfo
from grnet.schema.place_groups import PlaceGroups

SHOWN_PLACES = 200


def choose_places(entry: MeasurementInfo) -> list[int]:
    """Return the places that a page shows: all, or SHOWN_PLACES evenly spaced with both ends; of groups, its share."""
    n = len(entry.places)
    if entry.groups:
        return [int(place) for place in PlaceGroups.of(entry.groups).choose_places(SHOWN_OF_GROUPS)]
    if n <= SHOWN_PLACES:
        return list(range(n))
    return [int(place) for place in np.unique(np.rint(np.linspace(0, n - 1, SHOWN_PLACES)))]


def describe_profiles(entry: MeasurementInfo, evidence: Evidence, n_genes: int) -> dict[str, Any]:
    """Return what a page says of a measurement, still without values."""
    return {
        "name": entry.name,
        "units": entry.units,
        "place": entry.place,
        "places": [entry.places[i] for i in choose_places(entry)],
        "n_places": len(entry.places),
        "correlated": entry.name == evidence.correlated,
        **{name: [None] * n_genes for name in ("values", "low", "high")},
        **(describe_groups(entry, n_genes) if entry.groups else {}),
    }


def say_thinned(evidence: Evidence) -> list[str]:
    """Say of which measurements a page shows some of the places only."""
    said = []
    for entry in evidence.profiles:
        n, shown = len(entry.places), len(choose_places(entry))
        what = "expression" if len(evidence.profiles) == 1 else entry.name
        whole = "; r and ρ are of all of them" if entry.name == evidence.correlated else ""
        if shown < n:
            how = "as many of each group as its share" if entry.groups else "evenly spaced"
            said.append(f"Plots of {what} show {shown:,} of {n:,} {entry.place}s, {how}{whole}.")
    return said


def fill_profiles(
    columns: dict[str, Any],
    entry: MeasurementInfo,
    genes: Sequence[GeneEvidence | None],
    order: Sequence[int],
    room: Room,
    what: str,
) -> list[str]:
    """Enter the profiles by one measurement, those of genes with most edges first; "" where a gene has none."""
    chosen = choose_places(entry)
    groups = PlaceGroups.of(entry.groups) if entry.groups else None
    encoded = {}
    for i in order:
        gene = genes[i]
        if gene is None:
            continue
        profile = gene.profile(entry.name)
        if profile is None:
            columns["values"][i] = ""
        elif len(chosen):
            encoded[i] = _encode(profile, chosen) if groups is None else encode_groups(groups, profile)
    taken = room.take_in_order((i, size_added(*found.values())) for i, found in encoded.items())
    for i in taken:
        for name, value in encoded[i].items():
            columns[name][i] = value
    return say_missing(what, "is", len(encoded) - len(taken), len(encoded))


def _encode(profile: Float32, chosen: Sequence[int]) -> dict[str, Any]:
    text, low, high = encode_profile(profile[chosen])
    return {"values": text, "low": float(f"{low:.6g}"), "high": float(f"{high:.6g}")}
