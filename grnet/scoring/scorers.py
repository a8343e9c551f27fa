"""What scores candidates: any architecture that gives logits for a block of TFs × targets, chosen by the run."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from grnet.dataset.directory import Dataset
from grnet.features.pair_samples import PairSamples
from grnet.models.late import LateInteraction
from grnet.models.run_folder import Run
from grnet.models.sdinet.classifier import PairClassifier
from grnet.schema.features import Bools, GeneFeatures
from grnet.schema.genes import Indices
from grnet.scoring.late_blocks import LateScorer
from grnet.scoring.sdinet_blocks import SdinetScorer

Floats = npt.NDArray[np.float32]
BATCH_PAIRS = {"late": 65_536, "sdinet": 256}
"""Architecture → pairs of a shard where nobody asks for a number: about what a kill can cost."""


class PairScorer(Protocol):
    """Scores pairs of genes with all fold models of a run.

    The same block gets the same bytes every time, so that a run that was killed ends as one that was not.
    """

    @property
    def n_models(self) -> int:
        """Number of fold models K."""
        ...

    def scorable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs the models have anything to look at for.

        Parameters
        ----------
        tf, target : int64 arrays [P]
            A pair has one of each.

        Returns
        -------
        bool array [P]
        """
        ...

    def score(self, tf: Indices, target: Indices) -> Floats:
        """Return the logits of every pair of a block from every fold model.

        Parameters
        ----------
        tf : int64 array [T]
        target : int64 array [N]

        Returns
        -------
        float32 array [K, T, N]
            NaN where a pair is not scorable.
        """
        ...


def make_scorer(run: Run, dataset: Dataset, features: GeneFeatures, device: torch.device) -> PairScorer:
    """Return what scores the pairs of `dataset` with the models of `run`.

    Raises
    ------
    FormatError
        The dataset gives other features than those of the training, or weights cannot be loaded.
    """
    run.check_features(features)
    models = run.load_models(device)
    late = [model for model in models if isinstance(model, LateInteraction)]
    if late:
        return LateScorer(late, features, device)
    networks = [model for model in models if isinstance(model, PairClassifier)]
    return SdinetScorer(networks, PairSamples.build(dataset, networks[0].config, device))


def default_batch_pairs(run: Run) -> int:
    """Return how many pairs of a run are scored at a time where nobody asks for a number."""
    return BATCH_PAIRS[run.architecture]
