"""The genes that gene sets are looked up among: those that could be targets."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from grnet.network.regulon_sets import find_enriched
from grnet.schema.errors import InputError
from grnet.schema.gene_sets import GeneSet
from grnet.schema.genes import GeneCatalogue
from grnet.workflow.gene_sets import check_sets, universe_of, universe_of_scores

GENES = GeneCatalogue(
    tuple("abcdef"), ("",) * 6, np.array([True, False, False, False, False, False]), np.zeros(6, dtype=np.int32)
)


def test_genes_drawn_as_spots_or_named_by_terms_are_the_universe_of_models_of_images():
    pictures = [SimpleNamespace(gene=np.array([0, 3])), SimpleNamespace(gene=np.array([1, 3]))]
    dataset = SimpleNamespace(genes=GENES, of_modality=lambda modality: pictures if modality == "image" else [])
    assert universe_of(dataset, "image").symbols == ("a", "b", "d")
    assert universe_of(dataset, "fused").symbols == GENES.symbols


def test_the_universe_of_scores_are_their_targets_and_tfs():
    tables = [
        pa.table({"tf": ["a", "a"], "target": ["c", "b"]}),
        pa.table({"tf": ["a"], "target": ["e"]}),
    ]
    universe = universe_of_scores(lambda: iter(tables), GENES)
    assert universe.symbols == ("a", "b", "c", "e")  # a lone TF is no target of any, and yet looked up
    edges = pd.DataFrame({"tf": ["a", "a"], "target": ["c", "b"]})
    found = find_enriched(edges, universe, [GeneSet("both", "", ("b", "c")), GeneSet("other", "", ("f",))])
    assert (found.universe, found.unmatched) == (4, 1)
    assert found.table["genes"].tolist() == ["b c"]


def test_sets_of_other_genes_are_told():
    check_sets({"ours": GeneSet("ours", "", ("a",))}, GENES)
    with pytest.raises(InputError, match="no set has a gene of this network's dataset; expected symbols or ids such"):
        check_sets({"theirs": GeneSet("theirs", "", ("TP53",))}, GENES)
