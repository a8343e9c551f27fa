"""Joint histograms against numpy.histogram2d, bin for bin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from grnet.architectures.sdinet import histograms
from grnet.architectures.sdinet.histograms import BINS, JointHistograms, find_bins

CPU = torch.device("cpu")


def oracle(expression, tf, target, bins=BINS):
    """Return the histograms [P, 1, bins, bins] of pairs, one by one."""
    values = expression.astype(np.float64)
    pairs = zip(tf, target, strict=True)
    return np.stack([np.histogram2d(values[a], values[b], bins=bins)[0].T for a, b in pairs])[:, None]


def assert_equals_numpy(expression, bins=BINS):
    """Compare every ordered pair of genes, each gene with itself too."""
    tf, target = (grid.ravel() for grid in np.indices((len(expression), len(expression))))
    joint = JointHistograms.build(expression, CPU, bins=bins)
    found = joint.of_pairs(torch.from_numpy(tf), torch.from_numpy(target))
    assert found.dtype == torch.float32
    assert found.shape == (len(tf), 1, bins, bins)
    assert np.array_equal(found.numpy(), oracle(expression, tf, target, bins))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("bins", [64, 1, 7, 256, 300])
def test_random_genes_of_either_sign(seed, bins):
    rng = np.random.default_rng(seed)
    scales = 10.0 ** rng.uniform(-6, 6, size=(6, 1))
    assert_equals_numpy((rng.normal(size=(6, 90)) * scales + rng.normal(size=(6, 1))).astype(np.float32), bins)


def test_values_on_edges():
    whole = np.arange(65, dtype=np.float32)  # every edge is a value
    tenths = np.linspace(-1, 1, 65).astype(np.float32)  # edges that float32 and float64 round differently
    rng = np.random.default_rng(3)
    genes = [whole, -whole, tenths, rng.permutation(whole) / 64, np.round(rng.normal(size=65), 1), whole % 3]
    assert_equals_numpy(np.stack(genes).astype(np.float32))


def test_a_value_beside_an_edge_goes_where_float64_puts_it():
    edges = np.linspace(0.1, 0.9, 65).astype(np.float32)
    near = np.stack([np.nextafter(edges, np.float32(side)) for side in (-1, 2)])
    assert_equals_numpy(np.vstack([near, edges[None]]))


def test_constant_genes_fill_the_middle_bin():
    rng = np.random.default_rng(4)
    expression = np.stack([np.full(30, 2.5), np.zeros(30), np.full(30, -7.1), rng.normal(size=30)]).astype(np.float32)
    assert_equals_numpy(expression)
    found = JointHistograms.build(expression, CPU).of_pairs(torch.tensor([0]), torch.tensor([1]))
    assert found[0, 0, 32, 32] == 30


def test_constants_too_large_to_widen():
    rng = np.random.default_rng(9)
    beside = np.round(rng.normal(size=(4, 40)), 1)
    expression = np.vstack([np.full((1, 40), 1e20), beside]).astype(np.float32)
    assert_equals_numpy(expression)
    assert_equals_numpy(expression, bins=10)


def test_tf_runs_along_the_columns():
    expression = np.array([[0, 0, 1], [0, 1, 1]], dtype=np.float32)
    found = JointHistograms.build(expression, CPU, bins=2).of_pairs(torch.tensor([0, 1]), torch.tensor([1, 0]))
    assert found[:, 0].tolist() == [[[1, 0], [1, 1]], [[1, 1], [0, 1]]]


def test_a_pair_without_expression_is_empty():
    expression = np.random.default_rng(5).normal(size=(4, 12)).astype(np.float32)
    expression[[1, 3]] = np.nan
    joint = JointHistograms.build(expression, CPU)
    assert joint.present.tolist() == [True, False, True, False]
    found = joint.of_pairs(torch.tensor([0, 0, 1, 1]), torch.tensor([2, 1, 2, 3]))
    assert found.sum(dim=(1, 2, 3)).tolist() == [12, 0, 0, 0]
    assert np.array_equal(found[:1].numpy(), oracle(expression, [0], [2]))


def test_one_byte_for_each_sample_while_bins_fit():
    expression = np.linspace(0, 1, 20, dtype=np.float32).reshape(2, 10)
    assert JointHistograms.build(expression, CPU).bin.dtype == torch.uint8
    assert JointHistograms.build(expression, CPU, bins=256).bin[0].tolist()[-1] == 255
    wide = JointHistograms.build(expression, CPU, bins=257).bin
    assert (wide.dtype, wide[0, -1].item()) == (torch.int16, 256)


def test_no_pairs_no_samples_and_no_genes():
    none = torch.zeros(0, dtype=torch.int64)
    expression = np.ones((2, 3), np.float32)
    assert JointHistograms.build(expression, CPU).of_pairs(none, none).shape == (0, 1, 64, 64)
    assert JointHistograms.build(expression[:0], CPU).of_pairs(none, none).shape == (0, 1, 64, 64)
    unmeasured = JointHistograms.build(expression[:, :0], CPU)
    assert not unmeasured.present.any()
    assert not unmeasured.of_pairs(torch.tensor([0]), torch.tensor([1])).any()


def test_bins_are_those_of_one_dimension():
    values = np.random.default_rng(6).gamma(1, size=(3, 200)).astype(np.float32)
    for row, bins in zip(values, find_bins(values, 64), strict=True):
        assert np.array_equal(np.bincount(bins, minlength=64), np.histogram(row.astype(np.float64), bins=64)[0])


@pytest.mark.parametrize("values_at_once", [1, 20, 25, 1000])
def test_blocks_of_genes_change_nothing(monkeypatch, values_at_once):
    expression = np.random.default_rng(8).normal(size=(7, 10)).astype(np.float32)
    expression[[0, 4]] = np.nan
    whole = JointHistograms.build(expression, CPU)
    monkeypatch.setattr(histograms, "BLOCK_VALUES", values_at_once)
    assert torch.equal(JointHistograms.build(expression, CPU).bin, whole.bin)


@pytest.mark.realdata
def test_real_genes(real_data):
    tables = [pd.read_excel(real_data / "fly-eye" / f"{name}_dataset.xlsx", header=None) for name in ("tf", "gene")]
    tfs, genes = (table.iloc[:, 2:].to_numpy(np.float32) for table in tables)
    expression = np.vstack([tfs, genes])
    rng = np.random.default_rng(7)
    tf, target = rng.integers(len(tfs), size=3000), rng.integers(len(expression), size=3000)
    found = JointHistograms.build(expression, CPU).of_pairs(torch.from_numpy(tf), torch.from_numpy(target))
    assert np.array_equal(found.numpy(), oracle(expression, tf, target))
