"""A dataset directory of any size, drawn at random and written with grnet's own writers.

Expression follows a few shared factors; images are mixtures of smooth patterns; labelled pairs are as many for each TF
and for each target as in the fly-eye study, and those of them that vary together are positive, more or less. Images go
to the file one by one, so memory does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from grnet.dataset.directory import IMAGES_FILE, SETTINGS_FILE, DatasetContents, write_contents
from grnet.dataset.image_stack import new_image_stack
from grnet.dataset.measurements.images import measure_images
from grnet.dataset.measurements.samples import measure_samples
from grnet.schema.arrays import Bools, Bytes, Float32, Indices, Int8
from grnet.schema.genes import GeneCatalogue, PairIndex
from grnet.schema.tables import (
    IMAGES,
    LABEL,
    LABELLED_PAIRS,
    ROW,
    SOURCE,
    STAGE,
    SYMBOL,
    TARGET,
    TF,
    VIEW,
    empty_table,
)
from grnet.storage.folders import new_folder

PAIRS_OF_A_TF, PAIRS_OF_A_TARGET, MOST_LABELLED = 57, 4.4, 10_000
"""Labelled pairs of a TF and of a target that has any, as in fly-eye; and most in all."""
DRAWN = 8
"""Times as many pairs are drawn as are labelled; the strongest of them are positive."""
FACTORS, PATTERNS = 8, 24
VIEWS = ("lateral", "dorsal", "ventral")


@dataclass(frozen=True)
class RunSize:
    """How large a run is.

    Attributes
    ----------
    genes, tfs, samples : int
        TFs are among the genes.
    views : int
        Of images; 0 makes a run of RNA alone.
    images_per_view : int
        Images of a gene in each view, where it has any.
    share_with_images : float
        Of the TFs and of the other genes; 0.22 in fly-eye.
    labelled : int or None
        Labelled pairs, half of them positive; None takes as many for each TF as fly-eye has, 10,000 at most.
    folds : int
        Models K.
    seed : int
    image_size : (height, width)
        Pixels.
    """

    genes: int
    tfs: int
    samples: int = 72
    views: int = 3
    images_per_view: int = 1
    share_with_images: float = 0.22
    labelled: int | None = None
    folds: int = 5
    seed: int = 0
    image_size: tuple[int, int] = (32, 64)

    def __post_init__(self) -> None:
        if not 1 <= self.tfs <= self.genes or self.folds < 2 or self.samples < 3:
            raise ValueError(f"expected 1 <= tfs <= genes, 2 folds and 3 samples or more, got {self}")

    @property
    def n_labelled(self) -> int:
        """How many labelled pairs are asked for."""
        return self.labelled or min(PAIRS_OF_A_TF * self.tfs, MOST_LABELLED, self.tfs * (self.genes - 1) // 4)


def write_dataset(path: Path, size: RunSize) -> None:
    """Write a dataset directory."""
    rng = np.random.default_rng(size.seed)
    symbols = tuple(f"gene{number:06d}" for number in range(size.genes))
    is_tf = np.zeros(size.genes, dtype=bool)
    is_tf[rng.choice(size.genes, size.tfs, replace=False)] = True
    expression = draw_expression(rng, size)
    pictured = choose_pictured(rng, is_tf, size)
    n_images = np.zeros(size.genes, dtype=np.int32)
    n_images[pictured] = size.views * size.images_per_view
    genes = GeneCatalogue(symbols, ("",) * size.genes, is_tf, n_images)
    pairs, labels = draw_labelled(rng, expression, genes.tfs, size)
    known = pd.DataFrame({TF: np.asarray(symbols)[pairs.tf], TARGET: np.asarray(symbols)[pairs.target]})
    known = known.assign(**{LABEL: labels, SOURCE: "synthetic", ROW: np.arange(1, len(known) + 1)})
    with new_folder(path, overwrite=False, marker=SETTINGS_FILE) as folder:
        with new_image_stack(folder / IMAGES_FILE, size.image_size) as stack:
            for image in draw_images(rng, len(pictured), size):
                stack.add(image)
        table = list_images(symbols, pictured, size)
        rna = measure_samples(expression, [f"sample{number:04d}" for number in range(size.samples)])
        images = np.load(folder / IMAGES_FILE, mmap_mode="r")
        contents = DatasetContents(
            genes=genes,
            measurements=(rna, *measure_images(images, table, genes)),
            image_table=table,
            labelled_pairs=known[list(LABELLED_PAIRS.names)],
            settings={"name": f"synthetic, {size.tfs} TFs × {size.genes} genes", "image_size": list(size.image_size)},
        )
        write_contents(folder, contents)


def draw_expression(rng: np.random.Generator, size: RunSize) -> Float32:
    """Return log expression, float32 [G, S]: a level for each gene, shared factors, and noise."""
    weights = rng.standard_t(4, size=(size.genes, FACTORS)) * np.linspace(1.0, 0.3, FACTORS)
    values = weights @ rng.normal(size=(FACTORS, size.samples)) + rng.normal(size=(size.genes, size.samples))
    return (values + rng.gamma(4, 1.5, size=(size.genes, 1))).astype(np.float32)


def choose_pictured(rng: np.random.Generator, is_tf: Bools, size: RunSize) -> Indices:
    """Return the genes that have images, ascending: the same share of the TFs and of the others, at least one each."""
    if size.views == 0 or size.share_with_images == 0:
        return np.zeros(0, dtype=np.int64)
    chosen = []
    for genes in (np.flatnonzero(is_tf), np.flatnonzero(~is_tf)):
        n = min(max(round(size.share_with_images * len(genes)), 1), len(genes))
        chosen.append(rng.choice(genes, n, replace=False))
    return np.sort(np.concatenate(chosen)).astype(np.int64)


def draw_images(rng: np.random.Generator, n_genes: int, size: RunSize) -> Iterator[Bytes]:
    """Yield the images of each gene in each view, uint8 [H, W]: its own mixture of smooth patterns, and noise."""
    if not n_genes:
        return
    raw = rng.normal(size=(size.views, PATTERNS, *size.image_size))
    patterns = gaussian_filter(raw, (0, 0, 4, 4)).reshape(size.views, PATTERNS, -1)
    patterns /= patterns.std(axis=-1, keepdims=True)
    for _ in range(n_genes):
        weights = rng.normal(size=PATTERNS) / np.sqrt(PATTERNS)
        for view in range(size.views):
            own = weights @ patterns[view] * 40 + 128
            noise = rng.integers(-20, 21, size=(size.images_per_view, own.size), dtype=np.int16)
            images = (own.astype(np.int16) + noise).clip(0, 255).astype(np.uint8)
            yield from images.reshape(-1, *size.image_size)


def list_images(symbols: tuple[str, ...], pictured: Indices, size: RunSize) -> pd.DataFrame:
    """Return the IMAGES table: by gene, then by view."""
    if not len(pictured):
        return empty_table(IMAGES)
    names = sorted([*VIEWS, *(f"view{number:02d}" for number in range(size.views))][: size.views])
    views = np.repeat(np.asarray(names), size.images_per_view)
    own = np.repeat(np.asarray(symbols)[pictured], len(views))
    table = pd.DataFrame({SYMBOL: own, VIEW: np.tile(views, len(pictured)), STAGE: "", SOURCE: "synthetic"})
    return table.assign(**{ROW: np.arange(len(table), dtype=np.int64)})


def draw_labelled(rng: np.random.Generator, expression: Float32, tfs: Indices, size: RunSize) -> tuple[PairIndex, Int8]:
    """Return distinct pairs of TFs with some of the genes, and their labels: positive where they vary together."""
    n = size.n_labelled
    n_targets = max(round(n / PAIRS_OF_A_TARGET), -(-4 * n // size.tfs))  # few TFs need more, so as not to run out
    pool = rng.choice(size.genes, min(n_targets, size.genes), replace=False)
    tf, target = rng.choice(tfs, DRAWN * n).astype(np.int64), rng.choice(pool, DRAWN * n).astype(np.int64)
    drawn = PairIndex(tf[tf != target], target[tf != target])
    pairs = drawn.take(np.sort(np.unique(drawn.unordered_keys(size.genes), return_index=True)[1]))
    n = min(n, len(pairs) // 2)
    centred = expression - expression.mean(axis=1, keepdims=True)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    strength = np.abs((unit[pairs.tf] * unit[pairs.target]).sum(axis=1)) + rng.normal(0, 0.1, len(pairs))
    order = np.argsort(-strength)
    rows = np.concatenate([order[: n // 2], rng.choice(order[n // 2 :], n - n // 2, replace=False)])
    labels = np.repeat(np.array([1, 0], dtype=np.int8), [n // 2, n - n // 2])
    shuffled = rng.permutation(n)
    return pairs.take(rows[shuffled]), labels[shuffled]
