"""The networks of the paper on the pretended device: python sdinet_device_checks.py DATASET.

A process of its own: torch counts devices when it first goes backward, and in the process of other tests it has.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from pretend_device import NUMBERS, TO_DEVICE, TO_HOST, copies, pretend_device

from grnet.architectures.configuring import configure_training
from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.architectures.fitted_fold import FittedFold
from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.fitting import SampledPairs, fit_sdinet
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.architectures.sdinet.scorer import SdinetScorer
from grnet.dataset.directory import Dataset, load_dataset
from grnet.division.training_pairs import FoldRows
from grnet.schema.arrays import Int8
from grnet.schema.evidence import Contributions, Saliency
from grnet.schema.genes import PairIndex

CPU = torch.device("cpu")
CONFIG = configure_training(
    "sdinet", "fused", epochs=1, batch_size=16, image_size=(32, 64), max_image_pairs=1, precision="fp32"
)
MOST_NUMBERS = 40
"""Single numbers that a training may read from the device: sums of the normalisation, and losses of passes."""


def main() -> None:
    """Fit, score and explain there, and compare with the CPU; a failed check raises."""
    dataset = load_dataset(Path(sys.argv[1]))
    assert isinstance(CONFIG.model, SdinetConfig)
    samples = PairSamples.build(dataset, CONFIG.model, CPU)
    table = dataset.labelled_pairs
    pairs = PairIndex.from_frame(table, dataset.genes)
    counts = samples.count(torch.from_numpy(pairs.tf), torch.from_numpy(pairs.target)).numpy()
    chosen = np.flatnonzero(counts > 0)[:40]
    pairs, labels = pairs.take(chosen), table["label"].to_numpy(np.int8)[chosen]
    with pretend_device() as device:
        fitted = fit(dataset, pairs, labels, device)
        numbers = dict(copies)
        assert {tensor.device.type for tensor in fitted.model.state_dict().values()} == {"sim"}
        scorer = SdinetScorer([fitted.model], PairSamples.build(dataset, CONFIG.model, device))  # type: ignore[list-item]
        copies.clear()
        block = scorer.score(pairs.tf[:2], pairs.target[:6])
        counted = dict(copies)
        parts, saliency = explain(scorer, pairs)
        weights = {name: values.cpu() for name, values in fitted.model.state_dict().items()}
    expected = fit(dataset, pairs, labels, CPU)
    assert fitted.held_out is not None
    assert expected.held_out is not None
    np.testing.assert_allclose(
        fitted.held_out.score_last_epoch, expected.held_out.score_last_epoch, rtol=1e-2, atol=1e-2
    )
    assert numbers.get(NUMBERS, 0) <= MOST_NUMBERS, numbers

    on_host = PairClassifier(CONFIG.model)
    on_host.load_state_dict(weights)
    here = SdinetScorer([on_host.eval()], samples)
    np.testing.assert_allclose(block, here.score(pairs.tf[:2], pairs.target[:6]), rtol=1e-4, atol=1e-4)
    assert counted[TO_DEVICE] <= 2, counted
    assert counted[TO_HOST] == 1, counted
    expected_parts, expected_saliency = explain(here, pairs)
    for found, wanted in zip(parts, expected_parts, strict=True):
        np.testing.assert_allclose(
            [found.baseline, found.rna, found.image], [wanted.baseline, wanted.rna, wanted.image], atol=1e-4
        )
    assert sum(one is not None for one in saliency) == sum(one is not None for one in expected_saliency) > 0
    sys.stdout.write("held\n")


def fit(dataset: Dataset, pairs: PairIndex, labels: Int8, device: torch.device) -> FittedFold:
    """Return a fold that is fitted on a device."""
    assert isinstance(CONFIG.model, SdinetConfig)
    data = SampledPairs.build(PairSamples.build(dataset, CONFIG.model, device), pairs, labels)
    rows = FoldRows(np.arange(24), np.arange(24, 32))
    return fit_sdinet(data, rows, np.arange(32, len(pairs)), config=CONFIG, seed=3)


def explain(scorer: SdinetScorer, pairs: PairIndex) -> tuple[list[Contributions], list[Saliency | None]]:
    """Return what three pairs consist of, and where the network looks."""
    few = pairs.take(np.arange(3))
    logits = np.stack([scorer.score(few.tf[[row]], few.target[[row]])[:, 0, 0] for row in range(len(few))], axis=1)
    explained = ExplainedPairs(few, logits, np.ones(logits.shape, dtype=bool))
    return scorer.find_contributions(explained), scorer.find_saliency(explained, ())


if __name__ == "__main__":
    main()
