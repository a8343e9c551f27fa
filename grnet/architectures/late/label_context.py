"""All that the labelled pairs of one model say of a list of pairs, by each measurement."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from grnet.architectures.late.network import LateInteraction
from grnet.features.pairs import ContextTable
from grnet.features.pairwise_kernel import PairwiseKernel
from grnet.features.similar_pairs import PairLabels, SimilarPairContext
from grnet.schema.features import by_kernel


class LabelContext:
    """What the pairs that a model was trained on say of any.

    Parameters
    ----------
    model : LateInteraction
    tables : mapping of str to ContextTable
        Of each measurement that the model looks at.
    kernels : mapping of str to PairwiseKernel
        Of the same.
    """

    def __init__(
        self, model: LateInteraction, tables: Mapping[str, ContextTable], kernels: Mapping[str, PairwiseKernel]
    ) -> None:
        self.similar = SimilarPairContext(tables, PairLabels(*model.labelled))
        self.kernels = model.score_kernels(kernels)

    def of_pairs(self, tf: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Return what labelled pairs of similar genes say, float32 [P, 18], and kernel scores, float32 [P], by name."""
        said = self.similar.of_pairs(tf, target)
        return said | {by_kernel(name): scores.of_pairs(tf, target) for name, scores in self.kernels.items()}
