"""The report page of a network that was compared with known edges.

Enter: an evaluation. Leaves: one HTML file that opens anywhere and is the same, byte for byte, for the same input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grnet.evaluation.network_evaluation import MODEL, NetworkEvaluation
from grnet.evaluation.stated_precision import StatedPrecision
from grnet.reports.html_page import Page, format_number
from grnet.reports.plots import plot_calibration, plot_precision_at_top, plot_precision_recall, plot_roc, style_names
from grnet.storage.files import replace_file

_UNSCORED_SHOWN = 50


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
    page.add_box(evaluation.warnings, kind="warning")
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
    _add_precision(page, evaluation)
    _add_unscored(page, evaluation)
    if settings:
        page.add_heading("Settings")
        page.add_settings(settings)
    with replace_file(path) as temporary:
        temporary.write_text(page.render(), encoding="utf-8")


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
    columns = ("", "AUROC", "AUPRC", "AUPRC / base", "early precision", "EP / base", *tops)
    page.add_table(columns, rows, strong=[0], apart=[1])


def _add_precision(page: Page, evaluation: NetworkEvaluation) -> None:
    """Add the table of expected and observed precision, and how to read it."""
    page.add_heading("Expected and observed precision")
    page.add_text(
        "The mean probability of some pairs is the part of them that is expected to be edges. Beside it: the part of "
        "them that is."
    )
    rows = [_describe(f"probability {entry.threshold:g} and above", entry) for entry in evaluation.stated_precision]
    if evaluation.kept is not None:
        rows.insert(0, _describe("edges of the network", evaluation.kept))
    page.add_table(("", "pairs", "expected", "observed"), rows, strong=[0] if evaluation.kept is not None else [])
    for note in evaluation.notes:
        page.add_text(note)


def _describe(name: str, entry: StatedPrecision) -> tuple[str, ...]:
    return (name, f"{entry.n:,}", format_number(entry.expected), format_number(entry.observed))


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
