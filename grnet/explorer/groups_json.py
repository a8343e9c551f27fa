"""Groups of places on a page: some of the places of each group, and how a gene's values are distributed in it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np

from grnet.explorer.data_uris import encode_levels
from grnet.schema.arrays import Float32
from grnet.schema.evidence import MeasurementInfo
from grnet.schema.place_groups import PlaceGroups

SHOWN_PLACES = 300
GROUP_COLUMNS = ("histograms", "means", "detected")


def describe_groups(entry: MeasurementInfo, n_genes: int) -> dict[str, Any]:
    """Return what a page says of the groups of a measurement, still without values.

    Returns
    -------
    dict
        `groups`: [{name, n: places}], the largest first; `group`: the group of each place that is shown; for each gene
        null under `histograms`, `means` and `detected`, see :func:`encode_groups`.
    """
    groups = PlaceGroups.of(entry.groups)
    return {
        "groups": [{"name": name, "n": n} for name, n in zip(groups.names, groups.sizes, strict=True)],
        "group": groups.of_place[groups.choose_places(SHOWN_PLACES)].tolist(),
        **{name: [None] * n_genes for name in GROUP_COLUMNS},
    }


def encode_groups(groups: PlaceGroups, values: Float32) -> dict[str, Any]:
    """Return the entries of one gene.

    Returns
    -------
    dict
        `values`, `low`, `high`: of the places that are shown, as in a profile, on a scale from the least to the largest
        value of all; `histograms`: base64 of uint8 [groups × BINS], shares of a group's places from `low` to `high`, of
        which 255 is all; `means`: base64 of uint16 [groups] on the same scale as the values; `detected`: base64 of
        uint8 [groups], percent of the places with a value above 0.
    """
    found = groups.summarise(values)
    low, high = (float(f"{limit:.6g}") for limit in (found.low, found.high))
    shares = np.ceil(found.share * 255).astype(np.uint8)
    return {
        "values": encode_levels(values[groups.choose_places(SHOWN_PLACES)], found.low, found.high),
        "low": low,
        "high": high,
        "histograms": b64encode(shares.tobytes()).decode("ascii"),
        "means": encode_levels(found.mean, found.low, found.high),
        "detected": b64encode(np.rint(100 * found.detected).astype(np.uint8).tobytes()).decode("ascii"),
    }
