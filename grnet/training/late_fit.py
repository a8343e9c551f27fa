"""Fitting one fold model: RNA first, then what images add to it.

Each stage is AdamW with one learning-rate cycle, averaged weights, and early stopping on held-out pairs. The RNA tower
of a fused model is fitted exactly as that of an RNA model, and then left as it is: images explain what RNA leaves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from grnet.models.arrays import InputShape, Logits
from grnet.models.device import deterministic_algorithms
from grnet.models.late import LateInteraction
from grnet.schema.model_configs import LateConfig, TrainConfig
from grnet.training.fitted import Epoch, FittedFold, FoldRows
from grnet.training.late_pairs import LabelledPairs

WARM_UP = 0.1
"""Part of the learning-rate cycle in which it rises."""
FEWEST_STEPS_OF_A_CYCLE = 5
AVERAGING = 0.99
"""Decay of the exponential moving average of the weights, a step."""
LARGEST_GRADIENT = 5.0
SCORING_ROWS = 8192


def fit_fold(
    data: LabelledPairs,
    shape: InputShape,
    rows: FoldRows,
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
    rows : FoldRows
    config : TrainConfig
    seed : int
        Decides initial weights, dropout and the order of pairs.
    advance : callable
        Called with 1 after every epoch, and with the epochs saved by stopping early.
    """
    device = data.labels.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), deterministic_algorithms():
        torch.manual_seed(seed)
        assert isinstance(config.model, LateConfig)
        model = LateInteraction(config.model, shape).to(device)
        fitted, held_out = (torch.from_numpy(part).to(device) for part in (rows.fit, rows.stop))
        present = torch.cat([data.tf[fitted], data.target[fitted]]).unique()
        shared = {name: mask[fitted] for name, mask in data.shared.items()}
        model.fit_encodings(data.context_of(fitted), data.genes.take(present), shared)
        history: list[Epoch] = []
        best_epochs = {}
        for modality in model.modalities:
            torch.manual_seed(seed)
            has = data.has(modality, shape)
            stage = _Stage(model, data, config, modality)
            epochs = stage.run(fitted[has[fitted]], held_out[has[held_out]], np.random.default_rng(seed), advance)
            history += epochs
            best_epochs[modality] = min(epochs, key=lambda epoch: epoch.validation_loss).epoch if epochs else 0
        return FittedFold(model.eval(), tuple(history), best_epochs)


class _Stage:
    """One stage of a fit: the weights of one modality move, the others stay."""

    def __init__(self, model: LateInteraction, data: LabelledPairs, config: TrainConfig, modality: str) -> None:
        self.model, self.data, self.config, self.modality = model, data, config, modality
        self.average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING))
        self.parameters = model.parameters_of(modality)
        self.modalities = model.modalities[: model.modalities.index(modality) + 1]

    def run(
        self, rows: Tensor, held_out: Tensor, order: np.random.Generator, advance: Callable[[int], None]
    ) -> list[Epoch]:
        """Fit on `rows`, keep the weights of the epoch that is best on `held_out`, return the losses."""
        config = self.config
        if len(rows) == 0 or len(held_out) == 0:
            self.model.silence(self.modality)
            advance(config.epochs)
            return []
        self.weight = positive_weight(self.data.labels[rows])
        steps = max(round(len(rows) / config.batch_size), 1)
        optimizer = torch.optim.AdamW(self.parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
        schedule = _one_cycle(optimizer, config.learning_rate, steps * config.epochs)
        history: list[Epoch] = []
        best, best_state = 0, self._state()
        for epoch in range(1, config.epochs + 1):
            shuffled = torch.from_numpy(order.permutation(len(rows))).to(rows.device)
            losses = [self._step(batch, optimizer, schedule) for batch in rows[shuffled].tensor_split(steps)]
            history.append(Epoch(self.modality, epoch, float(np.mean(losses)), self._held_out_loss(held_out)))
            if epoch == 1 or history[-1].validation_loss < history[best - 1].validation_loss:
                best, best_state = epoch, self._state()
            advance(1)
            if epoch - best >= config.patience:
                advance(config.epochs - epoch)
                break
        self.model.load_state_dict(best_state)
        return history

    def _step(
        self, batch: Tensor, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LRScheduler
    ) -> float:
        self.model.train()
        loss = self._loss(forward_rows(self.model, self.data, batch, self.modalities), self.data.labels[batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        self.average.update_parameters(self.model)
        return float(loss.detach())

    def _loss(self, logits: Logits, labels: Tensor) -> Tensor:
        """Return the cross-entropy of the stage's tower; for images beside RNA also that of both together."""
        alone = logits.rna if self.modality == "rna" else logits.image
        loss = binary_cross_entropy_with_logits(alone, labels, pos_weight=self.weight)
        if self.modality == "rna" or not bool(logits.has_rna.any()):
            return loss
        together = logits.rna.detach() + logits.image + logits.joint
        fused = binary_cross_entropy_with_logits(together, labels, pos_weight=self.weight)
        return fused + self.model.config.single_modality_weight * loss

    def _held_out_loss(self, rows: Tensor) -> float:
        logits = score_rows(self.average.module, self.data, rows, self.modalities)
        return float(self._loss(logits, self.data.labels[rows]))

    def _state(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.average.module.state_dict().items()}


def _one_cycle(optimizer: torch.optim.Optimizer, rate: float, total_steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    """Return one cycle of the learning rate up to `rate`; a constant rate where there are too few steps for a cycle."""
    if total_steps < FEWEST_STEPS_OF_A_CYCLE:
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    rise = max(WARM_UP, 2 / total_steps)
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=total_steps, pct_start=rise)


def positive_weight(labels: Tensor) -> Tensor:
    """Return negatives / positives, the weight at which both classes count alike (1 where one is absent)."""
    positives = labels.sum()
    negatives = len(labels) - positives
    return negatives / positives if positives > 0 and negatives > 0 else torch.ones_like(positives)


def forward_rows(
    model: LateInteraction, data: LabelledPairs, rows: Tensor, modalities: tuple[str, ...] | None = None
) -> Logits:
    """Score the labelled pairs at `rows`, from all modalities unless some are named; each gene is encoded once."""
    genes, place = torch.cat([data.tf[rows], data.target[rows]]).unique(return_inverse=True)
    codes = model.encode(data.genes.take(genes), modalities=modalities)
    tf, target = codes.take(place[: len(rows)]), codes.take(place[len(rows) :])
    logits: Logits = model(data.context_of(rows), tf, target)
    return logits


def score_rows(
    model: nn.Module, data: LabelledPairs, rows: Tensor, modalities: tuple[str, ...] | None = None
) -> Logits:
    """Score the labelled pairs at `rows`, without gradients, in evaluation mode."""
    assert isinstance(model, LateInteraction)
    model.eval()
    with torch.no_grad():
        return Logits.cat([forward_rows(model, data, part, modalities) for part in rows.split(SCORING_ROWS)])
