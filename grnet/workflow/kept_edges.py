"""The kept edges as all members of the ensemble see them: scored once, for the summary and for the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from grnet.network.novel_edges import NovelEdges
from grnet.network.selection import Selection
from grnet.probability.prior_fit import PriorFit
from grnet.schema.arrays import Float32, Indices
from grnet.schema.genes import GeneCatalogue, PairIndex
from grnet.scoring.candidates import Candidates
from grnet.scoring.survival import choose_looked_at, count_survivors


@dataclass(frozen=True)
class KeptEdges:
    """What the members say of edges: of those that the page explains, and of those that survival is counted on.

    Attributes
    ----------
    novel : int64 array [N]
        Rows of edges without a label on which survival is counted.
    rows : int64 array [R]
        Rows of all edges that were scored again, rising.
    logits : float32 array [M, R]
    """

    novel: Indices
    rows: Indices
    logits: Float32

    @classmethod
    def score(cls, selection: Selection, candidates: Candidates, genes: GeneCatalogue, *, seed: int) -> KeptEdges:
        """Score the edges of a selection that are looked at again.

        Parameters
        ----------
        selection : Selection
            From the scores of `candidates`.
        candidates : Candidates
        genes : GeneCatalogue
            That of the dataset.
        seed : int
            Of the random part of very many edges.
        """
        novel = choose_looked_at(np.flatnonzero(~selection.labelled), seed=seed)
        rows = np.union1d(novel, np.arange(len(explained_edges(selection.edges, candidates))))
        pairs = PairIndex.from_frame(selection.edges.iloc[rows], genes)
        return cls(novel, rows, candidates.score_listed(pairs)[0])

    def of(self, rows: Indices) -> Float32:
        """Return the logits [M, N] of some of the rows that were scored."""
        return self.logits[:, np.searchsorted(self.rows, rows)]

    def look_at(self, selection: Selection, fit: PriorFit) -> NovelEdges:
        """Return the figures of the kept edges without a label."""
        asked = count_survivors(self.of(self.novel), fit.calibration, threshold=selection.lowest or 0.0)
        return NovelEdges.of_selection(
            selection, prior=fit.prior, limits=fit.limits, looked_at=asked.looked_at, survivors=asked.kept
        )


def explained_edges(edges: pd.DataFrame, candidates: Candidates) -> pd.DataFrame:
    """Return the edges, of a table with the best first, for which the page shows evidence."""
    return edges.head(candidates.costs.explained_edges)
