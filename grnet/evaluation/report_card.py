"""The report card of one split: figures of a model beside its baselines, and warnings where they may mislead.

Enter: the tested pairs with labels, folds, and the out-of-fold probabilities of models and baselines. Leaves: figures
with intervals, a verdict on what the model adds beyond correlation, an ablation, and warnings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grnet.evaluation.ablation import Ablation, compare_modalities
from grnet.evaluation.beyond_correlation import (
    BeyondCorrelation,
    BeyondInputs,
    choose_best_other,
    look_beyond_correlation,
)
from grnet.evaluation.bootstrap import N_DRAWS, Estimate
from grnet.evaluation.cautions import (
    NO_BETTER_THAN_CHANCE,
    CardWarning,
    Figures,
    find_repeats,
    warn_of_chance,
    warn_of_correlation,
    warn_of_degree,
    warn_of_equal_baselines,
    warn_of_few_positives,
    warn_of_negatives,
    warn_of_repeats,
)
from grnet.evaluation.concordance import Comparisons, Concordance, estimate_card_figures
from grnet.evaluation.concordance_verdict import ConcordanceVerdict, judge_concordance
from grnet.evaluation.figure_names import name_columns
from grnet.evaluation.metrics import base_rate
from grnet.evaluation.per_tf import TfMedians, take_tf_medians
from grnet.evaluation.report_card_inputs import GROUPS, SPLIT_NAMES, CardInputs
from grnet.schema.notebook import render_block, render_figure, render_lines, render_table

__all__ = ["SPLIT_NAMES", "CardInputs", "CardRow", "ReportCard", "make_card"]
_GROUP_NAMES = {"pair": "gene pairs", "tf": "TFs", "target": "targets"}
NO_CORRELATION = "There is no expression, so it is unknown whether the model adds anything beyond correlation."
_NOTEBOOK_FIGURES = ("accuracy", "f1", "auroc", "auprc", "auprc_ratio", "early_precision_ratio", "calibration_error")
LOST_FROM = 0.01
FEWEST_GROUPS = 10


@dataclass(frozen=True)
class CardRow:
    """The figures of one predictor.

    Attributes
    ----------
    name : str
    is_baseline : bool
    figures : dict of name to Estimate
        Those of :data:`grnet.evaluation.bootstrap.FIGURES`: `.value` (mean over folds), `.low`, `.high`; and
        "concordance_within_tfs" or "concordance_within_targets", see :mod:`grnet.evaluation.concordance`.
    tf_medians : TfMedians
        Within one TF at a time.
    """

    name: str
    is_baseline: bool
    figures: dict[str, Estimate]
    tf_medians: TfMedians

    def to_json(self) -> dict[str, Any]:
        """Return the row with mean, low and high of each figure."""
        return {
            "name": self.name,
            "is_baseline": self.is_baseline,
            **{figure: estimate.to_json() for figure, estimate in self.figures.items()},
            "median_within_tf": self.tf_medians.to_json(),
        }


@dataclass(frozen=True)
class ReportCard:
    """The report card of one split.

    Attributes
    ----------
    inputs : CardInputs
    rows : tuple of CardRow
        Models, then baselines.
    verdict : str
        In sentences: where figures over all pairs mislead, whether its concordance is better than that of every
        baseline; then whether the model separates positives from negatives beyond correlation.
    by_concordance : ConcordanceVerdict or None
        None where figures over all pairs do not mislead.
    beyond : BeyondCorrelation or None
        None without expression.
    ablation : Ablation or None
        None where the model has one modality.
    warnings : tuple of CardWarning
    notes : tuple of str
        What to know of the intervals.
    """

    inputs: CardInputs
    rows: tuple[CardRow, ...]
    verdict: str
    by_concordance: ConcordanceVerdict | None
    beyond: BeyondCorrelation | None
    ablation: Ablation | None
    warnings: tuple[CardWarning, ...]
    notes: tuple[str, ...]

    @property
    def split(self) -> str:
        """Name of the split."""
        return self.inputs.split

    @property
    def title(self) -> str:
        """What the split tests, in words."""
        return SPLIT_NAMES[self.split]

    @property
    def model(self) -> CardRow:
        """The row of the model that the card is about."""
        return self.rows[0]

    @property
    def best_other(self) -> str | None:
        """The baseline of the highest AUROC, |Pearson| and random left out; None without others."""
        return choose_best_other({row.name: row.figures for row in self.rows}, self.inputs.baselines)

    @property
    def n(self) -> int:
        """Number of tested pairs."""
        return len(self.inputs.pairs)

    @property
    def base_rate(self) -> float:
        """Part of the tested pairs that is positive."""
        return base_rate(self.inputs.labels)

    @property
    def concordance(self) -> Concordance:
        """Which concordance stands among the figures: within TFs, or within targets where TFs are new."""
        return self.inputs.concordance

    @cached_property
    def comparisons(self) -> Comparisons:
        """The comparisons that the concordance is made of."""
        return Comparisons.count(self.inputs.resampling)

    def _repr_html_(self) -> str:
        columns = name_columns(_NOTEBOOK_FIGURES, self.concordance)
        rows = [(row.name, *(render_figure(row.figures[name].value) for name in columns)) for row in self.rows]
        models = [place for place, row in enumerate(self.rows) if not row.is_baseline]
        said = [self.verdict, *([] if self.ablation is None else [self.ablation.verdict])]
        said += [f"note: {note}" for note in self.notes] + [f"warning: {warning.text}" for warning in self.warnings]
        title = f"{self.title}: {self.n:,} pairs, {self.base_rate:.1%} positive; means over folds"
        return render_block(
            title, render_table(("out of fold", *columns.values()), rows, strong=models), render_lines(said)
        )

    def row(self, name: str) -> CardRow:
        """Return the row of a model or baseline.

        Raises
        ------
        KeyError
            There is none of that name.
        """
        return {row.name: row for row in self.rows}[name]

    def to_json(self) -> dict[str, Any]:
        """Return the card without its pairs; None in the place of figures that are not known."""
        return {
            "split": self.split,
            "model": self.model.name,
            "n": self.n,
            "n_positives": int(self.inputs.labels.sum()),
            "n_folds": len(np.unique(self.inputs.folds)),
            "base_rate": self.base_rate,
            self.concordance.within.lower().replace(" ", "_"): self.comparisons.to_json(),
            "bootstrap": {"draws": N_DRAWS, "seed": self.inputs.seed, "level": 0.95},
            "rows": [row.to_json() for row in self.rows],
            "verdict": self.verdict,
            "by_concordance": None if self.by_concordance is None else self.by_concordance.to_json(),
            "beyond_correlation": None if self.beyond is None else self.beyond.to_json(),
            "ablation": None if self.ablation is None else self.ablation.to_json(),
            "warnings": [warning.to_json() for warning in self.warnings],
            "notes": list(self.notes),
        }


def make_card(inputs: CardInputs) -> ReportCard:
    """Return the report card of one split, made on one thread so that it has the same bytes each time.

    Raises
    ------
    InputError
        A probability is impossible.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        figures = estimate_card_figures(inputs.resampling, inputs.predictors)
        warnings = _collect_warnings(inputs, figures)
        is_chance = any(warning.kind == NO_BETTER_THAN_CHANCE for warning in warnings)
        beyond = _look_beyond(inputs, figures, is_chance=is_chance)
        ablation = None
        if inputs.ablation:
            ablation = compare_modalities(inputs.resampling, inputs.ablation, inputs.with_images)
    by_concordance = judge_concordance(inputs, figures)
    verdicts = [] if by_concordance is None else [by_concordance.text]
    verdicts.append(NO_CORRELATION if beyond is None else beyond.verdict)
    medians = take_tf_medians(inputs.pairs.tf, inputs.labels, inputs.predictors)
    return ReportCard(
        inputs=inputs,
        rows=tuple(
            CardRow(name, name not in inputs.models, figures[name], medians[name]) for name in inputs.predictors
        ),
        verdict=" ".join(verdicts),
        by_concordance=by_concordance,
        beyond=beyond,
        ablation=ablation,
        warnings=warnings,
        notes=_note_intervals(inputs, figures),
    )


def _look_beyond(inputs: CardInputs, figures: Figures, *, is_chance: bool) -> BeyondCorrelation | None:
    if inputs.correlation is None or not np.isfinite(inputs.correlation).any():
        return None
    look = BeyondInputs(
        pairs=inputs.pairs,
        n_genes=inputs.n_genes,
        resampling=inputs.resampling,
        model=inputs.model,
        predictors=inputs.predictors,
        best_other=choose_best_other(figures, inputs.baselines),
        is_chance=is_chance,
    )
    return look_beyond_correlation(look, inputs.correlation)


def _collect_warnings(inputs: CardInputs, figures: Figures) -> tuple[CardWarning, ...]:
    follows = [] if inputs.correlation is None else warn_of_correlation(inputs.labels, inputs.correlation)
    repeated = inputs.repeated
    if repeated is None:
        repeated = find_repeats(inputs.pairs.unordered_keys(inputs.n_genes), inputs.folds)
    chance = warn_of_chance(inputs.model, figures, n_folds=len(np.unique(inputs.folds)))
    return (
        *chance,
        *warn_of_equal_baselines(inputs.model, inputs.baselines, figures),
        *follows,
        *warn_of_degree(figures),
        *warn_of_repeats(repeated, inputs.resampling, inputs.predictors[inputs.model]),
        *warn_of_negatives(inputs.negatives),
        *warn_of_few_positives(inputs.labels),
    )


def _note_intervals(inputs: CardInputs, figures: Figures) -> tuple[str, ...]:
    """Say where the intervals are rough."""
    notes = []
    lost = figures[inputs.model]["auroc"].lost
    if lost > LOST_FROM:
        notes.append(
            f"in {lost:.1%} of the bootstrap draws a fold had only one label; these draws are left out, so the "
            "intervals of AUROC, AUPRC and early precision are rough"
        )
    groups, fewest = GROUPS[inputs.split], inputs.resampling.fewest_groups()
    if fewest < FEWEST_GROUPS:
        notes.append(f"a fold has only {fewest} {_GROUP_NAMES[groups]} to draw from: the intervals are rough")
    within, n_genes = inputs.concordance, len(Comparisons.count(inputs.resampling).gene)
    if not n_genes:
        notes.append(f"no {within.gene} has pairs of both labels in one fold: there is no {within.title}")
    elif n_genes < FEWEST_GROUPS:
        notes.append(
            f"only {n_genes} {within.genes} have pairs of both labels in one fold: the interval of the {within.title} "
            "is rough"
        )
    return tuple(notes)
