"""Cross-validation: figures that follow from the table of scores, beside the paper's and the baselines."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    roc_auc_score,
)

from grnet.dataset.directory import load_dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.evaluation.calibration import fit_calibration
from grnet.models.run_folder import load_run
from grnet.schema.model_configs import SPLITS
from grnet.schema.tables import CROSSVAL, OUT_OF_FOLD, read_table
from grnet.training.crossval import crossvalidate
from grnet.training.fitted import HELD_OUT
from grnet.training.run import train_run

BASELINES = ["|Pearson|", "|Spearman|", "degree only", "expression neighbour", "random"]
FIGURES = {
    "accuracy": lambda label, p: accuracy_score(label, p >= 0.5),
    "f1": lambda label, p: f1_score(label, p >= 0.5),
    "auroc": roc_auc_score,
    "auprc": average_precision_score,
    "brier": brier_score_loss,
}
BEST, LAST = "SDINet paper's fusion, best epoch", "SDINet paper's fusion, last epoch"
FOLD_FILES = {"held_out.parquet", "history.json", "weights.safetensors"}

pytestmark = pytest.mark.usefixtures("small_networks")


@pytest.fixture(scope="module")
def dataset(gappy_dataset):
    return load_dataset(gappy_dataset)


@pytest.fixture
def config(sdinet_config):
    """Settings with which small networks stop early, not at their best epoch."""
    return replace(sdinet_config, epochs=9, patience=3, learning_rate=0.05)


def cross_validate(dataset, folder, config, split="paper", **options):
    return crossvalidate(dataset, folder, config, split=split, version="1.2.3", **options)


def train(dataset, folder, config, **options):
    return train_run(dataset, folder, config, version="1.2.3", **options)


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def read(folder):
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return read_table(folder / "out_of_fold.parquet", CROSSVAL), metrics


def held_out(folder, split, fold):
    return read_table(folder / split / f"fold-{fold}" / "held_out.parquet", HELD_OUT)


def check_figures(metrics, table, name, probability):
    """Compare the figures of a model with those of scikit-learn, fold by fold and as mean and deviation."""
    folds = metrics["folds"][name]
    row = next(row for row in metrics["figures"] if row["name"] == name)
    parts = [(table["label"][table["fold"] == k], probability[table["fold"] == k]) for k in sorted(set(table["fold"]))]
    assert [fold["fold"] for fold in folds] == [*map(str, range(len(parts))), "mean", "sd"]
    assert [fold["n"] for fold in folds[:-2]] == [len(label) for label, _ in parts]
    assert (row["n"], row["is_baseline"]) == (len(table), False)
    for figure, oracle in FIGURES.items():
        values = [oracle(*part) for part in parts]
        assert [fold[figure] for fold in folds[:-2]] == pytest.approx(values), figure
        assert [folds[-2][figure], row[figure]] == pytest.approx([np.mean(values)] * 2), figure
        assert [folds[-1][figure], row[f"{figure}_sd"]] == pytest.approx([np.std(values, ddof=1)] * 2), figure
    for fold, (label, p) in zip(folds, parts, strict=False):
        tn, fp, fn, tp = confusion_matrix(label, p >= 0.5, labels=[0, 1]).ravel()
        assert [fold[count] for count in ("tp", "fp", "tn", "fn")] == [tp, fp, tn, fn]


@pytest.mark.parametrize("split", SPLITS)
def test_figures_of_the_networks_follow_from_their_scores(dataset, config, gappy_rows, tmp_path, split):
    result = cross_validate(dataset, tmp_path / "figures", config, split)
    table, metrics = read(tmp_path / "figures")
    assert pq.read_schema(tmp_path / "figures" / "out_of_fold.parquet").equals(CROSSVAL)
    known = list(dataset.known_edges[["tf", "target", "label"]].itertuples(index=False, name=None))
    given = gappy_rows if split == "paper" else known
    rows = list(table[["tf", "target", "label"]].itertuples(index=False, name=None))
    blind = [row for row in given if row not in rows]
    assert rows == [row for row in given if row not in blind]
    assert {row[1] for row in blind} == {"g10", "g11"}
    assert (len(rows), len(blind)) == ((30, 4) if split == "paper" else (28, 4))
    assert set(table["split"]) == {split}

    by_name = {BEST: np.full(len(table), np.nan), LAST: np.full(len(table), np.nan)}
    for fold in range(2):
        scores = held_out(tmp_path / "figures", split, fold)
        assert scores["position"].tolist() == np.flatnonzero(table["fold"] == fold).tolist()
        by_name[BEST][scores["position"]] = 1 / (1 + np.exp(-scores["score"]))
        by_name[LAST][scores["position"]] = 1 / (1 + np.exp(-scores["score_last_epoch"]))
    assert table["probability"].to_numpy() == pytest.approx(by_name[BEST], abs=1e-12)
    assert np.abs(by_name[BEST] - by_name[LAST]).max() > 1e-3
    assert list(metrics["folds"]) == [BEST, LAST]
    for name, probability in by_name.items():
        check_figures(metrics, table, name, probability)
    assert [row["name"] for row in metrics["figures"]] == [BEST, LAST, *BASELINES]
    assert [row.to_json() for row in result.rows] == metrics["figures"]
    assert {name: folds.to_dict("records") for name, folds in result.folds.items()} == metrics["folds"]
    assert (metrics["figures_pairs_with_images"], result.image_rows) == ([], ())
    assert (result.paper is None, metrics["paper"] is None) == (split != "paper", split != "paper")
    page = (tmp_path / "figures" / "report.html").read_text(encoding="utf-8")
    assert ("The paper states" in page) == (split == "paper")


def test_what_the_folder_of_figures_holds(dataset, config, tmp_path):
    folder = tmp_path / "figures"
    result = cross_validate(dataset, folder, config)
    of_folds = {f"paper/fold-{fold}/{name}" for fold in range(2) for name in FOLD_FILES}
    assert set(contents(folder)) == {*of_folds, "crossval.toml", "out_of_fold.parquet", "metrics.json", "report.html"}
    settings = tomllib.loads((folder / "crossval.toml").read_text(encoding="utf-8"))
    trained = settings.pop("train")
    assert settings == {
        "format_version": 1,
        "grnet_version": "1.2.3",
        "architecture": "sdinet",
        "split": "paper",
        "dataset": {
            "name": "gappy lab",
            "path": str(dataset.path.resolve()),
            "relative_path": settings["dataset"]["relative_path"],
            "fingerprint": fingerprint(dataset.path),
        },
    }
    assert (folder / settings["dataset"]["relative_path"]).resolve() == dataset.path.resolve()
    assert (trained["folds"], trained["epochs"], trained["rate_drops"], trained["device"]) == (2, 9, [10, 15], "cpu")
    assert (trained["model"]["modality"], trained["model"]["image_size"]) == ("fused", [32, 64])
    _, metrics = read(folder)
    expected = {"split": "paper", "architecture": "sdinet", "modality": "fused", "seed": 0}
    assert {name: metrics[name] for name in expected} == expected
    histories = [
        json.loads((folder / "paper" / f"fold-{fold}" / "history.json").read_text(encoding="utf-8"))
        for fold in range(2)
    ]
    assert metrics["best_epochs"] == [history["best_epochs"] for history in histories]
    assert metrics["last_epochs"] == [history["epochs"][-1]["epoch"] for history in histories]
    assert metrics["notes"] == list(result.notes)


def test_what_is_left_out_repeated_and_stopped_early_is_told(dataset, config, tmp_path):
    result = cross_validate(dataset, tmp_path / "figures", config)
    _, metrics = read(tmp_path / "figures")
    lasts = metrics["last_epochs"]
    assert min(lasts) < 9
    assert result.notes == (
        "4 of 34 labelled rows left out: a gene has no expression, or there are no images of one view of both genes",
        "4 of 30 rows have a repeat or their reverse in another fold, so they are easier than new pairs; --split pair "
        "keeps such rows together",
        f"training stopped after {lasts[0]}, {lasts[1]} of 9 epochs (fold by fold): 3 epochs had brought no lower "
        "validation loss; --patience 9 trains to the end",
    )
    page = (tmp_path / "figures" / "report.html").read_text(encoding="utf-8")
    assert "best epoch on gappy lab, split: paper</title>" in page
    assert "4 of 34 labelled rows left out" in page
    assert "Training stopped after" in page
    to_the_end = cross_validate(dataset, tmp_path / "end", replace(config, patience=9))
    assert not any("stopped" in note for note in to_the_end.notes)
    assert read(tmp_path / "end")[1]["last_epochs"] == [9, 9]


@pytest.mark.parametrize(
    ("modality", "accuracy", "f1", "name"),
    [
        ("rna", 0.8962, 0.895, "SDINet paper's RNA network"),
        ("image", 0.7196, 0.7374, "SDINet"),
        ("fused", 0.9116, 0.9118, "SDINet paper's fusion"),
    ],
)
def test_the_figures_of_the_paper_stand_beside_its_networks_on_its_split(
    dataset, config, tmp_path, modality, accuracy, f1, name
):
    short = replace(config, epochs=2, model=replace(config.model, modality=modality))
    result = cross_validate(dataset, tmp_path / "figures", short)
    _, metrics = read(tmp_path / "figures")
    assert result.paper == (accuracy, f1)
    assert metrics["paper"] == {"accuracy": accuracy, "f1": f1}
    assert metrics["modality"] == modality
    assert [row.name for row in result.rows[:2]] == [f"{name}, best epoch", f"{name}, last epoch"]
    said = f"The paper states accuracy {accuracy:.4f} and F1 {f1:.4f} for this network on its own data."
    assert said in (tmp_path / "figures" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("split", SPLITS)
def test_late_interaction_on_every_split(dataset, tiny_config, gappy_rows, tmp_path, split):
    config = replace(tiny_config, folds=2, epochs=2)
    result = cross_validate(dataset, tmp_path / "figures", config, split)
    table, metrics = read(tmp_path / "figures")
    of_folds = {f"{split}/fold-{fold}/{name}" for fold in range(2) for name in FOLD_FILES - {"held_out.parquet"}}
    figures = {"crossval.toml", "out_of_fold.parquet", "metrics.json", "report.html"}
    assert set(contents(tmp_path / "figures")) == of_folds | figures
    assert len(table) == (34 if split == "paper" else 32)
    assert [row["name"] for row in metrics["figures"]] == ["grnet (fused)", *BASELINES]
    assert list(result.folds) == ["grnet (fused)"]
    assert metrics["architecture"] == "late"
    assert result.paper is metrics["paper"] is None
    check_figures(metrics, table, "grnet (fused)", table["probability"])
    if split == "paper":
        rows = list(table[["tf", "target", "label"]].itertuples(index=False, name=None))
        assert (rows, table["fold"].tolist()) == (gappy_rows, [0] * 17 + [1] * 17)
    elif split != "pair":
        assert table.groupby(split)["fold"].nunique().max() == 1


def test_figures_on_the_pairs_with_images_where_there_are_enough(embryo_dataset, tiny_config, tmp_path):
    embryo = load_dataset(embryo_dataset)
    config = replace(tiny_config, folds=2, epochs=1, model=replace(tiny_config.model, modality="rna"))
    result = cross_validate(embryo, tmp_path / "figures", config, "target")
    table, metrics = read(tmp_path / "figures")
    symbols = embryo.image_table.groupby("symbol")["view"].agg(set)
    shared = [
        bool(symbols.get(tf, set()) & symbols.get(target, set()))
        for tf, target in table[["tf", "target"]].itertuples(index=False, name=None)
    ]
    some = table[shared]
    assert 50 < len(some) < len(table)
    assert metrics["figures_pairs_with_images"] == [row.to_json() for row in result.image_rows]
    assert [row.n for row in result.image_rows] == [len(some)] * 6
    areas = [roc_auc_score(part["label"], part["probability"]) for _, part in some.groupby("fold")]
    assert result.image_rows[0].auroc == pytest.approx(np.mean(areas))


def test_the_seed_decides_every_file(dataset, config, tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        cross_validate(dataset, tmp_path / name / "out", replace(config, seed=seed), "pair")
    first, again, other = (contents(tmp_path / name / "out") for name in "abc")
    assert first == again
    assert [name for name in first if first[name] == other[name]] == []


def test_a_run_of_the_networks_is_calibrated_on_the_other_folds(dataset, config, tmp_path):
    result = train(dataset, tmp_path / "run", replace(config, folds=3))
    run = load_run(tmp_path / "run")
    table = run.out_of_fold
    pd.testing.assert_frame_equal(table, read_table(tmp_path / "run" / "out_of_fold.parquet", OUT_OF_FOLD))
    of_folds = {f"fold-{fold}/{name}" for fold in range(3) for name in FOLD_FILES}
    figures = {"run.toml", "calibration.json", "metrics.json", "out_of_fold.parquet", "report.html"}
    assert set(contents(tmp_path / "run")) == of_folds | figures
    scores = np.full(len(table), np.nan)
    for fold in range(3):
        held = held_out(tmp_path / "run", "", fold)
        scores[held["position"]] = held["score"]
    labels, folds = table["label"].to_numpy(), table["fold"].to_numpy()
    for fold in range(3):
        own = folds == fold
        expected = fit_calibration(scores[~own], labels[~own]).apply(scores[own])
        assert table["probability"][own].to_numpy() == pytest.approx(expected, abs=1e-9)
    assert run.calibration == fit_calibration(scores, labels)
    assert run.metrics["model"] == result.rows[0].name == "SDINet paper's fusion"
    assert [row["name"] for row in run.metrics["figures"]] == ["SDINet paper's fusion", *BASELINES]
    assert run.metrics["trust_in_images"] is None
    assert run.metrics["notes"] == [
        "4 of 32 known edges left out: a gene has no expression, or there are no images of one view of both genes",
        "training stopped after 4, 4, 9 of 9 epochs (fold by fold): 3 epochs had brought no lower validation loss; "
        "--patience 9 trains to the end",
    ]
    assert (run.architecture, run.folds, run.model_config) == ("sdinet", 3, config.model)
