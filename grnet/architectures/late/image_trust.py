"""How far images may move a score that RNA gives: fitted on out-of-fold scores.

A tower that saw few images can be worse than none, and so can the part that looks at both modalities, which has the
most weights. So fused scores are rna + trust · (image + joint) or rna + trust · image, whichever has the lower loss.
Both choices are made where no part has seen the labels: it is stacking (Wolpert 1992,
doi:10.1016/S0893-6080(05)80023-1) with one coefficient, and the one-standard-error rule (Breiman et al. 1984) in favour
of RNA alone; the error is that of paired differences over pairs, which are taken as independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.probability.calibration_fit import fit_calibration
from grnet.schema.arrays import Float64, Int8

TRUSTS = np.linspace(0.0, 1.0, 11)
FEWEST_PAIRS = 30


@dataclass(frozen=True)
class ImageSay:
    """What part of a model images move.

    Attributes
    ----------
    trust : float
        0..1.
    joint : bool
        Whether the part that looks at both modalities is added, too.
    """

    trust: float
    joint: bool

    def add_to(self, rna: Float64, image: Float64, joint: Float64) -> Float64:
        """Return fused logits [P] from those of the parts."""
        added = image + joint if self.joint else image
        fused: Float64 = rna + self.trust * added
        return fused


def choose_say(rna: Float64, image: Float64, joint: Float64, labels: Int8) -> ImageSay:
    """Return whether the joint part is added, by the lower loss at its best trust, and the trust by the rule.

    Parameters
    ----------
    rna, image, joint : float64 arrays [P]
        Out-of-fold logits of the parts, of pairs that have both modalities.
    labels : int8 array [P]
    """
    if len(labels) < FEWEST_PAIRS:
        return ImageSay(0.0, joint=True)
    lowest = {
        both: float(_losses_by_trust(rna, image + joint if both else image, labels).mean(axis=1).min())
        for both in (False, True)
    }
    both = lowest[True] < lowest[False]
    return ImageSay(choose_trust(rna, image + joint if both else image, labels), both)


def choose_trust(rna: Float64, added: Float64, labels: Int8) -> float:
    """Return the smallest trust whose loss is within one standard error of the best one.

    Parameters
    ----------
    rna, added : float64 arrays [P]
        Out-of-fold logits of RNA, and what images add to them, of pairs that have both.
    labels : int8 array [P]

    Returns
    -------
    float
        0..1; 0 where there are fewer than FEWEST_PAIRS pairs to tell.
    """
    if len(labels) < FEWEST_PAIRS:
        return 0.0
    losses = _losses_by_trust(rna, added, labels)
    excess = losses - losses[losses.mean(axis=1).argmin()]
    error = excess.std(axis=1, ddof=1) / np.sqrt(len(labels))
    return float(TRUSTS[np.flatnonzero(excess.mean(axis=1) <= error)[0]])


def _losses_by_trust(rna: Float64, added: Float64, labels: Int8) -> Float64:
    """Return the loss of each pair at each of TRUSTS, [trusts, P]."""
    return np.stack([_calibrated_losses(rna + trust * added, labels) for trust in TRUSTS])


def _calibrated_losses(scores: Float64, labels: Int8) -> Float64:
    """Return the cross-entropy of each pair after Platt scaling, so that order counts and overconfidence does not."""
    probability = fit_calibration(scores, labels, method="platt").apply(scores)
    losses: Float64 = -np.log(np.where(labels == 1, probability, 1.0 - probability))
    return losses


def nested_say(
    rna: Float64, image: Float64, joint: Float64, labels: Int8, folds: Int8, *, n_folds: int
) -> list[ImageSay]:
    """Return what images move in each fold, chosen on the pairs of the other folds."""
    others = [folds != fold for fold in range(n_folds)]
    return [choose_say(rna[own], image[own], joint[own], labels[own]) for own in others]
