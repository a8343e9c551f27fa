"""The novel edges of a network: how many are expected to be true, and how many each model alone would keep.

New edges are those without a label in the training: the network says something of them that was not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grnet.network.selection import Selection
from grnet.probability.prior import Prior
from grnet.probability.probability_limits import ProbabilityLimits
from grnet.schema.tables import PROBABILITY


@dataclass(frozen=True)
class NovelEdges:
    """Figures of the kept edges that carry no label.

    Attributes
    ----------
    prior : Prior
        Which fraction of the candidates is taken to be edges.
    edges : int
        Kept edges without a label.
    expected_precision : float or None
        Their mean probability; None where there are none.
    highest : float or None
        Probability of the best candidate without a label, kept or not; None where all carry one.
    threshold : float or None
        Lowest probability of an edge that the limits keep; None where they keep nothing.
    looked_at : int
        Edges that each member was asked about: all without a label, or a random part.
    survivors : tuple of int
        For each member, how many of these it gives at least that probability alone.
    interval : (float, float) or None
        95 % interval of the expected precision; None where there are no edges, or the data cannot tell it.
    limits : ProbabilityLimits or None
        Of the probabilities, for the interval of any other choice of these edges; None where the interval is.
    """

    prior: Prior
    edges: int
    expected_precision: float | None
    highest: float | None
    threshold: float | None
    looked_at: int
    survivors: tuple[int, ...]
    interval: tuple[float, float] | None = None
    limits: ProbabilityLimits | None = None

    @classmethod
    def of_selection(
        cls,
        selection: Selection,
        *,
        prior: Prior,
        limits: ProbabilityLimits | None = None,
        looked_at: int = 0,
        survivors: tuple[int, ...] = (),
    ) -> NovelEdges:
        """Look at the edges of a selection; without the models at hand nobody can be asked who keeps them alone."""
        probability = selection.edges[PROBABILITY].to_numpy(np.float64)
        new = ~selection.labelled
        told = limits is not None and prior.is_settled and bool(new.any())
        return cls(
            prior=prior,
            edges=int(new.sum()),
            expected_precision=float(probability[new].mean()) if new.any() else None,
            highest=selection.counts.highest_unlabelled,
            threshold=selection.lowest,
            looked_at=looked_at,
            survivors=survivors,
            interval=limits.of_mean(probability[new]) if limits is not None and told else None,
            limits=limits if told else None,
        )

    @property
    def expected_true(self) -> float | None:
        """How many of the edges without a label are expected to be true; None where there are none, or unknown."""
        if self.expected_precision is None or not self.prior.is_settled:
            return None
        return self.edges * self.expected_precision

    def to_json(self) -> dict[str, Any]:
        """Return the entries of `summary.json`."""
        return {
            "prior": self.prior.to_json(),
            "ranking_only": not self.prior.is_settled,
            "unlabelled": {
                "edges": self.edges,
                "expected_precision": self.expected_precision,
                "expected_precision_interval": None if self.interval is None else list(self.interval),
                "expected_true": self.expected_true,
                "highest_probability": self.highest,
                "limits": None if self.limits is None else self.limits.to_json(),
            },
            "survival": {"edges": self.looked_at, "threshold": self.threshold, "members": list(self.survivors)},
        }
