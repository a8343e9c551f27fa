"""TF activities in an h5ad: values by hand and by decoupler on the whole, blocks, and what is left out."""

from __future__ import annotations

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from grnet.exporters import cell_values
from grnet.exporters.cell_values import find_cell_values
from grnet.exporters.tf_activities import ADJUSTED_KEY, SCORE_KEY, add_activities
from grnet.network.network import Network
from grnet.schema.errors import ConfigError, InputError

decoupler = pytest.importorskip("decoupler")

GENES = [f"g{i}" for i in range(12)]


@pytest.fixture
def network() -> Network:
    """A and B regulate six genes each, A represses two of its own; C regulates four; D/E six."""
    rows = [("A", gene, 0.5 + 0.05 * i, "repression" if i < 2 else "activation") for i, gene in enumerate(GENES[:6])]
    rows += [("B", gene, 0.9 - 0.05 * i, "unknown") for i, gene in enumerate(GENES[4:10])]
    rows += [("C", gene, 0.8, "activation") for gene in GENES[:4]] + [("C", "elsewhere", 0.8, "activation")]
    rows += [("D/E", gene, 0.3, "activation") for gene in GENES[:6]]
    return Network(pd.DataFrame(rows, columns=["tf", "target", "probability", "sign"]), pd.DataFrame())


def write_cells(path, values) -> anndata.AnnData:
    obs = pd.DataFrame(index=pd.Index([f"cell{i}" for i in range(len(values))], dtype=object, name="barcode"))
    data = anndata.AnnData(values, obs=obs, var=pd.DataFrame(index=pd.Index(GENES, dtype=object)))
    data.write_h5ad(path)
    return data


@pytest.fixture
def values():
    return np.random.default_rng(1).gamma(1.0, 1.5, (11, len(GENES))) * (np.arange(11) != 6)[:, None]


def compute(path, network):
    with h5py.File(path, "r+") as file:
        return add_activities(file, network, find_cell_values(file))


def test_an_activity_is_the_t_value_of_the_slope_of_expression_on_weight(network, values, tmp_path):
    write_cells(tmp_path / "a.h5ad", values)
    found = compute(tmp_path / "a.h5ad", network)
    assert found.describe() == [
        "TF activities (ULM) of 2 of 4 TFs in 10 of 11 cells, from X (log-normalised values), are in "
        ".obsm['grnet_score_ulm'] and .obsm['grnet_padj_ulm']",
        "TFs without activity: 1 have fewer than 5 targets among its genes",
        "TFs without activity: 1 have names that HDF5 takes for paths",
        "cells without activity (NaN): 1 have the same value in all genes",
    ]
    data = anndata.read_h5ad(tmp_path / "a.h5ad")
    scores, adjusted = data.obsm[SCORE_KEY], data.obsm[ADJUSTED_KEY]
    assert (list(scores.columns), list(scores.index)) == (["A", "B"], list(data.obs_names))
    weights = np.array([-0.5, -0.55, 0.6, 0.65, 0.7, 0.75] + [0.0] * 6)
    for row in (0, 10):
        fit = stats.linregress(weights, values[row])
        assert scores["A"].iloc[row] == pytest.approx(fit.slope / fit.stderr, rel=1e-5)
        other = stats.linregress(np.r_[[0.0] * 4, 0.9 - 0.05 * np.arange(6), [0.0] * 2], values[row])
        expected = stats.false_discovery_control([fit.pvalue, other.pvalue])
        assert adjusted.iloc[row].tolist() == pytest.approx(expected.tolist(), rel=1e-5)
    assert scores.iloc[6].isna().all()
    assert adjusted.iloc[6].isna().all()


def test_blocks_give_what_decoupler_gives_of_the_whole(network, values, tmp_path, monkeypatch):
    values[:4, 3] = 0.0  # 0 in all cells of the first block, but not of the file
    monkeypatch.setattr(cell_values, "_BLOCK", 3 * len(GENES))
    data = write_cells(tmp_path / "a.h5ad", values)
    compute(tmp_path / "a.h5ad", network)
    kept = data[np.arange(11) != 6].copy()
    edges = network.edges[network.edges["tf"].isin(["A", "B"])]
    sign = np.where(edges["sign"] == "repression", -1.0, 1.0)
    net = pd.DataFrame({"source": edges["tf"], "target": edges["target"], "weight": sign * edges["probability"]})
    decoupler.mt.ulm(kept, net)
    found = anndata.read_h5ad(tmp_path / "a.h5ad")
    for ours, theirs in ((SCORE_KEY, "score_ulm"), (ADJUSTED_KEY, "padj_ulm")):
        pd.testing.assert_frame_equal(
            found.obsm[ours].drop("cell6"), kept.obsm[theirs], check_dtype=False, check_names=False, rtol=1e-5
        )


def test_decoupler_takes_the_table_out_again(network, values, tmp_path):
    write_cells(tmp_path / "a.h5ad", values)
    compute(tmp_path / "a.h5ad", network)
    data = anndata.read_h5ad(tmp_path / "a.h5ad")
    activities = decoupler.pp.get_obsm(data, SCORE_KEY)
    assert activities.var_names.tolist() == ["A", "B"]
    np.testing.assert_array_equal(activities[:, "A"].X.ravel(), data.obsm[SCORE_KEY]["A"])


def test_what_cannot_be_computed_is_told_in_a_line(network, values, tmp_path, monkeypatch):
    write_cells(tmp_path / "a.h5ad", values)
    small = Network(network.edges[network.edges["tf"] == "C"], network.nodes)
    with pytest.raises(InputError, match=r"^no TF has 5 targets among the 12 genes of X$"):
        compute(tmp_path / "a.h5ad", small)
    alike = Network(pd.DataFrame({"tf": "A", "target": GENES, "probability": 0.5, "sign": "unknown"}), network.nodes)
    with pytest.raises(InputError, match=r"^decoupler.mt.ulm failed: ValueError: .* must be within \[0, 1\]"):
        compute(tmp_path / "a.h5ad", alike)

    def fail(**_: object) -> None:
        raise AssertionError("net has duplicate rows, use:\n \tdrop_duplicates")

    monkeypatch.setattr(decoupler.mt, "ulm", fail)
    with pytest.raises(
        InputError, match=r"^decoupler.mt.ulm failed: AssertionError: net has duplicate rows, use: drop"
    ):
        compute(tmp_path / "a.h5ad", network)


def test_without_decoupler_it_says_how_to_get_it(network, values, tmp_path, monkeypatch):
    write_cells(tmp_path / "a.h5ad", values)
    monkeypatch.setitem(__import__("sys").modules, "decoupler", None)
    with pytest.raises(ConfigError, match=r"^TF activities need the package decoupler; install it: pip install dec"):
        compute(tmp_path / "a.h5ad", network)
