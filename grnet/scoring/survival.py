"""How many edges each member of the ensemble would keep alone.

Enter: edges that were kept, and the probability from which on. Leaves: a count for each member.
"""

from __future__ import annotations

import numpy as np

from grnet.schema.calibration import CandidateCalibration
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates


def count_survivors(
    candidates: Candidates, calibration: CandidateCalibration, edges: PairIndex, *, threshold: float
) -> list[int]:
    """Return how many of `edges` each member gives at least the probability `threshold`, in the order of the members.

    Parameters
    ----------
    candidates : Candidates
    calibration : CandidateCalibration
    edges : PairIndex
        Candidates; they are scored again, TF by TF.
    threshold : float
        Compared as float32, as probabilities are stored.
    """
    survivors = np.zeros(len(calibration.levels), dtype=np.int64)
    for tf in np.unique(edges.tf):
        pairs = candidates.judge(np.array([tf]), np.unique(edges.target[edges.tf == tf]))
        probability = calibration.by_member(pairs.logits).astype(np.float32)
        survivors += (probability >= np.float32(threshold)).sum(axis=1)
    return [int(count) for count in survivors]
