"""A run of the paper's fusion network on the gappy lab, and the network of genes that is inferred with it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import torch

import grnet
from grnet.architectures.fitted_fold import HELD_OUT
from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.networks import FusionNetwork
from grnet.probability.calibration import CandidateCalibration
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates
from grnet.storage.tables import read_table


@pytest.fixture(scope="module")
def run(sdinet_run):
    return grnet.load_run(sdinet_run)


@pytest.fixture(scope="module")
def inferred(sdinet_run):
    """The network of the run, its 20 best candidates, and how they were scored."""
    return grnet.infer_network(sdinet_run, sdinet_run.parent / "network", top=20, device="cpu")


@pytest.fixture(scope="module")
def network(inferred):
    return inferred.network


@pytest.fixture(scope="module")
def scores(network):
    return pd.concat(network.scores(), ignore_index=True)


@pytest.fixture(scope="module")
def visible(run):
    """Which candidates have expression and images of one view, by TF and target."""
    dataset = grnet.load_dataset(run.dataset_path)
    views = dataset.image_table.groupby("symbol")["view"].agg(set)
    expressed = dict(zip(dataset.genes.symbols, dataset.has_expression, strict=True))
    return {
        (tf, target): bool(expressed[tf] and expressed[target] and views.get(tf, set()) & views.get(target, set()))
        for tf in np.array(dataset.genes.symbols)[dataset.genes.tfs]
        for target in dataset.genes.symbols
        if tf != target
    }


def test_the_run_loads_with_its_models_and_figures(run):
    models = run.load_models(torch.device("cpu"))
    assert [type(model) for model in models] == [PairClassifier] * 2
    assert all(isinstance(model.network, FusionNetwork) and not model.training for model in models)
    assert (run.architecture, run.folds, run.settings["train"]["epochs"]) == ("sdinet", 2, 2)
    assert run.model_config.image_size == (32, 64)
    assert (len(run.out_of_fold), run.base_rate) == (28, 0.5)
    card = run.metrics["splits"]["pair"]
    assert card["rows"][0]["name"] == "SDINet paper's fusion"
    for fold, model in enumerate(models):
        assert 0 < float(model.normalisers["images"].mean) < 1
        assert float(model.normalisers["histograms"].mean) == pytest.approx(20 / 64**2)
        history = json.loads((run.path / f"fold-{fold}" / "history.json").read_text(encoding="utf-8"))
        assert [epoch["epoch"] for epoch in history["epochs"]] == [1, 2]
        assert history["best_epochs"] == card["best_epochs"][0][fold]


def test_every_candidate_that_the_network_can_see_is_scored(scores, visible, network, inferred):
    found = list(zip(scores["tf"], scores["target"], strict=True))
    assert found == [pair for pair, is_visible in visible.items() if is_visible]
    assert (len(visible), len(found)) == (6 * 17, 89)
    assert scores[["score", "probability", "spread", "correlation"]].notna().all(axis=None)
    assert network.summary["settings"]["unscorable_pairs"] == 13
    manifest = json.loads((network.path / "scores" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["candidates"], manifest["unscorable"]) == (89, 13)
    assert (inferred.scoring.n_tfs, inferred.scoring.n_genes, inferred.scoring.n_unscorable) == (6, 18, 13)


def read_calibration(network):
    stored = json.loads((network.path / "scores" / "calibration.json").read_text(encoding="utf-8"))
    return CandidateCalibration.from_json(stored)


def test_a_labelled_pair_keeps_the_score_of_the_model_that_did_not_see_it(scores, run, network):
    held = [read_table(run.path / f"fold-{fold}" / "held_out.parquet", HELD_OUT) for fold in range(2)]
    logit = pd.concat(held).set_index("position")["score"].sort_index()
    expected = run.out_of_fold.assign(logit=logit)
    known = scores[scores["label"].notna()].merge(expected, on=["tf", "target"], validate="one_to_one")
    assert len(known) == len(expected) == 28
    assert known["score"].to_numpy() == pytest.approx(known["logit"].to_numpy(), abs=1e-4)
    calibration = read_calibration(network)
    member = np.broadcast_to(known["score"].to_numpy(float), (2, 28))
    own = calibration.by_unseen(member)[known["fold"], np.arange(28)]
    assert known["probability_x"].to_numpy() == pytest.approx(own, abs=1e-5)
    assert (known["label_x"] == known["label_y"]).all()
    assert (known["spread"] == 0).all()


def test_a_new_pair_has_the_probability_of_the_mean_of_both_models(scores, run, network):
    novel = scores[scores["label"].isna()]
    assert len(novel) == 61
    dataset = grnet.load_dataset(run.dataset_path)
    tf, target = (dataset.genes.indices_of(novel[column]) for column in ("tf", "target"))
    logits = Candidates(run, dataset, device="cpu").scorer.score(np.unique(tf), np.arange(len(dataset.genes)))
    member = logits[:, np.searchsorted(np.unique(tf), tf), target]
    assert novel["score"].to_numpy() == pytest.approx(member.mean(axis=0), abs=1e-4)
    probability = read_calibration(network).together(member)
    assert novel["probability"].to_numpy() == pytest.approx(probability, abs=1e-4)


def test_the_network_holds_the_most_probable_candidates(network, scores):
    assert len(network.edges) == 20
    assert network.edges["rank"].tolist() == list(range(1, 21))
    best = scores["probability"].nlargest(20)
    assert network.edges["probability"].to_numpy() == pytest.approx(best.to_numpy())
    assert network.summary["settings"]["modality"] == "fused"
    assert not set(network.edges["target"]) & {"g10", "g11"}


def test_known_edges_that_could_not_be_scored_are_counted(network, scores, visible, run):
    dataset = grnet.load_dataset(run.dataset_path)
    known = dataset.labelled_pairs[dataset.labelled_pairs["label"] == 1]
    lost = sum(not visible[pair] for pair in zip(known["tf"], known["target"], strict=True))
    assert lost == len(known) - int((scores["label"] == 1).sum()) > 0
    assert network.summary["selection"]["known_without_score"] == lost
    words = f"{lost} known {'edge' if lost == 1 else 'edges'} could not be scored: "
    assert network.summary["statement"][-1].startswith(words)


def test_listed_pairs_are_looked_up_among_the_candidates(visible, run):
    dataset = grnet.load_dataset(run.dataset_path)
    pairs = PairIndex.from_frame(pd.DataFrame(list(visible), columns=["tf", "target"]), dataset.genes)
    candidates = Candidates(run, dataset, device="cpu")
    assert candidates.contain(pairs).tolist() == list(visible.values())
    gene, tf = dataset.genes.indices_of(["g3", "t1"])
    others = PairIndex(np.array([gene, tf]), np.array([tf, tf]))
    assert candidates.contain(others).tolist() == [False, False]
    assert candidates.contain(PairIndex(np.array([], int), np.array([], int))).tolist() == []
