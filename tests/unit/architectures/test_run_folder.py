"""The run folder: what was saved is what is loaded, it can move, and damage is named."""

from __future__ import annotations

import json
import re
import shutil
import tomllib

import numpy as np
import pytest
import tomli_w
import torch
from late_models import score_listed, teach, weigh_all_parts

import grnet
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.run_folder import describe_dataset, load_run
from grnet.architectures.weights import save_weights
from grnet.dataset.directory import load_dataset
from grnet.features.build import build_features
from grnet.schema.configs import to_plain
from grnet.schema.errors import FormatError, MissingInputError
from grnet.storage.folders import check_output_free

CPU = torch.device("cpu")
FILES = {
    "checksums.json",
    "metrics.json",
    "out_of_fold.parquet",
    "provenance.json",
    "report.html",
    "run.toml",
    *(f"fold-{fold}/{name}" for fold in range(3) for name in ("history.json", "weights.safetensors")),
}


@pytest.fixture
def run_copy(fused_run, tmp_path):
    """A copy of the run without checksums, which would tell every change."""
    return shutil.copytree(fused_run, tmp_path / "run", ignore=shutil.ignore_patterns("checksums.json"))


def edit_settings(folder, change):
    settings = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))
    change(settings)
    (folder / "run.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")


def predict(model, features):
    genes = torch.arange(features.n_genes)
    tf, target = genes.repeat_interleave(len(genes)), genes.repeat(len(genes))
    return score_listed(model, features, tf, target).total.numpy()


def test_settings_are_those_of_the_training(fused_run, embryo_dataset, tiny_config):
    run = load_run(fused_run)
    assert run.settings["train"] == to_plain(tiny_config)
    assert (run.folds, run.seed, run.model_config) == (3, 0, tiny_config.model)
    assert run.settings["grnet_version"] == grnet.__version__
    assert run.settings["dataset"]["name"] == "synthetic embryo"
    assert run.settings["dataset"]["relative_path"] == "../dataset"
    assert run.shape.context == {"expression": 50, "dorsal": 30, "lateral": 30, "ventral": 30}
    assert run.shape.level == {"expression": 58, "dorsal": 34, "lateral": 34, "ventral": 34}
    assert run.shape.pictures == ("dorsal", "lateral", "ventral")
    assert run.dataset_path == embryo_dataset.resolve()


def test_saved_models_predict_as_before(run_copy, embryo_dataset):
    run, features = load_run(run_copy), build_features(load_dataset(embryo_dataset))
    torch.manual_seed(9)
    model = LateInteraction(run.model_config, run.shape).eval()
    teach(model, features, torch.tensor([0, 1]), torch.tensor([5, 6]), torch.tensor([1.0, 0.0]))
    weigh_all_parts(model)
    save_weights(model, run_copy / "fold-1")
    loaded = load_run(run_copy).load_models(CPU)
    assert len(loaded) == 3
    assert not any(entry.training for entry in loaded)
    for name in ("weights", "base", "labelled_dual"):
        assert torch.equal(getattr(loaded[1], name), getattr(model, name)), name
        assert getattr(model, name).any(), name
    assert (loaded[1].labelled_tf.tolist(), loaded[1].labelled_target.tolist()) == ([0, 1], [5, 6])
    assert loaded[1].labelled_value.tolist() == [1.0, 0.0]
    assert predict(loaded[1], features) == pytest.approx(predict(model, features), abs=1e-6)
    assert not np.allclose(predict(loaded[0], features), predict(model, features), atol=1e-3)


def test_the_folder_holds_no_pickle(fused_run):
    files = {file.relative_to(fused_run).as_posix(): file for file in fused_run.rglob("*") if file.is_file()}
    assert set(files) == FILES
    for name, file in files.items():
        beginning = file.read_bytes()[:16]
        assert not beginning.startswith((b"\x80", b"PK")), name
        if name.endswith(".safetensors"):
            assert beginning[8:10] == b'{"'
        if name.endswith(".parquet"):
            assert beginning[:4] == b"PAR1"
        if name.endswith(".json"):
            json.loads(file.read_text(encoding="utf-8"))


def test_run_and_dataset_can_move_together(fused_run, embryo_dataset, tmp_path):
    shutil.copytree(fused_run, tmp_path / "there" / "run")
    shutil.copytree(embryo_dataset, tmp_path / "there" / "dataset")
    assert load_run(tmp_path / "there" / "run").dataset_path == (tmp_path / "there" / "dataset").resolve()


def test_a_run_that_moved_alone_finds_the_dataset_where_it_was(run_copy, embryo_dataset):
    assert load_run(run_copy).dataset_path == embryo_dataset.resolve()


def test_the_dataset_is_described_from_both_sides(tmp_path):
    described = describe_dataset(tmp_path / "a" / "data", tmp_path / "runs" / "b", name="n", fingerprint="f")
    assert described == {
        "name": "n",
        "path": str((tmp_path / "a" / "data").resolve()),
        "relative_path": "../../a/data",
        "fingerprint": "f",
    }


def test_no_folder(tmp_path):
    with pytest.raises(MissingInputError) as caught:
        load_run(tmp_path / "none")
    assert (
        str(caught.value) == f"{tmp_path / 'none'}: no such folder; expected a run folder; make one with: grnet train"
    )


def test_a_folder_without_settings_is_no_run(run_copy):
    (run_copy / "run.toml").unlink()
    with pytest.raises(FormatError) as caught:
        load_run(run_copy)
    assert str(caught.value) == f"{run_copy}: not a run folder (it has no run.toml); make one with: grnet train"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"format_version": 2}, "format version 2, architecture late"),
        ({"architecture": "early"}, "format version 3, architecture early"),
    ],
)
def test_other_formats_are_refused(run_copy, change, found):
    edit_settings(run_copy, lambda settings: settings.update(change))
    with pytest.raises(FormatError) as caught:
        load_run(run_copy)
    expected = f"{run_copy / 'run.toml'}: {found}; expected 3 and late or sdinet; train the run anew with: grnet train"
    assert str(caught.value) == expected


def test_settings_that_are_no_toml(run_copy):
    (run_copy / "run.toml").write_text("train = [", encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        load_run(run_copy)
    assert str(caught.value).startswith(f"{run_copy / 'run.toml'}: not readable as TOML (")


def test_settings_that_lack_an_entry(run_copy):
    edit_settings(run_copy, lambda settings: settings["train"]["model"].pop("channels"))
    with pytest.raises(FormatError) as caught:
        load_run(run_copy)
    expected = f"{run_copy / 'run.toml'}: lacks the entry train.model.channels; train the run anew with: grnet train"
    assert str(caught.value) == expected


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "gone"])
def test_damaged_weights_are_named(run_copy, damage):
    file = run_copy / "fold-2" / "weights.safetensors"
    contents = {"cut": file.read_bytes()[:-100], "text": b"no weights at all", "empty": b""}
    file.unlink() if damage == "gone" else file.write_bytes(contents[damage])
    with pytest.raises(FormatError) as caught:
        load_run(run_copy).load_models(CPU)
    reason = "no such file; expected the weights" if damage == "gone" else "not readable as the weights of a model ("
    assert str(caught.value).startswith(f"{file}: {reason}")
    assert str(caught.value).endswith("; train the run anew with: grnet train")
    assert "\n" not in str(caught.value)


def test_weights_of_another_size_are_named(run_copy):
    edit_settings(run_copy, lambda settings: settings["train"]["model"].update(hidden=17))
    with pytest.raises(FormatError) as caught:
        load_run(run_copy).load_models(CPU)
    assert re.fullmatch(
        r"\S+/fold-0/weights\.safetensors: \S+ has the shape \[.*16.*\], by run\.toml it has the shape \[.*17.*\]; "
        r"train the run anew with: grnet train",
        str(caught.value),
    )


def test_features_of_another_size_are_refused(fused_run, patchy_features, embryo_dataset):
    run = load_run(fused_run)
    run.check_features(build_features(load_dataset(embryo_dataset)))
    with pytest.raises(FormatError) as caught:
        run.check_features(patchy_features)
    assert str(caught.value).startswith(f"{fused_run}: was trained on InputShape(")


@pytest.mark.parametrize("name", ["metrics.json", "out_of_fold.parquet"])
def test_damaged_tables_are_named(run_copy, name):
    (run_copy / name).write_bytes(b"{")
    with pytest.raises(FormatError) as caught:
        load_run(run_copy)
    assert str(caught.value).startswith(f"{run_copy / name}: not ")
    (run_copy / name).unlink()
    with pytest.raises(MissingInputError) as gone:
        load_run(run_copy)
    assert str(gone.value).startswith(f"{run_copy / name}: no such file")


def test_the_calibration_that_earlier_versions_wrote_is_neither_read_nor_in_the_way(run_copy):
    (run_copy / "calibration.json").write_text("{")
    assert load_run(run_copy).folds == 3
    check_output_free(run_copy, overwrite=True, marker="run.toml")
