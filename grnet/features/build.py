"""A dataset → the arrays for each gene that models take: the same for every measurement."""

from __future__ import annotations

from grnet.dataset.directory import Dataset
from grnet.features.profiles import make_profiles
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import Modality


def build_features(dataset: Dataset, modality: Modality = "fused") -> GeneFeatures:
    """Return the features of every gene by each measurement that a model of `modality` looks at."""
    n_genes = len(dataset.genes)
    measured = [entry for entry in dataset.of_modality(modality) if len(entry.gene)]
    return GeneFeatures(n_genes, tuple(make_profiles(entry, n_genes) for entry in measured))
