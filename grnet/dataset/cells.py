"""What one cell of a lab's table says: a name, a number, nothing, or something that should not be there."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from pathlib import Path

from grnet.schema.errors import InputError

MISSING_WORDS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", ".", "?", "missing"})
"""Cells that say, in lower case, that a value is not there; they mean that among numbers only, never among names."""
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
EXCEL_DATE = re.compile(rf"\d{{1,2}}-{_MONTH}|{_MONTH}-\d{{1,2}}", re.IGNORECASE)


def word_set(text: str) -> frozenset[str]:
    """Return the words of a line, which is how sets of many words stay readable."""
    return frozenset(text.split())


def text_of(cell: object) -> str:
    """Return a cell as stripped text; "" for an empty one, "7" for the number 7.0."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() else str(cell)
    return str(cell).strip()


def is_decimal_comma(text: str) -> bool:
    """Tell whether `text` is a number written with a comma, such as 1,5."""
    return bool(re.fullmatch(r"[+-]?\d+,\d+", text))


def is_number(text: str) -> bool:
    """Tell whether `text` is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def name_of(cell: object, path: Path, row: int) -> str:
    """Return a cell that names a gene, as text.

    Raises
    ------
    InputError
        A spreadsheet has stored the name as a date.
    """
    if isinstance(cell, dt.date | dt.time):
        raise InputError(
            f"{path}:{row}: the gene name is the date {cell.isoformat()[:10]}; spreadsheets turn names such as "
            "MARCH1 or SEPT2 into dates; write the name into this cell again, formatted as text"
        )
    return text_of(cell)


def looks_like_excel_date(name: str) -> bool:
    """Tell whether a name is what a spreadsheet makes of MARCH1: "1-Mar" or "Mar-01"."""
    return bool(EXCEL_DATE.fullmatch(name))


def quote(text: object, limit: int = 40) -> str:
    """Return text from a file for use in a message: on one line, without control characters, in quotes, cut short."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in str(text))
    return f"'{plain if len(plain) <= limit else plain[: limit - 1] + '…'}'"


def listed(names: Iterable[str], limit: int = 5) -> str:
    """Return the first names, quoted, and how many more there are."""
    every = list(names)
    shown = ", ".join(quote(name) for name in every[:limit])
    return shown if len(every) <= limit else f"{shown} and {len(every) - limit} more"


def header_word(text: str) -> str:
    """Return a column name in lower case, letters and digits only, so that "Gene Symbol" is "genesymbol"."""
    return "".join(letter for letter in text.lower() if letter.isalnum())
