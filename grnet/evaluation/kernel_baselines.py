"""Baselines that ask whether a target looks like the known targets of the TF: pairwise kernel ridge regression."""

from __future__ import annotations

import numpy as np

from grnet.evaluation.baseline_inputs import IMAGES, RNA, BaselineInputs, FoldPart, name_kernel
from grnet.evaluation.held_out_calibration import calibrate_scores, choose_held_out
from grnet.schema.arrays import Float64


def predict_from_kernels(data: BaselineInputs, part: FoldPart) -> dict[str, Float64]:
    """Return the probabilities of the tested pairs by the name of the baseline: on RNA, on images, and on both.

    The score on both is the sum of the two: each predicts the label, and departs from the base rate by what it knows.
    Empty where the inputs have no kernels.
    """
    held = choose_held_out(data, part)
    known = {name: score(part.train & ~held)[held] for name, score in data.kernels.items()}
    asked = {name: score(part.train)[part.test] for name, score in data.kernels.items()}
    wanted = [(name,) for name in (RNA, IMAGES) if name in asked] + [(RNA, IMAGES)] * (len(asked) > 1)
    return {
        name_kernel(*names): calibrate_scores(
            np.sum([known[name] for name in names], axis=0), np.sum([asked[name] for name in names], axis=0), data, part
        )
        for names in wanted
    }
