"""What expression values are: counts, logarithms, scaled or linear values; and counts → log2(CPM + 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.dataset.table_cells import listed
from grnet.schema.arrays import Float32
from grnet.schema.errors import InputError
from grnet.schema.prepare_config import Normalisation

_LARGEST_LOG, _FEWEST_COUNTS = 30.0, 50.0
_PER_MILLION = 1e6
FEWEST_GENES = 200
"""Of fewer genes the sum of counts is not the size of a library: one gene that changes would change all."""
_SAMPLE_ROWS = 4000


@dataclass(frozen=True)
class Units:
    """What values are.

    Attributes
    ----------
    kind : {"counts", "log", "linear", "negative", "scaled"}
    sentence : str
        For the plan.
    warning : str
        What the user should do; "" where nothing.
    """

    kind: str
    sentence: str
    warning: str = ""


def find_units(values: Float32) -> Units:
    """Tell what the values of a table are.

    Parameters
    ----------
    values : float32 array [G, S]
    """
    part = values[:: max(1, len(values) // _SAMPLE_ROWS)]
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if low < 0:
        return _negative_units(part, low, high)
    if high >= _FEWEST_COUNTS and bool(np.all(part == np.rint(part))) and bool(np.all(values == np.rint(values))):
        return Units("counts", f"raw counts (whole numbers up to {high:,.0f})")
    if high <= _LARGEST_LOG:
        return Units("log", f"logarithms or small values (0 to {high:.3g})" if low >= 0 else "logarithms")
    return Units(
        "linear",
        f"linear values (up to {high:,.3g})",
        "the values are not logarithms; correlation works best on these: add --normalise log for log2(value + 1)",
    )


def _negative_units(part: Float32, low: float, high: float) -> Units:
    means, spreads = part.mean(axis=1), part.std(axis=1)
    varied = spreads > 0
    span = f"{low:.3g} to {high:.3g}"
    if not varied.any() or float(np.std(means)) > float(np.median(spreads[varied])):
        return Units("negative", f"logarithms ({span})")
    if bool(np.median(np.abs(spreads[varied] - 1)) < 0.15) and bool(np.median(np.abs(means[varied])) < 0.05):
        return Units(
            "scaled",
            f"scaled values (each gene has mean 0 and standard deviation 1; {span})",
            "the values are scaled (z-scores), which hides how high a gene is expressed; the matrix before scaling, "
            "such "
            "as log2(CPM + 1), is the better one",
        )
    return Units(
        "negative",
        f"values with negatives ({span})",
        "some values are negative, and genes differ little in their means: log ratios, or centred values? The matrix "
        "before that step, such as log2(CPM + 1), is the better one",
    )


def normalise(values: Float32, samples: tuple[str, ...], units: Units, *, wanted: Normalisation) -> tuple[Float32, str]:
    """Bring values to logarithms, and return them with what was done.

    Parameters
    ----------
    values : float32 array [G, S]
        Changed in place.
    samples : tuple of str
    units : Units
    wanted : {"auto", "log-cpm", "log", "none"}
        "auto" normalises raw counts of FEWEST_GENES genes or more to log2(CPM + 1), where CPM are counts per million of
        all genes of the tables.

    Raises
    ------
    InputError
        Float32 are negative, or a sample has no counts at all.
    """
    automatic = "log-cpm" if units.kind == "counts" and len(values) >= FEWEST_GENES else "none"
    method = automatic if wanted == "auto" else wanted
    if method == "none":
        return values, ""
    if units.kind in ("negative", "scaled"):
        raise InputError(f"--normalise {method} needs values of 0 or more, and some are negative; use --normalise none")
    if method == "log-cpm":
        totals = values.sum(axis=0, dtype=np.float64)
        empty = [name for name, total in zip(samples, totals, strict=True) if total <= 0]
        if empty:
            raise InputError(
                f"samples without any counts: {listed(empty)}; leave them out with --columns 'set-aside=NAME', or use "
                "--normalise none"
            )
        values *= (_PER_MILLION / totals).astype(np.float32)
    values += 1
    np.log2(values, out=values)
    return values, "log2(CPM + 1)" if method == "log-cpm" else "log2(value + 1)"
