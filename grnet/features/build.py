"""A dataset → the arrays for each gene that models take: the same for every measurement."""

from __future__ import annotations

from grnet.dataset.directory import Dataset
from grnet.features.profiles import make_profiles
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import Modality


def build_features(dataset: Dataset, modality: Modality = "fused") -> GeneFeatures:
    """Return the features of every gene by each measurement; those of RNA alone where models look at nothing else.

    RNA is there for models of images, too: every candidate is told the correlation of its expression.
    """
    n_genes = len(dataset.genes)
    wanted = dataset.of_modality("rna" if modality == "rna" else "fused")
    measured = [entry for entry in wanted if len(entry.gene)]
    return GeneFeatures(n_genes, tuple(make_profiles(entry, n_genes) for entry in measured))
