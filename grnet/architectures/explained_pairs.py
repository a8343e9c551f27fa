"""Listed pairs to explain: the logits of every model, and which models score which pair out of fold.

A pair without a label is judged by all members of the ensemble, a labelled one by those of the fold that did not see
it: everything that is said of a pair is the mean over its judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Bools, Float32, Float64, Indices
from grnet.schema.genes import PairIndex


@dataclass(frozen=True)
class ExplainedPairs:
    """Pairs, and what their judges say.

    Attributes
    ----------
    pairs : PairIndex
        P pairs.
    logits : float32 array [M, P]
        Of all members, those too that do not judge the pair.
    judges : bool array [M, P]
        Which members judge which pairs.
    """

    pairs: PairIndex
    logits: Float32
    judges: Bools

    def average(self, values: npt.NDArray[Any]) -> Float64:
        """Return the mean over the judges of each pair, [P], of what the members say, [M, P]."""
        mean: Float64 = np.where(self.judges, values, 0.0).sum(axis=0, dtype=np.float64) / self.judges.sum(axis=0)
        return mean

    def take(self, rows: Indices) -> ExplainedPairs:
        """Return the pairs at `rows`."""
        return ExplainedPairs(self.pairs.take(rows), self.logits[:, rows], self.judges[:, rows])
