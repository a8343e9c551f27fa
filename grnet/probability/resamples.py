"""Resamples of known edges and candidates, from which intervals come.

TFs are drawn with replacement, each with its known edges and candidates (Davison & Hinkley 1997,
doi:10.1017/CBO9780511802843, section 3.8), since edges of a TF resemble each other; known edges one by one where too
few TFs have any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Float64, Indices

RESAMPLES = 120
FEWEST_GROUPS = 8


@dataclass(frozen=True)
class Resample:
    """Which known edges are drawn, int64 [P'], and how often each group of candidates is, float64 [G]."""

    rows: Indices
    groups: Float64


def draw_resamples(known_group: Indices, n_groups: int, *, seed: int) -> list[Resample]:
    """Draw from known edges with a group each, [P], and candidates of `n_groups` groups."""
    rng = np.random.default_rng(seed)
    if len(np.unique(known_group)) < FEWEST_GROUPS:
        whole = np.ones(n_groups)
        return [Resample(rng.integers(len(known_group), size=len(known_group)), whole) for _ in range(RESAMPLES)]
    rows = [np.flatnonzero(known_group == group) for group in range(n_groups)]
    return [_draw_groups(rows, rng) for _ in range(RESAMPLES)]


def _draw_groups(rows: list[Indices], rng: np.random.Generator) -> Resample:
    """Draw as many groups as there are, until some known edge is among them."""
    while True:
        drawn = rng.integers(len(rows), size=len(rows))
        known = np.concatenate([rows[group] for group in drawn])
        if len(known):
            return Resample(known, np.bincount(drawn, minlength=len(rows)).astype(np.float64))
