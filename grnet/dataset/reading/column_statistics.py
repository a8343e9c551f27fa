"""Which columns of numbers do not look like the samples beside them, told from their values alone.

Samples of one table resemble each other: in scale, in whether they are whole numbers, in sign, in the order of their
values. An identifier, a position, a length or a p-value does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from grnet.dataset.reading.column_portraits import Matrix, Portrait
from grnet.dataset.table_cells import header_word
from grnet.schema.arrays import Bools, Float64

FEWEST_ROWS, FEWEST_COLUMNS = 8, 3
"""With fewer rows or columns nothing can be said."""
EMPTY = "no value in any row"
_MOST_ROWS = 500
_DECADES, _FAR_DECADES = 1.5, 2.5
_RESEMBLES, _DIFFERS = 0.5, 0.15
_MANY_COLUMNS, _FEW_UNLIKE = 100, 3
"""Of so many columns a few may be annotation; more that are unlike are cells of other types, or of few reads."""
FEWEST_RANKED, _MANY_RANKED = 12, 100
"""Rows from which on ranks say something of columns, and something certain."""
_CHANCE = 1e-3
_SOME_NEGATIVE, _FAR_ABOVE_ONE = 0.05, 4.0


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
    part = _some_rows(values)
    found = {stranger.column: stranger for stranger in _find_counters(values, part)}
    more = True
    while more:  # one stranger may hide another
        rest = np.array([column for column in range(n_columns) if column not in found])
        outliers: list[Stranger] = []
        if len(rest) >= FEWEST_COLUMNS:
            outliers = _find_outliers(part[:, rest], _in_series([names[column] for column in rest]))
        elif len(rest) == 2:
            outliers = _find_odd_one(part[:, rest])
        for stranger in outliers:
            column = int(rest[stranger.column])
            found[column] = Stranger(column, stranger.reason, stranger.clear)
        more = bool(outliers)
    return [found[column] for column in sorted(found)]


def find_resembling(values: Matrix) -> Bools:
    """Return which columns rank the rows as the other columns do, which what stands beside samples does not.

    Parameters
    ----------
    values : float array [R, C]

    Returns
    -------
    bool array [C]
        All False where the columns do not resemble each other, or are too few.
    """
    none = np.zeros(values.shape[1], dtype=bool)
    if values.shape[0] < FEWEST_RANKED or values.shape[1] < FEWEST_COLUMNS:
        return none
    alike = _resemblance(_some_rows(values))
    return none if alike is None else _are_resembling(alike)


def find_summaries(values: Matrix) -> dict[int, str]:
    """Return the columns that are the mean, sum, median, largest or smallest value of the others.

    Parameters
    ----------
    values : float array [R, C]
    """
    found: dict[int, str] = {}
    part = _some_rows(values)
    if part.shape[0] < 2 or part.shape[1] < FEWEST_COLUMNS:
        return found
    for name, expected in _of_others(part):
        for column in np.flatnonzero(np.isclose(expected, part, rtol=1e-3, atol=1e-3).all(axis=0)):
            found[int(column)] = f"{name} of the samples"
    return found


def _of_others(part: Float64) -> Iterator[tuple[str, Float64]]:
    """Yield what each column [R, C] would hold if it summed up all others."""
    n_others, total = part.shape[1] - 1, part.sum(axis=1, keepdims=True)
    order = np.argsort(part, axis=1, kind="stable")
    rising = np.take_along_axis(part, order, axis=1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(part.shape[1]), axis=1)

    def other(number: int) -> Float64:
        """Return of the others of each column the one at a place of their order."""
        return np.asarray(np.where(place > number, rising[:, [number]], rising[:, [number + 1]]))

    yield "mean", (total - part) / n_others
    yield "sum", total - part
    yield "median", (other((n_others - 1) // 2) + other(n_others // 2)) / 2
    yield "largest value", other(n_others - 1)
    yield "smallest value", other(0)


def _some_rows(values: Matrix) -> Float64:
    return values[:: max(1, len(values) // _MOST_ROWS)].astype(np.float64)


def _find_counters(values: Matrix, part: Matrix) -> list[Stranger]:
    """Return columns of whole numbers that rise or fall by the same step from row to row, or number the rows."""
    found = []
    whole = np.all(part == np.rint(part), axis=0)
    for column in np.flatnonzero(whole):
        numbers = values[:, column].astype(np.float64)
        steps = np.diff(numbers)
        if steps[0] != 0 and np.all(steps == steps[0]):
            found.append(Stranger(int(column), "counts the rows", clear=True))
        elif numbers.max() - numbers.min() == len(numbers) - 1 and np.all(np.diff(np.sort(numbers)) == 1):
            found.append(Stranger(int(column), "ranks the rows", clear=True))
    return found


def _find_odd_one(values: Matrix) -> list[Stranger]:
    """Return the column of whole numbers beside the only other one, if that has fractions."""
    seen = Portrait.of(values, np.zeros(2, dtype=bool))
    odd = np.flatnonzero(seen.whole & (seen.levels > 1))
    if seen.whole.sum() != 1 or not len(odd):
        return []
    return [Stranger(int(odd[0]), "whole numbers, where the other column has fractions", clear=False)]


def _find_outliers(values: Matrix, series: Bools) -> list[Stranger]:
    seen = Portrait.of(values, series)
    free = ~series
    whole_alone, fraction_alone = _odd_kinds(seen)
    far, very_far, sentences = _odd_scales(seen)
    unlike, resembling = _unlike(values, seen)
    far &= very_far | (free & ~resembling)
    small = ~seen.whole & (seen.low >= 0) & (seen.high <= 1) & (float(np.median(seen.high)) > _FAR_ABOVE_ONE)
    negative = _alone(seen.negative > _SOME_NEGATIVE, seen.negative > 0)
    few = _alone(seen.whole & (seen.levels > 1) & ~seen.varied, seen.whole)
    rules = (
        (seen.empty, EMPTY),
        (whole_alone & free, "whole numbers, where the samples have fractions"),
        (_whole_few(seen) & free & ~resembling, "whole numbers, where other columns have fractions"),
        (few & free, "a few whole numbers, where the samples have fractions"),
        (fraction_alone & free, "fractions, where the samples are whole numbers"),
        (far, ""),
        (negative & free, "negative values, where the samples have none"),
        (_never_negative(seen) & free, "no negative values, where the samples have some"),
        (small & free & ~seen.empty, "all values between 0 and 1"),
        (_alone(seen.levels == 1, seen.levels == 1) & free & ~seen.empty, "the same value in each row"),
        (_alone(seen.rising, seen.rising) & free, "values in order from the first row to the last"),
        (unlike, "no resemblance to the samples (low rank correlation)"),
    )
    clear = whole_alone | (very_far & ~resembling) | (fraction_alone & ((seen.high <= 1) | (seen.negative > 0)))
    clear &= free
    found = []
    for column in np.flatnonzero(np.any([flags for flags, _ in rules], axis=0)):
        reasons = [text or sentences[column] for flags, text in rules if flags[column]]
        sure = bool(clear[column]) or len(reasons) > 2
        found.append(Stranger(int(column), "; ".join(reasons[:2]), sure and not seen.empty[column]))
    return found


def _unlike(values: Matrix, seen: Portrait) -> tuple[Bools, Bools]:
    """Return columns whose ranks do not resemble those of the others, where most do; and those that do."""
    none = np.zeros(values.shape[1], dtype=bool)
    alike = _resemblance(values)
    if alike is None or np.median(alike) <= _RESEMBLES:
        return none, none
    if seen.n_rows >= _MANY_RANKED:
        unlike = (alike < _DIFFERS) & seen.varied
        mixed = len(alike) >= _MANY_COLUMNS and unlike.sum() > _FEW_UNLIKE
        return none if mixed else unlike, _are_resembling(alike)
    unlike = (alike < 0.5 * np.median(alike)) & seen.varied & ~seen.series
    return unlike if unlike.mean() < 1 / 3 else none, _are_resembling(alike)


def _are_resembling(alike: Float64) -> Bools:
    middle = float(np.median(alike))
    return np.asarray((middle > _RESEMBLES) & (alike > 0.6 * middle), dtype=np.bool_)


def _never_negative(seen: Portrait) -> Bools:
    """Return columns without negative values among columns of which many values are: too many for chance."""
    usual = float(np.median(seen.negative))
    rare = (1 - usual) ** seen.n_rows < _CHANCE
    return np.asarray(rare & (seen.negative == 0) & (seen.levels > 1), dtype=np.bool_)


def _odd_kinds(seen: Portrait) -> tuple[Bools, Bools]:
    """Return columns that alone are whole numbers, and columns that alone, or nearly so, are not."""
    others = len(seen.whole) - 1
    n_whole = seen.whole.sum() - seen.whole
    whole_alone = seen.whole & (n_whole == 0) & seen.varied
    fraction_alone = ~seen.whole & (n_whole > 0.9 * others) & seen.varied & (others >= FEWEST_COLUMNS)
    return whole_alone, fraction_alone


def _whole_few(seen: Portrait) -> Bools:
    """Return columns of whole numbers that are several, but not more than the columns with fractions."""
    varied = seen.whole & seen.varied
    fractions = (~seen.whole & seen.varied).sum()
    return np.asarray(varied & (varied.sum() > 1) & (varied.sum() <= fractions), dtype=np.bool_)


def _odd_scales(seen: Portrait) -> tuple[Bools, Bools, list[str]]:
    """Return columns of another scale than the rest, those of quite another, and what to say of each."""
    middle = float(np.nanmedian(seen.scale)) if np.isfinite(seen.scale).any() else 0.0
    away = np.nan_to_num(seen.scale - middle, nan=0.0)
    usual = 6 * float(np.median(np.abs(away)))
    far = np.abs(away) > max(_DECADES, usual)
    words = [f"values {'larger' if step > 0 else 'smaller'} by a factor of {10 ** abs(step):,.0f}" for step in away]
    return far, far & (np.abs(away) > _FAR_DECADES), words


def _alone(flags: Bools, shared: Bools) -> Bools:
    """Return the columns with `flags` where no other column has `shared`."""
    return np.asarray(flags & (shared.sum() - shared == 0), dtype=np.bool_)


def _resemblance(values: Matrix) -> Float64 | None:
    """Return the median rank correlation of each column with the others; None where there are too few rows."""
    if values.shape[0] < FEWEST_RANKED or not np.isfinite(values).all():
        return None
    columns = np.linspace(0, values.shape[1] - 1, min(values.shape[1], 60)).astype(int)
    with np.errstate(invalid="ignore", divide="ignore"):
        ranks = pd.DataFrame(values[:: max(1, len(values) // 400)]).rank().to_numpy()
        ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
        ranks = np.nan_to_num(ranks)  # a constant column resembles none
        r = ranks.T @ ranks[:, columns] / len(ranks)
    r[columns, np.arange(len(columns))] = np.nan
    with np.errstate(all="ignore"):
        median: Float64 = np.nan_to_num(np.nanmedian(r, axis=1), nan=0.0)
    return median


def _in_series(names: Sequence[str]) -> Bools:
    """Tell which names belong to a series: the same letters with other digits as at least half of the names."""
    stems = ["".join(letter for letter in header_word(name) if not letter.isdigit()) for name in names]
    counts = {stem: stems.count(stem) for stem in set(stems)}
    return np.array([counts[stem] >= max(3, len(stems) / 2) and stem != "" for stem in stems], dtype=bool)
