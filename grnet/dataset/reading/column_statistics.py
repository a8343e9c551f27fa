"""Which columns of numbers do not look like the samples beside them, told from their values alone.

Samples of one table resemble each other: in scale, in whether they are whole numbers, in sign, in the order of their
values. An identifier, a position, a length or a p-value does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.dataset.cells import header_word

FEWEST_ROWS, FEWEST_COLUMNS = 8, 3
"""With fewer rows or columns nothing can be said."""
_MOST_ROWS = 500
_DECADES, _FAR_DECADES = 1.5, 2.5
_RESEMBLES, _DIFFERS = 0.5, 0.15
_FEWEST_LEVELS, _FEWEST_ORDERED, _SOME_NEGATIVE, _FAR_ABOVE_ONE = 5, 16, 0.05, 4.0
Matrix = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stranger:
    """A column that does not look like the samples.

    Attributes
    ----------
    column : int
        Its place among the columns of numbers.
    reason : str
    clear : bool
        It cannot be a sample; False where it may be one.
    """

    column: int
    reason: str
    clear: bool


def find_strangers(values: Matrix, names: Sequence[str]) -> list[Stranger]:
    """Return the columns that do not look like the others.

    Parameters
    ----------
    values : float array [R, C]
        NaN where a value is missing.
    names : sequence of str
        Names of the columns; those of a series (S1, S2, …) are never set aside for their scale alone.
    """
    n_rows, n_columns = values.shape
    if n_rows < FEWEST_ROWS or n_columns < 2:
        return []
    step = max(1, n_rows // _MOST_ROWS)
    part = values[::step].astype(np.float64)
    found = {stranger.column: stranger for stranger in _find_counters(values, part)}
    rest = np.array([column for column in range(n_columns) if column not in found])
    if len(rest) >= FEWEST_COLUMNS:
        series = _in_series([names[column] for column in rest])
        for stranger in _find_outliers(part[:, rest], series):
            column = int(rest[stranger.column])
            found[column] = Stranger(column, stranger.reason, stranger.clear)
    return [found[column] for column in sorted(found)]


def _find_counters(values: Matrix, part: Matrix) -> list[Stranger]:
    """Return columns of whole numbers that rise or fall by the same step from row to row."""
    found = []
    whole = np.all(part == np.rint(part), axis=0)
    for column in np.flatnonzero(whole):
        steps = np.diff(values[:, column].astype(np.float64))
        if len(steps) and steps[0] != 0 and np.all(steps == steps[0]):
            found.append(Stranger(int(column), "counts the rows", clear=True))
    return found


@dataclass(frozen=True)
class _Portrait:
    """What is known of each column: arrays [C]."""

    whole: Flags
    varied: Flags
    rising: Flags
    series: Flags
    scale: Numbers
    negative: Numbers
    low: Numbers
    high: Numbers

    @classmethod
    def of(cls, values: Matrix, series: Flags) -> _Portrait:
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
            varied=_count_levels(known) >= _FEWEST_LEVELS,
            rising=ordered & (len(values) > _FEWEST_ORDERED),
            series=series,
            scale=scale,
            negative=np.mean(known < 0, axis=0),
            low=np.where(finite, values, np.inf).min(axis=0),
            high=np.where(finite, values, -np.inf).max(axis=0),
        )


def _find_outliers(values: Matrix, series: Flags) -> list[Stranger]:
    seen = _Portrait.of(values, series)
    free = ~series
    whole_alone, fraction_alone = _odd_kinds(seen)
    far, very_far, sentences = _odd_scales(seen)
    small = ~seen.whole & (seen.low >= 0) & (seen.high <= 1) & (float(np.median(seen.high)) > _FAR_ABOVE_ONE)
    alike = _resemblance(values)
    unlike = np.zeros(len(free), dtype=bool)
    if alike is not None and np.median(alike) > _RESEMBLES:
        unlike = (alike < _DIFFERS) & seen.varied
    negative = _alone(seen.negative > _SOME_NEGATIVE, seen.negative > 0) & free
    rules = (
        (whole_alone & free, "whole numbers, where the samples have fractions"),
        (fraction_alone & free, "fractions, where the samples are whole numbers"),
        (far, ""),
        (negative, "negative values, where the samples have none"),
        (small & free, "all values between 0 and 1"),
        (_alone(seen.rising, seen.rising) & free, "values in order from the first row to the last"),
        (unlike, "no resemblance to the samples (rank correlation below 0.15)"),
    )
    clear = whole_alone | very_far | (fraction_alone & ((seen.high <= 1) | (seen.negative > 0)))
    clear &= free
    found = []
    for column in np.flatnonzero(np.any([flags for flags, _ in rules], axis=0)):
        reasons = [text or sentences[column] for flags, text in rules if flags[column]]
        sure = bool(clear[column]) or len(reasons) > 2
        found.append(Stranger(int(column), "; ".join(reasons[:2]), sure))
    return found


def _odd_kinds(seen: _Portrait) -> tuple[Flags, Flags]:
    """Return columns that alone are whole numbers, and columns that alone, or nearly so, are not."""
    others = len(seen.whole) - 1
    n_whole = seen.whole.sum() - seen.whole
    whole_alone = seen.whole & (n_whole == 0) & seen.varied
    fraction_alone = ~seen.whole & (n_whole > 0.9 * others) & seen.varied & (others >= FEWEST_COLUMNS)
    return whole_alone, fraction_alone


def _odd_scales(seen: _Portrait) -> tuple[Flags, Flags, list[str]]:
    """Return columns of another scale than the rest, those of quite another, and what to say of each."""
    middle = float(np.nanmedian(seen.scale)) if np.isfinite(seen.scale).any() else 0.0
    away = np.nan_to_num(seen.scale - middle, nan=0.0)
    usual = 6 * float(np.median(np.abs(away)))
    far = np.abs(away) > max(_DECADES, usual)
    words = [f"values {'larger' if step > 0 else 'smaller'} by a factor of {10 ** abs(step):,.0f}" for step in away]
    return far, far & (np.abs(away) > _FAR_DECADES), words


def _alone(flags: Flags, shared: Flags) -> Flags:
    """Return the columns with `flags` where no other column has `shared`."""
    return np.asarray(flags & (shared.sum() - shared == 0), dtype=np.bool_)


def _count_levels(values: Matrix) -> npt.NDArray[np.int64]:
    """Return how many different values each column has."""
    ordered = np.sort(values, axis=0)
    return np.asarray(1 + np.count_nonzero(np.diff(ordered, axis=0), axis=0), dtype=np.int64)


def _resemblance(values: Matrix) -> Numbers | None:
    """Return the median rank correlation of each column with the others; None where there are too few rows."""
    if values.shape[0] < 100 or not np.isfinite(values).all():
        return None
    columns = np.linspace(0, values.shape[1] - 1, min(values.shape[1], 60)).astype(int)
    with np.errstate(invalid="ignore", divide="ignore"):
        ranks = pd.DataFrame(values[:: max(1, len(values) // 400)]).rank().to_numpy()
        ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
        r = ranks.T @ ranks[:, columns] / len(ranks)
    r[columns, np.arange(len(columns))] = np.nan
    with np.errstate(all="ignore"):
        median: Numbers = np.nan_to_num(np.nanmedian(r, axis=1), nan=0.0)
    return median


def _in_series(names: Sequence[str]) -> Flags:
    """Tell which names belong to a series: the same letters with other digits as at least half of the names."""
    stems = ["".join(letter for letter in header_word(name) if not letter.isdigit()) for name in names]
    counts = {stem: stems.count(stem) for stem in set(stems)}
    return np.array([counts[stem] >= max(3, len(stems) / 2) and stem != "" for stem in stems], dtype=bool)
