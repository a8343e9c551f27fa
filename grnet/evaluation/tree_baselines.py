"""Boosted trees on numbers of the pairs, as scikit-learn has them: the learner of several baselines."""

from __future__ import annotations

import numpy as np

from grnet.evaluation.baseline_inputs import BaselineInputs, FoldPart
from grnet.schema.arrays import Float32, Float64


def predict_from_trees(data: BaselineInputs, part: FoldPart, table: Float32) -> Float64:
    """Return what histogram gradient boosting, with scikit-learn's own settings, says of the tested pairs.

    Parameters
    ----------
    data : BaselineInputs
    part : FoldPart
        The trees are fitted on its training pairs; where these have one label, the base rate is what is said.
    table : float32 array [P, F]
        Numbers of every pair, NaN where unknown.

    Returns
    -------
    float64 array [tested pairs]
        Probabilities.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    y = data.labels[part.train]
    if len(np.unique(y)) < 2:
        return np.full(int(part.test.sum()), data.training_rate(part))
    model = HistGradientBoostingClassifier(early_stopping=False, random_state=data.seed)
    model.fit(table[part.train], y)
    probability: Float64 = model.predict_proba(table[part.test])[:, 1]
    return probability
