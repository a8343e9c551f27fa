"""What a user can set of models and of their training, for each architecture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from grnet.schema.errors import ConfigError
from grnet.schema.problems import Problems

Modality = Literal["rna", "image", "fused"]
MODALITIES: tuple[Modality, ...] = ("rna", "image", "fused")
Architecture = Literal["late", "sdinet"]
ARCHITECTURES: tuple[Architecture, ...] = ("late", "sdinet")
Precision = Literal["auto", "fp32", "bf16"]
PRECISIONS: tuple[Precision, ...] = ("auto", "fp32", "bf16")
ScoringPrecision = Literal["fp32", "bf16"]
SCORING_PRECISIONS: tuple[ScoringPrecision, ...] = ("fp32", "bf16")
SplitName = Literal["pair", "tf", "target", "both", "paper"]
SPLITS: tuple[SplitName, ...] = ("pair", "tf", "target", "both", "paper")
"""What stays in one fold: a pair with its reverse, all pairs of a TF, all of a target, all of groups of TFs and of
targets; "paper" cuts the label file."""
ALL: Literal["all"] = "all"
SPLITS_OF_ALL: tuple[SplitName, ...] = ("pair", "tf", "target", "both")
ReportScope = Literal["pair", "all"]
REPORT_SCOPES: tuple[ReportScope, ...] = ("pair", "all")
NegativeScheme = Literal["random", "degree-matched", "correlation-matched"]
NEGATIVES: tuple[NegativeScheme, ...] = ("random", "degree-matched", "correlation-matched")


@dataclass(frozen=True)
class LateConfig:
    """The late-interaction network.

    Attributes
    ----------
    modality : {"rna", "image", "fused"}
    channels : tuple of int
        Channels of the image encoder's convolutions; the last is the number of feature maps that are compared.
    bins : int
        Quantile bins of the piecewise-linear encoding of one pair feature.
    hidden : int
        Width of the head.
    dropout : float
        Dropout of the head.
    single_modality_weight : float
        Weight in the loss of the score from RNA alone and of that from images alone, where a pair has both. It is
        modality dropout in expectation, without its noise: a gene that lacks one modality is handled (fused).
    """

    modality: Modality = "fused"
    channels: tuple[int, ...] = (8, 12)
    bins: int = 8
    hidden: int = 64
    dropout: float = 0.3
    single_modality_weight: float = 0.5

    def __post_init__(self) -> None:
        problems = Problems()
        problems.require(self.modality in MODALITIES, f"--modality is rna, image or fused, got {self.modality!r}")
        problems.require(all(c >= 1 for c in self.channels) and bool(self.channels), "channels are at least 1")
        problems.require(min(self.bins, self.hidden) >= 1, "bins and hidden are at least 1")
        problems.require(0 <= self.dropout < 1, f"dropout lies in 0..1, got {self.dropout}")
        problems.require(self.single_modality_weight >= 0, "single_modality_weight is 0 or more")
        problems.raise_any()


SMALLEST_IMAGE, LARGEST_IMAGE = 32, 2048
"""Pixels; the networks halve an image five times."""


@dataclass(frozen=True)
class SdinetConfig:
    """The networks of the SDINet paper; their layers are fixed.

    Attributes
    ----------
    modality : {"rna", "image", "fused"}
        The RNA network, SDINet, or the fusion of both.
    min_image_pairs : int
        Fewest combinations of a TF image and a target image of one view; pairs of genes with fewer are left out
        (image and fused). The paper has 6.
    max_image_pairs : int or None
        Most image pairs of a gene pair that one pass of the training takes, others in every pass, and that the loss on
        held-out pairs takes; None takes all, as the paper does. Scoring takes all.
    image_size : (height, width) in pixels
        What images are resampled to before a network sees them; the paper's are 128 × 320.
    paper_normalisation : bool
        Scale every sample to 0..1, which is what the paper's normalisation comes to; else standardise with the mean
        and standard deviation of the training samples.
    precision : {"auto", "fp32", "bf16"}
        Of the convolutions; auto is bf16 where the device computes in it.
    compile : bool
        Let torch.compile fuse the networks' operations; it needs a C++ compiler and costs a minute at the start.
    """

    modality: Modality = "fused"
    min_image_pairs: int = 1
    max_image_pairs: int | None = None
    image_size: tuple[int, int] = (128, 320)
    paper_normalisation: bool = False
    precision: Precision = "auto"
    compile: bool = False

    def __post_init__(self) -> None:
        problems = Problems()
        problems.require(self.modality in MODALITIES, f"--modality is rna, image or fused, got {self.modality!r}")
        problems.require(self.min_image_pairs >= 1, f"--min-image-pairs is at least 1, got {self.min_image_pairs}")
        most = self.max_image_pairs
        fits = all(SMALLEST_IMAGE <= side <= LARGEST_IMAGE for side in self.image_size)
        problems.require(
            fits, f"--network-image-size: both sides lie in {SMALLEST_IMAGE}..{LARGEST_IMAGE}, got {self.image_size}"
        )
        problems.require(most is None or most >= 1, f"--max-image-pairs is at least 1, got {most}")
        problems.require(
            self.precision in PRECISIONS, f"--precision is one of {', '.join(PRECISIONS)}, got {self.precision!r}"
        )
        problems.raise_any()


MOST_SEEDS = 100


@dataclass(frozen=True)
class TrainConfig:
    """How fold models are fitted.

    Attributes
    ----------
    model : LateConfig or SdinetConfig
    folds : int
        Fold models of the cross-fitting.
    seed : int
        Decides folds, sampled negatives, initial weights and order.
    seeds : int
        Models of each fold, on the same folds and labelled pairs: they differ in initial weights, in the pairs that
        they stop by, and in order. Their mean is the score.
    epochs, patience : int
        Most passes over the training pairs; stop after `patience` passes without a better validation loss.
    batch_size : int
    learning_rate, weight_decay : float
        Of AdamW (late), or Adam (sdinet).
    rate_drops : tuple of int
        Passes after which the learning rate is a tenth of what it was (sdinet; late has a cycle of its own).
    validation_fraction : float
        Part of the training pairs that early stopping looks at; a tenth, whatever it says, with the split "paper".
    negatives : {"random", "degree-matched", "correlation-matched"}
        How negatives are sampled where the known edges have positives only: uniformly, with the degrees of the
        positives' TFs and targets, or with the |r| of the positives.
    negatives_per_positive : float
        How many of them.
    device : str
        "auto", "cpu", "cuda" or "cuda:N".
    """

    model: LateConfig | SdinetConfig = field(default_factory=LateConfig)
    folds: int = 5
    seed: int = 0
    seeds: int = 1
    epochs: int = 30
    patience: int = 8
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    rate_drops: tuple[int, ...] = ()
    validation_fraction: float = 0.1
    negatives: NegativeScheme = "random"
    negatives_per_positive: float = 1.0
    device: str = "auto"

    def __post_init__(self) -> None:
        problems = Problems()
        problems.require(self.folds >= 2, f"--folds is at least 2, got {self.folds}")
        problems.require_seed(self.seed)
        problems.require(1 <= self.seeds <= MOST_SEEDS, f"--seeds lies in 1..{MOST_SEEDS}, got {self.seeds}")
        problems.require(self.epochs >= 1, f"--epochs is at least 1, got {self.epochs}")
        problems.require(self.patience >= 1, f"--patience is at least 1, got {self.patience}")
        problems.require(self.batch_size >= 2, f"--batch-size is at least 2, got {self.batch_size}")
        fits = 0 < self.learning_rate <= 1
        problems.require(fits, f"--learning-rate is above 0 and at most 1, got {self.learning_rate}")
        problems.require(0 < self.validation_fraction < 0.5, "validation_fraction lies between 0 and 0.5")
        known = self.negatives in NEGATIVES
        problems.require(known, f"--negatives is one of {', '.join(NEGATIVES)}, got {self.negatives!r}")
        ratio = self.negatives_per_positive
        problems.require(0 < ratio < float("inf"), f"--negatives-per-positive is above 0 and finite, got {ratio}")
        problems.raise_any()

    @property
    def architecture(self) -> Architecture:
        """Which kind of model this trains."""
        return "sdinet" if isinstance(self.model, SdinetConfig) else "late"


_PAPER: dict[Modality, dict[str, Any]] = {
    "rna": {"epochs": 300, "batch_size": 32, "learning_rate": 3e-4},
    "fused": {"epochs": 60, "batch_size": 32, "learning_rate": 3e-4, "rate_drops": (10, 15)},
    "image": {"epochs": 40, "batch_size": 16, "learning_rate": 3e-6},
}
"""Epochs, batches and rates of the paper."""
_MODEL_SETTINGS = {
    "min_image_pairs": "--min-image-pairs",
    "max_image_pairs": "--max-image-pairs",
    "image_size": "--network-image-size",
    "paper_normalisation": "--paper-normalisation",
    "precision": "--precision",
    "compile": "--compile",
}
"""Settings of :class:`SdinetConfig` that a user gives, and their flags."""
SDINET_PATIENCE = 15
"""Epochs without a better validation loss after which a network of the paper has settled; the paper goes on."""


def configure_training(
    architecture: Architecture | None = None,
    modality: Modality | None = None,
    *,
    base: TrainConfig | None = None,
    **settings: Any,
) -> TrainConfig:
    """Return the settings of an architecture and modality, with some of them replaced.

    Parameters
    ----------
    architecture : {"late", "sdinet"}, optional
        That of `base`, or "late".
    modality : {"rna", "image", "fused"}, optional
        That of `base`, or "fused".
    base : TrainConfig, optional
        Settings to start from; else the architecture's own: for sdinet those of the paper, with early stopping.
    **settings
        Fields of :class:`TrainConfig`, and for sdinet also of :class:`SdinetConfig`; None stands for "not given".

    Raises
    ------
    ConfigError
        A setting is out of range or of the other architecture; or `base` is of another architecture, or has the rates
        and epochs of another modality's network of the paper.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    of_model = {name: given.pop(name) for name in _MODEL_SETTINGS if name in given}
    if base is not None:
        _check_base(base, architecture, modality)
        architecture, modality = base.architecture, modality or base.model.modality
    architecture, modality = architecture or "late", modality or "fused"
    if architecture not in ARCHITECTURES:
        raise ConfigError(f"--architecture is one of {', '.join(ARCHITECTURES)}, got {architecture!r}")
    named = [name for name, value in of_model.items() if value is not False]
    if architecture == "late":
        if named:
            flags = ", ".join(_MODEL_SETTINGS[name] for name in named)
            raise ConfigError(f"{flags}: only for --architecture sdinet; add that or leave it out")
        of_model = {}
    if base is not None:
        return replace(base, model=replace(base.model, modality=modality, **of_model), **given)
    if architecture == "late":
        return TrainConfig(model=LateConfig(modality), **given)
    model = SdinetConfig(modality, **of_model)
    defaults = {"patience": SDINET_PATIENCE, "weight_decay": 0.0, **_PAPER[modality]}
    return TrainConfig(**{**defaults, "model": model, **given})


def _check_base(base: TrainConfig, architecture: Architecture | None, modality: Modality | None) -> None:
    """Refuse settings of another architecture, or of another network of the paper than the one that is asked for."""
    own = base.model.modality
    if architecture not in (None, base.architecture):
        raise ConfigError(f"config is of the architecture {base.architecture}, got architecture={architecture!r}")
    if base.architecture == "sdinet" and modality not in (None, own):
        raise ConfigError(f"config has the epochs and rates of modality {own!r}, got modality={modality!r}")
