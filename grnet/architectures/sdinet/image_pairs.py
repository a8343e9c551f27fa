"""Image pairs: every image of a TF beside every image of a target in the same view.

Enters: a dataset. Leaves: :class:`ImagePairs`, which holds each image once, on the device, and numbers the image pairs
of a gene pair, so that batches are gathered from any places of any list of gene pairs. An image stands in very many
pairs; no pair of images is stored, so memory depends on the images and on the batch, not on the number of pairs.

Within a gene pair, image pairs are numbered by view (in the order of `views`), then by the TF's image, then by
the target's (both in the dataset's order).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grnet.architectures.sdinet.view_images import ViewImages, resample
from grnet.dataset.directory import Dataset

SIZE = (128, 320)
"""Height and width that the paper's network takes, pixels."""


@dataclass(frozen=True)
class ImagePairs:
    """All images on a device, and where those of each gene and view are.

    Attributes
    ----------
    images : uint8 tensor [N, H, W]
        Grey, 0..255, ordered by gene, then view.
    first, count : int64 tensors [G, V]
        The images of gene g in view v are `images[first[g, v] : first[g, v] + count[g, v]]`.
    size : tuple of int
        Height and width that gathered images have, pixels.
    views : tuple of str
    """

    images: Tensor
    first: Tensor
    count: Tensor
    size: tuple[int, int] = SIZE
    views: tuple[str, ...] = ()

    @classmethod
    def build(cls, dataset: Dataset, device: torch.device, *, size: tuple[int, int] = SIZE) -> ImagePairs:
        """Order the images of `dataset` that its table lists by gene and view and copy them to `device`."""
        found = ViewImages.gather(dataset)
        place = found.gene * len(found.views) + found.view
        shape = (len(dataset.genes), len(found.views))
        count = np.bincount(place, minlength=shape[0] * shape[1])
        images = found.images[np.argsort(place, kind="stable")]
        return cls(
            images=torch.from_numpy(images).to(device),
            first=torch.from_numpy((np.cumsum(count) - count).reshape(shape)).to(device),
            count=torch.from_numpy(count.reshape(shape)).to(device),
            size=size,
            views=found.views,
        )

    def count_pairs(self, tf: Tensor, target: Tensor) -> Tensor:
        """Return how many image pairs each listed gene pair has.

        Parameters
        ----------
        tf, target : int64 tensors [P]
            Genes.

        Returns
        -------
        int64 tensor [P]
            Summed over the views; 0 where no view has images of both genes.
        """
        return (self.count[tf] * self.count[target]).sum(dim=1)

    def rows_of(self, tf: Tensor, target: Tensor, owner: Tensor, number: Tensor) -> tuple[Tensor, Tensor]:
        """Return the two images of numbered image pairs.

        Parameters
        ----------
        tf, target : int64 tensors [P]
            Genes of the listed gene pairs.
        owner : int64 tensor [M]
            0..P - 1: the gene pair that an image pair belongs to.
        number : int64 tensor [M]
            0..`count_pairs`[owner] - 1: which of its image pairs; :func:`locate` gives both.

        Returns
        -------
        tf_rows, target_rows : int64 tensors [M]
            Positions in `images`.
        """
        tf, target = tf[owner], target[owner]
        n_target = self.count[target]  # [M, V]
        in_view = self.count[tf] * n_target
        ends = in_view.cumsum(dim=1)
        view = (number[:, None] >= ends).sum(dim=1)  # [M]
        row = torch.arange(len(owner), device=owner.device)
        within = number - (ends - in_view)[row, view]
        columns = n_target[row, view]
        tf_rows = self.first[tf, view] + torch.div(within, columns, rounding_mode="floor")
        return tf_rows, self.first[target, view] + within % columns

    def gather(self, tf_rows: Tensor, target_rows: Tensor) -> Tensor:
        """Return the images of image pairs as a network takes them.

        Parameters
        ----------
        tf_rows, target_rows : int64 tensors [M]
            Positions in `images`.

        Returns
        -------
        float32 tensor [M, 2, height, width]
            0..1, the TF's image in channel 0; resampled to `size` by bilinear interpolation, averaging over what falls
            together where an image shrinks.
        """
        height, width = self.images.shape[1:]
        rows = torch.stack([tf_rows, target_rows], dim=1)
        chosen = self.images.index_select(0, rows.flatten())
        pairs = chosen.view(len(rows), 2, height, width).float().div_(255)
        return resample(pairs, self.size)


def locate(counts: Tensor, flat: Tensor) -> tuple[Tensor, Tensor]:
    """Find samples that are numbered through a list of gene pairs: which gene pair, and which of its samples.

    Parameters
    ----------
    counts : int64 tensor [P]
        Samples (image pairs) of each gene pair; may be 0.
    flat : int64 tensor [M]
        Numbers of samples, 0..`counts`.sum() - 1, in any order.

    Returns
    -------
    owner : int64 tensor [M]
        0..P - 1; never a gene pair without samples.
    number : int64 tensor [M]
        0..`counts`[owner] - 1.
    """
    ends = counts.cumsum(dim=0)
    owner = torch.searchsorted(ends, flat, right=True)
    return owner, flat - (ends - counts)[owner]
