"""The images that the networks of the paper look at: those of the dataset, and pictures drawn of spots."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from grnet.architectures.sdinet.image_pairs import ImagePairs
from grnet.architectures.sdinet.view_images import ViewImages, resample
from grnet.dataset.measurements.spots import SPOTS
from grnet.schema.measurements import Measurement


def measure(name="spots", side=4):
    y, x = np.mgrid[:side, :side]
    places = pd.DataFrame({"spot": [str(n) for n in range(side**2)], "section": ""})
    places = places.assign(x=x.ravel().astype(float), y=y.ravel().astype(float), z=0.0)
    values = np.stack([x.ravel(), -y.ravel(), np.full(side**2, 3)]).astype(np.float32)
    return Measurement(name, SPOTS, values, np.array([0, 2, 3]), places)


def make_dataset(measurements, images=(), genes=(), views=()):
    stack = np.stack(images) if len(images) else np.zeros((0, 0, 0), np.uint8)
    return SimpleNamespace(
        images=stack,
        image_size=stack.shape[1:],
        image_gene=np.array(genes, dtype=np.int64),
        image_table=pd.DataFrame({"row": np.arange(len(images)), "view": list(views)}),
        views=tuple(sorted(set(views))),
        measurements=measurements,
        genes=range(5),
    )


def test_spots_are_drawn_where_there_are_no_images():
    found = ViewImages.gather(make_dataset((measure(),)))
    assert (found.views, found.gene.tolist(), found.view.tolist()) == (("spots",), [0, 2, 3], [0, 0, 0])
    assert found.images.dtype == np.uint8
    assert found.images[0].tolist() == [[0, 85, 170, 255]] * 4, "0 stays 0, and the largest value is white"
    assert found.images[1][:, 0].tolist() == [255, 170, 85, 0], "negative values begin at the least"
    assert (found.images[2] == 255).all()


def test_drawn_pictures_stand_beside_images_at_their_size():
    photograph = np.random.default_rng(0).integers(0, 256, (8, 12), dtype=np.uint8)
    view = Measurement("lateral", SPOTS, *[getattr(measure(), name) for name in ("values", "gene", "places")])
    found = ViewImages.gather(make_dataset((view, measure()), [photograph], [2], ["lateral"]))
    assert found.views == ("lateral", "spots"), "a view with images is not drawn"
    assert found.images.shape == (4, 8, 12)
    assert np.array_equal(found.images[0], photograph)
    assert (found.gene.tolist(), found.view.tolist()) == ([2, 0, 2, 3], [0, 1, 1, 1])


def test_measurements_of_several_sizes_take_that_of_the_largest():
    found = ViewImages.gather(make_dataset((measure("a", 4), measure("b", 6))))
    assert found.images.shape == (6, 6, 6)


def test_image_pairs_are_counted_by_view():
    pairs = ImagePairs.build(make_dataset((measure("a"), measure("b"))), torch.device("cpu"), size=(8, 8))
    assert pairs.views == ("a", "b")
    assert pairs.count_pairs(torch.tensor([0, 0, 1]), torch.tensor([2, 4, 2])).tolist() == [2, 0, 0]
    gathered = pairs.gather(*pairs.rows_of(*torch.tensor([[0], [2], [0], [1]])))
    assert gathered.shape == (1, 2, 8, 8)


def test_resampling_keeps_what_fits_and_stays_within_bounds():
    images = torch.rand(2, 1, 5, 7)
    assert resample(images, (5, 7)) is images
    small = resample(images, (3, 3))
    assert small.shape == (2, 1, 3, 3)
    assert float(small.min()) >= 0
    assert float(small.max()) <= 1
    assert small.mean() == pytest.approx(float(images.mean()), abs=0.1)
