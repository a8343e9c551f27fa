"""Fixtures for all tests: real data where it is, and two small datasets carried through the whole path.

The synthetic embryo is for late interaction; the gappy lab is so small that the networks of the paper learn from it in
seconds. Their folders are made once for each worker and shared: a test that changes one copies it first.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
import pytest
import torch
from made_measurements import make_pictures
from PIL import Image
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d

import grnet
from grnet.architectures.configuring import configure_training
from grnet.architectures.late.config import LateConfig
from grnet.dataset.measurements.samples import measure_samples
from grnet.features.profiles import make_profiles
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import TrainConfig
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
    grnet.train(embryo_dataset, folder, folds=tiny_config.folds, report="pair", config=tiny_config)
    return folder


@pytest.fixture(scope="session")
def fused_network(fused_run) -> Path:
    """The network of the fused run: its 60 best candidates, in every format."""
    folder = fused_run.parent / "network"
    grnet.infer_network(fused_run, folder, top=60, formats=("arboreto", "decoupler", "beeline"))
    return folder


@pytest.fixture(scope="session")
def gappy_rows() -> list[tuple[str, str, int]]:
    """The 34 rows of the gappy label file: row 25 repeats row 0, row 28 is row 3 reversed, row 12 is a self pair."""
    cells = np.random.default_rng(1).permutation(6 * 12)[:30]
    rows = [(f"t{cell // 12}", f"g{cell % 12}", place % 2) for place, cell in enumerate(cells)]
    for place, row in ((3, ("t0", "t1", 1)), (12, ("t2", "t2", 0)), (25, rows[0]), (28, ("t1", "t0", 0))):
        rows.insert(place, row)
    return rows


@pytest.fixture(scope="session")
def gappy_dataset(tmp_path_factory, gappy_rows) -> Path:
    """6 TFs and 12 targets with up to three images of 32 × 64 pixels: g10 has no image, g11 no expression.

    t5 and g0 to g2 have a lateral image only and g9 a dorsal one; t0 has two lateral ones and a dorsal one.
    """
    folder, rng = tmp_path_factory.mktemp("gappy"), np.random.default_rng(3)
    genes = [*(f"t{number}" for number in range(6)), *(f"g{number}" for number in range(12))]
    views = {gene: ("dorsal", "lateral") for gene in genes if gene != "g10"}
    views |= dict.fromkeys(("t5", "g0", "g1", "g2"), ("lateral",))
    views |= {"g9": ("dorsal",), "t0": ("dorsal", "lateral", "lateral")}
    manifest = []
    for gene, of_gene in views.items():
        for number, view in enumerate(of_gene):
            Image.fromarray(rng.integers(0, 255, (32, 64)).astype(np.uint8)).save(folder / f"{gene}-{number}.png")
            manifest.append((gene, f"{gene}-{number}.png", view))
    pd.DataFrame(manifest, columns=["gene", "path", "view"]).to_csv(folder / "images.csv", index=False)
    pd.DataFrame(gappy_rows, columns=["tf", "target", "label"]).to_csv(folder / "edges.csv", index=False)
    expression = pd.DataFrame(rng.normal(size=(17, 20)).round(3), index=pd.Index(genes[:-1], name="gene"))
    expression.add_prefix("s").to_csv(folder / "genes.csv")
    (folder / "tfs.txt").write_text("\n".join(genes[:6]) + "\n")
    files = {"expression": folder / "genes.csv", "tfs": folder / "tfs.txt", "known_edges": folder / "edges.csv"}
    grnet.prepare(folder / "dataset", **files, images=folder / "images.csv", genes="all", name="gappy lab")
    return folder / "dataset"


@pytest.fixture(scope="session")
def sdinet_config() -> TrainConfig:
    """Settings with which a network of the paper has seen all of the gappy lab, and judges nothing."""
    size = {"image_size": (32, 64), "max_image_pairs": 1, "precision": "fp32"}
    return configure_training("sdinet", "fused", **size, folds=2, epochs=2, batch_size=8, device="cpu")


@pytest.fixture(scope="session")
def sdinet_run(gappy_dataset, sdinet_config) -> Path:
    """A run of the paper's fusion network on the gappy lab."""
    folder = gappy_dataset.parent / "run"
    grnet.train(gappy_dataset, folder, architecture="sdinet", folds=sdinet_config.folds, config=sdinet_config)
    return folder


class SmallNetwork(nn.Module):
    """Sees the means of 4 × 4 parts of each channel through dropout and one dense layer."""

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Dropout(0.2), nn.Linear(16 * n_channels, 1))

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        parts = [adaptive_avg_pool2d(values, 4).flatten(1) for values in inputs]
        return self.layers(torch.cat(parts, dim=1)).squeeze(-1)


@pytest.fixture
def small_networks(monkeypatch) -> None:
    """Put a network that learns in milliseconds in the place of each network of the paper."""
    for name, n_channels in (("RnaNetwork", 1), ("ImageNetwork", 2), ("FusionNetwork", 2)):
        network = functools.partial(SmallNetwork, n_channels)
        monkeypatch.setattr(f"grnet.architectures.sdinet.classifier.{name}", network)


@pytest.fixture(scope="session")
def patchy_features() -> GeneFeatures:
    """Features of 14 genes, images of odd size: 0 has no expression, 1 no image, 2 one view only, 3 is constant."""
    rng = np.random.default_rng(5)
    expression = rng.normal(size=(14, 10)).astype(np.float32)
    expression[3] = 2.5
    expression[0] = np.nan
    has_map = np.ones((14, 2), dtype=bool)
    has_map[1] = False
    has_map[2, 0] = False
    maps = rng.random((14, 2, 9, 12)).astype(np.float32)
    rna = measure_samples(expression, [f"s{number}" for number in range(10)])
    views = [
        make_pictures(view, maps[has_map[:, v], v], np.flatnonzero(has_map[:, v]))
        for v, view in enumerate(("dorsal", "ventral"))
    ]
    return GeneFeatures(14, tuple(make_profiles(entry, 14) for entry in (rna, *views)))
