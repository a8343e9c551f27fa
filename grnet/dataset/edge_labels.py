"""What the label column of known edges means: 1 for an edge, 0 for a pair that is none.

Signs need care. In most edge lists + and - (1 and -1) are activation and repression, and both are edges; a 0 under
`effect`, `sign`, `mor` or `weight` is an edge of unknown sign. Under a header such as `label` or `class`, - and -1
stand for "no edge", unless a 0 in the same column already does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import quote, word_set
from grnet.schema.errors import InputError

EDGE_WORDS = word_set(
    "1 true t yes y edge bound regulated known interaction activation activator activates activating repression "
    "repressor represses repressing inhibition inhibitor inhibits induction up down dual both unknown +- -+ +/- -/+ ?"
)
NO_EDGE_WORDS = word_set("0 false f no n none")
NO_EDGE_PHRASES = word_set("non-edge nonedge no-edge unrelated unregulated absent notregulated") | {
    "non edge",
    "no edge",
    "no effect",
    "no regulation",
    "no interaction",
    "not regulated",
    "not bound",
    "no binding",
    "not an edge",
    "no target",
    "non-target",
    "not a target",
    "no change",
    "negative control",
}
"""What says in a column of signs that a pair is no edge."""
PLUS_WORDS = word_set("+ +1 positive pos")
MINUS_WORDS = word_set("- -1 − –1 negative neg")
_WHOLE = re.compile(r"[+-]?[01]\.0+")
EXPECTED = "1/0, true/false, yes/no, +/-, activation/repression"


def is_label(text: str) -> bool:
    """Tell whether `text` is a label of any kind."""
    return _plain(text) in EDGE_WORDS | NO_EDGE_WORDS | NO_EDGE_PHRASES | PLUS_WORDS | MINUS_WORDS


def says_no_edge(words: Iterable[str]) -> bool:
    """Tell whether some of the words, in lower case, say no edge or may say so."""
    return any(word in NO_EDGE_WORDS or word in NO_EDGE_PHRASES for word in words)


def parse_labels(table: RawTable, column: int, *, minus_is_edge: bool) -> list[int]:
    """Return 1 or 0 for each row.

    Parameters
    ----------
    table : RawTable
        Without its header.
    column : int
    minus_is_edge : bool
        What - means where no 0 stands in the column.

    Raises
    ------
    InputError
        A cell is empty or is no label.
    """
    words = [_plain(text) for text in table.column_texts(column)]
    negative = NO_EDGE_WORDS | NO_EDGE_PHRASES
    if not minus_is_edge and not says_no_edge(words):
        negative |= MINUS_WORDS
    labels = []
    for row, word in enumerate(words):
        if word in negative:
            labels.append(0)
        elif word in EDGE_WORDS | PLUS_WORDS | MINUS_WORDS:
            labels.append(1)
        else:
            got = "no label" if not word else f"the label {quote(table.column_texts(column)[row])}"
            raise InputError(f"{table.place(row, column)}: {got}; expected one of {EXPECTED}")
    return labels


def parse_signs(table: RawTable, column: int) -> list[int]:
    """Return 1 for each row of a column of signs, whatever the sign: 0 is an edge of unknown sign; 0 for "no edge".

    Parameters
    ----------
    table : RawTable
        Without its header.
    column : int
    """
    return [0 if _plain(text) in NO_EDGE_PHRASES else 1 for text in table.column_texts(column)]


def counts_minus_as_edge(words: Sequence[str], labels: Sequence[int]) -> bool:
    """Tell whether a minus sign was read as repression, which the user should know."""
    return any(_plain(word) in MINUS_WORDS and label == 1 for word, label in zip(words, labels, strict=True))


def _plain(text: str) -> str:
    word = text.strip().lower()
    return word.split(".")[0] if _WHOLE.fullmatch(word) else word
