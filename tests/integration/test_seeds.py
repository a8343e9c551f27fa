"""An ensemble over seeds from training to the edges of a network."""

from __future__ import annotations

import json

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch

import grnet
from grnet.architectures.run_folder import load_run
from grnet.features.build import build_features
from grnet.scoring.scorers import make_scorer


@pytest.fixture(scope="module")
def ensemble(embryo_dataset, tiny_config, tmp_path_factory):
    """A run of two seeds on the embryo, and its network."""
    folder = tmp_path_factory.mktemp("ensemble")
    grnet.train(embryo_dataset, folder / "run", modality="rna", seeds=2, report="pair", config=tiny_config)
    network = grnet.infer_network(folder / "run", folder / "network", top=60).network
    return load_run(folder / "run"), network


@pytest.fixture(scope="module")
def members(ensemble):
    """Every candidate with the logits of its six members: the folds of the first seed, then those of the second."""
    run, network = ensemble
    dataset = grnet.load_dataset(run.dataset_path)
    scorer = make_scorer(run, dataset, build_features(dataset), torch.device("cpu"))
    assert scorer.n_models == run.seeds * run.folds == 6
    table = pd.concat(network.scores(), ignore_index=True)
    tf, target = (table[name].map(dataset.genes.position).to_numpy() for name in ("tf", "target"))
    logits = scorer.score(dataset.genes.tfs, np.arange(len(dataset.genes)))
    row = np.searchsorted(dataset.genes.tfs, tf)
    return table, logits[:, row, target].reshape(2, 3, -1)


def test_a_candidate_has_the_mean_of_all_members_and_a_known_edge_that_of_its_fold(ensemble, members):
    run, _ = ensemble
    table, logits = members
    folds = table.merge(run.out_of_fold[["tf", "target", "fold"]], how="left")["fold"].to_numpy(float)
    known = np.isfinite(folds)
    expected = logits.mean(axis=(0, 1))
    expected[known] = logits[:, folds[known].astype(int), np.flatnonzero(known)].mean(axis=0)
    assert known.sum() == 154
    assert table["score"].to_numpy() == pytest.approx(expected, abs=1e-4)


def test_edges_carry_both_spreads(ensemble, members):
    _, network = ensemble
    table, logits = members
    assert table[["spread", "seed_spread"]].notna().all(axis=None)
    novel = table["label"].isna().to_numpy()
    assert (table["spread"][~novel] == 0).all()
    assert (table["seed_spread"] > 0).mean() > 0.95
    apart = logits.mean(axis=1).std(axis=0)[novel]
    assert np.corrcoef(apart, table["seed_spread"][novel])[0, 1] > 0.3
    edges = network.edges.merge(table, on=["tf", "target"], suffixes=("", "_scored"))
    assert len(edges) == 60
    for name in ("spread", "seed_spread"):
        np.testing.assert_array_equal(edges[name], edges[f"{name}_scored"])
    graph = nx.read_graphml(network.path / "network.graphml")
    assert all({"spread", "seed_spread"} <= set(attributes) for *_, attributes in graph.edges(data=True))
    assert len(network.summary["survival"]["members"]) == 6
    page = (network.path / "network.html").read_text(encoding="utf-8")
    assert "between seeds" in page


def test_the_run_holds_the_folds_of_every_seed(ensemble):
    run, network = ensemble
    weights = sorted(path.relative_to(run.path).as_posix() for path in run.path.rglob("weights.safetensors"))
    assert weights == [f"{seed}fold-{fold}/weights.safetensors" for seed in ("", "seed-1/") for fold in range(3)]
    settings = json.loads((network.path / "summary.json").read_text(encoding="utf-8"))["settings"]
    assert (settings["fold_models"], settings["seeds"]) == (3, 2)
