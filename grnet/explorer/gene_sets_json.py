"""Gene sets on a page: for each TF those that its targets are rich in."""

from __future__ import annotations

from typing import Any

import pandas as pd

from grnet.network.regulon_sets import LARGEST_Q, RegulonSets
from grnet.schema.tables import SYMBOL

MOST_OF_A_TF = 30
"""Sets of a TF that a page holds, the most significant; the table beside it holds all."""


def describe_gene_sets(enriched: RegulonSets, nodes: pd.DataFrame) -> dict[str, Any]:
    """Return what a page says of gene sets.

    Parameters
    ----------
    enriched : RegulonSets
    nodes : DataFrame
        The genes in the page.

    Returns
    -------
    dict
        `universe`, `tests`, `limit` (of q), and `of`: for each gene the sets, most significant first, as [name,
        description, targets in it, genes in it, expected by chance, p, q, genes], [] without any.
    """
    row_of = {symbol: row for row, symbol in enumerate(nodes[SYMBOL])}
    of: list[list[Any]] = [[] for _ in row_of]
    for row in enriched.table[enriched.table["q"] <= LARGEST_Q].to_dict("records"):
        place = row_of.get(row["tf"])
        if place is not None and len(of[place]) < MOST_OF_A_TF:
            counts = row["targets_in_set"], row["genes_in_set"]
            figures = (float(f"{row[name]:.3g}") for name in ("expected", "p", "q"))
            of[place].append([row["gene_set"], row["description"], *counts, *figures, row["genes"]])
    return {"universe": enriched.universe, "tests": enriched.tests, "limit": LARGEST_Q, "of": of}
