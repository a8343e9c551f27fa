"""Which matrix of an h5ad TF activities are computed from, on which scale, and its values block by block."""

from __future__ import annotations

from contextlib import contextmanager

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from grnet.exporters import cell_values
from grnet.exporters.cell_values import find_cell_values
from grnet.schema.errors import ConfigError, InputError

N_CELLS, N_GENES = 23, 7


@pytest.fixture
def counts():
    counts = np.random.default_rng(3).poisson(2.0, (N_CELLS, N_GENES)).astype(np.float32)
    counts[:, 2] = 0.0
    counts[4] = 0.0
    return counts


def make_data(values, **layers) -> anndata.AnnData:
    obs = pd.DataFrame(index=pd.Index([f"c{i}" for i in range(N_CELLS)], dtype=object))
    var = pd.DataFrame(index=pd.Index([f"g{i}" for i in range(N_GENES)], dtype=object))
    data = anndata.AnnData(values, obs=obs, var=var)
    data.layers.update(layers)
    return data


@contextmanager
def opened(data, folder):
    data.write_h5ad(folder / "data.h5ad")
    with h5py.File(folder / "data.h5ad") as file:
        yield file


def normalise(counts):
    """Counts to log1p of 10,000 a cell, as scanpy's tutorials do."""
    totals = counts.sum(axis=1, keepdims=True)
    return np.log1p(1e4 * counts / np.where(totals > 0, totals, 1.0))


def scale(values):
    return (values - values.mean(axis=0)) / np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)


@pytest.mark.parametrize("layout", [np.asarray, sp.csr_matrix, sp.csc_matrix])
@pytest.mark.parametrize("block", [1, 5 * N_GENES, 1000])
def test_blocks_are_log_normalised_counts_without_empty_genes(counts, layout, block, tmp_path, monkeypatch):
    monkeypatch.setattr(cell_values, "_BLOCK", block)
    with opened(make_data(layout(counts)), tmp_path) as file:
        found = find_cell_values(file)
        blocks = list(found.blocks())
        assert found.description == "X (counts, scaled to 10,000 per cell, then log1p)"
    assert found.genes.tolist() == ["g0", "g1", "g3", "g4", "g5", "g6"]
    assert [start for start, _ in blocks] == list(range(0, N_CELLS, max(1, block // N_GENES)))
    together = sp.vstack([values for _, values in blocks]).toarray()
    np.testing.assert_allclose(together, np.delete(normalise(counts), 2, axis=1), rtol=1e-6)


def test_log_normalised_values_are_used_as_they_stand(counts, tmp_path):
    with opened(make_data(normalise(counts)), tmp_path) as file:
        found = find_cell_values(file)
        ((_, block),) = found.blocks()
    assert found.description == "X (log-normalised values)"
    np.testing.assert_array_equal(block.toarray(), np.delete(normalise(counts), 2, axis=1))


def test_large_values_that_are_no_counts_become_logarithms_too(counts, tmp_path):
    with opened(make_data(counts * 100.5), tmp_path) as file:
        found = find_cell_values(file)
        ((_, block),) = found.blocks()
    assert found.description == "X (linear values, scaled to 10,000 per cell, then log1p)"
    np.testing.assert_allclose(block.toarray(), np.delete(normalise(counts), 2, axis=1), rtol=1e-5)


def test_raw_and_then_layers_stand_in_for_scaled_values(counts, tmp_path):
    values = normalise(counts)
    data = make_data(scale(values), counts=counts)
    with opened(data, tmp_path) as file:
        found = find_cell_values(file)
    assert (found.place, found.passed_over) == ("layers['counts']", ("X",))
    data.raw = make_data(values)
    with opened(data, tmp_path) as file:
        assert find_cell_values(file).description == "raw (log-normalised values; not X: scaled values)"
        assert find_cell_values(file, layer="counts").place == "layers['counts']"
        assert find_cell_values(file, layer="X").description == "X (scaled values)"


def test_unit_variance_shows_scaled_values_that_are_not_centred(tmp_path):
    values = np.random.default_rng(0).gamma(2.0, 1.0, (N_CELLS, N_GENES))
    with opened(make_data(values), tmp_path) as file:
        assert find_cell_values(file).scale == cell_values.LOGARITHMIC
    message = r"^the file holds only scaled values \(X\); keep log-normalised values in adata.raw or a layer, or name"
    scaled = make_data(values / values.std(axis=0, ddof=1))
    with opened(scaled, tmp_path) as file, pytest.raises(InputError, match=message):
        find_cell_values(file)


def test_what_cannot_be_used_is_told(counts, tmp_path):
    message = r"^--layer is one of X, mine in this file, got 'raw'$"
    with opened(make_data(counts, mine=counts), tmp_path) as file, pytest.raises(ConfigError, match=message):
        find_cell_values(file, layer="raw")
    for values, message in (
        (np.where(counts == 1.0, np.nan, counts), "X has values that are missing or infinite"),
        (counts * 0.0, "X holds no values but 0"),
        (None, "the file holds neither X nor raw nor layers; "),
    ):
        with opened(make_data(values), tmp_path) as file, pytest.raises(InputError, match=f"^{message}"):
            find_cell_values(file)
    data, twice = make_data(scale(counts)), make_data(normalise(counts))
    twice.var_names = pd.Index(["g0", *data.var_names[:-1]], dtype=object)
    data.raw = twice
    with (
        opened(data, tmp_path) as file,
        pytest.raises(InputError, match=r"^raw has the gene 'g0' more than once; make"),
    ):
        find_cell_values(file)
