"""How a tower of late interaction is optimised, whatever it learns from: one loop, with early stopping.

Enters: a model, a loss over positions of pairs, and what a pass draws. Leaves: the tower with the weights of its best
pass (averaged over steps), and the losses of every pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

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
_average = get_ema_multi_avg_fn(AVERAGING)


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


def fit_tower(model: LateInteraction, lesson: Lesson, config: TrainConfig) -> list[Epoch]:
    """Fit one tower until the last pass, or until no better one has come; leave it with the weights of the best.

    Parameters
    ----------
    model : LateInteraction
    lesson : Lesson
    config : TrainConfig
        Its epochs, patience and weight decay.
    """
    with one_thread():
        return _fit(_Fit(model, lesson, config), config)


def _fit(fit: _Fit, config: TrainConfig) -> list[Epoch]:
    """Take passes until the last one, or until no better one has come."""
    lesson = fit.lesson
    history: list[Epoch] = []
    best, best_weights = 0, fit.copy_average()
    for epoch in range(1, config.epochs + 1):
        train_loss = fit.take_pass()
        history.append(Epoch(lesson.modality, epoch, train_loss, fit.measure_held_out()))
        if epoch == 1 or history[-1].validation_loss < history[best - 1].validation_loss:
            best, best_weights = epoch, fit.copy_average()
        if epoch - best >= config.patience:
            break
    fit.use(best_weights)
    return history


class _Fit:
    """A model in training, with its optimiser and the moving average of the weights that move."""

    def __init__(self, model: LateInteraction, lesson: Lesson, config: TrainConfig) -> None:
        self.model, self.lesson = model, lesson
        self.parameters = model.parameters_of(lesson.modality)
        self.average = self._copy(self.parameters)
        self.n_steps = 0
        rate = lesson.learning_rate
        self.optimizer = torch.optim.AdamW(self.parameters, lr=rate, weight_decay=config.weight_decay, foreach=True)
        self.schedule = one_cycle(self.optimizer, rate, lesson.steps * config.epochs)

    def take_pass(self) -> float:
        """Take the steps of one pass and return the mean of their losses."""
        self.model.train()
        losses = [self._step(batch) for batch in self.lesson.draw().tensor_split(self.lesson.steps)]
        return float(torch.stack(losses).mean())  # once a pass: reading a number from a GPU waits for all its work

    def measure_held_out(self) -> float:
        """Return the loss of the averaged weights on the pairs that are held out."""
        model, moving = self.model.eval(), self._copy(self.parameters)
        with torch.no_grad():
            self.use(self.average)
            loss = float(self.lesson.loss(model, self.lesson.held_out))
            self.use(moving)
        return loss

    def copy_average(self) -> list[Tensor]:
        """Return a copy of the averaged weights."""
        return self._copy(self.average)

    def use(self, weights: list[Tensor]) -> None:
        """Give the model other weights."""
        with torch.no_grad():
            for own, value in zip(self.parameters, weights, strict=True):
                own.copy_(value)

    def _step(self, batch: Tensor) -> Tensor:
        """Take one step on the pairs at `batch` and return their loss."""
        loss = self.lesson.loss(self.model, batch)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, LARGEST_GRADIENT, foreach=True)
        self.optimizer.step()
        self.schedule.step()
        if self.n_steps == 0:
            self.average = self._copy(self.parameters)
        else:
            _average(self.average, [own.detach() for own in self.parameters], self.n_steps)
        self.n_steps += 1
        return loss.detach()

    @staticmethod
    def _copy(weights: Iterable[Tensor]) -> list[Tensor]:
        return [value.detach().clone() for value in weights]


def one_cycle(optimizer: torch.optim.Optimizer, rate: float, total_steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    """Return one cycle of the learning rate up to `rate`; a constant rate where there are too few steps for a cycle."""
    if total_steps < FEWEST_STEPS_OF_A_CYCLE:
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    rise = max(WARM_UP, 2 / total_steps)
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=total_steps, pct_start=rise)
