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

from grnet.architectures.fitted_fold import HELD_OUT
from grnet.architectures.run_folder import load_run
from grnet.architectures.sdinet.cross_fitting import NO_ABLATION
from grnet.dataset.directory import load_dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.evaluation.baselines import BASELINES
from grnet.probability.calibration_fit import fit_calibration
from grnet.schema.errors import ConfigError, InputError
from grnet.schema.tables import CROSSVAL, OUT_OF_FOLD
from grnet.schema.training_config import SPLITS
from grnet.storage.tables import read_table
from grnet.workflow.cross_validation import crossvalidate
from grnet.workflow.training_run import train_run

FIGURES = {
    "accuracy": lambda label, p: accuracy_score(label, p >= 0.5),
    "f1": lambda label, p: f1_score(label, p >= 0.5),
    "auroc": roc_auc_score,
    "auprc": average_precision_score,
    "brier": brier_score_loss,
}
TESTED_BY_BOTH, TESTED_BY_BOTH_LATE = 16, 12
BEST, LAST = "SDINet paper's fusion, best epoch", "SDINet paper's fusion, last epoch"
FOLD_FILES = {"held_out.parquet", "history.json", "weights.safetensors"}

pytestmark = pytest.mark.usefixtures("small_networks")


@pytest.fixture(scope="module")
def dataset(gappy_dataset):
    return load_dataset(gappy_dataset)


@pytest.fixture
def config(sdinet_config):
    """Settings with which small networks stop early, not at their best epoch."""
    return replace(sdinet_config, epochs=9, patience=2, learning_rate=0.2)


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
    (card,) = metrics["splits"].values()
    folds = card["folds"][name]
    row = next(row for row in card["rows"] if row["name"] == name)
    parts = [(table["label"][table["fold"] == k], probability[table["fold"] == k]) for k in sorted(set(table["fold"]))]
    assert [fold["fold"] for fold in folds] == [*map(str, range(len(parts))), "mean", "sd"]
    assert [fold["n"] for fold in folds[:-2]] == [len(label) for label, _ in parts]
    assert (card["n"], row["is_baseline"]) == (len(table), False)
    for figure, oracle in FIGURES.items():
        values = [oracle(*part) for part in parts]
        assert [fold[figure] for fold in folds[:-2]] == pytest.approx(values), figure
        assert [folds[-2][figure], row[figure]["mean"]] == pytest.approx([np.mean(values)] * 2), figure
        assert folds[-1][figure] == pytest.approx(np.std(values, ddof=1)), figure
    for fold, (label, p) in zip(folds, parts, strict=False):
        tn, fp, fn, tp = confusion_matrix(label, p >= 0.5, labels=[0, 1]).ravel()
        assert [fold[count] for count in ("tp", "fp", "tn", "fn")] == [tp, fp, tn, fn]


@pytest.mark.parametrize("split", SPLITS)
def test_figures_of_the_networks_follow_from_their_scores(dataset, config, gappy_rows, tmp_path, split):
    result = cross_validate(dataset, tmp_path / "figures", config, split)
    table, metrics = read(tmp_path / "figures")
    assert pq.read_schema(tmp_path / "figures" / "out_of_fold.parquet").equals(CROSSVAL)
    known = list(dataset.labelled_pairs[["tf", "target", "label"]].itertuples(index=False, name=None))
    given = gappy_rows if split == "paper" else known
    rows = list(table[["tf", "target", "label"]].itertuples(index=False, name=None))
    if split == "both":
        assert rows == [row for row in given if row in rows]
        assert (len(rows), metrics["splits"]["both"]["n_labelled"]) == (TESTED_BY_BOTH, 28)
    else:
        blind = [row for row in given if row not in rows]
        assert rows == [row for row in given if row not in blind]
        assert {row[1] for row in blind} == {"g10", "g11"}
        assert (len(rows), len(blind)) == ((30, 4) if split == "paper" else (28, 4))
    assert set(table["split"]) == {split}

    by_name = {BEST: np.full(len(table), np.nan), LAST: np.full(len(table), np.nan)}
    for fold in range(2):
        scores = held_out(tmp_path / "figures", split, fold)
        own = np.flatnonzero(table["fold"] == fold)
        if split != "both":
            assert scores["position"].tolist() == own.tolist()
        by_name[BEST][own] = 1 / (1 + np.exp(-scores["score"]))
        by_name[LAST][own] = 1 / (1 + np.exp(-scores["score_last_epoch"]))
    assert table["probability"].to_numpy() == pytest.approx(by_name[BEST], abs=1e-12)
    histories = [metrics["splits"][split][name][0] for name in ("best_epochs", "last_epochs")]
    if any(best["fused"] < last for best, last in zip(*histories, strict=True)):
        assert np.abs(by_name[BEST] - by_name[LAST]).max() > 1e-3
    else:
        assert split == "both", "so the two are told apart by this test"
    card = metrics["splits"][split]
    assert list(card["folds"]) == [BEST, LAST]
    for name, probability in by_name.items():
        check_figures(metrics, table, name, probability)
    assert [row["name"] for row in card["rows"]] == [BEST, LAST, *BASELINES]
    assert [row.to_json() for row in result.card.rows] == card["rows"]
    assert {name: folds.to_dict("records") for name, folds in result.folds[split].items()} == card["folds"]
    assert (card["ablation"], result.card.ablation) == (None, None)
    assert NO_ABLATION in result.notes
    assert (result.paper is None, metrics["paper"] is None) == (split != "paper", split != "paper")
    page = (tmp_path / "figures" / "report.html").read_text(encoding="utf-8")
    assert ("The paper states" in page) == (split == "paper")


def test_what_the_folder_of_figures_holds(dataset, config, tmp_path):
    folder = tmp_path / "figures"
    result = cross_validate(dataset, folder, config)
    of_folds = {f"paper/fold-{fold}/{name}" for fold in range(2) for name in FOLD_FILES}
    assert set(contents(folder)) == {
        *of_folds,
        "checksums.json",
        "crossval.toml",
        "out_of_fold.parquet",
        "metrics.json",
        "report.html",
    }
    settings = tomllib.loads((folder / "crossval.toml").read_text(encoding="utf-8"))
    trained = settings.pop("train")
    assert settings == {
        "format_version": 2,
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
    expected = {"model": BEST, "architecture": "sdinet", "modality": "fused", "seed": 0}
    assert {name: metrics[name] for name in expected} == expected
    histories = [
        json.loads((folder / "paper" / f"fold-{fold}" / "history.json").read_text(encoding="utf-8"))
        for fold in range(2)
    ]
    card = metrics["splits"]["paper"]
    assert card["best_epochs"] == [[history["best_epochs"] for history in histories]]
    assert card["last_epochs"] == [[history["epochs"][-1]["epoch"] for history in histories]]
    assert metrics["notes"] == list(result.notes)


def test_what_is_left_out_repeated_and_stopped_early_is_told(dataset, config, tmp_path):
    result = cross_validate(dataset, tmp_path / "figures", config)
    _, metrics = read(tmp_path / "figures")
    (lasts,) = metrics["splits"]["paper"]["last_epochs"]
    assert min(lasts) < 9
    assert result.notes == (
        "4 of 34 labelled rows left out: a gene has no expression, or there are no images of one view of both genes",
        "4 of 30 rows have a repeat or their reverse in another fold, so they are easier than new pairs; --split pair "
        "keeps such rows together",
        f"training stopped after {lasts[0]}, {lasts[1]} of 9 epochs (fold by fold): 2 epochs had brought no lower "
        "validation loss; --patience 9 trains to the end",
        NO_ABLATION,
    )
    page = (tmp_path / "figures" / "report.html").read_text(encoding="utf-8")
    assert "best epoch on gappy lab: the paper&#39;s folds</title>" in page or "the paper’s folds</title>" in page
    assert "4 of 34 labelled rows left out" in page
    assert "Training stopped after" in page
    to_the_end = cross_validate(dataset, tmp_path / "end", replace(config, patience=9))
    assert not any("stopped" in note for note in to_the_end.notes)
    assert read(tmp_path / "end")[1]["splits"]["paper"]["last_epochs"] == [[9, 9]]


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
    assert [row.name for row in result.card.rows[:2]] == [f"{name}, best epoch", f"{name}, last epoch"]
    said = f"The paper states accuracy {accuracy:.4f} and F1 {f1:.4f} for this network on its own data."
    assert said in (tmp_path / "figures" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("split", SPLITS)
def test_late_interaction_on_every_split(dataset, tiny_config, gappy_rows, tmp_path, split):
    config = replace(tiny_config, folds=2, epochs=2)
    result = cross_validate(dataset, tmp_path / "figures", config, split)
    table, metrics = read(tmp_path / "figures")
    of_folds = {f"{split}/fold-{fold}/{name}" for fold in range(2) for name in FOLD_FILES - {"held_out.parquet"}}
    figures = {"checksums.json", "crossval.toml", "out_of_fold.parquet", "metrics.json", "report.html"}
    assert set(contents(tmp_path / "figures")) == of_folds | figures
    assert len(table) == {"paper": 34, "both": TESTED_BY_BOTH_LATE}.get(split, 32)
    assert [row["name"] for row in metrics["splits"][split]["rows"]] == ["grnet (fused)", *BASELINES]
    assert list(result.folds[split]) == ["grnet (fused)"]
    assert metrics["architecture"] == "late"
    assert result.paper is metrics["paper"] is None
    check_figures(metrics, table, "grnet (fused)", table["probability"])
    if split == "paper":
        rows = list(table[["tf", "target", "label"]].itertuples(index=False, name=None))
        assert (rows, table["fold"].tolist()) == (gappy_rows, [0] * 17 + [1] * 17)
    elif split in ("tf", "target"):
        assert table.groupby(split)["fold"].nunique().max() == 1


@pytest.fixture(scope="module")
def all_splits(embryo_dataset, tiny_config, tmp_path_factory):
    """The embryo, an RNA model of it on all splits, and the folder of figures."""
    embryo, folder = load_dataset(embryo_dataset), tmp_path_factory.mktemp("all") / "figures"
    config = replace(tiny_config, epochs=1, model=replace(tiny_config.model, modality="rna"))
    return embryo, config, cross_validate(embryo, folder, config, "all"), folder


def test_all_is_the_four_splits_in_one_folder(all_splits):
    embryo, _, result, folder = all_splits
    table, metrics = read(folder)
    splits = ["pair", "tf", "target", "both"]
    assert list(result.cards) == list(result.folds) == list(metrics["splits"]) == splits
    assert table["split"].drop_duplicates().tolist() == splits
    assert {name.split("/")[0] for name in contents(folder) if "fold-" in name} == set(splits)
    known = {row[:2] for row in embryo.labelled_pairs[["tf", "target"]].itertuples(index=False, name=None)}
    for split, part in table.groupby("split"):
        card = metrics["splits"][split]
        assert len(part) == card["n"] == result.cards[split].n
        assert {row[:2] for row in part[["tf", "target"]].itertuples(index=False, name=None)} <= known
        assert (len(part) == 154) == (split != "both")
        alone = {**metrics, "splits": {split: card}}
        check_figures(alone, part, "grnet (RNA)", part["probability"])
    assert list(result.notes) == metrics["notes"]
    for split in ("tf", "target"):
        assert table[table["split"] == split].groupby(split)["fold"].nunique().max() == 1
    settings = tomllib.loads((folder / "crossval.toml").read_text(encoding="utf-8"))
    assert settings["split"] == "all"
    page = (folder / "report.html").read_text(encoding="utf-8")
    for title in ("new pairs", "new TFs", "new targets", "new TFs and new targets"):
        assert title in page.lower() or title in page
    assert "<title>grnet (RNA) on synthetic embryo</title>" in page


def test_a_split_is_the_same_alone_and_among_all(all_splits, tmp_path):
    embryo, config, _, folder = all_splits
    cross_validate(embryo, tmp_path / "target", config, "target")
    together, alone = read(folder), read(tmp_path / "target")
    table = together[0]
    pd.testing.assert_frame_equal(table[table["split"] == "target"].reset_index(drop=True), alone[0])
    assert together[1]["splits"]["target"] == alone[1]["splits"]["target"]


def test_a_split_that_cannot_be_made_is_left_out_with_a_note(dataset, tiny_config, tmp_path):
    config = replace(tiny_config, folds=7, epochs=1, model=replace(tiny_config.model, modality="image"))
    result = cross_validate(dataset, tmp_path / "figures", config, "all")
    assert next(iter(result.cards)) == "pair"
    assert "tf" not in result.cards
    assert (
        "new TFs: not evaluated, since 6 distinct TFs cannot fill 7 folds; use fewer folds or give more known edges"
    ) in result.notes
    with pytest.raises(InputError, match="6 distinct TFs cannot fill 7 folds"):
        cross_validate(dataset, tmp_path / "tf", config, "tf")
    with pytest.raises(ConfigError, match="--split is one of pair, tf, target, both, paper, all, got 'gene'"):
        cross_validate(dataset, tmp_path / "gene", config, "gene")


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
    figures = {"checksums.json", "run.toml", "metrics.json", "out_of_fold.parquet", "report.html"}
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
    assert run.metrics["model"] == result.card.model.name == "SDINet paper's fusion"
    assert list(result.cards) == list(run.metrics["splits"]) == ["pair"]
    assert [row["name"] for row in run.metrics["splits"]["pair"]["rows"]] == ["SDINet paper's fusion", *BASELINES]
    assert run.metrics["splits"]["pair"]["weights_of_parts"] == []
    (lasts,) = run.metrics["splits"]["pair"]["last_epochs"]
    assert run.metrics["notes"][:3] == [
        "4 of 32 labelled pairs left out: a gene has no expression, or there are no images of one view of both genes",
        f"training stopped after {', '.join(map(str, lasts))} of 9 epochs (fold by fold): 2 epochs had brought no "
        "lower validation loss; --patience 9 trains to the end",
        NO_ABLATION,
    ]
    assert run.metrics["notes"][-1].startswith("the report is on new pairs only")
    assert (run.architecture, run.folds, run.model_config) == ("sdinet", 3, config.model)
