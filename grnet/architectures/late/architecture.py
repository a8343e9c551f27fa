"""Late interaction as the rest of grnet sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import torch
from torch import nn

from grnet.architectures.base import Architecture, Costs, FitJob, describe_modalities
from grnet.architectures.cross_fit import CrossFit
from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.cross_fitting import start_late
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.scorer import LateScorer
from grnet.dataset.directory import Dataset
from grnet.schema.errors import FormatError
from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import SCORING_PRECISIONS, ModelConfig, ScoringPrecision


class LateArchitecture(Architecture):
    """Late interaction: seconds a fold, and a block of TFs × targets is a few matrix products."""

    title = "late interaction"
    costs: ClassVar[Costs] = Costs()
    scoring_precisions = SCORING_PRECISIONS

    def fit_folds(self, job: FitJob) -> CrossFit:
        """Fit the models of each fold and seed."""
        return self.start_folds(job)()

    def start_folds(self, job: FitJob) -> Callable[[], CrossFit]:
        """Give each fold and seed to the workers of the job."""
        return start_late(job)

    def build(self, config: ModelConfig, shape: InputShape) -> nn.Module:
        """Return an untrained network."""
        assert isinstance(config, LateConfig)
        return LateInteraction(config, shape)

    def make_scorer(
        self,
        models: Sequence[nn.Module],
        dataset: Dataset,
        features: GeneFeatures,
        device: torch.device,
        *,
        precision: ScoringPrecision = "fp32",
    ) -> LateScorer:
        """Return what scores blocks with all models at once.

        Raises
        ------
        FormatError
            A model was trained on genes that the dataset does not have.
        """
        late = [model for model in models if isinstance(model, LateInteraction)]
        for tf, target, _ in (model.labelled for model in late):
            genes = torch.cat([tf, target])
            if len(tf) != len(target) or ((genes < 0) | (genes >= features.n_genes)).any():
                raise FormatError(
                    f"{dataset.path}: a model was trained on genes with numbers that this dataset does not have; "
                    "train the run anew with: grnet train"
                )
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        return LateScorer(late, features, device, tfs=dataset.genes.tfs, dtype=dtype)

    def name_model(self, modalities: frozenset[str]) -> str:
        """Return "grnet (fused)" and the like: it is the default model."""
        return f"grnet ({describe_modalities(modalities)})"
