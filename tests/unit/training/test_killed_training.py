"""Training of the paper's networks that is broken off: finished folds stay, and the end has the same bytes."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch

from grnet.architectures.sdinet import cross_fitting
from grnet.dataset.directory import load_dataset
from grnet.division.random_streams import derive_seed
from grnet.schema.errors import InputError, OutputExistsError
from grnet.schema.kept_work import find_kept_work
from grnet.schema.progress import Progress
from grnet.workflow.cross_validation import crossvalidate
from grnet.workflow.training_run import train_run

FIT_SEEDS = [derive_seed(0, "fit", fold=fold) for fold in range(2)]
FILES = ("held_out.parquet", "history.json", "weights.safetensors")
pytestmark = pytest.mark.usefixtures("small_networks")


class Listening(Progress):
    """Keeps what is said and tracked, and interrupts after a line or after some steps."""

    def __init__(self, interrupt_at="", interrupt_after=None):
        self.lines, self.tracked = [], []
        self.interrupt_at, self.left = interrupt_at, interrupt_after

    def say(self, text):
        self.lines.append(text)
        if self.interrupt_at and text.startswith(self.interrupt_at):
            raise KeyboardInterrupt

    @contextmanager
    def track(self, title, total, unit):
        done = []

        def advance(count):
            done.append(count)
            if self.left is not None and len(done) == self.left:
                raise KeyboardInterrupt

        yield advance
        self.tracked.append((title, total, unit, sum(done)))


@pytest.fixture(scope="module")
def dataset(gappy_dataset):
    return load_dataset(gappy_dataset)


@pytest.fixture
def config(sdinet_config):
    """Settings with which small networks stop early, not at their best epoch."""
    return replace(sdinet_config, epochs=9, patience=3, learning_rate=0.05)


@pytest.fixture
def fitted_seeds(monkeypatch):
    """The seeds of the folds that are fitted from now on."""
    real, seeds = cross_fitting.fit_sdinet, []

    def fit_sdinet(*arguments, seed, **options):
        seeds.append(seed)
        return real(*arguments, seed=seed, **options)

    monkeypatch.setattr(cross_fitting, "fit_sdinet", fit_sdinet)
    return seeds


def cross_validate(dataset, folder, config, split="paper", **options):
    return crossvalidate(dataset, folder, config, split=split, version="1.2.3", **options)


def train(dataset, folder, config, **options):
    return train_run(dataset, folder, config, version="1.2.3", **options)


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_progress_counts_the_samples_and_tells_of_every_fold(dataset, config, tmp_path):
    listening = Listening()
    cross_validate(dataset, tmp_path / "figures", config, "pair", progress=listening)
    histories = [
        json.loads((tmp_path / "figures" / "pair" / f"fold-{fold}" / "history.json").read_text(encoding="utf-8"))
        for fold in range(2)
    ]
    expected = []
    for fold, history in enumerate(histories):
        losses = [epoch["validation_loss"] for epoch in history["epochs"]]
        best = losses.index(min(losses)) + 1
        stopped = "; stopped, since 3 epochs brought no better one" if len(losses) < 9 else ""
        text = f"fold {fold}: best epoch {best} of {len(losses)}, validation loss {min(losses):.4f}{stopped}"
        expected.append(text)
    assert listening.lines == expected
    ((title, total, unit, done),) = listening.tracked
    assert (title, unit, done) == ("training 2 folds", "samples", total)
    assert total % 9 == 0


@pytest.mark.parametrize("work", [cross_validate, train])
@pytest.mark.parametrize(
    ("interrupt", "fitted_again"),
    [
        ({"interrupt_at": "fold 0:"}, FIT_SEEDS[1:]),
        ({"interrupt_at": "fold 1:"}, []),
        ({"interrupt_after": 2}, FIT_SEEDS),
    ],
)
def test_folds_that_were_finished_are_not_fitted_again(
    dataset, config, tmp_path, fitted_seeds, work, interrupt, fitted_again
):
    unbroken, broken = tmp_path / "a" / "out", tmp_path / "b" / "out"
    work(dataset, unbroken, config)
    with pytest.raises(KeyboardInterrupt) as caught:
        work(dataset, broken, config, progress=Listening(**interrupt))
    partial = broken.with_name(".out.partial")
    assert not broken.exists()
    assert find_kept_work(caught.value) == (None if len(fitted_again) == 2 else partial)
    kept = {name for name in contents(broken.parent) if "fold-" in name}
    assert len(kept) == 3 * (2 - len(fitted_again))
    fitted_seeds.clear()
    listening = Listening()
    work(dataset, broken, config, progress=listening)
    assert fitted_seeds == fitted_again
    assert contents(broken) == contents(unbroken)
    assert [file.name for file in broken.parent.iterdir()] == ["out"]
    assert [line.partition(": ")[0] for line in listening.lines] == ["fold 0", "fold 1"]
    before = [line for line in listening.lines if line.endswith(": fitted before, taken as it is")]
    assert len(before) == 2 - len(fitted_again)
    ((_, total, _, done),) = listening.tracked
    assert done == total


def test_folds_of_further_seeds_and_splits_outlive_a_kill(dataset, config, tmp_path, fitted_seeds):
    unbroken, broken = tmp_path / "a" / "out", tmp_path / "b" / "out"
    more = replace(config, seeds=2, epochs=2)
    train(dataset, unbroken, more, report="all")
    in_all = len(fitted_seeds)
    assert (in_all, len(set(fitted_seeds))) == (4 * 2 * 2, 4), "every split has the same streams"
    fitted_seeds.clear()
    with pytest.raises(KeyboardInterrupt):
        train(dataset, broken, more, report="all", progress=Listening("seed 1, fold 0:"))
    with pytest.raises(OutputExistsError, match="labelled pairs tf differs"):
        train(dataset, broken, more, report="pair")
    assert len(fitted_seeds) == 3
    train(dataset, broken, more, report="all")
    assert len(fitted_seeds) == in_all
    assert contents(broken) == contents(unbroken)
    folds = {"fold-0", "fold-1", "seed-1/fold-0", "seed-1/fold-1"}
    expected = {
        f"{split}{fold}/{name}" for split in ("", "tf/", "target/", "both/") for fold in folds for name in FILES
    }
    assert {name for name in contents(unbroken) if "fold-" in name} == expected


def test_a_fold_that_was_half_written_is_fitted_again(dataset, config, tmp_path, fitted_seeds):
    unbroken, broken = tmp_path / "a" / "out", tmp_path / "b" / "out"
    cross_validate(dataset, unbroken, config)
    with pytest.raises(KeyboardInterrupt):
        cross_validate(dataset, broken, config, progress=Listening("fold 1:"))
    (broken.parent / ".out.partial" / "folder" / "paper" / "fold-0" / "history.json").unlink()
    fitted_seeds.clear()
    cross_validate(dataset, broken, config)
    assert fitted_seeds == FIT_SEEDS[:1]
    assert contents(broken) == contents(unbroken)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"learning_rate": 0.02}, "train learning_rate: 0.05 before, 0.02 now"),
        ({"seed": 5, "epochs": 4}, "train seed: 0 before, 5 now; train epochs: 9 before, 4 now"),
        (
            {"split": "pair"},
            'split: "paper" before, "pair" now; labelled pairs pair differs; labelled pairs paper differs',
        ),
    ],
)
def test_unfinished_work_with_other_settings_is_not_mixed(dataset, config, tmp_path, fitted_seeds, change, difference):
    unbroken, out = tmp_path / "a" / "out", tmp_path / "b" / "out"
    with pytest.raises(KeyboardInterrupt):
        cross_validate(dataset, out, config, progress=Listening("fold 0:"))
    fitted_seeds.clear()
    split = change.pop("split", "paper")
    other = replace(config, **change)
    partial = out.with_name(".out.partial")
    before = contents(partial)
    with pytest.raises(OutputExistsError) as caught:
        cross_validate(dataset, out, other, split)
    assert str(caught.value) == (
        f"{out}: {partial} holds unfinished work of another command ({difference}). Repeat that command to finish it, "
        f"add --overwrite to discard it, or delete {partial}"
    )
    assert (fitted_seeds, contents(partial)) == ([], before)

    cross_validate(dataset, out, other, split, overwrite=True)
    assert fitted_seeds == [derive_seed(other.seed, "fit", fold=fold) for fold in range(2)]
    cross_validate(dataset, unbroken, other, split)
    assert contents(out) == contents(unbroken)
    assert not partial.exists()


def test_overwrite_replaces_figures_and_nothing_else(dataset, config, tmp_path):
    out = tmp_path / "out"
    cross_validate(dataset, out, config)
    before = contents(tmp_path)
    with pytest.raises(OutputExistsError) as caught:
        cross_validate(dataset, out, config)
    assert str(caught.value) == (
        f"{out}: already exists and is left as it is; choose another name or add --overwrite to replace it"
    )
    assert contents(tmp_path) == before
    cross_validate(dataset, out, config, "tf", overwrite=True)
    assert {name.split("/")[0] for name in contents(out) if "fold-" in name} == {"tf"}
    (out / "notes.txt").write_text("mine")
    with pytest.raises(OutputExistsError, match=r"out: holds notes\.txt, not written by grnet, so --overwrite leaves"):
        cross_validate(dataset, out, config, overwrite=True)


class Exploding(torch.nn.Module):
    """A network whose weights are no numbers."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(torch.nan))

    def forward(self, *inputs):
        return inputs[0].mean(dim=(1, 2, 3)) * self.weight


@pytest.mark.parametrize("work", [cross_validate, train])
def test_a_training_that_diverges_ends_at_once_and_leaves_nothing(
    dataset, config, tmp_path, fitted_seeds, monkeypatch, work
):
    monkeypatch.setattr("grnet.architectures.sdinet.classifier.FusionNetwork", Exploding)
    with pytest.raises(InputError) as caught:
        work(dataset, tmp_path / "out", config)
    assert str(caught.value) == (
        "the training diverged in epoch 1, its loss is not finite; choose a --learning-rate below 0.05"
    )
    assert fitted_seeds == FIT_SEEDS[:1]
    assert find_kept_work(caught.value) is None
    assert list(tmp_path.iterdir()) == []
