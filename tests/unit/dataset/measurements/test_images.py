"""Mean images of a view as a measurement, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.measurements import images as module
from grnet.dataset.measurements.images import measure_images
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import IMAGES


def measure(images, where, n_genes=3):
    """Measure images, image n of the gene and view at place n of `where`; return the measurements by view."""
    symbols = tuple(f"g{number}" for number in range(n_genes))
    rows = [(symbols[gene], view, "", "", row) for row, (gene, view) in enumerate(where)]
    genes = GeneCatalogue(symbols, ("",) * n_genes, np.ones(n_genes, bool), np.zeros(n_genes, np.int32))
    table = pd.DataFrame(rows, columns=IMAGES.names)
    return {entry.name: entry for entry in measure_images(np.asarray(images, dtype=np.uint8), table, genes)}


def test_images_of_a_gene_and_view_are_averaged():
    images = [np.full((2, 2), 51), [[0, 255], [102, 0]], np.full((2, 2), 255)]
    views = measure(images, [(1, "b"), (1, "b"), (0, "a")])
    assert list(views) == ["a", "b"]
    assert [views[name].gene.tolist() for name in views] == [[0], [1]]
    assert views["b"].values.dtype == np.float32
    assert views["b"].values[0] == pytest.approx([0.1, 0.6, 0.3, 0.1], abs=1e-6)
    assert views["a"].values[0] == pytest.approx(np.ones(4))
    assert (views["a"].grid.height, views["a"].grid.width) == (2, 2)
    assert views["a"].places.to_numpy().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert views["b"].of_gene(0) is None
    assert views["b"].of_gene(1) is not None


def test_odd_sizes_are_averaged_in_whole_blocks(monkeypatch):
    monkeypatch.setattr(module, "LARGEST_MAP", (2, 3))
    image = np.arange(35).reshape(5, 7)  # blocks of 3 × 3: one row of two blocks; rows 3.. and column 6 are left out
    view = measure([image], [(0, "a")])["a"]
    assert (view.grid.height, view.grid.width) == (1, 2)
    assert view.values[0] * 255 == pytest.approx([8.0, 11.0], abs=1e-5)


@pytest.mark.parametrize(
    ("size", "expected"), [((24, 48), (24, 48)), ((25, 49), (12, 24)), ((32, 64), (16, 32)), ((8, 200), (8, 40))]
)
def test_pictures_have_at_most_24_by_48_pixels(size, expected):
    view = measure(np.full((1, *size), 255), [(2, "a")])["a"]
    assert (view.grid.height, view.grid.width) == expected
    assert view.gene.tolist() == [2]
    assert view.values == pytest.approx(np.ones((1, expected[0] * expected[1])))
