"""Runs of every kind on the gappy lab, where genes lack images, views or expression."""

from __future__ import annotations

from pathlib import Path

import pytest

import grnet
from grnet.architectures.configuring import configure_training
from grnet.architectures.late.config import LateConfig
from grnet.schema.training_config import TrainConfig


class GappyRuns(dict[str, Path]):
    """Runs by architecture and modality, each trained when it is first asked for.

    Late interaction has two seeds, the paper's networks one; of these the fusion is that of the other tests.
    """

    def __init__(self, request: pytest.FixtureRequest, dataset: Path) -> None:
        super().__init__()
        self.request, self.dataset = request, dataset

    def __missing__(self, kind: str) -> Path:
        architecture, modality = kind.split()
        folder = self.dataset.parent / f"{architecture}-{modality}"
        if kind == "sdinet fused":
            folder = self.request.getfixturevalue("sdinet_run")
        elif architecture == "late":
            model = LateConfig(modality, hidden=8, bins=4, channels=(3, 4))  # type: ignore[arg-type]
            config = TrainConfig(model=model, folds=3, seeds=2, epochs=3, patience=2, device="cpu")
            grnet.train(self.dataset, folder, folds=3, seeds=2, config=config)
        else:
            size = {"image_size": (32, 64), "max_image_pairs": 1, "precision": "fp32"} if modality == "image" else {}
            training = {"folds": 2, "epochs": 1, "batch_size": 8, "device": "cpu", "paper_normalisation": True}
            config = configure_training("sdinet", modality, **size, **training)  # type: ignore[arg-type]
            grnet.train(self.dataset, folder, architecture="sdinet", folds=2, config=config)
        self[kind] = folder
        return folder


@pytest.fixture(scope="session")
def gappy_runs(request, gappy_dataset) -> GappyRuns:
    return GappyRuns(request, gappy_dataset)
