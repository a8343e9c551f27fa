"""What RNA, images and both together add to the logits of the paper's networks.

These networks mix the two at three depths, so nothing they add up belongs to one of them. A part is what looking at it
changes: with v(S) the logit of a pair when the networks see the modalities S, and 0 in the place of the others,

    baseline v(∅), rna v(r) − v(∅), image v(i) − v(∅), interaction v(r, i) − v(r) − v(i) + v(∅)

which are the Harsanyi dividends of v (Harsanyi 1963, doi:10.2307/2525487); the Shapley values of two modalities are
these parts with half of the interaction each. 0 is what the mean of the training samples, or with the paper's
normalisation a sample of one value throughout, is normalised to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from grnet.architectures.device import deterministic_algorithms
from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.architectures.sdinet.classifier import Normaliser, PairClassifier, mean_probabilities, to_logits
from grnet.schema.arrays import Float64
from grnet.schema.evidence import SHAPLEY, Contributions

if TYPE_CHECKING:
    from grnet.architectures.sdinet.scorer import SdinetScorer

INPUTS = {"rna": "histograms", "image": "images"}


def divide_sdinet(scorer: SdinetScorer, explained: ExplainedPairs) -> list[Contributions]:
    """Return the contributions of the paper's networks for each pair, averaged over its judges.

    Parameters
    ----------
    scorer : SdinetScorer
    explained : ExplainedPairs
    """
    has = {
        "rna": scorer.samples.histograms is not None,
        "image": scorer.samples.images is not None,
    }
    whole = explained.logits.astype(np.float64)  # [M, P]
    nothing = _see(scorer, explained, ())
    parts = {"baseline": nothing}
    if all(has.values()):
        rna, image = (_see(scorer, explained, (modality,)) for modality in has)
        parts |= {"rna": rna - nothing, "image": image - nothing, "interaction": whole - rna - image + nothing}
    else:
        parts |= {modality: whole - nothing for modality in has if has[modality]}
    means = {name: explained.average(values) for name, values in parts.items()}
    none = np.zeros(len(explained.pairs))
    table = [means.get(name, none).tolist() for name in ("baseline", "rna", "image", "interaction")]
    return [
        Contributions(SHAPLEY, baseline=baseline, rna=of_rna, image=of_image, interaction=of_both)
        for baseline, of_rna, of_image, of_both in zip(*table, strict=True)
    ]


def _see(scorer: SdinetScorer, explained: ExplainedPairs, kept: tuple[str, ...]) -> Float64:
    """Return the logit of each pair from each model, [M, P], where only some modalities are seen.

    What is not seen is the same for all samples, so that without images a pair has one sample, and without anything all
    pairs are one.
    """
    samples, models = scorer.samples, scorer.models
    pairs = explained.pairs if kept else explained.pairs.take(np.arange(min(len(explained.pairs), 1)))
    tf, target = (torch.from_numpy(genes).to(samples.device) for genes in (pairs.tf, pairs.target))
    most = None if "image" in kept else 1
    batches = samples.batches(tf, target, size=scorer.batch, most=most)
    blinded = [BlindedClassifier(model, kept) for model in models]
    with deterministic_algorithms():
        mean = mean_probabilities(blinded, batches, n_pairs=len(pairs))
    logits: Float64 = to_logits(mean).cpu().numpy()
    return np.broadcast_to(logits, (len(models), len(explained.pairs)))


class BlindedClassifier(nn.Module):
    """A network of the paper that sees some modalities only: the others are 0 once normalised.

    Parameters
    ----------
    model : PairClassifier
    kept : tuple of str
        "rna", "image": what it still sees.
    """

    def __init__(self, model: PairClassifier, kept: tuple[str, ...]) -> None:
        super().__init__()
        self.model = model
        self.hidden = [INPUTS[modality] for modality in INPUTS if modality not in kept]

    def forward(self, **inputs: Tensor) -> Tensor:
        """Score samples as :meth:`PairClassifier.forward` does."""
        seen = {name: self._hide(name, values) if name in self.hidden else values for name, values in inputs.items()}
        logits: Tensor = self.model(**seen)
        return logits

    def _hide(self, name: str, values: Tensor) -> Tensor:
        """Return samples that are the training's mean throughout: the same value everywhere is 0 either way."""
        normaliser = self.model.normalisers[name]
        assert isinstance(normaliser, Normaliser)
        return torch.ones_like(values) * normaliser.mean
