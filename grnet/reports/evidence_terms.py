"""The terms in the picture of a pair's evidence: what both genes have and what one of them has, most telling first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grnet.reports.evidence_axes import SOFT, Box, Genes, cut_name, write_text
from grnet.schema.evidence import MeasurementInfo
from grnet.schema.place_comparison import compare_places

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE = 0.35
"""Width, in parts of the figure, from which the lists stand beside each other."""
LINE, LETTER = 0.0165, 0.0041
"""How high a line and how wide a letter is, in parts of the figure."""

Corner = tuple[float, float, float]
"""Left and upper edge of a list, and its width."""
Terms = Sequence[tuple[str, int]]
"""Terms, and how many genes have each."""


def draw_terms(figure: Figure, box: Box, genes: Genes, entry: MeasurementInfo) -> None:
    """Write the terms of a measurement that two genes share and those of one alone, those of the fewest genes first."""
    x, y, width, height = box
    lists = _compare(genes, entry)
    columns = len(lists) if width >= WIDE else 1
    across = width / columns
    lines = int(height / LINE) if columns > 1 else int(height / LINE / len(lists))
    for number, (title, terms) in enumerate(lists):
        left = x + number * across if columns > 1 else x
        top = y + height - (0 if columns > 1 else number * lines * LINE)
        _write_list(figure, (left, top, across - 0.01), (title, terms), lines - 1)


def _compare(genes: Genes, entry: MeasurementInfo) -> list[tuple[str, Terms]]:
    """Return titles and terms: of both, and of each of the two alone."""
    found, (tf, target) = compare_places(entry, *genes), (gene.symbol for gene in genes)
    return [("Both", found.shared), (f"Only {tf}", found.tf_only), (f"Only {target}", found.target_only)]


def _write_list(figure: Figure, at: Corner, listed: tuple[str, Terms], lines: int) -> None:
    """Write a title and below it as many terms as there are lines for, each with the number of genes that have it."""
    x, y, width = at
    title, terms = listed
    letters = int(width / LETTER)
    write_text(figure, x, y - LINE, f"{cut_name(title, letters - 8)} ({len(terms):,})", size=9, weight="bold")
    shown = terms if len(terms) < lines else terms[: max(lines - 2, 0)]
    for number, (term, n_genes) in enumerate(shown):
        count = f"{n_genes:,}"
        low = y - LINE * (number + 2)
        write_text(figure, x, low, cut_name(term, letters - len(count) - 2), size=8.5)
        write_text(figure, x + width, low, count, size=8.5, colour=SOFT, align="right")
    if len(shown) < len(terms):
        words = f"and {len(terms) - len(shown):,} more"
        write_text(figure, x, y - LINE * (len(shown) + 2), words, size=8.5, colour=SOFT)
