"""Late-interaction models for tests: all of their parts count, and listed pairs are scored one way."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from grnet.architectures.late.arrays import GeneInputs, Logits
from grnet.architectures.late.label_context import LabelContext
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.parts import PATTERNS
from grnet.features.pairs import context_tables
from grnet.features.pairwise_kernel import PairwiseKernel
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import Modality

CPU = torch.device("cpu")


def derive_kernels(features: GeneFeatures, modality: Modality) -> dict[str, PairwiseKernel]:
    """Return the kernel of each measurement that models of a modality look at."""
    return {profiles.name: PairwiseKernel.of(profiles, CPU) for profiles in features.of_modality(modality)}


def teach(model: LateInteraction, features: GeneFeatures, tf: Tensor, target: Tensor, value: Tensor) -> None:
    """Give a model labelled pairs, fit its kernels on them, and let it say something of the known network."""
    model.keep_labelled(tf, target, value)
    model.fit_kernels(derive_kernels(features, model.config.modality))
    if model.known_network is not None:
        nn.init.normal_(model.known_network.out.weight, std=0.5, generator=torch.Generator().manual_seed(0))


def weigh_all_parts(model: LateInteraction, *, seed: int = 0) -> None:
    """Give each pattern a base, and each part that can say anything of it a weight between 0.2 and 1."""
    rng = torch.Generator().manual_seed(seed)
    model.base.copy_(torch.randn(len(PATTERNS), generator=rng))
    counts = [[part.counts_in(pattern) for part in model.parts] for pattern in PATTERNS]
    weights = 0.2 + 0.8 * torch.rand(len(PATTERNS), len(model.parts), generator=rng)
    model.weights.copy_(weights * torch.tensor(counts))


def weigh_images(model: LateInteraction, weight: float) -> None:
    """Set what each part that looks at images counts for a pair that shares RNA, too."""
    for column, part in enumerate(model.parts):
        if part.modality == "image":
            model.weights[PATTERNS.index("fused"), column] = weight


def context_of(
    model: LateInteraction,
    features: GeneFeatures,
    tf: Tensor,
    target: Tensor,
    *,
    compared_by: GeneFeatures | None = None,
) -> dict[str, Tensor]:
    """Return the context of listed pairs; `compared_by` are other features to compare genes of labelled pairs by."""
    modality, compared_by = model.config.modality, compared_by or features
    context = {name: table.of_pairs(tf, target) for name, table in context_tables(features, modality, CPU).items()}
    said = LabelContext(model, context_tables(compared_by, modality, CPU), derive_kernels(compared_by, modality))
    return context | said.of_pairs(tf, target)


def score_listed(
    model: LateInteraction,
    features: GeneFeatures,
    tf: Tensor,
    target: Tensor,
    *,
    compared_by: GeneFeatures | None = None,
) -> Logits:
    """Return the logits of listed pairs, from all that the model looks at."""
    genes = GeneInputs.from_features(features, CPU)
    context = context_of(model, features, tf, target, compared_by=compared_by)
    with torch.inference_mode():
        logits: Logits = model(context, *(model.encode(genes.take(index)) for index in (tf, target)))
    return logits
