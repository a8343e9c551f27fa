"""Tables of figures for the screen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grnet.cli.console import console

if TYPE_CHECKING:
    import pandas as pd
    from rich.text import Text

    from grnet.evaluation.bootstrap import Estimate
    from grnet.evaluation.counted_pairs import UnscoredEdge
    from grnet.evaluation.network_evaluation import NetworkEvaluation
    from grnet.evaluation.report_card import ReportCard

SHOWN_EXAMPLES, SHOWN_LETTERS = 3, 40
NO_FIGURE = "–"


def show_folds(name: str, table: pd.DataFrame, *, paper: tuple[float, float] | None) -> None:
    """Print the figures of each fold of a model, their mean, and what the paper states of its own."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=Text(name), title_justify="left", box=box.SIMPLE_HEAD)
    shown.add_column("fold")
    figures = ("accuracy", "f1", "auroc", "auprc")
    counts = ("tp", "fp", "tn", "fn")
    for column in ("pairs", "accuracy", "F1", "AUROC", "AUPRC", "TP", "FP", "TN", "FN"):
        shown.add_column(column, justify="right")
    for _, row in table.iterrows():
        cells = [f"{row['n']:,.0f}", *(f"{row[figure]:.4f}" for figure in figures), *(f"{row[c]:,.0f}" for c in counts)]
        if row["fold"] == "sd":
            cells[0], cells[-len(counts) :] = "", [""] * len(counts)
        shown.add_row(str(row["fold"]), *cells, style="bold" if row["fold"] == "mean" else "")
    if paper is not None:
        shown.add_row("the paper, on its data", "", f"{paper[0]:.4f}", f"{paper[1]:.4f}", *[NO_FIGURE] * 6)
    console().print(shown)


_CARD_COLUMNS = {
    "accuracy": ("accuracy", 3),
    "auroc": ("AUROC", 3),
    "auprc_ratio": ("AUPRC / base", 2),
    "early_precision_ratio": ("EP / base", 2),
    "calibration_error": ("cal. error", 3),
}


def show_cards(cards: Iterable[ReportCard]) -> None:
    """Print the report card of each split, with a line between them."""
    for place, card in enumerate(cards):
        if place:
            console().print()
        show_card(card)


def show_card(card: ReportCard) -> None:
    """Print the report card of one split: figures with intervals, what they say, and warnings."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    screen = console()
    title = f"{card.title}: {card.n:,} pairs, {card.base_rate:.1%} positive; mean over folds and 95 % interval"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("out of fold", max_width=18)
    columns = _columns_of(card)
    for name, _ in columns.values():
        table.add_column(name, justify="right")
    for row in card.rows:
        cells = [_show_estimate(row.figures[figure], digits) for figure, (_, digits) in columns.items()]
        table.add_row(Text(row.name), *cells, style="" if row.is_baseline else "bold")
    screen.print(table)
    for line in _describe_card(card):
        screen.print(Text(line))


def _columns_of(card: ReportCard) -> dict[str, tuple[str, int]]:
    """Return the columns of a card by key, name and digits, with its concordance after the AUROC."""
    columns = list(_CARD_COLUMNS.items())
    columns.insert(2, (card.concordance.key, (card.concordance.within, 3)))
    return dict(columns)


def _describe_card(card: ReportCard) -> Iterable[str]:
    """Yield the lines below the table of a card."""
    within = card.concordance
    if len(card.comparisons.gene):
        yield (
            f"{within.within}: how often a positive is above a negative of the same {within.gene} and fold (0.5 is "
            f"random order), over {card.comparisons.describe()}"
        )
    medians = card.model.tf_medians
    if medians.n_tfs:
        others = [f"{row.name} {row.tf_medians.auroc:.3f}" for row in card.rows[1:] if row.name == "|Pearson|"]
        yield (
            f"within one TF at a time (median of {medians.n_tfs:,} TFs): AUROC {medians.auroc:.3f}"
            f"{''.join(f' ({other})' for other in others)}, AUPRC / base {medians.auprc_ratio:.2f}"
        )
    yield card.verdict
    if card.ablation is not None:
        yield card.ablation.verdict
    yield from (f"note: {note}" for note in card.notes)
    yield from (f"warning: {warning.text}" for warning in card.warnings)


def _show_estimate(estimate: Estimate, digits: int) -> Text:
    """Return a mean and, dim, its interval, without leading zeros so that six of them fit a line."""
    from rich.text import Text

    if math.isnan(estimate.value):
        return Text(NO_FIGURE)
    mean, low, high = (f"{value:.{digits}f}" for value in (estimate.value, estimate.low, estimate.high))
    if math.isnan(estimate.low) or mean == low == high:
        return Text(mean)
    return Text.assemble(mean, (f" {low.removeprefix('0')}–{high.removeprefix('0')}", "not bold dim"))


def show_evaluation(title: str, result: NetworkEvaluation) -> None:
    """Print the figures of a network against known edges, its baselines, and what could not be scored."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    screen = console()
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(f"{result.n_pairs:,} pairs, {result.n_positives:,} positive")
    one_class = result.n_positives in (0, result.n_pairs)
    tops = list(result.model.precision_at)
    for name in ("AUROC", "AUPRC", "AUPRC / base", "early precision", "EP / base", *(f"P@{k}" for k in tops)):
        table.add_column(name, justify="right")
    for row in result.rankings:
        values = [row.auroc, row.auprc, row.auprc_ratio, row.early_precision, row.early_precision_ratio]
        figures = [*zip(values, (4, 4, 2, 4, 2), strict=True), *((row.precision_at[k], 3) for k in tops)]
        cells = [NO_FIGURE if one_class or math.isnan(value) else f"{value:.{digits}f}" for value, digits in figures]
        table.add_row(Text(row.name), *cells)
    screen.print(table)
    if one_class:
        hint = "" if result.universe == "all" else "; try --universe all"
        sort = "positive" if result.n_positives else "negative"
        screen.print(Text(f"all {result.n_pairs:,} pairs are {sort}: no ranking figure is possible{hint}"))
    else:
        screen.print(Text("Figures are over all pairs together; those that `grnet train` prints are means over folds."))
    screen.print(Text(f"Universe: {result.statement} Base rate {result.base_rate:.4f}."))
    named = [(f"probability ≥ {entry.threshold:g}: {entry.n:,} pairs", entry) for entry in result.stated_precision]
    if result.kept is not None:
        named.insert(0, (f"edges of the network: {result.kept.n:,} of the pairs", result.kept))
    for name, entry in named:
        if entry.n:
            text = f"expected precision {entry.expected:.3f}, observed {entry.observed:.3f}"
            screen.print(Text(f"{name}, {text}"))
    for note in result.notes:
        screen.print(Text(f"note: {note}"))
    for warning in result.warnings:
        screen.print(Text(f"warning: {warning}"))
    for reason, count in result.unscored_reasons.items():
        examples = _name_examples(edge for edge in result.unscored if edge.reason == reason)
        screen.print(Text(f"{count:,} known edges without a score: {reason} ({examples})"))


def printable(text: str) -> str:
    """Return text on one line, with a mark in the place of every control character."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _name_examples(edges: Iterable[UnscoredEdge]) -> str:
    """Return the first distinct names or pairs that a reason is about, cut short, and a mark where there are more."""
    names = list(dict.fromkeys(map(_name_culprit, edges)))
    return ", ".join(names[:SHOWN_EXAMPLES]) + (", …" if len(names) > SHOWN_EXAMPLES else "")


def _name_culprit(edge: UnscoredEdge) -> str:
    """Return the gene that has no score; the pair where it is not one gene's fault."""
    if edge.reason.startswith("its TF") or edge.tf == edge.target:
        return _shorten(edge.tf)
    if edge.reason.startswith("its target"):
        return _shorten(edge.target)
    return f"{_shorten(edge.tf)} → {_shorten(edge.target)}"


def _shorten(name: str) -> str:
    plain = printable(name)
    return plain if len(plain) <= SHOWN_LETTERS else plain[: SHOWN_LETTERS - 1] + "…"


def print_plain(text: str) -> None:
    """Print a line of results as it is: names in it are neither markup nor wrapped."""
    console().print(printable(text), markup=False, highlight=False, emoji=False, soft_wrap=True)
