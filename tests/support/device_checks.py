"""Late interaction on the pretended device: python device_checks.py DATASET fit|fp32|bf16|explain.

A process of its own: torch counts devices when it first goes backward, and in the process of other tests it has.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pretend_device import NUMBERS, TO_DEVICE, TO_HOST, copies, pretend_device

from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.architectures.fitted_fold import FittedFold
from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.fitting import fit_fold, score_rows
from grnet.architectures.late.labelled_pairs import LabelledPairs
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.scorer import LateScorer
from grnet.dataset.directory import load_dataset
from grnet.division.training_pairs import FoldRows
from grnet.features.build import build_features
from grnet.schema.evidence import Contributions, Saliency
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import TrainConfig

CPU = torch.device("cpu")
CONFIG = TrainConfig(model=LateConfig("fused", hidden=16, bins=6, channels=(4,)), epochs=2, patience=2)
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
MOST_NUMBERS = 100
"""Single numbers that a training may read from the device: a loss for each pass, and ends of iterations."""

MOST_NUMBERS_OF_A_BLOCK = 5
"""That scoring may read: whether genes have pictures, and whether all pairs have the same modalities."""


def main() -> None:
    """Run one check; a failed one raises."""
    dataset = load_dataset(Path(sys.argv[1]))
    features = build_features(dataset)
    pairs = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    labels = dataset.labelled_pairs["label"].to_numpy(np.int8)
    shuffled = np.random.default_rng(0).permutation(len(pairs))

    def fit(device: torch.device) -> tuple[LabelledPairs, FittedFold]:
        data = LabelledPairs.build(pairs, labels, features, modality="fused", device=device)
        rows = FoldRows(shuffled[:100], shuffled[100:130])
        return data, fit_fold(data, InputShape.of(features), rows, config=CONFIG, seed=3)

    with pretend_device() as device:
        data, fitted = fit(device)
        numbers = dict(copies)
        found = score_rows(fitted.model, data, torch.arange(len(data.pairs), device=device)).total.cpu()
    if sys.argv[2] == "fit":
        check_fit(fit, fitted, found, numbers)
    elif sys.argv[2] == "explain":
        check_explanation(fitted, features, device, pairs, dataset.views)
    else:
        check_scoring(fitted, features, device, DTYPES[sys.argv[2]])
    sys.stdout.write("held\n")


def check_fit(fit: Callable[..., Any], fitted: FittedFold, found: torch.Tensor, numbers: dict[str, int]) -> None:
    """A fold fitted there is about that of the CPU, and all of it is there."""
    assert {tensor.device.type for tensor in fitted.model.state_dict().values()} == {"sim"}
    data, expected = fit(CPU)
    scores = score_rows(expected.model, data, torch.arange(len(data.pairs))).total
    torch.testing.assert_close(found, scores, rtol=1e-2, atol=1e-2)
    assert numbers.get(NUMBERS, 0) <= MOST_NUMBERS, numbers


def check_scoring(fitted: FittedFold, features: GeneFeatures, device: torch.device, dtype: torch.dtype) -> None:
    """A block scored there is that of the CPU, with one copy each way for a strip; here it is one strip."""
    with_images = np.flatnonzero(features.present("image"))
    tfs, targets = with_images[:3], with_images[3:]
    model = fitted.model
    assert isinstance(model, LateInteraction)
    with pretend_device():
        scorer = LateScorer([model], features, device, tfs=tfs, dtype=dtype)
        scorer.score(tfs, targets)
        copies.clear()
        found = scorer.score(tfs, targets)
        counted = dict(copies)
        there = model.state_dict()
        here = {name: values.cpu() for name, values in there.items()}
    expected = LateScorer([on_the_host(here, features)], features, CPU, tfs=tfs, dtype=dtype).score(tfs, targets)
    np.testing.assert_allclose(found, expected, rtol=1e-2, atol=1e-2 if dtype == torch.float32 else 0.1)
    assert (counted[TO_DEVICE], counted[TO_HOST]) == (1, 1), counted
    assert counted.get(NUMBERS, 0) <= MOST_NUMBERS_OF_A_BLOCK, counted


def check_explanation(
    fitted: FittedFold, features: GeneFeatures, device: torch.device, pairs: PairIndex, views: tuple[str, ...]
) -> None:
    """What pairs consist of, and where the models look, is there what it is on the CPU."""
    has = features.present("image")
    few = pairs.take(np.flatnonzero(has[pairs.tf] & has[pairs.target])[:4])
    model = fitted.model
    assert isinstance(model, LateInteraction)
    with pretend_device():
        parts, saliency = explain(LateScorer([model], features, device, tfs=few.tf), few, views)
        here = {name: values.cpu() for name, values in model.state_dict().items()}
    scorer = LateScorer([on_the_host(here, features)], features, CPU, tfs=few.tf)
    expected_parts, expected_saliency = explain(scorer, few, views)
    for found, expected in zip(parts, expected_parts, strict=True):
        assert found.baseline == pytest.approx(expected.baseline, abs=1e-3)
        assert (found.rna, found.image) == pytest.approx((expected.rna, expected.image), abs=1e-3)
    for found_maps, expected_maps in zip(saliency, expected_saliency, strict=True):
        assert found_maps is not None
        assert expected_maps is not None
        for view, values in expected_maps.tf.items():
            np.testing.assert_allclose(found_maps.tf[view], values, atol=1e-3)


def explain(
    scorer: LateScorer, pairs: PairIndex, views: tuple[str, ...]
) -> tuple[list[Contributions], list[Saliency | None]]:
    """Return what pairs consist of, and where the models look."""
    logits = np.stack([scorer.score(pairs.tf[[row]], pairs.target[[row]])[:, 0, 0] for row in range(len(pairs))], 1)
    explained = ExplainedPairs(pairs, logits, np.ones(logits.shape, dtype=bool))
    return scorer.find_contributions(explained), scorer.find_saliency(explained, views)


def on_the_host(weights: dict[str, torch.Tensor], features: GeneFeatures) -> LateInteraction:
    """Return a model with some weights on the CPU."""
    model = LateInteraction(CONFIG.model, InputShape.of(features))  # type: ignore[arg-type]
    model.load_state_dict(weights)
    return model.eval()


if __name__ == "__main__":
    main()
