"""The page of report cards: all splits of one model, with plots, in one file.

Enter: report cards, the training history and the settings. Leaves: one HTML file that opens anywhere and is the same,
byte for byte, for the same input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grnet.evaluation.bootstrap import FIGURES
from grnet.evaluation.card import ReportCard
from grnet.evaluation.page import Page, format_number
from grnet.evaluation.plots import HistoryRow
from grnet.schema.storage import replace_file

History = Mapping[str, Mapping[str, Sequence[HistoryRow]]]
"""Stage → fold → rows of (epoch, training loss, validation loss)."""


def write_cards_page(
    path: Path,
    cards: Sequence[ReportCard],
    *,
    title: str,
    history: Mapping[str, History] | None = None,
    settings: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Write the report cards of one model as one HTML file.

    Parameters
    ----------
    path : Path
    cards : sequence of ReportCard
        One for each split, at least one.
    title : str
    history : mapping of split to History
    settings : mapping
        Shown as a table; may be nested.
    notes : sequence of str
        Paragraphs under the title.
    """
    page = Page(title)
    for note in notes:
        page.add_text(note)
    for card in cards:
        page.add_heading(card.title)
        rows = [(row.name, *(format_number(row.figures[name].value) for name in FIGURES)) for row in card.rows]
        page.add_table(("", *FIGURES), rows)
    if settings:
        page.add_heading("Settings")
        page.add_settings(settings)
    with replace_file(path) as temporary:
        temporary.write_text(page.render(), encoding="utf-8")
