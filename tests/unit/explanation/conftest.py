"""Runs of every kind on the gappy lab, where genes lack images, views or expression."""

from __future__ import annotations

from pathlib import Path

import pytest

import grnet
from grnet.schema.model_configs import LateConfig, TrainConfig, configure_training


@pytest.fixture(scope="session")
def gappy_runs(gappy_dataset, sdinet_run) -> dict[str, Path]:
    """Runs by architecture and modality: late interaction with two seeds, the paper's networks with one."""
    runs = {"sdinet fused": sdinet_run}
    for modality in ("rna", "image", "fused"):
        runs[f"late {modality}"] = folder = gappy_dataset.parent / f"late-{modality}"
        model = LateConfig(modality, hidden=8, bins=4, channels=(3, 4))
        config = TrainConfig(model=model, folds=3, seeds=2, epochs=3, patience=2, device="cpu")
        grnet.train(gappy_dataset, folder, folds=3, seeds=2, config=config)
    for modality in ("rna", "image"):
        runs[f"sdinet {modality}"] = folder = gappy_dataset.parent / f"sdinet-{modality}"
        size = {"image_size": (32, 64), "max_image_pairs": 1, "precision": "fp32"} if modality == "image" else {}
        training = {"folds": 2, "epochs": 1, "batch_size": 8, "device": "cpu", "paper_normalisation": True}
        config = configure_training("sdinet", modality, **size, **training)
        grnet.train(gappy_dataset, folder, architecture="sdinet", folds=2, config=config)
    return runs
