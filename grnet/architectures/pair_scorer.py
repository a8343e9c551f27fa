"""What scores pairs of genes with all models of a run, and says why."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.schema.arrays import Bools, Float32, Indices
from grnet.schema.evidence import Contributions, Saliency


class PairScorer(ABC):
    """Scores pairs of genes with all fold models of a run.

    The same block gets the same bytes every time, so that a run that was killed ends as one that was not.

    Attributes
    ----------
    threads : int
        How many threads may explain pairs; what comes of it does not depend on it.
    """

    threads = 1

    @property
    @abstractmethod
    def n_models(self) -> int:
        """Number of models M: K folds of the first seed, then of the next."""

    @abstractmethod
    def scorable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs of a block the models have anything to look at for.

        Parameters
        ----------
        tf : int64 array [T]
        target : int64 array [N]

        Returns
        -------
        bool array [T, N]
        """

    @abstractmethod
    def score(self, tf: Indices, target: Indices) -> Float32:
        """Return the logits of every pair of a block from every model.

        Parameters
        ----------
        tf : int64 array [T]
        target : int64 array [N]

        Returns
        -------
        float32 array [M, T, N]
            NaN where a pair is not scorable.
        """

    @abstractmethod
    def find_contributions(self, explained: ExplainedPairs) -> list[Contributions]:
        """Return what adds up to the score of each pair, averaged over its judges."""

    def take_less(self) -> bool:
        """Look at half as many pairs at a time from now on; return False where it is one already."""
        return False

    def fit_memory(self, budget: int, n_tfs: int) -> int:
        """Look at as few pairs at a time as fit into some memory.

        Parameters
        ----------
        budget : int
            Bytes.
        n_tfs : int
            TFs of a block.

        Returns
        -------
        int
            About how many bytes a block takes then; more than `budget` where one pair at a time is too much.
        """
        del budget, n_tfs
        return 0

    def find_image_use(self, explained: ExplainedPairs) -> Bools:
        """Return for which pairs [P], of those that have RNA and images, any judge gives images a weight."""
        return np.ones(len(explained.pairs), dtype=bool)

    def find_mapped(self, explained: ExplainedPairs) -> Bools:
        """Return for which pairs [P], of those with images, :meth:`find_saliency` has something to show."""
        return np.ones(len(explained.pairs), dtype=bool)

    def find_saliency(self, explained: ExplainedPairs, views: tuple[str, ...]) -> list[Saliency | None]:
        """Return where the judges of pairs whose genes both have images look; None where that cannot be told.

        Parameters
        ----------
        explained : ExplainedPairs
        views : tuple of str
            Of the dataset.
        """
        del views
        return [None] * len(explained.pairs)

    def describe_saliency(self, saliency: Saliency) -> str:
        """Return what a reader has to know of such a map; empty where nothing."""
        del saliency
        return ""
