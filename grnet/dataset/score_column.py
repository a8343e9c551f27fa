"""Which column of a ranked list of edges is its score, which way the score goes, and which column has the sign."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from grnet.dataset.reading.column_words import LABEL_HEADERS, POSITION_HEADERS, SIGN_HEADERS, SOURCE_HEADERS
from grnet.dataset.reading.edge_columns import column_word
from grnet.dataset.reading.plan import ReadingPlan, Role
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import is_decimal_comma, is_number, listed, quote, word_set
from grnet.schema.arrays import Int8
from grnet.schema.errors import InputError

SCORES_IN_ORDER = [
    "probability",
    "importance",
    "edgeweight",
    "weight",
    "coefabs",
    "importancexrho",
    "importancetf2g",
    "combinedconfidences",
    "combinedconfidence",
    "mi",
    "mutualinformation",
    "score",
    "combinedscore",
    "confidence",
    "mor",
    "coefmean",
    "coef",
    "value",
    "strength",
    "likelihood",
    "correlation",
    "corval",
    "corr",
    "cor",
    "pcc",
    "pearson",
    "spearman",
    "partialcorrelation",
    "tripletscore",
    "tfgener",
    "coefficient",
    "estimate",
    "logp",
    "neglog10p",
    "mlog10p",
    "regulation",
    "interaction",
]
"""Headers of scores; of several in one file the first of these is taken."""
SMALLER_IS_STRONGER = word_set("p q rank distance dist")
"""Headers of p-values, ranks and distances; they count where a file has no score."""
_P_VALUE = re.compile(r"pval(ue)?|padj|qval(ue)?|fdr|^[pq]$|padjusted")
_LOGARITHM = re.compile(r"^(neg|minus|m)?log(10|2)?.*(p|q|fdr)")
_SIGN_OF_SCORE = (
    "coefmean",
    "betasignsum",
    "rhotf2g",
    "correlation",
    "corval",
    "corr",
    "cor",
    "mor",
    "rho",
    "coefficient",
    "estimate",
)
_PLUS = word_set("+ 1 +1 activation activator activates activating positive pos up induction stimulation")
_MINUS = word_set("- -1 − repression repressor represses repressing inhibition inhibits negative neg down")
_SMALLEST = 1e-300
_SIGNS = {-1.0, 0.0, 1.0}


def find_score(table: RawTable, plan: ReadingPlan) -> int | None:
    """Return the column of scores; None where there is none.

    Raises
    ------
    InputError
        Several columns of numbers may be the score.
    """
    chosen = plan.first(Role.SCORE)
    if chosen is not None:
        return chosen
    words = [column_word(name) for name in table.header or [""] * table.cells.shape[1]]
    ends = (*plan.of_role(Role.TF), *plan.of_role(Role.TARGET))
    named = [words.index(word) for word in SCORES_IN_ORDER if word in words and words.index(word) not in ends]
    for column in named:
        if all(map(is_number, without_decimal_commas(table.column_texts(column)[:50])[0])):
            return column
    if named and words[named[0]] not in SIGN_HEADERS:
        return named[0]
    for column, word in enumerate(words):
        ranked = _smaller_is_stronger(word) and word not in ("distance", "dist")  # often that of a peak to the gene
        if column not in ends and (ranked or _LOGARITHM.search(word)):
            return column
    free = [c.index for c in plan.columns if c.index not in ends and c.reason not in ("row index", "identifiers")]
    numeric = [column for column in free if _may_be_score(table, column)]
    if len(numeric) > 1:
        graded = [column for column in numeric if not {float(text) for text in table.column_texts(column)} <= _SIGNS]
        numeric = graded if graded or table.header is not None else numeric
    if len(numeric) > 1:
        names = [table.column_name(column) for column in numeric]
        first = names[0] if table.header is not None else f"#{table.columns[numeric[0]]}"
        raise InputError(
            f"{table.path}: {len(names)} columns of numbers may be the score ({listed(names)}); say which: "
            f"--columns 'scores:score={first}'"
        )
    if len(numeric) == 1:
        return numeric[0]
    return free[0] if len(free) == 1 and table.header is None else None


def _may_be_score(table: RawTable, column: int) -> bool:
    word = column_word(table.header[column]) if table.header else ""
    texts = without_decimal_commas(table.column_texts(column))[0]
    return word not in POSITION_HEADERS | SOURCE_HEADERS | LABEL_HEADERS and all(map(is_number, texts))


def _smaller_is_stronger(word: str) -> bool:
    return word in SMALLER_IS_STRONGER or word.endswith("rank") or bool(_P_VALUE.search(word))


def without_decimal_commas(texts: list[str]) -> tuple[list[str], str]:
    """Return numbers with points, and the mark that they had."""
    if any(map(is_decimal_comma, texts)) and all(is_decimal_comma(t) or t.lstrip("+-").isdigit() for t in texts):
        return [text.replace(",", ".") for text in texts], ","
    return texts, "."


def read_scores(table: RawTable, column: int, texts: list[str]) -> list[float]:
    """Return a column of scores as numbers.

    Raises
    ------
    InputError
        A cell is no finite number.
    """
    for row, text in enumerate(texts):
        if not is_number(text):
            raise InputError(f"{table.place(row, column)}: the score {quote(text)}; expected a number for each edge")
    return [float(text) for text in texts]


def orient_scores(table: RawTable, column: int, values: list[float]) -> tuple[list[float], str]:
    """Return scores of which the larger are stronger, and what the user should know of that.

    Raises
    ------
    InputError
        A column of p-values has values outside 0 to 1, or logarithms of p-values of both signs.
    """
    name = table.header[column] if table.header else ""
    word = column_word(name)
    if _LOGARITHM.search(word):
        if min(values) < 0 < max(values):
            raise InputError(
                f"{table.path}: the column {quote(name)} has positive and negative logarithms of p-values; expected "
                "one sign; name another column with --columns 'scores:score=NAME'"
            )
        return [abs(value) for value in values], "the smaller, the stronger" if min(values) < 0 else ""
    if not _smaller_is_stronger(word):
        known = word in SCORES_IN_ORDER or not word
        return values, "" if known else "taken as the score: the larger, the stronger"
    if not _P_VALUE.search(word):
        low = min(values)
        return [1 / (1 + value - low) for value in values], "the smaller, the stronger"
    if min(values) < 0 or max(values) > 1:
        raise InputError(
            f"{table.path}: the column {quote(name)} has values from {min(values):g} to {max(values):g}; expected "
            "p-values from 0 to 1; call the column -log10(p) if the larger are stronger"
        )
    return [-np.log10(max(value, _SMALLEST)) for value in values], "the smaller, the stronger"


def find_sign(table: RawTable, plan: ReadingPlan, score: int | None) -> int | None:
    """Return the column that says activation or repression, else one of numbers whose sign does; None without."""
    words = [column_word(name) for name in table.header or [""] * table.cells.shape[1]]
    ends = (*plan.of_role(Role.TF), *plan.of_role(Role.TARGET), score)
    for column, word in enumerate(words):
        if column not in ends and word in SIGN_HEADERS:
            said = {text.lower() for text in table.column_texts(column)}
            if said & (_PLUS | _MINUS):
                return column
    return next((words.index(word) for word in _SIGN_OF_SCORE if word in words and words.index(word) not in ends), None)


def with_score(plan: ReadingPlan, score: int | None, sign: int | None) -> ReadingPlan:
    """Return the plan with the columns of score and sign that a ranked list has."""
    changed = {score: Role.SCORE, sign: Role.SIGN}
    columns = []
    for column in plan.columns:
        role = changed.get(column.index)
        if role is None and column.role in (Role.SIGN, Role.LABEL, Role.WEIGHT):
            columns.append(replace(column, role=Role.SET_ASIDE, reason="not used"))
        else:
            columns.append(replace(column, role=role, reason="") if role is not None else column)
    return replace(plan, columns=tuple(columns))


def parse_signs(texts: Iterable[str]) -> Int8:
    """Return 1, -1, or 0 where unknown, of each word for a sign."""
    words = [text.strip().lower() for text in texts]
    return np.array([(word in _PLUS) - (word in _MINUS) for word in words], dtype=np.int8)
