"""The samples of gene pairs against loops over the dataset: how many, which, and in batches of any size."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.histograms import JointHistograms
from grnet.architectures.sdinet.image_pairs import ImagePairs
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.dataset.directory import load_dataset
from grnet.schema.training_config import MODALITIES

CPU = torch.device("cpu")
SIZE = (32, 64)


@pytest.fixture(scope="module")
def dataset(gappy_dataset):
    return load_dataset(gappy_dataset)


@pytest.fixture(scope="module")
def every_pair(dataset):
    """All pairs of a TF and a gene, its own self too: 6 × 18."""
    tf, target = zip(*product(dataset.genes.tfs.tolist(), range(len(dataset.genes))), strict=True)
    return torch.tensor(tf), torch.tensor(target)


@pytest.fixture(params=MODALITIES)
def samples(request, dataset):
    return PairSamples.build(dataset, SdinetConfig(request.param, image_size=SIZE), CPU)


def list_image_pairs(dataset, tf, target):
    """The rows of all images of the two genes in one view, view by view."""
    table, symbols = dataset.image_table, dataset.genes.symbols
    rows = []
    for view in ("dorsal", "lateral"):
        ends = [table["row"][(table["symbol"] == symbols[gene]) & (table["view"] == view)] for gene in (tf, target)]
        rows += list(product(*ends))
    return rows


def list_counts(dataset, samples, tf, target):
    """How many samples each pair has, one after the other."""
    counts = []
    for pair in zip(tf.tolist(), target.tolist(), strict=True):
        n = 1 if samples.images is None else len(list_image_pairs(dataset, *pair))
        expressed = bool(np.isfinite(dataset.expression[list(pair)]).all())
        counts.append(n if expressed or samples.histograms is None else 0)
    return counts


@pytest.mark.parametrize("modality", MODALITIES)
def test_only_what_the_network_looks_at_is_held(dataset, modality):
    samples = PairSamples.build(dataset, SdinetConfig(modality, image_size=SIZE, min_image_pairs=4), CPU)
    assert (samples.images is None, samples.histograms is None) == (modality == "rna", modality == "image")
    assert samples.fewest == (1 if modality == "rna" else 4)
    assert samples.device == CPU
    if samples.images is not None:
        assert samples.images.size == SIZE


def test_every_pair_has_as_many_samples_as_image_pairs_or_one(dataset, samples, every_pair):
    found = samples.count(*every_pair)
    assert found.dtype == torch.int64
    assert found.tolist() == list_counts(dataset, samples, *every_pair)
    assert 0 < (found > 0).sum() < len(found)


def test_a_pair_that_lacks_something_has_no_sample(dataset):
    built = {name: PairSamples.build(dataset, SdinetConfig(name, image_size=SIZE), CPU) for name in MODALITIES}
    found = {}
    for pair in ("t1 g3", "t0 g3", "t0 t0", "t5 g3", "t5 g9", "t1 g10", "t1 g11"):
        tf, target = torch.from_numpy(dataset.genes.indices_of(pair.split()))[:, None]
        found[pair] = [int(built[name].count(tf, target)) for name in ("rna", "image", "fused")]
    assert found == {
        "t1 g3": [1, 2, 2],
        "t0 g3": [1, 3, 3],
        "t0 t0": [1, 5, 5],
        "t5 g3": [1, 1, 1],
        "t5 g9": [1, 0, 0],  # lateral images of one, dorsal ones of the other
        "t1 g10": [1, 0, 0],  # no image
        "t1 g11": [0, 2, 0],  # no expression
    }


@pytest.mark.parametrize("modality", ["image", "fused"])
def test_pairs_below_the_fewest_samples_have_none(dataset, every_pair, modality):
    of_one, of_two = (
        PairSamples.build(dataset, SdinetConfig(modality, fewest, image_size=SIZE), CPU).count(*every_pair)
        for fewest in (1, 2)
    )
    assert of_two.tolist() == [count if count >= 2 else 0 for count in of_one.tolist()]
    assert 1 in of_one.tolist()
    assert of_two.any()


def test_samples_are_those_of_the_images_and_of_the_expression(dataset, samples, every_pair):
    tf, target = every_pair
    owner = torch.from_numpy(np.repeat(np.arange(len(tf)), samples.count(tf, target)))
    number = torch.cat([torch.arange(int(count)) for count in samples.count(tf, target)])
    chosen = torch.randperm(len(owner), generator=torch.Generator().manual_seed(0))[:20]
    owner, number = owner[chosen], number[chosen]
    inputs = samples.gather(tf, target, owner, number)
    expected = {"images": samples.images is not None, "histograms": samples.histograms is not None}
    assert set(inputs) == {name for name, is_held in expected.items() if is_held}
    for row, (pair, place) in enumerate(zip(owner.tolist(), number.tolist(), strict=True)):
        genes = [int(tf[pair]), int(target[pair])]
        if "images" in inputs:
            rows = list(list_image_pairs(dataset, *genes)[place])
            assert np.array_equal(inputs["images"][row].numpy(), dataset.images[rows].astype(np.float32) / 255)
        if "histograms" in inputs:
            exact = dataset.expression[genes].astype(np.float64)
            assert np.array_equal(inputs["histograms"][row, 0].numpy(), np.histogram2d(*exact, bins=64)[0].T)


def test_a_gathered_batch_is_its_two_parts_together(dataset, every_pair):
    samples = PairSamples.build(dataset, SdinetConfig("fused", image_size=(40, 48)), CPU)
    tf, target = every_pair
    owner, number = torch.tensor([3, 21, 3, 8]), torch.tensor([0, 1, 2, 0])
    inputs = samples.gather(tf, target, owner, number)
    images = ImagePairs.build(dataset, CPU, size=(40, 48))
    assert torch.equal(inputs["images"], images.gather(*images.rows_of(tf, target, owner, number)))
    assert torch.equal(
        inputs["histograms"], JointHistograms.build(dataset.expression, CPU).of_pairs(tf[owner], target[owner])
    )
    assert [values.shape for values in inputs.values()] == [(4, 2, 40, 48), (4, 1, 64, 64)]


@pytest.mark.parametrize(("size", "most"), [(1, None), (7, None), (7, 2), (10_000, 1), (10_000, None)])
def test_batches_have_every_sample_once_and_in_order(samples, every_pair, size, most):
    tf, target = (genes[20:50] for genes in every_pair)
    counts = samples.count(tf, target).clamp_max(most or 1000)
    owner = torch.from_numpy(np.repeat(np.arange(len(tf)), counts))
    number = torch.cat([torch.arange(int(count)) for count in counts])
    batches = list(samples.batches(tf, target, size=size, most=most))
    sizes = [len(part) for part, _ in batches]
    assert sum(sizes) == len(owner) > 20
    assert all(found == size for found in sizes[:-1])
    assert torch.equal(torch.cat([part for part, _ in batches]), owner)
    for name, values in samples.gather(tf, target, owner, number).items():
        assert torch.equal(torch.cat([inputs[name] for _, inputs in batches]), values)


def test_pairs_without_samples_make_no_batch(dataset):
    samples = PairSamples.build(dataset, SdinetConfig("fused", image_size=SIZE), CPU)
    tf, target = torch.from_numpy(dataset.genes.indices_of(["t1", "g11"]))[:, None]
    assert list(samples.batches(tf, target, size=8)) == []
    nothing = torch.zeros(0, dtype=torch.int64)
    assert samples.count(nothing, nothing).tolist() == []
    assert list(samples.batches(nothing, nothing, size=8)) == []
