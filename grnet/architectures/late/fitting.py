"""Fitting one fold model: the kernels of all measurements, the RNA tower, what images add to it, the known network.

The RNA tower learns from trees (see distillation); that of a fused model is fitted exactly as that of an RNA model, and
then left as it is: images explain what RNA leaves. The image tower learns from the labelled pairs, with early stopping
on held-out ones. Either stage is AdamW with one learning-rate cycle and averaged weights.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from grnet.architectures.device import deterministic_algorithms, own_random_numbers
from grnet.architectures.fitted_fold import Epoch, FittedFold
from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.arrays import GeneCodes, Logits, TowerLogits
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.distillation import distil_rna
from grnet.architectures.late.known_network_fitting import fit_known_network
from grnet.architectures.late.known_network_part import KnownNetworkPart
from grnet.architectures.late.label_context import LabelContext
from grnet.architectures.late.labelled_pairs import LabelledPairs
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.optimisation import Lesson, fit_tower
from grnet.architectures.late.teacher_trees import score_honestly
from grnet.division.training_pairs import FoldRows
from grnet.features.similar_pairs import PairLabels
from grnet.schema.arrays import Float32, Indices
from grnet.schema.training_config import TrainConfig

SCORING_ROWS = 8192


def fit_fold(
    data: LabelledPairs,
    shape: InputShape,
    rows: FoldRows,
    *,
    config: TrainConfig,
    seed: int,
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
    """
    device = data.labels.device
    with own_random_numbers(device, seed), deterministic_algorithms():
        assert isinstance(config.model, LateConfig)
        model = LateInteraction(config.model, shape).to(device)
        allowed = torch.from_numpy(rows.allowed).to(device)
        model.keep_labelled(data.tf[allowed], data.target[allowed], data.labels[allowed])
        model.fit_kernels(data.kernels)
        history: list[Epoch] = []
        best_epochs, rna_logits = {}, None
        if "rna" in model.modalities:
            own = _rows_with(data, shape, "rna", rows.allowed)
            torch.manual_seed(seed)
            history, inputs = distil_rna(model, data, own, config=config, seed=seed)
            best_epochs["rna"] = _best_epoch(history)
            if inputs is not None and "image" in model.modalities:
                rna_logits = score_honestly(data, own, inputs, seed=seed)
        if "image" in model.modalities:
            torch.manual_seed(seed)
            history = [*history, *_fit_images(model, data, rows, rna_logits, config, seed)]
            best_epochs["image"] = _best_epoch([epoch for epoch in history if epoch.stage == "image"])
        if model.known_network is not None:
            model.known_network = _fit_known_network(model, data, seed=seed)
        return FittedFold(model.eval(), tuple(history), best_epochs)


def _fit_known_network(model: LateInteraction, data: LabelledPairs, *, seed: int) -> KnownNetworkPart:
    """Fit the part that reads the graph of known edges, for candidates of genes that the model sees."""
    present = torch.stack([table.present for table in data.tables.values()]).any(dim=0).cpu().numpy()
    tfs, targets = data.tfs[present[data.tfs]], np.flatnonzero(present)
    return fit_known_network(PairLabels(*model.labelled), tfs, targets, n_genes=len(present), seed=seed)


def _best_epoch(epochs: list[Epoch]) -> int:
    return min(epochs, key=lambda epoch: epoch.validation_loss).epoch if epochs else 0


def _rows_with(data: LabelledPairs, shape: InputShape, modality: str, rows: Indices) -> Indices:
    """Return those of `rows` whose genes share a measurement of a modality."""
    has = data.has(modality, shape).cpu().numpy()
    kept: Indices = rows[has[rows]]
    return kept


def _fit_images(
    model: LateInteraction,
    data: LabelledPairs,
    rows: FoldRows,
    rna_logits: Float32 | None,
    config: TrainConfig,
    seed: int,
) -> list[Epoch]:
    """Fit the image tower on the labelled pairs with images."""
    shape, device = model.shape, data.labels.device
    data = data.with_similar(PairLabels(*model.labelled))
    all_rows = torch.from_numpy(rows.fit).to(device)
    present = torch.cat([data.tf[all_rows], data.target[all_rows]]).unique()
    shared = {name: mask[all_rows] for name, mask in data.shared.items()}
    model.fit_encodings("image", data.context_of(all_rows), data.genes.take(present), shared)
    fitted, held_out = (
        torch.from_numpy(_rows_with(data, shape, "image", part)).to(device) for part in (rows.fit, rows.stop)
    )
    if len(fitted) == 0 or len(held_out) == 0:
        model.silence("image")
        return []
    order = np.random.default_rng(seed)
    lesson = Lesson(
        modality="image",
        loss=_ImageLoss(data, positive_weight(data.labels[fitted]), rna_logits),
        draw=lambda: fitted[torch.from_numpy(order.permutation(len(fitted))).to(device)],
        held_out=held_out,
        steps=max(round(len(fitted) / config.batch_size), 1),
        learning_rate=config.learning_rate,
    )
    return fit_tower(model, lesson, config)


class _ImageLoss:
    """The cross-entropy of the image tower; beside RNA also that of both together.

    `rna_logits` [P] are what images learn to add to; None where there is no RNA.
    """

    def __init__(self, data: LabelledPairs, weight: Tensor, rna_logits: Float32 | None) -> None:
        self.data, self.weight = data, weight
        self.beside = None if rna_logits is None else torch.from_numpy(rna_logits).to(data.labels.device)

    def __call__(self, model: LateInteraction, rows: Tensor) -> Tensor:
        labels, pieces = self.data.labels[rows], [_look(model, self.data, part) for part in rows.split(SCORING_ROWS)]
        image = torch.cat([piece.image for piece in pieces])
        loss = binary_cross_entropy_with_logits(image, labels, pos_weight=self.weight)
        if self.beside is None or not any(bool(piece.has_rna.any()) for piece in pieces):
            return loss
        together = self.beside[rows] + image
        fused = binary_cross_entropy_with_logits(together, labels, pos_weight=self.weight)
        return fused + model.config.single_modality_weight * loss


def positive_weight(labels: Tensor) -> Tensor:
    """Return negatives / positives, the weight at which both classes count alike (1 where one is absent)."""
    positives = labels.sum()
    negatives = len(labels) - positives
    return negatives / positives if positives > 0 and negatives > 0 else torch.ones_like(positives)


def score_rows(model: nn.Module, data: LabelledPairs, rows: Tensor) -> Logits:
    """Score the labelled pairs at `rows`, without gradients, in evaluation mode."""
    assert isinstance(model, LateInteraction)
    model.eval()
    said = LabelContext(model, data.tables, data.kernels)
    with torch.no_grad():
        pieces = []
        for part in rows.split(SCORING_ROWS):
            tf, target = _encode_rows(model, data, part)
            context = data.context_of(part) | said.of_pairs(data.tf[part], data.target[part])
            pieces.append(model(context, tf, target))
        return Logits.cat(pieces)


def _look(model: LateInteraction, data: LabelledPairs, rows: Tensor) -> TowerLogits:
    """Return what the towers say of the labelled pairs at `rows`.

    `data` holds what similar pairs say, see :meth:`LabelledPairs.with_similar`.
    """
    return model.look(data.context_of(rows), *_encode_rows(model, data, rows))


def _encode_rows(model: LateInteraction, data: LabelledPairs, rows: Tensor) -> tuple[GeneCodes, GeneCodes]:
    """Return the codes of the TFs and of the targets of pairs; each gene is encoded once."""
    genes, place = torch.cat([data.tf[rows], data.target[rows]]).unique(return_inverse=True)
    codes = model.encode(data.genes.take(genes))
    return codes.take(place[: len(rows)]), codes.take(place[len(rows) :])
