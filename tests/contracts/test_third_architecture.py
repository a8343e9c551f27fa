"""A kind of model that this file alone adds: logistic regression on correlations.

It trains, cross-validates, scores all pairs, goes on after a kill and is explained, so nothing outside an
architecture's own folder depends on which kinds there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

import grnet
from grnet.architectures import registry
from grnet.architectures.base import Architecture
from grnet.architectures.configuring import configure_training
from grnet.architectures.cross_fit import CrossFit, collect_held_out
from grnet.architectures.fitted_fold import Epoch, FittedFold, HeldOut
from grnet.architectures.fold_by_fold import fit_fold_by_fold
from grnet.architectures.pair_scorer import PairScorer
from grnet.features.pairs import correlations
from grnet.schema.errors import ConfigError
from grnet.schema.evidence import Contributions
from grnet.schema.genes import PairIndex
from grnet.schema.settings import setting
from grnet.schema.training_config import ModelConfig


@dataclass(frozen=True)
class LinearConfig(ModelConfig):
    architecture: ClassVar[str] = "linear"
    strength: float = setting(1.0, "--strength", "Regularise this weakly.", kind="float")


class Linear(nn.Module):
    """A logit from Pearson and Spearman correlation and their sizes; pairs without expression get the intercept."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def forward(self, table: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return self.layer(torch.from_numpy(table)).squeeze(-1).numpy()


def tabulate(features, pairs: PairIndex) -> np.ndarray:
    r = np.nan_to_num(np.stack(correlations(features, pairs), axis=1)).astype(np.float32)
    return np.hstack([r, np.abs(r)])


class LinearScorer(PairScorer):
    def __init__(self, models, features) -> None:
        self.models, self.features = models, features

    @property
    def n_models(self) -> int:
        return len(self.models)

    def scorable(self, tf, target):
        return self.features.scorable("rna", tf[:, None], target)

    def score(self, tf, target):
        pairs = PairIndex(np.repeat(tf, len(target)), np.tile(target, len(tf)))
        table = tabulate(self.features, pairs)
        logits = np.stack([model(table) for model in self.models]).reshape(-1, len(tf), len(target))
        logits[:, ~self.scorable(tf, target)] = np.nan
        return logits

    def find_contributions(self, explained):
        scores = explained.average(explained.logits)
        intercept = explained.average(
            np.array([[float(model.layer.bias.detach())] * len(explained.pairs) for model in self.models])
        )
        return [
            Contributions("exact", baseline=low, rna=score - low, image=0.0, interaction=0.0)
            for score, low in zip(scores, intercept, strict=True)
        ]


class LinearArchitecture(Architecture):
    title = "logistic regression"
    fitted: ClassVar[list[tuple[int, int]]] = []
    breaks_after: ClassVar[int | None] = None

    def fit_folds(self, job) -> CrossFit:
        table, labels = tabulate(job.data.features, job.data.training.pairs), job.data.training.labels

        def fit(rows, unseen, seed, advance):
            if self.breaks_after is not None and len(self.fitted) >= self.breaks_after:
                raise KeyboardInterrupt
            found = LogisticRegression(C=job.config.model.strength).fit(table[rows.allowed], labels[rows.allowed])
            model = Linear()
            with torch.no_grad():
                model.layer.weight.copy_(torch.from_numpy(found.coef_))
                model.layer.bias.copy_(torch.from_numpy(found.intercept_))
            self.fitted.append((len(rows.allowed), seed))
            scores = model(table[unseen]).astype(np.float64)
            advance(1)
            history = (Epoch("rna", 1, 0.5, 0.6),)
            return FittedFold(model.eval(), history, {"rna": 1}, HeldOut(unseen, scores, scores))

        fitted = fit_fold_by_fold(job, fit, build=Linear)
        return CrossFit(fitted, collect_held_out(fitted, "score", len(labels)))

    def build(self, config, shape):
        return Linear()

    def make_scorer(self, models, dataset, features, device, *, precision="fp32"):
        return LinearScorer(models, features)


@pytest.fixture
def linear(monkeypatch):
    """The architecture, for one test."""
    monkeypatch.setattr(registry, "_CONFIGS", dict(registry._CONFIGS))
    monkeypatch.setattr(registry, "_MAKERS", dict(registry._MAKERS))
    monkeypatch.setattr(LinearArchitecture, "fitted", [])
    registry.register(LinearConfig, LinearArchitecture)
    return LinearArchitecture


CONFIG = {"folds": 3, "device": "cpu", "strength": 2.0}


def test_it_trains_scores_and_is_explained(linear, embryo_dataset, tmp_path):
    config = configure_training("linear", "rna", **CONFIG)
    result = grnet.train(embryo_dataset, tmp_path / "run", config=config, report="pair")
    assert result.card.model.name == "logistic regression (RNA)"
    assert len(linear.fitted) == 3
    run = grnet.load_run(tmp_path / "run")
    assert (run.architecture, run.model_config) == ("linear", LinearConfig("rna", 2.0))
    inferred = grnet.infer_network(tmp_path / "run", tmp_path / "network", top=20)
    edges = inferred.network.edges
    assert len(edges) == 20
    assert np.isfinite(edges["probability"]).all()
    first = edges.iloc[0]
    explained = grnet.explain(tmp_path / "run", first["tf"], first["target"], tmp_path / "pair")
    parts = explained.pair.contributions
    assert parts.baseline + parts.rna == pytest.approx(explained.pair.score, abs=1e-4)
    assert explained.evidence.model == "logistic regression, RNA, 3 folds"


def test_it_cross_validates_on_every_split(linear, embryo_dataset, tmp_path):
    config = configure_training("linear", "rna", **CONFIG)
    result = grnet.crossval(embryo_dataset, tmp_path / "cv", split="all", config=config)
    assert set(result.cards) >= {"pair", "tf", "target"}
    assert all(card.model.name == "logistic regression (RNA)" for card in result.cards.values())


def test_it_goes_on_after_a_kill(linear, embryo_dataset, tmp_path, monkeypatch):
    config = configure_training("linear", "rna", **CONFIG)
    monkeypatch.setattr(linear, "breaks_after", 2)
    with pytest.raises(KeyboardInterrupt):
        grnet.train(embryo_dataset, tmp_path / "run", config=config, report="pair")
    monkeypatch.setattr(linear, "breaks_after", None)
    grnet.train(embryo_dataset, tmp_path / "run", config=config, report="pair")
    assert len(linear.fitted) == 3
    grnet.train(embryo_dataset, tmp_path / "again", config=config, report="pair")
    for fold in range(3):
        weights = [folder / f"fold-{fold}/weights.safetensors" for folder in (tmp_path / "run", tmp_path / "again")]
        assert weights[0].read_bytes() == weights[1].read_bytes()


def test_its_settings_are_its_own(linear):
    assert configure_training("linear", strength=0.5).model == LinearConfig("fused", 0.5)
    with pytest.raises(ConfigError, match="--strength: only for --architecture linear"):
        configure_training("late", strength=0.5)
