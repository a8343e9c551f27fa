"""Numbers as labs write them: decimal points and commas, marks between thousands, cells that say that none is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from grnet.dataset.table_cells import MISSING_WORDS, is_number
from grnet.schema.arrays import Float64
from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource

ERROR_CELLS = frozenset(
    {"#n/a", "#name?", "#ref!", "#value!", "#div/0!", "#null!", "#num!", "#bezug!", "#wert!", "#nv"}
)
"""What spreadsheets write into a cell whose formula fails, in English and German."""
_GROUPS = re.compile(r"[+-]?\d{1,3}(?:([,.'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[,.]\d{3}")
_MANY_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}([,.])\d{3}(?:\1\d{3})+(?:[.,]\d+)?")
_BOTH = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d+|[+-]?[1-9]\d{0,2}(?:\.\d{3})+,\d+")
_SPACED = re.compile(r"[+-]?[1-9]\d{0,2}(?:['’ \u00a0\u202f]\d{3})+(?:[.,]\d+)?")
_SPACES = "'’ \u00a0\u202f"
_ENOUGH = 20


@dataclass(frozen=True)
class NumberMarks:
    """The decimal mark and the mark between thousands ("" for none, " " for any space or apostrophe)."""

    decimal: str = "."
    thousands: str = ""

    @property
    def plain(self) -> bool:
        """Numbers are written as programs write them."""
        return self.decimal == "." and not self.thousands

    def normalise(self, text: str) -> str:
        """Return a number as programs write it; other text as it is."""
        if self.plain:
            return text
        if self.thousands and not _is_grouped(text, self):
            plain = text.replace(self.decimal, ".") if self.decimal != "." else text
            return plain if is_number(plain) and text.count(self.decimal) <= 1 else text
        if self.thousands:
            text = text.translate(str.maketrans("", "", _SPACES if self.thousands == " " else self.thousands))
        return text.replace(",", ".") if self.decimal == "," and text.count(",") == 1 else text


def looks_numeric(text: str) -> bool:
    """Tell whether a cell is a number in any of the ways in which labs write them."""
    text = text.replace("−", "-")
    return is_number(text) or any(form.fullmatch(text) for form in (_COMMA, _GROUPS))


def find_marks(
    path: TableSource, cells: Iterable[str], *, separator: str = "", decimal: str = "", thousands: str = ""
) -> NumberMarks:
    """Find how the numbers of a table are written.

    Parameters
    ----------
    path : Path or GivenTable
        For messages.
    cells : iterable of str
        Cells of its columns of numbers.
    separator : str
        Of the file; where it is ";", commas are more likely decimal marks.
    decimal, thousands : str
        What the user has chosen.

    Raises
    ------
    InputError
        Both 1,234 = 1.234 and 1,234 = 1234 fit; the text names the option that decides.
    """
    if decimal or thousands:
        return NumberMarks(decimal or ".", thousands)
    kinds: Counter[str] = Counter()
    example = ""
    for text in cells:
        kind = _kind_of(text)
        kinds[kind] += 1
        example = example or (text if kind in ("one,", "one.") else "")
    if kinds["both,"] or (kinds["many,"] and not kinds["many."]):
        return NumberMarks(".", ",")
    if kinds["both."] or kinds["many."]:
        return NumberMarks(",", ".")
    spaced = " " if kinds["spaced"] else ""
    if kinds["comma"] and not kinds["point"]:
        return NumberMarks(",", spaced)
    if kinds["one,"] and not kinds["point"]:
        if kinds["small"] and not kinds["large"]:
            return NumberMarks(".", ",")
        if separator == ";" or kinds["large"]:
            return NumberMarks(",", spaced)
        raise InputError(
            f"{path}: is {example} the number {example.replace(',', '.')} or {example.replace(',', '')}? Both fit "
            "all of "
            f"its numbers; choose with --columns '{path.name}:decimal=comma' or '{path.name}:thousands=comma'"
        )
    if kinds["one,"]:
        return NumberMarks(".", ",")
    if kinds["one."] >= _ENOUGH and kinds["small"] and not (kinds["point"] or kinds["large"]):
        raise InputError(
            f"{path}: is {example} the number {example} or {example.replace('.', '')}? Both fit all of its numbers; "
            f"choose with --columns '{path.name}:decimal=point' or '{path.name}:thousands=.'"
        )
    return NumberMarks(".", spaced)


def parse_numbers(cells: pd.Series, marks: NumberMarks) -> Float64:
    """Return a column as numbers; NaN where a cell is none.

    Parameters
    ----------
    cells : Series
        Text, or what a spreadsheet holds.
    marks : NumberMarks
    """
    if pd.api.types.is_bool_dtype(cells):
        return np.full(len(cells), np.nan)
    if not pd.api.types.is_numeric_dtype(cells):
        cells = cells.map(lambda cell: _as_text(cell, marks))
    numbers = pd.to_numeric(cells, errors="coerce")
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _as_text(cell: object, marks: NumberMarks) -> object:
    if isinstance(cell, bool):
        return str(cell)
    return marks.normalise(cell.strip().replace("−", "-")) if isinstance(cell, str) else cell


def _is_grouped(text: str, marks: NumberMarks) -> bool:
    mark = f"[{_SPACES}]" if marks.thousands == " " else re.escape(marks.thousands)
    return re.fullmatch(rf"[+-]?\d{{1,3}}(?:{mark}\d{{3}})+(?:{re.escape(marks.decimal)}\d+)?", text) is not None


def _kind_of(text: str) -> str:
    """Return how one number is written; "" for what is none."""
    if not text or text.lower() in MISSING_WORDS:
        return ""
    if text.lstrip("+-").isdigit():
        return "large" if len(text.lstrip("+-")) > 3 else "small"
    if _BOTH.fullmatch(text):
        return "both," if text.rfind(".") > text.rfind(",") else "both."
    if _MANY_GROUPS.fullmatch(text):
        return "many," if "," in text else "many."
    if _ONE_GROUP.fullmatch(text):
        return "one," if "," in text else "one."
    if _COMMA.fullmatch(text):
        return "comma"
    if _POINT.fullmatch(text):
        return "point"
    return "spaced" if _SPACED.fullmatch(text) else ""


def missing_words() -> Sequence[str]:
    """Return the cells that say that a number is not there, in the cases in which they occur."""
    return sorted({form for word in MISSING_WORDS for form in (word, word.upper(), word.capitalize())} | {"NaN", "N/A"})
