"""Fitting the RNA part of a fold model: trees learn from the labelled pairs, the network learns from the trees.

Enters: labelled pairs of a fold's training. Leaves: the RNA tower with the weights of its best pass, the known edges
that it was trained on, and the losses. The network is taught with candidates that have no label, so there is no end of
them, and it can follow the trees closely without learning labelled pairs by heart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from grnet.evaluation.negatives import sample_negatives
from grnet.features.known_edges import KnownEdges
from grnet.models.late import LateInteraction
from grnet.schema.genes import Indices, PairIndex
from grnet.schema.model_configs import TrainConfig
from grnet.training.fitted import Epoch
from grnet.training.late_pairs import LabelledPairs, RnaInputs
from grnet.training.optimisation import AVERAGING, LARGEST_GRADIENT, one_cycle
from grnet.training.teacher import Teacher, choose_situations

MOST_CANDIDATES = 40_000
"""That the network is taught with; half as many again are drawn to balance their situations."""
PASS_PAIRS = 20_480
"""Most candidates of what counts as one pass."""
PASS_STEPS, FEWEST_OF_A_STEP = 40, 32
"""A pass is divided into that many steps, fewer where there are few candidates."""
RATE = 2.5
"""Times the learning rate of the settings: soft labels of many candidates allow larger steps than few hard ones."""
HELD_OUT_EACH = 10
"""Every tenth candidate is kept to see how well the network follows the trees."""
FEWEST_CANDIDATES = 20


@dataclass(frozen=True)
class Lessons:
    """Candidates and what the trees say of them.

    Attributes
    ----------
    tf, target : int64 tensors [P]
    context : dict of str to float32 tensor [P, F]
    probability : float32 tensor [P]
    """

    tf: Tensor
    target: Tensor
    context: dict[str, Tensor]
    probability: Tensor


def distil_rna(
    model: LateInteraction,
    data: LabelledPairs,
    rows: Indices,
    *,
    config: TrainConfig,
    seed: int,
    advance: Callable[[int], None],
) -> tuple[list[Epoch], RnaInputs | None]:
    """Fit the RNA tower of `model` on the labelled pairs at `rows`.

    Returns
    -------
    list of Epoch
        Losses against the trees' probabilities; empty where there is nothing to learn from: the tower says nothing.
    RnaInputs or None
    """
    known = KnownEdges.from_labels(data.tf[rows], data.target[rows], data.labels[rows])
    if len(rows) == 0 or len(data.labels[rows].unique()) < 2:
        model.silence("rna")
        advance(config.epochs)
        return [], None
    model.keep_known(known.tf, known.target, known.value)
    inputs = RnaInputs.build(data, known)
    lessons = _prepare_lessons(data, rows, inputs, seed=seed)
    genes = torch.cat([lessons.tf, lessons.target]).unique()
    everything = torch.ones(len(lessons.tf), dtype=torch.bool, device=lessons.tf.device)
    model.fit_encodings("rna", lessons.context, data.genes.take(genes), {inputs.name: everything})
    return _Lectures(model, data, lessons, config).run(np.random.default_rng(seed), advance), inputs


def _prepare_lessons(data: LabelledPairs, rows: Indices, inputs: RnaInputs, *, seed: int) -> Lessons:
    """Draw candidates, fit trees for the situations that they are in, and ask the trees.

    The labelled pairs at `rows` are among the lessons too: with few genes they are all there is.
    """
    tf, target = _draw_candidates(data, inputs, seed=seed)
    situation = inputs.situations_of(tf, target)
    situations = choose_situations(situation)
    labels = data.labels[rows].cpu().numpy().astype(np.int8)
    teacher = Teacher(inputs, data.tf[rows], data.target[rows], labels, situations, seed=seed)
    chosen = torch.from_numpy(_balance(situation, len(situations))).to(tf.device)
    tf, target = torch.cat([tf[chosen], data.tf[rows]]), torch.cat([target[chosen], data.target[rows]])
    context = inputs.context_of(tf, target)
    probability = torch.from_numpy(teacher.predict(context, tf, target)).float().to(tf.device)
    return Lessons(tf, target, context, probability)


def _draw_candidates(data: LabelledPairs, inputs: RnaInputs, *, seed: int) -> tuple[Tensor, Tensor]:
    """Return TFs and targets of candidates with expression that have no label, drawn uniformly."""
    present = inputs.table.present.cpu().numpy()
    tfs, targets = data.tfs[present[data.tfs]], np.flatnonzero(present)
    taken = data.pairs.take(present[data.pairs.tf] & present[data.pairs.target])
    own = np.intersect1d(tfs, targets)
    distinct = np.unique(taken.keys(len(present)))
    inside = np.isin(distinct // len(present), tfs) & (distinct // len(present) != distinct % len(present))
    free = len(tfs) * len(targets) - len(own) - int(inside.sum())
    n = min(MOST_CANDIDATES * 3 // 2, free)
    if n <= 0:
        drawn = PairIndex(np.zeros(0, np.int64), np.zeros(0, np.int64))
    else:
        drawn = sample_negatives(data.pairs, tfs, targets, n=n, n_genes=len(present), seed=seed)
    device = data.tf.device
    return torch.from_numpy(drawn.tf).to(device), torch.from_numpy(drawn.target).to(device)


def _balance(situation: Indices, n_situations: int) -> Indices:
    """Return positions of at most MOST_CANDIDATES candidates, even over situations."""
    even = MOST_CANDIDATES // max(n_situations, 1)
    order = [np.flatnonzero(situation == number) for number in np.unique(situation)]
    first = np.concatenate([part[:even] for part in order]) if order else np.zeros(0, np.int64)
    rest = np.concatenate([part[even:] for part in order]) if order else np.zeros(0, np.int64)
    chosen: Indices = np.sort(np.concatenate([first, rest[: MOST_CANDIDATES - len(first)]]))
    return chosen


class _Lectures:
    """The training loop of the RNA tower."""

    def __init__(self, model: LateInteraction, data: LabelledPairs, lessons: Lessons, config: TrainConfig) -> None:
        self.model, self.data, self.lessons, self.config = model, data, lessons, config
        self.parameters = model.parameters_of("rna")
        self.average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING))

    def run(self, order: np.random.Generator, advance: Callable[[int], None]) -> list[Epoch]:
        """Teach until the last pass, or until no better one has come; keep the weights of the best."""
        config, n = self.config, len(self.lessons.tf)
        held_out = np.arange(n) % HELD_OUT_EACH == 0 if n >= FEWEST_CANDIDATES else np.ones(n, dtype=bool)
        taught = np.flatnonzero(~held_out) if not held_out.all() else np.arange(n)
        steps = int(np.clip(len(taught) // FEWEST_OF_A_STEP, 1, PASS_STEPS))
        rate = min(RATE * config.learning_rate, 1.0)
        optimizer = torch.optim.AdamW(self.parameters, lr=rate, weight_decay=config.weight_decay)
        schedule = one_cycle(optimizer, rate, steps * config.epochs)
        history: list[Epoch] = []
        best, best_state = 0, self._state()
        for epoch in range(1, config.epochs + 1):
            drawn = order.permutation(taught)[:PASS_PAIRS]
            batches = torch.from_numpy(drawn).to(self.lessons.tf.device).tensor_split(steps)
            losses = [self._step(batch, optimizer, schedule) for batch in batches]
            history.append(Epoch("rna", epoch, float(np.mean(losses)), self._held_out_loss(np.flatnonzero(held_out))))
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
        loss = self._loss(self.model, batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        self.average.update_parameters(self.model)
        return float(loss.detach())

    def _loss(self, model: LateInteraction, batch: Tensor) -> Tensor:
        lessons = self.lessons
        genes, place = torch.cat([lessons.tf[batch], lessons.target[batch]]).unique(return_inverse=True)
        codes = model.encode(self.data.genes.take(genes), modalities=("rna",))
        context = {name: values[batch] for name, values in lessons.context.items()}
        logits = model(context, codes.take(place[: len(batch)]), codes.take(place[len(batch) :])).rna
        return binary_cross_entropy_with_logits(logits, lessons.probability[batch])

    def _held_out_loss(self, rows: Indices) -> float:
        model = self.average.module.eval()
        assert isinstance(model, LateInteraction)
        with torch.no_grad():
            return float(self._loss(model, torch.from_numpy(rows).to(self.lessons.tf.device)))

    def _state(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.average.module.state_dict().items()}
