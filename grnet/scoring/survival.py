"""How many edges each member of the ensemble would keep alone.

Enter: what all members say of edges that were kept, and the probability from which on. Leaves: a count for each member.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.probability.calibration import CandidateCalibration
from grnet.schema.arrays import Float32, Indices

MOST_EDGES = 5000
"""Edges that are looked at; of more, a random part: it tells as much, and the edges have to be scored again."""


@dataclass(frozen=True)
class Survivors:
    """How many of some edges each member keeps.

    Attributes
    ----------
    looked_at : int
        Edges.
    kept : tuple of int
        Of these, by each member.
    """

    looked_at: int
    kept: tuple[int, ...]


def choose_looked_at(edges: Indices, *, seed: int) -> Indices:
    """Return which edges are looked at: all, or of more than MOST_EDGES a random part in the same order.

    Parameters
    ----------
    edges : int64 array [E]
        Any numbers that tell edges apart.
    seed : int
        Of the random part.
    """
    if len(edges) <= MOST_EDGES:
        return edges
    chosen: Indices = edges[np.sort(np.random.default_rng(seed).choice(len(edges), MOST_EDGES, replace=False))]
    return chosen


def count_survivors(logits: Float32, calibration: CandidateCalibration, *, threshold: float) -> Survivors:
    """Count the edges that each member gives at least the probability `threshold`, in the order of the members.

    Parameters
    ----------
    logits : float32 array [M, E]
        Of edges without a label, from all members.
    calibration : CandidateCalibration
    threshold : float
        Compared as float32, as probabilities are stored.
    """
    probability = calibration.by_member(logits).astype(np.float32)
    kept = (probability >= np.float32(threshold)).sum(axis=1)
    return Survivors(logits.shape[1], tuple(int(count) for count in kept))
