"""What a report card is made from: the tested pairs of one split and what models and baselines say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from grnet.division.given_negatives import GivenNegatives
from grnet.evaluation.bootstrap import Resampling
from grnet.evaluation.concordance import CONCORDANCES, Concordance
from grnet.schema.arrays import Bools, Float64, Indices, Int8, check_labels
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex

SPLIT_NAMES = {
    "pair": "new pairs",
    "tf": "new TFs",
    "target": "new targets",
    "both": "new TFs and new targets",
    "paper": "the paper's folds",
}
GROUPS = {"pair": "pair", "paper": "pair", "tf": "tf", "both": "tf", "target": "target"}


def find_groups(split: str, pairs: PairIndex, n_genes: int) -> Indices:
    """Return what a split keeps together, int64 [P]: the unordered pair, the TF or the target."""
    by = GROUPS[split]
    if by == "pair":
        return pairs.unordered_keys(n_genes)
    return pairs.tf if by == "tf" else pairs.target


def compared_by(split: str) -> Concordance:
    """Return which genes the concordance of a split compares pairs within: targets where TFs are new, else TFs."""
    return CONCORDANCES["target" if split == "tf" else "tf"]


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
    repeated : bool array [P] or None
        Whether a repeat of the pair, or its reverse, was trained on by the model that scored it, see
        :func:`grnet.evaluation.cautions.find_repeats`. None: the models learnt from all pairs of the other folds.
    negatives : GivenNegatives or None
        How the negatives were chosen; None where grnet sampled them.

    Raises
    ------
    InputError
        An unknown split, no model, no pairs, or lengths that differ.
    """

    split: str
    pairs: PairIndex
    labels: Int8
    folds: Int8
    models: Mapping[str, Float64]
    baselines: Mapping[str, Float64]
    correlation: Float64 | None
    with_images: Bools
    ablation: Mapping[str, Float64]
    n_genes: int
    seed: int
    repeated: Bools | None = None
    negatives: GivenNegatives | None = None

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
        optional = {"correlation": self.correlation, "repeated": self.repeated}
        arrays |= {name: values for name, values in optional.items() if values is not None}
        for name, values in arrays.items():
            if values.shape != (n,):
                raise InputError(f"{name}: expected a value for each of {n} pairs, got shape {values.shape}")

    @property
    def model(self) -> str:
        """Name of the model that the card is about."""
        return next(iter(self.models))

    @property
    def predictors(self) -> dict[str, Float64]:
        """Models, then baselines."""
        return {**self.models, **self.baselines}

    @property
    def concordance(self) -> Concordance:
        """Which genes the concordance compares pairs within."""
        return compared_by(self.split)

    @property
    def compared(self) -> Indices:
        """The gene within which the concordance compares each pair, int64 [P]."""
        return self.pairs.tf if self.concordance.role == "tf" else self.pairs.target

    @cached_property
    def groups(self) -> Indices:
        """What the split keeps together, int64 [P]: the unordered pair, the TF or the target."""
        return find_groups(self.split, self.pairs, self.n_genes)

    @cached_property
    def resampling(self) -> Resampling:
        """What the bootstrap draws from."""
        role = self.concordance.role
        return Resampling(self.labels, self.folds, self.groups, self.seed, compared=self.compared, role=role)
