"""What a user can set, as frozen dataclasses; every problem of a config is gathered and raised at once.

The configs of `prepare` and of the training are long and have files of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grnet.schema.network_formats import EDGE_FORMATS
from grnet.schema.problems import Problems
from grnet.schema.settings import setting
from grnet.schema.training_config import SCORING_PRECISIONS, ScoringPrecision

MOST_SIMULATED = 100_000
"""Genes of a kind, and samples, of a synthetic embryo."""
SIMULATED_FORMS = ("spots",)
"""Forms in which the synthetic embryo can be written beside tables and images."""


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
    also : tuple of {"spots"}
        Further forms in which the embryo is written.
    """

    seed: int = 0
    n_tfs: int = 48
    n_targets: int = 520
    n_samples: int = 72
    embryos_per_gene: int = 3
    image_size: tuple[int, int] = (32, 64)
    genes_without_images: float = 0.15
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = Problems()
        problems.require_seed(self.seed)
        problems.require_count("--tfs", self.n_tfs, least=8, most=MOST_SIMULATED)
        problems.require_count("--targets", self.n_targets, least=10, most=MOST_SIMULATED)
        problems.require_count("--samples", self.n_samples, least=8, most=MOST_SIMULATED)
        problems.require(0 <= self.genes_without_images < 1, "genes_without_images lies in 0..1")
        problems.require(self.embryos_per_gene >= 1, "embryos_per_gene is at least 1")
        problems.require(min(self.image_size) >= 16, "image_size is at least 16 × 16")
        unknown = [name for name in self.also if name not in SIMULATED_FORMS]
        problems.require(not unknown, f"--as is one of {', '.join(SIMULATED_FORMS)}, got {', '.join(unknown)}")
        problems.raise_any()


LIMITS = ("probability", "expected_precision", "top", "top_per_target")
"""Settings of :class:`InferConfig` of which an edge has to pass all that are given."""
SMALLEST_PRIOR = 1e-9
"""Less than one edge among a billion candidates cannot be told from none."""
FEWEST_EDGES, MOST_EDGES = 200, 2000
"""Bounds of the default network: fewer edges show no structure, more are read by nobody."""


def default_edges(n_known: int) -> int:
    """Return how many edges a network has by default: as many as there are known positive edges, within bounds.

    Parameters
    ----------
    n_known : int
        Candidates that were labelled as edges in the training.
    """
    return min(max(n_known, FEWEST_EDGES), MOST_EDGES)


@dataclass(frozen=True)
class InferConfig:
    """Which candidates become edges, and in which files.

    Attributes
    ----------
    probability : float or None
        Keep candidates of at least this probability.
    expected_precision : float or None
        Keep the most probable candidates, as many as have at least this mean probability; those that were labelled in
        the training do not count for the mean.
    top : int or None
        Keep at most this many of the most probable candidates.
    top_per_target : int or None
        Keep at most this many regulators of each target.
    with_known : bool
        Keep all candidates that were labelled as edges in the training, too, whatever the limits.
    prior : float or None
        Fraction of the candidates without a label that are edges, above 0 and below 1; None estimates it.
    formats : tuple of str
        Further files, of EDGE_FORMATS.
    batch_pairs : int or None
        Pairs of a score shard; None takes what suits the run's architecture.
    device : str
    memory : int or None
        Bytes that blocks in work may take on a device; None is a quarter of what is free.
    precision : {"fp32", "bf16"} or None
        Of the products in the heads of late interaction; None is fp32, and for other architectures the run's own.
    dask : str or None
        Address of a Dask scheduler, or "local:N" for N processes of this machine.

    Notes
    -----
    Limits combine: an edge has to pass all that are given. Without any, the most probable candidates are kept, as many
    as :func:`default_edges` says.
    """

    probability: float | None = setting(
        None, "--probability", "Keep candidates of at least this probability, such as 0.9.", kind="float"
    )
    expected_precision: float | None = setting(
        None,
        "--expected-precision",
        "Keep as many of the most probable novel edges as reach this expected precision, such as 0.8.",
        kind="float",
    )
    top: int | None = setting(None, "--top", "Keep at most N edges, the most probable first.", metavar="N")
    top_per_target: int | None = setting(
        None, "--top-per-target", "Keep at most N regulators of each target.", metavar="N"
    )
    with_known: bool = setting(False, "--with-known", "Also keep all known edges that were scored.", kind="flag")
    prior: float | None = setting(
        None,
        "--prior",
        "Fraction of true edges among the unlabelled candidates. Set it if you know it.",
        kind="float",
        shown="estimated",
        metavar="FRACTION",
    )
    formats: tuple[str, ...] = setting(
        (), "--format", "Also write this edge list. May be repeated.", kind="text", choices=EDGE_FORMATS, multiple=True
    )
    batch_pairs: int | None = setting(
        None,
        "--batch-pairs",
        "Write at most this many pairs to one score file. Fewer need less memory.",
        shown="65,536 to 262,144; sdinet: 256 to 1,024",
    )
    device: str = setting(
        "auto",
        "--device",
        "Compute on auto, cpu, cuda, cuda:N, or several GPUs: cuda:0,cuda:1.",
        kind="text",
        shown="auto",
    )
    memory: int | None = setting(
        None,
        "--memory",
        "Limit the memory for blocks of candidates, such as 2GB. Run and dataset are not included.",
        kind="text",
        shown="a quarter of what is free",
        metavar="SIZE",
    )
    precision: ScoringPrecision | None = setting(
        None,
        "--precision",
        "Precision of the matrix products. bf16 can be faster and is less exact.",
        kind="text",
        choices=SCORING_PRECISIONS,
        shown="fp32",
    )
    dask: str | None = setting(
        None,
        "--dask",
        "Score on a Dask cluster. Give the address of its scheduler, or local:N for N processes on this machine.",
        kind="text",
        metavar="ADDRESS",
    )

    def __post_init__(self) -> None:
        problems = Problems()
        if self.probability is not None:
            problems.require(0 <= self.probability <= 1, f"--probability lies in 0..1, got {self.probability}")
        if self.expected_precision is not None:
            fits = 0 <= self.expected_precision <= 1
            problems.require(fits, f"--expected-precision lies in 0..1, got {self.expected_precision}")
        if self.prior is not None:
            problems.require(0 < self.prior < 1, f"--prior is above 0 and below 1, got {self.prior}")
            fits = not 0 < self.prior < 1 or SMALLEST_PRIOR <= self.prior <= 1 - SMALLEST_PRIOR
            problems.require(fits, f"--prior lies in {SMALLEST_PRIOR:g}..1 - {SMALLEST_PRIOR:g}, got {self.prior}")
        problems.require_count("--top", self.top)
        problems.require_count("--top-per-target", self.top_per_target)
        unknown = [name for name in self.formats if name not in EDGE_FORMATS]
        problems.require(not unknown, f"--format is one of {', '.join(EDGE_FORMATS)}, got {', '.join(unknown)}")
        problems.require_count("--batch-pairs", self.batch_pairs)
        problems.require(self.memory is None or self.memory >= 1, f"--memory is at least one byte, got {self.memory}")
        fits = self.precision is None or self.precision in SCORING_PRECISIONS
        problems.require(fits, f"--precision is one of {', '.join(SCORING_PRECISIONS)}, got {self.precision!r}")
        one = self.dask is None or "," not in self.device
        problems.require(one, "--dask takes one --device, which every worker uses; leave the others out")
        problems.raise_any()

    @property
    def limits(self) -> dict[str, float | int]:
        """The limits that are given; without any the network is the default one."""
        return {name: getattr(self, name) for name in LIMITS if getattr(self, name) is not None}


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
