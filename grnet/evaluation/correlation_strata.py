"""What a model adds beyond correlation: its ranking among pairs of about the same correlation.

Enter: labels, probabilities by name, and the pairs' correlations. Leaves: a table with a row for each stratum of |r|.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.evaluation.metrics import auroc, equal_mass_bins
from grnet.schema.arrays import check_scores
from grnet.schema.errors import InputError

N_STRATA = 5


def tabulate_strata(
    labels: npt.ArrayLike,
    probabilities: Mapping[str, npt.ArrayLike],
    correlation: npt.ArrayLike,
    *,
    n_strata: int = N_STRATA,
) -> pd.DataFrame:
    """Return the AUROC of each name among pairs of similar |r|.

    Parameters
    ----------
    labels : int array [P]
    probabilities : mapping of name to float array [P]
    correlation : float array [P]
        -1..1; NaN where a gene lacks expression.
    n_strata : int
        Strata of about equal count; equal |r| is never parted.

    Returns
    -------
    DataFrame
        Columns low, high (bounds of |r| among the stratum's pairs; NaN for the pairs without one, which are the last
        row), n, base_rate, then the AUROC by name, NaN where the stratum has one class.

    Raises
    ------
    InputError
        Lengths differ, or a value is impossible.
    """
    size = np.abs(np.asarray(correlation, dtype=np.float64))
    scores = {}
    for name, values in probabilities.items():
        y, scores[name] = check_scores(labels, values)
        if y.shape != size.shape:
            raise InputError(f"expected a correlation for each of {len(y)} pairs, got an array of shape {size.shape}")
    known = np.isfinite(size)
    stratum = np.full(len(size), -1)
    if known.any():
        stratum[known] = equal_mass_bins(size[known], n_strata)
    rows = []
    for number in [*range(stratum.max() + 1), -1] if len(size) else []:
        inside = stratum == number
        if inside.any():
            bounds = (size[inside].min(), size[inside].max()) if number >= 0 else (np.nan, np.nan)
            areas = {name: auroc(y[inside], values[inside]) for name, values in scores.items()}
            rows.append(
                {"low": bounds[0], "high": bounds[1], "n": int(inside.sum()), "base_rate": y[inside].mean(), **areas}
            )
    return pd.DataFrame(rows, columns=["low", "high", "n", "base_rate", *scores])
