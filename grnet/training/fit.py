"""Fitting one fold model: AdamW with one learning-rate cycle, averaged weights, early stopping on held-out pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from grnet.models.late import InputShape, LateInteraction, Logits
from grnet.schema.configs import TrainConfig
from grnet.training.pairs import LabelledPairs

WARM_UP = 0.1
"""Part of the learning-rate cycle in which it rises."""
AVERAGING = 0.99
"""Decay of the exponential moving average of the weights, a step."""
SCORING_ROWS = 8192


@dataclass(frozen=True)
class Epoch:
    """Losses after one pass over the training pairs (mean weighted binary cross-entropy, nats)."""

    epoch: int
    train_loss: float
    validation_loss: float


@dataclass(frozen=True)
class FittedFold:
    """A fold model with the weights of its best epoch, in evaluation mode."""

    model: LateInteraction
    history: tuple[Epoch, ...]
    best_epoch: int


def fit_fold(
    data: LabelledPairs,
    shape: InputShape,
    rows: npt.NDArray[np.int64],
    validation_rows: npt.NDArray[np.int64],
    *,
    config: TrainConfig,
    seed: int,
    advance: Callable[[int], None] = lambda done: None,
) -> FittedFold:
    """Fit a model on some of the labelled pairs and stop by others.

    Parameters
    ----------
    data : LabelledPairs
    shape : InputShape
    rows, validation_rows : int64 arrays
        Positions in `data` to fit on and to stop by; disjoint.
    config : TrainConfig
    seed : int
        Decides initial weights, dropout and the order of pairs.
    advance : callable
        Called with 1 after every epoch, and with the epochs saved by stopping early.

    Returns
    -------
    FittedFold
    """
    device = data.labels.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        model = LateInteraction(config.model, shape).to(device)
        fitted = torch.from_numpy(rows).to(device)
        present = torch.cat([data.tf[fitted], data.target[fitted]]).unique()
        shared = {name: mask[fitted] for name, mask in data.shared.items()}
        model.fit_encodings(data.context_of(fitted), data.genes.take(present), shared)
        return _Fit(model, data, config, positive_weight(data.labels[fitted])).run(
            fitted, torch.from_numpy(validation_rows).to(device), np.random.default_rng(seed), advance
        )


class _Fit:
    """The state of one fit: model, averaged model, loss."""

    def __init__(self, model: LateInteraction, data: LabelledPairs, config: TrainConfig, weight: Tensor) -> None:
        self.model, self.data, self.config, self.weight = model, data, config, weight
        self.average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING))

    def run(
        self, rows: Tensor, held_out: Tensor, order: np.random.Generator, advance: Callable[[int], None]
    ) -> FittedFold:
        config = self.config
        steps = max(round(len(rows) / config.batch_size), 1)
        optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, config.learning_rate, total_steps=steps * config.epochs, pct_start=WARM_UP
        )
        history: list[Epoch] = []
        best, best_state = 0, self._state()
        for epoch in range(1, config.epochs + 1):
            shuffled = torch.from_numpy(order.permutation(len(rows))).to(rows.device)
            losses = [self._step(batch, optimizer, schedule) for batch in rows[shuffled].tensor_split(steps)]
            history.append(Epoch(epoch, float(np.mean(losses)), self._held_out_loss(held_out)))
            if epoch == 1 or history[-1].validation_loss < history[best - 1].validation_loss:
                best, best_state = epoch, self._state()
            advance(1)
            if epoch - best >= config.patience:
                advance(config.epochs - epoch)
                break
        self.model.load_state_dict(best_state)
        return FittedFold(self.model.eval(), tuple(history), best)

    def _step(
        self, batch: Tensor, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LRScheduler
    ) -> float:
        self.model.train()
        loss = self._loss(forward_rows(self.model, self.data, batch), self.data.labels[batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        self.average.update_parameters(self.model)
        return float(loss.detach())

    def _loss(self, logits: Logits, labels: Tensor) -> Tensor:
        """Return the cross-entropy of the score, and of RNA alone and images alone where a pair has both."""
        loss = binary_cross_entropy_with_logits(logits.total, labels, pos_weight=self.weight)
        both = logits.has_rna & logits.has_image
        for part in (logits.rna, logits.image):
            if bool(both.any()):
                single = binary_cross_entropy_with_logits(part, labels, pos_weight=self.weight, reduction="none")
                loss = loss + self.config.model.single_modality_weight * (single * both).sum() / len(labels)
        return loss

    def _held_out_loss(self, rows: Tensor) -> float:
        score = score_rows(self.average.module, self.data, rows)
        return float(binary_cross_entropy_with_logits(score, self.data.labels[rows], pos_weight=self.weight))

    def _state(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.average.module.state_dict().items()}


def positive_weight(labels: Tensor) -> Tensor:
    """Return negatives / positives, the weight at which both classes count alike (1 where one is absent)."""
    positives = labels.sum()
    negatives = len(labels) - positives
    return negatives / positives if positives > 0 and negatives > 0 else torch.ones_like(positives)


def forward_rows(model: LateInteraction, data: LabelledPairs, rows: Tensor) -> Logits:
    """Score the labelled pairs at `rows`; each gene that occurs is encoded once."""
    genes, place = torch.cat([data.tf[rows], data.target[rows]]).unique(return_inverse=True)
    codes = model.encode(data.genes.take(genes))
    tf, target = codes.take(place[: len(rows)]), codes.take(place[len(rows) :])
    logits: Logits = model(data.context_of(rows), tf, target)
    return logits


def score_rows(model: nn.Module, data: LabelledPairs, rows: Tensor) -> Tensor:
    """Return the logits [P] of the labelled pairs at `rows`, without gradients, in evaluation mode."""
    assert isinstance(model, LateInteraction)
    model.eval()
    with torch.no_grad():
        return torch.cat([forward_rows(model, data, part).total for part in rows.split(SCORING_ROWS)])
