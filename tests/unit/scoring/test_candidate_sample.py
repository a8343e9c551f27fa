"""The sample of candidates and the known edges, scored before everything is, and how many edges each member keeps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scored_candidates import plain_calibration

from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.schema.genes import PairIndex
from grnet.scoring import candidate_sample, survival
from grnet.scoring.candidate_sample import sample_scores
from grnet.scoring.candidates import UNLABELLED, Candidates
from grnet.scoring.survival import Survivors, choose_looked_at, count_survivors


@pytest.fixture(scope="module")
def candidates(fused_run, embryo_dataset):
    return Candidates(load_run(fused_run), load_dataset(embryo_dataset), device="cpu")


@pytest.fixture(scope="module")
def everything(candidates):
    """All candidates with the logits of all members."""
    return candidates.score_pairs(candidates.tfs, np.arange(candidates.n_genes))


def test_known_edges_have_the_logits_of_the_fold_that_did_not_see_them(candidates, everything, fused_run):
    sample = sample_scores(candidates, seed=0)
    known = np.flatnonzero(everything.label == 1)
    assert sample.known.shape == (1, len(known)) == (1, 77)
    expected = everything.logits[everything.fold[known], known]
    np.testing.assert_allclose(np.sort(sample.known[0]), np.sort(expected), atol=1e-5)
    table = load_run(fused_run).out_of_fold
    positive = table[table["label"] == 1]
    assert np.bincount(sample.known_folds).tolist() == np.bincount(positive["fold"]).tolist()
    assert (
        np.bincount(sample.known_tfs, minlength=72).tolist()
        == np.bincount(
            PairIndex.from_frame(positive, load_dataset(fused_run.parent / "dataset").genes).tf, minlength=72
        ).tolist()
    )


def test_a_sample_of_all_is_every_candidate_without_a_label(candidates, everything):
    sample = sample_scores(candidates, seed=0)
    rows = everything.label == UNLABELLED
    assert sample.candidates.shape == (3, int(rows.sum())) == (3, 852 - 154)
    np.testing.assert_allclose(sample.candidates, everything.logits[:, rows], atol=1e-5)
    np.testing.assert_array_equal(sample.candidate_tfs, everything.tf[rows])


def test_a_small_sample_takes_as_many_genes_of_every_tf_and_follows_the_seed(candidates, everything):
    samples = [sample_scores(candidates, seed=seed, n_pairs=120) for seed in (0, 0, 1)]
    assert samples[0].candidates.shape[1] <= 120
    np.testing.assert_array_equal(samples[0].candidates, samples[1].candidates)
    assert not np.array_equal(samples[0].candidate_tfs, samples[2].candidate_tfs) or not np.array_equal(
        samples[0].candidates, samples[2].candidates
    )
    counts = np.bincount(samples[0].candidate_tfs, minlength=72)[candidates.tfs]
    assert counts.max() <= 10
    assert counts.sum() > 80
    assert samples[0].known.shape == (1, 77)


def test_many_tfs_are_sampled_with_fewer_targets(candidates, monkeypatch):
    monkeypatch.setattr(candidates, "costs", replace(candidates.costs, sampled_pairs=12))
    monkeypatch.setattr(candidate_sample, "SHARED_TARGETS", 40)
    counts = []
    for most in (10**6, 120, 5):
        monkeypatch.setattr(candidate_sample, "MOST_SAMPLED", most)
        counts.append(sample_scores(candidates, seed=0).candidates.shape[1])
    assert 12 * 40 * 0.7 < counts[0] <= 12 * 40
    assert 12 * 10 * 0.5 < counts[1] <= 12 * 10
    assert counts[2] <= 12


def test_not_all_of_very_many_known_edges_are_scored(candidates, monkeypatch):
    monkeypatch.setattr(candidate_sample, "MOST_KNOWN", 20)
    assert sample_scores(candidates, seed=0).known.shape == (1, 20)


def test_survivors_are_counted_for_each_member(everything, fused_run):
    calibration = plain_calibration(load_run(fused_run))
    rows = np.flatnonzero(everything.label == UNLABELLED)[::3]
    logits = everything.logits[:, rows]
    probability = calibration.by_member(logits).astype(np.float32)
    threshold = float(np.median(probability))
    found = count_survivors(logits, calibration, threshold=threshold)
    assert found == Survivors(len(rows), tuple((probability >= np.float32(threshold)).sum(axis=1).tolist()))
    assert len(set(found.kept)) > 1
    assert count_survivors(logits[:, :0], calibration, threshold=0.5) == Survivors(0, (0, 0, 0))


def test_of_many_edges_a_random_part_is_looked_at(monkeypatch):
    edges = np.arange(1000, 0, -1)
    np.testing.assert_array_equal(choose_looked_at(edges, seed=0), edges)
    monkeypatch.setattr(survival, "MOST_EDGES", 400)
    parts = [choose_looked_at(edges, seed=seed) for seed in (0, 0, 1)]
    assert (parts[0] == parts[1]).all()
    assert (parts[0] != parts[2]).any()
    assert {len(part) for part in parts} == {400}
    assert (np.diff(parts[0]) < 0).all(), "in the order of the edges, none twice"
    assert set(parts[0]) < set(edges)
