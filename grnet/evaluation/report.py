"""The report pages: of a training run, and of a network compared with known edges.

Enter: labels, probabilities, figures, an evaluation. Leaves: one HTML file that opens anywhere and is the same, byte
for byte, for the same input.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy.typing as npt

from grnet.evaluation.baselines import DEGREE
from grnet.evaluation.curves import calibration_curve, precision_recall_curve, roc_curve
from grnet.evaluation.figures import COUNTS, PER_FOLD, FigureRow, compare, fold_table
from grnet.evaluation.metrics import CALIBRATION_BINS, base_rate
from grnet.evaluation.network_evaluation import MODEL, NetworkEvaluation
from grnet.evaluation.page import Page, format_mean, format_number
from grnet.evaluation.plots import (
    HistoryRow,
    is_baseline,
    plot_calibration,
    plot_history,
    plot_precision_at_top,
    plot_precision_recall,
    plot_probabilities,
    plot_roc,
    style_names,
)
from grnet.evaluation.ranking import check_scores
from grnet.evaluation.strata import tabulate_strata
from grnet.schema.errors import InputError
from grnet.schema.storage import replace_file

_COLUMNS = {"accuracy": "accuracy", "f1": "F1", "auroc": "AUROC", "auprc": "AUPRC", "brier": "Brier score"}
_UNSCORED_SHOWN = 50


@dataclass(frozen=True)
class TrainingReport:
    """What the report of a training run shows.

    Attributes
    ----------
    title : str
    labels, folds : int arrays [P]
    probabilities : mapping of name to float array [P]
        Out-of-fold; one model or more, in order, and baselines.
    settings : mapping
        Shown as a table; may be nested.
    history : mapping of stage to mapping of fold name to rows of (epoch, training loss, validation loss)
    notes : sequence of str
        Paragraphs under the title.
    correlation : float array [P] or None
        Pearson r of the pairs, NaN where unknown: adds the table of strata.
    """

    title: str
    labels: npt.ArrayLike
    folds: npt.ArrayLike
    probabilities: Mapping[str, npt.ArrayLike]
    settings: Mapping[str, Any] = field(default_factory=dict)
    history: Mapping[str, Mapping[str, Sequence[HistoryRow]]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    correlation: npt.ArrayLike | None = None

    def __post_init__(self) -> None:
        if not self.models:
            raise InputError("a training report needs the probabilities of a model, got baselines only")

    @property
    def models(self) -> list[str]:
        """Names that are no baseline."""
        return [name for name in self.probabilities if not is_baseline(name)]


def write_report(path: Path, report: TrainingReport) -> None:
    """Write the report of a training run as one HTML file.

    Raises
    ------
    InputError
        Lengths differ, or a value is impossible.
    """
    page = Page(report.title)
    for note in report.notes:
        page.add_text(note)
    _add_figures(page, compare(report.labels, report.probabilities, report.folds))
    _add_curves(page, report)
    if report.correlation is not None:
        _add_strata(page, report, report.correlation)
    page.add_heading("Folds")
    for name in report.models:
        page.add_text(f"{name}, each fold alone")
        _add_folds(page, report, name)
    if report.history:
        _add_history(page, report.history)
    _finish(page, report.settings, path)


def write_evaluation_report(
    path: Path,
    evaluation: NetworkEvaluation,
    *,
    title: str,
    settings: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Write the report of a network's evaluation as one HTML file."""
    page = Page(title)
    for note in (*notes, evaluation.statement):
        page.add_text(note)
    page.add_text(
        f"{evaluation.n_pairs:,} pairs, {evaluation.n_positives:,} of them positive: "
        f"a base rate of {format_number(evaluation.base_rate, decimals=4)}."
    )
    _add_rankings(page, evaluation)
    styles = style_names([ranking.name for ranking in evaluation.rankings])
    tops = {ranking.name: ranking.precision_at for ranking in evaluation.rankings}
    page.add_heading("Curves")
    page.add_plots(
        [
            plot_roc(evaluation.roc, styles),
            plot_precision_recall(evaluation.precision_recall, styles, base_rate=evaluation.base_rate),
            plot_precision_at_top(tops, styles),
            plot_calibration({MODEL: evaluation.calibration}, styles),
        ]
    )
    _add_stated_precision(page, evaluation)
    _add_unscored(page, evaluation)
    _finish(page, settings or {}, path)


def _add_figures(page: Page, rows: Sequence[FigureRow]) -> None:
    """Add the table of models and, below a line, baselines."""
    page.add_heading("Figures")
    page.add_text(
        "Every pair is predicted by a model that was fitted without its fold. Mean ± standard deviation over folds; "
        "accuracy and F1 at a probability of 0.5; calibration error over all pairs. Below the line: simple rules on "
        "the same folds."
    )
    table = []
    for row in rows:
        figures = [format_mean(getattr(row, name), getattr(row, f"{name}_sd")) for name in PER_FOLD]
        table.append((row.name, *figures, format_number(row.calibration_error)))
    models = [position for position, row in enumerate(rows) if not row.is_baseline]
    columns = ("", *(_COLUMNS[name] for name in PER_FOLD), "calibration error")
    page.add_table(columns, table, strong=models, apart=[len(models)])
    if any(row.name == DEGREE and row.auroc < 0.5 for row in rows):
        page.add_text(
            f"“{DEGREE}” falls below 0.5 where genes are balanced between the labels: what is held out is missing from "
            "the rest, so a gene with a held-out edge shows fewer edges there."
        )


def _add_curves(page: Page, report: TrainingReport) -> None:
    """Add ROC, precision-recall, calibration, and the histogram of the first model."""
    styles = style_names(list(report.probabilities))
    roc = {name: roc_curve(report.labels, p) for name, p in report.probabilities.items()}
    recall = {name: precision_recall_curve(report.labels, p) for name, p in report.probabilities.items()}
    calibration = {name: calibration_curve(report.labels, report.probabilities[name]) for name in report.models}
    labels, probabilities = check_scores(report.labels, report.probabilities[report.models[0]])
    page.add_heading("Curves")
    page.add_text(
        f"Pairs of all folds together. Calibration: bins of about {len(labels) / CALIBRATION_BINS:,.0f} pairs (point "
        "at one for its count), with 95 % intervals; on the diagonal, stated probabilities are what is observed."
    )
    page.add_plots(
        [
            plot_roc(roc, styles),
            plot_precision_recall(recall, styles, base_rate=base_rate(labels)),
            plot_calibration(calibration, styles),
            plot_probabilities(labels, probabilities),
        ]
    )


def _add_strata(page: Page, report: TrainingReport, correlation: npt.ArrayLike) -> None:
    page.add_heading("Beyond correlation")
    page.add_text(
        "AUROC among pairs of about the same |Pearson r|: where correlation alone cannot tell the labels apart, "
        "what is above 0.5 is what a model adds."
    )
    table = tabulate_strata(report.labels, report.probabilities, correlation)
    rows = []
    for position in range(len(table)):
        low, high, n, *figures = (float(value) for value in table.iloc[position])
        bounds = "no expression" if math.isnan(low) else f"{format_number(low)} to {format_number(high)}"
        rows.append((bounds, f"{n:,.0f}", *(format_number(figure) for figure in figures)))
    page.add_table(("|r|", "pairs", "base rate", *report.probabilities), rows)


def _add_folds(page: Page, report: TrainingReport, name: str) -> None:
    table = fold_table(report.labels, report.probabilities[name], report.folds)
    rows = []
    for position, fold in enumerate(table["fold"]):
        row = table.iloc[position]
        figures = [format_number(float(row[figure])) for figure in ("base_rate", *PER_FOLD)]
        counts = [f"{float(row[count]):,.0f}" for count in ("n", *COUNTS)]
        rows.append((str(fold), counts[0], *figures, *counts[1:]))
    columns = ("fold", "pairs", "base rate", *(_COLUMNS[figure] for figure in PER_FOLD), *map(str.upper, COUNTS))
    page.add_table(columns, rows, apart=[len(rows) - 2])


def _add_history(page: Page, history: Mapping[str, Mapping[str, Sequence[HistoryRow]]]) -> None:
    """Add a plot of the losses for each stage; a fold has one colour in all of them."""
    page.add_heading("Training history")
    page.add_text(
        "Dotted: training loss. Solid: loss on the held-out part that decides when to stop; ring: its best. A colour "
        "for each fold." + (" Each stage has a loss of its own; they do not compare." if len(history) > 1 else "")
    )
    folds = list(dict.fromkeys(name for stage in history.values() for name in stage))
    page.add_plots([plot_history(stage, rows, folds=folds) for stage, rows in history.items()])


def _add_rankings(page: Page, evaluation: NetworkEvaluation) -> None:
    """Add the table of the model's ranking and the baselines'."""
    page.add_heading("Figures")
    page.add_text(
        "Ratios are over the base rate: 1 is random order. Early precision: among as many pairs as positives. "
        "Below the line: simple rules on the same pairs."
    )
    ks = list(evaluation.model.precision_at)
    rows = []
    for ranking in evaluation.rankings:
        areas = (ranking.auroc, ranking.auprc, ranking.auprc_ratio, ranking.early_precision)
        figures = (*areas, ranking.early_precision_ratio, *ranking.precision_at.values())
        rows.append((ranking.name, *(format_number(value) for value in figures)))
    tops = (f"best {k:,}" for k in ks)
    columns = ("", "AUROC", "AUPRC", "AUPRC ratio", "early precision", "early ratio", *tops)
    page.add_table(columns, rows, strong=[0], apart=[1])


def _add_stated_precision(page: Page, evaluation: NetworkEvaluation) -> None:
    page.add_heading("Stated and observed precision")
    page.add_text(
        "Among the pairs of at least a probability: the mean probability is the precision that the model states. Where "
        "unlisted pairs count as negatives, the observed precision is a lower bound: true edges may be unlisted."
    )
    rows = [
        (f"{entry.threshold:g} and above", f"{entry.n:,}", format_number(entry.expected), format_number(entry.observed))
        for entry in evaluation.stated_precision
    ]
    page.add_table(("probability", "pairs", "stated", "observed"), rows)
    overstated = any(entry.n and entry.expected > entry.observed for entry in evaluation.stated_precision)
    if overstated and evaluation.base_rate < evaluation.trained_base_rate:
        page.add_text(
            "Observed lies below stated because probabilities are calibrated on the labelled pairs, where the base "
            f"rate is {format_number(evaluation.trained_base_rate)}; the base rate of this universe is "
            f"{format_number(evaluation.base_rate, decimals=4)}, so fewer pairs of a given probability are edges. Read "
            "probabilities as a ranking here."
        )


def _add_unscored(page: Page, evaluation: NetworkEvaluation) -> None:
    """Say which known edges count and which have no score, and why."""
    page.add_heading("Known edges")
    n = len(evaluation.unscored)
    repeats = f" {evaluation.n_repeats:,} further rows repeat one of them." if evaluation.n_repeats else ""
    page.add_text(f"{evaluation.n_known:,} distinct known edges; {n:,} of them have no score.{repeats}")
    if not n:
        return
    page.add_table(
        ("reason", "edges"), [(reason, f"{count:,}") for reason, count in evaluation.unscored_reasons.items()]
    )
    if n > _UNSCORED_SHOWN:
        page.add_text(f"The first {_UNSCORED_SHOWN} of them:")
    rows = [(edge.tf, edge.target, str(edge.label), edge.reason) for edge in evaluation.unscored[:_UNSCORED_SHOWN]]
    page.add_table(("TF", "target", "label", "reason"), rows, n_text=4)


def _finish(page: Page, settings: Mapping[str, Any], path: Path) -> None:
    """Add the settings and write the page."""
    if settings:
        page.add_heading("Settings")
        page.add_settings(settings)
    with replace_file(path) as temporary:
        temporary.write_text(page.render(), encoding="utf-8")
