"""Profiles on a page: which places of a measurement it shows, and what it says of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from grnet.schema.arrays import Float32
from grnet.schema.evidence import Evidence, GeneEvidence, MeasurementInfo

SHOWN_PLACES = 200


def choose_places(n: int) -> list[int]:
    """Return the places that a page shows: all, or SHOWN_PLACES evenly spaced with both ends."""
    if n <= SHOWN_PLACES:
        return list(range(n))
    return [int(place) for place in np.unique(np.rint(np.linspace(0, n - 1, SHOWN_PLACES)))]


def describe_profiles(entry: MeasurementInfo, evidence: Evidence, n_genes: int) -> dict[str, Any]:
    """Return what a page says of a measurement, still without values."""
    return {
        "name": entry.name,
        "units": entry.units,
        "place": entry.place,
        "places": [entry.places[i] for i in choose_places(len(entry.places))],
        "n_places": len(entry.places),
        "correlated": entry.name == evidence.correlated,
        **{name: [None] * n_genes for name in ("values", "low", "high")},
    }


def say_thinned(evidence: Evidence) -> list[str]:
    """Say of which measurements a page shows some of the places only."""
    said = []
    for entry in evidence.profiles:
        n, shown = len(entry.places), len(choose_places(len(entry.places)))
        what = "expression" if len(evidence.profiles) == 1 else entry.name
        whole = "; r and ρ are of all of them" if entry.name == evidence.correlated else ""
        if shown < n:
            said.append(f"Plots of {what} show {shown:,} of {n:,} {entry.place}s, evenly spaced{whole}.")
    return said


def profile_of(gene: GeneEvidence | None, name: str) -> Float32 | str | None:
    """Return the profile of a gene by a measurement; "" where it has none, None without evidence."""
    if gene is None:
        return None
    profile = gene.profile(name)
    return "" if profile is None else profile
