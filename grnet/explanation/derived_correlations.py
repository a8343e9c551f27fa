"""Correlations of pairs by the further versions of values that some measurements compare genes by.

Enter: the measurements of a dataset and pairs. Leaves: Pearson r for each pair, by measurement and version.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from grnet.schema.arrays import Float32, Float64, Indices
from grnet.schema.evidence import AS_MEASURED
from grnet.schema.genes import PairIndex
from grnet.schema.measurements import Measurement

PAIRS_AT_ONCE = 4096


def correlate_versions(measurements: Iterable[Measurement], pairs: PairIndex) -> list[dict[str, dict[str, float]]]:
    """Return Pearson r of each pair by the measurements whose kinds derive further versions of their values.

    Parameters
    ----------
    measurements : iterable of Measurement
    pairs : PairIndex
        P pairs.

    Returns
    -------
    list of P dicts
        Name of the measurement → "as measured" and the name of each further version → r. Measurements that lack one of
        the genes, and versions by which one of them does not vary, are left out.
    """
    found: list[dict[str, dict[str, float]]] = [{} for _ in range(len(pairs))]
    for measurement in measurements:
        if measurement.kind.derive is None:
            continue
        rows = [np.searchsorted(measurement.gene, side) for side in (pairs.tf, pairs.target)]
        shared = np.flatnonzero(np.isin(pairs.tf, measurement.gene) & np.isin(pairs.target, measurement.gene))
        tf, target = (side[shared].astype(np.int64) for side in rows)
        for version, r in _correlate(measurement, tf, target).items():
            for pair, value in zip(shared, r, strict=True):
                if np.isfinite(value):
                    found[pair].setdefault(measurement.name, {})[version] = float(value)
    return found


def _correlate(measurement: Measurement, tf: Indices, target: Indices) -> dict[str, Float64]:
    """Return r of pairs of rows [P] by each version of the values."""
    rows, place = np.unique(np.concatenate([tf, target]), return_inverse=True)
    if not len(rows):
        return {}
    values = measurement.values[rows]
    versions = {AS_MEASURED: values, **measurement.derive(values)}
    first, second = place[: len(tf)], place[len(tf) :]
    return {name: _correlate_rows(own, first, second) for name, own in versions.items()}


def _correlate_rows(values: Float32, first: Indices, second: Indices) -> Float64:
    """Return Pearson r of pairs of rows of values [R, P], block by block; NaN where a row is constant."""
    centred = values - values.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
    length = np.linalg.norm(centred, axis=1)
    r = np.empty(len(first), dtype=np.float64)
    for start in range(0, len(first), PAIRS_AT_ONCE):
        block = slice(start, start + PAIRS_AT_ONCE)
        a, b = first[block], second[block]
        products = np.einsum("pc,pc->p", centred[a], centred[b], dtype=np.float64)
        varies = (length[a] > 0) & (length[b] > 0)
        r[block] = np.where(varies, products / np.where(varies, length[a] * length[b], 1.0), np.nan)
    return r
