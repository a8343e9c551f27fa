"""Where the paper's networks look: gradient × input, one backward pass for each image pair.

The input is normalised, so 0 is the mean of the training's images, and a pixel that is like it says nothing. Of the
image pairs of a gene pair at most IMAGE_PAIRS are looked at, as many of each view; the gradient is that of an image
pair's own logit. (Shrikumar et al. 2017, arXiv:1605.01713, on gradient × input.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.architectures.patches import PatchGrid
from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.image_pairs import ImagePairs
from grnet.schema.arrays import Float32, Indices
from grnet.schema.evidence import Saliency

if TYPE_CHECKING:
    from grnet.architectures.sdinet.scorer import SdinetScorer

METHOD = "gradient"
IMAGE_PAIRS = 8
"""Most image pairs of a gene pair that are looked at."""


def look_by_gradients(scorer: SdinetScorer, explained: ExplainedPairs) -> list[Saliency]:
    """Return where the judges of some pairs look.

    Parameters
    ----------
    scorer : SdinetScorer
        Of networks that look at images.
    explained : ExplainedPairs
    """
    return [_look(scorer, explained, row) for row in range(len(explained.pairs))]


def _look(scorer: SdinetScorer, explained: ExplainedPairs, row: int) -> Saliency:
    """Return where the judges of one pair look: means over its image pairs of a view, and over judges."""
    images, device = scorer.samples.images, scorer.samples.device
    assert images is not None
    pair = explained.pairs.take(np.array([row]))
    tf, target = (torch.from_numpy(gene).to(device) for gene in (pair.tf, pair.target))
    number, view = choose_image_pairs(images, int(pair.tf[0]), int(pair.target[0]))
    inputs = scorer.samples.gather(tf, target, torch.zeros_like(number), number)
    judges = np.flatnonzero(explained.judges[:, row])
    grid = PatchGrid.of(*inputs["images"].shape[2:])
    total = np.mean([grid.add_up(weigh_pixels(scorer.models[judge], inputs)) for judge in judges], axis=0)
    of_view = {
        name: total[view == index].mean(axis=0) for index, name in enumerate(images.views) if (view == index).any()
    }
    return Saliency(
        METHOD,
        tf={name: maps[0].astype(np.float32) for name, maps in of_view.items()},
        target={name: maps[1].astype(np.float32) for name, maps in of_view.items()},
    )


def choose_image_pairs(images: ImagePairs, tf: int, target: int) -> tuple[Tensor, Indices]:
    """Return the numbers of at most IMAGE_PAIRS image pairs of a gene pair, and the view of each."""
    in_view = (images.count[tf] * images.count[target]).cpu().numpy()
    of_each = max(IMAGE_PAIRS // max(int((in_view > 0).sum()), 1), 1)
    starts = np.cumsum(in_view) - in_view
    taken = np.minimum(in_view, of_each)
    numbers = np.concatenate([start + np.arange(count) for start, count in zip(starts, taken, strict=True)])
    return torch.from_numpy(numbers).to(images.count.device), np.repeat(np.arange(len(in_view)), taken)


def weigh_pixels(model: PairClassifier, inputs: dict[str, Tensor]) -> Float32:
    """Return gradient × input of the logit of each image pair, float32 [B, 2, H, W]; the TF's image first."""
    seen: list[Tensor] = []

    def watch(_: nn.Module, __: tuple[Tensor, ...], normalised: Tensor) -> Tensor:
        seen.append(normalised.detach().requires_grad_(True))
        return seen[-1]

    handle = model.normalisers["images"].register_forward_hook(watch)
    try:
        with torch.enable_grad():
            logits = model(**inputs)
            (gradient,) = torch.autograd.grad(logits.sum(), seen)
    finally:
        handle.remove()
    weighed: Float32 = (gradient * seen[0].detach()).float().cpu().numpy()
    return weighed
