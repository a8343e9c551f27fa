"""How long scoring will take, measured on few candidates before it starts."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from grnet.schema.genes import Indices

FIRST_PAIRS, GROWTH = 8, 4
"""Pairs of the first block that is timed, and how much larger the next is."""
LONG_ENOUGH = 0.25
"""Seconds of a timing that can be relied on."""
WORTH_TELLING = 5.0
"""Seconds of work that nobody needs to be told of."""


def estimate_seconds(
    score: Callable[[Indices, Indices], pd.DataFrame], tfs: Indices, n_genes: int, *, n_candidates: int
) -> float:
    """Return how many seconds the scoring of `n_candidates` takes; rough where it is below WORTH_TELLING.

    Parameters
    ----------
    score : callable
        TFs [T] and targets [N] → table of the candidates among them.
    tfs : int64 array
        TFs that are to be scored.
    n_genes : int
        All genes are targets.
    n_candidates : int
    """
    size, seconds = FIRST_PAIRS, np.inf
    _time_block(score, tfs, n_genes, size)  # the first call loads and compiles what later ones have
    while True:
        spent, scored = _time_block(score, tfs, n_genes, size)
        if scored:
            seconds = spent / scored * n_candidates
        if spent >= LONG_ENOUGH or seconds < WORTH_TELLING or size >= len(tfs) * n_genes:
            return float(seconds) if np.isfinite(seconds) else 0.0
        size *= GROWTH


def _time_block(
    score: Callable[[Indices, Indices], pd.DataFrame], tfs: Indices, n_genes: int, size: int
) -> tuple[float, int]:
    """Return seconds and candidates of a block of about `size` pairs, its genes spread over all."""
    n_rows = min(len(tfs), max(round(size**0.5), 1))
    rows = tfs[np.linspace(0, len(tfs) - 1, n_rows).astype(np.int64)]
    columns = np.linspace(0, n_genes - 1, min(n_genes, -(-size // n_rows))).astype(np.int64)
    start = time.perf_counter()
    table = score(rows, columns)
    return time.perf_counter() - start, len(table)


def in_words(seconds: float) -> str:
    """Return a duration as one says it: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
