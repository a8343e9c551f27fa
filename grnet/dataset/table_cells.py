"""What one cell of a lab's table says: a name, a number, nothing, or something that should not be there."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable

from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource

MISSING_WORDS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", ".", "?", "missing"})
"""Cells that say, in lower case, that a value is not there; they mean that among numbers only, never among names."""
_MONTHS = (
    "jan|feb|fev|fév|mar|mär|mrz|apr|abr|avr|may|mai|mei|maj|mag|jun|juin|giu|jul|juil|lug|aug|ago|aoû|août|sep|sept|set|oct|okt|"
    "out|ott|nov|dec|dez|déc|dic|déz|january|january|february|march|april|june|july|august|september|october|november|"
    "december|januar|februar|märz|juni|juli|oktober|dezember|janv|févr|mars|janvier|février|avril|juillet|septembre|"
    "octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_DAY, _YEAR, _BETWEEN = r"\d{1,2}\.?", r"(?:\d{4}|\d{2})", r"[-/. ]{1,2}"
EXCEL_DATE = re.compile(
    rf"{_DAY}{_BETWEEN}(?:{_MONTHS})\.?(?:{_BETWEEN}{_YEAR})?|(?:{_MONTHS})\.?{_BETWEEN}{_DAY}(?:,?{_BETWEEN}{_YEAR})?|"
    r"(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?:[ T]\d\d:\d\d(?::\d\d)?)?|\d{1,2}([-/.])\d{1,2}\2(?:19|20)?\d\d",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[34]\d{4}(?:\.0)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))


def word_set(text: str) -> frozenset[str]:
    """Return the words of a line, which is how sets of many words stay readable."""
    return frozenset(text.split())


def text_of(cell: object) -> str:
    """Return a cell as text without white space around it and invisible characters; "7" for the number 7.0."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() else str(cell)
    text = str(cell)
    return (text if text.isascii() else text.translate(_INVISIBLE)).strip()


def is_decimal_comma(text: str) -> bool:
    """Tell whether `text` is a number written with a comma, such as 1,5."""
    return bool(re.fullmatch(r"[+-]?\d+,\d+", text))


def is_number(text: str) -> bool:
    """Tell whether `text` is a finite number."""
    try:
        return "_" not in text and math.isfinite(float(text))
    except ValueError:
        return False


def name_of(cell: object, path: TableSource, row: int) -> str:
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


def find_date_names(names: Iterable[str]) -> list[str]:
    """Return the names that are what a spreadsheet makes of MARCH1, in any spelling: 1-Mar, 2021-09-02, 1. Dez, 44441.

    A number of days since 1900 is taken for a date where most names are no numbers.
    """
    every = list(names)
    numeric = sum(name.isdigit() for name in every)
    serial = numeric * 2 < len(every)
    return [name for name in every if EXCEL_DATE.fullmatch(name) or (serial and _SERIAL.fullmatch(name))]


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
