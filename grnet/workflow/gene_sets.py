"""Files of gene sets → what the targets of TFs hold more of than chance, for `grnet view` and `grnet infer-network`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from grnet.dataset.directory import Dataset
from grnet.dataset.gene_sets import read_gene_sets
from grnet.dataset.table_cells import listed
from grnet.network.regulon_sets import LARGEST_Q, RegulonSets, find_enriched
from grnet.schema.arrays import Indices
from grnet.schema.errors import InputError
from grnet.schema.gene_sets import GeneSet
from grnet.schema.genes import GeneCatalogue
from grnet.schema.progress import Progress
from grnet.schema.tables import TARGET, TF
from grnet.schema.training_config import Modality
from grnet.scores.pair_scores import Shards


def read_sets(files: Sequence[Path]) -> dict[str, GeneSet]:
    """Return the sets of all files by their names.

    Raises
    ------
    MissingInputError, InputError
        A file is missing or no GMT, or two files have a set of the same name.
    """
    sets: dict[str, GeneSet] = {}
    for file in files:
        for one in read_gene_sets(file):
            if one.name in sets:
                raise InputError(f"{file}: the set {one.name!r} is in another file, too; give each a name of its own")
            sets[one.name] = one
    return sets


def universe_of(dataset: Dataset, modality: Modality) -> GeneCatalogue:
    """Return the genes of a dataset that could be targets: those that models of a modality may look at."""
    if modality != "image":
        return dataset.genes
    shown = np.unique(np.concatenate([entry.gene for entry in dataset.of_modality("image")]))
    return _take(dataset.genes, shown)


def universe_of_scores(shards: Shards, genes: GeneCatalogue) -> GeneCatalogue:
    """Return the genes that are a TF or a target of any candidate."""
    found = {name for table in shards() for end in (TF, TARGET) for name in table[end].unique().to_pylist()}
    return _take(genes, genes.indices_of(sorted(found, key=genes.position.__getitem__)))


def _take(genes: GeneCatalogue, rows: Indices) -> GeneCatalogue:
    return GeneCatalogue.from_frame(genes.to_frame().iloc[rows].reset_index(drop=True))


def check_sets(sets: Mapping[str, GeneSet], genes: GeneCatalogue) -> None:
    """Make sure that sets are of these genes.

    Raises
    ------
    InputError
        No set has one of them, or most descriptions are genes: the file has none, and a gene of each set would be lost.
    """
    names = {*genes.symbols, *genes.ids} - {""}
    taken = [one for one in sets.values() if one.description in names]
    if 2 * len(taken) > len(sets):
        first = taken[0]
        raise InputError(
            f"--gene-sets: the second cell of {len(taken):,} of {len(sets):,} gene sets is a gene (set {first.name!r}: "
            f"{first.description!r}); GMT has a description there: put an empty cell between name and genes"
        )
    if not any(names.intersection(one.genes) for one in sets.values()):
        raise InputError(
            f"--gene-sets: no set has a gene of this network's dataset; expected symbols or ids such as "
            f"{listed(genes.symbols, 3)}, got {listed(next(iter(sets.values())).genes, 3)}"
        )


def find_regulon_sets(
    sets: Mapping[str, GeneSet], edges: pd.DataFrame, genes: GeneCatalogue, progress: Progress
) -> RegulonSets:
    """Return what the targets of TFs hold more of than chance, and say how much that is.

    Parameters
    ----------
    sets : mapping of str to GeneSet
        For which :func:`check_sets` has found nothing.
    edges : DataFrame
        With `tf` and `target`.
    genes : GeneCatalogue
        The universe.
    progress : Progress
    """
    enriched = find_enriched(edges, genes, list(sets.values()))
    found = enriched.table[enriched.table["q"] <= LARGEST_Q]
    progress.say(
        f"gene sets: {len(found):,} of {enriched.tests:,} tests (TF × set) with q <= {LARGEST_Q:g}, "
        f"for {found['tf'].nunique():,} TFs; universe: the {enriched.universe:,} genes that could be targets"
        f"; {enriched.matched:,} of {enriched.names:,} genes of the sets are among them, "
        f"and {enriched.unmatched:,} of {len(sets):,} sets have none there"
    )
    return enriched
