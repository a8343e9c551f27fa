"""What the targets of TFs are rich in, against the tests of SciPy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, fisher_exact

from grnet.network.regulon_sets import COLUMNS, correct_for_many, find_enriched
from grnet.schema.gene_sets import GeneSet
from grnet.schema.genes import GeneCatalogue

N = 40
GENES = GeneCatalogue(
    tuple(f"g{i}" for i in range(N)), tuple(f"id{i}" for i in range(N)), np.arange(N) < 3, np.zeros(N, dtype=np.int32)
)
SETS = [
    GeneSet("first", "of ten", ("g0", "g10", "g11", "id12", "g13", "id13", "nobody")),
    GeneSet("others", "", ("nobody", "no one")),
    GeneSet("second", "", tuple(f"g{i}" for i in range(20, 40))),
]
EDGES = pd.DataFrame(
    [("g0", f"g{i}") for i in (10, 11, 12, 13, 14, 15)] + [("g1", f"g{i}") for i in (0, 10, 20, 21)],
    columns=["tf", "target"],
)


def test_counts_and_p_are_those_of_fishers_exact_test():
    found = find_enriched(EDGES, GENES, SETS)
    assert (found.universe, found.tests, found.unmatched) == (N, 4, 1)
    assert (found.names, found.matched) == (7 + 1 + 20, 6 + 20)  # "nobody" and "no one" are nowhere
    assert list(found.table.columns) == list(COLUMNS)
    rows = found.table.set_index(["tf", "gene_set"])
    assert list(rows.index) == [("g0", "first"), ("g1", "first"), ("g1", "second")]
    # g0 is no target of itself, so that 39 genes remain, of which 4 are in the set
    assert rows.loc[("g0", "first"), ["targets", "genes_in_set", "targets_in_set"]].tolist() == [6, 4, 4]
    assert rows.loc[("g0", "first"), "expected"] == pytest.approx(6 * 4 / 39)
    assert rows.loc[("g0", "first"), "genes"] == "g10 g11 g12 g13"
    assert rows.loc[("g1", "first"), ["targets", "genes_in_set", "targets_in_set"]].tolist() == [4, 5, 2]
    exact = [
        fisher_exact([[both, of - both], [targets - both, N - 1 - of - targets + both]], "greater").pvalue
        for targets, of, both in rows[["targets", "genes_in_set", "targets_in_set"]].itertuples(index=False)
    ]
    np.testing.assert_allclose(rows["p"], exact)
    every = [*exact, 1.0]  # g0 and the second set share nothing
    np.testing.assert_allclose(rows["q"], false_discovery_control(every)[:3])


def test_many_tests_are_corrected_as_scipy_does():
    p = np.random.default_rng(0).random(50) ** 2
    np.testing.assert_allclose(correct_for_many(p), false_discovery_control(p))
    assert correct_for_many(np.zeros(0)).tolist() == []


@pytest.mark.parametrize(("edges", "sets"), [(EDGES[:0], SETS), (EDGES, []), (EDGES, SETS[1:2])])
def test_nothing_to_test(edges, sets):
    found = find_enriched(edges, GENES, sets)
    assert (len(found.table), found.tests) == (0, 0)
