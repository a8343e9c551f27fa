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
from grnet.schema.model_configs import ScoringPrecision
from grnet.scoring.late_blocks import LateScorer
from grnet.scoring.sdinet_blocks import SdinetScorer

Floats = npt.NDArray[np.float32]
BATCH_PAIRS = {"late": 65_536, "sdinet": 256}
"""Architecture → pairs of a shard where nobody asks for a number: about what a kill can cost."""
FEWEST_TARGETS = {"late": 64, "sdinet": 1}
"""Architecture → targets of a shard, at least, then: what is worked out for all TFs has to serve some."""


class PairScorer(Protocol):
    """Scores pairs of genes with all fold models of a run.

    The same block gets the same bytes every time, so that a run that was killed ends as one that was not.
    """

    @property
    def n_models(self) -> int:
        """Number of fold models K."""
        ...

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
        ...

    def take_less(self) -> bool:
        """Look at half as many pairs at a time from now on; return False where it is one already."""
        ...

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


def make_scorer(
    run: Run, dataset: Dataset, features: GeneFeatures, device: torch.device, *, precision: ScoringPrecision = "fp32"
) -> PairScorer:
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
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        return LateScorer(late, features, device, tfs=dataset.genes.tfs, dtype=dtype)
    networks = [model for model in models if isinstance(model, PairClassifier)]
    return SdinetScorer(networks, PairSamples.build(dataset, networks[0].config, device))


def default_batch_pairs(run: Run, n_tfs: int) -> int:
    """Return how many pairs of a run a shard has at most where nobody asks for a number."""
    return max(BATCH_PAIRS[run.architecture], FEWEST_TARGETS[run.architecture] * n_tfs)
