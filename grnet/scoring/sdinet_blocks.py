"""Blocks of TFs × targets → logits of the paper's networks, sample by sample, in batches gathered on the device.

A pair of genes has one sample (its joint histogram) or one for each of its image pairs; its probability is their mean.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from grnet.features.pair_samples import PairSamples
from grnet.models.device import deterministic_algorithms
from grnet.models.sdinet.classifier import PairClassifier, mean_probabilities, samples_of_a_batch, to_logits
from grnet.schema.features import Bools
from grnet.schema.genes import Indices

Floats = npt.NDArray[np.float32]


class SdinetScorer:
    """Scores blocks of TFs × targets with all fold models; a batch is gathered once and seen by each of them.

    Parameters
    ----------
    models : list of PairClassifier
        K fold models on one device.
    samples : PairSamples
        On the same device.
    """

    def __init__(self, models: list[PairClassifier], samples: PairSamples) -> None:
        self.models, self.samples = [model.for_scoring() for model in models], samples

    @property
    def n_models(self) -> int:
        """Number of fold models K."""
        return len(self.models)

    def scorable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs [P] have a sample."""
        mask: Bools = self.samples.count(*self._to_device(tf, target)).cpu().numpy() > 0
        return mask

    def score(self, tf: Indices, target: Indices) -> Floats:
        """Return the logit of the mean probability of every pair of a block from every fold model.

        Parameters
        ----------
        tf : int64 array [T]
        target : int64 array [N]

        Returns
        -------
        float32 array [K, T, N]
            NaN where a pair is not scorable.
        """
        rows, columns = self._to_device(np.repeat(tf, len(target)), np.tile(target, len(tf)))
        size = samples_of_a_batch(self.models[0].config, self.samples.device)
        batches = self.samples.batches(rows, columns, size=size)
        with deterministic_algorithms():
            mean = mean_probabilities(self.models, batches, n_pairs=len(rows))
        logits: Floats = to_logits(mean).float().cpu().numpy()
        return logits.reshape(len(self.models), len(tf), len(target))

    def _to_device(self, *indices: Indices) -> tuple[torch.Tensor, ...]:
        return tuple(torch.from_numpy(np.ascontiguousarray(index)).to(self.samples.device) for index in indices)
