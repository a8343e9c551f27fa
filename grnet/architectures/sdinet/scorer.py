"""Blocks of TFs × targets → logits of the paper's networks, sample by sample, in batches gathered on the device.

A pair of genes has one sample (its joint histogram) or one for each of its image pairs; its probability is their mean.
"""

from __future__ import annotations

import numpy as np
import torch

from grnet.architectures.device import deterministic_algorithms
from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.architectures.pair_scorer import PairScorer
from grnet.architectures.sdinet.classifier import PairClassifier, mean_probabilities, samples_of_a_batch, to_logits
from grnet.architectures.sdinet.contributions import divide_sdinet
from grnet.architectures.sdinet.gradients import IMAGE_PAIRS, look_by_gradients
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.schema.arrays import Bools, Float32, Indices
from grnet.schema.evidence import Contributions, Saliency

LARGEST_LAYERS = 96
"""Channels, of the size of the image, that are held at a time when a batch passes a network."""


class SdinetScorer(PairScorer):
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
        self.batch = samples_of_a_batch(models[0].config, samples.device)

    @property
    def n_models(self) -> int:
        """Number of fold models K."""
        return len(self.models)

    def scorable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs of a block [T, N] have a sample."""
        rows, columns = self._pairs(tf, target)
        mask: Bools = self.samples.count(rows, columns).cpu().numpy() > 0
        return mask.reshape(len(tf), len(target))

    def take_less(self) -> bool:
        """Look at half as many samples at a time from now on; return False where it is one already."""
        self.batch, before = max(self.batch // 2, 1), self.batch
        return self.batch < before

    def fit_memory(self, budget: int, n_tfs: int) -> int:
        """Look at as few samples at a time as fit into `budget` bytes; return what a block takes, roughly."""
        while self._needs() > budget and self.take_less():
            pass
        return self._needs()

    def _needs(self) -> int:
        """Return about how many bytes a batch takes: the first layers of a network are the largest."""
        height, width = self.models[0].config.image_size
        return 4 * self.batch * height * width * LARGEST_LAYERS

    def score(self, tf: Indices, target: Indices) -> Float32:
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
        rows, columns = self._pairs(tf, target)
        batches = self.samples.batches(rows, columns, size=self.batch)
        with deterministic_algorithms():
            mean = mean_probabilities(self.models, batches, n_pairs=len(rows))
        logits: Float32 = to_logits(mean).float().cpu().numpy()
        return logits.reshape(len(self.models), len(tf), len(target))

    def _pairs(self, tf: Indices, target: Indices) -> tuple[torch.Tensor, torch.Tensor]:
        """Return TFs and targets of the pairs of a block, on the device."""
        device = self.samples.device
        pairs = np.repeat(tf, len(target)), np.tile(target, len(tf))
        rows, columns = (torch.from_numpy(np.ascontiguousarray(index)).to(device) for index in pairs)
        return rows, columns

    def find_contributions(self, explained: ExplainedPairs) -> list[Contributions]:
        """Return Shapley values of RNA and images, and what both together add to these."""
        return divide_sdinet(self, explained)

    def find_saliency(self, explained: ExplainedPairs, views: tuple[str, ...]) -> list[Saliency | None]:
        """Return gradient × input of the images."""
        del views  # drawn pictures have views, too
        return list(look_by_gradients(self, explained))

    def describe_saliency(self, saliency: Saliency) -> str:
        """Say of how many image pairs the map is."""
        return f"Where the models look: of at most {IMAGE_PAIRS} image pairs of the two genes."
