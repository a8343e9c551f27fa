"""How a tower of late interaction is optimised, whatever it learns from: one loop, with early stopping.

Enters: a model, a loss over positions of pairs, and what a pass draws. Leaves: the tower with the weights of its best
pass (averaged over steps), and the losses of every pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from grnet.architectures.device import one_thread
from grnet.architectures.fitted_fold import Epoch
from grnet.architectures.late.network import LateInteraction
from grnet.schema.training_config import TrainConfig

WARM_UP = 0.1
"""Part of the learning-rate cycle in which it rises."""
FEWEST_STEPS_OF_A_CYCLE = 5
AVERAGING = 0.99
"""Decay of the exponential moving average of the weights, a step."""
LARGEST_GRADIENT = 5.0


@dataclass(frozen=True)
class Lesson:
    """What one tower learns, and from what.

    Attributes
    ----------
    modality : {"rna", "image"}
        The tower whose weights move; all others stay.
    loss : callable
        Takes the model and positions of pairs, int64 tensor [P]; returns their mean loss.
    draw : callable
        Returns the positions of one pass, shuffled, int64 tensor.
    held_out : int64 tensor
        Positions by whose loss the best pass is chosen.
    steps : int
        That a pass is divided into.
    learning_rate : float
        Highest of the cycle.
    """

    modality: str
    loss: Callable[[LateInteraction, Tensor], Tensor]
    draw: Callable[[], Tensor]
    held_out: Tensor
    steps: int
    learning_rate: float


def fit_tower(
    model: LateInteraction, lesson: Lesson, config: TrainConfig, *, advance: Callable[[int], None]
) -> list[Epoch]:
    """Fit one tower until the last pass, or until no better one has come; leave it with the weights of the best.

    Parameters
    ----------
    model : LateInteraction
    lesson : Lesson
    config : TrainConfig
        Its epochs, patience and weight decay.
    advance : callable
        Called with 1 after every pass, and with the passes saved by stopping early.
    """
    with one_thread():
        return _fit(_Fit(model, lesson, config), config, advance)


def _fit(fit: _Fit, config: TrainConfig, advance: Callable[[int], None]) -> list[Epoch]:
    """Take passes until the last one, or until no better one has come."""
    lesson = fit.lesson
    history: list[Epoch] = []
    best, best_state = 0, fit.copy_weights()
    for epoch in range(1, config.epochs + 1):
        train_loss = float(np.mean([fit.step(batch) for batch in lesson.draw().tensor_split(lesson.steps)]))
        history.append(Epoch(lesson.modality, epoch, train_loss, fit.measure_held_out()))
        if epoch == 1 or history[-1].validation_loss < history[best - 1].validation_loss:
            best, best_state = epoch, fit.copy_weights()
        advance(1)
        if epoch - best >= config.patience:
            advance(config.epochs - epoch)
            break
    fit.model.load_state_dict(best_state)
    return history


class _Fit:
    """A model in training, with its optimiser and the moving average of its weights."""

    def __init__(self, model: LateInteraction, lesson: Lesson, config: TrainConfig) -> None:
        self.model, self.lesson = model, lesson
        self.parameters = model.parameters_of(lesson.modality)
        self.average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING))
        rate = lesson.learning_rate
        self.optimizer = torch.optim.AdamW(self.parameters, lr=rate, weight_decay=config.weight_decay)
        self.schedule = one_cycle(self.optimizer, rate, lesson.steps * config.epochs)

    def step(self, batch: Tensor) -> float:
        """Take one step on the pairs at `batch` and return their loss."""
        self.model.train()
        loss = self.lesson.loss(self.model, batch)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, LARGEST_GRADIENT)
        self.optimizer.step()
        self.schedule.step()
        self.average.update_parameters(self.model)
        return float(loss.detach())

    def measure_held_out(self) -> float:
        """Return the loss of the averaged weights on the pairs that are held out."""
        model = self.average.module.eval()
        assert isinstance(model, LateInteraction)
        with torch.no_grad():
            return float(self.lesson.loss(model, self.lesson.held_out))

    def copy_weights(self) -> dict[str, Tensor]:
        """Return a copy of the averaged weights."""
        return {name: value.clone() for name, value in self.average.module.state_dict().items()}


def one_cycle(optimizer: torch.optim.Optimizer, rate: float, total_steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    """Return one cycle of the learning rate up to `rate`; a constant rate where there are too few steps for a cycle."""
    if total_steps < FEWEST_STEPS_OF_A_CYCLE:
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    rise = max(WARM_UP, 2 / total_steps)
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=total_steps, pct_start=rise)
