"""From the scores of a baseline to probabilities, by training pairs that it did not learn from.

Enters: a rule that scores pairs, given which pairs it may learn from. Leave: probabilities of the tested pairs of a
fold, in the order of their scores. The scores of pairs that a rule was fitted on look better than those of new ones,
and where a pair counts among the degrees of its own genes they look worse; so neither can be calibrated on.
"""

from __future__ import annotations

import numpy as np

from grnet.evaluation.baseline_inputs import BaselineInputs, FoldPart, FoldScores
from grnet.probability.calibration_fit import fit_calibration
from grnet.schema.arrays import Bools, Float64

_TRIFLE = 1e-6


def choose_held_out(data: BaselineInputs, part: FoldPart) -> Bools:
    """Return the training pairs [P] to calibrate on: one of the inner folds."""
    held: Bools = part.train & (data.inner_folds == 0)
    return held


def predict_from_scores(score: FoldScores, data: BaselineInputs, part: FoldPart) -> Float64:
    """Return the probabilities of the tested pairs of a fold by a rule that scores.

    The rule learns from four fifths of the training pairs for a logistic regression on the scores of the others, then
    from all of them for the tested ones.
    """
    held = choose_held_out(data, part)
    return calibrate_scores(score(part.train & ~held)[held], score(part.train)[part.test], data, part)


def calibrate_scores(known: Float64, asked: Float64, data: BaselineInputs, part: FoldPart) -> Float64:
    """Return the probabilities of tested pairs from their scores.

    Parameters
    ----------
    known : float64 array [held-out pairs]
        Scores of the pairs of :func:`choose_held_out`.
    asked : float64 array [tested pairs]
    data : BaselineInputs
    part : FoldPart

    Returns
    -------
    float64 array [tested pairs]
        In the order of their scores, also where the held-out pairs do not rise with them: then they are the base rate,
        but for a trifle.
    """
    held = choose_held_out(data, part)
    if len(known):
        probability = fit_calibration(known, data.labels[held], method="platt").apply(asked)
    else:
        probability = np.full(len(asked), data.training_rate(part))
    order = np.unique(asked, return_inverse=True)[1] / max(len(asked), 1)
    result: Float64 = (1 - _TRIFLE) * probability + _TRIFLE * order
    return result
