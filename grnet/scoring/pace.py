"""How long scoring will take, measured on few candidates before it starts."""

from __future__ import annotations

import time

import numpy as np

from grnet.architectures.device import one_thread
from grnet.probability.calibration import CandidateCalibration
from grnet.scoring.candidates import Candidates
from grnet.scoring.score_blocks import score_block

FIRST_PAIRS, GROWTH = 8, 4
"""Pairs of the first block that is timed, and how much larger the next is."""
LONG_ENOUGH = 0.25
"""Seconds of a timing that can be relied on."""
TRIVIAL = 2.0
"""Seconds of work of which a rough estimate will do."""


def estimate_seconds(candidates: Candidates, calibration: CandidateCalibration, *, n_candidates: int) -> float:
    """Return how many seconds the scoring of `n_candidates` takes on one thread or GPU; rough where it is TRIVIAL."""
    n_tfs, n_genes = len(candidates.tfs), candidates.n_genes
    size, seconds = FIRST_PAIRS, np.inf
    with one_thread():
        _time_block(candidates, calibration, size)  # the first call loads and compiles what later ones have
        while True:
            spent, scored = _time_block(candidates, calibration, size)
            if scored:
                seconds = spent / scored * n_candidates
            if spent >= LONG_ENOUGH or seconds < TRIVIAL or size >= n_tfs * n_genes:
                return float(seconds) if np.isfinite(seconds) else 0.0
            size *= GROWTH


def _time_block(candidates: Candidates, calibration: CandidateCalibration, size: int) -> tuple[float, int]:
    """Return seconds and candidates of a block of about `size` pairs: many TFs, with targets spread over all."""
    n_tfs, n_genes = len(candidates.tfs), candidates.n_genes
    n_rows = min(n_tfs, size)
    rows = candidates.tfs[np.linspace(0, n_tfs - 1, n_rows).astype(np.int64)]
    columns = np.unique(np.linspace(0, n_genes - 1, min(n_genes, -(-size // n_rows))).astype(np.int64))
    start = time.perf_counter()
    table = score_block(candidates, calibration, rows, columns)
    return time.perf_counter() - start, table.num_rows


def in_words(seconds: float) -> str:
    """Return a duration as one says it: a second, 40 s, 12 min, 3.5 h."""
    if seconds < 1:
        return "a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
