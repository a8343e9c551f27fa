"""Where one pair stands among the candidates of its target and of its TF, which are scored for it, and by |r|."""

from __future__ import annotations

import numpy as np

from grnet.explanation.listed_pairs import refuse_pair
from grnet.probability.calibration import CandidateCalibration
from grnet.schema.arrays import Float32, Indices
from grnet.schema.evidence import Place, Places
from grnet.scoring.candidates import Candidates
from grnet.scoring.score_blocks import work_out_figures

PAIRS_AT_ONCE = 2**20


def place_pair(candidates: Candidates, calibration: CandidateCalibration, tf: int, target: int) -> Places:
    """Score the candidate regulators of a target and the candidate targets of a TF, and find a pair among them.

    Parameters
    ----------
    candidates : Candidates
    calibration : CandidateCalibration
        What makes probabilities of logits.
    tf, target : int
        Genes of the pair.

    Raises
    ------
    InputError
        The pair is no candidate.
    """
    one, other = (np.array([gene], dtype=np.int64) for gene in (tf, target))
    genes = np.arange(candidates.n_genes, dtype=np.int64)
    of_target = _place(candidates, calibration, (candidates.tfs, other), (tf, target))
    of_tf = _place(candidates, calibration, (one, genes), (tf, target))
    return Places(of_target[0], of_tf[0], of_target[1], of_tf[1], _place_among_all(candidates, tf, target))


def _place(
    candidates: Candidates, calibration: CandidateCalibration, block: tuple[Indices, Indices], pair: tuple[int, int]
) -> tuple[Place, Place | None]:
    """Return the place of a pair in a block of candidates, by probability and by |r|."""
    scored = candidates.score_pairs(*block)
    (own,) = np.nonzero((scored.tf == pair[0]) & (scored.target == pair[1]))
    if not len(own):
        raise refuse_pair(candidates, *pair)
    probability = work_out_figures(scored, calibration).probability
    by_probability = _find_place(probability, own[0])
    assert by_probability is not None
    return by_probability, _find_place(np.abs(scored.correlation), own[0])


def _place_among_all(candidates: Candidates, tf: int, target: int) -> Place | None:
    """Return the place of a pair among all candidates by |r|, which are looked at some targets at a time."""
    genes = np.arange(candidates.n_genes, dtype=np.int64)
    blocks = np.array_split(genes, -(-len(genes) * len(candidates.tfs) // PAIRS_AT_ONCE))
    (block,) = (targets for targets in blocks if targets[0] <= target <= targets[-1])  # the same product as below
    row = int(np.searchsorted(candidates.tfs, tf))
    own = abs(float(candidates.expression.correlate(candidates.tfs, block)[row, target - block[0]]))
    if np.isnan(own):
        return None
    above = among = 0
    for targets in blocks:
        size = np.abs(candidates.correlations(targets))
        above, among = above + int((size > own).sum()), among + int((~np.isnan(size)).sum())
    return Place(above + 1, among)


def _find_place(values: Float32, own: int) -> Place | None:
    """Return the place of one among some values, the largest first; NaN does not count, and None is its place."""
    if np.isnan(values[own]):
        return None
    return Place(int((values > values[own]).sum()) + 1, int((~np.isnan(values)).sum()))
