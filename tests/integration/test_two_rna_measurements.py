"""A dataset with a second measurement of RNA, from training to the evidence for a pair."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import grnet
from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import Dataset, DatasetContents, load_dataset, write_dataset
from grnet.dataset.measurements.samples import SAMPLE
from grnet.explorer.data_uris import FULL
from grnet.features.build import build_features
from grnet.schema.measurements import Measurement

FIRST, SECOND = "expression", "second"


@pytest.fixture(scope="module")
def dataset(embryo_dataset, tmp_path_factory) -> Dataset:
    """The embryo with noisy expression of all but three genes in ten other samples."""
    given = load_dataset(embryo_dataset)
    first = given.of_modality("rna")[0]
    noise = np.random.default_rng(0).normal(0, 0.3, (len(first.gene) - 3, 10))
    values = (first.values[3:, :10] + noise).astype(np.float32)
    places = pd.DataFrame({SAMPLE: [f"other {number}" for number in range(10)]})
    second = Measurement(SECOND, first.kind, values, first.gene[3:], places, "CPM")
    both = replace(given, measurements=(*given.measurements, second))
    folder = tmp_path_factory.mktemp("two") / "dataset"
    parts = (both.genes, both.measurements, both.image_table, both.labelled_pairs, both.rejected, both.settings)
    write_dataset(folder, DatasetContents(*parts), both.images)
    return load_dataset(folder)


@pytest.fixture(scope="module")
def run(dataset, tiny_config) -> Path:
    folder = dataset.path.parent / "run"
    grnet.train(dataset.path, folder, folds=tiny_config.folds, report="pair", config=tiny_config)
    return folder


@pytest.fixture(scope="module")
def network(run) -> Path:
    folder = run.parent / "network"
    grnet.infer_network(run, folder, top=40)
    return folder


def read_page(file: Path) -> dict:
    text = file.read_text(encoding="utf-8")
    return json.loads(re.search(r"<script[^>]*application/json[^>]*>(.*?)</script>", text, re.S).group(1))


def test_models_see_both(dataset, run):
    names = [profiles.name for profiles in build_features(dataset).of_modality("rna")]
    assert names == [FIRST, SECOND]
    assert len(load_run(run).out_of_fold) == len(dataset.labelled_pairs)


def test_the_page_of_the_network_has_the_profiles_of_both(dataset, network):
    data = read_page(network / "network.html")
    first, second = data["evidence"]["profiles"]
    assert [first[name] for name in ("name", "n_places", "correlated")] == [FIRST, 24, True]
    assert [second[name] for name in ("name", "units", "n_places", "correlated")] == [SECOND, "CPM", 10, False]
    measurement = dataset.measurements[-1]
    for i, symbol in enumerate(data["nodes"]["symbol"]):
        wanted = measurement.of_gene(dataset.genes.position[symbol])
        assert bool(second["values"][i]) == (wanted is not None)
        if wanted is not None:
            assert second["low"][i] == pytest.approx(wanted.min(), rel=1e-4)
            assert (second["high"][i] - second["low"][i]) / FULL < 1e-2


def test_a_pair_is_explained_with_both(dataset, run, network, tmp_path):
    edges = grnet.load_network(network).edges
    second = dataset.measurements[-1]
    has = {dataset.genes.symbols[gene] for gene in second.gene}
    edge = next(edge for edge in edges.itertuples() if {edge.tf, edge.target} <= has)
    result = grnet.explain(run, edge.tf, edge.target, tmp_path / "pair", network=network)
    assert result.pair.correlation == pytest.approx(edge.correlation, abs=2e-6)
    assert result.pair.contributions.score == pytest.approx(edge.score, abs=1e-4)
    data = read_page(tmp_path / "pair.html")
    profiles = data["evidence"]["profiles"]
    assert [entry["name"] for entry in profiles] == [FIRST, SECOND]
    assert all(all(entry["values"]) for entry in profiles)
    assert profiles[1]["places"] == [f"other {number}" for number in range(10)]
    assert [entry["name"] for entry in data["evidence"]["pictures"]] == ["dorsal", "lateral", "ventral"]
    with Image.open(tmp_path / "pair.png") as picture:
        assert picture.size[0] == 1600
