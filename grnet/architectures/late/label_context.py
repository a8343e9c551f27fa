"""All that the labelled pairs of one model say of a list of pairs, by each measurement."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from grnet.architectures.late.network import LateInteraction
from grnet.features.known_network import KnownNetwork
from grnet.features.pairs import ContextTable
from grnet.features.pairwise_kernel import PairwiseKernel
from grnet.features.similar_pairs import PairLabels, SimilarPairContext
from grnet.schema.features import BY_KNOWN_NETWORK, by_kernel


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
        self.part, self.network = model.known_network, None
        if self.part is not None:
            n_genes = len(next(iter(tables.values())).present)
            self.network = KnownNetwork(PairLabels(*model.labelled), n_genes)

    def of_pairs(self, tf: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Return by name what labelled pairs of similar genes say, float32 [P, 18], and the other parts, float32 [P].

        These are the scores by the kernel of each measurement, and by the known network.
        """
        said = self.similar.of_pairs(tf, target)
        said |= {by_kernel(name): scores.of_pairs(tf, target) for name, scores in self.kernels.items()}
        if self.part is not None and self.network is not None:
            said[BY_KNOWN_NETWORK] = self.part.score_pairs(self.network, tf, target)
        return said
