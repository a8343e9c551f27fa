"""Scoring every candidate: as pair by pair, each pair by the models that may score it, all others counted."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch
from late_models import score_listed, teach, weigh_all_parts, weigh_images
from safetensors.torch import load_file, save_file
from scored_candidates import PLAIN, plain_calibration, score_all

import grnet
from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.scorer import LateScorer
from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.features.build import build_features
from grnet.schema.errors import ConfigError, FormatError
from grnet.schema.genes import PairIndex
from grnet.schema.progress import Progress
from grnet.schema.tables import SCORES
from grnet.scoring.candidates import Candidates
from grnet.scoring.score_blocks import score_block
from grnet.storage.tables import read_table

CPU = torch.device("cpu")


def score_pairs(model, features, tf, target):
    """Return the logit of each listed pair, from all that the model looks at."""
    return score_listed(model, features, torch.from_numpy(tf), torch.from_numpy(target)).total.numpy()


def read_scores(folder):
    return pd.concat([read_table(part, SCORES) for part in sorted(folder.glob("part-*.parquet"))], ignore_index=True)


def members_of(run, features, table, genes):
    """Return the logits [K, P] of all fold models for the pairs of a table."""
    tf, target = (genes.indices_of(table[column]) for column in ("tf", "target"))
    return np.stack([score_pairs(model, features, tf, target) for model in run.load_models(CPU)])


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    return load_dataset(embryo_dataset)


@pytest.fixture(scope="module")
def features(dataset):
    return build_features(dataset)


@pytest.fixture(scope="module")
def weighted_run(fused_run, features, tmp_path_factory):
    """The fused run, with weights by which all parts of a score count, others in each fold model."""
    folder = shutil.copytree(fused_run, tmp_path_factory.mktemp("weighted") / "run")
    for fold, model in enumerate(load_run(folder).load_models(CPU)):
        weigh_all_parts(model, seed=fold)
        keep_weights(model, folder / f"fold-{fold}")
    (folder / "checksums.json").unlink()
    return load_run(folder)


@pytest.fixture(scope="module")
def blind_run(weighted_run, tmp_path_factory):
    """The same run, with no weight for images beside RNA."""
    folder = shutil.copytree(weighted_run.path, tmp_path_factory.mktemp("blind") / "run")
    for fold, model in enumerate(weighted_run.load_models(CPU)):
        weigh_images(model, 0.0)
        keep_weights(model, folder / f"fold-{fold}")
    return load_run(folder)


def keep_weights(model, folder):
    """Save what the parts of a model count, and nothing else of it."""
    file = folder / "weights.safetensors"
    save_file({**load_file(file), "weights": model.weights, "base": model.base}, file)


@pytest.fixture(scope="module")
def image_run(dataset, tiny_config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("images") / "run"
    grnet.train(dataset.path, folder, modality="image", folds=3, report="pair", config=tiny_config)
    return load_run(folder)


@pytest.fixture(scope="module")
def scored(weighted_run, dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scored")
    summary = score_all(weighted_run, dataset, folder)
    return summary, folder, read_scores(folder)


@pytest.mark.parametrize("modality", ["rna", "image", "fused"])
@pytest.mark.parametrize("size", [(1, 1), (1, 14), (3, 5), (14, 14)])
@pytest.mark.parametrize(("tile", "strip"), [(1, 1), (5, 2), (32768, 7), (32768, 2048)])
def test_a_block_is_scored_as_its_pairs(patchy_features, monkeypatch, modality, size, tile, strip):
    monkeypatch.setattr("grnet.architectures.late.scorer.TILE_PAIRS", {"cpu": tile})
    monkeypatch.setattr("grnet.architectures.late.scorer.STRIP_GENES", {"cpu": strip})
    torch.manual_seed(0)
    config = LateConfig(modality, hidden=16, bins=6, channels=(4,))
    models = [LateInteraction(config, InputShape.of(patchy_features)).eval() for _ in range(3)]
    for number, model in enumerate(models):
        labels = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])
        teach(model, patchy_features, torch.tensor([3, 3, 4, 7, 8]), torch.tensor([5, 8, 5, 9, number]), labels)
        weigh_all_parts(model, seed=number)
    rng = np.random.default_rng(1)
    tf, target = (rng.permutation(14)[:count] for count in size)
    found = LateScorer(models, patchy_features, CPU, tfs=np.arange(14)).score(tf, target)
    assert found.shape == (3, *size)
    assert found.dtype == np.float32
    rows, columns = np.repeat(tf, size[1]), np.tile(target, size[0])
    usable = patchy_features.scorable(modality, rows, columns)
    for member, model in enumerate(models):
        expected = score_pairs(model, patchy_features, rows, columns)
        assert found[member].ravel()[usable] == pytest.approx(expected[usable], abs=1e-5)
        assert np.isnan(found[member].ravel()[~usable]).all()
        if usable[-1]:
            alone = score_pairs(model, patchy_features, rows[-1:], columns[-1:])
            assert found[member, -1, -1] == pytest.approx(alone[0], abs=1e-5)


def test_how_alike_tfs_are_may_be_worked_out_again_and_again(patchy_features, monkeypatch):
    config = LateConfig("fused", hidden=16, bins=6, channels=(4,))
    models = [LateInteraction(config, InputShape.of(patchy_features)).eval()]
    labelled = torch.tensor([3, 4, 7]), torch.tensor([5, 6, 3]), torch.tensor([1.0, 0.0, 1.0])
    teach(models[0], patchy_features, *labelled)
    weigh_all_parts(models[0])
    kept = LateScorer(models, patchy_features, CPU, tfs=np.arange(14))
    monkeypatch.setattr("grnet.architectures.late.scorer.MOST_ALIKE", 10)
    monkeypatch.setattr("grnet.architectures.late.scorer.STRIP_TFS", 4)
    fresh = LateScorer(models, patchy_features, CPU, tfs=np.arange(14))
    assert all(alike is not None for alike in kept.alike.values())
    assert all(alike is None for alike in fresh.alike.values())
    found = fresh.score(np.arange(14)[::-1], np.arange(14))
    assert found == pytest.approx(kept.score(np.arange(14)[::-1], np.arange(14)), abs=1e-5, nan_ok=True)


@pytest.mark.parametrize("modality", ["rna", "image", "fused"])
def test_a_block_of_nothing_has_no_scores(patchy_features, modality):
    model = LateInteraction(LateConfig(modality, hidden=16, bins=6, channels=(4,)), InputShape.of(patchy_features))
    scorer = LateScorer([model.eval()], patchy_features, CPU, tfs=np.arange(14))
    nothing, some = np.empty(0, dtype=np.int64), np.arange(5)
    assert scorer.score(nothing, nothing).shape == (1, 0, 0)
    assert scorer.score(some, nothing).shape == (1, 5, 0)
    assert scorer.score(nothing, some).shape == (1, 0, 5)


@pytest.mark.parametrize("limit", [{"probability": 1.0}, {"expected_precision": 1.0}])
def test_a_network_without_any_edge_is_a_network(dataset, tiny_config, tmp_path, limit):
    grnet.train(dataset.path, tmp_path / "run", modality="rna", folds=3, report="pair", config=tiny_config)
    result = grnet.infer_network(tmp_path / "run", tmp_path / "network", device="cpu", **limit)
    assert len(result.network.edges) == 0
    assert result.network.summary["survival"] == {"edges": 0, "threshold": None, "members": [0, 0, 0]}


def test_every_tf_with_every_other_gene_once(scored, dataset):
    summary, folder, table = scored
    genes = dataset.genes
    expected = [(genes.symbols[t], gene) for t in genes.tfs for gene in genes.symbols if gene != genes.symbols[t]]
    assert list(zip(table["tf"], table["target"], strict=True)) == expected, "one part, TF by TF"
    assert len(expected) == 12 * 71 == summary.n_candidates
    assert summary.n_unscorable == 0
    for name in summary.shards:
        assert pq.read_schema(folder / name).equals(SCORES)


def test_a_labelled_pair_has_the_score_of_the_model_that_did_not_see_it(scored, weighted_run, features, dataset):
    _, _, table = scored
    known = table.merge(weighted_run.out_of_fold, on=["tf", "target"], how="inner", suffixes=("", "_trained"))
    assert len(known) == 154
    assert (known["label"] == known["label_trained"]).all()
    logits = members_of(weighted_run, features, known, dataset.genes)
    own = logits[known["fold"], np.arange(len(known))]
    assert known["score"].to_numpy() == pytest.approx(own, abs=1e-5)
    assert np.abs(logits.mean(axis=0) - own).max() > 1e-3
    assert (known["spread"] == 0).all()
    assert table["seed_spread"].isna().all(), "there is one seed"
    assert known["probability"].to_numpy() == pytest.approx(PLAIN.apply(own), abs=1e-5)


def test_an_unlabelled_pair_has_the_mean_and_spread_of_all_models(scored, weighted_run, features, dataset):
    _, _, table = scored
    novel = table[table["label"].isna()]
    assert len(novel) == len(table) - 154
    logits = members_of(weighted_run, features, novel, dataset.genes)
    assert novel["score"].to_numpy() == pytest.approx(logits.mean(axis=0), abs=1e-5)
    assert novel["spread"].to_numpy() == pytest.approx(PLAIN.apply(logits).std(axis=0), abs=1e-5)
    assert (novel["spread"] > 0).all()
    assert novel["probability"].to_numpy() == pytest.approx(PLAIN.apply(logits.mean(axis=0)), abs=1e-5)


class SeedScorer:
    """Six members, two seeds of three folds: the logit of a pair is a tenth of its genes, and the member's number."""

    n_models = 6

    def scorable(self, tf, target):
        return np.ones((len(tf), len(target)), dtype=bool)

    def score(self, tf, target):
        own = (tf[:, None] + target[None]) / 10
        return np.stack([own + member for member in range(6)]).astype(np.float32)


def test_further_seeds_judge_a_labelled_pair_by_its_fold_alone(weighted_run, dataset, monkeypatch):
    monkeypatch.setattr("grnet.scoring.candidates.make_scorer", lambda *_, **__: SeedScorer())
    candidates = Candidates(weighted_run, dataset, device="cpu")
    calibration = plain_calibration(weighted_run, 6)
    table = score_block(candidates, calibration, dataset.genes.tfs, np.arange(len(dataset.genes))).to_pandas()
    table[["tf", "target"]] = table[["tf", "target"]].astype("str")
    position = dataset.genes.position
    own = (table["tf"].map(position) + table["target"].map(position)).to_numpy() / 10
    folds = table.merge(weighted_run.out_of_fold[["tf", "target", "fold"]], how="left")["fold"].to_numpy(float)
    labelled = np.isfinite(folds)
    members = np.stack([own + member for member in range(6)])
    apply = PLAIN.apply
    of_folds = np.stack([apply(own + fold + 1.5) for fold in range(3)])  # the mean of the members fold and fold + 3
    fold = folds[labelled].astype(int)
    score = np.where(labelled, own + np.nan_to_num(folds) + 1.5, own + 2.5)
    probability, spread = apply(own + 2.5), np.where(labelled, 0, of_folds.std(axis=0))
    probability[labelled] = of_folds[fold, np.flatnonzero(labelled)]
    of_seeds = np.stack([apply(members[:3].mean(axis=0)), apply(members[3:].mean(axis=0))])
    of_seeds[:, labelled] = apply(own[labelled] + fold), apply(own[labelled] + fold + 3)
    assert labelled.sum() == 154
    np.testing.assert_allclose(table["score"], score, atol=1e-5)
    np.testing.assert_allclose(table["probability"], probability, atol=1e-5)
    np.testing.assert_allclose(table["spread"], spread, atol=1e-5)
    np.testing.assert_allclose(table["seed_spread"], of_seeds.std(axis=0), atol=1e-5)
    assert table["seed_spread"].max() > 0.01


def test_images_move_scores_where_they_have_weight_and_both_genes_have_images(
    scored, blind_run, dataset, features, tmp_path
):
    _, _, table = scored
    score_all(blind_run, dataset, tmp_path)
    plain = read_scores(tmp_path)
    moved = np.abs(table["score"].to_numpy() - plain["score"].to_numpy()) > 1e-6
    has_image = features.present("image")
    tf, target = (dataset.genes.indices_of(plain[column]) for column in ("tf", "target"))
    assert np.array_equal(moved, has_image[tf] & has_image[target])
    assert 0 < moved.sum() < len(plain)


def test_correlation_is_pearson(scored, dataset):
    _, _, table = scored
    r = np.corrcoef(dataset.expression)
    position = dataset.genes.position
    expected = [r[position[a], position[b]] for a, b in zip(table["tf"], table["target"], strict=True)]
    assert table["correlation"].to_numpy() == pytest.approx(np.array(expected), abs=1e-4)


@pytest.mark.parametrize("batch_pairs", [1, 7, 100, 1000])
def test_the_size_of_a_block_does_not_matter(scored, weighted_run, dataset, tmp_path, batch_pairs):
    two = dataset.genes.tfs[[3, 8]]
    genes = replace(dataset.genes, is_tf=np.isin(np.arange(len(dataset.genes)), two))
    summary = score_all(weighted_run, replace(dataset, genes=genes), tmp_path, batch_pairs=batch_pairs)
    found = read_scores(tmp_path).sort_values(["tf", "target"], ignore_index=True)
    assert len(summary.shards) == {1: 72, 7: 24, 100: 2, 1000: 1}[batch_pairs]
    expected = scored[2][scored[2]["tf"].isin([genes.symbols[index] for index in two])]
    expected = expected.sort_values(["tf", "target"], ignore_index=True)
    exact, close = ["tf", "target", "label"], ["score", "probability", "spread", "correlation"]
    pd.testing.assert_frame_equal(found[exact], expected[exact])
    assert found[close].to_numpy() == pytest.approx(expected[close].to_numpy(), abs=1e-5)


def test_one_tf(scored, weighted_run, dataset, tmp_path):
    only = int(dataset.genes.tfs[5])
    genes = replace(dataset.genes, is_tf=np.arange(len(dataset.genes)) == only)
    summary = score_all(weighted_run, replace(dataset, genes=genes), tmp_path)
    found = read_scores(tmp_path)
    assert (summary.n_tfs, summary.n_candidates, summary.shards) == (1, 71, ("part-00000.parquet",))
    expected = scored[2][scored[2]["tf"] == genes.symbols[only]]
    assert found["target"].tolist() == expected["target"].tolist()
    assert found["score"].to_numpy() == pytest.approx(expected["score"].to_numpy(), abs=1e-5)


def test_pairs_without_a_common_view_are_absent_and_counted(image_run, dataset, features, tmp_path):
    summary = score_all(image_run, dataset, tmp_path, batch_pairs=100)
    symbols, tfs = dataset.genes.symbols, dataset.genes.tfs
    expected = [
        (symbols[a], symbols[b])
        for a in tfs
        for b in range(len(symbols))
        if a != b and any(p.present[a] and p.present[b] for p in features.of_modality("image"))
    ]
    table = read_scores(tmp_path)
    assert sorted(zip(table["tf"], table["target"], strict=True)) == sorted(expected)
    assert summary.n_candidates == len(expected)
    assert summary.n_unscorable == 12 * 71 - len(expected) > 0
    assert (table["correlation"].notna()).all()


def test_the_manifest_tells_what_was_scored(scored):
    summary, folder, _ = scored
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (shard,) = manifest.pop("shards")
    assert manifest == {
        "format": "grnet scores",
        "format_version": 1,
        "done": True,
        "plan": {"of": "a test"},
        "tfs": 12,
        "genes": 72,
        "candidates": 852,
        "unscorable": 0,
        "parts": 1,
    }
    assert (shard["name"], shard["rows"]) == ("part-00000.parquet", 852)
    assert shard["sha256"] == hashlib.sha256((folder / shard["name"]).read_bytes()).hexdigest()
    assert sorted(file.name for file in folder.iterdir()) == ["manifest.json", shard["name"]]
    assert summary.shards == (shard["name"],)


def test_progress_reaches_its_total(weighted_run, dataset, tmp_path):
    class Counting(Progress):
        @contextmanager
        def track(self, title, total, unit):
            done = []
            yield done.append
            counts.append((title, total, unit, sum(done)))

    counts = []
    score_all(weighted_run, dataset, tmp_path, batch_pairs=200, progress=Counting())
    assert counts == [("scoring", 852, "pairs", 852)]


def test_another_dataset_or_device_is_refused(weighted_run, dataset, tmp_path):
    fewer = replace(dataset, measurements=[entry for entry in dataset.measurements if entry.name != "dorsal"])
    with pytest.raises(FormatError, match="was trained on InputShape"):
        score_all(weighted_run, fewer, tmp_path)
    with pytest.raises(ConfigError, match="'tpu' is no device"):
        score_all(weighted_run, dataset, tmp_path, device="tpu")
    assert list(tmp_path.iterdir()) == []


def test_what_it_takes_is_told_before_it_starts(weighted_run, dataset, tmp_path, monkeypatch):
    class Saying(Progress):
        def say(self, text):
            said.append(text)

    said = []
    monkeypatch.setattr("grnet.scoring.scoring.estimate_seconds", lambda *_, n_candidates: 12.2)
    score_all(weighted_run, dataset, tmp_path, progress=Saying())
    assert said == ["scoring 852 pairs on cpu: about 12 s and 12 KB of disk"]


def test_a_disk_that_is_too_small_is_told_before_it_starts(weighted_run, dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("grnet.scoring.scoring.shutil.disk_usage", lambda _: SimpleNamespace(free=5000))
    with pytest.raises(ConfigError, match=r"the scores of 852 pairs take about 12 KB, but 4.9 KB are free; make room"):
        score_all(weighted_run, dataset, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.json"]


def test_listed_pairs_are_judged_as_in_a_block(weighted_run, dataset):
    candidates = Candidates(weighted_run, dataset, device="cpu")
    every = np.arange(len(dataset.genes))
    block = candidates.score_pairs(dataset.genes.tfs, every)
    rng = np.random.default_rng(0)
    pairs = PairIndex(rng.choice(dataset.genes.tfs, 200), rng.choice(every, 200))
    logits, found = candidates.score_listed(pairs)
    assert np.array_equal(found, pairs.tf != pairs.target)
    place = {pair: row for row, pair in enumerate(zip(block.tf.tolist(), block.target.tolist(), strict=True))}
    listed = zip(pairs.tf[found].tolist(), pairs.target[found].tolist(), strict=True)
    assert logits[:, found] == pytest.approx(block.logits[:, [place[pair] for pair in listed]], abs=1e-5)


def test_the_number_of_threads_and_the_order_of_parts_change_no_byte(weighted_run, dataset, tmp_path):
    contents = []
    for threads in (1, 3):
        folder = tmp_path / str(threads)
        folder.mkdir()
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            summary = score_all(weighted_run, dataset, folder, batch_pairs=100)
        finally:
            assert torch.get_num_threads() == threads
            torch.set_num_threads(before)
        assert summary.device == ("cpu" if threads == 1 else "cpu, 3 threads")
        contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert len(contents[0]) == 10
    assert contents[0] == contents[1]


def test_bfloat16_moves_ranks_by_little(weighted_run, dataset):
    every = np.arange(len(dataset.genes))
    exact, rounded = (
        Candidates(weighted_run, dataset, device="cpu", precision=precision)
        .score_pairs(dataset.genes.tfs, every)
        .logits
        for precision in ("fp32", "bf16")
    )
    assert 0 < np.abs(exact - rounded).max() < 0.02 * np.abs(exact).max()
    ranks = [np.argsort(np.argsort(logits.mean(axis=0))) for logits in (exact, rounded)]
    assert np.abs(ranks[0] - ranks[1]).max() < 0.05 * len(ranks[0])
