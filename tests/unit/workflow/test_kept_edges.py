"""Edges that are looked at again are scored once, and the summary and the page see the same logits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scored_candidates import plain_calibration, score_all

import grnet
from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.network.selection import select_candidates
from grnet.probability.prior_fit import PriorFit
from grnet.schema.configs import InferConfig
from grnet.schema.genes import PairIndex
from grnet.scores.reader import read_shards
from grnet.scoring import survival
from grnet.scoring.candidates import Candidates
from grnet.storage.documents import read_json
from grnet.workflow.kept_edges import KeptEdges, explained_edges
from grnet.workflow.page_evidence import gather_evidence


@pytest.fixture
def opened(fused_run, tmp_path):
    """A run with its dataset and candidates, the folder of their scores, and the 80 best of them."""
    run = load_run(fused_run)
    dataset = load_dataset(run.dataset_path)
    (tmp_path / "scores").mkdir()
    score_all(run, dataset, tmp_path / "scores")
    selection = select_candidates(lambda: read_shards(tmp_path), InferConfig(top=80))
    return run, dataset, Candidates(run, dataset, device="cpu"), selection, tmp_path


def test_the_logits_are_those_of_each_edge(opened):
    _, dataset, candidates, selection, _ = opened
    kept = KeptEdges.score(selection, candidates, dataset.genes, seed=0)
    pairs = PairIndex.from_frame(selection.edges, dataset.genes)
    logits, found = candidates.score_listed(pairs)
    assert found.all()
    np.testing.assert_array_equal(kept.novel, np.flatnonzero(~selection.labelled))
    np.testing.assert_array_equal(kept.of(np.arange(80)), logits)
    np.testing.assert_array_equal(kept.of(kept.novel[::-2]), logits[:, kept.novel[::-2]])


def test_no_more_edges_are_scored_than_are_looked_at(opened, monkeypatch):
    _, dataset, candidates, selection, _ = opened
    monkeypatch.setattr(survival, "MOST_EDGES", 20)
    monkeypatch.setattr(candidates, "costs", replace(candidates.costs, explained_edges=10))
    assert len(explained_edges(selection.edges, candidates)) == 10
    kept = KeptEdges.score(selection, candidates, dataset.genes, seed=0)
    assert len(kept.novel) == 20
    assert set(kept.rows) == {*range(10), *kept.novel}
    assert kept.logits.shape == (3, len(kept.rows))


def test_evidence_from_scored_edges_is_that_of_edges_scored_for_it(opened, monkeypatch):
    run, dataset, candidates, selection, folder = opened
    given = (folder, (run, dataset, candidates), plain_calibration(run), selection.edges)
    expected = gather_evidence(*given)
    kept = KeptEdges.score(selection, candidates, dataset.genes, seed=0)
    monkeypatch.setattr(candidates, "score_listed", None)
    found = gather_evidence(*given, scored=kept)
    assert list(found.pairs) == list(expected.pairs)
    for pair, evidence in found.pairs.items():
        assert replace(evidence, saliency=None) == replace(expected.pairs[pair], saliency=None)


def test_an_inference_scores_its_edges_once(fused_run, fused_network, tmp_path, monkeypatch):
    stored = PriorFit.from_json(read_json(fused_network / "scores" / "calibration.json"))
    asked = []

    def note(self, pairs, **options):
        asked.append(len(pairs))
        return judge(self, pairs, **options)

    judge = Candidates.score_listed
    monkeypatch.setattr("grnet.workflow.infer_network.settle_prior", lambda *_, **__: stored)
    monkeypatch.setattr(Candidates, "score_listed", note)
    grnet.infer_network(fused_run, tmp_path / "network", top=70)
    assert asked == [70]
