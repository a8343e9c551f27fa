"""What was measured of genes: mean images as large as the dataset holds them, and expression."""

from __future__ import annotations

import numpy as np

from grnet.dataset.directory import Dataset
from grnet.schema.arrays import Indices
from grnet.schema.evidence import GeneEvidence
from grnet.schema.tables import ROW, VIEW


def describe_genes(dataset: Dataset, genes: Indices) -> dict[str, GeneEvidence]:
    """Return what was measured of some genes, by symbol, in their order.

    Parameters
    ----------
    dataset : Dataset
    genes : int64 array
        Without repeats.
    """
    views = dataset.image_table[VIEW].to_numpy(object)
    rows = dataset.image_table[ROW].to_numpy(np.int64)
    order = np.argsort(dataset.image_gene, kind="stable")
    first = np.searchsorted(dataset.image_gene[order], [genes, genes + 1])  # [2, genes]
    described = {}
    for gene, start, end in zip(genes, *first, strict=True):
        own = order[start:end]
        symbol = dataset.genes.symbols[gene]
        of_views = {view: rows[own[views[own] == view]] for view in dataset.views}
        described[symbol] = GeneEvidence(
            symbol=symbol,
            images={view: average_images(dataset, of_view) for view, of_view in of_views.items() if len(of_view)},
            n_images={view: len(of_view) for view, of_view in of_views.items() if len(of_view)},
            expression=dataset.expression[gene] if dataset.has_expression[gene] else None,
        )
    return described


def average_images(dataset: Dataset, rows: Indices) -> np.ndarray:
    """Return the mean of some images, uint8 [H, W]."""
    total = sum(dataset.images[row].astype(np.float64) for row in rows)
    mean: np.ndarray = np.rint(total / len(rows)).astype(np.uint8)
    return mean
