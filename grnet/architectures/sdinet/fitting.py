"""Fitting a network of the paper on one fold: Adam, binary cross-entropy, a constant or stepwise falling rate.

Both the best epoch, by the loss on held-out pairs, and the last one are scored: the paper scores the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from grnet.architectures.device import deterministic_algorithms, own_random_numbers
from grnet.architectures.fitted_fold import Epoch, FittedFold, HeldOut
from grnet.architectures.sdinet.classifier import PairClassifier, mean_probabilities, samples_of_a_batch, to_logits
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.image_pairs import locate
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.division.training_pairs import FoldRows
from grnet.schema.arrays import Float64, Indices, Int8
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import TrainConfig

ADAM_EPSILON = 1e-7
"""As in Keras."""


@dataclass(frozen=True)
class SampledPairs:
    """Labelled gene pairs and where their samples come from, on one device.

    Attributes
    ----------
    samples : PairSamples
    tf, target : int64 tensors [P]
    labels : float32 tensor [P]
        1 or 0.
    """

    samples: PairSamples
    tf: Tensor
    target: Tensor
    labels: Tensor

    @classmethod
    def build(cls, samples: PairSamples, pairs: PairIndex, labels: Int8) -> SampledPairs:
        """Copy pairs and labels to the device of the samples."""
        arrays = (pairs.tf, pairs.target, labels.astype(np.float32))
        return cls(samples, *(torch.from_numpy(array).to(samples.device) for array in arrays))

    def take(self, rows: Indices) -> SampledPairs:
        """Return the pairs at the given positions."""
        places = torch.from_numpy(rows).to(self.tf.device)
        return SampledPairs(self.samples, self.tf[places], self.target[places], self.labels[places])

    def count(self) -> Tensor:
        """Return the number of samples of each pair, int64 [P]."""
        return self.samples.count(self.tf, self.target)


def fit_sdinet(
    data: SampledPairs,
    rows: FoldRows,
    unseen: Indices,
    *,
    config: TrainConfig,
    seed: int,
    advance: Callable[[int], None] = lambda done: None,
) -> FittedFold:
    """Fit a network on some of the labelled pairs, stop by others, and score the unseen ones.

    Parameters
    ----------
    data : SampledPairs
    rows : FoldRows
    unseen : int64 array [H]
        Positions of the pairs to score.
    config : TrainConfig
        Its model is an SdinetConfig.
    seed : int
        Decides initial weights, dropout and the order of samples.
    advance : callable
        Called with the number of training samples done, and of those saved by stopping early.

    Raises
    ------
    InputError
        The training diverged.
    """
    assert isinstance(config.model, SdinetConfig)
    device = data.tf.device
    with own_random_numbers(device, seed), deterministic_algorithms():
        model = PairClassifier(config.model).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        fit, stop, test = (data.take(part) for part in (rows.fit, rows.stop, unseen))
        fit_normalisation(model, fit)
        loop = _Loop(model, fit, config, np.random.default_rng(seed))
        history, best_state = loop.run(stop, advance)
        best_epoch = min(history, key=lambda epoch: epoch.validation_loss).epoch
        last = best = score_pairs(model, test)
        if best_epoch < len(history):
            model.load_state_dict(best_state)
            best = score_pairs(model, test)
    stage = config.model.modality
    return FittedFold(model.eval(), tuple(history), {stage: best_epoch}, HeldOut(unseen, best, last))


class _Loop:
    """Passes over the training samples."""

    def __init__(
        self, model: PairClassifier, fit: SampledPairs, config: TrainConfig, order: np.random.Generator
    ) -> None:
        self.model, self.fit, self.config, self.order = model, fit, config, order
        self.counts = fit.count()
        self.taken = samples_of_a_pass(self.counts, config)
        self.n_samples = int(self.taken.sum())
        # Batch normalisation needs two samples, so a batch of one joins another.
        self.steps = max(min(-(-self.n_samples // config.batch_size), self.n_samples // 2), 1)
        self.optimizer = torch.optim.Adam(
            model.parameters(), lr=config.learning_rate, eps=ADAM_EPSILON, weight_decay=config.weight_decay
        )
        self.rate = torch.optim.lr_scheduler.MultiStepLR(self.optimizer, list(config.rate_drops), gamma=0.1)

    def run(self, stop: SampledPairs, advance: Callable[[int], None]) -> tuple[list[Epoch], dict[str, Tensor]]:
        """Train until the loss on `stop` has settled; return all losses and the weights of the best epoch."""
        config = self.config
        history: list[Epoch] = []
        best, best_state = 0, self._state()
        for epoch in range(1, config.epochs + 1):
            train_loss = self._pass(advance)
            history.append(Epoch(self.model.config.modality, epoch, train_loss, mean_loss(self.model, stop)))
            if not np.isfinite([train_loss, history[-1].validation_loss]).all():
                raise InputError(
                    f"the training diverged in epoch {epoch}, its loss is not finite; choose a --learning-rate below "
                    f"{config.learning_rate:g}"
                )
            if epoch == 1 or history[-1].validation_loss < history[best - 1].validation_loss:
                best, best_state = epoch, self._state()
            self.rate.step()
            if epoch - best >= config.patience:
                advance((config.epochs - epoch) * self.n_samples)
                break
        return history, best_state

    def _pass(self, advance: Callable[[int], None]) -> float:
        """Go once through the samples of a pass in a new order; return their mean loss."""
        shuffled = torch.from_numpy(self.order.permutation(self.n_samples)).to(self.counts.device)
        first = torch.from_numpy(self.order.integers(self.counts.cpu().numpy())).to(self.counts.device)
        total = torch.zeros((), dtype=torch.float64, device=self.counts.device)  # read once, at the end: a GPU runs on
        for flat in shuffled.tensor_split(self.steps):
            owner, number = locate(self.taken, flat)
            total += self._step(owner, (first[owner] + number) % self.counts[owner]).double() * len(flat)
            advance(len(flat))
        return float(total) / self.n_samples

    def _step(self, owner: Tensor, number: Tensor) -> Tensor:
        """Learn from a batch; return its mean loss before that."""
        fit = self.fit
        self.model.train()
        logits = self.model(**fit.samples.gather(fit.tf, fit.target, owner, number))
        loss = binary_cross_entropy_with_logits(logits, fit.labels[owner])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def _state(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.model.state_dict().items()}


def samples_of_a_pass(counts: Tensor, config: TrainConfig) -> Tensor:
    """Return how many of the samples [P] of each pair one pass takes: all, or at most as many as the settings say."""
    assert isinstance(config.model, SdinetConfig)
    return counts.clamp_max(config.model.max_image_pairs) if config.model.max_image_pairs else counts


def fit_normalisation(model: PairClassifier, fit: SampledPairs) -> None:
    """Set mean and standard deviation of each input from all training samples."""
    if model.config.paper_normalisation:
        return
    sums = {name: [0.0, 0.0, 0] for name in model.normalisers}
    for _, inputs in _batches(fit, model):
        for name, values in inputs.items():
            both = (float(x.sum(dtype=torch.float64)) for x in (values, values.square()))
            parts = *both, values.numel()
            sums[name] = [before + part for before, part in zip(sums[name], parts, strict=True)]
    for name, (total, squares, count) in sums.items():
        model.fit_normaliser(name, total, squares, int(count))


def mean_loss(model: PairClassifier, data: SampledPairs) -> float:
    """Return the mean cross-entropy in evaluation mode, over all samples or the first that the settings let through."""
    fast = model.for_scoring()
    total, count = torch.zeros((), dtype=torch.float64, device=data.tf.device), 0
    with torch.inference_mode():
        for owner, inputs in _batches(data, model, most=model.config.max_image_pairs):
            total += binary_cross_entropy_with_logits(fast(**inputs), data.labels[owner], reduction="sum")
            count += len(owner)
    return float(total) / count


def score_pairs(model: PairClassifier, data: SampledPairs) -> Float64:
    """Return the logit of each pair's mean probability over its samples, float64 [P]."""
    mean = mean_probabilities([model.for_scoring()], _batches(data, model), n_pairs=len(data.tf))
    scores: Float64 = to_logits(mean[0]).cpu().numpy()
    return scores


def _batches(
    data: SampledPairs, model: PairClassifier, *, most: int | None = None
) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
    size = samples_of_a_batch(model.config, data.tf.device)
    return data.samples.batches(data.tf, data.target, size=size, most=most)
