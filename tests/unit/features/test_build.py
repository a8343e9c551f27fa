"""Mean images and features of whole datasets, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.directory import Dataset, load_dataset
from grnet.features import build
from grnet.features.build import build_features, mean_images
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import IMAGES, KNOWN_EDGES, REJECTED, empty_table


def make_dataset(tmp_path, images, where, n_genes=3):
    """Return a dataset of `images`, image n of the gene and view at place n of `where`."""
    symbols = tuple(f"g{number}" for number in range(n_genes))
    table = pd.DataFrame(
        [(symbols[gene], view, "", "", row) for row, (gene, view) in enumerate(where)], columns=IMAGES.names
    )
    counts = np.bincount([gene for gene, _ in where], minlength=n_genes).astype(np.int32)
    return Dataset(
        path=tmp_path,
        name="made",
        genes=GeneCatalogue(symbols, ("",) * n_genes, np.ones(n_genes, bool), counts),
        expression=np.random.default_rng(0).normal(size=(n_genes, 6)).astype(np.float32),
        samples=tuple("abcdef"),
        images=np.asarray(images, dtype=np.uint8),
        image_table=table if len(where) else empty_table(IMAGES),
        known_edges=empty_table(KNOWN_EDGES),
        rejected=empty_table(REJECTED),
        settings={},
    )


def test_images_of_a_gene_and_view_are_averaged(tmp_path):
    images = [np.full((2, 2), 51), [[0, 255], [102, 0]], np.full((2, 2), 255)]
    dataset = make_dataset(tmp_path, images, [(1, "b"), (1, "b"), (0, "a")])
    maps, row, has_map = mean_images(dataset)
    assert maps.dtype == np.float32
    assert row.tolist() == [0, 1, 2]
    assert has_map.tolist() == [[True, False], [False, True], [False, False]]
    assert maps[1, 1] == pytest.approx(np.array([[0.1, 0.6], [0.3, 0.1]]), abs=1e-6)
    assert maps[0, 0] == pytest.approx(np.ones((2, 2)))
    assert maps.shape == (3, 2, 2, 2)
    for gene, view in ((0, 1), (1, 0), (2, 0), (2, 1)):
        assert not maps[gene, view].any()


def test_odd_sizes_are_averaged_in_whole_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "LARGEST_MAP", (2, 3))
    image = np.arange(35).reshape(5, 7)  # blocks of 3 × 3: one row of two blocks; rows 3.. and column 6 are left out
    maps, row, _ = mean_images(make_dataset(tmp_path, [image], [(0, "a")]))
    assert maps.shape == (2, 1, 1, 2)
    assert row.tolist() == [0, 1, 1]
    assert maps[0, 0] * 255 == pytest.approx(np.array([[8.0, 11.0]]), abs=1e-5)


@pytest.mark.parametrize(
    ("size", "expected"), [((24, 48), (24, 48)), ((25, 49), (12, 24)), ((32, 64), (16, 32)), ((8, 200), (8, 40))]
)
def test_maps_are_at_most_24_by_48(tmp_path, size, expected):
    maps, row, _ = mean_images(make_dataset(tmp_path, np.full((1, *size), 255), [(2, "a")]))
    assert maps.shape[2:] == expected
    assert maps[row[2]] == pytest.approx(np.ones((1, *expected)))
    assert not maps[row[0]].any()


def test_features_follow_the_views_and_masks(tmp_path):
    rng = np.random.default_rng(3)
    where = [(0, "ventral"), (1, "dorsal"), (2, "dorsal"), (0, "dorsal")]
    features = build_features(make_dataset(tmp_path, rng.integers(0, 255, (4, 8, 8)), where))
    assert [profiles.name for profiles in features.profiles] == ["expression", "dorsal", "ventral"]
    assert features.views == ("dorsal", "ventral")
    assert features.has_map.tolist() == [[True, True], [True, False], [True, False]]
    assert [profiles.present.tolist() for profiles in features.profiles] == [
        [True, True, True],
        [True, True, True],
        [True, False, False],
    ]
    spatial = features.profiles[1].of_transform("spatial")
    flat = features.maps[features.map_row, 0].reshape(3, -1)
    assert spatial @ spatial.T == pytest.approx(np.corrcoef(flat), abs=1e-5)


def test_genes_without_expression_are_masked(embryo_dataset):
    whole = load_dataset(embryo_dataset)
    expression = whole.expression.copy()
    expression[[2, 5]] = np.nan
    features = build_features(replace(whole, expression=expression))
    present = features.profiles[0].present
    assert np.flatnonzero(~present).tolist() == [2, 5]
    assert not features.profiles[0].of_transform("pearson")[[2, 5]].any()
    tf, target = np.array([2, 0, 0]), np.array([0, 5, 1])
    assert features.scorable("rna", tf, target).tolist() == [False, False, True]
    shares = (features.has_map[tf] & features.has_map[target]).any(axis=1)
    assert np.array_equal(features.scorable("image", tf, target), shares)
    assert np.array_equal(features.scorable("fused", tf, target), shares | [False, False, True])


def test_a_dataset_without_images_has_expression_only(embryo_lab, tmp_path):
    from grnet.workflow.prepare import prepare

    prepare(tmp_path / "dataset", expression=embryo_lab / "expression_tfs.csv", tfs=embryo_lab / "tfs.txt")
    features = build_features(load_dataset(tmp_path / "dataset"))
    assert [profiles.name for profiles in features.profiles] == ["expression"]
    assert features.views == ()
    assert features.has_map.shape == (12, 0)
    assert not features.present("image").any()
    assert features.present("fused").all()
