"""What each folder says of the command that made it, `--config` that repeats it, and `--log`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

import grnet
from grnet.cli import main

TRAINING = ["--folds", "2", "--epochs", "1", "--report", "pair", "--modality", "rna"]


def run(*words, code=0):
    """Run a command and expect its exit code."""
    with pytest.raises(SystemExit) if code else contextlib.nullcontext() as stop:
        main([str(word) for word in words])
    assert code == 0 or stop.value.code == code


def read(folder):
    return json.loads(Path(folder, "provenance.json").read_text(encoding="utf-8"))


def test_a_run_says_how_it_came_to_be(trained, capsys):
    run("--quiet", "train", "dark", "-o", "my run", *TRAINING)
    told = read("my run")
    assert told["command"] == "grnet train dark -o 'my run' --folds 2 --epochs 1 --report pair --modality rna"
    assert told["kind"] == "run folder"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["started"])
    assert told["started"] <= told["finished"]
    assert {"python", "grnet", "torch", "numpy", "scikit-learn"} <= set(told["versions"])
    assert told["machine"]["cores"] >= 1
    assert told["facts"]["seed"] == 0
    assert told["facts"]["folds"] == 2
    (dataset,) = told["inputs"]
    assert dataset["path"] == str((trained / "dark").resolve())
    assert dataset["provenance"]["kind"] == "dataset directory"
    assert dataset["provenance"]["facts"]["tfs"] == 12
    assert dataset["provenance"]["facts"]["measurements"] == [{"name": "expression", "kind": "samples", "places": 20}]


def test_the_options_are_beside_the_results_and_repeat_the_command(trained):
    run("--quiet", "train", "dark", "-o", "one", *TRAINING)
    config = trained / "one" / "config.toml"
    assert tomllib.loads(config.read_text(encoding="utf-8")) == {
        "train": {"dataset": "dark", "out": "one", "folds": 2, "epochs": 1, "report": "pair", "modality": "rna"}
    }
    run("--quiet", "train", "--config", config, "-o", "two")
    same = "out_of_fold.parquet"
    assert (trained / "one" / same).read_bytes() == (trained / "two" / same).read_bytes()
    again = tomllib.loads((trained / "two" / "config.toml").read_text(encoding="utf-8"))["train"]
    assert again == {"dataset": "dark", "out": "two", "folds": 2, "epochs": 1, "report": "pair", "modality": "rna"}


def test_a_folder_that_says_how_it_came_to_be_is_whole_and_can_be_replaced(trained, capsys):
    run("--quiet", "train", "dark", "-o", "one", *TRAINING)
    run("check", "one")
    assert capsys.readouterr().out.endswith("one: run folder, whole\n")
    run("--quiet", "train", "dark", "-o", "one", *TRAINING, "--overwrite")
    assert "provenance.json" not in json.loads((trained / "one" / "checksums.json").read_text())["files"]


def test_a_network_tells_of_training_and_data(trained, capsys):
    run("info", "net")
    shown = " ".join(capsys.readouterr().out.split())
    assert (
        "The dataset holds 40 genes, of which 12 are transcription factors (TFs), measured in 20 RNA-seq samples"
        in shown
    )
    assert "30 known edges and 30 negatives from edges.csv served as labelled pairs." in shown
    assert "Late-interaction models were trained on RNA and in-situ images by 2-fold cross-fitting (seed 0)." in shown
    assert "All 468 candidate pairs of a TF and another gene were scored." in shown
    assert "Change this with" not in shown
    assert "Cite - grnet 0.1.0: " in shown
    assert "Step 1: dataset directory" in shown
    assert "Step 3: network folder net" in shown
    digest = hashlib.sha256((trained / "edges.csv").read_bytes()).hexdigest()
    assert f"input {digest} edges.csv" in shown
    assert re.search(r"command grnet infer-network \S+/run -o \S+/net --top 50 --batch-pairs 200", shown)


def test_a_folder_of_an_earlier_version_is_described_as_far_as_it_tells(trained, capsys):
    (trained / "net" / "provenance.json").unlink()
    run("info", "net")
    shown = capsys.readouterr().out
    assert "All 468 candidate pairs" in shown
    assert "an earlier version wrote it, or it was written without a record" in shown


def test_a_fused_run_without_images_is_told_as_one_of_rna(trained, capsys):
    run("--quiet", "train", "dark", "-o", "one", *TRAINING[:-2])
    run("--quiet", "infer-network", "one", "-o", "two")
    assert json.loads((trained / "two" / "summary.json").read_text(encoding="utf-8"))["settings"]["modality"] == "rna"
    capsys.readouterr()
    run("info", "two")
    assert "Late-interaction models were trained on RNA by 2-fold" in capsys.readouterr().out


def test_a_call_from_python_is_told_as_python(trained):
    grnet.train("dark", "one", modality="rna", folds=2, report="pair")
    told = read("one")
    assert told["command"] is None
    assert told["call"] == "grnet.train(dataset='dark', out='one', modality='rna', folds=2, report='pair')"
    assert not (trained / "one" / "config.toml").exists()
    assert [step.kind for step in grnet.info("one").steps] == ["dataset directory", "run folder"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["info", "no"], "no: no such folder; expected one that grnet wrote"),
        (["info", "pictures"], "pictures: not a folder that grnet wrote"),
        (["train", "--config", "no.toml"], "no.toml: no such file"),
        (["train", "dark", "-o", "x", "--log", "no/such.log"], "no/such.log: cannot be written"),
    ],
)
def test_what_is_wrong_is_one_line(trained, capsys, words, said):
    run(*words, code=2)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("grnet: error: ")
    assert said in line


def test_a_damaged_record_is_named(trained, capsys):
    (trained / "net" / "provenance.json").write_text("{}")
    run("info", "net", code=2)
    assert "net/provenance.json" in capsys.readouterr().err


def test_the_log_holds_what_was_shown_with_times(trained, capsys):
    run("--quiet", "train", "dark", "-o", "one", *TRAINING, "--log", "my.log")
    run("inspect", "dark", "--log", "my.log")
    lines = (trained / "my.log").read_text(encoding="utf-8").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|WARNING) ", line) for line in lines)
    texts = [line.split(" ", 3)[3] for line in lines]
    assert texts[0].startswith("start: grnet train dark -o one --folds 2")
    assert any(text.startswith("run: one") for text in texts)
    assert texts.count("end: exit code 0") == 2
    assert any("labelled pairs" in text for text in texts)


def test_the_log_holds_errors(trained, capsys):
    run("train", "no", "-o", "one", "--log", "my.log", code=2)
    lines = (trained / "my.log").read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 3)[2] for line in lines] == ["INFO", "ERROR", "INFO"]
    assert "grnet: error: no: " in lines[1]
    assert lines[2].endswith("end: exit code 2")


def test_what_is_no_file_is_told_too(trained):
    grnet.evaluate("net", [("tf1", "g3"), ("tf2", "g8")], out="listed")
    network, known = read("listed")["inputs"]
    assert network["kind"] == "network folder"
    assert known == {"argument": "known", "object": "list"}
    grnet.compare(["net", "edges.csv"], out="compared")
    first, second = read("compared")["inputs"]
    assert first["path"] == str((trained / "net").resolve())
    assert second["sha256"] == hashlib.sha256((trained / "edges.csv").read_bytes()).hexdigest()


def test_an_evaluation_and_a_comparison_tell_of_all_networks(trained, capsys):
    run("--quiet", "evaluate", "net", "--known", "edges.csv", "-o", "judged")
    run("--quiet", "compare", "net", "net", "--names", "a,b", "-o", "compared")
    capsys.readouterr()
    run("info", "judged")
    shown = " ".join(capsys.readouterr().out.split())
    assert re.search(r"Against known edges \(60 pairs, 30 of them positive\), AUROC and AUPRC were 0\.\d+ and", shown)
    run("info", "compared")
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count("The dataset holds 40 genes") == 1
    assert "Networks were compared with each other." in shown


def test_a_damaged_record_of_an_input_is_refused_before_the_work(trained, capsys):
    (trained / "dark" / "provenance.json").write_text('{"format": "grnet provenance"}')
    run("--quiet", "train", "dark", "-o", "one", *TRAINING, code=2)
    (line,) = capsys.readouterr().err.splitlines()
    assert "dark/provenance.json: lacks the entry format_version; delete it to do without" in line
    assert not (trained / "one").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda told: told["inputs"].append(3),
        lambda told: told["inputs"][0]["provenance"].pop("call"),
        lambda told: told["inputs"][0]["provenance"]["facts"].update(splits=3),
    ],
)
def test_facts_that_cannot_be_read_are_one_line(trained, capsys, damage):
    file = trained / "net" / "provenance.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    damage(told)
    file.write_text(json.dumps(told))
    run("info", "net", code=2)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("grnet: error: net/provenance.json: ")
    assert line.endswith("; delete it to do without")
