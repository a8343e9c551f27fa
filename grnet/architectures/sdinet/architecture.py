"""The networks of the SDINet paper as the rest of grnet sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import torch
from torch import nn

from grnet.architectures.base import Architecture, Costs, FitJob
from grnet.architectures.cross_fit import CrossFit
from grnet.architectures.input_shape import InputShape
from grnet.architectures.sdinet.classifier import PairClassifier, check_compiler, choose_precision
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.cross_fitting import fit_networks
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.architectures.sdinet.scorer import SdinetScorer
from grnet.architectures.sdinet.visible_pairs import SampledVisiblePairs
from grnet.dataset.directory import Dataset
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import Modality, ModelConfig, ScoringPrecision

_NAMES = {"rna": "SDINet paper's RNA network", "image": "SDINet", "fused": "SDINet paper's fusion"}


class SdinetArchitecture(Architecture):
    """The paper's networks: minutes to hours a fold, and every pair is scored by itself."""

    title = "SDINet networks"
    costs: ClassVar[Costs] = Costs(
        batch_pairs=256,
        fewest_targets=1,
        tfs_at_once=1,
        sampled_pairs=4_000,
        shares_targets=False,
        explained_edges=200,
        saliency_edges=20,
        trains_fast=False,
    )
    published: ClassVar[Mapping[Modality, tuple[float, float]]] = {
        "rna": (0.8962, 0.8950),
        "image": (0.7196, 0.7374),
        "fused": (0.9116, 0.9118),
    }

    def settle(self, config: ModelConfig, device: torch.device) -> ModelConfig:
        """Return the settings with the precision that is used; make sure that a compiler is there where it is needed.

        Raises
        ------
        ConfigError
            It is not.
        """
        assert isinstance(config, SdinetConfig)
        check_compiler(config, device)
        return replace(config, precision=choose_precision(config.precision, device))

    def gather_inputs(self, dataset: Dataset, config: ModelConfig, device: torch.device) -> PairSamples:
        """Return images and histograms on the device."""
        assert isinstance(config, SdinetConfig)
        return PairSamples.build(dataset, config, device)

    def find_visible(self, features: GeneFeatures, config: ModelConfig, inputs: Any) -> SampledVisiblePairs:
        """Return the pairs that have samples."""
        return SampledVisiblePairs(features, config.modality, inputs)

    def fit_folds(self, job: FitJob) -> CrossFit:
        """Fit the networks of each fold and seed."""
        return fit_networks(job)

    def build(self, config: ModelConfig, shape: InputShape) -> nn.Module:
        """Return an untrained network, whose layers are fixed."""
        assert isinstance(config, SdinetConfig)
        return PairClassifier(config)

    def make_scorer(
        self,
        models: Sequence[nn.Module],
        dataset: Dataset,
        features: GeneFeatures,
        device: torch.device,
        *,
        precision: ScoringPrecision = "fp32",
    ) -> SdinetScorer:
        """Return what scores pairs sample by sample, in the precision of the training."""
        networks = [model for model in models if isinstance(model, PairClassifier)]
        return SdinetScorer(networks, PairSamples.build(dataset, networks[0].config, device))

    def name_model(self, modalities: frozenset[str]) -> str:
        """Return the name that the paper gives the network."""
        return _NAMES["fused" if len(modalities) == 2 else next(iter(modalities))]
