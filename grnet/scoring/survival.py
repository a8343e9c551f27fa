"""How many edges each member of the ensemble would keep alone.

Enter: edges that were kept, and the probability from which on. Leaves: a count for each member.
"""

from __future__ import annotations

import numpy as np

from grnet.schema.calibration import CandidateCalibration
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates

EDGES_AT_ONCE = 262_144


def count_survivors(
    candidates: Candidates, calibration: CandidateCalibration, edges: PairIndex, *, threshold: float
) -> list[int]:
    """Return how many of `edges` each member gives at least the probability `threshold`, in the order of the members.

    Parameters
    ----------
    candidates : Candidates
    calibration : CandidateCalibration
    edges : PairIndex
        Candidates; they are scored again.
    threshold : float
        Compared as float32, as probabilities are stored.
    """
    survivors = np.zeros(len(calibration.levels), dtype=np.int64)
    for part in np.array_split(np.arange(len(edges)), max(-(-len(edges) // EDGES_AT_ONCE), 1)):
        logits, _ = candidates.judge_listed(edges.take(part))
        probability = calibration.by_member(logits).astype(np.float32)
        survivors += (probability >= np.float32(threshold)).sum(axis=1)
    return [int(count) for count in survivors]
