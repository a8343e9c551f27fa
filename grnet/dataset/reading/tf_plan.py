"""The reading plan of a list of transcription factors: the column of names, and which rows are chosen by another."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from grnet.dataset.cells import quote
from grnet.dataset.reading.column_words import (
    ID_HEADERS,
    IS_TF_HEADERS,
    ROW_INDEX_HEADERS,
    SYMBOL_HEADERS,
    TEXT_HEADERS,
)
from grnet.dataset.reading.edge_columns import column_word
from grnet.dataset.reading.numbers import looks_numeric
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ColumnPlan, ReadingPlan, Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.schema.errors import InputError

YES = frozenset({"yes", "y", "true", "1", "1.0", "tf", "known", "likely"})
NO = frozenset({"no", "n", "false", "0", "0.0", "non-tf", "unlikely", ""})
ONE_LINE = "all names in one line"
_REMARK = re.compile(r"\s*(?:#|//|;).*$|[;,]+\s*$")


@dataclass(frozen=True)
class PlannedNames:
    """Names of TFs, and those whose row says that they are none.

    Attributes
    ----------
    plan : ReadingPlan
    cells : tuple of object
        As the file holds them.
    rows : tuple of int
        1-based.
    refused : tuple of (int, object)
        Row and cell of names that are no TFs by their row.
    """

    plan: ReadingPlan
    cells: tuple[object, ...]
    rows: tuple[int, ...]
    refused: tuple[tuple[int, object], ...] = ()


def plan_tfs(raw: RawTable, *, genes: Set[str], choices: TableChoices) -> PlannedNames:
    """Find the names of a list of TFs.

    Parameters
    ----------
    raw : RawTable
    genes : set of str
        Names of the genes of the dataset: of several columns of names, the one that joins is taken.
    choices : TableChoices

    Raises
    ------
    InputError
        No column holds names, or a column such as "Is TF?" has words other than yes and no.
    """
    words = [column_word(name) for name in raw.header or raw.row_texts(0)]
    single = _names_in_one_line(raw, words)
    if single is not None:
        plan = ReadingPlan(raw.path, TableKind.TFS, raw.form, (), shape=ONE_LINE)
        return PlannedNames(plan, single, (raw.rows[0],) * len(single))
    named = SYMBOL_HEADERS | ID_HEADERS | IS_TF_HEADERS
    headed = (
        raw.header is not None
        or any(word in named for word in words)
        or bool(choices.roles and "header" not in choices.values)
    )
    if "header" in choices.values:
        headed = choices.values["header"] != ""
    table = raw.take_header() if headed else raw
    if not len(table.cells):
        raise InputError(f"{raw.path}: names no transcription factor; expected one on each line")
    chosen = choices.find(table)
    words = [column_word(name) for name in table.header or [""] * table.cells.shape[1]]
    column = _name_column(table, words, genes, chosen)
    flag = next((c for c, role in chosen.items() if role is Role.IS_TF), None)
    flag = (
        next((c for c, word in enumerate(words) if word in IS_TF_HEADERS and c != column), None)
        if flag is None
        else flag
    )
    plans = []
    for c in range(table.cells.shape[1]):
        role = Role.TF if c == column else Role.IS_TF if c == flag else Role.SET_ASIDE
        plans.append(
            ColumnPlan(c, table.columns[c], table.column_name(c), role, "not used" if role is Role.SET_ASIDE else "")
        )
    header = 0 if table.header is None else (raw.rows[0] if raw.header is None else 1)
    plan = ReadingPlan(table.path, TableKind.TFS, table.form, tuple(plans), header=header)
    cells = [_without_remark(cell) for cell in table.cells.iloc[:, column]]
    if flag is None:
        return PlannedNames(plan, tuple(cells), table.rows)
    kept = [_says_yes(table, row, flag) for row in range(len(cells))]
    return PlannedNames(
        plan,
        tuple(cell for cell, keep in zip(cells, kept, strict=True) if keep),
        tuple(row for row, keep in zip(table.rows, kept, strict=True) if keep),
        tuple((row, cell) for row, cell, keep in zip(table.rows, cells, kept, strict=True) if not keep),
    )


def _name_column(table: RawTable, words: Sequence[str], genes: Set[str], chosen: dict[int, Role]) -> int:
    asked = next((c for c, role in chosen.items() if role in (Role.TF, Role.SYMBOL)), None)
    if asked is not None:
        return asked
    candidates = [c for c, word in enumerate(words) if word in SYMBOL_HEADERS and word not in TEXT_HEADERS]
    candidates += [c for c, word in enumerate(words) if word in ID_HEADERS and c not in candidates]
    if not candidates:
        texts = [c for c in range(table.cells.shape[1]) if not _is_numbers(table, c) and words[c] not in TEXT_HEADERS]
        candidates = texts or [0]
    if not genes:
        return candidates[0]
    every = [*candidates, *(c for c in range(table.cells.shape[1]) if c not in candidates)]
    joined = {c: len({str(cell).strip() for cell in table.cells.iloc[:, c]} & genes) for c in every}
    best = max(every, key=lambda c: joined[c])
    return best if joined[best] > 2 * joined[candidates[0]] else candidates[0]


def _is_numbers(table: RawTable, column: int) -> bool:
    texts = [text for text in table.column_texts(column) if text]
    word = column_word(table.header[column]) if table.header else "-"
    return (
        bool(texts)
        and all(looks_numeric(text) for text in texts)
        and (table.cells.shape[1] > 1 or word in ROW_INDEX_HEADERS)
    )


def _names_in_one_line(raw: RawTable, words: Sequence[str]) -> tuple[object, ...] | None:
    """Return the names of a file of one row; None where it has more, or the row is a header."""
    if raw.header is not None or len(raw.cells) != 1 or raw.cells.shape[1] < 2:
        return None
    if sum(word in SYMBOL_HEADERS or word in ID_HEADERS for word in words) > 1:
        return None
    return tuple(text for text in raw.row_texts(0) if text)


def _without_remark(cell: object) -> object:
    """Return a name without a remark behind it: "SOX2  # core" is SOX2."""
    return _REMARK.sub("", cell.strip()) if isinstance(cell, str) and not cell.strip().startswith("#N") else cell


def _says_yes(table: RawTable, row: int, column: int) -> bool:
    text = table.row_texts(row)[column].lower()
    if text in YES or text in NO:
        return text in YES
    raise InputError(
        f"{table.place(row, column)}: the column {quote(table.column_name(column))} says {quote(text)}; expected yes "
        "or no for "
        "each TF; mend the cell, or leave the column out with --columns 'tfs:symbol=NAME' of the names alone"
    )
