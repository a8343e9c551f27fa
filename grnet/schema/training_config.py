"""What a user can set of any model and of its training; what is particular to a model is a subclass of ModelConfig."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, Self

from grnet.schema.problems import Problems
from grnet.schema.settings import setting

Modality = Literal["rna", "image", "fused"]
MODALITIES: tuple[Modality, ...] = ("rna", "image", "fused")
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
AblationScope = Literal["modalities", "measurements"]
ABLATIONS: tuple[AblationScope, ...] = ("modalities", "measurements")
KNOWN_NETWORK = "known-network"
"""Among what is left out: the graph of known edges, which architectures may look at beside measurements."""
NegativeScheme = Literal["random", "degree-matched", "correlation-matched"]
NEGATIVES: tuple[NegativeScheme, ...] = ("random", "degree-matched", "correlation-matched")


MOST_SEEDS = 100
MOST_EPOCHS = 1_000_000
MOST_FOLDS = 127
"""What the column `fold` of tables holds."""


@dataclass(frozen=True)
class ModelConfig:
    """What every kind of model has; each architecture adds its own fields in a subclass.

    Attributes
    ----------
    modality : {"rna", "image", "fused"}
        What the model looks at.
    """

    architecture: ClassVar[str] = ""
    modality: Modality = "fused"

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Build from what TOML holds, in which tuples are lists.

        Raises
        ------
        TypeError, ValueError
            An entry is unknown or out of range.
        """
        missing = {entry.name for entry in fields(cls) if entry.default is not None} - set(plain)
        if missing:
            raise ValueError(f"lacks {', '.join(sorted(missing))}")
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in plain.items()}
        return cls(**values)

    @classmethod
    def training_of(cls, modality: Modality) -> Mapping[str, Any]:
        """Return the settings of the training that differ from those of :class:`TrainConfig` for a modality."""
        del modality
        return {}

    def require_modality(self, problems: Problems) -> None:
        """Note where the modality is none."""
        problems.require(self.modality in MODALITIES, f"--modality is rna, image or fused, got {self.modality!r}")


@dataclass(frozen=True)
class TrainConfig:
    """How fold models are fitted.

    Attributes
    ----------
    model : ModelConfig
        Of the architecture to train.
    seed : int
        Decides folds, sampled negatives, initial weights and order.
    folds : int
        Fold models of the cross-fitting.
    seeds : int
        Models of each fold, on the same folds and labelled pairs: they differ in initial weights, in the pairs that
        they stop by, and in order. Their mean is the score.
    epochs, patience : int
        Most passes over the training pairs; stop after `patience` passes without a better validation loss.
    batch_size : int
    learning_rate, weight_decay : float
        Of the optimiser.
    rate_drops : tuple of int
        Passes after which the learning rate is a tenth of what it was, for architectures without a schedule of their
        own.
    validation_fraction : float
        Part of the training pairs that early stopping looks at; a tenth, whatever it says, with the split "paper".
    negatives : {"random", "degree-matched", "correlation-matched"}
        How negatives are sampled where the known edges have positives only: uniformly, with the degrees of the
        positives' TFs and targets, or with the |r| of the positives.
    negatives_per_positive : float
        How many of them.
    device : str
        "auto", "cpu", "cuda" or "cuda:N".
    without : tuple of str
        Measurements of the dataset that are left out: models, baselines and explanations do not see them. KNOWN_NETWORK
        leaves out what the graph of known edges says of a pair.
    ablation : {"modalities", "measurements"}
        What reports compare the model with: its parts of one modality, or also models that are trained without each of
        its measurements, for the report alone.
    """

    model: ModelConfig
    seed: int = setting(
        0, "--seed", "Seed of the folds, sampled negatives, initial weights and training order.", shown="0"
    )
    folds: int = setting(5, "--folds", "Number of folds.", shown="5")
    seeds: int = setting(1, "--seeds", "Train this many models per fold and average their scores.", shown="1")
    epochs: int = setting(30, "--epochs", "Train for at most this many epochs.")
    patience: int = setting(
        8, "--patience", "Early stopping: stop after this many epochs without a lower validation loss."
    )
    batch_size: int = setting(128, "--batch-size", "Pairs (sdinet: samples) per optimiser step.")
    learning_rate: float = setting(
        2e-3, "--learning-rate", "Learning rate (late: the maximum of the one-cycle schedule).", kind="float"
    )
    weight_decay: float = 1e-3
    rate_drops: tuple[int, ...] = ()
    validation_fraction: float = 0.1
    negatives: NegativeScheme = setting(
        "random",
        "--negatives",
        "How to sample negatives if all labels are positive: uniformly, matched on the degrees of the positives, or "
        "matched on their |r|.",
        kind="text",
        choices=NEGATIVES,
        shown="random",
    )
    negatives_per_positive: float = setting(
        1.0, "--negatives-per-positive", "Negatives per positive.", kind="float", shown="1"
    )
    device: str = setting("auto", "--device", "Compute on auto, cpu, cuda or cuda:N.", kind="text", shown="auto")
    without: tuple[str, ...] = setting(
        (),
        "--without",
        "Leave out the measurement NAME, such as expression or a view of the images. known-network leaves out the part "
        "of the score that comes from the graph of known edges. May be repeated.",
        kind="text",
        metavar="NAME",
        multiple=True,
    )
    ablation: AblationScope = setting(
        "modalities",
        "--ablation",
        "Report what RNA and images contribute (modalities), or also what each measurement contributes (measurements). "
        "measurements takes longer: it trains once more per split for each measurement that is not the only one of its "
        "modality.",
        kind="text",
        choices=ABLATIONS,
        shown="modalities",
    )

    def __post_init__(self) -> None:
        problems = Problems()
        problems.require_count("--folds", self.folds, least=2, most=MOST_FOLDS)
        problems.require_seed(self.seed)
        problems.require(1 <= self.seeds <= MOST_SEEDS, f"--seeds lies in 1..{MOST_SEEDS}, got {self.seeds}")
        problems.require_count("--epochs", self.epochs, most=MOST_EPOCHS)
        problems.require_count("--patience", self.patience, most=MOST_EPOCHS)
        problems.require_count("--batch-size", self.batch_size, least=2)
        fits = 0 < self.learning_rate <= 1
        problems.require(fits, f"--learning-rate is above 0 and at most 1, got {self.learning_rate}")
        problems.require(0 < self.validation_fraction < 0.5, "validation_fraction lies between 0 and 0.5")
        known = self.negatives in NEGATIVES
        problems.require(known, f"--negatives is one of {', '.join(NEGATIVES)}, got {self.negatives!r}")
        ratio = self.negatives_per_positive
        problems.require(0 < ratio < float("inf"), f"--negatives-per-positive is above 0 and finite, got {ratio}")
        named = isinstance(self.without, tuple) and all(isinstance(name, str) for name in self.without)
        problems.require(named, f"--without takes names of measurements, a tuple of text, got {self.without!r}")
        known = self.ablation in ABLATIONS
        problems.require(known, f"--ablation is one of {', '.join(ABLATIONS)}, got {self.ablation!r}")
        problems.raise_any()

    @property
    def architecture(self) -> str:
        """Name of the kind of model that this trains."""
        return self.model.architecture
