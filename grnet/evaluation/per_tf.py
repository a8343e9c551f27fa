"""How well predictors rank the targets of each TF, one TF at a time.

Enter: the TF, label and probabilities of the tested pairs. Leave: medians over the TFs with enough pairs of both
labels. A ranking over all pairs may be good because it knows the busy TFs; within one TF that helps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.evaluation.bootstrap import as_json
from grnet.evaluation.ranking import rank_pairs
from grnet.schema.arrays import Float64, Indices

FEWEST_OF_A_LABEL = 5


@dataclass(frozen=True)
class TfMedians:
    """Medians over TFs of the figures within a TF; NaN without TFs.

    Attributes
    ----------
    auroc, auprc_ratio : float
    n_tfs : int
        TFs with at least five positives and five negatives among the tested pairs.
    """

    auroc: float
    auprc_ratio: float
    n_tfs: int

    def to_json(self) -> dict[str, float | int | None]:
        """Return the medians and the number of TFs."""
        return {"auroc": as_json(self.auroc), "auprc_ratio": as_json(self.auprc_ratio), "n_tfs": self.n_tfs}


def take_tf_medians(
    tf: Indices, labels: npt.NDArray[np.integer[Any]], predictors: Mapping[str, Float64]
) -> dict[str, TfMedians]:
    """Return the medians of each predictor.

    Parameters
    ----------
    tf : int64 array [P]
    labels : int array [P]
    predictors : mapping of name to float64 array [P]
        Out-of-fold probabilities; pairs of one TF may come from several folds.
    """
    order = np.argsort(tf, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(tf[order])) + 1)
    enough = [rows for rows in parts if min(labels[rows].sum(), (1 - labels[rows]).sum()) >= FEWEST_OF_A_LABEL]
    results = {}
    for name, values in predictors.items():
        counts = [rank_pairs(labels[rows], values[rows]) for rows in enough]
        areas = [(one.auroc(), one.auprc() * one.n / one.n_positives) for one in counts]
        auroc, ratio = np.median(areas, axis=0) if areas else (np.nan, np.nan)
        results[name] = TfMedians(float(auroc), float(ratio), len(enough))
    return results
