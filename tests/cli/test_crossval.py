"""`grnet crossval`, and `grnet train` with the paper's networks: what the screen shows, and how they refuse."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import grnet
from grnet.architectures.sdinet import cross_fitting
from grnet.cli import main
from grnet.division.random_streams import derive_seed

SDINET = ["--architecture", "sdinet", "--network-image-size", "32x64", "--precision", "fp32", "--device", "cpu"]
SHORT = ["--folds", "2", "--epochs", "4", "--patience", "1", "--batch-size", "8", "--learning-rate", "0.05"]
PAPER = ["--split", "paper"]
COLUMNS = ["fold", "pairs", "accuracy", "F1", "AUROC", "AUPRC", "TP", "FP", "TN", "FN"]
OPTIONS = "see grnet crossval --help"
BEST, LAST = "SDINet paper's fusion, best epoch", "SDINet paper's fusion, last epoch"


@pytest.fixture
def lab(gappy_dataset, tmp_path, monkeypatch):
    """Make the working folder one that holds the gappy lab, and the same without images, without edges."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(gappy_dataset, "data")
    files = gappy_dataset.parent
    tables = {"expression": files / "genes.csv", "tfs": files / "tfs.txt"}
    grnet.prepare("dark", **tables, known_edges=files / "edges.csv")
    grnet.prepare("bare", **tables)
    return tmp_path


@pytest.fixture
def crossvalidated(lab, small_networks, accepted):
    """Return a function that cross-validates small networks: the lines of the screen, and metrics.json."""

    def run(*arguments):
        out = accepted("crossval", "data", "-o", "figures", *SDINET, *SHORT, *arguments)
        metrics = json.loads(Path("figures/metrics.json").read_text(encoding="utf-8"))
        return [line.rstrip() for line in out.splitlines()], metrics

    return run


def table_under(lines, title):
    """The rows of the table with a title: name and cells."""
    start = lines.index(title)
    rows = [re.split(r"\s{2,}", line.strip()) for line in lines[start + 2 : lines.index("", start + 3)]]
    return [rows[0], *rows[2:]]


def test_help_names_the_splits_and_the_settings_of_the_networks(accepted):
    out = " ".join(accepted("crossval", "--help").split())
    assert out.startswith("Usage: grnet crossval [OPTIONS] DATASET Cross-validate a model")
    assert "--split [pair|tf|target|both|paper|all]" in out
    assert "--negatives [random|degree-matched|correlation-matched]" in out
    assert "--seeds INTEGER" in out
    assert "--architecture [late|sdinet]" in out
    for flag in (
        "--min-image-pairs",
        "--max-image-pairs",
        "--network-image-size HEIGHTxWIDTH",
        "--paper-normalisation",
    ):
        assert f"{flag} " in out
    assert "--overwrite" in out


def test_the_screen_shows_the_folds_of_metrics_json_and_the_row_of_the_paper(crossvalidated):
    lines, metrics = crossvalidated(*PAPER)
    assert [lines.index(BEST), lines.index(LAST)] == sorted([lines.index(BEST), lines.index(LAST)])
    for name in (BEST, LAST):
        header, *rows = table_under(lines, name)
        assert header == COLUMNS
        assert [row[0] for row in rows] == ["0", "1", "mean", "sd", "the paper, on its data"]
        for row, fold in zip(rows, metrics["splits"]["paper"]["folds"][name], strict=False):
            figures = [f"{fold[figure]:.4f}" for figure in ("accuracy", "f1", "auroc", "auprc")]
            counts = [f"{fold[count]:,.0f}" for count in ("tp", "fp", "tn", "fn")]
            expected = [fold["fold"], f"{fold['n']:,.0f}", *figures, *counts]
            assert row == ([fold["fold"], *figures] if fold["fold"] == "sd" else expected)
        assert rows[-1][1:] == ["0.9116", "0.9118", *"––––––"]
        for fold in metrics["splits"]["paper"]["folds"][name][:2]:
            assert sum(fold[count] for count in ("tp", "fp", "tn", "fn")) == fold["n"] == 15


def test_the_screen_shows_models_baselines_notes_and_where_the_files_are(crossvalidated):
    lines, metrics = crossvalidated(*PAPER)
    card = metrics["splits"]["paper"]
    title = f"the paper's folds: 30 pairs, {card['base_rate']:.1%} positive; mean over folds and 95 % interval"
    start = lines.index(title)
    names = [line[:18].strip() for line in lines[start + 3 :] if re.search(r"\d\.\d{3} \.?\d", line)]
    assert names[2:5] == ["|Pearson|", "|Spearman|", "degree only"]
    assert [row["name"] for row in card["rows"]][:3] == [BEST, LAST, "|Pearson|"]
    assert card["verdict"] in lines
    assert {f"warning: {warning['text']}" for warning in card["warnings"]} <= set(lines)
    told = [line for line in lines if line.startswith("note: ")]
    assert sorted(told) == sorted(f"note: {note}" for note in card["notes"])
    assert told[-len(metrics["notes"]) :] == [f"note: {note}" for note in metrics["notes"]]
    assert len(metrics["notes"]) >= 3
    assert lines[-1] == "figures: figures/metrics.json   report: figures/report.html"


@pytest.mark.parametrize(
    ("split", "title"), [("pair", "new pairs: 28"), ("tf", "new TFs: 28"), ("target", "new targets: 28")]
)
def test_another_split_has_no_row_of_the_paper(crossvalidated, split, title):
    lines, metrics = crossvalidated("--split", split)
    assert BEST not in lines
    assert not any("the paper, on its data" in line for line in lines)
    assert any(line.startswith(f"{title} pairs, 50.0% positive; mean over folds") for line in lines)
    assert list(metrics["splits"]) == [split]


def test_all_splits_are_shown_one_below_the_other(lab, accepted):
    short = ["--folds", "2", "--epochs", "1", "--seeds", "2", "--device", "cpu"]
    lines = accepted("crossval", "data", "-o", "figures", "--split", "all", "--modality", "rna", *short).splitlines()
    metrics = json.loads(Path("figures/metrics.json").read_text(encoding="utf-8"))
    titles = [line.partition(":")[0] for line in lines if "positive; mean over folds" in line]
    assert titles == ["new pairs", "new TFs", "new targets", "new TFs and new targets"]
    assert list(metrics["splits"]) == ["pair", "tf", "target", "both"]
    both = metrics["splits"]["both"]
    told = f"note: new TFs and new targets: {both['n']} of {both['n_labelled']} pairs are tested"
    assert any(line.startswith(told) for line in lines)
    assert lines[-1] == "figures: figures/metrics.json   report: figures/report.html"
    assert Path("figures/both/seed-1/fold-1/weights.safetensors").is_file()


def test_late_interaction_has_one_table_of_folds(lab, accepted):
    out = accepted("crossval", "data", "-o", "figures", "--folds", "2", "--epochs", "2", *PAPER, "--modality", "rna")
    lines = [line.rstrip() for line in out.splitlines()]
    metrics = json.loads(Path("figures/metrics.json").read_text(encoding="utf-8"))
    header, *rows = table_under(lines, "grnet (RNA)")
    assert (header, [row[0] for row in rows]) == (COLUMNS, ["0", "1", "mean", "sd"])
    assert [row[6:] for row in rows[:2]] == [
        [f"{fold[count]:.0f}" for count in ("tp", "fp", "tn", "fn")]
        for fold in metrics["splits"]["paper"]["folds"]["grnet (RNA)"][:2]
    ]
    assert any(line.startswith("the paper's folds: 32 pairs") for line in lines)
    assert "the paper, on its data" not in out
    assert [row.split()[0] for row in lines if row.strip().startswith("|")] == ["|Pearson|", "|Spearman|"]


def test_progress_tells_of_every_fold(lab, small_networks, capfd):
    main(["crossval", "data", "-o", "figures", *SDINET, *SHORT])
    lines = capfd.readouterr().err.splitlines()
    for fold in range(2):
        assert re.fullmatch(
            rf"fold {fold}: best epoch \d of \d, validation loss \d\.\d{{4}}(; stopped, .*)?", lines[fold]
        )
    assert re.fullmatch(r"training 2 folds: \d+ samples in \d+\.\d s", lines[2])
    assert len(lines) == 3


def test_an_interrupted_training_says_how_to_go_on(lab, small_networks, capfd, monkeypatch):
    real, calls, seeds = cross_fitting.fit_sdinet, [], [derive_seed(0, "fit", fold=fold) for fold in range(2)]

    def fit_one(*arguments, **options):
        calls.append(options["seed"])
        if calls == seeds:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(cross_fitting, "fit_sdinet", fit_one)
    command = ["--quiet", "crossval", "data", "-o", "figures", *SDINET, *SHORT]
    with pytest.raises(SystemExit) as caught:
        main(command)
    assert caught.value.code == 130
    assert capfd.readouterr().err.splitlines()[-1] == (
        "grnet: interrupted; finished work is kept in .figures.partial, and the same command resumes from it"
    )
    main(command)
    assert calls == [*seeds, seeds[1]]
    assert not Path(".figures.partial").exists()
    assert "new pairs: 28 pairs" in capfd.readouterr().out


def test_train_prints_the_figures_of_a_run_that_loads(lab, small_networks, accepted):
    histograms = ["--architecture", "sdinet", "--modality", "rna", "--precision", "fp32", "--device", "cpu"]
    out = accepted("train", "data", "-o", "run", *histograms, *SHORT)
    lines = [line.rstrip() for line in out.splitlines()]
    run = grnet.load_run("run")
    assert any(line.startswith("new pairs: 30 pairs") for line in lines)
    assert list(run.metrics["splits"]) == ["pair"]
    assert run.metrics["model"] == "SDINet paper's RNA network"
    notes = [f"note: {note}" for note in run.metrics["notes"]]
    assert notes[-1].startswith("note: the report is on new pairs only")
    assert notes[0] == "note: 2 of 32 labelled pairs left out: a gene has no expression"
    assert lines[-len(notes) - 1 :] == [*notes, "run: run   report: run/report.html"]
    lines = accepted("infer-network", "run", "-o", "network", "--top", "5", "--device", "cpu").splitlines()
    assert lines[0].startswith("96 candidates (6 TFs × 18 genes) scored on cpu in ")
    assert lines[1] == "6 pairs not scored: the two genes share no measurement of the models"
    settings = run.settings["train"]
    assert (run.architecture, settings["epochs"], settings["rate_drops"]) == ("sdinet", 4, [])
    assert settings["model"] == {
        "modality": "rna",
        "min_image_pairs": 1,
        "image_size": [128, 320],
        "paper_normalisation": False,
        "precision": "fp32",
        "compile": False,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--split", "gene"],
            "Invalid value for '--split': 'gene' is not one of 'pair', 'tf', 'target', 'both', 'paper', 'all'; "
            + OPTIONS,
        ),
        (
            ["--architecture", "early"],
            f"Invalid value for '--architecture': 'early' is not one of 'late', 'sdinet'; {OPTIONS}",
        ),
        ([*SDINET, "--min-image-pairs", "0"], "--min-image-pairs is at least 1, got 0"),
        ([*SDINET, "--max-image-pairs", "-1"], "--max-image-pairs is at least 1, got -1"),
        (
            [*SDINET, "--network-image-size", "12"],
            "Invalid value for --network-image-size: '12': expected HEIGHTxWIDTH in pixels, such as 32x64; " + OPTIONS,
        ),
        (
            [*SDINET, "--network-image-size", ""],
            "Invalid value for --network-image-size: '': expected HEIGHTxWIDTH in pixels, such as 32x64; " + OPTIONS,
        ),
        (
            [*SDINET, "--network-image-size", "16x64"],
            "--network-image-size: both sides lie in 32..2048, got (16, 64)",
        ),
        (
            [*SDINET, "--precision", "fp16"],
            f"Invalid value for '--precision': 'fp16' is not one of 'auto', 'fp32', 'bf16'; {OPTIONS}",
        ),
        (["--seeds", "0"], "--seeds lies in 1..100, got 0"),
        (
            ["--negatives", "hard"],
            "Invalid value for '--negatives': 'hard' is not one of 'random', 'degree-matched', 'correlation-matched'; "
            + OPTIONS,
        ),
        ([*SDINET, "--folds", "1", "--epochs", "0"], "--folds is at least 2, got 1; --epochs is at least 1, got 0"),
        (
            ["--min-image-pairs", "6", "--network-image-size", "32x64", "--paper-normalisation", "--compile"],
            "--min-image-pairs, --network-image-size, --paper-normalisation, --compile: only for --architecture "
            "sdinet; add that or leave it out",
        ),
        (
            [*SDINET, "--modality", "rna", "--min-image-pairs", "6"],
            "--min-image-pairs, --network-image-size: --modality rna looks at no images; leave it out",
        ),
        (
            [*SDINET, *PAPER, "--folds", "35"],
            "34 labelled rows cannot fill 35 folds; use fewer folds or give more known edges",
        ),
        (
            [*SDINET, "--min-image-pairs", "6"],
            "data: 0 positive known edges between genes with expression and at least 6 combinations of a TF image and "
            "a target image of one view; training needs at least 10. Give more with: grnet prepare --known-edges FILE, "
            "or choose another --modality or a lower --min-image-pairs",
        ),
    ],
)
def test_wrong_options(lab, refused, arguments, message):
    assert refused("crossval", "data", "-o", "figures", *arguments) == message


@pytest.mark.parametrize("command", ["crossval", "train"])
@pytest.mark.parametrize(
    ("modality", "need"), [("image", "images of one view"), ("fused", "expression and images of one view")]
)
def test_a_dataset_without_images(lab, refused, command, modality, need):
    assert refused(command, "dark", "-o", "out", *SDINET, "--modality", modality) == (
        f"dark: 0 positive known edges between genes with {need}; training needs at least 10. Give more with: grnet "
        "prepare --known-edges FILE, or choose another --modality"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (PAPER, "0 labelled rows cannot fill 5 folds; use fewer folds or give more known edges"),
        (
            [],
            "bare: 0 positive known edges between genes with expression and images of one view; training needs at "
            "least 10. Give more with: grnet prepare --known-edges FILE, or choose another --modality",
        ),
    ],
)
def test_a_dataset_without_known_edges(lab, refused, arguments, message):
    assert refused("crossval", "bare", "-o", "figures", *SDINET, *arguments) == message


def test_folders_that_are_not_there_or_in_the_way(lab, refused):
    assert refused("crossval", "nothing", "-o", "figures") == (
        "nothing: no such folder; expected a dataset directory; make one with: grnet prepare"
    )
    assert refused("crossval", "data", "-o", "dark") == (
        "dark: already exists and is left as it is; choose another name or add --overwrite to replace it"
    )
    assert refused("crossval", "data", "-o", "dark", "--overwrite") == (
        "dark: holds other files and no crossval.toml, so --overwrite leaves it as it is; choose another name"
    )
