"""Image pairs against loops over views and images, on a small dataset with gaps."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from grnet.architectures.sdinet.image_pairs import ImagePairs, locate
from grnet.dataset.directory import load_dataset

CPU = torch.device("cpu")
VIEWS = ("dorsal", "lateral", "ventral")
N_GENES = 7
HEIGHT, WIDTH = 6, 10


@pytest.fixture
def dataset():
    """24 shuffled images of 7 genes: 0 has no image, 1 only dorsal, 2 only ventral, 3 all views, the others some."""
    rng = np.random.default_rng(1)
    counts = [(0, 0, 0), (3, 0, 0), (0, 0, 2), (2, 1, 3), (1, 4, 0), (0, 2, 3), (1, 1, 1)]
    images = [(gene, view) for gene in range(N_GENES) for view in range(3) for _ in range(counts[gene][view])]
    images = [images[place] for place in rng.permutation(len(images))]
    return SimpleNamespace(
        images=rng.integers(0, 256, (len(images), HEIGHT, WIDTH), dtype=np.uint8),
        image_gene=np.array([gene for gene, _ in images]),
        image_table=pd.DataFrame({"row": np.arange(len(images)), "view": [VIEWS[view] for _, view in images]}),
        image_size=(HEIGHT, WIDTH),
        measurements=(),
        views=VIEWS,
        genes=range(N_GENES),
    )


@pytest.fixture
def every_pair():
    """All ordered pairs of genes, each gene with itself too: tf [P], target [P]."""
    return tuple(
        grid.reshape(-1) for grid in torch.meshgrid(torch.arange(N_GENES), torch.arange(N_GENES), indexing="ij")
    )


def list_image_pairs(dataset, tf, target):
    """Return the rows of `dataset.images` (of TF, of target) of every image pair of a gene pair, in order."""
    found = []
    for view in dataset.views:
        of_view = dataset.image_table["view"].to_numpy() == view
        tf_rows, target_rows = (np.flatnonzero(of_view & (dataset.image_gene == gene)) for gene in (tf, target))
        found += list(product(tf_rows.tolist(), target_rows.tolist()))
    return found


def test_images_are_ordered_by_gene_then_view(dataset):
    pairs = ImagePairs.build(dataset, CPU)
    assert (pairs.images.dtype, pairs.images.shape) == (torch.uint8, (24, HEIGHT, WIDTH))
    assert pairs.size == (128, 320)
    views = dataset.image_table["view"].to_numpy()
    for gene, (index, view) in product(range(N_GENES), enumerate(VIEWS)):
        expected = dataset.images[(dataset.image_gene == gene) & (views == view)]
        first, count = pairs.first[gene, index].item(), pairs.count[gene, index].item()
        assert np.array_equal(pairs.images[first : first + count].numpy(), expected)
    assert pairs.count.tolist()[3] == [2, 1, 3]


def test_every_image_pair_of_every_gene_pair_in_order(dataset, every_pair):
    tf, target = every_pair
    pairs = ImagePairs.build(dataset, CPU, size=(HEIGHT, WIDTH))
    expected = [list_image_pairs(dataset, *genes) for genes in zip(tf.tolist(), target.tolist(), strict=True)]
    counts = pairs.count_pairs(tf, target)
    assert counts.dtype == torch.int64
    assert counts.tolist() == [len(rows) for rows in expected]
    assert 0 in counts.tolist()

    owner, number = locate(counts, torch.arange(int(counts.sum())))
    found = pairs.gather(*pairs.rows_of(tf, target, owner, number))
    rows = np.array([row for of_pair in expected for row in of_pair])  # [M, 2]
    assert np.array_equal(found.numpy(), dataset.images[rows].astype(np.float32) / 255)


def test_samples_are_found_in_any_order(dataset, every_pair):
    tf, target = every_pair
    pairs = ImagePairs.build(dataset, CPU)
    counts = pairs.count_pairs(tf, target)
    whole = torch.stack(pairs.rows_of(tf, target, *locate(counts, torch.arange(int(counts.sum())))))
    chosen = torch.randint(int(counts.sum()), (50,), generator=torch.Generator().manual_seed(2))
    assert torch.equal(torch.stack(pairs.rows_of(tf, target, *locate(counts, chosen))), whole[:, chosen])


def test_locate_at_the_borders():
    counts = torch.tensor([0, 0, 3, 0, 1, 2, 0])
    owner, number = locate(counts, torch.arange(6))
    assert owner.tolist() == [2, 2, 2, 4, 5, 5]
    assert number.tolist() == [0, 1, 2, 0, 0, 1]
    owner, number = locate(counts, torch.tensor([5, 0, 3, 3, 2]))
    assert owner.tolist() == [5, 2, 4, 4, 2]
    assert number.tolist() == [1, 0, 0, 0, 2]
    assert [part.tolist() for part in locate(counts, torch.zeros(0, dtype=torch.int64))] == [[], []]


@pytest.mark.parametrize("size", [(12, 20), (128, 320), (3, 5), (4, 7), (3, 20), (12, 4)])
def test_resampling_is_that_of_pillow(dataset, size):
    pairs = ImagePairs.build(dataset, CPU, size=size)
    tf_rows, target_rows = torch.arange(24), torch.arange(24).flip(0)
    found = pairs.gather(tf_rows, target_rows)
    assert (found.dtype, found.shape) == (torch.float32, (24, 2, *size))
    assert found.is_contiguous()
    for place in (0, 7, 23):
        for channel, rows in enumerate((tf_rows, target_rows)):
            image = Image.fromarray(pairs.images[rows[place]].numpy().astype(np.float32) / 255)
            expected = np.asarray(image.resize(size[::-1], Image.Resampling.BILINEAR))
            assert found[place, channel].numpy() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("size", [(128, 320), (HEIGHT, WIDTH), (5, 7), (3, 20)])
@pytest.mark.parametrize("grey", [0, 1, 254, 255])
def test_grey_stays_within_0_and_1(dataset, size, grey):
    even = replace(ImagePairs.build(dataset, CPU, size=size), images=torch.full((2, HEIGHT, WIDTH), grey).byte())
    found = even.gather(torch.tensor([0]), torch.tensor([1]))
    assert found.numpy() == pytest.approx(np.full((1, 2, *size), grey / 255), abs=1e-6)
    assert found.min() >= 0
    assert found.max() <= 1


@pytest.mark.parametrize("size", [(HEIGHT, WIDTH), (3, 5), (12, 20)])
def test_no_image_pairs_give_an_empty_batch(dataset, size):
    none = torch.zeros(0, dtype=torch.int64)
    assert ImagePairs.build(dataset, CPU, size=size).gather(none, none).shape == (0, 2, *size)


def test_no_images_at_all(dataset):
    empty = SimpleNamespace(
        images=np.zeros((0, 0, 0), np.uint8),
        image_gene=np.zeros(0, np.int64),
        image_table=dataset.image_table[:0],
        measurements=(),
        views=(),
        genes=dataset.genes,
    )
    pairs = ImagePairs.build(empty, CPU)
    tf, target = torch.tensor([0, 3]), torch.tensor([1, 4])
    assert pairs.count.shape == (N_GENES, 0)
    assert pairs.count_pairs(tf, target).tolist() == [0, 0]
    owner, number = locate(pairs.count_pairs(tf, target), torch.zeros(0, dtype=torch.int64))
    assert [rows.tolist() for rows in pairs.rows_of(tf, target, owner, number)] == [[], []]


def test_a_dataset_folder_gives_its_own_images(embryo_dataset):
    dataset = load_dataset(embryo_dataset)
    pairs = ImagePairs.build(dataset, CPU, size=dataset.image_size)
    tf, target = torch.tensor([0, 4]), torch.tensor([30, 7])
    counts = pairs.count_pairs(tf, target)
    owner, number = locate(counts, torch.arange(int(counts.sum())))
    rows = [list_image_pairs(dataset, *genes) for genes in zip(tf.tolist(), target.tolist(), strict=True)]
    expected = dataset.images[np.array(rows[0] + rows[1])].astype(np.float32) / 255
    assert np.array_equal(pairs.gather(*pairs.rows_of(tf, target, owner, number)).numpy(), expected)
    assert len(expected) > 1
