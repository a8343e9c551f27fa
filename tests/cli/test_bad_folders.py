"""Datasets, runs and networks that are absent, damaged or something else; options of training, scoring, evaluation."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import tomli_w
import torch

from grnet.cli import main
from grnet.schema.errors import OutputExistsError
from grnet.schema.network_formats import EDGE_FORMATS
from grnet.storage.folders import new_folder

TRAIN = ["train", "data", "-o", "out", "--folds", "2", "--epochs", "2"]
INFER = ["infer-network", "run", "-o", "out", "--top", "20"]
EVALUATE = ["evaluate", "net", "--known", "edges.csv", "-o", "out"]
PREPARE = ["prepare", "few", "--expression", "genes.csv", "--tfs", "tfs.txt", "--known-edges"]

pytestmark = pytest.mark.usefixtures("trained")


def cut(file: str) -> None:
    """Keep the first half of a file, as a broken copy does."""
    content = Path(file).read_bytes()
    Path(file).write_bytes(content[: len(content) // 2])


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def write_edges(rows: list[str]) -> None:
    Path("few.csv").write_text("\n".join(["tf,target,label", *rows]) + "\n")


NO_DATASET = "not a dataset directory (it has no dataset.toml); make one with: grnet prepare"
NO_RUN = "not a run folder (it has no run.toml); make one with: grnet train"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["train", "no", "-o", "out"],
            "no: no such folder; expected a dataset directory; make one with: grnet prepare",
        ),
        (["train", "genes.csv", "-o", "out"], f"genes.csv: {NO_DATASET}"),
        (["train", "run", "-o", "out"], f"run: {NO_DATASET}"),
        (["inspect", "pictures"], f"pictures: {NO_DATASET}"),
        (
            ["infer-network", "no", "-o", "out"],
            "no: no such folder; expected a run folder; make one with: grnet train",
        ),
        (["infer-network", "data", "-o", "out"], f"data: {NO_RUN}"),
        (["infer-network", "genes.csv", "-o", "out"], f"genes.csv: {NO_RUN}"),
        (
            ["evaluate", "no", "--known", "edges.csv"],
            "no: no such folder; expected a network folder, as `grnet infer-network` writes it",
        ),
        (
            ["evaluate", "run", "--known", "edges.csv"],
            "run: not a network folder (lacks edges.parquet, nodes.parquet, summary.json); expected what "
            "`grnet infer-network` writes",
        ),
        (
            [*INFER, "--dataset", "dark"],
            "dark: is not the dataset that run was trained on (its contents differ); name the right one with --dataset "
            "FOLDER, or train anew with: grnet train",
        ),
        ([*INFER, "--dataset", "run"], f"run: {NO_DATASET}"),
    ],
)
def test_folders_of_another_kind(refused, arguments, message):
    assert refused(*arguments) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([*TRAIN, "--folds", "1"], "--folds is at least 2, got 1"),
        (
            [*TRAIN, "--epochs", "0", "--seed", "-1", "--patience", "0"],
            "--seed is 0 or more, got -1; --epochs is at least 1, got 0; --patience is at least 1, got 0",
        ),
        ([*TRAIN, "--seed", "9" * 30], f"--seed is at most 4294967295, got {'9' * 30}"),
        ([*TRAIN, "--learning-rate", "nan"], "--learning-rate is above 0 and at most 1, got nan"),
        ([*TRAIN, "--learning-rate", "inf"], "--learning-rate is above 0 and at most 1, got inf"),
        (
            [*TRAIN, "--negatives-per-positive", "inf"],
            "--negatives-per-positive is above 0 and finite, got inf",
        ),
        (
            [*TRAIN, "--modality", "smell"],
            "Invalid value for '--modality': 'smell' is not one of 'rna', 'image', 'fused'; see grnet train --help",
        ),
        (
            [*TRAIN, "--folds", "x"],
            "Invalid value for '--folds': 'x' is not a valid integer; see grnet train --help",
        ),
        ([*TRAIN, "--device", "tpu"], "--device: 'tpu' is no device; expected auto, cpu, cuda or cuda:N"),
        ([*TRAIN, "--device", "mps"], "--device: 'mps' is not supported; expected auto, cpu, cuda or cuda:N"),
        ([*INFER, "--top", "0"], "--top is at least 1, got 0"),
        (
            [*INFER, "--top", "-1", "--probability", "2", "--batch-pairs", "0"],
            "--probability lies in 0..1, got 2.0; --top is at least 1, got -1; --batch-pairs is at least 1, got 0",
        ),
        ([*INFER, "--probability", "nan"], "--probability lies in 0..1, got nan"),
        ([*INFER, "--top-per-target", "0"], "--top-per-target is at least 1, got 0"),
        ([*INFER, "--expected-precision", "1.01"], "--expected-precision lies in 0..1, got 1.01"),
        ([*INFER, "--expected-precision", "nan"], "--expected-precision lies in 0..1, got nan"),
        ([*INFER, "--prior", "0"], "--prior is above 0 and below 1, got 0.0"),
        ([*INFER, "--prior", "2"], "--prior is above 0 and below 1, got 2.0"),
        (
            [*INFER, "--prior", "nan", "--expected-precision", "-1"],
            "--expected-precision lies in 0..1, got -1.0; --prior is above 0 and below 1, got nan",
        ),
    ],
)
def test_options_out_of_range(refused, arguments, message):
    assert refused(*arguments) == message


@pytest.mark.parametrize("command", [TRAIN, INFER])
def test_a_device_that_is_not_here(refused, monkeypatch, command):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    for name in ("cuda", "cuda:1"):
        assert refused(*command, "--device", name) == (
            f"--device: {name} asked for, but 0 CUDA devices are here; use --device cpu"
        )


@pytest.mark.parametrize("command", [TRAIN, INFER, EVALUATE])
def test_outputs_that_are_taken(refused, command):
    where = command.index("out")
    taken = "edges.csv: already exists and is left as it is; choose another name or add --overwrite to replace it"
    assert refused(*command[:where], "edges.csv", *command[where + 1 :]) == taken
    below = "edges.csv/out: cannot be made, since edges.csv is a file; choose another name"
    assert refused(*command[:where], "edges.csv/out", *command[where + 1 :]) == below


@pytest.mark.parametrize(
    ("command", "own", "marker"), [(TRAIN, "data", "run.toml"), (INFER, "run", "summary.json"), (EVALUATE, "net", "")]
)
def test_overwrite_never_replaces_the_input(refused, command, own, marker):
    where = command.index("out")
    assert refused(*command[:where], own, *command[where + 1 :], "--overwrite") == (
        f"{own}: holds other files and no {marker or 'evaluation.json'}, so --overwrite leaves it as it is; "
        "choose another name"
    )


def test_demo_and_simulate_never_replace_the_working_folder(refused):
    for command in (["demo", "-o", "."], ["simulate", "."]):
        assert "so --overwrite leaves it as it is" in refused(*command, "--overwrite")


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (["prepare", "data", "--expression", "genes.csv", "--tfs", "tfs.txt"], "data"),
        (["train", "data", "-o", "run", "--folds", "2", "--epochs", "1", "--report", "pair"], "run"),
        (["infer-network", "run", "-o", "net", "--top", "20"], "net"),
        (["evaluate", "net", "--known", "edges.csv", "-o", "out"], "out"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_overwrite_deletes_nothing_that_grnet_did_not_write(refused, accepted, arguments, folder):
    kept = "so --overwrite leaves it as it is; move"
    accepted(*EVALUATE)
    (Path(folder) / "notes.txt").write_text("years of work")
    assert refused(*arguments, "--overwrite") == (
        f"{folder}: holds notes.txt, not written by grnet, {kept} it away or choose another name"
    )
    (Path(folder) / "mine").mkdir()
    (Path(folder) / "mine" / "run.toml").write_text("")
    (Path(folder) / "network.cys").write_text("")
    assert refused(*arguments, "--overwrite") == (
        f"{folder}: holds mine, network.cys, notes.txt, not written by grnet, {kept} them away or choose another name"
    )
    (Path(folder) / ".hidden").write_text("")
    (Path(folder) / "a.txt").symlink_to("notes.txt")
    assert refused(*arguments, "--overwrite") == (
        f"{folder}: holds .hidden, a.txt, mine and 2 more, not written by grnet, {kept} them away "
        "or choose another name"
    )
    Path("elsewhere").mkdir()
    for name in (".hidden", "a.txt", "mine", "network.cys", "notes.txt"):
        (Path(folder) / name).rename(Path("elsewhere") / name)
    accepted(*arguments, "--overwrite")
    assert not [path for path in Path().iterdir() if path.name.startswith(".")]


def test_overwrite_looks_into_the_folders_of_a_folder(refused):
    Path("run/fold-0/notes.txt").write_text("years of work")
    assert refused("train", "data", "-o", "run", "--overwrite") == (
        "run: holds fold-0/notes.txt, not written by grnet, so --overwrite leaves it as it is; "
        "move it away or choose another name"
    )


def test_every_exporter_writes_what_overwrite_replaces(accepted):
    formats = [word for name in EDGE_FORMATS for word in ("--format", name)]
    listings = []
    for _ in range(2):
        accepted("infer-network", "run", "-o", "net", "--top", "20", *formats, "--overwrite")
        listings.append(sorted(path.name for path in Path("net").iterdir()))
    assert {"network.cx2", "network.sif", "edges.decoupler.csv", "adjacencies.tsv", "rankedEdges.csv"} <= {*listings[0]}
    assert listings[1] == listings[0]


@pytest.mark.parametrize("overwrite", [True, False])
def test_what_came_during_the_work_is_kept(tmp_path, overwrite):
    target = tmp_path / "target"

    def work() -> None:
        with new_folder(target, overwrite=overwrite, marker="run.toml") as folder:
            (folder / "run.toml").write_text("new")
            target.mkdir()
            (target / "run.toml").write_text("old")
            (target / "notes.txt").write_text("years of work")

    with pytest.raises(OutputExistsError) as caught:
        work()
    assert str(caught.value) == (
        f"{target}: holds notes.txt, not written by grnet, so --overwrite leaves it as it is; "
        "move it away or choose another name"
        if overwrite
        else f"{target}: already exists and is left as it is; choose another name or add --overwrite to replace it"
    )
    assert sorted(path.name for path in target.iterdir()) == ["notes.txt", "run.toml"]
    assert (target / "run.toml").read_text() == "old"
    assert not list(tmp_path.glob(".target*"))


@pytest.mark.parametrize("place", [".", "../data", "{here}/data"])
def test_the_folder_that_one_works_in_is_not_replaced(refused, monkeypatch, trained, place):
    monkeypatch.chdir("data")
    place = place.format(here=trained)
    assert refused("prepare", place, "--expression", "../genes.csv", "--tfs", "../tfs.txt", "--overwrite") == (
        f"{place}: is or holds the folder that you work in, so --overwrite leaves it as it is; "
        "go elsewhere first or choose another name"
    )


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")], ids=["stop", "error"])
def test_a_demo_that_does_not_finish_leaves_all_as_it_was(monkeypatch, capfd, tmp_path, error):
    from grnet.workflow import demo

    def stop(dataset, out, **_):
        assert Path(out) == Path("demo/run-rna")
        Path("demo/run-rna").mkdir()
        raise error

    monkeypatch.setattr(demo, "simulate", lambda out, **_: Path(out).mkdir())
    monkeypatch.setattr(demo, "prepare_lab", lambda *_, **__: None)
    monkeypatch.setattr(demo, "train", stop)
    before = everything_in(tmp_path)
    for overwrite in ([], ["--overwrite"]):
        capfd.readouterr()
        with pytest.raises(SystemExit) as caught:
            main(["--quiet", "demo", "-o", "demo", *overwrite])
        shown = capfd.readouterr().err
        if isinstance(error, KeyboardInterrupt):
            assert (caught.value.code, shown.lstrip()) == (
                130,
                "grnet: interrupted; no half-written folder was left behind\n",
            )
        assert everything_in(tmp_path) == before
        if not overwrite:
            Path("demo/lab").mkdir(parents=True)
            Path("demo/lab/truth.parquet").write_text("old")
            before = everything_in(tmp_path)


def test_overwrite_of_a_demo_keeps_what_is_beside_its_files(refused):
    Path("demo/lab").mkdir(parents=True)
    Path("demo/lab/truth.parquet").write_text("old")
    shutil.copytree("net", "demo/network")
    Path("demo/network/session.cys").write_text("years of work")
    Path("demo/notes.txt").write_text("years of work")
    assert refused("demo", "-o", "demo", "--overwrite") == (
        "demo: holds network/session.cys, notes.txt, not written by grnet, so --overwrite leaves it as it is; "
        "move them away or choose another name"
    )


def test_training_without_what_it_needs(refused, accepted):
    assert refused("train", "bare", "-o", "out") == (
        "bare: 0 positive known edges between genes with expression or images; training needs at least 10. Give more "
        "with: grnet prepare --known-edges FILE"
    )
    assert refused("train", "dark", "-o", "out", "--modality", "image") == (
        "dark: 0 positive known edges between genes with images of one view; training needs at least 10. Give more "
        "with: grnet prepare --known-edges FILE, or choose another --modality"
    )
    write_edges(["tf1,g1,1", "tf1,g2,0"])
    accepted(*PREPARE, "few.csv")
    assert refused("train", "few", "-o", "out").startswith("few: 1 positive known edges between genes with expression")
    write_edges([*(f"tf{number},g1,1" for number in range(12)), "tf1,g2,0", "tf1,g3,0"])
    accepted(*PREPARE, "few.csv", "--overwrite")
    assert refused("train", "few", "-o", "out") == (
        "few: the model can use 2 negatives, and training needs at least one for each of 5 folds. Give more negatives, "
        "give none (then they are sampled: --negatives-per-positive), or use fewer --folds"
    )


def test_positives_alone_get_negatives_with_a_word_on_how(refused, accepted):
    positives = [f"tf{tf},g{target},1" for tf in range(12) for target in range(2)]
    write_edges(positives)
    accepted(*PREPARE, "few.csv")
    shown = accepted("train", "few", "-o", "out", "--folds", "2", "--epochs", "1", "--seed", "3", "--report", "pair")
    assert "new pairs: 48 pairs, 50.0% positive" in shown
    assert (
        "note: the known edges hold positives only: 24 negatives sampled uniformly from TF × gene pairs that are not "
        "known edges (--negatives random, 1 per positive, seed 3); some may be true edges not yet known"
    ) in shown
    table = pd.read_parquet("out/out_of_fold.parquet")
    negatives = table[table["label"] == 0]
    assert len(negatives) == 24
    assert not {f"{tf},{target},1" for tf, target in zip(negatives["tf"], negatives["target"], strict=True)} & set(
        positives
    )
    ratio = ["--negatives-per-positive", "1000"]
    assert refused("train", "few", "-o", "more", *ratio) == (
        "cannot sample 24000 negative pairs: 12 TFs × 40 targets leave 444 pairs that are not known and not a gene "
        "with itself; ask for fewer or give more targets"
    )


def test_a_dataset_without_any_image_goes_all_the_way(accepted):
    for modality in ("fused", "rna"):
        options = ["--modality", modality, "--folds", "2", "--epochs", "1", "--report", "pair"]
        accepted("train", "dark", "-o", f"dark-{modality}", *options)
        accepted("infer-network", f"dark-{modality}", "-o", f"net-{modality}", "--top", "5")
        assert len(pd.read_parquet(f"net-{modality}/edges.parquet")) == 5


MAGIC = "Parquet magic bytes not found in footer"


@pytest.mark.parametrize(
    ("file", "command", "words"),
    [
        ("data/dataset.toml", TRAIN, ["dataset.toml: ", "make one with: grnet prepare"]),
        ("data/genes.parquet", TRAIN, ["not readable as a Parquet file", MAGIC]),
        ("data/expression.parquet", TRAIN, ["not readable as a Parquet file", MAGIC]),
        ("data/images.parquet", TRAIN, ["not readable as a Parquet file", MAGIC]),
        ("data/known_edges.parquet", TRAIN, ["not readable as a Parquet file", MAGIC]),
        ("data/rejected.parquet", TRAIN, ["not readable as a Parquet file", MAGIC]),
        ("data/images.npy", TRAIN, ["not readable as a NumPy file", "make one with: grnet prepare"]),
        ("data/images.npy", ["inspect", "data"], ["not readable as a NumPy file"]),
        ("run/run.toml", INFER, ["train the run anew with: grnet train"]),
        (
            "run/fold-1/weights.safetensors",
            INFER,
            ["not readable as the weights of a model", "train the run anew with: grnet train"],
        ),
        ("run/out_of_fold.parquet", INFER, ["not readable as a Parquet file", MAGIC]),
        ("run/metrics.json", INFER, ["not readable as JSON", "anew with: grnet "]),
        (
            "net/scores/part-00000.parquet",
            EVALUATE,
            ["was changed or damaged since it was written", "infer the network anew"],
        ),
        ("net/edges.parquet", EVALUATE, ["not readable as a Parquet file", MAGIC]),
        ("net/nodes.parquet", EVALUATE, ["not readable as a Parquet file", MAGIC]),
        ("net/summary.json", EVALUATE, ["not readable as JSON", "anew with: grnet "]),
    ],
)
def test_files_that_are_cut_or_gone(refused, file, command, words):
    cut(file)
    message = refused(*command)
    assert f"{file}: " in message
    assert [word for word in words if word not in message] == []
    Path(file).unlink()
    message = refused(*command)
    assert any(word in message for word in (f"{file}: ", f"lacks {Path(file).name}", "it has no ", "lacks 1 of"))


def change_run(*path: str, value: object = None) -> None:
    """Set an entry of run.toml, or take it out."""
    settings = tomllib.loads(Path("run/run.toml").read_text())
    table = settings
    for name in path[:-1]:
        table = table[name]
    if value is None:
        del table[path[-1]]
    else:
        table[path[-1]] = value
    Path("run/run.toml").write_text(tomli_w.dumps(settings))


@pytest.mark.parametrize(
    ("path", "value", "flaw"),
    [
        (("dataset",), None, "lacks the entry dataset"),
        (("dataset", "fingerprint"), None, "lacks the entry dataset.fingerprint"),
        (("dataset", "path"), 7, "the entry dataset.path is 7, expected text"),
        (("train", "folds"), "many", "the entry train.folds is 'many', expected a whole number in 1..127"),
        (("train", "folds"), -2, "the entry train.folds is -2, expected a whole number in 1..127"),
        (("train", "seeds"), 2.0, "the entry train.seeds is 2.0, expected a whole number in 1..100"),
        (("train", "seed"), None, "lacks the entry train.seed"),
        (("train", "model", "channels"), 3, "the entry train.model.channels is 3, expected a list"),
        (("train", "model", "hidden"), -1, "missing or wrong entry (bins and hidden are at least 1)"),
        (("shape", "context"), "none", "the entry shape.context is 'none', expected a table"),
        (
            ("shape", "level", "expression"),
            2**62,
            f"the entry shape.level.expression is {2**62}, expected a whole number in 0..1,048,576",
        ),
        (("shape", "modality", "smell"), "rna", "the entries of shape are not of the same measurements"),
    ],
)
def test_wrong_entries_of_a_run(refused, path, value, flaw):
    change_run(*path, value=value)
    assert refused(*INFER) == f"run/run.toml: {flaw}; train the run anew with: grnet train"


def test_settings_of_a_model_that_there_are_not(refused):
    change_run("train", "model", "strange", value=3)
    message = refused(*INFER)
    assert message.startswith("run/run.toml: missing or wrong entry (")
    assert message.endswith("); train the run anew with: grnet train")


def test_runs_whose_parts_do_not_fit(refused):
    change_run("train", "folds", value=1)
    assert refused(*INFER) == (
        "run/out_of_fold.parquet: expected labelled pairs, each in a fold 0..0; train the run anew with: grnet train"
    )


def test_a_lost_part_of_the_scores_is_missed(refused):
    parts = sorted(Path("net/scores").glob("part-*.parquet"))
    assert len(parts) > 1
    parts[1].unlink()
    assert refused(*EVALUATE) == (
        f"net/scores: lacks 1 of {len(parts)} parts, the first is {parts[1].name}; "
        "infer the network anew to score all candidates"
    )


def test_the_dataset_of_a_run_is_gone_or_moved(refused, accepted):
    change_run("dataset", "path", value="/nowhere/data")
    Path("data").rename("elsewhere")
    assert refused(*INFER) == (
        "/nowhere/data: the dataset that run was trained on is no longer there; say where it is: --dataset FOLDER"
    )
    assert "20 most probable of 468 candidates" in accepted(*INFER, "--dataset", "elsewhere")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "tf,target\nfoo,bar\n",
            [],
            "none of the 1 known positive edges has a score (first: foo → bar, neither gene was scored in this role); "
            "are the gene names of the same kind?",
        ),
        (
            "tf,target\nfoo,g1\n",
            ["--alias", "foo=nobody"],
            "none of the 1 known positive edges has a score (first: nobody → g1, its TF is not among the scored TFs); "
            "are the gene names of the same kind?",
        ),
        (
            "tf,target,label\ntf1,g1,1\ntf1,g1,0\n",
            [],
            "known edges: 1 pairs have both labels, 1 and 0: tf1 → g1; keep one label of each",
        ),
        (
            "tf,target,label\ntf1,g1,0\n",
            [],
            "all 1 known edges have the label 0; expected some with label 1",
        ),
        (
            "tf,target\ntf1,g1\n",
            ["--universe", "labelled"],
            "the universe 'labelled' needs known edges of label 0 as well; give negatives or use 'tested' or 'all'",
        ),
        ("", [], "edges.csv: the file is empty; expected a table"),
    ],
)
def test_known_edges_that_say_nothing_of_a_network(refused, text, options, message):
    Path("edges.csv").write_text(text)
    assert refused(*EVALUATE, *options) == message


def test_contact_sheets_that_cannot_be_drawn(refused):
    assert refused("inspect", "dark", "--contact-sheet", "sheet.png") == (
        "dark: has no images; prepare it with --images, or leave out --contact-sheet"
    )
    assert refused("inspect", "data", "--contact-sheet", "no/sheet.png") == (
        "no: no such folder for the contact sheet; make it or name another"
    )
    assert refused("inspect", "data", "--contact-sheet", "genes.csv") == (
        "genes.csv: already exists and is left as it is; choose another name or add --overwrite to replace it"
    )
