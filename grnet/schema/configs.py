"""What a user can set, as frozen dataclasses; every problem of a config is gathered and raised at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from grnet.schema.errors import ConfigError

Modality = Literal["rna", "image", "fused"]
MODALITIES: tuple[Modality, ...] = ("rna", "image", "fused")
GenePolicy = Literal["expression", "all"]
LARGEST_SEED = 2**32 - 1
"""What every library that is seeded takes."""


class _Problems(list[str]):
    """Collects what is wrong with a config and raises it in one error."""

    def require(self, holds: bool, text: str) -> None:
        if not holds:
            self.append(text)

    def require_seed(self, seed: int) -> None:
        self.require(seed >= 0, f"--seed is 0 or more, got {seed}")
        self.require(seed <= LARGEST_SEED, f"--seed is at most {LARGEST_SEED}, got {seed}")

    def raise_any(self) -> None:
        if self:
            raise ConfigError("; ".join(self))


@dataclass(frozen=True)
class PrepareConfig:
    """A lab's files and how to read them.

    Attributes
    ----------
    expression : tuple of Path
        Tables of genes × samples; merged by symbol.
    tfs : Path or None
        List of transcription factors: text, or a table whose first column names them.
    known_edges : Path or None
        Table of TF, target and optionally a label and a source.
    images : Path or None
        Manifest (a table with gene, path and optionally view, stage, id) or a folder.
    aliases : mapping of str to str
        Name in the files → symbol to use.
    aliases_file : Path or None
        Table of two columns, name and symbol.
    genes : {"expression", "all"}
        Keep genes that have expression, or those that have expression or images.
    image_size : tuple of int or None
        (height, width) that images are resampled to; None takes the most common size of the images.
    name, organism, units : str
        Free text for `dataset.toml`.
    transpose : bool
        The expression tables have genes in columns.
    """

    expression: tuple[Path, ...]
    tfs: Path | None = None
    known_edges: Path | None = None
    images: Path | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    aliases_file: Path | None = None
    genes: GenePolicy = "expression"
    image_size: tuple[int, int] | None = None
    name: str = ""
    organism: str = ""
    units: str = ""
    transpose: bool = False

    def __post_init__(self) -> None:
        problems = _Problems()
        problems.require(bool(self.expression), "prepare needs at least one table: --expression FILE")
        problems.require(self.genes in ("expression", "all"), f"--genes is expression or all, got {self.genes!r}")
        if self.image_size is not None:
            fits = all(8 <= side <= 2048 for side in self.image_size)
            problems.require(fits, f"--image-size: both sides lie in 8..2048, got {self.image_size}")
        problems.raise_any()


@dataclass(frozen=True)
class SimulateConfig:
    """The synthetic embryo.

    Attributes
    ----------
    seed : int
    n_tfs, n_targets : int
        Regulators and regulated genes of the true network.
    n_samples : int
        Bulk RNA-seq samples, each from a perturbed embryo.
    embryos_per_gene : int
        Most images of one gene in one view.
    image_size : (height, width) in pixels
    genes_without_images : float
        Fraction of the genes that have none, 0..1.
    """

    seed: int = 0
    n_tfs: int = 48
    n_targets: int = 520
    n_samples: int = 72
    embryos_per_gene: int = 3
    image_size: tuple[int, int] = (32, 64)
    genes_without_images: float = 0.15

    def __post_init__(self) -> None:
        problems = _Problems()
        problems.require_seed(self.seed)
        problems.require(self.n_tfs >= 8, f"--tfs is at least 8, got {self.n_tfs}")
        problems.require(self.n_targets >= 10, f"--targets is at least 10, got {self.n_targets}")
        problems.require(self.n_samples >= 8, f"--samples is at least 8, got {self.n_samples}")
        problems.require(0 <= self.genes_without_images < 1, "genes_without_images lies in 0..1")
        problems.require(self.embryos_per_gene >= 1, "embryos_per_gene is at least 1")
        problems.require(min(self.image_size) >= 16, "image_size is at least 16 × 16")
        problems.raise_any()


@dataclass(frozen=True)
class ModelConfig:
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
    bins: int = 16
    hidden: int = 96
    dropout: float = 0.3
    single_modality_weight: float = 0.5

    def __post_init__(self) -> None:
        problems = _Problems()
        problems.require(self.modality in MODALITIES, f"--modality is rna, image or fused, got {self.modality!r}")
        problems.require(all(c >= 1 for c in self.channels) and bool(self.channels), "channels are at least 1")
        problems.require(min(self.bins, self.hidden) >= 1, "bins and hidden are at least 1")
        problems.require(0 <= self.dropout < 1, f"dropout lies in 0..1, got {self.dropout}")
        problems.require(self.single_modality_weight >= 0, "single_modality_weight is 0 or more")
        problems.raise_any()


@dataclass(frozen=True)
class TrainConfig:
    """How fold models are fitted.

    Attributes
    ----------
    model : ModelConfig
    folds : int
        Fold models of the cross-fitting.
    seed : int
        Decides folds, sampled negatives, initial weights and order.
    epochs, patience : int
        Most passes over the training pairs; stop after `patience` passes without a better validation loss.
    batch_size : int
    learning_rate, weight_decay : float
        Of AdamW.
    validation_fraction : float
        Part of the training pairs that early stopping looks at.
    negatives_per_positive : float
        Sampled negatives where the known edges have positives only.
    device : str
        "auto", "cpu", "cuda" or "cuda:N".
    """

    model: ModelConfig = field(default_factory=ModelConfig)
    folds: int = 5
    seed: int = 0
    epochs: int = 30
    patience: int = 8
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    validation_fraction: float = 0.1
    negatives_per_positive: float = 1.0
    device: str = "auto"

    def __post_init__(self) -> None:
        problems = _Problems()
        problems.require(self.folds >= 2, f"--folds is at least 2, got {self.folds}")
        problems.require_seed(self.seed)
        problems.require(self.epochs >= 1, f"--epochs is at least 1, got {self.epochs}")
        problems.require(self.patience >= 1, f"--patience is at least 1, got {self.patience}")
        problems.require(self.batch_size >= 2, f"--batch-size is at least 2, got {self.batch_size}")
        fits = 0 < self.learning_rate <= 1
        problems.require(fits, f"--learning-rate is above 0 and at most 1, got {self.learning_rate}")
        problems.require(0 < self.validation_fraction < 0.5, "validation_fraction lies between 0 and 0.5")
        ratio = self.negatives_per_positive
        problems.require(0 < ratio < float("inf"), f"--negatives-per-positive is above 0 and finite, got {ratio}")
        problems.raise_any()


EDGE_FORMATS = ("arboreto", "decoupler", "beeline")


@dataclass(frozen=True)
class InferConfig:
    """Which candidates become edges, and in which files.

    Attributes
    ----------
    probability : float or None
        Keep candidates of at least this calibrated probability.
    top : int or None
        Keep at most this many of the most probable candidates.
    top_per_target : int or None
        Keep at most this many regulators of each target.
    formats : tuple of str
        Further edge lists, of EDGE_FORMATS.
    batch_pairs : int
        Pairs scored at a time.
    device : str

    Notes
    -----
    Limits combine: an edge has to pass all that are given. Without any, `probability` is 0.9.
    """

    probability: float | None = None
    top: int | None = None
    top_per_target: int | None = None
    formats: tuple[str, ...] = ()
    batch_pairs: int = 65_536
    device: str = "auto"

    def __post_init__(self) -> None:
        problems = _Problems()
        if self.probability is not None:
            problems.require(0 <= self.probability <= 1, f"--probability lies in 0..1, got {self.probability}")
        for flag, value in (("--top", self.top), ("--top-per-target", self.top_per_target)):
            problems.require(value is None or value >= 1, f"{flag} is at least 1, got {value}")
        unknown = [name for name in self.formats if name not in EDGE_FORMATS]
        problems.require(not unknown, f"--format is one of {', '.join(EDGE_FORMATS)}, got {', '.join(unknown)}")
        problems.require(self.batch_pairs >= 1, f"--batch-pairs is at least 1, got {self.batch_pairs}")
        problems.raise_any()
        if self.probability is None and self.top is None and self.top_per_target is None:
            object.__setattr__(self, "probability", 0.9)


def to_plain(config: Any) -> dict[str, Any]:
    """Return a config as nested dictionaries of TOML values; None is left out, paths become text."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(key): plain(item) for key, item in value.items() if item is not None}
        if isinstance(value, tuple | list):
            return [plain(item) for item in value]
        return str(value) if isinstance(value, Path) else value

    result: dict[str, Any] = plain(asdict(config))
    return result
