"""Fixtures for all tests: real data where it is, and a small synthetic embryo carried through the whole path.

The folders of the embryo are made once for each worker and shared: a test that changes one copies it first.
"""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
import torch

import grnet
from grnet.features.context import expression_profiles, image_profiles
from grnet.schema.features import GeneFeatures
from grnet.schema.model_configs import LateConfig, TrainConfig
from grnet.workflow.demo import prepare_lab

torch.set_num_threads(1)

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real data; the test is skipped where it is absent."""
    folder = Path(os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder} (GRNET_REAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def tiny_config() -> TrainConfig:
    """Settings that train in about a second and judge nothing."""
    model = LateConfig(hidden=16, bins=6, channels=(4,))
    return TrainConfig(model=model, folds=3, epochs=3, patience=2, device="cpu")


@pytest.fixture(scope="session")
def embryo_lab(tmp_path_factory) -> Path:
    """Raw files of a synthetic embryo: 12 TFs, 60 targets, 24 samples."""
    folder = tmp_path_factory.mktemp("embryo") / "lab"
    grnet.simulate(folder, n_tfs=12, n_targets=60, n_samples=24)
    return folder


@pytest.fixture(scope="session")
def embryo_dataset(embryo_lab) -> Path:
    """The dataset directory of the embryo."""
    folder = embryo_lab.parent / "dataset"
    prepare_lab(embryo_lab, folder)
    return folder


@pytest.fixture(scope="session")
def fused_run(embryo_dataset, tiny_config) -> Path:
    """A fused run on the embryo, too short to be good."""
    folder = embryo_dataset.parent / "run"
    grnet.train(embryo_dataset, folder, folds=tiny_config.folds, config=tiny_config)
    return folder


@pytest.fixture(scope="session")
def fused_network(fused_run) -> Path:
    """The network of the fused run: its 60 best candidates, in every format."""
    folder = fused_run.parent / "network"
    grnet.infer_network(fused_run, folder, top=60, formats=("arboreto", "decoupler", "beeline"))
    return folder


@pytest.fixture(scope="session")
def patchy_features() -> GeneFeatures:
    """Features of 14 genes, images of odd size: 0 has no expression, 1 no image, 2 one view only, 3 is constant."""
    rng = np.random.default_rng(5)
    expression = rng.normal(size=(14, 10)).astype(np.float32)
    expression[3] = 2.5
    has_expression = np.arange(14) != 0
    has_map = np.ones((14, 2), dtype=bool)
    has_map[1] = False
    has_map[2, 0] = False
    maps = (rng.random((14, 2, 9, 12)) * has_map[:, :, None, None]).astype(np.float32)
    views = ("dorsal", "ventral")
    images = [image_profiles(view, maps[:, v], has_map[:, v]) for v, view in enumerate(views)]
    return GeneFeatures((expression_profiles(expression, has_expression), *images), maps, has_map, views)
