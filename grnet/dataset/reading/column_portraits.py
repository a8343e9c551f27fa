"""Columns of numbers → what is known of each of them: whole numbers, scale, sign, order, how many values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Bools, Float64, Indices

_FEWEST_LEVELS, _FEWEST_ORDERED = 5, 16
Matrix = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Portrait:
    """What is known of each column: arrays [C].

    Attributes
    ----------
    whole : bool array
        All its values are whole numbers, and it has one.
    levels : int64 array
        How many different values it has.
    rising : bool array
        Its values rise, or fall, in each of many rows.
    series : bool array
        Its name belongs to a series, such as S1, S2, …
    scale : float64 array
        log10 of the mean size of its values other than 0; NaN where there are none.
    negative : float64 array
        The share of its rows with a value below 0.
    low, high : float64 array
        Its smallest and largest value.
    empty : bool array
        It has no value.
    n_rows : int
    """

    whole: Bools
    levels: Indices
    rising: Bools
    series: Bools
    scale: Float64
    negative: Float64
    low: Float64
    high: Float64
    empty: Bools
    n_rows: int

    @property
    def varied(self) -> Bools:
        """Columns with more values than a grade or a flag has."""
        return self.levels >= _FEWEST_LEVELS

    @classmethod
    def of(cls, values: Matrix, series: Bools) -> Portrait:
        """Look at columns of numbers [R, C]."""
        finite = np.isfinite(values)
        known = np.where(finite, values, 0.0)
        sizes, used = np.abs(known).sum(axis=0), (finite & (values != 0)).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(used > 0, np.log10(sizes / np.maximum(used, 1)), np.nan)
        steps = np.diff(known, axis=0)
        ordered = np.all(steps > 0, axis=0) | np.all(steps < 0, axis=0)
        return cls(
            whole=np.all(~finite | (values == np.rint(values)), axis=0) & finite.any(axis=0),
            levels=_count_levels(known),
            rising=ordered & (len(values) > _FEWEST_ORDERED),
            series=series,
            scale=scale,
            negative=np.mean(known < 0, axis=0),
            low=np.where(finite, values, np.inf).min(axis=0),
            high=np.where(finite, values, -np.inf).max(axis=0),
            empty=np.asarray(~finite.any(axis=0), dtype=np.bool_),
            n_rows=len(values),
        )


def _count_levels(values: Matrix) -> Indices:
    """Return how many different values each column has."""
    ordered = np.sort(values, axis=0)
    return np.asarray(1 + np.count_nonzero(np.diff(ordered, axis=0), axis=0), dtype=np.int64)
