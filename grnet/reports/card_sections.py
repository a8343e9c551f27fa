"""The section of one report card on the page: figures, plots, strata, matched sets, ablation, folds.

Enters: a report card. Leave: the parts of the section, added to a page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from grnet.evaluation.ablation import FUSED, Ablation
from grnet.evaluation.baselines import DEGREE, PEARSON, SPEARMAN
from grnet.evaluation.beyond_correlation import BeyondCorrelation
from grnet.evaluation.bootstrap import Estimate, format_figure
from grnet.evaluation.curves import calibration_curve, precision_recall_curve, roc_curve
from grnet.evaluation.figure_names import FIGURE_NAMES, name_columns
from grnet.evaluation.fold_figures import COUNTS, PER_FOLD, fold_table
from grnet.evaluation.metrics import CALIBRATION_BINS
from grnet.evaluation.report_card import ReportCard
from grnet.reports.html_page import Cell, Page, format_number
from grnet.reports.plots import (
    HistoryRow,
    plot_calibration,
    plot_history,
    plot_intervals,
    plot_precision_recall,
    plot_probabilities,
    plot_roc,
    style_names,
)
from grnet.schema.arrays import check_scores

if TYPE_CHECKING:
    import plotly.graph_objects as go

NEAR = 0.15


def add_card(page: Page, card: ReportCard, *, history: Mapping[str, Mapping[str, Sequence[HistoryRow]]]) -> None:
    """Add the section of a card; `history` is stage → fold → (epoch, training loss, validation loss)."""
    page.add_heading(capitalise(card.title))
    n_folds = len(set(card.inputs.folds.tolist()))
    page.add_text(
        f"{card.n:,} pairs in {n_folds} folds, {card.base_rate:.1%} positive. Every pair is predicted by a model that "
        "was fitted without its fold."
    )
    page.add_box([warning.text for warning in card.warnings], kind="warning")
    page.add_box([card.verdict, *([] if card.ablation is None else [card.ablation.verdict])], kind="finding")
    _add_figures(page, card)
    _add_curves(page, card)
    if card.beyond is not None:
        _add_beyond(page, card.beyond)
    if card.ablation is not None:
        _add_ablation(page, card.ablation)
    page.add_subheading("Folds")
    for name in card.inputs.models:
        page.add_text(f"{name}, each fold alone; counts at a probability of 0.5")
        _add_folds(page, card, name)
    if history:
        _add_history(page, history)


def _add_figures(page: Page, card: ReportCard) -> None:
    """Add the table of models and, below a line, baselines, and the plot of their intervals."""
    within = card.concordance
    page.add_subheading("Figures")
    page.add_text(
        "Mean over folds; small: 95 % interval of a bootstrap that draws what the split keeps together. Accuracy and "
        "F1 at a probability of 0.5; ratios are over the base rate (1 is random order), early: among as many pairs as "
        "there are positives; calibration error: how far stated probabilities are from observed rates, over all pairs; "
        f"{within.title}: how often a positive is above a negative of the same {within.gene} and fold, ties one half "
        f"(0.5 is random order), over {card.comparisons.describe()}, which its bootstrap draws; within a TF: median "
        f"over the {card.model.tf_medians.n_tfs:,} TFs with five or more tested pairs of each label."
    )
    columns = name_columns(tuple(FIGURE_NAMES), within)
    rows: list[list[Cell]] = []
    for row in card.rows:
        cells = [format_cell(row.figures[figure]) for figure in columns]
        medians = (row.tf_medians.auroc, row.tf_medians.auprc_ratio)
        rows.append([row.name, *cells, *(format_number(value) for value in medians)])
    models = [place for place, row in enumerate(card.rows) if not row.is_baseline]
    titles = ("", *columns.values(), "AUROC within a TF", "AUPRC / base within a TF")
    page.add_table(titles, rows, strong=models, apart=[len(models)])
    page.add_text(
        f"Below the line: simple rules on the same pairs. {PEARSON} and {SPEARMAN} are logistic regression on the size "
        "of the correlation alone."
    )
    if any(row.name == DEGREE and row.figures["auroc"].value < 0.5 for row in card.rows):
        page.add_text(
            f"“{DEGREE}” falls below 0.5 if genes are balanced between the labels: a held-out edge is missing from "
            "training, so its genes have fewer training edges."
        )
    for note in card.notes:
        page.add_text(f"{capitalise(note)}.")
    page.add_plots(_plot_aurocs(card))


def _plot_aurocs(card: ReportCard) -> list[go.Figure]:
    """Return the intervals of the AUROC, and those of the model's lead over the rules that come near it."""
    styles = style_names([row.name for row in card.rows])
    areas = {row.name: row.figures["auroc"] for row in card.rows}
    plots = [plot_intervals("AUROC", areas, styles, reference=0.5)]
    leads = {name: areas[card.model.name].minus(area) for name, area in areas.items() if name != card.model.name}
    near = {name: lead for name, lead in leads.items() if abs(lead.value) < NEAR}
    if near:
        plots.append(plot_intervals(f"AUROC of {card.model.name} minus that of …", near, styles, reference=0.0))
    return plots


def _add_curves(page: Page, card: ReportCard) -> None:
    """Add ROC, precision-recall, calibration, and the histogram of the model."""
    labels, probabilities = check_scores(card.inputs.labels, card.inputs.models[card.model.name])
    predictors = card.inputs.predictors
    styles = style_names(list(predictors))
    roc = {name: roc_curve(labels, p) for name, p in predictors.items()}
    recall = {name: precision_recall_curve(labels, p) for name, p in predictors.items()}
    calibration = {name: calibration_curve(labels, p) for name, p in card.inputs.models.items()}
    page.add_subheading("Curves")
    page.add_text(
        f"Pairs of all folds together. Calibration: bins of about {len(labels) / CALIBRATION_BINS:,.0f} pairs (point "
        "at one for its count), with 95 % intervals; on the diagonal, stated probabilities are what is observed."
    )
    page.add_plots(
        [
            plot_roc(roc, styles),
            plot_precision_recall(recall, styles, base_rate=card.base_rate),
            plot_calibration(calibration, styles),
            plot_probabilities(labels, probabilities),
        ]
    )


def _add_beyond(page: Page, beyond: BeyondCorrelation) -> None:
    """Add the matched sets and the strata."""
    page.add_subheading("Beyond correlation")
    page.add_text(
        "AUROC where each positive has a negative that resembles it: of the same |r| (within 0.02), and besides with a "
        "TF and a target of about as many known edges in the other folds. What they share cannot tell them apart."
    )
    names = list(next((one.auroc for one in beyond.matched if one.auroc), {}))
    rows: list[list[Cell]] = []
    for one in beyond.matched:
        cells = [format_cell(one.auroc[name]) if name in one.auroc else "–" for name in names]
        gain = "–" if one.gain is None else format_cell(one.gain, sign=True)
        rows.append([f"matched on {one.name}", f"{one.n_couples:,} of {one.n_positives:,}", *cells, gain])
    page.add_table(("", "positives", *names, "model minus |Pearson|"), rows)
    page.add_text("AUROC among pairs of about the same |r|, in parts of about equal size:")
    table = beyond.strata
    rows = []
    for place in range(len(table)):
        low, high, n, *figures = (float(value) for value in table.iloc[place])
        bounds = "no expression" if math.isnan(low) else f"{format_number(low)} to {format_number(high)}"
        rows.append([bounds, f"{n:,.0f}", *(format_number(figure) for figure in figures)])
    page.add_table(("|r|", "pairs", "base rate", *table.columns[4:]), rows)


def _add_ablation(page: Page, ablation: Ablation) -> None:
    whole = ablation.parts[0].whole
    page.add_subheading("Images and RNA" if whole == FUSED else "Measurements")
    page.add_text(
        "The same model with one modality or both. A pair that it cannot see gets the base rate. “without …”: "
        f"models that were trained without this measurement. Below the line: {whole} minus the other, on the same "
        "draws."
    )
    names = list(dict.fromkeys(name for part in ablation.parts for name in part.figures))
    for part in ablation.parts:
        page.add_text(f"{capitalise(part.name)}, {part.n:,}:")
        columns = part.name_columns()
        rows = [_list_figures(name, part.figures.get(name, {}), columns) for name in names]
        rows += [
            _list_figures(f"{part.whole} minus {name}", gains, columns, sign=True) for name, gains in part.gains.items()
        ]
        page.add_table(("", *columns.values()), rows, apart=[len(names)])


def _list_figures(
    name: str, figures: Mapping[str, Estimate], columns: Iterable[str], *, sign: bool = False
) -> list[Cell]:
    cells = (format_cell(figures[entry], sign=sign) if entry in figures else "–" for entry in columns)
    return [name, *cells]


def _add_folds(page: Page, card: ReportCard, name: str) -> None:
    table = fold_table(card.inputs.labels, card.inputs.models[name], card.inputs.folds)
    rows = []
    for place, fold in enumerate(table["fold"]):
        row = table.iloc[place]
        figures = [format_number(float(row[figure])) for figure in ("base_rate", *PER_FOLD)]
        counts = [f"{float(row[count]):,.0f}" for count in ("n", *COUNTS)]
        rows.append((str(fold), counts[0], *figures, *counts[1:]))
    columns = ("fold", "pairs", "base rate", *(FIGURE_NAMES[figure] for figure in PER_FOLD), *map(str.upper, COUNTS))
    page.add_table(columns, rows, apart=[len(rows) - 2])


def _add_history(page: Page, history: Mapping[str, Mapping[str, Sequence[HistoryRow]]]) -> None:
    """Add a plot of the losses for each stage; a fold has one colour in all of them."""
    page.add_subheading("Training history")
    page.add_text(
        "Dotted: training loss. Solid: loss on the held-out part that decides when to stop; ring: its best. A colour "
        "for each fold." + (" Each stage has a loss of its own; they do not compare." if len(history) > 1 else "")
    )
    folds = list(dict.fromkeys(name for stage in history.values() for name in stage))
    page.add_plots([plot_history(stage, rows, folds=folds) for stage, rows in history.items()])


def format_cell(estimate: Estimate, *, sign: bool = False) -> Cell:
    """Return a figure with its interval below, small."""
    if math.isnan(estimate.value):
        return "–"
    value, low, high = (format_figure(number, sign=sign) for number in (estimate.value, *estimate.interval))
    return value if math.isnan(estimate.low) else (value, f"{low} to {high}" if sign else f"{low}–{high}")


def capitalise(text: str) -> str:
    """Return a text with a capital first, the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"
