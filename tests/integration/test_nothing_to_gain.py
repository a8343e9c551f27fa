"""Models where a source says nothing: pictures of other genes, labels shuffled within TFs. Nothing may be gained."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import grnet
from grnet.architectures.late.config import LateConfig
from grnet.dataset.directory import load_dataset
from grnet.evaluation.ablation import FUSED, RNA_ALONE
from grnet.schema.training_config import KNOWN_NETWORK, TrainConfig
from grnet.workflow.cross_validation import crossvalidate

pytestmark = pytest.mark.slow

N_TFS, N_TARGETS = 24, 160


def make_config(modality: str, **settings: object) -> TrainConfig:
    return TrainConfig(model=LateConfig(modality), folds=3, epochs=8, device="cpu", **settings)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    grnet.simulate(folder / "lab", n_tfs=N_TFS, n_targets=N_TARGETS, seed=3)
    return folder / "lab"


def test_pictures_of_other_genes_add_nothing(lab, tmp_path):
    """Each gene has the images of another, so they say nothing of it."""
    images = lab / "images"
    genes = sorted(path for path in images.iterdir() if path.is_dir())
    order = np.random.default_rng(0).permutation(len(genes))
    shuffled = tmp_path / "images"
    shuffled.mkdir()
    for gene, other in zip(genes, order, strict=True):
        (shuffled / gene.name).symlink_to(genes[other])
    tables = [lab / "expression_tfs.csv", lab / "expression_genes.tsv.gz"]
    files = {"tfs": lab / "tfs.txt", "known_edges": lab / "known_edges.csv"}
    grnet.prepare(tmp_path / "dataset", expression=tables, images=shuffled, **files)
    dataset = load_dataset(tmp_path / "dataset")
    card = crossvalidate(dataset, tmp_path / "cards", make_config("fused"), split="pair", version="1").card
    part = card.ablation.parts[0]
    gain = part.gains[RNA_ALONE]["auroc"]
    assert gain.low <= 0 or gain.value < 0.01
    assert abs(gain.value) < 0.03
    assert part.figures[FUSED]["auroc"].value == pytest.approx(part.figures[RNA_ALONE]["auroc"].value, abs=0.03)


@pytest.mark.parametrize("without", [(), (KNOWN_NETWORK,)])
def test_labels_shuffled_within_tfs_leave_nothing_within_them(lab, tmp_path, without):
    """How many targets each TF has stays as it is; which ones they are means nothing. Mean over three draws."""
    figures = []
    known = pd.read_csv(lab / "known_edges.csv")
    for number in range(3):
        rng = np.random.default_rng(number)
        labels = known.groupby("tf")["label"].transform(lambda own, rng=rng: rng.permutation(own.to_numpy()))
        folder = tmp_path / str(number)
        folder.mkdir()
        known.assign(label=labels).to_csv(folder / "known.csv", index=False)
        tables = [lab / "expression_tfs.csv", lab / "expression_genes.tsv.gz"]
        grnet.prepare(folder / "data", expression=tables, tfs=lab / "tfs.txt", known_edges=folder / "known.csv")
        config = make_config("rna", without=without)
        card = crossvalidate(load_dataset(folder / "data"), folder / "cards", config, split="target", version="1").card
        figures.append(card.model.figures["concordance_within_tfs"])
    widths = [(figure.high - figure.low) / 3.92 for figure in figures]
    error = np.sqrt(np.mean(np.square(widths)) / len(widths))
    assert np.mean([figure.value for figure in figures]) == pytest.approx(0.5, abs=3 * error)
