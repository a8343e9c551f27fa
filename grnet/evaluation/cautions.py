"""Warnings about figures that mislead: one function for each reason, each returns warnings or none.

Enter: figures with intervals, labels, folds, correlations. Leave: warnings that say what is the matter, how much, and
what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.division.given_negatives import GivenNegatives
from grnet.evaluation.baseline_inputs import DEGREE, KNOWN_DEGREES, RANDOM
from grnet.evaluation.bootstrap import Estimate, Resampling, format_estimate
from grnet.evaluation.metrics import auroc
from grnet.schema.arrays import NO_FOLD, Bools, Float64, Indices

BASELINE_AS_GOOD = "baseline-as-good"
LABELS_FOLLOW_CORRELATION = "labels-follow-correlation"
LABELS_ARE_CORRELATION = "labels-are-correlation"
DEGREE_PREDICTS = "degree-predicts"
REPEATS_ACROSS_FOLDS = "repeats-across-folds"
FEW_POSITIVES = "few-positives"
NO_BETTER_THAN_CHANCE = "no-better-than-chance"
NEGATIVES_DIFFER = "negatives-differ"

KIND_NAMES = {
    BASELINE_AS_GOOD: "a simple baseline is as good",
    LABELS_FOLLOW_CORRELATION: "labels follow correlation",
    LABELS_ARE_CORRELATION: "labels are a threshold on correlation",
    DEGREE_PREDICTS: "degree alone predicts",
    REPEATS_ACROSS_FOLDS: "repeats across folds",
    FEW_POSITIVES: "few positives",
    NO_BETTER_THAN_CHANCE: "no better than chance",
    NEGATIVES_DIFFER: "negatives differ from candidates",
}
"""What a kind of warning is called on a page."""

FOLLOWS_FROM, IS_FROM, DEGREE_FROM, FEWEST_POSITIVES, HARDLY = 0.9, 0.995, 0.75, 50, 0.55
Figures = Mapping[str, Mapping[str, Estimate]]
"""Name of a model or baseline → name of a figure → estimate."""


@dataclass(frozen=True)
class CardWarning:
    """What may mislead in the figures: `kind` is a fixed word for programs, `text` says what, how much, what to do."""

    kind: str
    text: str

    def to_json(self) -> dict[str, str]:
        """Return kind and text."""
        return {"kind": self.kind, "text": self.text}


def warn_of_chance(model: str, figures: Figures, *, n_folds: int) -> list[CardWarning]:
    """Warn where the model's AUROC cannot be told from 0.5, or is too near to it to be of use.

    The interval is that of fixed models. The training sets of the folds overlap, so their mean moves more from one set
    of labels to the next: by the factor √(1 + K / (K − 1)) for K folds (Nadeau & Bengio 2003,
    doi:10.1023/A:1024068626366).
    """
    own = figures[model]["auroc"]
    reach = (own.value - own.low) * np.sqrt(1 + n_folds / max(n_folds - 1, 1))
    if np.isnan(own.low) or (own.value - reach > 0.5 and own.value >= HARDLY):
        return []
    words = "no" if own.value - reach <= 0.5 else "hardly"
    text = (
        f"{model} is {words} better than chance here: its AUROC is {format_estimate(own)}; random order has 0.5. "
        "Do not use its scores for pairs of this kind."
    )
    return [CardWarning(NO_BETTER_THAN_CHANCE, text)]


def warn_of_equal_baselines(model: str, baselines: Iterable[str], figures: Figures) -> list[CardWarning]:
    """Warn of baselines to which the model's lead in AUROC has an interval that reaches 0."""
    equal = []
    for name in baselines:
        lead = figures[model]["auroc"].minus(figures[name]["auroc"])
        if name != RANDOM and not np.isnan(lead.low) and lead.low <= 0:
            equal.append(f"{name}, {format_estimate(lead, sign=True)}")
    if not equal:
        return []
    rules = "A simple baseline performs" if len(equal) == 1 else "Simple baselines perform"
    text = (
        f"{rules} as well as {model} on these pairs. AUROC of the model minus the baseline: {'; '.join(equal)}. "
        "Report both, and prefer the baseline unless the model is better elsewhere."
    )
    return [CardWarning(BASELINE_AS_GOOD, text)]


def warn_of_correlation(labels: npt.NDArray[np.integer[Any]], correlation: Float64) -> list[CardWarning]:
    """Warn where the order of |r| (or of r) alone nearly gives the labels; over all pairs that have an r."""
    known = np.isfinite(correlation)
    orders = {"|r|": np.abs(correlation[known]), "r": correlation[known]}
    areas = {name: auroc(labels[known], values) for name, values in orders.items()}
    name = max(areas, key=lambda entry: np.nan_to_num(max(areas[entry], 1 - areas[entry])))
    area = max(areas[name], 1 - areas[name])
    if np.isnan(area) or area < FOLLOWS_FROM:
        return []
    if area >= IS_FROM:
        text = (
            f"The labels are a threshold on {name}, or nearly: {name} alone has AUROC {area:.4f}. On such labels a "
            "model can only learn to compute the correlation, and no figure here says anything about regulation. Take "
            "known edges from another source than co-expression."
        )
        return [CardWarning(LABELS_ARE_CORRELATION, text)]
    text = (
        f"The labels follow {name}: {name} alone, without any training, has AUROC {area:.3f}. Most of what any model "
        "achieves on these labels is correlation. Look at what the model adds beyond it, and report both."
    )
    return [CardWarning(LABELS_FOLLOW_CORRELATION, text)]


def warn_of_degree(figures: Figures) -> list[CardWarning]:
    """Warn where knowing which TF and which target is enough, or how many edges each of them has."""
    areas = {name: figures[name]["auroc"].value for name in (DEGREE, KNOWN_DEGREES) if name in figures}
    name = max(areas, key=lambda entry: np.nan_to_num(areas[entry]), default=DEGREE)
    area = areas.get(name, float("nan"))
    if np.isnan(area) or area < DEGREE_FROM:
        return []
    known = "The numbers of known edges" if name == KNOWN_DEGREES else "The names"
    text = (
        f"{known} of TF and target alone predict the labels well: “{name}” has AUROC {area:.3f}, without any "
        "measurement. Some genes have mostly positive pairs and others mostly negative ones. Look at new TFs and new "
        "targets, at the medians within a TF, and at negatives matched on degree."
    )
    return [CardWarning(DEGREE_PREDICTS, text)]


def warn_of_repeats(repeated: Bools, sample: Resampling, probabilities: Float64) -> list[CardWarning]:
    """Warn of tested pairs [P] whose repeat or reverse was trained on, see :func:`find_repeats`."""
    n = int(repeated.sum())
    if not n:
        return []
    whole, rest = (_mean_auroc(sample.take(rows), probabilities[rows]) for rows in (repeated | True, ~repeated))
    positives = int(sample.labels[repeated].sum())
    without = "" if np.isnan(rest) else f" (AUROC {whole:.3f}; without these pairs {rest:.3f})"
    text = (
        f"{n:,} of {len(repeated):,} pairs ({n / len(repeated):.1%}) have a repeat or their reverse in another fold, "
        f"among them {positives:,} of {int(sample.labels.sum()):,} positives. So a model may have memorised their label"
        f"{without}. Remove the repeats from the known edges, or use a split "
        "that keeps them together (--split pair)."
    )
    return [CardWarning(REPEATS_ACROSS_FOLDS, text)]


def _mean_auroc(sample: Resampling, probabilities: Float64) -> float:
    areas = [auroc(sample.labels[rows], probabilities[rows]) for rows in sample.rows_of_folds()]
    known = [area for area in areas if np.isfinite(area)]
    return float(np.mean(known)) if known else float("nan")


def find_repeats(keys: Indices, folds: npt.NDArray[np.integer[Any]], train: Bools | None = None) -> Bools:
    """Return which tested pairs have a repeat or their reverse among the pairs that their model learnt from.

    Parameters
    ----------
    keys : int64 array [P]
        Equal for a pair, its repeats and its reverse: :meth:`~grnet.schema.genes.PairIndex.unordered_keys`.
    folds : int array [P]
        -1 for a pair that is never tested.
    train : bool array [K, P] or None
        Which pairs the model of fold k learns from; None is all pairs of the other folds.

    Returns
    -------
    bool array [P]
        False for a pair that is never tested.
    """
    repeated = np.zeros(len(keys), dtype=bool)
    for fold in np.unique(folds[folds != NO_FOLD]):
        test = folds == fold
        repeated[test] = np.isin(keys[test], keys[~test if train is None else train[fold]])
    return repeated


def warn_of_negatives(negatives: GivenNegatives | None) -> list[CardWarning]:
    """Warn of given negatives that differ from the candidates; None are sampled ones."""
    if negatives is None or not negatives.differ:
        return []
    said = f"{negatives.text[:1].upper()}{negatives.text[1:]}"
    text = (
        f"{said} So figures on these pairs do not say how well candidates are ranked: for that, compare the network "
        "with edges that it was not trained on (grnet evaluate --universe tested --novel-only)."
    )
    return [CardWarning(NEGATIVES_DIFFER, text)]


def warn_of_few_positives(labels: npt.NDArray[np.integer[Any]]) -> list[CardWarning]:
    """Warn where there are fewer than 50 positives."""
    n = int(labels.sum())
    if n >= FEWEST_POSITIVES:
        return []
    text = (
        f"Only {n:,} of {len(labels):,} tested pairs are positive. With fewer than {FEWEST_POSITIVES}, a few pairs "
        "decide every figure. Add known edges, and rely on the intervals, not the means."
    )
    return [CardWarning(FEW_POSITIVES, text)]
