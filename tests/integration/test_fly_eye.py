"""The fly-eye benchmark of SDINet: training on RNA and scoring every candidate reach the figures that are promised."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest
import torch
from explorer_pages import CHROMIUM
from explorer_tour import tour_page

import grnet
from grnet.architectures.configuring import configure_training
from grnet.evaluation.fold_figures import fold_table
from grnet.training.training_data import build_training_data
from grnet.workflow.split_report import score_baselines

pytestmark = [pytest.mark.slow, pytest.mark.realdata]

LABELLED, CANDIDATES = 5365, 96 * 1245
ROWS, REPEATED = 5566, 356


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
    return folder / "run", grnet.train(folder / "dataset", folder / "run", modality="rna", seed=0, report="pair")


@pytest.fixture(scope="module")
def network(trained):
    run, _ = trained
    return grnet.infer_network(run, run.parent / "network")


def test_rna_is_better_than_the_published_models(trained):
    card = trained[1].card
    assert (card.model.name, card.n) == ("grnet (RNA)", LABELLED)
    assert card.model.figures["accuracy"].value >= 0.920
    assert card.model.figures["auroc"].value >= 0.970
    assert card.model.figures["calibration_error"].value < 0.03


def test_the_correlation_row_stands_beside_it(trained):
    pearson = trained[1].card.row("|Pearson|")
    assert pearson.figures["accuracy"].value == pytest.approx(0.896, abs=0.003)
    assert pearson.figures["auroc"].value == pytest.approx(0.950, abs=0.003)
    assert pearson.is_baseline


def test_every_split_is_reported_with_sensible_figures(trained, tmp_path):
    """Two folds and a short training, so that the test is short too."""
    config = configure_training(modality="rna", folds=2, epochs=6)
    cards = grnet.crossval(trained[0].parent / "dataset", tmp_path / "all", split="all", config=config).cards
    assert list(cards) == ["pair", "tf", "target", "both"]
    lowest = {"pair": 0.96, "tf": 0.945, "target": 0.96, "both": 0.93}
    for split, card in cards.items():
        areas = {row.name: row.figures["auroc"].value for row in card.rows}
        assert lowest[split] <= areas["grnet (RNA)"] < 0.99, split
        assert areas["|Pearson|"] == pytest.approx(0.95, abs=0.02), split
        assert areas["gradient boosting on context"] == pytest.approx(areas["grnet (RNA)"], abs=0.02), split
        assert areas["random"] == pytest.approx(0.5, abs=0.03), split
        assert areas["degree only"] < 0.6, split
        assert card.beyond is not None
        assert card.model.figures["auroc"].minus(card.row("|Pearson|").figures["auroc"]).low > 0, split
    assert cards["both"].n == pytest.approx(LABELLED / 2, rel=0.1)
    assert {card.n for split, card in cards.items() if split != "both"} == {LABELLED}


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


def test_the_default_network_says_how_many_of_its_novel_edges_are_expected_to_be_true(network):
    known = int(network.network.edges["known"].sum())
    assert 0.0003 < network.prior.value < 0.02
    kept, rule, others = network.network.summary["statement"]
    assert f"2,000 most probable of 119,520 candidates: {known:,} known and {2000 - known} novel" in kept
    settled = network.prior.is_settled
    assert ("are expected to be true" in kept) == settled
    assert ("cannot tell how many of the novel edges are true" in kept) != settled
    assert "known edges among the candidates (2,737)" in rule
    assert f"other {2737 - known:,} known edges" in others


def test_known_edges_in_the_network_keep_their_out_of_fold_figures(network, trained, real_data):
    known = pd.read_excel(real_data / "fly-eye" / "new_benchmark_dataset.xlsx", header=None).replace({"Dp": "Dp2"})
    known.columns = ["tf", "target", "label"]
    file = trained[0].parent / "known.csv"
    known[known["tf"] != known["target"]].drop_duplicates(["tf", "target"]).to_csv(file, index=False)
    result = grnet.evaluate(network.network.path, file)
    assert result.n_pairs == LABELLED
    assert result.model.auroc == pytest.approx(trained[1].card.model.figures["auroc"].value, abs=0.005)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH (or in GRNET_CHROMIUM)")
def test_every_control_of_the_page_works(visit, network):
    made = network.network
    last = parse_qs(tour_page(visit, made.path / "network.html", made.edges, made.nodes))
    novel = made.edges[~made.edges["known"]].iloc[0]
    assert (last["tf"], last["target"], last["theme"]) == ([novel["tf"]], [novel["target"]], ["dark"])


@pytest.fixture(scope="module")
def paper_split(trained):
    """The data of the paper's RNA network, cut as in the paper."""
    dataset = grnet.load_dataset(trained[0].parent / "dataset")
    return build_training_data(dataset, configure_training("sdinet", "rna"), torch.device("cpu"), split="paper")


def test_the_split_of_the_paper_takes_the_file_row_by_row(paper_split, trained, real_data):
    training = paper_split.training
    known = pd.read_excel(real_data / "fly-eye" / "new_benchmark_dataset.xlsx", header=None).replace({"Dp": "Dp2"})
    symbols = np.array(grnet.load_dataset(trained[0].parent / "dataset").genes.symbols)
    assert symbols[training.pairs.tf].tolist() == known[0].tolist()
    assert symbols[training.pairs.target].tolist() == known[1].tolist()
    assert training.labels.tolist() == known[2].tolist()
    assert len(training.pairs) == ROWS
    assert training.folds.tolist() == sorted(training.folds.tolist())
    assert np.bincount(training.folds).tolist() == [1113, 1113, 1113, 1113, 1114]
    for fold in range(5):
        rows = training.rows_of(fold)
        outside = np.flatnonzero(training.folds != fold)
        n_fit = int(len(outside) * 9 / 10)
        assert (rows.fit.tolist(), rows.stop.tolist()) == (outside[:n_fit].tolist(), outside[n_fit:].tolist())
    assert training.notes == (
        f"{REPEATED} of {ROWS:,} rows have a repeat or their reverse in another fold, so they are easier than new "
        "pairs; --split pair keeps such rows together",
    )


def test_correlation_on_the_split_of_the_paper(paper_split):
    training = paper_split.training
    pearson = score_baselines(paper_split, seed=0)["|Pearson|"]
    mean = fold_table(training.labels, pearson, training.folds).set_index("fold").loc["mean"]
    assert mean["auroc"] == pytest.approx(0.9515, abs=0.001)
    assert mean["accuracy"] == pytest.approx(0.896, abs=0.001)
