"""What grnet asks of every kind of model: one protocol for training, scoring and explanation.

An architecture is a subclass of :class:`Architecture` in a folder of its own, and an entry of
:mod:`grnet.architectures.registry`. Nothing outside its folder knows its name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import nn

from grnet.architectures.cross_fit import CrossFit
from grnet.architectures.input_shape import InputShape
from grnet.architectures.pair_scorer import PairScorer
from grnet.architectures.visible_pairs import VisiblePairs
from grnet.architectures.workers import Workers
from grnet.dataset.directory import Dataset
from grnet.division.random_streams import derive_seed
from grnet.division.training_pairs import TrainingPairs
from grnet.schema.arrays import Indices
from grnet.schema.features import GeneFeatures
from grnet.schema.progress import SILENT, Progress
from grnet.schema.training_config import Modality, ModelConfig, ScoringPrecision, TrainConfig


@dataclass(frozen=True)
class Costs:
    """How much work is worth doing at a time, and for how many pairs.

    Attributes
    ----------
    batch_pairs, fewest_targets : int
        Pairs of a score shard where nobody asks for a number, about what a kill can cost; and targets of it at least,
        since what is worked out for all TFs has to serve some.
    tfs_at_once : int
        TFs of listed pairs that are scored together, with all targets that any of them has.
    sampled_pairs : int
        Candidates of a sample that tells the prior.
    shares_targets : bool
        Blocks of TFs × targets are much cheaper than their pairs one by one.
    explained_edges, saliency_edges : int
        Edges of a page with evidence, the strongest; and, of these with images, those with a map of where models look.
    trains_fast : bool
        A training takes minutes: a report judges all splits unless it is told otherwise, and keeps no models of those
        that serve the report alone.
    """

    batch_pairs: int = 65_536
    fewest_targets: int = 64
    tfs_at_once: int = 16
    sampled_pairs: int = 200_000
    shares_targets: bool = True
    explained_edges: int = 5_000
    saliency_edges: int = 300
    trains_fast: bool = True


@dataclass(frozen=True)
class TrainingData:
    """A dataset as training sees it.

    Attributes
    ----------
    features : GeneFeatures
    inputs : object
        What models of the architecture read beside the features, see :meth:`Architecture.gather_inputs`.
    training : TrainingPairs
    n_genes : int
    tfs : int64 array
        Genes that can be the TF of a candidate.
    """

    features: GeneFeatures
    inputs: Any
    training: TrainingPairs
    n_genes: int
    tfs: Indices


@dataclass(frozen=True)
class FitJob:
    """Models to fit, one for each fold and seed, and who is told.

    Attributes
    ----------
    data : TrainingData
    config : TrainConfig
    folder : Path or None
        Where fitted folds are written, and taken from where they are there; None keeps nothing.
    device : torch.device
    title : str
        Of the progress.
    progress : Progress
    workers : Workers or None
        Who may fit several models at a time; this process where None is given.
    """

    data: TrainingData
    config: TrainConfig
    folder: Path | None
    device: torch.device
    title: str = "training"
    progress: Progress = SILENT
    workers: Workers | None = None

    def seed(self, fold: int, member: int) -> int:
        """Return the seed of the weights and the order of one model."""
        return derive_seed(self.config.seed, "fit", fold=fold, member=member)


class Architecture(ABC):
    """One kind of model.

    Attributes
    ----------
    title : str
        In running text: "late interaction".
    costs : Costs
    scoring_precisions : tuple of str
        Precisions that a user can choose when scoring; empty where models keep that of their training.
    published : mapping of modality to two floats
        Accuracy and F1 that a paper states for its networks on its own folds and data.
    """

    title: ClassVar[str]
    costs: ClassVar[Costs] = Costs()
    scoring_precisions: ClassVar[tuple[ScoringPrecision, ...]] = ()
    published: ClassVar[Mapping[Modality, tuple[float, float]]] = {}

    def settle(self, config: ModelConfig, device: torch.device) -> ModelConfig:
        """Return the settings with what "auto" stands for on a device, as a run folder records them.

        Raises
        ------
        ConfigError
            The device lacks what they need.
        """
        del device
        return config

    def gather_inputs(self, dataset: Dataset, config: ModelConfig, device: torch.device) -> Any:
        """Return what models read beside the features of genes; None where they read nothing else."""
        del dataset, config, device

    def find_visible(self, features: GeneFeatures, config: ModelConfig, inputs: Any) -> VisiblePairs:
        """Return which pairs the models can look at: those whose genes share a measurement, unless overridden."""
        del inputs
        return VisiblePairs(features, config.modality)

    @abstractmethod
    def fit_folds(self, job: FitJob) -> CrossFit:
        """Fit the models of each fold and seed, blind to the fold, and score the fold with them.

        Raises
        ------
        InputError
            The training diverged.
        """

    def start_folds(self, job: FitJob) -> Callable[[], CrossFit]:
        """Give the work of :meth:`fit_folds` to the workers of the job; what is returned waits for it.

        Here nobody works before; an architecture whose folds do not depend on each other overrides this.
        """
        return lambda: self.fit_folds(job)

    @abstractmethod
    def build(self, config: ModelConfig, shape: InputShape) -> nn.Module:
        """Return an untrained model, for weights to be loaded into."""

    @abstractmethod
    def make_scorer(
        self,
        models: Sequence[nn.Module],
        dataset: Dataset,
        features: GeneFeatures,
        device: torch.device,
        *,
        precision: ScoringPrecision = "fp32",
    ) -> PairScorer:
        """Return what scores and explains pairs with all trained models, which are on `device`, in evaluation mode."""

    def name_model(self, modalities: frozenset[str]) -> str:
        """Return the name of a model that looked at "rna", "image" or both, for tables of figures."""
        return f"{self.title} ({describe_modalities(modalities)})"


def describe_modalities(modalities: frozenset[str]) -> str:
    """Return "RNA", "images" or "fused"."""
    return "fused" if len(modalities) > 1 else {"rna": "RNA", "image": "images"}[next(iter(modalities))]
