"""The page of report cards: all splits of one model, with plots, in one file.

Enter: report cards, the training history and the settings. Leaves: one HTML file that opens anywhere and is the same,
byte for byte, for the same input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grnet.evaluation.baselines import PEARSON
from grnet.evaluation.cautions import KIND_NAMES
from grnet.evaluation.report_card import ReportCard
from grnet.reports.card_sections import add_card, capitalise, format_cell
from grnet.reports.html_page import Cell, Page, format_number
from grnet.reports.plots import HistoryRow
from grnet.schema.errors import InputError
from grnet.storage.files import replace_file

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

    Raises
    ------
    InputError
        There is no card.
    """
    if not cards:
        raise InputError("a page of report cards needs a card, got none")
    page = Page(title)
    for note in notes:
        page.add_text(note)
    _add_summary(page, cards)
    for card in cards:
        add_card(page, card, history=(history or {}).get(card.split, {}))
    if settings:
        page.add_heading("Settings")
        page.add_settings(settings)
    with replace_file(path) as temporary:
        temporary.write_text(page.render(), encoding="utf-8")


def _add_summary(page: Page, cards: Sequence[ReportCard]) -> None:
    """Add a row for each split."""
    page.add_heading("At a glance")
    page.add_text(
        "How well does the model rank pairs that it has not seen? Each row is one split, named for what is new in the "
        "tested pairs. AUROC is the chance that a positive is ranked above a negative: 0.5 "
        "is random order, 1 is perfect. Small: 95 % interval."
    )
    columns = (
        "new in the test",
        "pairs",
        "positive",
        "accuracy",
        "AUROC",
        "concordance",
        "|Pearson|",
        "best other rule",
        "beyond |r|",
    )
    page.add_table(columns, [_summarise(card) for card in cards])
    page.add_text(
        "Accuracy and AUROC are of the model; concordance: how often it ranks a positive above a negative of the same "
        "TF, or, for new TFs, of the same target. Beside them: the AUROC of simple rules on the same pairs. Beyond "
        "|r|: AUROC of the model where each positive has a negative of the same |r|, so that correlation cannot tell "
        "them apart."
    )
    if len(cards) > 1:
        page.add_box([_list_warnings(card) for card in cards if card.warnings], kind="warning")


def _list_warnings(card: ReportCard) -> str:
    kinds = dict.fromkeys(KIND_NAMES[warning.kind] for warning in card.warnings)
    return f"{capitalise(card.title)}: {'; '.join(kinds)}."


def _summarise(card: ReportCard) -> list[Cell]:
    figures = card.model.figures
    names = [row.name for row in card.rows]
    pearson = format_cell(card.row(PEARSON).figures["auroc"]) if PEARSON in names else "–"
    other: Cell = "–"
    if card.best_other is not None:
        other = (format_number(card.row(card.best_other).figures["auroc"].value), card.best_other)
    beyond: Cell = "–"
    if card.beyond is not None and card.model.name in card.beyond.matched[0].auroc:
        beyond = format_cell(card.beyond.matched[0].auroc[card.model.name])
    own = (format_cell(figures[name]) for name in ("accuracy", "auroc", card.concordance.key))
    return [card.title, f"{card.n:,}", f"{card.base_rate:.1%}", *own, pearson, other, beyond]
