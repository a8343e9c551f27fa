"""What fitting one fold gives, and how it is written beside the others so that a killed run need not fit it again.

fold-K/weights.safetensors   the model with the weights of the best epoch
fold-K/history.json          losses of every epoch
fold-K/held_out.parquet      scores of the labelled pairs of fold K
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
from torch import nn

from grnet.architectures.weights import save_weights
from grnet.schema.arrays import Float64, Indices
from grnet.storage.documents import read_json, write_json
from grnet.storage.entries import Form, ListOf, Number, OrNull, TableOf, Text, Whole
from grnet.storage.tables import read_table, write_table

HISTORY_FILE, HELD_OUT_FILE = "history.json", "held_out.parquet"
HELD_OUT = pa.schema([("position", pa.int64()), ("score", pa.float64()), ("score_last_epoch", pa.float64())])
"""`position` among the labelled pairs; `score` a logit."""
_EPOCH_FORM: Form = {
    "stage": Text(),
    "epoch": Whole(0),
    "train_loss": OrNull(Number()),
    "validation_loss": OrNull(Number()),
}
_HISTORY_FORM: Form = {"best_epochs": TableOf(Whole(0)), "epochs": ListOf(_EPOCH_FORM)}
_MEND = "train the run anew with: grnet train"


@dataclass(frozen=True)
class Epoch:
    """Losses after one pass over the training pairs of a stage (mean weighted binary cross-entropy, nats)."""

    stage: str
    epoch: int
    train_loss: float
    validation_loss: float


@dataclass(frozen=True)
class HeldOut:
    """Scores of the pairs that a fold model did not see.

    Attributes
    ----------
    position : int64 array [H]
        Among the labelled pairs.
    score, score_last_epoch : float64 arrays [H]
        Logits from the weights of the best epoch, and from those of the last one.
    """

    position: Indices
    score: Float64
    score_last_epoch: Float64


@dataclass(frozen=True)
class FittedFold:
    """A fold model with the weights of the best epoch of each stage, in evaluation mode.

    Attributes
    ----------
    model : Module
    history : tuple of Epoch
    best_epochs : dict of stage to int
    held_out : HeldOut or None
        Where the scores of the fold do not depend on the other folds.
    """

    model: nn.Module
    history: tuple[Epoch, ...]
    best_epochs: dict[str, int]
    held_out: HeldOut | None = None


def write_fold(folder: Path, member: FittedFold) -> None:
    """Write a fitted fold into `folder`; the history comes last, so where it is the fold is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(member.model, folder)
    if member.held_out is not None:
        held = member.held_out
        columns = (held.position, held.score, held.score_last_epoch)
        write_table(pd.DataFrame(dict(zip(HELD_OUT.names, columns, strict=True))), folder / HELD_OUT_FILE, HELD_OUT)
    history = {"best_epochs": member.best_epochs, "epochs": [asdict(epoch) for epoch in member.history]}
    write_json(history, folder / HISTORY_FILE)


def is_fold_written(folder: Path) -> bool:
    """Return whether :func:`write_fold` came to its end."""
    return (folder / HISTORY_FILE).is_file()


def read_fold(folder: Path, model: nn.Module) -> FittedFold:
    """Read a fold with held-out scores that was written before; `model` has its weights already."""
    history = read_json(folder / HISTORY_FILE, form=_HISTORY_FORM, mend=_MEND)
    table = read_table(folder / HELD_OUT_FILE, HELD_OUT, mend=_MEND)
    position, score, last = (table[name].to_numpy() for name in HELD_OUT.names)
    epochs = tuple(Epoch(*(epoch[name] for name in _EPOCH_FORM)) for epoch in history["epochs"])
    return FittedFold(model, epochs, dict(history["best_epochs"]), HeldOut(position, score, last))
