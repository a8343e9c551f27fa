"""Which columns of numbers do not look like the samples beside them, told from their values alone.

Samples of one table resemble each other: in scale, in whether they are whole numbers, in sign, in the order of their
values. An identifier, a position, a length or a p-value does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.dataset.cells import header_word

FEWEST_ROWS, FEWEST_COLUMNS = 8, 3
"""With fewer rows or columns nothing can be said."""
_MOST_ROWS = 2000
_DECADES, _FAR_DECADES = 1.5, 2.5
_RESEMBLES, _DIFFERS = 0.5, 0.15
Matrix = npt.NDArray[np.floating]


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


def _find_outliers(values: Matrix, series: npt.NDArray[np.bool_]) -> list[Stranger]:
    with np.errstate(invalid="ignore", divide="ignore"):
        finite = np.isfinite(values)
        whole = np.all(~finite | (values == np.rint(values)), axis=0) & finite.any(axis=0)
        varied = np.array([len(np.unique(column[np.isfinite(column)])) for column in values.T]) >= 5
        scale = np.array([_scale_of(column) for column in values.T])
        negative = np.mean(values < 0, axis=0)
        low, high = (
            np.nanmin(np.where(finite, values, np.inf), axis=0),
            np.nanmax(np.where(finite, values, -np.inf), axis=0),
        )
    rising = np.array([_is_rising(column) for column in values.T])
    n = values.shape[1]
    alike = _resemblance(values)
    found = []
    for column in range(n):
        others = np.arange(n) != column
        reasons, clear = [], False
        if varied[column] and not series[column]:
            if whole[column] and not whole[others].any():
                reasons.append("whole numbers, where the samples have fractions")
                clear = True
            elif not whole[column] and np.mean(whole[others]) > 0.9 and n > FEWEST_COLUMNS:
                reasons.append("fractions, where the samples are whole numbers")
                clear = np.isfinite(high[column]) and bool(high[column] <= 1 or negative[column] > 0)
        distance = abs(scale[column] - np.nanmedian(scale[others])) if np.isfinite(scale[column]) else 0.0
        spread = np.nanmedian(np.abs(scale[others] - np.nanmedian(scale[others]))) if others.sum() > 1 else 0.0
        if distance > max(_DECADES, 6 * spread):
            reasons.append(
                f"values {'larger' if scale[column] > np.nanmedian(scale[others]) else 'smaller'} by a factor of "
                f"{10**distance:,.0f}"
            )
            clear = clear or (distance > _FAR_DECADES and not series[column])
        if negative[column] > 0.05 and not np.any(negative[others] > 0) and not series[column]:
            reasons.append("negative values, where the samples have none")
        if (
            not whole[column]
            and low[column] >= 0
            and high[column] <= 1
            and np.median(high[others]) > 4
            and not series[column]
        ):
            reasons.append("all values between 0 and 1")
        if rising[column] and not rising[others].any() and not series[column]:
            reasons.append("values in order from the first row to the last")
        if alike is not None and alike[column] < _DIFFERS and np.median(alike[others]) > _RESEMBLES and varied[column]:
            reasons.append("no resemblance to the samples (rank correlation below 0.15)")
        if reasons:
            found.append(
                Stranger(column, reasons[0] if len(reasons) == 1 else "; ".join(reasons[:2]), clear or len(reasons) > 2)
            )
    return found


def _scale_of(column: Matrix) -> float:
    """Return log10 of the mean size of what is not zero; NaN where all is."""
    sizes = np.abs(column[np.isfinite(column) & (column != 0)])
    return float(np.log10(sizes.mean())) if len(sizes) else float("nan")


def _is_rising(column: Matrix) -> bool:
    """Tell whether values go up, or down, from each row to the next."""
    steps = np.diff(column)
    return len(steps) > 15 and bool(np.all(steps > 0) or np.all(steps < 0))


def _resemblance(values: Matrix) -> npt.NDArray[np.float64] | None:
    """Return the median rank correlation of each column with the others; None where there are too few rows."""
    from scipy.stats import rankdata

    if values.shape[0] < 100 or not np.isfinite(values).all():
        return None
    columns = np.linspace(0, values.shape[1] - 1, min(values.shape[1], 60)).astype(int)
    with np.errstate(invalid="ignore", divide="ignore"):
        ranks = rankdata(values, axis=0)
        ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
        r = ranks.T @ ranks[:, columns] / len(ranks)
    r[columns, np.arange(len(columns))] = np.nan
    with np.errstate(all="ignore"):
        median: npt.NDArray[np.float64] = np.nan_to_num(np.nanmedian(r, axis=1), nan=0.0)
    return median


def _in_series(names: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell which names belong to a series: the same letters with other digits as at least half of the names."""
    stems = ["".join(letter for letter in header_word(name) if not letter.isdigit()) for name in names]
    counts = {stem: stems.count(stem) for stem in set(stems)}
    return np.array([counts[stem] >= max(3, len(stems) / 2) and stem != "" for stem in stems], dtype=bool)
