"""A dataset → the arrays for each gene that models take: the same for every measurement."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from grnet.dataset.directory import Dataset
from grnet.features.profiles import make_profiles
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import Modality


def build_features(dataset: Dataset, modality: Modality = "fused", *, threads: int = 1) -> GeneFeatures:
    """Return the features of every gene by each measurement; those of RNA alone where models look at nothing else.

    RNA is there for models of images, too: every candidate is told the correlation of its expression. Measurements are
    worked out by several threads; each result is the same for any number of them.
    """
    n_genes = len(dataset.genes)
    wanted = dataset.of_modality("rna" if modality == "rna" else "fused")
    measured = [entry for entry in wanted if len(entry.gene)]
    with ThreadPoolExecutor(threads) as pool:
        return GeneFeatures(n_genes, tuple(pool.map(partial(make_profiles, n_genes=n_genes), measured)))
