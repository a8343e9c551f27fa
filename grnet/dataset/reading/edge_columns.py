"""What tells columns of edges from each other: their names for comparison, row numbers, and shares of known names."""

from __future__ import annotations

import re
from collections.abc import Set

from grnet.dataset.reading.column_words import ROW_INDEX_HEADERS
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import header_word

_NUMBERED = re.compile(r"^\(?\d{1,2}[).]\s*")
_PEEK_ROWS = 2000


def column_word(name: str) -> str:
    """Return the name of a column for comparison, without a number before it such as "2)" of RegulonDB."""
    return header_word(_NUMBERED.sub("", name.strip()))


def is_id_of(word: str, ends: tuple[str, ...]) -> bool:
    """Tell whether a column is the id or name of one of the ends of an edge."""
    return any(end in word for end in ends) and any(
        part in word for part in ("id", "symbol", "name", "gene", "uniprot", "ensembl", "entrez")
    )


def is_index(table: RawTable, column: int) -> bool:
    """Tell whether a first column counts the rows."""
    texts = table.column_texts(column)
    word = column_word(table.header[column]) if table.header else "-"
    counted = any(texts == [str(number) for number in range(start, start + len(texts))] for start in (0, 1))
    whole = all(text.isdigit() for text in texts)
    return column == 0 and whole and len(texts) > 0 and (counted or word in ROW_INDEX_HEADERS or not word)


def share_of(table: RawTable, column: int, known: Set[str], *, among: Set[str] = frozenset()) -> float:
    """Return the share of the different names of a column that are known.

    Parameters
    ----------
    table : RawTable
    column : int
    known : set of str
    among : set of str
        Count these names alone; empty for all.
    """
    names = set(table.column_texts(column)[:_PEEK_ROWS]) - {""}
    names = names & among if among else names
    return len(names & known) / max(len(names), 1)
