"""Fitting the RNA part of a fold model: trees learn from the labelled pairs, the network learns from the trees.

Enters: labelled pairs of a fold's training. Leaves: the RNA tower with the weights of its best pass, the known edges
that it was trained on, and the losses. The network is taught with candidates that have no label, so there is no end of
them, and it can follow the trees closely without learning labelled pairs by heart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from grnet.architectures.fitted_fold import Epoch
from grnet.architectures.late.labelled_pairs import LabelledPairs, RnaInputs
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.optimisation import Lesson, fit_tower
from grnet.architectures.late.teacher_trees import Teacher, choose_situations
from grnet.division.negatives import count_unknown, sample_negatives
from grnet.features.similar_pairs import PairLabels
from grnet.schema.arrays import Indices
from grnet.schema.training_config import TrainConfig

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


@dataclass(frozen=True)
class Encoded:
    """What the RNA tower is given of candidates: features of pairs [P, F], of TFs and of targets [P, L] each."""

    pair: Tensor
    tf: Tensor
    target: Tensor


def distil_rna(
    model: LateInteraction,
    data: LabelledPairs,
    rows: Indices,
    *,
    config: TrainConfig,
    seed: int,
) -> tuple[list[Epoch], RnaInputs | None]:
    """Fit the RNA tower of `model` on the labelled pairs at `rows`.

    Returns
    -------
    list of Epoch
        Losses against the trees' probabilities; empty where there is nothing to learn from: the tower says nothing.
    RnaInputs or None
    """
    if len(rows) == 0 or len(data.labels[rows].unique()) < 2:
        model.silence("rna")
        return [], None
    inputs = RnaInputs.build(data, PairLabels(data.tf[rows], data.target[rows], data.labels[rows]))
    lessons = _prepare_lessons(data, rows, inputs, seed=seed)
    genes = torch.cat([lessons.tf, lessons.target]).unique()
    shared = inputs.share(lessons.tf, lessons.target)
    model.fit_encodings("rna", lessons.context, data.genes.take(genes), shared)
    encoded = _encode(model, data, lessons, shared)
    lesson = _plan_lesson(encoded, lessons.probability, config, np.random.default_rng(seed))
    return fit_tower(model, lesson, config), inputs


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
    present = inputs.present.cpu().numpy()
    tfs, targets = data.tfs[present[data.tfs]], np.flatnonzero(present)
    known, n_genes = data.pairs, len(present)
    n = min(MOST_CANDIDATES * 3 // 2, count_unknown(known, tfs, targets, n_genes=n_genes))
    drawn = sample_negatives(known, tfs, targets, n=n, n_genes=n_genes, seed=seed)
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


def _encode(model: LateInteraction, data: LabelledPairs, lessons: Lessons, shared: dict[str, Tensor]) -> Encoded:
    """Return what the tower is given of each candidate: its encodings have no weights, so once for all passes."""
    tower = model.tower("rna")
    with torch.no_grad():
        levels = tower.describe_levels(data.genes)
        return Encoded(tower.describe_pairs(lessons.context, shared), levels[lessons.tf], levels[lessons.target])


def _plan_lesson(rows: Encoded, probability: Tensor, config: TrainConfig, order: np.random.Generator) -> Lesson:
    """Return what the RNA tower learns: the trees' probabilities of a part of the candidates in each pass."""
    n, device = len(probability), probability.device
    taught = held_out = np.arange(n)
    if n >= FEWEST_CANDIDATES:
        is_held_out = np.arange(n) % HELD_OUT_EACH == 0
        taught, held_out = np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)

    def measure_loss(model: LateInteraction, own: Tensor) -> Tensor:
        logits = model.tower("rna").judge(rows.pair[own], rows.tf[own], rows.target[own])
        return binary_cross_entropy_with_logits(logits, probability[own])

    return Lesson(
        modality="rna",
        loss=measure_loss,
        draw=lambda: torch.from_numpy(order.permutation(taught)[:PASS_PAIRS]).to(device),
        held_out=torch.from_numpy(held_out).to(device),
        steps=int(np.clip(len(taught) // FEWEST_OF_A_STEP, 1, PASS_STEPS)),
        learning_rate=min(RATE * config.learning_rate, 1.0),
    )
