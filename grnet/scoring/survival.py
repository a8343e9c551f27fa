"""How many edges each member of the ensemble would keep alone.

Enter: edges that were kept, and the probability from which on. Leaves: a count for each member.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.probability.calibration import CandidateCalibration
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates

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


def count_survivors(
    candidates: Candidates, calibration: CandidateCalibration, edges: PairIndex, *, threshold: float, seed: int
) -> Survivors:
    """Count the edges that each member gives at least the probability `threshold`, in the order of the members.

    Parameters
    ----------
    candidates : Candidates
    calibration : CandidateCalibration
    edges : PairIndex
        Candidates; of more than MOST_EDGES a random part is looked at.
    threshold : float
        Compared as float32, as probabilities are stored.
    seed : int
        Of the random part.
    """
    if len(edges) > MOST_EDGES:
        edges = edges.take(np.sort(np.random.default_rng(seed).choice(len(edges), MOST_EDGES, replace=False)))
    logits, _ = candidates.judge_listed(edges)
    probability = calibration.by_member(logits).astype(np.float32)
    kept = (probability >= np.float32(threshold)).sum(axis=1)
    return Survivors(len(edges), tuple(int(count) for count in kept))
