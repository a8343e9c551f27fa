"""Which sets of genes the targets of a TF hold more of than chance would put there.

For each TF and set the hypergeometric test (Fisher's exact test, one-sided): with N genes that could be targets of the
TF, K of them in the set, and n targets of which k are in the set, p is the chance of k or more among n drawn without
replacement. All tests are corrected together by Benjamini & Hochberg (1995, doi:10.1111/j.2517-6161.1995.tb02031.x).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from grnet.schema.arrays import Float64
from grnet.schema.gene_sets import GeneSet
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import TARGET, TF

LARGEST_Q = 0.05
"""False discovery rate up to which a set is called enriched."""
FEWEST = 2
"""Targets in a set, to be listed."""
COLUMNS = ("tf", "gene_set", "description", "targets", "genes_in_set", "targets_in_set", "expected", "p", "q", "genes")


@dataclass(frozen=True)
class RegulonSets:
    """What was tested, and what came of it.

    Attributes
    ----------
    table : DataFrame
        One row for each TF and set that share two genes or more, the smallest p first. Columns COLUMNS: counts as
        int64, `expected` targets in the set by chance, `p`, `q`, and the shared `genes` (symbols between spaces).
    universe : int
        Genes of the dataset; a TF is not among its own possible targets.
    tests : int
        TFs with targets × sets with a gene in the universe: that many were corrected for.
    unmatched : int
        Sets without a gene in the universe.
    names, matched : int
        Distinct genes of all sets, and those of them that are in the universe.
    """

    table: pd.DataFrame
    universe: int
    tests: int
    unmatched: int
    names: int
    matched: int


def find_enriched(edges: pd.DataFrame, genes: GeneCatalogue, sets: Sequence[GeneSet]) -> RegulonSets:
    """Test the targets of every TF of a network against every set.

    Parameters
    ----------
    edges : DataFrame
        With `tf` and `target`.
    genes : GeneCatalogue
        All genes of the dataset: the universe.
    sets : sequence of GeneSet
        Their genes are looked up as symbols, then as ids.
    """
    from scipy import sparse
    from scipy.stats import hypergeom

    by_name = {**{name: row for row, name in enumerate(genes.ids) if name}, **genes.position}
    found = [sorted({by_name[name] for name in one.genes if name in by_name}) for one in sets]
    some = [place for place, rows in enumerate(found) if rows]
    tfs = list(dict.fromkeys(edges[TF]))
    row_of = {tf: row for row, tf in enumerate(tfs)}
    places = edges[TF].map(row_of).to_numpy(np.int64), genes.indices_of(edges[TARGET])
    shape = len(tfs), len(genes)
    is_target = sparse.csr_array((np.ones(len(edges), dtype=np.int64), places), shape=shape)
    places = (
        np.repeat(np.arange(len(some)), [len(found[k]) for k in some]),
        np.concatenate([[], *(found[k] for k in some)]),
    )
    shape = len(some), len(genes)
    in_set = sparse.csr_array((np.ones(len(places[1]), dtype=np.int64), places), shape=shape)
    shared = (is_target @ in_set.T).toarray()  # [TFs, sets]
    n_targets = is_target.sum(axis=1)[:, None]
    n_in_set = in_set.sum(axis=1) - in_set.T.tocsr()[genes.indices_of(tfs)].toarray()  # a TF is no target of its own
    p = np.ones(shared.shape)  # where nothing is shared it is exactly 1, and most are
    hit = shared > 0
    drawn = np.broadcast_to(n_targets, shared.shape)[hit]
    p[hit] = hypergeom.sf(shared[hit] - 1, len(genes) - 1, n_in_set[hit], drawn)
    q = correct_for_many(p.ravel()).reshape(p.shape)
    rows = []
    for tf, one in zip(*np.nonzero(shared >= FEWEST), strict=True):
        both = np.intersect1d(is_target[[tf]].indices, found[some[one]])
        kind, counts = sets[some[one]], (n_targets[tf, 0], n_in_set[tf, one], shared[tf, one])
        expected = counts[0] * counts[1] / max(len(genes) - 1, 1)
        shown = " ".join(genes.symbols[gene] for gene in both)
        rows.append((tfs[tf], kind.name, kind.description, *map(int, counts), expected, p[tf, one], q[tf, one], shown))
    table = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(["p", "tf", "gene_set"], ignore_index=True)
    names = {name for one in sets for name in one.genes}
    return RegulonSets(table, len(genes), p.size, len(sets) - len(some), len(names), len(names & by_name.keys()))


def correct_for_many(p: Float64) -> Float64:
    """Return the smallest false discovery rate at which each test [M] counts (Benjamini & Hochberg 1995)."""
    order = np.argsort(p)[::-1]
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return q
