"""Rows of a measurement by gene."""

import torch

from grnet.features.gene_rows import GeneRows


def test_genes_without_the_measurement_share_a_row_of_zeros():
    values = torch.tensor([[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]])
    rows = GeneRows(values, torch.tensor([1, 2, 0, 2]))
    assert len(rows) == 4
    assert rows[torch.tensor([0, 1, 2, 3])].tolist() == [[3, 4], [0, 0], [1, 2], [0, 0]]
    assert rows[torch.tensor([[2], [1]])].shape == (2, 1, 2)
