"""Tables of figures for the screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grnet.cli.console import console

if TYPE_CHECKING:
    from grnet.evaluation.figures import FigureRow
    from grnet.evaluation.network_evaluation import NetworkEvaluation


def show_figures(title: str, rows: Iterable[FigureRow]) -> None:
    """Print accuracy, F1, AUROC and AUPRC of models and baselines: mean over folds ± standard deviation."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("out of fold")
    for name in ("accuracy", "F1", "AUROC", "AUPRC"):
        table.add_column(name, justify="right")
    for row in rows:
        figures = (
            (row.accuracy, row.accuracy_sd),
            (row.f1, row.f1_sd),
            (row.auroc, row.auroc_sd),
            (row.auprc, row.auprc_sd),
        )
        cells = [Text(f"{mean:.4f} ± {deviation:.4f}") for mean, deviation in figures]
        table.add_row(Text(row.name), *cells, style="" if row.is_baseline else "bold")
    console().print(table)


def show_evaluation(title: str, result: NetworkEvaluation) -> None:
    """Print the figures of a network against known edges, its baselines, and what could not be scored."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    screen = console()
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(f"{result.n_pairs:,} pairs, {result.n_positives:,} positive")
    tops = list(result.model.precision_at)
    for name in ("AUROC", "AUPRC", "AUPRC / base", "early precision", "EP / base", *(f"P@{k}" for k in tops)):
        table.add_column(name, justify="right")
    for row in result.rankings:
        values = [row.auroc, row.auprc, row.auprc_ratio, row.early_precision, row.early_precision_ratio]
        cells = [f"{value:.4f}" for value in values[:2]] + [f"{values[2]:.2f}", f"{values[3]:.4f}", f"{values[4]:.2f}"]
        table.add_row(Text(row.name), *cells, *(f"{row.precision_at[k]:.3f}" for k in tops))
    screen.print(table)
    screen.print(Text(f"Universe: {result.statement} Base rate {result.base_rate:.4f}."))
    for entry in result.stated_precision:
        if entry.n:
            text = f"probability ≥ {entry.threshold}: {entry.n:,} pairs, expected precision {entry.expected:.3f}, "
            screen.print(Text(f"{text}observed {entry.observed:.3f}"))
    for reason, count in result.unscored_reasons.items():
        screen.print(Text(f"{count:,} known edges without a score: {reason}"))
