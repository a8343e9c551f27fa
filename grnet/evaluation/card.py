"""The report card of one split: how good a model is, beside its baselines, and what may mislead.

Enter: the tested pairs with labels, folds, and the out-of-fold probabilities of models and baselines. Leaves: figures
with intervals, a verdict on what the model adds beyond correlation, an ablation, and warnings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.evaluation.bootstrap import Estimate, Resampling, estimate_figures
from grnet.evaluation.metrics import base_rate
from grnet.evaluation.ranking import Floats
from grnet.evaluation.splits import check_labels
from grnet.schema.errors import InputError
from grnet.schema.genes import Indices, PairIndex

Bools = npt.NDArray[np.bool_]
SPLIT_NAMES = {
    "pair": "new pairs",
    "tf": "new TFs",
    "target": "new targets",
    "both": "new TFs and new targets",
    "paper": "the paper's folds",
}
_GROUPS = {"pair": "pair", "paper": "pair", "tf": "tf", "both": "tf", "target": "target"}


@dataclass(frozen=True)
class CardInputs:
    """What a report card is made from.

    Attributes
    ----------
    split : {"pair", "tf", "target", "both", "paper"}
    pairs : PairIndex of P pairs
        The tested pairs: those with an out-of-fold prediction.
    labels, folds : int8 arrays [P]
    models : mapping of name to float64 array [P]
        Out-of-fold probabilities; the first is the model that the card is about.
    baselines : mapping of name to float64 array [P]
        See :func:`grnet.evaluation.baselines.out_of_fold_baselines`.
    correlation : float64 array [P] or None
        Pearson's r, NaN where unknown; None without expression.
    with_images : bool array [P]
        Both genes have images of one view.
    ablation : mapping of name to float64 array [P]
        Out-of-fold probabilities of the model on one modality or on both; empty where it has one modality.
    n_genes : int
    seed : int
        Of the bootstrap.

    Raises
    ------
    InputError
        An unknown split, no model, no pairs, or lengths that differ.
    """

    split: str
    pairs: PairIndex
    labels: npt.NDArray[np.int8]
    folds: npt.NDArray[np.int8]
    models: Mapping[str, Floats]
    baselines: Mapping[str, Floats]
    correlation: Floats | None
    with_images: Bools
    ablation: Mapping[str, Floats]
    n_genes: int
    seed: int

    def __post_init__(self) -> None:
        n = len(self.pairs)
        if self.split not in SPLIT_NAMES:
            raise InputError(f"the split is one of {', '.join(SPLIT_NAMES)}, got {self.split!r}")
        if not self.models:
            raise InputError("a report card needs the probabilities of a model, got baselines only")
        if not n:
            raise InputError("a report card needs tested pairs, got none")
        check_labels(self.labels, n)
        arrays = {"folds": self.folds, "with_images": self.with_images, **self.predictors, **self.ablation}
        if self.correlation is not None:
            arrays["correlation"] = self.correlation
        for name, values in arrays.items():
            if values.shape != (n,):
                raise InputError(f"{name}: expected a value for each of {n} pairs, got shape {values.shape}")

    @property
    def model(self) -> str:
        """Name of the model that the card is about."""
        return next(iter(self.models))

    @property
    def predictors(self) -> dict[str, Floats]:
        """Models, then baselines."""
        return {**self.models, **self.baselines}

    @cached_property
    def groups(self) -> Indices:
        """What the split keeps together, int64 [P]: the unordered pair, the TF or the target."""
        by = _GROUPS[self.split]
        if by == "pair":
            return self.pairs.unordered_keys(self.n_genes)
        return self.pairs.tf if by == "tf" else self.pairs.target

    @cached_property
    def resampling(self) -> Resampling:
        """What the bootstrap draws from."""
        return Resampling(self.labels, self.folds, self.groups, self.seed)


@dataclass(frozen=True)
class CardRow:
    """The figures of one predictor.

    Attributes
    ----------
    name : str
    is_baseline : bool
    figures : dict of name to Estimate
        Those of :data:`grnet.evaluation.bootstrap.FIGURES`: `.value` (mean over folds), `.low`, `.high`.
    """

    name: str
    is_baseline: bool
    figures: dict[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        """Return the row with mean, low and high of each figure."""
        return {
            "name": self.name,
            "is_baseline": self.is_baseline,
            **{figure: estimate.to_json() for figure, estimate in self.figures.items()},
        }


@dataclass(frozen=True)
class CardWarning:
    """What may mislead in the figures: `kind` is one word for programs, `text` says what, how much, what to do."""

    kind: str
    text: str


@dataclass(frozen=True)
class ReportCard:
    """The report card of one split.

    Attributes
    ----------
    inputs : CardInputs
    rows : tuple of CardRow
        Models, then baselines.
    verdict : str
        Whether the model tells pairs apart beyond correlation, as a sentence.
    warnings : tuple of CardWarning
    """

    inputs: CardInputs
    rows: tuple[CardRow, ...]
    verdict: str
    warnings: tuple[CardWarning, ...] = field(default=())

    @property
    def split(self) -> str:
        """Name of the split."""
        return self.inputs.split

    @property
    def title(self) -> str:
        """What the split tests, in words."""
        return SPLIT_NAMES[self.split]

    @property
    def n(self) -> int:
        """Number of tested pairs."""
        return len(self.inputs.pairs)

    @property
    def base_rate(self) -> float:
        """Part of the tested pairs that is positive."""
        return base_rate(self.inputs.labels)

    def row(self, name: str) -> CardRow:
        """Return the row of a model or baseline.

        Raises
        ------
        KeyError
            There is none of that name.
        """
        return {row.name: row for row in self.rows}[name]

    def to_json(self) -> dict[str, Any]:
        """Return the card without pairs; None in the place of figures that are not known."""
        return {
            "split": self.split,
            "n": self.n,
            "base_rate": self.base_rate,
            "rows": [row.to_json() for row in self.rows],
            "verdict": self.verdict,
            "warnings": [{"kind": warning.kind, "text": warning.text} for warning in self.warnings],
        }


def make_card(inputs: CardInputs) -> ReportCard:
    """Return the report card of one split.

    Raises
    ------
    InputError
        A probability is impossible.
    """
    figures = estimate_figures(inputs.resampling, inputs.predictors)
    rows = tuple(CardRow(name, name not in inputs.models, figures[name]) for name in inputs.predictors)
    return ReportCard(inputs, rows, verdict="")
