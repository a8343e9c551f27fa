"""What the first rows of an expression table say of each column: its word, its cells, and the names that it shares."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from grnet.dataset.reading.column_words import is_accession
from grnet.dataset.reading.numbers import looks_numeric
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import MISSING_WORDS, find_date_names, header_word

PEEK_ROWS = 200
"""Rows that are looked at to tell what a column holds."""
PEEK_CELLS, FEWEST_PEEKED = 200_000, 40
"""Of a table of thousands of cells fewer rows are looked at."""


@dataclass(frozen=True)
class ExpressionColumns:
    """What the first rows say of each of C columns.

    Attributes
    ----------
    words : tuple of str [C]
        Their names as `header_word`; "" without a header.
    texts : tuple of tuple of str [C]
        Their cells in the first rows.
    numeric : tuple of bool [C]
        Most of their cells that say anything are numbers.
    joined : tuple of int [C]
        Distinct names of the TF list and the known edges among their cells.
    """

    words: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    joined: tuple[int, ...]

    @property
    def text(self) -> list[int]:
        """Columns of text."""
        return [column for column, numeric in enumerate(self.numeric) if not numeric]

    def distinct(self, column: int) -> float:
        """Return which part of the cells of a column differs from all others."""
        said = [text for text in self.texts[column] if text]
        return len(set(said)) / max(len(said), 1)

    def identifiers(self, column: int) -> bool:
        """Tell whether a column without a name holds identifiers: of a database, or distinct words with digits.

        Dates and numbers among them speak for a sample whose cells a spreadsheet has changed.
        """
        said = [text for text in self.texts[column] if text]
        if self.dates_and_numbers(column) > 0:
            return False
        words = all(" " not in text and any(letter.isdigit() for letter in text) for text in said)
        return self.accessions(column) > 0.8 or (words and self.distinct(column) == 1)

    def dates_and_numbers(self, column: int) -> float:
        """Return which part of the cells of a column are dates or numbers, as those of a sample may have become."""
        said = [text for text in self.texts[column] if text]
        n_dates = len(find_date_names(text for text in said if not looks_numeric(text)))
        return (n_dates + sum(map(looks_numeric, said))) / max(len(said), 1)

    def accessions(self, column: int) -> float:
        """Return which part of the cells of a column are identifiers of a database."""
        said = [text for text in self.texts[column] if text]
        return sum(is_accession(text) for text in said) / max(len(said), 1)


def look_at_columns(table: RawTable, known: Set[str]) -> ExpressionColumns:
    """Return what the first rows of a table, whose header has been taken off, say of each column.

    Parameters
    ----------
    table : RawTable
    known : set of str
        Names of the TF list and the known edges.
    """
    most = max(PEEK_CELLS // max(table.cells.shape[1], 1), FEWEST_PEEKED)
    shown = min(len(table.cells), PEEK_ROWS, most)
    grid = [table.row_texts(row) for row in range(shown)]
    header = table.header or ("",) * table.cells.shape[1]
    texts = tuple(tuple(row[column] for row in grid) for column in range(table.cells.shape[1]))
    numeric = tuple(not is_text(cells) for cells in texts)
    joined = []
    for column, cells in enumerate(texts):
        names = set(table.column_texts(column)) if table.complete and not numeric[column] else set(cells)
        joined.append(len({_base_name(name) for name in names} & known | names & known))
    return ExpressionColumns(tuple(header_word(name) for name in header), texts, numeric, tuple(joined))


def _base_name(name: str) -> str:
    """Return an Ensembl identifier without its version."""
    return name.split(".")[0] if name.startswith("ENS") else name


def is_text(cells: Sequence[str]) -> bool:
    """Tell whether most cells that say anything are no numbers."""
    said = [cell for cell in cells if cell.lower() not in MISSING_WORDS]
    return sum(not looks_numeric(cell) for cell in said) * 2 > len(said)
