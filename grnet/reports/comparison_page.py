"""The report page of networks that were set side by side.

Enter: a comparison. Leaves: one HTML file that opens anywhere and is the same, byte for byte, for the same input.
"""

from __future__ import annotations

from pathlib import Path

from grnet.evaluation.known_comparison import KnownComparison
from grnet.evaluation.network_comparison import PERSISTENCE, Agreement, Comparison
from grnet.reports.html_page import Page, format_number
from grnet.reports.plots import plot_overlap, plot_precision_recall, plot_roc, style_names
from grnet.storage.files import replace_file

NO_COUNT = "–"


def write_comparison_report(path: Path, comparison: Comparison, *, title: str) -> None:
    """Write the report of a comparison as one HTML file."""
    page = Page(title)
    page.add_text(
        f"The {comparison.top:,} best edges of each network are compared, so that a long list has no advantage over a "
        "short one."
    )
    _add_networks(page, comparison)
    _add_agreements(page, comparison)
    if comparison.known is not None:
        _add_known(page, comparison.known, comparison.top)
    if comparison.notes:
        page.add_heading("Notes")
        for note in comparison.notes:
            page.add_text(note)
    with replace_file(path) as temporary:
        temporary.write_text(page.render(), encoding="utf-8")


def _add_networks(page: Page, comparison: Comparison) -> None:
    page.add_heading("Networks")
    columns = ("network", "edges", "TFs", "targets", "pairs with a score", f"score of edge {comparison.top:,}")
    rows = [
        (
            entry.name,
            *(f"{count:,}" for count in (entry.edges, entry.tfs, entry.targets, entry.scored)),
            f"{entry.lowest:.4g}",
        )
        for entry in comparison.lists
    ]
    page.add_table(columns, rows)


def _add_agreements(page: Page, comparison: Comparison) -> None:
    page.add_heading("Agreement")
    page.add_text(
        "Jaccard: what is shared, over what either has. Spearman and Kendall are over the pairs that both score, edges "
        f"or not. Rank-biased overlap (persistence {PERSISTENCE}) looks at the order of the edges and weighs the first "
        "places most."
    )
    columns = (
        "networks",
        "edges shared",
        "Jaccard",
        "TFs shared",
        "targets shared",
        "all edges: shared",
        "Spearman",
        "Kendall",
        "rank-biased overlap",
        "same sign",
    )
    page.add_table(columns, [_row_of(entry) for entry in comparison.agreements])
    curves = {f"{entry.first} and {entry.second}": (entry.depths, entry.overlap) for entry in comparison.agreements}
    page.add_plots([plot_overlap(curves, style_names(list(curves)))])


def _row_of(entry: Agreement) -> tuple[str | tuple[str, str], ...]:
    """Return the cells of two networks."""
    return (
        f"{entry.first} and {entry.second}",
        f"{entry.shared:,}",
        format_number(entry.jaccard),
        (f"{entry.shared_tfs:,}", f"Jaccard {format_number(entry.jaccard_tfs)}"),
        (f"{entry.shared_targets:,}", f"Jaccard {format_number(entry.jaccard_targets)}"),
        (f"{entry.shared_of_all:,}", f"Jaccard {format_number(entry.jaccard_of_all)}"),
        (format_number(entry.spearman), f"{entry.ranked:,} pairs"),
        format_number(entry.kendall),
        format_number(entry.rank_biased_overlap),
        f"{entry.same_sign:,} of {entry.signed:,}" if entry.signed else NO_COUNT,
    )


def _add_known(page: Page, known: KnownComparison, top: int) -> None:
    """Add how well each network finds the known edges."""
    page.add_heading("Known edges")
    page.add_text(known.statement)
    rate = format_number(known.base_rate, decimals=4)
    page.add_text(
        f"{known.n_pairs:,} pairs, {known.n_positives:,} of them positive: a base rate of {rate}. Ratios are over it: "
        "1 is random order. Early precision: among as many pairs as positives."
    )
    columns = (
        "network",
        "AUROC",
        "AUPRC",
        "AUPRC / base",
        "early precision",
        "EP / base",
        f"known among the best {top:,}",
        "pairs not listed",
    )
    rows = []
    for row in known.rows:
        figures = (row.auroc, row.auprc, row.auprc_ratio, row.early_precision, row.early_precision_ratio)
        recovered = NO_COUNT if row.recovered is None else f"{row.recovered:,}"
        absent = NO_COUNT if row.is_baseline else f"{row.absent:,}"
        rows.append((row.name, *(format_number(value) for value in figures), recovered, absent))
    baselines = [place for place, row in enumerate(known.rows) if row.is_baseline]
    page.add_table(columns, rows, apart=baselines[:1])
    for note in known.notes:
        page.add_text(note)
    styles = style_names([row.name for row in known.rows])
    page.add_plots(
        [
            plot_roc(known.roc, styles),
            plot_precision_recall(known.precision_recall, styles, base_rate=known.base_rate),
        ]
    )
