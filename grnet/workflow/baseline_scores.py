"""What the baselines of a report card say of the pairs of a training: features → what rules look at → probabilities."""

from __future__ import annotations

import numpy as np
import torch

from grnet.architectures.base import TrainingData
from grnet.architectures.device import one_thread
from grnet.division.training_pairs import TrainingPairs
from grnet.evaluation.baseline_inputs import IMAGES, RNA, BaselineInputs, FoldScores, GraphTable
from grnet.evaluation.baselines import out_of_fold_baselines
from grnet.evaluation.report_card_inputs import find_groups
from grnet.features.known_network import KnownNetwork
from grnet.features.pairs import ContextTable, correlations, expression_similarity
from grnet.features.pairwise_kernel import KernelScores, PairwiseKernel
from grnet.features.similar_pairs import Hidden, PairLabels
from grnet.schema.arrays import Bools, Float32, Float64, Indices
from grnet.schema.features import GeneFeatures, Profiles
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import SplitName

CPU = torch.device("cpu")


def score_split(
    features: GeneFeatures, training: TrainingPairs, n_genes: int, tfs: Indices, split: SplitName, seed: int
) -> dict[str, Float64]:
    """Return what :func:`score_baselines` does, for workers."""
    with one_thread():
        return score_baselines(TrainingData(features, None, training, n_genes, tfs), split=split, seed=seed)


def score_baselines(data: TrainingData, *, split: SplitName = "pair", seed: int) -> dict[str, Float64]:
    """Return what each baseline says of the tested pairs: float64 [P] by name, NaN where a pair is in no test.

    Parameters
    ----------
    data : TrainingData
        Divided by the split.
    split : {"pair", "tf", "target", "both", "paper"}
        What is new in the tested pairs.
    seed : int
    """
    training, features = data.training, data.features
    pearson, spearman = correlations(features, training.pairs)
    inputs = BaselineInputs(
        pairs=training.pairs,
        labels=training.labels,
        folds=training.folds,
        pearson=pearson,
        spearman=spearman,
        n_genes=data.n_genes,
        seed=seed,
        similarity=expression_similarity(features),
        context=_describe_context(features, training.pairs),
        known_network=_describe_network(training, data.n_genes, "pair" if split == "paper" else split),
        kernels=_list_kernels(features, training),
        train=training.allowed,
        groups=find_groups(split, training.pairs, data.n_genes),
    )
    return out_of_fold_baselines(inputs)


def _describe_context(features: GeneFeatures, pairs: PairIndex) -> Float32 | None:
    """Return the co-expression context of pairs with the backgrounds of both genes, float32 [P, F].

    NaN where a gene has no expression; None where none has.
    """
    profiles = features.of_modality("rna")
    if not profiles:
        return None
    tf, target = torch.from_numpy(pairs.tf), torch.from_numpy(pairs.target)
    tables = [ContextTable.from_profiles(entry, torch.device("cpu")) for entry in profiles]
    parts = [table.of_pairs(tf, target).numpy() for table in tables]
    backgrounds = [entry.background.reshape(-1, entry.background.shape[-1]).T for entry in profiles]  # [G, 4 M]
    parts += [background[genes] for background in backgrounds for genes in (pairs.tf, pairs.target)]
    context: Float32 = np.hstack(parts)
    context[~features.scorable("rna", pairs.tf, pairs.target)] = np.nan
    return context


def _describe_network(training: TrainingPairs, n_genes: int, hidden: Hidden) -> GraphTable:
    """Return what tells the numbers of pairs in the graph of known pairs; what is new in tested pairs is held back."""
    tf, target = (torch.from_numpy(genes) for genes in (training.pairs.tf, training.pairs.target))
    label = torch.from_numpy(training.labels).float()

    def describe(known: Bools, rows: Bools) -> Float32:
        network = KnownNetwork(PairLabels(tf[known], target[known], label[known]), n_genes)
        numbers: Float32 = network.of_pairs(tf[rows], target[rows], hidden=hidden).numpy()
        return numbers

    return describe


def _list_kernels(features: GeneFeatures, training: TrainingPairs) -> dict[str, FoldScores]:
    """Return kernel ridge on the measurements of each modality that the dataset has."""
    modalities = {RNA: features.of_modality("rna"), IMAGES: features.of_modality("image")}
    return {name: _fit_kernels(profiles, training) for name, profiles in modalities.items() if profiles}


def _fit_kernels(profiles: tuple[Profiles, ...], training: TrainingPairs) -> FoldScores:
    """Return a function from the pairs [P] to learn from to scores of all pairs, summed over the measurements."""
    kernels = [PairwiseKernel.of(entry, CPU) for entry in profiles]
    tf, target = (torch.from_numpy(genes) for genes in (training.pairs.tf, training.pairs.target))
    label = torch.from_numpy(training.labels).float()

    def score(known: Bools) -> Float64:
        total = np.zeros(len(tf))
        for kernel in kernels:
            dual = kernel.fit(tf[known], target[known], label[known])
            total += KernelScores(kernel, tf[known], target[known], dual).of_pairs(tf, target).numpy()
        return total

    return score
