"""A dataset directory and a run folder of any size, made without training, so that scoring can be timed at any size.

    python benchmarks/synthetic_run.py FOLDER --genes 14000 --tfs 750 [--samples 72] [--folds 5] …

FOLDER/dataset and FOLDER/run are written with grnet's own writers and are taken by `grnet infer-network` like any
others. Encodings and kernels are fitted on pairs as in training, the labels of the other folds are kept in each model,
all parts of a score count, and weights of the networks are drawn at random, but for the last layer of the RNA tower,
which is fitted to the labels by least squares. So a pair costs what it costs with a trained run; what is predicted of
it means nothing.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from synthetic_dataset import RunSize, write_dataset
from torch import Tensor, nn

import grnet
from grnet.architectures.fitted_fold import Epoch, FittedFold, write_fold
from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.arrays import Logits
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.fitting import score_rows
from grnet.architectures.late.labelled_pairs import LabelledPairs
from grnet.architectures.late.network import LateInteraction, Tower
from grnet.architectures.late.parts import PATTERNS, Part
from grnet.architectures.run_folder import SETTINGS_FILE, describe_dataset, place_of, write_settings
from grnet.dataset.directory import Dataset, load_dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.features.build import build_features
from grnet.features.similar_pairs import PairLabels
from grnet.probability.calibration_fit import fit_calibration
from grnet.schema.arrays import Indices, Int8
from grnet.schema.configs import to_plain
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import GeneCatalogue, PairIndex
from grnet.schema.measurements import Measurement
from grnet.schema.tables import FOLD, LABEL, OUT_OF_FOLD, PROBABILITY, ROW
from grnet.schema.training_config import TrainConfig
from grnet.storage.documents import write_json
from grnet.storage.folders import new_folder
from grnet.storage.tables import write_table

FITTING_GENES, FITTING_PAIRS = 1000, 1500
"""Genes beside those of labelled pairs; labelled pairs, random ones, and random ones with images, to fit a model on."""
ROWS = 1024
"""Pairs that are scored at a time here."""
SPREADS = {"rna": 1.5, "image": 0.7}
"""Standard deviations of the logits of the towers, about."""


def main() -> None:
    """Write FOLDER/dataset and FOLDER/run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--genes", type=int, required=True)
    parser.add_argument("--tfs", type=int, required=True)
    for name in ("samples", "views", "images_per_view", "labelled", "folds", "seed"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(RunSize, name))
    parser.add_argument("--share-with-images", type=float, default=RunSize.share_with_images)
    arguments = vars(parser.parse_args())
    print(write_synthetic_run(arguments.pop("folder"), RunSize(**arguments)))


def list_options(size: RunSize) -> list[str]:
    """Return the options of the command line that stand for a size."""
    wanted = {entry.name: getattr(size, entry.name) for entry in fields(size) if entry.name != "image_size"}
    given = ((f"--{name.replace('_', '-')}", str(value)) for name, value in wanted.items() if value is not None)
    return [text for option in given for text in option]


def write_synthetic_run(folder: Path, size: RunSize) -> Path:
    """Write folder/dataset and folder/run, where they are not there yet, and return the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    dataset, run = folder / "dataset", folder / "run"
    if not dataset.exists():
        write_dataset(dataset, size)
    if not run.exists():
        torch.manual_seed(size.seed)
        write_run(run, load_dataset(dataset), size)
    return run


def write_run(path: Path, dataset: Dataset, size: RunSize) -> None:
    """Write a run folder of a synthetic dataset.

    Features are made of some genes only: encodings need few, and all of a large catalogue would need much memory.
    """
    known = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    labels = dataset.labelled_pairs[LABEL].to_numpy(np.int8, copy=True)
    rng = np.random.default_rng(size.seed + 1)
    folds = rng.permutation(np.arange(len(labels)) % size.folds).astype(np.int8)
    config = TrainConfig(model=LateConfig("fused" if size.views else "rna"), folds=size.folds, epochs=1, device="cpu")
    lesson = Lesson.of(rng, dataset, known, labels, config)
    scores = np.empty(len(known))
    with new_folder(path, overwrite=False, marker=SETTINGS_FILE) as folder:
        for fold in range(size.folds):
            unseen = np.flatnonzero(folds == fold)
            model = lesson.make_model(rng, np.flatnonzero(folds != fold))
            scores[unseen] = score(model, lesson.list_pairs(lesson.known.take(unseen))).total.numpy()
            tf, target, value = model.labelled
            genes, dual = torch.from_numpy(lesson.chosen), model.labelled_dual
            model.keep_labelled(genes[tf], genes[target], value)
            model.labelled_dual.copy_(dual)
            stages = dict.fromkeys(model.modalities, 1)
            history = tuple(Epoch(stage, 1, 0.0, 0.0) for stage in stages)
            write_fold(place_of(folder, fold), FittedFold(model, history, stages))
        mark = fingerprint(dataset.path)
        write_settings(
            folder,
            architecture="late",
            train=to_plain(config),
            shape=InputShape.of(lesson.features),
            dataset=describe_dataset(dataset.path, path, name=dataset.name, fingerprint=mark),
            version=grnet.__version__,
        )
        calibration = fit_calibration(scores, labels)
        table = dataset.labelled_pairs.assign(**{FOLD: folds, PROBABILITY: calibration.apply(scores)})
        write_table(table, folder / "out_of_fold.parquet", OUT_OF_FOLD)
        write_json(calibration.to_json(), folder / "calibration.json")
        write_json({"model": "synthetic, untrained", "splits": {}, "notes": []}, folder / "metrics.json")


@dataclass(frozen=True)
class Lesson:
    """What models are made from: some genes of a dataset, and its labelled pairs.

    Attributes
    ----------
    config : TrainConfig
    part : Dataset
        The genes.
    chosen : int64 array
        Their places in the whole dataset, ascending.
    features : GeneFeatures
        Of these genes.
    known : PairIndex
        The labelled pairs, as places in `chosen`.
    labels : int8 array
    """

    config: TrainConfig
    part: Dataset
    chosen: Indices
    features: GeneFeatures
    known: PairIndex
    labels: Int8

    @classmethod
    def of(
        cls,
        rng: np.random.Generator,
        dataset: Dataset,
        known: PairIndex,
        labels: Int8,
        config: TrainConfig,
    ) -> Lesson:
        """Choose the genes of the labelled pairs and some others, and compute their features."""
        n_genes = len(dataset.genes)
        others = rng.choice(n_genes, min(FITTING_GENES, n_genes), replace=False)
        chosen = np.unique(np.concatenate([known.tf, known.target, others]))
        part = take_genes(dataset, chosen)
        own = PairIndex(np.searchsorted(chosen, known.tf), np.searchsorted(chosen, known.target))
        return cls(config, part, chosen, build_features(part), own, labels)

    def make_model(self, rng: np.random.Generator, learnt: Indices) -> LateInteraction:
        """Return a model that knows the labelled pairs at `learnt`, its encodings fitted on pairs as in training."""
        assert isinstance(self.config.model, LateConfig)
        model = LateInteraction(self.config.model, InputShape.of(self.features)).eval()
        pairs, labels = self.known.take(learnt), torch.from_numpy(self.labels[learnt])
        learnt_labels = PairLabels(torch.from_numpy(pairs.tf), torch.from_numpy(pairs.target), labels.float())
        model.keep_labelled(learnt_labels.tf, learnt_labels.target, learnt_labels.value)
        shown = np.sort(rng.choice(len(pairs), min(FITTING_PAIRS, len(pairs)), replace=False))
        data = self.list_pairs(self._add_random(rng, pairs.take(shown)))
        model.fit_kernels(data.kernels)
        model.weights.copy_(torch.tensor([[part.counts_in(pattern) for part in model.parts] for pattern in PATTERNS]))
        seen = data.with_similar(learnt_labels)
        genes = data.genes.take(torch.cat([data.tf, data.target]).unique())
        for modality in model.modalities:
            model.fit_encodings(modality, seen.context, genes, data.shared)
        fit_last_layers(model, data, labels[torch.from_numpy(shown)])
        return model

    def list_pairs(self, pairs: PairIndex) -> LabelledPairs:
        """Return pairs as a model reads them."""
        nothing = np.zeros(len(pairs), dtype=np.int8)
        modality = self.config.model.modality
        return LabelledPairs.build(pairs, nothing, self.features, modality=modality, device=torch.device("cpu"))

    def _add_random(self, rng: np.random.Generator, pairs: PairIndex) -> PairIndex:
        """Add random pairs of all genes, and of those with images."""
        genes, tfs, targets = self.part.genes, [pairs.tf], [pairs.target]
        for drawn in (np.arange(len(genes)), np.flatnonzero(genes.n_images > 0)):
            own_tfs = drawn[genes.is_tf[drawn]]
            if len(own_tfs):
                tfs.append(rng.choice(own_tfs, FITTING_PAIRS))
                targets.append(rng.choice(drawn, FITTING_PAIRS))
        return PairIndex(np.concatenate(tfs).astype(np.int64), np.concatenate(targets).astype(np.int64))


def take_genes(dataset: Dataset, chosen: Indices) -> Dataset:
    """Return a dataset of some of the genes, ascending."""
    genes = dataset.genes
    symbols = tuple(genes.symbols[index] for index in chosen)
    kept = np.isin(dataset.image_gene, chosen)
    catalogue = GeneCatalogue(symbols, ("",) * len(chosen), genes.is_tf[chosen], genes.n_images[chosen])
    return replace(
        dataset,
        genes=catalogue,
        measurements=tuple(_take(entry, chosen) for entry in dataset.measurements),
        images=np.asarray(dataset.images[kept]),
        image_table=dataset.image_table[kept].assign(**{ROW: np.arange(int(kept.sum()))}),
    )


def _take(measurement: Measurement, chosen: Indices) -> Measurement:
    """Return a measurement of those of the chosen genes, ascending, that it has."""
    own = np.isin(measurement.gene, chosen)
    gene = np.searchsorted(chosen, measurement.gene[own]).astype(np.int64)
    return replace(measurement, values=measurement.values[own], gene=gene)


def score(model: LateInteraction, data: LabelledPairs) -> Logits:
    """Score pairs a few at a time, since the maps of their genes are large."""
    return Logits.cat([score_rows(model, data, rows) for rows in torch.arange(len(data.tf)).split(ROWS)])


def fit_last_layers(model: LateInteraction, data: LabelledPairs, labels: Tensor) -> None:
    """Fit the last RNA layer to the labels of the first pairs; the logits of images vary as SPREADS say."""
    hidden: list[Tensor] = []
    tower = model.towers["rna"]
    assert isinstance(tower, Tower)
    handle = tower.rest.register_forward_hook(lambda _module, _inputs, output: hidden.append(output))
    logits = score(model, data)
    handle.remove()
    with torch.no_grad():
        fit_to_labels(tower.out, torch.cat(hidden)[: len(labels)], labels)
        if "image" in model.modalities:
            image = logits.parts[model.parts.index(Part("tower", "image"))]
            both = logits.has_rna & logits.has_image
            rescale(model.tower("image").out, image[both], spread=SPREADS["image"])


def fit_to_labels(layer: nn.Linear, hidden: Tensor, labels: Tensor) -> None:
    """Set the layer by ridge regression of labels [P] on rows of `hidden` [P, H]."""
    rows, signs = hidden.double(), 2.0 * labels.double() - 1.0
    centre = rows.mean(dim=0)
    rows = rows - centre
    products = rows.T @ rows
    ridge = 0.01 * products.diagonal().mean() * torch.eye(len(products), dtype=products.dtype)
    weight = torch.linalg.solve(products + ridge, rows.T @ (signs - signs.mean()))
    weight = weight * (SPREADS["rna"] / (rows @ weight).std().clamp_min(1e-6))
    layer.weight.copy_(weight[None].float())
    layer.bias.copy_(-(centre @ weight).float())


def rescale(layer: nn.Linear, values: Tensor, *, spread: float) -> None:
    """Make the layer that gave `values` give values of mean 0 and some standard deviation."""
    if len(values) > 1:
        factor = spread / values.std().clamp_min(1e-6)
        layer.bias.copy_((layer.bias - values.mean()) * factor)
        layer.weight.mul_(factor)


if __name__ == "__main__":
    main()
