"""Tables of networks side by side, for the screen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from grnet.cli.console import console
from grnet.cli.tables import NO_FIGURE, printable

if TYPE_CHECKING:
    from rich.table import Table

    from grnet.evaluation.known_comparison import KnownComparison
    from grnet.evaluation.network_comparison import Agreement, Comparison


def show_comparison(comparison: Comparison) -> None:
    """Print what each network holds, how alike they are, and how well each finds known edges."""
    from rich.text import Text

    screen = console()
    table = _new_table("networks", ("network", "edges", "TFs", "targets", "pairs with a score"))
    for entry in comparison.lists:
        counts = (entry.edges, entry.tfs, entry.targets, entry.scored)
        table.add_row(Text(printable(entry.name)), *(f"{count:,}" for count in counts))
    screen.print(table)
    columns = ("networks", "shared", "Jaccard", "TFs", "targets", "Spearman", "Kendall", "RBO", "same sign")
    table = _new_table(f"agreement of the {comparison.top:,} best edges of each", columns)
    for agreement in comparison.agreements:
        name = f"{printable(agreement.first)} and {printable(agreement.second)}"
        table.add_row(Text(name), *_describe(agreement))
    screen.print(table)
    ranked = ", ".join(dict.fromkeys(f"{entry.ranked:,}" for entry in comparison.agreements))
    screen.print(Text(f"Spearman and Kendall: over all pairs that both score ({ranked}). RBO: rank-biased overlap."))
    if comparison.known is not None:
        _show_known(comparison.known, comparison.top)
    for note in comparison.notes:
        screen.print(Text(f"note: {printable(note)}"))


def _describe(entry: Agreement) -> tuple[str, ...]:
    """Return the figures of two networks."""
    figures = (entry.spearman, entry.kendall, entry.rank_biased_overlap)
    return (
        f"{entry.shared:,}",
        f"{entry.jaccard:.3f}",
        f"{entry.shared_tfs:,}",
        f"{entry.shared_targets:,}",
        *(_figure(value, 3) for value in figures),
        f"{entry.same_sign:,} of {entry.signed:,}" if entry.signed else NO_FIGURE,
    )


def _show_known(known: KnownComparison, top: int) -> None:
    """Print how well each network finds the known edges."""
    from rich.text import Text

    screen = console()
    columns = ("network", "AUROC", "AUPRC", "AUPRC / base", "early precision", "EP / base", f"in best {top:,}")
    table = _new_table(f"known edges: {known.n_pairs:,} pairs, {known.n_positives:,} positive", columns)
    for row in known.rows:
        cells = zip(
            (row.auroc, row.auprc, row.auprc_ratio, row.early_precision, row.early_precision_ratio),
            (4, 4, 2, 4, 2),
            strict=True,
        )
        found = NO_FIGURE if row.recovered is None else f"{row.recovered:,}"
        table.add_row(Text(printable(row.name)), *(_figure(value, digits) for value, digits in cells), found)
    screen.print(table)
    screen.print(Text(known.statement))
    for note in known.notes:
        screen.print(Text(f"note: {printable(note)}"))


def _new_table(title: str, columns: tuple[str, ...]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    return table


def _figure(value: float, digits: int) -> str:
    return NO_FIGURE if math.isnan(value) else f"{value:.{digits}f}"
