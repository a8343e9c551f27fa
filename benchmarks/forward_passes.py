"""Time the networks of the paper, untrained: scoring, training, and a first convolution for each image once.

    python benchmarks/forward_passes.py [--device cuda] [--threads N] [--seconds S] [--no-compile]

Scoring is timed in float32 and bfloat16 (on a GPU also TF32), contiguous and channels-last, with batch normalisation
folded into the convolutions or not, and compiled as `--compile` of `grnet train` asks for; samples are on the device
and normalised before. A figure is that of the best pass of those that fit into S seconds; beside it is its part of what
the best square matrix product of that precision reaches on the device, which may pass 1, since operations on padding
count and need not be done. Training, and the scoring of a small dataset's gene pairs, gathered batch by batch, run
deterministically, as they do in grnet, on a GPU also without.

The first convolution of SDINet adds up what it makes of the TF's image and of the target's, so that it could be made
for each image instead of each pair; that way exists here alone, checked against the ordinary one and timed beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from machine import describe_machine
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, conv2d
from torch.utils.flop_counter import FlopCounterMode

from grnet.architectures.device import deterministic_algorithms
from grnet.architectures.sdinet.classifier import (
    PairClassifier,
    check_compiler,
    choose_precision,
    mean_probabilities,
    samples_of_a_batch,
)
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.image_pairs import ImagePairs
from grnet.architectures.sdinet.layers import SameConv, pad_same
from grnet.architectures.sdinet.networks import BINS, IMAGE_SIZE
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.dataset.directory import Dataset
from grnet.schema.errors import ConfigError
from grnet.schema.training_config import MODALITIES, Modality

ROOT = Path(__file__).parent.parent
HEIGHT, WIDTH = IMAGE_SIZE
SHAPES: dict[Modality, list[tuple[int, ...]]] = {
    "rna": [(1, BINS, BINS)],
    "image": [(2, HEIGHT, WIDTH)],
    "fused": [(1, 2 * HEIGHT, WIDTH), (1, BINS, BINS)],
}
"""Of one sample of each input."""
PAPER_BATCH: dict[Modality, int] = {"rna": 32, "image": 16, "fused": 32}
FEWEST_PASSES = 2
LARGEST_DIFFERENCE = 1e-4


@dataclass(frozen=True)
class Form:
    """A form that a network is scored in."""

    layout: Literal["contiguous", "channels_last"]
    folded: bool
    compiled: bool = False


FORMS = (
    Form("contiguous", folded=False),
    Form("contiguous", folded=True),
    Form("channels_last", folded=False),
    Form("channels_last", folded=True),
    Form("channels_last", folded=True, compiled=True),
)
FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


@dataclass(frozen=True)
class Bench:
    """Where and how long to measure, and on how much.

    Attributes
    ----------
    device : torch.device
    seconds : float
        Of one measurement, at least.
    compiles : bool
        Whether compiled networks are timed.
    batch : dict of modality to int
        Samples of a pass.
    training_batch : int
        Samples of a training step beside that of the paper; 0 leaves it at that.
    images, image_pairs : int
        For the first convolution.
    genes : (int, int)
        TFs and targets of the small dataset.
    samples : int
        Most of its samples that are scored.
    """

    device: torch.device
    seconds: float
    compiles: bool
    batch: dict[Modality, int]
    training_batch: int
    images: int
    image_pairs: int
    genes: tuple[int, int]
    samples: int

    @classmethod
    def on(cls, device: torch.device, seconds: float, *, compiles: bool) -> Bench:
        """Choose sizes that fill the device."""
        if device.type == "cuda":
            batch: dict[Modality, int] = {"rna": 2048, "image": 512, "fused": 512}
            return cls(device, seconds, compiles, batch, 256, 200, 4096, (24, 300), 16_384)
        return cls(device, seconds, compiles, {"rna": 64, "image": 16, "fused": 32}, 0, 40, 200, (8, 24), 128)

    @property
    def precisions(self) -> list[str]:
        """What the device computes in."""
        if self.device.type == "cuda":
            return ["fp32", "tf32", "bf16"]
        return ["fp32", "bf16"] if choose_precision("auto", self.device) == "bf16" else ["fp32"]

    @property
    def repeatable(self) -> list[bool]:
        """Whether the same bytes come twice: always where grnet trains and scores; on a GPU also timed without."""
        return [True, False] if self.device.type == "cuda" else [True]

    def why_not_compiled(self, precision: str) -> str | None:
        """Return why compiled networks are not timed; None where they are."""
        if not self.compiles:
            return "left out by --no-compile"
        try:
            check_compiler(SdinetConfig(compile=True), self.device)
        except ConfigError as error:
            return str(error)
        return None if precision == self.precisions[-1] else f"timed in {self.precisions[-1]} alone, to save time"

    def time(self, action: Callable[[], Any]) -> float:
        """Return the shortest of at least FEWEST_PASSES passes, s; one pass before them does not count."""
        passes: list[float] = []
        until = float("inf")
        while len(passes) <= FEWEST_PASSES or time.perf_counter() < until:
            self.wait()
            start = time.perf_counter()
            action()
            self.wait()
            passes.append(time.perf_counter() - start)
            until = min(until, time.perf_counter() + self.seconds)
        return min(passes[1:])

    def wait(self) -> None:
        """Let the device finish what it was asked for."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def main() -> None:
    """Measure, write and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N.  [default: cpu]")
    parser.add_argument("--threads", type=int, help="Of the processor; else as many as torch takes.")
    parser.add_argument("--seconds", type=float, default=1.0, help="Of each measurement, at least.  [default: 1]")
    parser.add_argument("--no-compile", action="store_true", help="Leave out torch.compile, which takes minutes.")
    parser.add_argument("--networks", nargs="+", choices=MODALITIES, help="These alone, and nothing else of the above.")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/forward_passes.json")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    bench = Bench.on(torch.device(arguments.device), arguments.seconds, compiles=not arguments.no_compile)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache  # what an earlier run compiled would be found, and its time lost
        results = measure_all(bench, arguments.networks)
    arguments.out.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


def measure_all(bench: Bench, networks: list[Modality] | None) -> dict[str, Any]:
    """Return all figures, or those of some networks."""
    start = time.perf_counter()
    reduces = bench.device.type == "cuda" and torch.backends.cudnn.allow_tf32
    ceiling = {precision: measure_ceiling(bench, precision) for precision in bench.precisions}
    rest = {}
    if networks is None:
        rest["first_convolution"] = [time_first_convolution(bench, precision) for precision in bench.precisions]
        rest["end_to_end"] = time_end_to_end(bench)
    return {
        "machine": describe_machine(),
        "device": str(bench.device),
        "seconds_of_a_measurement": bench.seconds,
        "fp32_convolutions_are_tf32_by_default": reduces,
        "matrix_product_gflop_per_second": {precision: round(value) for precision, value in ceiling.items()},
        "networks": {modality: measure_network(bench, modality, ceiling) for modality in networks or MODALITIES},
        **rest,
        "total_seconds": round(time.perf_counter() - start, 1),
    }


def measure_ceiling(bench: Bench, precision: str) -> float:
    """Return the most GFLOP/s of square matrix products of some sizes."""
    best = 0.0
    for size in (1024, 2048, 4096, 8192)[: 4 if bench.device.type == "cuda" else 3]:
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        a, b = torch.randn(2, size, size, device=bench.device).to(dtype)
        with computing_in(precision, bench.device):
            best = max(best, 2 * size**3 / bench.time(partial(torch.matmul, a, b)) / 1e9)
    say(f"matrix product, {precision}: {best:,.0f} GFLOP/s")
    return best


@contextmanager
def computing_in(precision: str, device: torch.device) -> Iterator[None]:
    """Let products and convolutions run in fp32, tf32 or bf16, without gradients; the settings before come back."""
    bf16 = torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")
    with allowing_tf32(precision == "tf32"), torch.inference_mode(), bf16:
        yield


@contextmanager
def allowing_tf32(allows: bool) -> Iterator[None]:
    """Let a GPU round what it multiplies in float32 to 10 bits, or not."""
    settings = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [setting.allow_tf32 for setting in settings]
    for setting in settings:
        setting.allow_tf32 = allows
    try:
        yield
    finally:
        for setting, value in zip(settings, before, strict=True):
            setting.allow_tf32 = value


def measure_network(bench: Bench, modality: Modality, ceiling: dict[str, float]) -> dict[str, Any]:
    """Return cost and speed of a network."""
    forward, both = (count_operations(modality, learns=learns) for learns in (False, True))
    batches = [size for size in (PAPER_BATCH[modality], bench.training_batch) if size]
    scoring, training = [], []
    for precision, form in product(bench.precisions, FORMS):
        scoring.append({"precision": precision, **asdict(form), **time_scoring(bench, modality, precision, form)})
        complete(scoring[-1], forward, ceiling[precision])
        say(f"{modality}, scoring: {scoring[-1]}")
    for precision, batch, repeats in product(bench.precisions, batches, bench.repeatable):
        with deterministic_algorithms() if repeats else nullcontext():
            seconds = time_training_step(bench, modality, precision, batch)
        training.append({"precision": precision, "batch": batch, "deterministic": repeats})
        training[-1].update(steps_per_second=significant(1 / seconds), samples_per_second=significant(batch / seconds))
        complete(training[-1], both, ceiling[precision])
        say(f"{modality}, training: {training[-1]}")
    return {
        "gflop_forward": round(forward, 3),
        "gflop_forward_and_backward": round(both, 3),
        "scoring_batch": bench.batch[modality],
        "scoring": scoring,
        "training": training,
    }


def complete(figures: dict[str, Any], gflop: float, ceiling: float) -> None:
    """Add GFLOP/s and their part of the ceiling to samples per second, where there are any."""
    if "samples_per_second" in figures:
        reached = figures["samples_per_second"] * gflop
        figures.update(gflop_per_second=significant(reached), of_matrix_product=round(reached / ceiling, 3))


def count_operations(modality: Modality, *, learns: bool) -> float:
    """Return the GFLOP of a sample in convolutions and products; a multiplication and an addition are two."""
    with torch.device("meta"):
        network = PairClassifier(SdinetConfig(modality)).network
        inputs = [torch.empty(2, *shape) for shape in SHAPES[modality]]
    with FlopCounterMode(display=False) as counter:
        logits = network(*inputs)
        if learns:
            logits.sum().backward()
    return float(counter.get_total_flops()) / len(inputs[0]) / 1e9


def make_inputs(modality: Modality, n: int, device: torch.device, layout: str) -> list[Tensor]:
    """Return normalised samples as a network takes them."""
    inputs = (torch.randn(n, *shape, device=device) for shape in SHAPES[modality])
    return [values.contiguous(memory_format=FORMATS[layout]) for values in inputs]


def time_scoring(bench: Bench, modality: Modality, precision: str, form: Form) -> dict[str, Any]:
    """Return samples per second of a network in a form, or why it is skipped."""
    if form.compiled and (reason := bench.why_not_compiled(precision)):
        return {"skipped": reason}
    model = PairClassifier(SdinetConfig(modality, compile=form.compiled)).to(bench.device).eval()
    network = (model.for_scoring() if form.folded else model).network.to(memory_format=FORMATS[form.layout])
    inputs = make_inputs(modality, bench.batch[modality], bench.device, form.layout)
    figures = {}
    with computing_in(precision, bench.device):
        start = time.perf_counter()
        try:
            network(*inputs)
        except (RuntimeError, ImportError) as error:
            if not form.compiled:
                raise
            return {"skipped": f"torch.compile: {str(error).strip().splitlines()[0]}"}
        bench.wait()
        if form.compiled:
            figures["compiling_seconds"] = round(time.perf_counter() - start, 1)
        seconds = bench.time(lambda: network(*inputs))
    return {"samples_per_second": significant(len(inputs[0]) / seconds), **figures}


def time_training_step(bench: Bench, modality: Modality, precision: str, batch: int) -> float:
    """Return the seconds of a step of Adam, channels-last."""
    network = PairClassifier(SdinetConfig(modality)).network.to(bench.device, memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    inputs = make_inputs(modality, batch, bench.device, "channels_last")
    labels = torch.arange(batch, device=bench.device).remainder(2).float()

    def step() -> float:
        with torch.autocast(bench.device.type, torch.bfloat16, enabled=precision == "bf16"):
            logits = network(*inputs)
        loss = binary_cross_entropy_with_logits(logits.float(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    with allowing_tf32(precision == "tf32"):
        return bench.time(step)


class FirstConvolution:
    """Two ways from images in memory to what SDINet's first pooling takes.

    For each pair: gather two images for each image pair, normalise, convolve. For each image: normalise and convolve
    every image once as a TF and once as a target, then gather the two results for each image pair and add them up.
    """

    def __init__(self, bench: Bench) -> None:
        model = settle(PairClassifier(SdinetConfig("image")).to(bench.device), bench).for_scoring()
        self.normaliser, self.network, self.size = model.normalisers["images"], model.network, bench.batch["image"]
        (folded, self.relu), pool = self.network.trunk.stem
        self.conv: SameConv = folded[0]
        self.network.trunk.stem = pool  # what is left begins with the pooling
        images = torch.randint(256, (bench.images, HEIGHT, WIDTH), dtype=torch.uint8, device=bench.device)
        nowhere = torch.zeros(0, 1, dtype=torch.int64, device=bench.device)  # which gene has them does not matter
        self.held = ImagePairs(images, first=nowhere, count=nowhere)
        rows = torch.randint(bench.images, (2, bench.image_pairs), device=bench.device)
        self.places = list(zip(*(side.split(self.size) for side in rows), strict=True))

    def for_each_pair(self) -> Iterator[Tensor]:
        """Yield the result for each batch of image pairs [B, 32, H / 2, W / 2]."""
        for tf_rows, target_rows in self.places:
            images = self.normaliser(self.held.gather(tf_rows, target_rows))
            yield self.relu(self.conv(images.contiguous(memory_format=torch.channels_last)))

    def for_each_image(self) -> Iterator[Tensor]:
        """Yield the same."""
        as_tf, as_target = self.convolve_as(0, self.conv.bias), self.convolve_as(1, None)
        for tf_rows, target_rows in self.places:
            yield self.relu(as_tf[tf_rows] + as_target[target_rows])

    def convolve_as(self, side: int, bias: Tensor | None) -> Tensor:
        """Return what all images [N, 32, H / 2, W / 2] add as TF (0) or target (1)."""
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        weight, parts = self.conv.weight[:, [side]], self.held.images[:, None].split(self.size)
        images = (pad_same(self.normaliser(part.float() / 255), kernel, stride) for part in parts)
        return torch.cat([conv2d(part, weight, bias, stride) for part in images])


def time_first_convolution(bench: Bench, precision: str) -> dict[str, Any]:
    """Check that both ways agree and time them, and what comes after, which is the same, on one batch."""
    first = FirstConvolution(bench)
    with computing_in(precision, bench.device):
        maps = [next(way()) for way in (first.for_each_pair, first.for_each_image)]
        logits = [first.network(part) for part in maps]
        difference = float((logits[0] - logits[1]).abs().max())
        if precision == "fp32":
            np.testing.assert_array_less(difference, LARGEST_DIFFERENCE)
        pairs, images = (
            bench.time(lambda way=way: exhaust(way())) for way in (first.for_each_pair, first.for_each_image)
        )
        rest = bench.time(lambda: first.network(maps[0])) * bench.image_pairs / len(maps[0])
    figures = {
        "precision": precision,
        "images": bench.images,
        "image_pairs": bench.image_pairs,
        "largest_difference_of_logits": significant(difference),
        "deviation_of_logits": significant(float(logits[0].std())),
        "maps_held_mib": round(2 * bench.images * maps[0][0].nbytes / 2**20, 1),
        "for_each_pair_seconds": significant(pairs),
        "for_each_image_seconds": significant(images),
        "rest_of_the_network_seconds": significant(rest),
        "speedup_of_all": round((pairs + rest) / (images + rest), 3),
    }
    say(f"first convolution: {figures}")
    return figures


def settle(model: PairClassifier, bench: Bench) -> PairClassifier:
    """Set the statistics of batch normalisation from noise, so that an untrained network's logits differ."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        model(images=torch.rand(8, 2, HEIGHT, WIDTH, device=bench.device))
    return model


def exhaust(batches: Iterator[Any]) -> None:
    """Take all batches, keep none."""
    deque(batches, maxlen=0)


def time_end_to_end(bench: Bench) -> dict[str, Any]:
    """Time the scoring of gene pairs of a small dataset with one model, from genes to probabilities."""
    try:
        dataset = simulate_dataset(bench)
    except ImportError as error:
        return {"skipped": str(error)}
    genes = torch.arange(len(dataset.genes))
    tf, target = torch.cartesian_prod(torch.from_numpy(dataset.genes.tfs), genes).T.to(bench.device)
    tf, target = tf[tf != target], target[tf != target]
    figures = []
    for modality, repeats in product(MODALITIES, bench.repeatable):
        with deterministic_algorithms() if repeats else nullcontext():
            timed = time_gene_pairs(bench, dataset, modality, tf, target)
        figures.append({"modality": modality, "deterministic": repeats, **timed})
        say(f"end to end: {figures[-1]}")
    return {"genes": len(genes), "image_height_width": list(dataset.image_size), "scoring": figures}


def time_gene_pairs(bench: Bench, dataset: Dataset, modality: Modality, tf: Tensor, target: Tensor) -> dict[str, Any]:
    """Return how fast the first gene pairs that have samples are scored, and which part of it is gathering."""
    config = SdinetConfig(modality)
    size = samples_of_a_batch(config, bench.device)
    samples = PairSamples.build(dataset, config, bench.device)
    counts = samples.count(tf, target)
    chosen = (counts > 0) & (counts.cumsum(0) <= bench.samples)
    tf, target, n_samples = tf[chosen], target[chosen], int(counts[chosen].sum())
    model = PairClassifier(config).to(bench.device).for_scoring()

    def gather() -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
        return samples.batches(tf, target, size=size)

    seconds = bench.time(lambda: mean_probabilities([model], gather(), n_pairs=len(tf)))
    gathering = bench.time(lambda: exhaust(gather()))
    return {
        "precision": choose_precision(config.precision, bench.device),
        "gene_pairs": len(tf),
        "samples": n_samples,
        "gene_pairs_per_second": significant(len(tf) / seconds),
        "samples_per_second": significant(n_samples / seconds),
        "gathering_part_of_the_time": significant(gathering / seconds),
    }


def simulate_dataset(bench: Bench) -> Dataset:
    """Simulate and prepare a small dataset."""
    import grnet

    n_tfs, n_targets = bench.genes
    with tempfile.TemporaryDirectory() as name:
        lab, path = Path(name) / "lab", Path(name) / "dataset"
        grnet.simulate(lab, n_tfs=n_tfs, n_targets=n_targets)
        grnet.prepare(
            path,
            expression=[lab / "expression_tfs.csv", lab / "expression_genes.tsv.gz"],
            tfs=lab / "tfs.txt",
            known_edges=lab / "known_edges.csv",
            images=lab / "images",
        )
        dataset = grnet.load_dataset(path)
        return replace(dataset, images=np.array(dataset.images))


def significant(value: float) -> float:
    """Round to four digits."""
    return float(f"{value:.4g}")


def say(text: str) -> None:
    """Tell how far the work is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
