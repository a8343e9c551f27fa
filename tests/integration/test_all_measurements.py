"""A dataset with tables, cells, images, spots and terms together, from the files to a page and the evidence."""

from __future__ import annotations

from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
from annotated_files import categories, plain
from PIL import Image

import grnet
from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import Dataset, load_dataset
from grnet.features.build import build_features

NAMES = ("expression", "cells", "spots", "terms", "dorsal", "lateral", "ventral")


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Path:
    """A small embryo: its raw files, 300 cells of two kinds, and terms of every gene."""
    folder = tmp_path_factory.mktemp("all") / "lab"
    grnet.simulate(folder, n_tfs=10, n_targets=40, n_samples=12, also=("spots",))
    spots = anndata.read_h5ad(folder / "spots.h5ad")
    rng = np.random.default_rng(0)
    obs = pd.DataFrame({"cell_type": categories(["a", "b"] * 150)}, index=plain(f"cell {n}" for n in range(300)))
    counts = rng.poisson(3.0, (300, spots.n_vars)).astype(np.float32)
    cells = anndata.AnnData(counts, obs=obs, var=pd.DataFrame(index=plain(spots.var_names)))
    cells.write_h5ad(folder / "cells.h5ad")
    terms = [(gene, place) for gene in spots.var_names for place in ("head", "gut", "skin") if rng.random() < 0.5]
    pd.DataFrame(terms, columns=["gene", "term"]).to_csv(folder / "terms.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def dataset(lab) -> Dataset:
    grnet.prepare(
        lab.parent / "dataset",
        expression=[lab / "expression_genes.tsv.gz", lab / "expression_tfs.csv", lab / "cells.h5ad"],
        tfs=lab / "tfs.txt",
        known_edges=lab / "known_edges.csv",
        images=lab / "images",
        spatial=lab / "spots.h5ad",
        annotations=lab / "terms.csv",
        within="cell_type",
    )
    return load_dataset(lab.parent / "dataset")


@pytest.fixture(scope="module")
def run(dataset, tiny_config) -> Path:
    folder = dataset.path.parent / "run"
    grnet.train(dataset.path, folder, folds=tiny_config.folds, report="pair", without="ventral", config=tiny_config)
    return folder


def test_every_file_becomes_a_measurement_of_the_same_genes(dataset):
    assert tuple(entry.name for entry in dataset.measurements) == NAMES
    assert [entry.kind.modality for entry in dataset.measurements] == ["rna"] * 2 + ["image"] * 5
    assert len(dataset.genes) == 50
    by_name = {entry.name: entry for entry in dataset.measurements}
    assert by_name["cells"].values.shape == (50, 300)
    assert set(by_name["cells"].places["group"]) == {"a", "b"}
    assert by_name["terms"].places["term"].tolist() == ["gut", "head", "skin"]
    assert by_name["spots"].grid is not None
    assert "within groups" in next(p for p in build_features(dataset).profiles if p.name == "cells").transforms


def test_models_look_at_all_but_the_one_that_is_left_out(run, dataset):
    shape = load_run(run).shape
    assert set(shape.context) == set(NAMES) - {"ventral"}
    assert set(shape.pictures) == {"spots", "dorsal", "lateral"}
    assert len(load_run(run).out_of_fold) == len(dataset.labelled_pairs)


def test_a_page_and_an_explanation_show_them(run, dataset, tmp_path):
    network = grnet.infer_network(run, tmp_path / "network", top=30)
    page = (tmp_path / "network" / "network.html").read_text(encoding="utf-8")
    assert all(name in page for name in ("cells", "spots", "terms", "lateral"))
    edge = next(network.network.edges.itertuples())
    grnet.explain(run, edge.tf, edge.target, tmp_path / "pair")
    with Image.open(tmp_path / "pair.png") as picture:
        assert picture.size[0] == 1600
