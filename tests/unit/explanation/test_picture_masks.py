"""Which pixels show the specimen: where images of genes differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained_runs import explain, open_run
from made_measurements import make_pictures

from grnet.dataset.directory import load_dataset
from grnet.explanation import gene_evidence
from grnet.explanation.gene_evidence import describe_measurements
from grnet.explanation.picture_masks import find_mask

SHAPE = (12, 20)


def make_embryos(n_genes: int, *, background: float, noise: float = 0.0):
    """Return a measurement of images of an ellipse with a pattern each, and where the ellipse is."""
    rng = np.random.default_rng(n_genes)
    y, x = np.linspace(-1, 1, SHAPE[0])[:, None], np.linspace(-1, 1, SHAPE[1])[None]
    inside = x**2 + y**2 < 0.9
    images = np.where(inside, 0.2 + 0.6 * rng.random((n_genes, *SHAPE)), background)
    images += noise * rng.normal(size=images.shape)
    return make_pictures("lateral", images.astype(np.float32), list(range(n_genes))), inside


@pytest.mark.parametrize(("background", "noise"), [(0.0, 0.0), (0.95, 0.0), (0.7, 0.01)])
def test_the_background_of_all_images_is_outside_whatever_its_brightness(background, noise):
    measurement, inside = make_embryos(40, background=background, noise=noise)
    assert (find_mask(measurement) == inside).all()


def test_what_never_differs_but_is_enclosed_is_inside():
    measurement, inside = make_embryos(40, background=0.0)
    values = measurement.values.copy().reshape(40, *SHAPE)
    values[:, 5:7, 8:12] = 0.5
    assert (find_mask(replace(measurement, values=values.reshape(40, -1))) == inside).all()


def test_without_a_background_or_enough_images_there_is_no_mask():
    measurement, _ = make_embryos(40, background=0.0)
    assert find_mask(make_embryos(2, background=0.0)[0]) is None
    assert find_mask(replace(measurement, values=np.full_like(measurement.values, 0.5))) is None
    noise = np.random.default_rng(1).random(measurement.values.shape).astype(np.float32)
    assert find_mask(replace(measurement, values=noise)) is None


def test_the_mask_of_a_simulated_embryo_leaves_out_the_corners(embryo_dataset):
    dataset = load_dataset(embryo_dataset)
    for entry in describe_measurements(dataset):
        if entry.display != "picture":
            assert entry.mask is None
            continue
        height, width = entry.mask.shape
        assert not entry.mask[[0, 0, -1, -1], [0, -1, 0, -1]].any()
        assert entry.mask[height // 4 : -(height // 4), width // 4 : -(width // 4)].all()
        assert 0.6 < entry.mask.mean() < 0.9


def test_no_number_of_a_pair_depends_on_the_mask(gappy_runs, monkeypatch):
    opened = open_run(gappy_runs["late fused"], image_weight=0.6)
    without = explain(opened, opened.table.head(12)).pairs
    monkeypatch.setattr(gene_evidence, "find_mask", lambda measurement: np.eye(16, 32, dtype=bool))
    with_mask = explain(opened, opened.table.head(12))
    assert [entry.mask is not None for entry in with_mask.measurements] == [False, True, True]
    for pair, said in with_mask.pairs.items():
        assert said.contributions == without[pair].contributions
        if said.saliency is None:
            assert without[pair].saliency is None
            continue
        for side in ("tf", "target"):
            first, second = (getattr(found.saliency, side) for found in (said, without[pair]))
            assert all((first[view] == second[view]).all() for view in second)
