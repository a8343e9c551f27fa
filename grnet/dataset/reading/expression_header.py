"""Whether an expression table begins with the names of its columns, and the table without them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence, Set

from grnet.dataset.reading.column_words import (
    ID_HEADERS,
    POSITION_HEADERS,
    STATISTIC_HEADERS,
    SYMBOL_HEADERS,
    TEXT_HEADERS,
)
from grnet.dataset.reading.expression_columns import PEEK_ROWS, is_text
from grnet.dataset.reading.numbers import looks_numeric
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import header_word
from grnet.schema.errors import InputError


def take_header(raw: RawTable, known: Set[str], choices: TableChoices) -> RawTable:
    """Return the table with its header taken off, where the first row is one or the user says so.

    Parameters
    ----------
    raw : RawTable
    known : set of str
        Names of the TF list and the known edges.
    choices : TableChoices

    Raises
    ------
    InputError
        `header` is chosen as neither none nor first, or no row follows the header.
    """
    wanted = choices.values.get("header")
    if wanted not in (None, "", "first", "1", "yes"):
        raise InputError(f"{raw.path}: --columns header={wanted}: expected header=none or header=first")
    if raw.header is not None or "header" in choices.values:
        table = raw if wanted == "" else raw.take_header()
    else:
        table = raw.take_header() if _begins_with_header(raw, known) else raw
    if not len(table.cells):
        raise InputError(f"{raw.path}: a header and no rows; expected a row for each gene")
    return table


def _begins_with_header(raw: RawTable, known: Set[str]) -> bool:
    """Tell whether the first row names the columns: text over numbers, a word such as symbol, or numbers that count."""
    first = raw.row_texts(0)
    if len(raw.cells) < 2:
        return header_word(first[0]) in SYMBOL_HEADERS | ID_HEADERS
    body = [raw.row_texts(row) for row in range(1, min(len(raw.cells), PEEK_ROWS))]
    numeric = [column for column in range(len(first)) if not is_text([row[column] for row in body])]
    over_numbers = [first[column] for column in numeric]
    if raw.has_short_header():
        return True
    texts = sum(not looks_numeric(cell) for cell in over_numbers)
    if first[0] in known and texts * 2 <= len(over_numbers):
        return False
    if any(_names_a_column(first[column], [row[column] for row in body]) for column in range(len(first))):
        return True
    if not first[0] and any(over_numbers):
        return True
    if texts * 2 > len(over_numbers):
        return True
    places = [column for column in numeric if looks_numeric(first[column])]
    if 0 in places or not first[0]:
        return False
    return _is_numbering([first[column] for column in places], body, places)


def _names_a_column(cell: str, below: Sequence[str]) -> bool:
    """Tell whether a cell is the name of a column of names, identifiers or annotation, and no cell like those below."""
    word = header_word(cell)
    known = SYMBOL_HEADERS | ID_HEADERS | POSITION_HEADERS | TEXT_HEADERS | STATISTIC_HEADERS
    return word in known and len(word) > 1 and cell not in below


def _is_numbering(first: Sequence[str], body: Sequence[Sequence[str]], numeric: Sequence[int]) -> bool:
    """Tell whether cells over numbers are distinct whole numbers in steps of one, as names of cells are."""
    if len(first) < 3 or not all(cell.isdigit() for cell in first):
        return False
    numbers = [int(cell) for cell in first]
    return all(later - earlier == 1 for earlier, later in itertools.pairwise(numbers)) and any(
        "." in row[column] or "," in row[column] or row[column] != str(numbers[place])
        for row in body[:3]
        for place, column in enumerate(numeric)
    )
