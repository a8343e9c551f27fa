"""Time the making of network inputs for 2,000 gene pairs, the way of the 2022 paper and ours, in one process.

    python benchmarks/prepare_pairs.py [--data FOLDER]

FOLDER (default GRNET_REAL_DATA, else ../shared/data) holds fly-eye/. The paper's way takes gene pairs one by one: both
genes are looked for in lists of rows; their joint histogram is counted by numpy.histogram2d; for every image pair both
files are read from disk again; then the whole array, float64, is standardised and each sample scaled to 0..1. (The
paper's own code reads every file twice for each image pair and searches to the end of the rows; here neither.) Ours
builds the arrays of genes and images from a prepared dataset, then makes batches, and scales each sample to 0..1. Both
must give the same arrays.

Neither side's time has the reading of the expression tables, or a resampling of images: images are taken at the size of
their files, first as they are, and for fewer gene pairs enlarged beforehand to files of the paper's size. Decoding each
file once, which `grnet prepare` does for us, is timed apart, and there is a ratio that counts it as ours. What our
batches take when they enlarge the small images themselves is timed too, without a ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from machine import describe_machine
from PIL import Image
from torch import Tensor

import grnet
from grnet.architectures.sdinet.histograms import BINS, JointHistograms
from grnet.architectures.sdinet.image_pairs import SIZE, ImagePairs, locate
from grnet.dataset.directory import Dataset
from grnet.schema.genes import PairIndex

ROOT = Path(__file__).parent.parent
CPU = torch.device("cpu")
GENE_PAIRS = 2_000
LARGE_GENE_PAIRS = 100
"""At the paper's size the images of 2,000 gene pairs take 10 GiB the paper's way, and as much again standardised."""
BATCH, LARGE_BATCH = 256, 32
REPEATS = 5


@dataclass(frozen=True)
class Side:
    """One way of making inputs: what was made, and the best and all of its times."""

    seconds: list[float]
    made: Any

    @property
    def best(self) -> float:
        """Return the shortest time, s."""
        return min(self.seconds)


def main() -> None:
    """Prepare the data, time both ways, write and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default), help="Folder that holds fly-eye/.")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/prepare_pairs.json")
    arguments = parser.parse_args()
    fly_eye = arguments.data / "fly-eye"
    if not fly_eye.is_dir():
        raise SystemExit(f"{fly_eye}: no such folder; name the one that holds fly-eye/ with --data")
    with tempfile.TemporaryDirectory() as name:
        results = run(fly_eye, Path(name))
    arguments.out.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


def run(fly_eye: Path, folder: Path) -> dict[str, Any]:
    """Return all figures."""
    start = time.perf_counter()
    dataset = prepare_data(fly_eye, fly_eye / "images.csv", folder / "dataset")
    preparing = time.perf_counter() - start
    enlarge_images(fly_eye, folder / "large")
    large = prepare_data(fly_eye, folder / "large" / "images.csv", folder / "large-dataset")
    labelled, pictured, counts = choose_pairs(dataset)

    histograms = compare_histograms(dataset, labelled)
    images = compare_images(dataset, fly_eye, pictured, BATCH)
    few = pictured[:LARGE_GENE_PAIRS]
    enlarged = compare_images(large, folder / "large", few, LARGE_BATCH)
    enlarging = time_repeats(lambda: consume(gather_batches(dataset, few, LARGE_BATCH, SIZE)))
    sides = ("paper_seconds", "ours_seconds", "decoding_each_file_once_seconds")
    paper, ours, decoding = (histograms.get(side, 0.0) + images.get(side, 0.0) for side in sides)
    machine = describe_machine()
    machine["versions"]["pillow"] = version("pillow")
    machine["load_average"] = round(os.getloadavg()[0], 1)
    return {
        "data": "fly-eye",
        "machine": machine,
        "pairs": counts,
        "histograms": histograms,
        "images": images,
        "total": {
            "paper_seconds": round(paper, 3),
            "ours_seconds": round(ours, 4),
            "ratio": round(paper / ours, 1),
            "ratio_with_decoding": round(paper / (ours + decoding), 1),
        },
        "images_at_the_papers_size": {**enlarged, "ours_seconds_enlarging_small_images": round(enlarging.best, 4)},
        "grnet_prepare_seconds": round(preparing, 2),
    }


def prepare_data(fly_eye: Path, images: Path, path: Path) -> Dataset:
    """Prepare fly-eye with the images of a manifest into `path` and load it."""
    tables = [fly_eye / "tf_dataset.xlsx", fly_eye / "gene_dataset.xlsx"]
    known = fly_eye / "new_benchmark_dataset.xlsx"
    grnet.prepare(path, expression=tables, tfs=tables[0], known_edges=known, images=images, aliases={"Dp": "Dp2"})
    return grnet.load_dataset(path)


def enlarge_images(fly_eye: Path, folder: Path) -> None:
    """Write all images at the paper's size, and their manifest, into `folder`."""
    manifest = pd.read_csv(fly_eye / "images.csv", dtype=str)
    (folder / "images").mkdir(parents=True)
    manifest.to_csv(folder / "images.csv", index=False)
    for path in manifest["path"]:
        Image.open(fly_eye / path).resize(SIZE[::-1], Image.Resampling.BILINEAR).save(folder / path)


def choose_pairs(dataset: Dataset) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """Return gene pairs [P, 2] for the histograms and for the images, and how they came about.

    For the histograms the first labelled pairs with expression; for the images those of them with images of both genes,
    filled up with candidates (TF × other gene) with images of both, drawn at random.
    """
    pairs = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    pairs = pairs.take(dataset.has_expression[pairs.tf] & dataset.has_expression[pairs.target])
    labelled = np.stack([pairs.tf, pairs.target], axis=1)[:GENE_PAIRS]
    has_images = dataset.genes.n_images > 0
    pictured = labelled[has_images[labelled].all(axis=1)]
    tfs, targets = (np.flatnonzero(mask) for mask in (dataset.genes.is_tf & has_images, has_images))
    candidates = np.stack(np.meshgrid(tfs, targets, indexing="ij"), axis=-1).reshape(-1, 2)
    taken = set(map(tuple, pictured.tolist()))
    free = [pair for pair in candidates.tolist() if pair[0] != pair[1] and tuple(pair) not in taken]
    drawn = np.random.default_rng(0).choice(free, GENE_PAIRS - len(pictured), replace=False)
    counts = {
        "labelled_for_histograms": len(labelled),
        "of_them_with_images_of_both": len(pictured),
        "candidates_added_for_images": len(drawn),
    }
    return labelled, np.concatenate([pictured, drawn]), counts


def compare_histograms(dataset: Dataset, pairs: np.ndarray) -> dict[str, Any]:
    """Time both ways of making histograms, and check that they agree."""
    symbols = dataset.genes.symbols
    rows = [[symbol, *values] for symbol, values in zip(symbols, dataset.expression.tolist(), strict=True)]
    names = [(symbols[tf], symbols[target]) for tf, target in pairs]
    held = JointHistograms.build(dataset.expression, CPU)
    figures = compare(lambda: count_one_by_one(rows, names), lambda: count_batches(dataset, pairs), grey_levels=1)
    return {"gene_pairs": len(pairs), **figures, "ours_held_mib": mebibytes(held.bin.nbytes + held.present.nbytes)}


def compare_images(dataset: Dataset, folder: Path, pairs: np.ndarray, batch: int) -> dict[str, Any]:
    """Time both ways of making image pairs at the size of the files, and check that they agree."""
    symbols, table = dataset.genes.symbols, dataset.image_table
    rows = list(zip(table["symbol"], table["view"], (str(folder / path) for path in table["source"]), strict=True))
    names = [(symbols[tf], symbols[target]) for tf, target in pairs]
    decoding = time_repeats(lambda: [read_image(path) for *_, path in rows])
    held = ImagePairs.build(dataset, CPU, size=dataset.image_size)
    figures = compare(
        lambda: read_one_by_one(rows, dataset.views, names, dataset.image_size),
        lambda: gather_batches(dataset, pairs, batch, dataset.image_size),
        grey_levels=255,
    )
    return {
        "gene_pairs": len(pairs),
        "image_files": len(rows),
        "image_pairs": int(held.count_pairs(*torch.from_numpy(pairs.T)).sum()),
        "height_width": list(dataset.image_size),
        **figures,
        "ours_held_mib": mebibytes(held.images.nbytes + held.first.nbytes + held.count.nbytes),
        "decoding_each_file_once_seconds": round(decoding.best, 4),
        "ratio_with_decoding": round(figures["paper_seconds"] / (figures["ours_seconds"] + decoding.best), 1),
    }


def compare(
    assemble: Callable[[], np.ndarray], ours: Callable[[], Iterator[Tensor]], *, grey_levels: int
) -> dict[str, Any]:
    """Time the paper's way (assemble, then standardise) and ours (batches, each scaled), and compare what they give.

    Before scaling, ours times `grey_levels` must be the very integers that the paper's way assembled.
    """
    assembled = time_repeats(assemble)
    standardised = time_repeats(lambda: standardise(assembled.made))
    batches = time_repeats(lambda: consume(ours()))
    start, difference = 0, 0.0
    for batch in ours():
        part = slice(start, start + len(batch))
        np.testing.assert_array_equal((batch * grey_levels).round().numpy(), assembled.made[part])
        difference = max(difference, float(np.abs(scale_samples(batch).numpy() - standardised.made[part]).max()))
        start += len(batch)
    np.testing.assert_equal(start, len(assembled.made))
    np.testing.assert_array_less(difference, 1e-5)
    paper = assembled.best + standardised.best
    return {
        "paper_seconds": round(paper, 3),
        "paper_seconds_assembling_all": [round(value, 3) for value in assembled.seconds],
        "paper_seconds_standardising_all": [round(value, 3) for value in standardised.seconds],
        "ours_seconds": round(batches.best, 4),
        "ours_seconds_all": [round(value, 4) for value in batches.seconds],
        "ratio": round(paper / batches.best, 1),
        "largest_difference": difference,
        "paper_array_mib": mebibytes(assembled.made.nbytes),
    }


def count_batches(dataset: Dataset, pairs: np.ndarray) -> Iterator[Tensor]:
    """Build the bins of all genes and yield the joint histograms of gene pairs."""
    histograms = JointHistograms.build(dataset.expression, CPU)
    for tf, target in (part.T for part in torch.from_numpy(pairs).split(BATCH)):
        yield histograms.of_pairs(tf, target)


def gather_batches(dataset: Dataset, pairs: np.ndarray, batch: int, size: tuple[int, int]) -> Iterator[Tensor]:
    """Order all images and yield the image pairs of gene pairs."""
    images = ImagePairs.build(dataset, CPU, size=size)
    tf, target = torch.from_numpy(pairs.T)
    counts = images.count_pairs(tf, target)
    for flat in torch.arange(int(counts.sum())).split(batch):
        yield images.gather(*images.rows_of(tf, target, *locate(counts, flat)))


def consume(batches: Iterator[Tensor]) -> None:
    """Scale batches as they come; like a training step, keep none."""
    for batch in batches:
        scale_samples(batch)


def time_repeats(action: Callable[[], Any]) -> Side:
    """Run `action` REPEATS times; what it made last is kept."""
    seconds, made = [], None
    for _ in range(REPEATS):
        made = None  # two arrays of the paper's size need not fit
        start = time.perf_counter()
        made = action()
        seconds.append(time.perf_counter() - start)
    return Side(seconds, made)


def count_one_by_one(rows: list[list[Any]], names: list[tuple[str, str]]) -> np.ndarray:
    """Count joint histograms [P, 1, BINS, BINS], float64, looking for the genes of each pair in `rows`."""
    found = []
    for tf, target in names:
        x_tf, x_target = (np.array(next(row[1:] for row in rows if row[0] == gene)) for gene in (tf, target))
        found.append(np.histogram2d(x_tf, x_target, bins=BINS)[0].T)
    return np.array(found)[:, None]


def read_one_by_one(
    rows: list[tuple[str, str, str]], views: tuple[str, ...], names: list[tuple[str, str]], size: tuple[int, int]
) -> np.ndarray:
    """Read image pairs [M, 2, H, W], float64 0..255, looking for the files of each gene pair in `rows`."""
    files = []
    for tf, target in names:
        for view in views:
            tf_files, target_files = ([row[2] for row in rows if row[:2] == (gene, view)] for gene in (tf, target))
            files += [(tf_file, target_file) for tf_file in tf_files for target_file in target_files]
    data = np.zeros((len(files), 2, *size))
    for place, pair in enumerate(files):
        for channel, path in enumerate(pair):
            data[place, channel] = read_image(path)
    return data


def read_image(path: str) -> np.ndarray:
    """Read a file as grey, float64 [H, W]."""
    return np.asarray(Image.open(path).convert("L"), dtype=np.float64)


def standardise(data: np.ndarray) -> np.ndarray:
    """Standardise by one mean and deviation over everything, then scale each sample to 0..1."""
    scaled: np.ndarray = (data - data.mean()) / data.std()
    for place, sample in enumerate(scaled):
        smallest = sample.min()
        scaled[place] = (sample - smallest) / (sample.max() - smallest)
    return scaled


def scale_samples(batch: Tensor) -> Tensor:
    """Scale each sample of a batch [B, C, H, W] to 0..1; standardising before would change nothing."""
    smallest, largest = batch.amin((1, 2, 3), keepdim=True), batch.amax((1, 2, 3), keepdim=True)
    return (batch - smallest).div_(largest - smallest)


def mebibytes(size: int) -> float:
    """Return bytes as MiB."""
    return round(size / 2**20, 2)


if __name__ == "__main__":
    main()
