"""What cross-fitting gives: the models of each fold and seed, and what they say of the pairs that they did not see."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from grnet.architectures.fitted_fold import FittedFold
from grnet.schema.arrays import Float64


@dataclass(frozen=True)
class CrossFit:
    """Fold models and what they say of the pairs that they did not see.

    Attributes
    ----------
    fitted : list of lists of FittedFold
        S seeds, each with K folds.
    scores : float64 array [P]
        Out-of-fold logits, the mean over seeds; NaN where no model is tested on the pair.
    last_scores : float64 array [P] or None
        Those from the weights of the last epoch, where an architecture keeps them, too: such scores are probabilities
        as they are.
    parts : dict of str to float64 array [P]
        Out-of-fold logits of "rna" alone and of "image" alone, where a model can tell; NaN where a pair lacks the
        modality, or is in no test.
    without : dict of str to float64 array [P]
        Out-of-fold logits of the same models without a source, such as "known-network"; NaN where a pair is in no test.
    part_weights : list of dict of str to float
        For each seed, what the parts that a score is the sum of count for a pair with all modalities, the mean over
        folds; empty where a model has no such parts.
    notes : tuple of str
        What to mind of these models.
    """

    fitted: list[list[FittedFold]]
    scores: Float64
    last_scores: Float64 | None = None
    parts: dict[str, Float64] = field(default_factory=dict)
    without: dict[str, Float64] = field(default_factory=dict)
    part_weights: list[dict[str, float]] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def collect_held_out(fitted: list[list[FittedFold]], name: str, n_pairs: int) -> Float64:
    """Put the held-out scores of all folds in the order of the labelled pairs, and average over seeds: [P].

    Parameters
    ----------
    fitted : list of lists of FittedFold
    name : str
        A field of :class:`~grnet.architectures.fitted_fold.HeldOut`.
    n_pairs : int
    """
    scores = np.full((len(fitted), n_pairs), np.nan)
    for member, folds in enumerate(fitted):
        for fold in folds:
            assert fold.held_out is not None
            scores[member, fold.held_out.position] = getattr(fold.held_out, name)
    mean: Float64 = scores.mean(axis=0)
    return mean
