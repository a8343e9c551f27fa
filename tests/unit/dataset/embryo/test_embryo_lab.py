"""The folder that `simulate_lab` writes: contents, determinism, truth, difficulty, and the command that shows it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image
from sklearn.metrics import roc_auc_score

from grnet.cli.simulate_commands import simulate_command
from grnet.dataset.embryo import LabSummary, simulate_lab
from grnet.schema.configs import SimulateConfig
from grnet.schema.errors import ConfigError, OutputExistsError
from grnet.schema.tables import TRUTH
from grnet.storage.tables import read_table
from grnet.workflow.simulate import simulate

SMALL = SimulateConfig(seed=3, n_tfs=12, n_targets=30, n_samples=10, embryos_per_gene=2)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read_expression(lab: LabSummary) -> pd.DataFrame:
    tables = [pd.read_csv(lab.expression[0]), pd.read_csv(lab.expression[1], sep="\t")]
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> LabSummary:
    return simulate_lab(tmp_path_factory.mktemp("embryo") / "lab", SMALL)


def test_tables_hold_every_gene_once(lab: LabSummary) -> None:
    tfs, others = pd.read_csv(lab.expression[0]), pd.read_csv(lab.expression[1], sep="\t")
    samples = [f"embryo_{number:02d}" for number in range(1, 11)]
    assert list(tfs.columns) == list(others.columns) == ["symbol", "id", *samples]
    assert (len(tfs), len(others)) == (12, 30)
    table = read_expression(lab)
    assert table["symbol"].is_unique
    assert table["symbol"].str.fullmatch("[a-z]{6,}").all()
    assert list(table["id"]) == [f"SYN{number:07d}" for number in range(1, 43)]
    values = table[samples].to_numpy()
    assert values.min() >= 0
    assert values.max() < 20
    assert lab.tfs.read_text().split() == list(tfs["symbol"])


def test_truth_covers_known_edges_and_no_non_edge(lab: LabSummary) -> None:
    truth, known = read_table(lab.truth, TRUTH), pd.read_csv(lab.known_edges)
    assert list(known.columns) == ["tf", "target", "label"]
    true = set(zip(truth["tf"], truth["target"], strict=True))
    assert len(true) == len(truth) == lab.n_true_edges
    assert set(truth["sign"]) == {-1, 1}
    pairs = list(zip(known["tf"], known["target"], strict=True))
    assert len(set(pairs)) == len(pairs)
    assert all((pair in true) == bool(label) for pair, label in zip(pairs, known["label"], strict=True))
    assert (known["tf"] != known["target"]).all()
    tfs = set(lab.tfs.read_text().split())
    assert set(known["tf"]) | set(truth["tf"]) <= tfs
    assert (known["label"] == 1).sum() == lab.n_known_positive == round(lab.n_true_edges / 2)
    assert (known["label"] == 0).sum() == lab.n_known_negative


def test_targets_have_one_to_four_regulators(lab: LabSummary) -> None:
    truth = read_table(lab.truth, TRUTH)
    targets = pd.read_csv(lab.expression[1], sep="\t")["symbol"]
    counts = truth["target"].value_counts().reindex(targets)
    assert counts.between(1, 4).all()
    assert truth["target"].isin(lab.tfs.read_text().split()).any()


def test_non_edges_follow_the_known_edges_of_each_tf(tmp_path: Path) -> None:
    lab = simulate_lab(tmp_path / "lab", SimulateConfig(n_samples=8, embryos_per_gene=1, genes_without_images=0.95))
    counts = pd.read_csv(lab.known_edges).groupby(["tf", "label"]).size().unstack(fill_value=0)
    assert lab.n_known_negative == lab.n_known_positive
    expected = counts[1].where(counts[1] > 0, 1)
    assert counts[0][counts[1] == 0].sum() == 0
    assert ((counts[0] - counts[1]) ** 2 / expected).sum() < 2 * len(counts)


def test_images_have_size_views_and_constant_background(lab: LabSummary) -> None:
    paths = sorted(lab.images.rglob("*.png"))
    assert len(paths) == lab.n_images
    genes = {path.parent.parent.name for path in paths}
    assert len(genes) == lab.n_genes_with_images == 42 - round(0.15 * 42)
    assert genes < set(read_expression(lab)["symbol"])
    assert {path.parent.name for path in paths} == {"lateral", "dorsal", "ventral"}
    assert {path.name for path in paths} == {"01.png", "02.png"}
    for path in paths:
        image = Image.open(path)
        pixels = np.asarray(image)
        assert (image.mode, pixels.shape) == ("L", (32, 64))
        assert not pixels[[0, 0, -1, -1], [0, -1, 0, -1]].any()
        assert 0.55 < (pixels > 0).mean() < 0.8


def test_same_seed_same_bytes_other_seed_other_bytes(lab: LabSummary, tmp_path: Path) -> None:
    again = simulate_lab(tmp_path / "again", SMALL)
    assert digests(again.folder) == digests(lab.folder)
    other = simulate_lab(tmp_path / "other", SimulateConfig(4, 12, 30, 10, 2))
    changed = digests(other.folder)
    for name in ("expression_tfs.csv", "expression_genes.tsv.gz", "known_edges.csv", "truth.parquet", "tfs.txt"):
        assert changed[name] != digests(lab.folder)[name]


def test_readme_names_every_file_and_the_seed(lab: LabSummary) -> None:
    text = (lab.folder / "README.txt").read_text()
    assert "seed 3" in text
    assert f"{lab.n_known_positive} known edges and {lab.n_known_negative} non-edges" in text
    for path in lab.folder.iterdir():
        assert path.name in text or path.name == "README.txt"


def test_correlation_alone_is_neither_useless_nor_enough(tmp_path: Path) -> None:
    lab = simulate_lab(tmp_path / "lab", SimulateConfig(embryos_per_gene=1, genes_without_images=0.95))
    assert 0.65 <= lab.abs_pearson_auroc <= 0.80
    assert 600 <= lab.n_known_positive <= 1000
    table = read_expression(lab).drop(columns="id").set_index("symbol")
    known = pd.read_csv(lab.known_edges)
    correlation = pd.DataFrame(np.corrcoef(table.to_numpy()), index=table.index, columns=table.index)
    strength = [abs(correlation.loc[tf, target]) for tf, target in zip(known["tf"], known["target"], strict=True)]
    assert lab.abs_pearson_auroc == pytest.approx(roc_auc_score(known["label"], strength), abs=1e-9)


def test_existing_folder_is_kept_unless_overwritten(lab: LabSummary, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(OutputExistsError, match="add --overwrite"):
        simulate_lab(tmp_path / "mine", SMALL)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    with pytest.raises(OutputExistsError, match=r"holds other files and no truth\.parquet, so --overwrite leaves it"):
        simulate_lab(tmp_path / "mine", SMALL, overwrite=True)
    (tmp_path / "mine" / "notes.txt").unlink()
    simulate_lab(tmp_path / "mine", SMALL, overwrite=True)
    assert digests(tmp_path / "mine") == digests(lab.folder)


def test_workflow_gathers_wrong_numbers(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--seed is 0 or more, got -1; --tfs is at least 8, got 2"):
        simulate(str(tmp_path / "lab"), seed=-1, n_tfs=2)
    assert not (tmp_path / "lab").exists()


def test_command_shows_the_counts(tmp_path: Path) -> None:
    out = tmp_path / "lab"
    arguments = [str(out), "--seed", "5", "--tfs", "9", "--targets", "12", "--samples", "8"]
    result = CliRunner().invoke(simulate_command, arguments)
    assert result.exit_code == 0, result.output
    truth = read_table(out / "truth.parquet", TRUTH)
    assert "a synthetic embryo, seed 5" in result.output
    assert "21 genes, 9 of them transcription factors, in 8 samples" in result.output
    assert f"{len(truth)} true edges" in result.output


@pytest.fixture(scope="module")
def lab_with_spots(tmp_path_factory: pytest.TempPathFactory) -> LabSummary:
    return simulate_lab(tmp_path_factory.mktemp("embryo") / "spots", replace(SMALL, also=("spots",)))


def test_spots_are_written_beside_all_else(lab: LabSummary, lab_with_spots: LabSummary) -> None:
    anndata = pytest.importorskip("anndata")
    spots = anndata.read_h5ad(lab_with_spots.spots)
    assert spots.shape == (lab_with_spots.n_spots, 42) == (1008, 42)
    assert list(spots.var_names) == list(read_expression(lab)["symbol"])
    assert list(spots.var["gene_id"]) == list(read_expression(lab)["id"])
    assert spots.obs["section"].value_counts().to_dict() == {"embryo 1": 504, "embryo 2": 504}
    counts = spots.X.toarray()
    assert (counts == np.rint(counts)).all()
    assert 1000 < np.median(counts.sum(axis=1)) < 6000
    points = spots.obsm["spatial"]
    assert len(np.unique(points[:504], axis=0)) == 504
    assert np.array_equal(points[:504], points[504:])
    own, other = digests(lab.folder), digests(lab_with_spots.folder)
    assert {name for name in other if other[name] != own.get(name)} == {"spots.h5ad", "README.txt"}
    assert "spots.h5ad" in (lab_with_spots.folder / "README.txt").read_text()
    assert not lab.spots.exists()


def test_spots_of_a_gene_follow_its_pattern_in_both_sections(lab_with_spots: LabSummary) -> None:
    anndata = pytest.importorskip("anndata")
    counts = anndata.read_h5ad(lab_with_spots.spots).X.toarray()
    share = counts / counts.sum(axis=1, keepdims=True)
    between = [np.corrcoef(share[:504, gene], share[504:, gene])[0, 1] for gene in range(42)]
    assert np.median(between) > 0.5


def test_spots_are_the_same_for_the_same_seed(lab_with_spots: LabSummary, tmp_path: Path) -> None:
    again = simulate_lab(tmp_path / "again", replace(SMALL, also=("spots",)))
    assert digests(again.folder) == digests(lab_with_spots.folder)


def test_an_unknown_form_is_told() -> None:
    with pytest.raises(ConfigError, match="--as is one of spots, got smells"):
        replace(SMALL, also=("smells",))
