"""A fold on disk: what was written is what is read, and a fold that was not finished does not count as one."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from grnet.architectures import fitted_fold as fitted
from grnet.architectures.fitted_fold import Epoch, FittedFold, HeldOut, is_fold_written, read_fold, write_fold
from grnet.architectures.input_shape import InputShape
from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.weights import load_weights
from grnet.schema.errors import FormatError

CONFIG = SdinetConfig("image")
NO_FEATURES = InputShape({}, {}, {}, ())


@pytest.fixture
def member(small_networks):
    torch.manual_seed(4)
    model = PairClassifier(CONFIG).eval()
    model.fit_normaliser("images", 3.0, 7.0, 10)
    history = (Epoch("image", 1, 0.71, 0.1 + 0.2), Epoch("image", 2, 1e-9, 1 / 3))
    scores = np.array([0.1, -13.8, 1 / 7]), np.array([0.2, 1e-300, -0.5])
    return FittedFold(model, history, {"image": 1}, HeldOut(np.array([7, 0, 4]), *scores))


def load(folder):
    return load_weights(PairClassifier(CONFIG), folder, torch.device("cpu"))


def test_a_fold_is_read_as_it_was_written(member, tmp_path):
    folder = tmp_path / "pair" / "fold-0"
    write_fold(folder, member)
    assert sorted(file.name for file in folder.iterdir()) == ["held_out.parquet", "history.json", "weights.safetensors"]
    again = read_fold(folder, load(folder))
    assert again.history == member.history
    assert again.best_epochs == {"image": 1}
    for name in ("position", "score", "score_last_epoch"):
        found, expected = getattr(again.held_out, name), getattr(member.held_out, name)
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()
    state = member.model.state_dict()
    assert state.keys() == again.model.state_dict().keys()
    assert all(torch.equal(value, state[name]) for name, value in again.model.state_dict().items())
    assert again.model.normalisers["images"].mean == pytest.approx(0.3)


def test_what_the_files_of_a_fold_hold(member, tmp_path):
    write_fold(tmp_path, member)
    table = pq.read_table(tmp_path / "held_out.parquet")
    assert table.schema.equals(fitted.HELD_OUT)
    assert [str(column) for column in table.schema.types] == ["int64", "double", "double"]
    assert table["position"].to_pylist() == [7, 0, 4]
    assert json.loads((tmp_path / "history.json").read_text(encoding="utf-8")) == {
        "best_epochs": {"image": 1},
        "epochs": [
            {"stage": "image", "epoch": 1, "train_loss": 0.71, "validation_loss": 0.1 + 0.2},
            {"stage": "image", "epoch": 2, "train_loss": 1e-9, "validation_loss": 1 / 3},
        ],
    }


def test_a_fold_without_scores_of_its_own_has_no_table(member, tmp_path):
    write_fold(tmp_path, replace(member, held_out=None))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["history.json", "weights.safetensors"]
    assert is_fold_written(tmp_path)


@pytest.mark.parametrize("broken", ["save_weights", "write_table", "write_json"])
def test_a_fold_that_was_broken_off_is_not_written(member, tmp_path, monkeypatch, broken):
    def stop(*_, **__):
        raise KeyboardInterrupt

    folder = tmp_path / "fold-0"
    assert not is_fold_written(folder)
    with monkeypatch.context() as patch:
        patch.setattr(fitted, broken, stop)
        with pytest.raises(KeyboardInterrupt):
            write_fold(folder, member)
    assert folder.is_dir()
    assert not is_fold_written(folder)
    write_fold(folder, member)
    assert is_fold_written(folder)
    assert read_fold(folder, load(folder)).held_out.position.tolist() == [7, 0, 4]


def test_a_fold_with_a_damaged_table_is_refused(member, tmp_path):
    write_fold(tmp_path, member)
    (tmp_path / "held_out.parquet").write_bytes(b"PAR1")
    with pytest.raises(FormatError, match=r"held_out\.parquet: not readable as a Parquet file \("):
        read_fold(tmp_path, member.model)
