"""What a network of the paper reads of gene pairs, assembled on the device when it is asked for.

Enters: gene pairs. Leaves: their samples in batches. A sample is an image pair, where the network looks at images, and
else the gene pair itself. Only what belongs to one gene or one image is stored; a batch is gathered from that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.histograms import JointHistograms
from grnet.architectures.sdinet.image_pairs import ImagePairs, locate
from grnet.dataset.directory import Dataset


@dataclass(frozen=True)
class PairSamples:
    """The samples of any gene pairs.

    Attributes
    ----------
    histograms : JointHistograms or None
        Where the network looks at expression.
    images : ImagePairs or None
        Where it looks at images.
    fewest : int
        Gene pairs with fewer samples count as having none.
    """

    histograms: JointHistograms | None
    images: ImagePairs | None
    fewest: int = 1

    @classmethod
    def build(cls, dataset: Dataset, config: SdinetConfig, device: torch.device) -> PairSamples:
        """Copy what the network of a modality looks at to `device`."""
        histograms = None if config.modality == "image" else JointHistograms.build(dataset.expression, device)
        if config.modality == "rna":
            return cls(histograms, None)
        return cls(histograms, ImagePairs.build(dataset, device, size=config.image_size), config.min_image_pairs)

    @property
    def device(self) -> torch.device:
        """Where samples are assembled."""
        held = self.images.images if self.images is not None else self.histograms and self.histograms.present
        assert isinstance(held, Tensor)
        return held.device

    def count(self, tf: Tensor, target: Tensor) -> Tensor:
        """Return the number of samples of each gene pair.

        Parameters
        ----------
        tf, target : int64 tensors [P]

        Returns
        -------
        int64 tensor [P]
            0 where a gene lacks what the network looks at, or the samples are fewer than `fewest`.
        """
        count = torch.ones_like(tf) if self.images is None else self.images.count_pairs(tf, target)
        count = count * (count >= self.fewest)
        if self.histograms is None:
            return count
        present = self.histograms.present
        return count * (present[tf] & present[target])

    def gather(self, tf: Tensor, target: Tensor, owner: Tensor, number: Tensor) -> dict[str, Tensor]:
        """Assemble samples.

        Parameters
        ----------
        tf, target : int64 tensors [P]
        owner : int64 tensor [B]
            Position of each sample's gene pair.
        number : int64 tensor [B]
            Which of the pair's samples.

        Returns
        -------
        dict of str to float32 tensor
            "images" [B, 2, H, W], "histograms" [B, 1, bins, bins]: those that the network looks at.
        """
        inputs = {}
        if self.images is not None:
            inputs["images"] = self.images.gather(*self.images.rows_of(tf, target, owner, number))
        if self.histograms is not None:
            inputs["histograms"] = self.histograms.of_pairs(tf[owner], target[owner])
        return inputs

    def batches(
        self, tf: Tensor, target: Tensor, *, size: int, most: int | None = None
    ) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
        """Yield the samples of gene pairs in order, batch by batch, each with its pair's position.

        Parameters
        ----------
        tf, target : int64 tensors [P]
        size : int
            Most samples of a batch.
        most : int, optional
            Most samples of a gene pair, its first ones; all where it is not given.

        Yields
        ------
        owner : int64 tensor [B]
        inputs : dict of str to float32 tensor
            As :meth:`gather`.
        """
        counts = self.count(tf, target)
        taken = counts if most is None else counts.clamp_max(most)
        total = int(taken.sum())
        for start in range(0, total, size):
            flat = torch.arange(start, min(start + size, total), device=tf.device)
            owner, number = locate(taken, flat)
            yield owner, self.gather(tf, target, owner, number)
