"""How the negatives that a lab gives were chosen: like the candidates, or balanced by TF, or of the known targets.

Enter: the labelled pairs, and the genes whose pairs are candidates. Leaves: how TFs and targets are distributed among
the negatives and among the candidates, and sentences that say so. Where the two differ, figures on labelled pairs do
not say how well candidates are ranked, and a model of labelled pairs alone does not know what most candidates are like.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.division.label_balance import is_balanced
from grnet.schema.arrays import Indices
from grnet.schema.genes import PairIndex

FAR_FROM = 0.1
"""Part of the negatives that would have to be of other genes for them to be like the candidates, beyond chance."""


@dataclass(frozen=True)
class GivenNegatives:
    """The negatives of some labelled pairs beside the candidates.

    Attributes
    ----------
    balanced_by_tf : bool
        Each TF has negatives in the same ratio to its positives.
    tf_distance, target_distance : float
        Total variation distance of the distributions of TFs, and of targets, among negatives and candidates: the part
        of the negatives that would have to be of other genes, 0..1. What chance alone gives is subtracted, so it is a
        lower bound.
    on_known_targets, candidates_on_known_targets : float
        Part of the negatives, and of the candidates, whose target has a positive.
    negatives_per_positive : float
    """

    balanced_by_tf: bool
    tf_distance: float
    target_distance: float
    on_known_targets: float
    candidates_on_known_targets: float
    negatives_per_positive: float

    @property
    def differ(self) -> bool:
        """Whether the negatives differ from the candidates in their TFs or in their targets."""
        return max(self.tf_distance, self.target_distance) > FAR_FROM

    @property
    def text(self) -> str:
        """How the negatives were chosen, as it seems, and how that differs from the candidates: sentences."""
        return " ".join([self._describe_tfs(), *self._describe_targets()])

    def _describe_tfs(self) -> str:
        if self.balanced_by_tf:
            text = (
                "the negatives are balanced by TF: each TF has about "
                f"{_state_ratio(self.negatives_per_positive)} as positives."
            )
            return f"{text} Candidates are not: every TF has as many of them." if self.differ else text
        if self.tf_distance > FAR_FROM:
            return (
                f"the negatives are distributed over TFs differently from the candidates: at least "
                f"{self.tf_distance:.0%} of them would need another TF."
            )
        return "the negatives are distributed over TFs like the candidates."

    def _describe_targets(self) -> list[str]:
        if self.target_distance <= FAR_FROM:
            return []
        return [
            "They are distributed over targets differently from the candidates: at least "
            f"{self.target_distance:.0%} of them would need another target. {self.on_known_targets:.0%} of the "
            f"negatives have a target with a positive, of the candidates {self.candidates_on_known_targets:.0%}."
        ]


def describe_negatives(
    pairs: PairIndex, labels: npt.NDArray[np.integer], *, tfs: Indices, targets: Indices
) -> GivenNegatives:
    """Compare the given negatives with the candidates.

    Parameters
    ----------
    pairs : PairIndex of P pairs
    labels : int array [P]
        With both labels.
    tfs, targets : int64 arrays
        Distinct genes whose pairs are candidates, each TF with each target.
    """
    positives, negatives = pairs.take(labels == 1), pairs.take(labels == 0)
    known = np.unique(positives.target)
    return GivenNegatives(
        balanced_by_tf=is_balanced(pairs.tf, labels),
        tf_distance=_measure_distance(negatives.tf, tfs),
        target_distance=_measure_distance(negatives.target, targets),
        on_known_targets=float(np.isin(negatives.target, known).mean()),
        candidates_on_known_targets=float(np.isin(targets, known).mean()),
        negatives_per_positive=len(negatives) / max(len(positives), 1),
    )


def _measure_distance(genes: Indices, candidates: Indices) -> float:
    """Return the total variation distance of some genes from equal shares of all candidates, less that of chance."""
    n, n_candidates = len(genes), len(candidates)
    size = int(max(genes.max(), candidates.max())) + 1
    even = np.zeros(size)
    even[candidates] = n / n_candidates
    distance = np.abs(np.bincount(genes, minlength=size) - even).sum() / (2 * n)
    by_chance = n_candidates * _deviate_by_chance(n / n_candidates) / (2 * n)
    return float(max(distance - by_chance, 0.0))


def _deviate_by_chance(mean: float) -> float:
    """Return the mean absolute deviation of a Poisson variable (Crow 1958)."""
    from scipy.stats import poisson

    whole = np.floor(mean)
    return float(2 * (whole + 1) * poisson.pmf(whole + 1, mean))


def _state_ratio(negatives_per_positive: float) -> str:
    if abs(negatives_per_positive - 1) < 0.05:
        return "as many"
    return f"{negatives_per_positive:.2g} times as many"
