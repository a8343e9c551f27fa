"""Terms on a page: which places of a measurement each gene has, the rarest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grnet.explorer.page_room import Room, say_missing, size_added
from grnet.schema.evidence import GeneEvidence, MeasurementInfo


def describe_terms(entry: MeasurementInfo, genes: Sequence[GeneEvidence | None]) -> dict[str, Any]:
    """Return what a page says of a measurement: the terms that its genes have, the rarest first, still without values.

    Returns
    -------
    dict
        `name`, `place` (what one of them is called), `places` (their names), `counts` (how many genes of the dataset
        have each) and `values`, null for each gene.
    """
    chosen = _choose_terms(entry, genes)
    return {
        "name": entry.name,
        "place": entry.place,
        "places": [entry.places[term] for term in chosen],
        "counts": [int(entry.place_counts[term]) for term in chosen],
        "values": [None] * len(genes),
    }


def _choose_terms(entry: MeasurementInfo, genes: Sequence[GeneEvidence | None]) -> list[int]:
    """Return the terms that any of the genes has, the rarest first, equals by name."""
    used = {int(term) for gene in genes if gene is not None for term in gene.terms(entry.name)}
    return sorted(used, key=lambda term: (entry.place_counts[term], entry.places[term]))


def fill_terms(
    columns: dict[str, Any],
    entry: MeasurementInfo,
    genes: Sequence[GeneEvidence | None],
    order: Sequence[int],
    room: Room,
) -> list[str]:
    """Enter for each gene the rows of its terms in `places`, ascending; those of genes with most edges first."""
    row_of = {term: row for row, term in enumerate(_choose_terms(entry, genes))}
    lists = {}
    for i in order:
        gene = genes[i]
        if gene is not None:
            lists[i] = sorted(row_of[int(term)] for term in np.asarray(gene.terms(entry.name)))
    taken = room.take_in_order((i, size_added(rows)) for i, rows in lists.items())
    for i in taken:
        columns["values"][i] = lists[i]
    return say_missing(entry.name, "are", len(lists) - len(taken), len(lists))
