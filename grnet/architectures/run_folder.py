"""The run folder: trained fold models and all that scoring needs, written by training and read by scoring.

run.toml                     format version, dataset, resolved config, sizes of the features
fold-K/weights.safetensors   weights and statistics of the model that did not see fold K
fold-K/history.json          losses of every epoch
seed-S/fold-K/               the same of the further seeds, S = 1, 2, …
out_of_fold.parquet          each labelled pair with the probability from the model that did not see it
metrics.json, report.html    figures beside their baselines
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import nn

from grnet.architectures.input_shape import InputShape
from grnet.architectures.registry import find_architecture, find_config, names_of_architectures, read_model_config
from grnet.architectures.weights import check_sizes, load_weights, place_of
from grnet.schema.errors import ConfigError, FormatError, MissingInputError
from grnet.schema.features import GeneFeatures
from grnet.schema.folder_kinds import RUN_FILE
from grnet.schema.problems import LARGEST_SEED
from grnet.schema.tables import FOLD, LABEL, OUT_OF_FOLD
from grnet.schema.training_config import MOST_FOLDS, MOST_SEEDS, Modality, ModelConfig
from grnet.storage.checksums import check_record
from grnet.storage.documents import read_json, read_toml, write_toml
from grnet.storage.entries import Flag, Form, ListOf, Number, OrNull, TableOf, Text, Whole, check_entries, form_of
from grnet.storage.read_limits import reading
from grnet.storage.tables import read_table

FORMAT_VERSION = 3
SETTINGS_FILE = RUN_FILE
_MEND = "train the run anew with: grnet train"
_LARGEST_SIZE = 2**20
"""Of what is read of `run.toml`: features of a gene or pair by one measurement, channels, hidden units."""
_TRAIN_FORM: Form = {
    "folds": Whole(1, MOST_FOLDS),
    "seeds?": Whole(1, MOST_SEEDS),
    "seed": Whole(0, LARGEST_SEED),
    "without": ListOf(Text()),
}
_FORM: Form = {
    "dataset": {"path": Text(), "relative_path": Text(), "fingerprint": Text()},
    "shape": {
        "context": TableOf(Whole(0, _LARGEST_SIZE)),
        "level": TableOf(Whole(0, _LARGEST_SIZE)),
        "modality": TableOf(Text(("rna", "image"))),
        "pictures": ListOf(Text()),
        "known_network": Flag(),
    },
}
_METRICS_FORM: Form = {
    "model?": Text(),
    "splits?": TableOf(
        {
            "n": Whole(0),
            "n_positives": Whole(0),
            "bootstrap": {"level": Number(0, 1)},
            "rows": ListOf({"name": Text(), "is_baseline": Flag()}),
            "verdict?": OrNull(Text()),
            "ablation?": OrNull({"verdict?": OrNull(Text())}),
            "warnings?": ListOf({"text": Text()}),
            "notes?": ListOf(Text()),
        }
    ),
}
"""What is read of `metrics.json`."""


@dataclass(frozen=True)
class Run:
    """A trained run.

    Attributes
    ----------
    path : Path
    settings : dict
        What `run.toml` says.
    model_config : ModelConfig
    shape : InputShape
        Sizes of the features that the models take.
    out_of_fold : DataFrame
        OUT_OF_FOLD.
    metrics : dict
        What `metrics.json` says.
    """

    path: Path
    settings: dict[str, Any]
    model_config: ModelConfig
    shape: InputShape
    out_of_fold: pd.DataFrame
    metrics: dict[str, Any]

    @property
    def architecture(self) -> str:
        """Name of the kind of its models."""
        return str(self.settings["architecture"])

    @property
    def folds(self) -> int:
        """Number of fold models K."""
        return int(self.settings["train"]["folds"])

    @property
    def seeds(self) -> int:
        """Number of models S of each fold; those of a run of an earlier version are one."""
        return int(self.settings["train"].get("seeds", 1))

    @property
    def seed(self) -> int:
        """The seed of the training."""
        return int(self.settings["train"]["seed"])

    @property
    def seen_modality(self) -> Modality:
        """What its models look at: as asked, but one modality where the dataset has measurements of that one only."""
        asked, there = self.model_config.modality, set(self.shape.modality.values())
        return asked if asked != "fused" or len(there) != 1 else "rna" if there == {"rna"} else "image"

    @property
    def without(self) -> tuple[str, ...]:
        """What its models do not look at: measurements of the dataset, the known network."""
        return tuple(self.settings["train"]["without"])

    @property
    def base_rate(self) -> float:
        """Fraction of edges among the labelled pairs, 0..1: the base rate that probabilities are calibrated to."""
        return float((self.out_of_fold[LABEL] == 1).mean())

    @property
    def dataset_path(self) -> Path:
        """Where the dataset is: beside the run as it was when trained, else where it was then."""
        recorded = self.settings["dataset"]
        beside = (self.path / str(recorded["relative_path"])).resolve()
        return beside if beside.is_dir() else Path(str(recorded["path"]))

    def load_models(self, device: torch.device) -> list[nn.Module]:
        """Return the S · K models on `device`, in evaluation mode: the K fold models of the first seed, then the next.

        Raises
        ------
        FormatError
            Weights are missing, damaged or of another model.
        """
        places = [place_of(self.path, fold, member) for member in range(self.seeds) for fold in range(self.folds)]
        build = find_architecture(self.architecture).build
        file = self.path / SETTINGS_FILE
        with reading(file, "the sizes of a model", mend=_MEND, error=FormatError), torch.device("meta"):
            sizes = build(self.model_config, self.shape)  # takes no memory, whatever the sizes are
        for place in places:
            check_sizes(sizes, place)
        return [load_weights(build(self.model_config, self.shape), place, device) for place in places]

    def check_features(self, features: GeneFeatures) -> None:
        """Raise FormatError where `features` have other sizes than those that the models were trained on."""
        modality = self.model_config.modality
        found, wanted = (
            shape.of_modality(modality) for shape in (InputShape.of(features, without=self.without), self.shape)
        )
        if found != wanted:
            raise FormatError(f"{self.path}: was trained on {wanted}, the dataset gives {found}; {_MEND}")


def write_settings(
    folder: Path,
    *,
    architecture: str,
    train: Mapping[str, Any],
    shape: InputShape,
    dataset: Mapping[str, str],
    version: str,
) -> None:
    """Write `run.toml`.

    Parameters
    ----------
    folder : Path
    architecture : str
        Name of the kind of model.
    train : mapping
        The resolved TrainConfig, plain.
    shape : InputShape
    dataset : mapping
        name, path, relative_path, fingerprint.
    version : str
        Of grnet.
    """
    settings = {
        "format_version": FORMAT_VERSION,
        "grnet_version": version,
        "architecture": architecture,
        "dataset": dict(dataset),
        "train": dict(train),
        "shape": shape.to_plain(),
    }
    write_toml(settings, folder / SETTINGS_FILE)


def describe_dataset(dataset: Path, run: Path, *, name: str, fingerprint: str) -> dict[str, str]:
    """Return what `run.toml` says of the dataset: where it is, seen from the run too, and what it contained."""
    absolute = dataset.resolve()
    relative = Path(os.path.relpath(absolute, run.resolve())).as_posix()
    return {"name": name, "path": str(absolute), "relative_path": relative, "fingerprint": fingerprint}


def load_run(path: str | Path) -> Run:
    """Load a run folder; the weights are read by :meth:`Run.load_models`.

    Raises
    ------
    MissingInputError
        There is no such folder.
    FormatError
        It is no run folder, of another version, or damaged.
    """
    path = Path(path)
    if not path.exists():
        raise MissingInputError(f"{path}: no such folder; expected a run folder; make one with: grnet train")
    settings = _read_settings(path)
    file = path / SETTINGS_FILE
    _check_settings(settings, file)
    try:
        config = read_model_config(settings["architecture"], settings["train"]["model"])
    except (ConfigError, TypeError, ValueError) as error:
        raise FormatError(f"{file}: missing or wrong entry ({error}); {_MEND}") from error
    run = Run(
        path=path,
        settings=settings,
        model_config=config,
        shape=InputShape.from_plain(settings["shape"]),
        out_of_fold=_read_out_of_fold(path / "out_of_fold.parquet", int(settings["train"]["folds"])),
        metrics=read_json(path / "metrics.json", form=_METRICS_FORM, mend=_MEND),
    )
    check_record(path, mend=_MEND)
    return run


def _check_settings(settings: Mapping[str, Any], file: Path) -> None:
    """Raise FormatError where an entry of `run.toml` is missing, wrong, or contradicts another."""
    model = form_of(find_config(settings["architecture"]))
    check_entries(settings, {**_FORM, "train": {**_TRAIN_FORM, "model": model}}, file, mend=_MEND)
    shape = settings["shape"]
    names = set(shape["context"])
    if not names == set(shape["level"]) == set(shape["modality"]) or not names.issuperset(shape["pictures"]):
        raise FormatError(f"{file}: the entries of shape are not of the same measurements; {_MEND}")


def _read_out_of_fold(file: Path, folds: int) -> pd.DataFrame:
    """Read the labelled pairs and make sure that each belongs to a fold model of this run."""
    table = read_table(file, OUT_OF_FOLD, mend=_MEND)
    if not len(table) or not table[FOLD].between(0, folds - 1).all():
        raise FormatError(f"{file}: expected labelled pairs, each in a fold 0..{folds - 1}; {_MEND}")
    return table


def _read_settings(path: Path) -> dict[str, Any]:
    file = path / SETTINGS_FILE
    if not file.is_file():
        raise FormatError(f"{path}: not a run folder (it has no run.toml); make one with: grnet train")
    settings = read_toml(file, mend=_MEND)
    version, architecture = settings.get("format_version"), settings.get("architecture")
    if version != FORMAT_VERSION or str(architecture) not in names_of_architectures():
        raise FormatError(
            f"{file}: format version {version}, architecture {architecture}; expected {FORMAT_VERSION} and "
            f"{' or '.join(names_of_architectures())}; {_MEND}"
        )
    return settings
