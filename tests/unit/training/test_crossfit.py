"""Cross-fitting: honest, complete, repeatable to the byte."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch
from sklearn.metrics import accuracy_score, brier_score_loss, roc_auc_score

from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.fitting import score_rows
from grnet.architectures.late.labelled_pairs import LabelledPairs
from grnet.architectures.late.stacking import PartScores, describe_weights, fit_nested, name_part
from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.division.splits import Division
from grnet.division.training_pairs import TrainingPairs
from grnet.evaluation.ablation import ALL_MEASUREMENTS, name_without
from grnet.evaluation.baselines import BASELINES
from grnet.features.build import build_features
from grnet.probability.calibration_fit import fit_calibration
from grnet.schema.errors import InputError, OutputExistsError
from grnet.schema.genes import PairIndex
from grnet.schema.progress import Progress
from grnet.schema.tables import OUT_OF_FOLD
from grnet.schema.training_config import KNOWN_NETWORK
from grnet.storage.tables import read_table
from grnet.training.crossfit import fit_folds
from grnet.training.training_data import build_training_data
from grnet.workflow.training_run import train_run

CPU = torch.device("cpu")
KNOWN_LEFT_OUT = name_without(KNOWN_NETWORK)


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    return load_dataset(embryo_dataset)


@pytest.fixture(scope="module")
def table(fused_run):
    return read_table(fused_run / "out_of_fold.parquet", OUT_OF_FOLD)


@pytest.fixture(scope="module")
def metrics(fused_run):
    return json.loads((fused_run / "metrics.json").read_text(encoding="utf-8"))


def look_at_held_out(models, data, training):
    """Return what the parts say of each labelled pair, from the model of its fold."""
    logits = [score_rows(model, data, torch.arange(len(training.pairs))) for model in models]
    values = np.stack([entry.parts.double().numpy() for entry in logits])
    own = values[training.folds, :, np.arange(len(training.pairs))].T
    return PartScores(models[0].parts, own, logits[0].has_rna.numpy(), logits[0].has_image.numpy())


def add_up_by_fold(weights, scores, training, pattern=None):
    """Return the score of each labelled pair by the weights of its fold."""
    totals = np.stack([of_fold.add_up(scores, pattern) for of_fold in weights])
    return totals[training.folds, np.arange(len(training.pairs))]


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_out_of_fold_has_every_known_edge_once(fused_run, table, dataset):
    assert pq.read_schema(fused_run / "out_of_fold.parquet").equals(OUT_OF_FOLD)
    columns = ["tf", "target", "label"]
    pd.testing.assert_frame_equal(table[columns], dataset.labelled_pairs[columns], check_dtype=False)
    assert not table.duplicated(["tf", "target"]).any()
    assert np.bincount(table["fold"]).tolist() == pytest.approx([51, 51, 51], abs=1)
    assert table["probability"].between(0, 1).all()
    assert table["probability"].nunique() > 100


def test_reversed_twins_share_a_fold(table):
    twins = table.merge(table, left_on=["tf", "target"], right_on=["target", "tf"])
    assert (twins["fold_x"] == twins["fold_y"]).all()


def test_metrics_are_those_of_the_out_of_fold_table(table, metrics):
    assert list(metrics) == ["model", "splits", "notes"]
    assert list(metrics["splits"]) == ["pair"]
    card = metrics["splits"]["pair"]
    names = [row["name"] for row in card["rows"]]
    assert names == ["grnet (fused)", *BASELINES]
    assert metrics["model"] == card["model"] == names[0]
    assert [row["is_baseline"] for row in card["rows"]] == [False, *[True] * len(BASELINES)]
    own = card["rows"][0]
    folds = [part for _, part in table.groupby("fold")]
    for figure, oracle in (
        ("auroc", lambda part: roc_auc_score(part["label"], part["probability"])),
        ("accuracy", lambda part: accuracy_score(part["label"], part["probability"] >= 0.5)),
        ("brier", lambda part: brier_score_loss(part["label"], part["probability"])),
    ):
        values = [oracle(part) for part in folds]
        assert own[figure]["mean"] == pytest.approx(np.mean(values)), figure
        assert [row[figure] for row in card["folds"]["grnet (fused)"]][:3] == pytest.approx(values), figure
    assert (card["n"], card["n_labelled"], card["n_positives"]) == (154, 154, 77)
    assert [row["fold"] for row in card["folds"]["grnet (fused)"]] == ["0", "1", "2", "mean", "sd"]


def test_other_splits_are_judged_beside_the_run(dataset, tiny_config, tmp_path):
    config = replace(tiny_config, model=replace(tiny_config.model, modality="rna"), epochs=1)
    result = train_run(dataset, tmp_path / "run", config, version="1")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert list(result.cards) == list(metrics["splits"]) == ["pair", "tf", "target", "both"]
    assert sorted(path.name for path in (tmp_path / "run").iterdir() if path.is_dir()) == ["fold-0", "fold-1", "fold-2"]
    for split in ("tf", "target"):
        assert metrics["splits"][split]["n"] == 154
        assert metrics["splits"][split]["split"] == split
    both = metrics["splits"]["both"]
    assert (both["n_labelled"], both["n"] < 80) == (154, True)
    said = (
        f"new TFs and new targets: {both['n']} of 154 pairs are tested: those whose TF and target are in the same of 3 "
    )
    assert any(note.startswith(said) for note in metrics["notes"])
    areas = {split: [row["auroc"]["mean"] for row in card["rows"]] for split, card in metrics["splits"].items()}
    assert len({tuple(row) for row in areas.values()}) == 4


def test_metrics_tell_of_images(metrics, fused_run, dataset):
    run, has_image = load_run(fused_run), build_features(dataset).present("image")
    pairs = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    n_with_images = int((has_image[pairs.tf] & has_image[pairs.target]).sum())
    card = metrics["splits"]["pair"]
    assert [part["n"] for part in card["ablation"]["parts"]] == [154, n_with_images]
    assert all(KNOWN_LEFT_OUT in part["figures"] for part in card["ablation"]["parts"])
    parts = run.load_models(CPU)[0].parts
    (weights,) = card["weights_of_parts"]
    assert list(weights) == [name_part(part) for part in parts]
    assert min(weights.values()) >= 0
    assert all(set(best) == {"rna", "image"} for best in card["best_epochs"][0])
    images_count = any(weights[name_part(part)] > 0 for part in parts if part.modality == "image")
    told = [note for note in card["notes"] if note.startswith("images have no weight")]
    assert len(told) == (0 if images_count else 1)
    assert set(told) <= set(metrics["notes"])


def test_history_has_every_epoch(fused_run, metrics):
    for fold in range(3):
        history = json.loads((fused_run / f"fold-{fold}" / "history.json").read_text(encoding="utf-8"))
        assert history["best_epochs"] == metrics["splits"]["pair"]["best_epochs"][0][fold]
        assert [(e["stage"], e["epoch"]) for e in history["epochs"]] == [
            (stage, number) for stage in ("rna", "image") for number in (1, 2, 3)
        ]
        for stage, best in history["best_epochs"].items():
            losses = [e["validation_loss"] for e in history["epochs"] if e["stage"] == stage]
            assert losses.index(min(losses)) + 1 == best


def test_scores_come_from_the_model_that_did_not_see_the_pair(dataset, tiny_config, tmp_path):
    known = build_training_data(dataset, tiny_config, CPU)
    features, training = known.features, known.training
    crossfit = fit_folds(known, tiny_config, tmp_path, device=CPU)
    (fitted,), scores = crossfit.fitted, crossfit.scores
    data = LabelledPairs.build(training.pairs, training.labels, features, modality="fused", device=CPU)
    held_out = look_at_held_out([member.model for member in fitted], data, training)
    weights = fit_nested(held_out, training.labels, training.folds, n_folds=3)
    assert scores == pytest.approx(add_up_by_fold(weights, held_out, training), abs=1e-5)
    for pattern in ("rna", "image"):
        own, has = add_up_by_fold(weights, held_out, training, pattern), held_out.sharing(pattern)
        assert crossfit.parts[pattern][has] == pytest.approx(own[has], abs=1e-5)
        assert np.isnan(crossfit.parts[pattern][~has]).all()
    assert np.isnan(crossfit.parts["image"]).any()
    (described,) = crossfit.part_weights
    assert described == pytest.approx(describe_weights(fitted[0].model.parts, weights), abs=1e-5)

    labels = training.labels.copy()
    labels[training.folds == 1] = 1 - labels[training.folds == 1]
    changed = replace(known, training=replace(training, labels=labels))
    (refitted,) = fit_folds(changed, tiny_config, tmp_path / "changed", device=CPU).fitted
    same = [
        all(
            torch.equal(value, again.model.state_dict()[name])
            for name, value in first.model.state_dict().items()
            if name not in ("weights", "base")
        )
        for first, again in zip(fitted, refitted, strict=True)
    ]
    assert same == [False, True, False]


def test_probabilities_are_calibrated_on_the_other_folds(dataset, table, tiny_config, tmp_path):
    known = build_training_data(dataset, tiny_config, CPU)
    training = known.training
    scores = fit_folds(known, tiny_config, tmp_path, device=CPU).scores
    for fold in range(3):
        own = training.folds == fold
        expected = fit_calibration(scores[~own], training.labels[~own]).apply(scores[own])
        assert table["probability"][own].to_numpy() == pytest.approx(expected, abs=1e-9)


def test_the_same_seed_gives_the_same_bytes(dataset, tiny_config, tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        train_run(dataset, tmp_path / name / "run", replace(tiny_config, seed=seed), version="1", report="pair")
    first, again, other = (contents(tmp_path / name / "run") for name in "abc")
    assert len(first) == 11
    assert first == again
    assert first.keys() == other.keys()
    assert [name for name in first if first[name] == other[name]] == []


@pytest.fixture(scope="module")
def seeded(dataset, tiny_config, tmp_path_factory):
    """A run of three seeds, and the same settings cross-fitted in memory."""
    folder, config = tmp_path_factory.mktemp("seeds"), replace(tiny_config, seeds=3)
    train_run(dataset, folder / "run", config, version="1", report="pair")
    known = build_training_data(dataset, config, CPU)
    return folder / "run", known, fit_folds(known, config, None, device=CPU)


def test_each_seed_has_its_own_models_of_the_same_folds(seeded, fused_run, tiny_config):
    folder, _, _ = seeded
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("fold-*")) == [
        *(f"fold-{fold}" for fold in range(3)),
        *(f"seed-{seed}/fold-{fold}" for seed in (1, 2) for fold in range(3)),
    ]
    for fold in range(3):
        first = folder / f"fold-{fold}"
        alone = fused_run / f"fold-{fold}"
        assert (first / "history.json").read_bytes() == (alone / "history.json").read_bytes(), "as with one seed"
        others = [(folder / f"seed-{seed}" / f"fold-{fold}" / "history.json").read_bytes() for seed in (1, 2)]
        assert len({(first / "history.json").read_bytes(), *others}) == 3
    run = load_run(folder)
    assert (run.seeds, run.folds, len(run.load_models(CPU))) == (3, 3, 9)
    assert load_run(fused_run).seeds == 1
    assert run.out_of_fold["fold"].tolist() == load_run(fused_run).out_of_fold["fold"].tolist()


def test_a_labelled_pair_has_the_mean_of_the_models_that_did_not_see_it(seeded):
    folder, known, crossfit = seeded
    training = known.training
    data = LabelledPairs.build(training.pairs, training.labels, known.features, modality="fused", device=CPU)
    models = load_run(folder).load_models(CPU)
    own, described = [], []
    for first in (0, 3, 6):
        held_out = look_at_held_out(models[first : first + 3], data, training)
        weights = fit_nested(held_out, training.labels, training.folds, n_folds=3)
        own.append(add_up_by_fold(weights, held_out, training))
        described.append(describe_weights(models[0].parts, weights))
    assert crossfit.scores == pytest.approx(np.mean(own, axis=0), abs=1e-5)
    assert np.std(own, axis=0).min() > 0
    metrics = load_run(folder).metrics["splits"]["pair"]
    assert [list(weights) for weights in metrics["weights_of_parts"]] == [list(weights) for weights in described]
    for found, expected in zip(metrics["weights_of_parts"], described, strict=True):
        assert found == pytest.approx(expected, abs=1e-5)
    assert len({tuple(weights.values()) for weights in metrics["weights_of_parts"]}) == 3
    assert [len(folds) for folds in metrics["best_epochs"]] == [3, 3, 3]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "fold 2, seed 2" in page


def test_pairs_in_no_test_have_no_score(dataset, tiny_config):
    known = build_training_data(dataset, tiny_config, CPU, split="both")
    crossfit = fit_folds(known, tiny_config, None, device=CPU)
    assert np.isfinite(crossfit.scores).tolist() == known.training.tested.tolist()
    assert 0 < known.training.tested.sum() < 154
    for part in crossfit.parts.values():
        assert np.isnan(part[~known.training.tested]).all()


def test_progress_counts_every_model(dataset, tiny_config, tmp_path):
    class Counting(Progress):
        def track(self, title, total, unit):
            counts.append([title, total, unit, 0])
            return super().track(title, total, unit)

    counts = []
    train_run(dataset, tmp_path / "run", tiny_config, version="1", report="pair", progress=Counting())
    images = replace(tiny_config, model=replace(tiny_config.model, modality="image"), seeds=2)
    train_run(dataset, tmp_path / "seeds", images, version="1", progress=Counting())
    splits = ("new pairs", "new TFs", "new targets", "new TFs and new targets")
    assert counts == [
        ["training 3 folds", 3, "models", 0],
        *([f"{split}: training 3 folds × 2 seeds", 6, "models", 0] for split in splits),
    ]


@pytest.mark.parametrize("modality", ["rna", "image"])
def test_one_modality_alone(dataset, tiny_config, tmp_path, modality):
    config = replace(tiny_config, model=replace(tiny_config.model, modality=modality))
    result = train_run(dataset, tmp_path / "run", config, version="1", report="pair")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    card = metrics["splits"]["pair"]
    assert metrics["model"] == card["model"] == {"rna": "grnet (RNA)", "image": "grnet (images)"}[modality]
    assert all(set(best) == {modality} for best in card["best_epochs"][0])
    ablation = card["ablation"]
    assert ablation["images_add"] is None
    assert {entry for part in ablation["parts"] for entry in part["figures"]} == {KNOWN_LEFT_OUT, ALL_MEASUREMENTS}
    (weights,) = card["weights_of_parts"]
    assert list(weights) == [name_part(part) for part in load_run(tmp_path / "run").load_models(CPU)[0].parts]
    network = {"rna": "RNA network", "image": "image network"}
    assert [name for name in weights if name in network.values()] == [network[modality]]
    assert list(result.cards) == list(metrics["splits"])
    assert [row.to_json() for row in result.card.rows] == card["rows"]
    assert list(result.notes) == metrics["notes"]
    assert not any("images have no weight" in note for note in result.notes)


def test_nothing_is_left_behind_by_a_refusal(dataset, tiny_config, tmp_path):
    with pytest.raises(InputError, match="100 folds"):
        train_run(dataset, tmp_path / "run", replace(tiny_config, folds=100), version="1")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "run").mkdir()
    with pytest.raises(OutputExistsError):
        train_run(dataset, tmp_path / "run", tiny_config, version="1")
    assert list(tmp_path.rglob("*")) == [tmp_path / "run"]


def test_labels_that_mean_nothing_are_not_predicted(dataset, tiny_config, tmp_path):
    """A model of shuffled labels is at chance on the pairs that it did not see."""
    rng, n_genes, n_pairs = np.random.default_rng(0), len(dataset.genes), 600
    keys = rng.permutation(n_genes * n_genes)
    pairs = PairIndex(keys // n_genes, keys % n_genes)
    ahead = pairs.tf < pairs.target
    pairs = pairs.take(np.flatnonzero(ahead)[:n_pairs])
    labels = rng.permutation(np.arange(n_pairs) % 2).astype(np.int8)
    folds = (np.arange(n_pairs) % 3).astype(np.int8)
    stops = np.stack([(folds != fold) & (np.arange(n_pairs) % 10 == 0) for fold in range(3)])
    training = TrainingPairs.divide(pairs, labels, Division(folds, folds != np.arange(3)[:, None]), stops)
    config = replace(
        tiny_config,
        epochs=25,
        patience=25,
        batch_size=32,
        learning_rate=0.003,
        model=LateConfig("rna", hidden=48, dropout=0.0),
    )
    data = replace(build_training_data(dataset, config, CPU), training=training)
    crossfit = fit_folds(data, config, tmp_path, device=CPU)
    assert roc_auc_score(labels, crossfit.scores) == pytest.approx(0.5, abs=0.08)


def test_two_processes_give_the_bytes_of_one(dataset, tiny_config, tmp_path):
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            train_run(dataset, tmp_path / str(threads) / "run", tiny_config, version="1", report="pair")
    finally:
        torch.set_num_threads(before)
    one, two = (contents(tmp_path / threads / "run") for threads in "12")
    assert one == two
