"""What every architecture promises: how it scores pairs, and that the table of candidates takes any that keeps it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scored_candidates import score_all

from grnet.architectures.pair_scorer import PairScorer
from grnet.architectures.registry import find_architecture, names_of_architectures
from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.features.build import build_features
from grnet.schema.tables import SCORES
from grnet.scoring.scorers import default_batch_pairs, make_scorer
from grnet.storage.tables import read_table

CPU = torch.device("cpu")


RUNS = {"late": "fused_run", "sdinet": "sdinet_run"}
"""Architecture → fixture of a run of it; each that is registered has one."""


@pytest.fixture(scope="module", params=names_of_architectures())
def run(request):
    """A run of each architecture."""
    return load_run(request.getfixturevalue(RUNS[request.param]))


@pytest.fixture(scope="module")
def dataset(run):
    return load_dataset(run.dataset_path)


@pytest.fixture(scope="module")
def features(dataset):
    return build_features(dataset)


@pytest.fixture(scope="module")
def scorer(run, dataset, features):
    return make_scorer(run, dataset, features, CPU)


@pytest.fixture(scope="module")
def block(scorer, dataset):
    """Every second TF from the last one on, every gene, and the logits of their pairs."""
    tf, target = dataset.genes.tfs[::-2], np.arange(len(dataset.genes))
    return tf, target, scorer.score(tf, target)


def test_logits_of_a_block_are_finite_where_pairs_are_scorable(scorer, run, block):
    tf, target, logits = block
    assert logits.shape == (scorer.n_models, len(tf), len(target))
    assert logits.dtype == np.float32
    assert scorer.n_models == run.folds
    scorable = scorer.scorable(tf, target)
    assert (np.isfinite(logits) == scorable).all()
    assert scorable.any()


def test_the_same_block_gets_the_same_bytes(scorer, dataset):
    block = dataset.genes.tfs[:2], np.arange(8)
    assert scorer.score(*block).tobytes() == scorer.score(*block).tobytes()


def test_a_pair_has_its_score_in_any_block(scorer, block):
    tf, target, whole = block
    for rows, columns in ((slice(1, 2), slice(7, 8)), (slice(0, 3), slice(5, 25, 3)), (slice(2, 3), slice(0, 30))):
        part = scorer.score(tf[rows], target[columns])
        assert part == pytest.approx(whole[:, rows, columns], abs=1e-4, nan_ok=True)


def test_score_is_directed(scorer, dataset):
    tfs = dataset.genes.tfs[:3]
    logits = scorer.score(tfs, tfs)
    assert np.nanmax(np.abs(logits - logits.transpose(0, 2, 1))) > 1e-3


def test_less_at_a_time_gives_the_same_scores_until_it_is_one_pair(run, dataset, features, block):
    scorer, (tf, target, whole) = make_scorer(run, dataset, features, CPU), block
    if type(scorer).take_less is PairScorer.take_less:
        pytest.skip("it always takes a whole block")
    needed = [scorer.fit_memory(10**12, len(tf))]
    for _ in range(3):
        assert scorer.take_less()
        needed.append(scorer.fit_memory(10**12, len(tf)))
        assert scorer.score(tf, target) == pytest.approx(whole, abs=1e-4, nan_ok=True)
    assert needed == sorted(needed, reverse=True)
    assert scorer.fit_memory(needed[-1] // 2, len(tf)) <= needed[-1] // 2
    smallest = scorer.fit_memory(0, len(tf))
    assert 0 < smallest < needed[-1]
    assert not scorer.take_less()
    assert scorer.score(tf[:1], target[:5]) == pytest.approx(whole[:, :1, :5], abs=1e-4, nan_ok=True)


def test_every_architecture_has_a_size_of_shards(run):
    costs = find_architecture(run.architecture).costs
    assert default_batch_pairs(run, 1, 10) == costs.batch_pairs
    assert default_batch_pairs(run, 48, costs.batch_pairs // 2) == costs.batch_pairs
    assert default_batch_pairs(run, 48, 2 * costs.batch_pairs) == 2 * costs.batch_pairs
    most = max(100_000 * costs.fewest_targets, 4 * costs.batch_pairs)
    assert default_batch_pairs(run, 100_000, 10**9) == most


def test_the_run_decides_what_scores(scorer, run):
    assert isinstance(scorer, PairScorer)
    assert type(scorer).__module__.startswith(f"grnet.architectures.{run.architecture}.")


class ByNumber:
    """Scores a pair by the numbers of its genes; every third pair has nothing to look at."""

    n_models = 3

    def scorable(self, tf, target):
        return (tf[:, None] + target) % 3 > 0

    def take_less(self):
        return False

    def fit_memory(self, budget, n_tfs):
        return 0

    def score(self, tf, target):
        total = (tf[:, None] - target[None]) / 10
        member = np.stack([total - 1, total, total + 1]).astype(np.float32)
        member[:, (tf[:, None] + target[None]) % 3 == 0] = np.nan
        return member


def test_candidates_take_any_scorer(fused_run, embryo_dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("grnet.scoring.candidates.make_scorer", lambda *_, **__: ByNumber())
    run, dataset = load_run(fused_run), load_dataset(embryo_dataset)
    position = dataset.genes.position
    summary = score_all(run, dataset, tmp_path)
    table = read_table(tmp_path / summary.shards[0], SCORES)
    tf, target = (table[column].map(position).to_numpy() for column in ("tf", "target"))
    expected = [(t, g) for t in dataset.genes.tfs for g in range(72) if t != g and (t + g) % 3]
    assert list(zip(tf, target, strict=True)) == expected
    assert (summary.n_candidates, summary.n_unscorable) == (len(expected), 12 * 71 - len(expected))
    novel = table["label"].isna().to_numpy()
    assert table["score"].to_numpy()[novel] == pytest.approx(((tf - target) / 10)[novel], abs=1e-5)
    assert table["score"].notna().all()
