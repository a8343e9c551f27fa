"""Listed pairs with what the models say of them, and which models those are.

A pair without a label is judged by all members of the ensemble, a labelled one by those of the fold that did not see
it: everything that is said of a pair is the mean over its judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.features.pairs import correlations
from grnet.probability.calibration import CandidateCalibration
from grnet.schema.arrays import UNLABELLED, Bools, Float32, Float64
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates, ScoredPairs
from grnet.scoring.score_blocks import PairFigures, work_out_figures


@dataclass(frozen=True)
class ListedPairs:
    """Pairs, and what their judges say.

    Attributes
    ----------
    scored : ScoredPairs
        P pairs, in the order in which they were asked for.
    figures : PairFigures
    spearman : float array [P]
        NaN where a gene has no expression.
    folds : int
        K.
    """

    scored: ScoredPairs
    figures: PairFigures
    spearman: Float64
    folds: int

    @property
    def pairs(self) -> PairIndex:
        """The pairs."""
        return PairIndex(self.scored.tf, self.scored.target)

    @cached_property
    def explained(self) -> ExplainedPairs:
        """The pairs as an architecture explains them."""
        return ExplainedPairs(self.pairs, self.scored.logits, find_judges(self.scored, self.folds))


def find_judges(scored: ScoredPairs, folds: int) -> Bools:
    """Return which of the M = S · K members judge which pairs, [M, P]."""
    fold_of_member = np.arange(len(scored.logits)) % folds
    judges: Bools = (scored.fold == UNLABELLED) | (fold_of_member[:, None] == scored.fold)
    return judges


def refuse_pair(candidates: Candidates, tf: int, target: int) -> InputError:
    """Return the error that says why two genes are no candidate."""
    pair = f"{candidates.symbols[tf]} → {candidates.symbols[target]}"
    if tf == target:
        return InputError(f"{pair}: a gene with itself is no candidate; name two genes")
    return InputError(
        f"{pair}: the models need a measurement that both genes have, and there is none, so the pair has no score; "
        "`grnet inspect` says which genes have images and expression"
    )


def list_pairs(
    candidates: Candidates, calibration: CandidateCalibration, pairs: PairIndex, *, logits: Float32 | None = None
) -> ListedPairs:
    """Score listed pairs, unless their logits are at hand.

    Parameters
    ----------
    candidates : Candidates
    calibration : CandidateCalibration
    pairs : PairIndex
        P pairs.
    logits : float32 array [M, P], optional
        What :meth:`Candidates.score_listed` said of them; all of them are candidates then.

    Raises
    ------
    InputError
        A pair is no candidate.
    """
    if logits is None:
        logits, found = candidates.score_listed(pairs)
        if not found.all():
            first = int(np.flatnonzero(~found)[0])
            raise refuse_pair(candidates, int(pairs.tf[first]), int(pairs.target[first]))
    pearson, spearman = correlations(candidates.features, pairs)
    known = candidates.known.of(pairs.tf, pairs.target)
    scored = ScoredPairs(pairs.tf, pairs.target, logits, pearson.astype(np.float32), *known)
    return ListedPairs(scored, work_out_figures(scored, calibration), spearman, candidates.n_folds)
