"""Features of whole datasets, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.directory import Dataset, load_dataset
from grnet.dataset.measurements.images import measure_images
from grnet.dataset.measurements.samples import measure_samples
from grnet.features.build import build_features
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import IMAGES, LABELLED_PAIRS, REJECTED, empty_table


def make_dataset(tmp_path, images, where, n_genes=3):
    """Return a dataset of `images`, image n of the gene and view at place n of `where`."""
    symbols = tuple(f"g{number}" for number in range(n_genes))
    table = pd.DataFrame(
        [(symbols[gene], view, "", "", row) for row, (gene, view) in enumerate(where)], columns=IMAGES.names
    )
    images = np.asarray(images, dtype=np.uint8)
    counts = np.bincount([gene for gene, _ in where], minlength=n_genes).astype(np.int32)
    genes = GeneCatalogue(symbols, ("",) * n_genes, np.ones(n_genes, bool), counts)
    return Dataset(
        path=tmp_path,
        name="made",
        genes=genes,
        measurements=(
            measure_samples(np.random.default_rng(0).normal(size=(n_genes, 6)).astype(np.float32), "abcdef"),
            *measure_images(images, table, genes),
        ),
        images=images,
        image_table=table,
        labelled_pairs=empty_table(LABELLED_PAIRS),
        rejected=empty_table(REJECTED),
        settings={},
    )


def test_features_follow_the_views_and_masks(tmp_path):
    rng = np.random.default_rng(3)
    where = [(0, "ventral"), (1, "dorsal"), (2, "dorsal"), (0, "dorsal")]
    features = build_features(make_dataset(tmp_path, rng.integers(0, 255, (4, 8, 8)), where))
    assert [profiles.name for profiles in features.profiles] == ["expression", "dorsal", "ventral"]
    assert [profiles.maps is None for profiles in features.profiles] == [True, False, False]
    assert [profiles.present.tolist() for profiles in features.profiles] == [
        [True, True, True],
        [True, True, True],
        [True, False, False],
    ]
    dorsal = features.profiles[1]
    pearson = dorsal.of_transform("pearson")
    flat = dorsal.maps[dorsal.row].reshape(3, -1)
    assert pearson @ pearson.T == pytest.approx(np.corrcoef(flat), abs=1e-5)


def test_genes_without_expression_are_masked(embryo_dataset):
    whole = load_dataset(embryo_dataset)
    expression = whole.expression.copy()
    expression[[2, 5]] = np.nan
    rna = measure_samples(expression, whole.samples)
    features = build_features(replace(whole, measurements=(rna, *whole.of_modality("image"))))
    present = features.profiles[0].present
    assert np.flatnonzero(~present).tolist() == [2, 5]
    assert not features.profiles[0].of_transform("pearson")[[2, 5]].any()
    tf, target = np.array([2, 0, 0]), np.array([0, 5, 1])
    assert features.scorable("rna", tf, target).tolist() == [False, False, True]
    has_map = np.stack([profiles.present for profiles in features.of_modality("image")], axis=1)
    shares = (has_map[tf] & has_map[target]).any(axis=1)
    assert np.array_equal(features.scorable("image", tf, target), shares)
    assert np.array_equal(features.scorable("fused", tf, target), shares | [False, False, True])


def test_a_dataset_without_images_has_expression_only(embryo_lab, tmp_path):
    from grnet.workflow.prepare import prepare

    prepare(tmp_path / "dataset", expression=embryo_lab / "expression_tfs.csv", tfs=embryo_lab / "tfs.txt")
    features = build_features(load_dataset(tmp_path / "dataset"))
    assert [profiles.name for profiles in features.profiles] == ["expression"]
    assert not features.present("image").any()
    assert features.present("fused").all()
