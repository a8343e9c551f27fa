"""The fly-eye benchmark of SDINet: training on RNA and scoring every candidate reach the figures that are promised."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import grnet

pytestmark = pytest.mark.realdata

LABELLED, CANDIDATES = 5365, 96 * 1245


@pytest.fixture(scope="module")
def trained(real_data, tmp_path_factory):
    """The run folder of an RNA model with default settings, and what training returned."""
    folder, files = tmp_path_factory.mktemp("fly-eye"), real_data / "fly-eye"
    grnet.prepare(
        folder / "dataset",
        expression=[files / "tf_dataset.xlsx", files / "gene_dataset.xlsx"],
        tfs=files / "tf_dataset.xlsx",
        known_edges=files / "new_benchmark_dataset.xlsx",
        images=files / "images.csv",
        aliases={"Dp": "Dp2"},
    )
    return folder / "run", grnet.train(folder / "dataset", folder / "run", modality="rna", seed=0)


@pytest.fixture(scope="module")
def network(trained):
    run, _ = trained
    return grnet.infer_network(run, run.parent / "network", top=2000)


def test_rna_is_better_than_the_published_models(trained):
    own = trained[1].rows[0]
    assert (own.name, own.n) == ("grnet (RNA)", LABELLED)
    assert own.accuracy >= 0.920
    assert own.auroc >= 0.970
    assert own.calibration_error < 0.03


def test_the_correlation_row_stands_beside_it(trained):
    pearson = next(row for row in trained[1].rows if row.name == "|Pearson|")
    assert pearson.accuracy == pytest.approx(0.896, abs=0.003)
    assert pearson.auroc == pytest.approx(0.950, abs=0.003)
    assert pearson.is_baseline


def test_every_candidate_is_scored(network, trained):
    assert network.scoring.n_candidates == CANDIDATES == 119_520
    assert (network.scoring.n_tfs, network.scoring.n_genes, network.scoring.n_unscorable) == (96, 1246, 0)
    table = pd.concat(network.network.scores(), ignore_index=True)
    assert len(table) == CANDIDATES
    assert not table.duplicated(["tf", "target"]).any()
    assert table[["score", "probability", "spread", "correlation"]].notna().all(axis=None)
    assert int(table["label"].notna().sum()) == LABELLED
    manifest = json.loads((network.network.path / "scores" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["candidates"] == CANDIDATES
    assert len(network.network.edges) == 2000


def test_known_edges_in_the_network_keep_their_out_of_fold_figures(network, trained, real_data):
    known = pd.read_excel(real_data / "fly-eye" / "new_benchmark_dataset.xlsx", header=None).replace({"Dp": "Dp2"})
    known.columns = ["tf", "target", "label"]
    file = trained[0].parent / "known.csv"
    known[known["tf"] != known["target"]].drop_duplicates(["tf", "target"]).to_csv(file, index=False)
    result = grnet.evaluate(network.network.path, file)
    assert result.n_pairs == LABELLED
    assert result.model.auroc == pytest.approx(trained[1].rows[0].auroc, abs=0.005)
